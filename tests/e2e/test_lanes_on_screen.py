"""The Lanes page in a browser: a lane opened from the table, shift candidates and their file, the matrix."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.e2e.installed import ANALYST, CARRIER
from tests.e2e.screen import HEADER_PX, ROW_PX, chip, downloaded, kpi, nothing_odd, ready, shows_kg
from tests.e2e.test_accessibility import OVERFLOW, WINDOWS, violations
from ui import formats

pytestmark = pytest.mark.e2e

FIRST_VIEW_MS = 60_000  # map, table and two charts at once, on machines that are shared
ALL = "?period=All+time"
SECTIONS = {
    "Shift candidates": "download-shifts",
    "Origin–destination": "lane-matrix",
    "Hubs": "download-hubs",
}


def lanes(page: Page, url: str, query: str = ALL) -> Page:
    page.goto(f"{url}/lanes{query}")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=FIRST_VIEW_MS)
    return ready(page)


def section(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    expect(page.locator(f".st-key-{SECTIONS[name]}")).to_be_visible()
    ready(page)


def test_headline_is_what_the_legs_add_up_to(site, new_page):
    page = lanes(new_page(as_=ANALYST), site.url)
    expect(kpi(page)).to_have_text(formats.mass(site.wtw_kg()))
    ((count,),) = site.ask(
        "SELECT count(*) FROM (SELECT DISTINCT origin, origin_country, destination, destination_country "
        "FROM legs WHERE mode <> 'hub')"
    )
    expect(kpi(page, "lanes")).to_have_text(formats.count(count))
    ((kg,),) = site.ask("SELECT sum(kg) FROM (SELECT max(weight_kg) kg FROM legs GROUP BY shipment_id)")
    expect(kpi(page, "mass")).to_have_text(formats.mass(kg))
    nothing_odd(page)


def test_a_row_opens_its_lane_and_takes_it_to_the_overview(site, new_page):
    ((origin, destination),) = site.ask(
        "SELECT origin, destination FROM legs WHERE mode <> 'hub' GROUP BY 1, 2, mode "
        "ORDER BY sum(wtw_kg) DESC LIMIT 1"
    )
    of_lane = site.wtw_kg("origin = ? AND destination = ?", origin, destination)
    page = lanes(new_page(as_=ANALYST), site.url)
    rows = page.get_by_role("region", name="Lanes by mode, the largest emission first")
    rows.click(position={"x": 18, "y": HEADER_PX + ROW_PX / 2})
    expect(chip(page, f"Lane: {origin} → {destination}")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(f"^{origin} → {destination}: "))).to_be_visible()
    shows_kg(page, of_lane)
    nothing_odd(page)
    page.get_by_role("link", name="Show this lane on the Overview").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    expect(chip(page, f"Lane: {origin} → {destination}")).to_be_visible()
    shows_kg(page, of_lane)


def test_shift_candidates_sum_to_the_same_kg_on_the_page_and_in_the_files(site, new_page):
    page = lanes(new_page(as_=ANALYST), site.url)
    section(page, "Shift candidates")
    whole_kg = sums_agree(page)
    expect(kpi(page, "shift")).to_have_text(formats.mass(whole_kg))
    limit = page.get_by_role("spinbutton", name="Days longer at most")
    limit.fill("20")
    limit.press("Enter")
    expect(page.get_by_text(re.compile("takes more than 20 days longer"))).to_be_visible()
    expect(page).to_have_url(re.compile("extra-days=20"))
    within_limit_kg = sums_agree(ready(page))
    assert 0 < within_limit_kg <= whole_kg
    nothing_odd(page)


def sums_agree(page: Page) -> float:
    """kg CO2e a year in the files, once they equal what the page says."""
    button = page.locator(".st-key-download-shifts").get_by_role("button")
    rows = list(csv.DictReader(io.StringIO(downloaded(page, button))))
    kg = sum(float(row["saved_kg"]) for row in rows)
    with page.expect_download() as waiting:
        page.locator(".st-key-download-shifts-xlsx").get_by_role("button").click()
    book = CalamineWorkbook.from_path(Path(waiting.value.path()))
    header, *cells = book.get_sheet_by_index(0).to_python()
    assert len(cells) == len(rows)
    assert sum(row[header.index("saved_kg")] for row in cells) == pytest.approx(kg)
    total = page.locator(".st-key-shift-total").inner_text()
    assert total.startswith(f"Together {formats.mass(kg)} ("), total
    assert f"the sum of {formats.counted(len(rows), 'row')}" in total
    return kg


def test_a_cell_of_the_matrix_filters_by_both_of_its_ends(site, new_page):
    page = lanes(new_page(as_=ANALYST), site.url)
    section(page, "Origin–destination")
    ((origin, destination, kg),) = site.ask(
        "SELECT origin_country, destination_country, sum(wtw_kg) FROM legs WHERE mode <> 'hub' "
        "GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1"
    )
    expect(page.get_by_text(re.compile(f"^{formats.mass(kg)}$")).first).to_be_visible()
    figure = page.get_by_role("figure", name="Matrix")
    figure.scroll_into_view_if_needed()
    value = figure.locator(".annotation", has_text=re.compile(f"^{formats.mass(kg)}$")).first
    box = value.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(chip(page, re.compile(f"^From: .*\\({origin}\\)"))).to_be_visible()
    expect(chip(page, re.compile(f"^To: .*\\({destination}\\)"))).to_be_visible()
    shows_kg(page, site.wtw_kg("origin_country = ? AND destination_country = ?", origin, destination))
    nothing_odd(page)


def test_hubs_add_up_and_sections_have_an_address(site, new_page):
    page = lanes(new_page(as_=ANALYST), site.url, f"{ALL}&section=Hubs")
    title = page.get_by_role("heading", name=re.compile("hubs emit"))
    kg = site.wtw_kg("mode = 'hub'")
    expect(title).to_contain_text(f"hubs emit {formats.emissions(kg)}")
    nothing_odd(page)


def test_a_carrier_sees_its_own_lanes(site, new_page):
    page = lanes(new_page(as_=CARRIER), site.url)
    shows_kg(page, site.wtw_kg("supplier_id = ?", site.carrier))
    ((count,),) = site.ask(
        "SELECT count(*) FROM (SELECT DISTINCT origin, origin_country, destination, destination_country "
        "FROM legs WHERE mode <> 'hub' AND supplier_id = ?)",
        site.carrier,
    )
    expect(kpi(page, "lanes")).to_have_text(formats.count(count))
    section(page, "Origin–destination")
    nothing_odd(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SECTIONS)
def test_each_section_passes_axe_and_fits_a_phone(site, new_page, scheme, name):
    page = new_page(as_=ANALYST, color_scheme=scheme)
    lanes(page, site.url)
    section(page, name)
    for window in WINDOWS.values():
        page.set_viewport_size(window)
        ready(page)
        found = violations(page)
        assert not found, f"{name}, {scheme}, {window['width']} px:\n" + "\n".join(found)
        assert not page.evaluate(OVERFLOW)


def test_an_open_lane_passes_axe(site, new_page):
    ((origin, destination),) = site.ask(
        "SELECT origin, destination FROM legs WHERE mode = 'air' GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1"
    )
    page = lanes(new_page(as_=ANALYST), site.url, f"{ALL}&lane={origin} → {destination}")
    expect(page.locator(".st-key-card-the-lane")).to_be_visible()
    assert not violations(page)
    nothing_odd(page)
