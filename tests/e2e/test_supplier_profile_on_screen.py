"""One supplier as people meet it: its profile and papers, notes, and supplier data by form and by file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.e2e.installed import ANALYST, CARRIER, VIEWER
from tests.e2e.screen import kpi, nothing_odd, ready
from tests.e2e.test_accessibility import OVERFLOW, violations
from ui import formats

pytestmark = pytest.mark.e2e

ALL_TIME = "period=All+time"


def named(site, offset: int = 0) -> tuple[str, str]:
    """Id and name of a large emitter."""
    sql = (
        "SELECT supplier_id, any_value(suppliers.name) FROM legs JOIN suppliers USING (supplier_id) "
        "GROUP BY 1 ORDER BY sum(wtw_kg) DESC, 1 LIMIT 1 OFFSET ?"
    )
    ((supplier_id, name),) = site.ask(sql, offset)
    return str(supplier_id), str(name)


def profile(site, page, supplier_id: str):
    page.goto(f"{site.url}/suppliers?id={supplier_id}&{ALL_TIME}")
    return ready(page)


def supplier_data(site, page):
    page.goto(f"{site.url}/suppliers")
    ready(page)
    page.get_by_role("radio", name="Supplier data").click()
    expect(page.get_by_role("heading", name="Change one supplier")).to_be_visible()
    return ready(page)


def note_area(page):
    return page.get_by_label("New note")


def test_the_profile_adds_up_to_the_suppliers_own_legs(site, new_page):
    supplier_id, name = named(site)
    page = profile(site, new_page(as_=ANALYST), supplier_id)
    expect(page.get_by_role("heading", name=name, level=2, exact=True)).to_be_visible()
    expect(kpi(page)).to_have_text(formats.mass(site.wtw_kg("supplier_id = ?", supplier_id)))
    for chart in ("Waterfall", "Line: the supplier", "Bars: emissions by mode of the supplier"):
        expect(page.get_by_role("figure", name=chart)).to_be_visible()
    nothing_odd(page)

    page.get_by_role("link", name="Open on the Anomalies page").click()
    expect(page.get_by_role("heading", name="Anomalies", level=1)).to_be_visible()
    ready(page)
    for chip in (f"Supplier: {name}", "All time"):
        expect(page.locator(".st-key-chips")).to_contain_text(chip)


def test_the_request_file_holds_the_suppliers_shipments(site, new_page):
    supplier_id, _ = named(site, 1)
    page = profile(site, new_page(as_=ANALYST), supplier_id)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Request data (Excel)").click()
    book = CalamineWorkbook.from_path(str(waiting.value.path()))
    header, *rows = book.get_sheet_by_name("Shipments").to_python(skip_empty_area=True)
    shipments = {str(row[header.index("shipment_id")]) for row in rows}
    known = {
        str(one) for (one,) in site.ask("SELECT shipment_id FROM legs WHERE supplier_id = ?", supplier_id)
    }
    assert shipments and shipments <= known


def test_the_scorecard_is_a_pdf_about_this_supplier(site, new_page):
    from pypdf import PdfReader

    supplier_id, name = named(site)
    page = profile(site, new_page(as_=ANALYST), supplier_id)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Scorecard (PDF)").click()
    assert waiting.value.suggested_filename == f"scorecard-{supplier_id}.pdf"
    text = " ".join(one.extract_text() for one in PdfReader(Path(waiting.value.path())).pages)
    assert name in text and supplier_id in text


def test_a_note_is_written_read_by_others_and_removed(site, new_page):
    supplier_id, _ = named(site, 2)
    page = profile(site, new_page(as_=ANALYST), supplier_id)
    note_area(page).fill("Agreed: primary data from *June*")
    page.get_by_role("button", name="Add note").click()
    notes = page.locator(".st-key-card-notes")
    expect(notes).to_contain_text("Agreed: primary data from *June*")
    expect(note_area(page)).to_have_value("")

    other = profile(site, new_page(as_=VIEWER), supplier_id)
    expect(other.locator(".st-key-card-notes")).to_contain_text("Agreed: primary data from *June*")
    expect(note_area(other)).to_have_count(0)
    expect(other.get_by_role("button", name="Remove")).to_have_count(0)

    notes.get_by_role("button", name="Remove").click()
    expect(notes).to_contain_text("No notes yet")


def test_supplier_data_change_by_form_and_by_file(site, new_page):
    supplier_id, name = named(site, 3)
    page = supplier_data(site, new_page(as_=ANALYST))
    page.get_by_role("combobox", name="Supplier to change").fill(supplier_id)
    page.get_by_role("option", name=f"{name} ({supplier_id})").click()
    # For a moment the form before stands beside the new one: only the key says whose it is.
    chosen = page.locator(f"[class*='st-key-name-{supplier_id}-']")
    expect(chosen.get_by_label("Name", exact=True)).to_have_value(name)
    ready(page)
    expect(page.get_by_label("Name", exact=True)).to_have_count(1)
    page.get_by_label("Sector").fill("Test benches")
    page.get_by_label("Sector").press("Tab")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("body")).to_contain_text(f"Changed 1 value of {name}: sector")
    ready(page)

    text = f"Supplier ID,Target %,Base year,Target year\n{supplier_id},30,2019,2030\nGHOST-1,10,2019,2030\n"
    file = {"name": "targets.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("body")).to_contain_text("targets.csv changes 3 values of 1 supplier.")
    expect(page.locator("body")).to_contain_text("1 row cannot be used.")
    page.get_by_role("button", name="Apply 3 changes").click()
    expect(page.locator("body")).to_contain_text(f"Changed 3 values of {name}")
    ready(page)

    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("body")).to_contain_text(
        "targets.csv changes nothing. 1 row says what stands there already."
    )
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    nothing_odd(page)
    profile(site, page, supplier_id)
    expect(page.locator("body")).to_contain_text("own target −30 % by 2030 against 2019")


def test_a_supplier_sees_itself_without_peers_and_without_notes(site, new_page):
    page = profile(site, new_page(as_=CARRIER), site.carrier)
    expect(kpi(page)).to_have_text(formats.mass(site.wtw_kg("supplier_id = ?", site.carrier)))
    expect(page.locator(".st-key-kpi-score")).to_have_count(0)
    expect(page.locator(".st-key-card-notes")).to_have_count(0)
    expect(page.get_by_role("radio", name="Supplier data")).to_have_count(0)
    nothing_odd(page)

    other = next(one for one in (named(site, 0)[0], named(site, 1)[0]) if one != site.carrier)
    profile(site, page, other)
    expect(page.locator("body")).to_contain_text(f"There is no supplier {other} in the data that you may see")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_profile_and_supplier_data_pass_axe_and_fit_a_phone(site, new_page, scheme):
    page = new_page(as_=ANALYST, color_scheme=scheme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        profile(site, page, named(site)[0])
        assert not violations(page)
        assert not page.evaluate(OVERFLOW)
        supplier_data(site, page)
        assert not violations(page)
        assert not page.evaluate(OVERFLOW)
