"""The Trends page in a browser: the change of the Overview in parts, opened up, filtered; its sections."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.installed import ANALYST, CARRIER, Site, a_year_until_today
from tests.e2e.screen import chip, click_bar, downloaded, kpi, nothing_odd, ready
from tests.e2e.test_accessibility import OVERFLOW, WINDOWS, violations
from ui import formats
from ui.trend_words import PARTS, signed

pytestmark = pytest.mark.e2e

FIRST_VIEW_MS = 90_000  # the heavy libraries load once, on machines that are shared
QUARTER = "?period=Last+90+days"
# What each section shows once it is there: a key of an element.
SECTIONS = {
    "Why": "trend-contributions",
    "Season and trend": "trend-weekdays",
    "Breaks": "trend-breaks",
    "Year on year": "download-years",
    "Modes and intensity": "trend-intensity",
}


def trends(page: Page, url: str, query: str = "") -> Page:
    page.goto(f"{url}/trends{query}")
    expect(page.locator(".st-key-kpis")).to_be_visible(timeout=FIRST_VIEW_MS)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=FIRST_VIEW_MS)
    return ready(page)


def section(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()
    shown = page.locator(f"[class*='st-key-{SECTIONS[name]}']").first
    expect(shown).to_be_visible(timeout=FIRST_VIEW_MS)
    ready(page)


def change_kg(
    site: Site, days: int | None = None, where: str = "true", *values: object
) -> tuple[float, float]:
    """Emissions of the period and of the equally long one before it, by hand-written SQL."""
    start, end = a_year_until_today()
    start = start if days is None else end - timedelta(days=days)
    before = start - (end - start)
    asked = f"{where} AND departed_at >= ? AND departed_at < ?"
    return site.wtw_kg(asked, *values, start, end), site.wtw_kg(asked, *values, before, start)


def parts_file(page: Page) -> list[dict[str, str]]:
    """The parts with full precision, out of the file."""
    button = page.locator(".st-key-download-parts").get_by_role("button")
    return list(csv.DictReader(io.StringIO(downloaded(page, button))))


@pytest.mark.parametrize(("query", "days"), [("", None), (QUARTER, 90)])
def test_the_waterfalls_parts_sum_to_the_change_on_the_overview(site, new_page, query, days):
    now_kg, before_kg = change_kg(site, days)
    page = trends(new_page(as_=ANALYST), site.url, query)
    expect(kpi(page)).to_have_text(formats.mass(now_kg))
    expect(kpi(page, "change")).to_have_text(signed(now_kg - before_kg))
    parts = parts_file(page)
    assert {row["part"] for row in parts} == set(PARTS)
    assert sum(float(row["kg"]) for row in parts) == pytest.approx(now_kg - before_kg, rel=1e-6)
    drawn = page.evaluate(BARS)
    assert sum(drawn) == pytest.approx(now_kg - before_kg, rel=1e-6)
    nothing_odd(page)
    page.goto(f"{site.url}/{query}")
    ready(page)
    card = page.locator(".st-key-kpi-emissions")
    expect(kpi(page)).to_have_text(formats.mass(now_kg))
    expect(card.get_by_test_id("stMetricDelta")).to_contain_text(formats.change(now_kg, before_kg)[1])


def test_a_bar_opens_its_part_and_a_contribution_filters_the_page(site, new_page):
    page = trends(new_page(as_=ANALYST), site.url, QUARTER)
    parts = {row["part"]: float(row["kg"]) for row in parts_file(page)}
    largest = max(parts, key=lambda name: abs(parts[name]))
    click_bar(page, "Waterfall", 0, 0)
    title = page.get_by_role("heading", name=f"{PARTS[largest].label}, {signed(parts[largest])}: ")
    expect(title).to_be_visible()
    button = page.locator(".st-key-download-contributions").get_by_role("button")
    rows = list(csv.DictReader(io.StringIO(downloaded(page, button))))
    assert sum(float(row["kg"]) for row in rows) == pytest.approx(parts[largest], rel=1e-6)
    title.scroll_into_view_if_needed()  # from the table's foot: the first bar is above
    click_bar(page, "Bars: kg that each of the suppliers", 0, 0)
    expect(chip(page, f"Supplier: {rows[0]['name']}")).to_be_visible()
    now_kg, before_kg = change_kg(site, 90, "supplier_id = ?", rows[0]["key"])
    expect(kpi(page, "change")).to_have_text(signed(now_kg - before_kg))
    nothing_odd(page)


def test_a_part_is_opened_by_lane_without_a_mouse(site, new_page):
    page = trends(new_page(as_=ANALYST), site.url, QUARTER)
    box = page.get_by_role("combobox", name="Open up")
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(1_000)  # a list that opens while the page scrolls closes again
    box.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name=re.compile("^Mode mix: "))).to_be_visible()
    page.keyboard.type("Mode mix")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Mode mix, "))).to_be_visible()
    page.get_by_role("radio", name="Lanes", exact=True).click()
    expect(page.get_by_role("figure", name="Bars: kg that each of the lanes")).to_be_visible()
    button = page.locator(".st-key-download-contributions").get_by_role("button")
    assert all(" → " in row["name"] for row in csv.DictReader(io.StringIO(downloaded(page, button))))
    page.get_by_role("heading", name=re.compile("^Mode mix, ")).scroll_into_view_if_needed()
    click_bar(page, "Bars: kg that each of the lanes", 0, 0)
    expect(chip(page, re.compile("^Lane: ")).first).to_be_visible()
    nothing_odd(ready(page))


def test_a_period_is_compared_with_the_same_days_a_year_earlier(site, new_page):
    page = trends(new_page(as_=ANALYST), site.url, QUARTER)
    page.get_by_role("radio", name="The same days a year earlier").click()
    expect(page).to_have_url(re.compile("against="))
    end = a_year_until_today()[1]
    start = end - timedelta(days=90)
    asked = "departed_at >= ? AND departed_at < ?"
    year = [site.wtw_kg(asked, *(one.replace(year=one.year - 1) for one in (start, end)))]
    ready(page)
    sums = sum(float(row["kg"]) for row in parts_file(page))
    assert sums == pytest.approx(site.wtw_kg(asked, start, end) - year[0], rel=1e-6)


def test_all_time_says_why_there_is_nothing_before_it_and_leads_on(site, new_page):
    page = trends(new_page(as_=ANALYST), site.url, "?period=All+time")
    expect(page.get_by_text("Nothing to compare with")).to_be_visible()
    expect(kpi(page, "change")).to_have_text("–")
    nothing_odd(page)
    page.get_by_role("button", name="Show the last 12 months").click()
    now_kg, before_kg = change_kg(site)
    expect(kpi(page, "change")).to_have_text(signed(now_kg - before_kg))


def test_sections_have_an_address_and_their_figures(site, new_page):
    page = trends(new_page(as_=ANALYST), site.url, "?section=Breaks")
    expect(page.get_by_role("figure", name="Lines: emissions a day by week and their level")).to_be_visible()
    for name in SECTIONS:
        section(page, name)
        nothing_odd(page)
    expect(page).to_have_url(re.compile("section=Modes"))


def test_a_carrier_sees_its_own_change(site, new_page):
    page = trends(new_page(as_=CARRIER), site.url)
    now_kg, before_kg = change_kg(site, None, "supplier_id = ?", site.carrier)
    expect(kpi(page, "change")).to_have_text(signed(now_kg - before_kg))
    button = page.locator(".st-key-download-contributions").get_by_role("button")
    rows = list(csv.DictReader(io.StringIO(downloaded(page, button))))
    assert {row["key"] for row in rows} == {site.carrier}
    for name in SECTIONS:
        section(page, name)
        nothing_odd(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SECTIONS)
def test_each_section_of_trends_passes_axe_and_fits_a_phone(site, new_page, scheme, name):
    page = new_page(as_=ANALYST, color_scheme=scheme)
    trends(page, site.url)
    section(page, name)
    for window in WINDOWS.values():
        page.set_viewport_size(window)
        ready(page)
        found = violations(page)
        assert not found, f"{name}, {scheme}, {window['width']} px:\n" + "\n".join(found)
        assert not page.evaluate(OVERFLOW)


# kg of the waterfall's bars, as they are drawn: their axis names its unit.
BARS = """() => {
  const plot = document.querySelector("[class*='st-key-trend-waterfall'] .js-plotly-plot");
  const unit = plot.layout.xaxis.title.text.split(" ")[0];
  return plot.data[0].x.map(value => value * {kg: 1, t: 1e3, kt: 1e6, Mt: 1e9}[unit]);
}"""
