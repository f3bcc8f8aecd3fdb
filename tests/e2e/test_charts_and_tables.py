"""From a chart to its rows: a click on a bar filters, the CSV has those rows, the derivation adds up."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.installed import ANALYST, CARRIER, a_year_until_today
from tests.e2e.screen import (
    chip,
    click_bar,
    downloaded,
    kpi,
    nothing_odd,
    ready,
    shows_kg,
    undo_newest_import,
    upload,
)
from ui import formats

pytestmark = pytest.mark.e2e

WITHIN_A_YEAR = "departed_at >= ? AND departed_at < ?"
WORDS = {"sea": "Sea", "air": "Air", "road": "Road", "rail": "Rail"}
SOLID = 1  # the bars of emissions are drawn after those of tonne-km
FORMULAS = """shipment_id,departed_at,supplier_id,mode,vehicle_class,weight_kg,distance_km,carrier
X-1,2019-03-01,"=HYPERLINK(""http://example.com"",""open"")",road,articulated >33 t,12000,850,@SUM(1)
X-2,2019-03-02,+49 Logistics,road,articulated >33 t,10000,100,-1+1
"""


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def table_csv(page: Page, table: str) -> Locator:
    """The download of this table, not of the one that it replaces."""
    button = page.locator(f".st-key-download-{table}").get_by_role("button")
    expect(button).to_be_visible()
    ready(page)
    return button


def test_clicks_on_bars_filter_and_the_csv_and_the_derivation_are_of_that_selection(site, new_page):
    first, end = a_year_until_today()
    mode = site.ask(
        f"SELECT mode FROM legs WHERE {WITHIN_A_YEAR} GROUP BY 1 ORDER BY sum(wtw_kg) DESC LIMIT 1",
        first, end,
    )[0][0]  # fmt: skip
    supplier_id, name = site.ask(
        f"SELECT supplier_id, name FROM legs JOIN suppliers USING (supplier_id) WHERE {WITHIN_A_YEAR} "
        "AND mode = ? GROUP BY 1, 2 ORDER BY sum(wtw_kg) DESC LIMIT 1", first, end, mode,
    )[0]  # fmt: skip
    page = new_page(as_=ANALYST)
    page.goto(site.url)
    ready(page)

    click_bar(page, "each mode's share", SOLID, -1)  # the largest is on top, drawn last
    shows_kg(page, site.wtw_kg(f"{WITHIN_A_YEAR} AND mode = ?", first, end, mode))
    expect(chip(page, f"Mode: {WORDS[mode]}")).to_be_visible()
    expect(page).to_have_url(re.compile(f"mode={WORDS[mode]}"))

    click_bar(page, "suppliers", 0, 0)
    selection = f"{WITHIN_A_YEAR} AND mode = ? AND supplier_id = ?", first, end, mode, supplier_id
    total_kg = site.wtw_kg(*selection)
    shows_kg(page, total_kg)
    expect(chip(page, f"Supplier: {name}")).to_be_visible()

    page.get_by_role("radio", name="Legs").click()
    legs = rows_of(downloaded(page, table_csv(page, "Legs")))
    expected = site.ask(f"SELECT shipment_id, leg_no FROM legs WHERE {selection[0]}", *selection[1:])
    assert sorted((row["shipment_id"], int(row["leg_no"])) for row in legs) == sorted(expected)
    assert sum(float(row["wtw_kg"]) for row in legs) == pytest.approx(total_kg)

    page.get_by_role("button", name="95 % range").click()
    dialog = page.get_by_role("dialog", name="how this figure came about")
    expect(dialog.get_by_text(f"{formats.emissions(total_kg)} = Σ over {len(legs)} legs")).to_be_visible()
    parts = rows_of(downloaded(page, dialog.get_by_role("button", name="Download these factors")))
    assert sum(float(part["wtw_kg"]) for part in parts) == pytest.approx(total_kg)
    assert sum(int(part["legs"]) for part in parts) == len(legs)
    assert formats.mass(sum(float(part["wtw_kg"]) for part in parts)) == kpi(page).inner_text()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_a_click_on_a_month_shows_that_month(site, new_page):
    months = site.ask(
        "SELECT date_trunc('month', departed_at)::DATE AS first, (first + INTERVAL 1 MONTH)::DATE, "
        "sum(wtw_kg) FROM legs WHERE supplier_id = ? AND mode = 'sea' GROUP BY 1 ORDER BY 1", site.carrier,
    )  # fmt: skip
    page = new_page(as_=CARRIER)  # whose data no other test adds to
    page.goto(f"{site.url}/?period=All+time&mode=Sea")
    shows_kg(page, sum(kg for *_, kg in months))
    first, following, kg = months[3]
    click_bar(page, "emissions by mode and month", 0, 3)
    shows_kg(page, kg)
    expect(page).to_have_url(re.compile(f"days={first}&days={following - timedelta(days=1)}"))


def test_names_that_look_like_formulas_are_text_on_screen_and_in_the_csv(site, new_page, tmp_path):
    file = tmp_path / "formulas.csv"
    file.write_text(FORMULAS)
    page = new_page(as_=ANALYST)
    page.goto(f"{site.url}/upload")
    ready(page)
    upload(page, file)
    page.get_by_role("button", name="See these shipments on the Overview").click()
    # 12 t × 850 km and 10 t × 100 km by an articulated truck over 33 t, DESNZ 2025: 0.09502 kg per tonne-km.
    shows_kg(page, (12 * 850 + 10 * 100) * 0.09502)
    nothing_odd(page)
    for table in ("Suppliers", "Legs"):
        page.get_by_role("radio", name=table).click()
        rows = rows_of(downloaded(page, table_csv(page, table)))
        assert len(rows) == 2
        assert [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r") and cell] == []
        assert "'+49 Logistics" in {row["supplier_id"] for row in rows}
    page.goto(f"{site.url}/upload")
    ready(page)
    undo_newest_import(page, 2)
