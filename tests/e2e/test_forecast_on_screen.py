"""The Forecast page in a browser: chart and table agree, parts add up, tests on past data, who sees what."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.e2e.installed import ANALYST, CARRIER, VIEWER
from tests.e2e.screen import chip, choose, downloaded, kpi, nothing_odd, ready
from tests.e2e.test_accessibility import OVERFLOW, WINDOWS, violations
from ui import formats

pytestmark = pytest.mark.e2e

FIRST_VIEW_MS, TEST_MS = 120_000, 300_000  # models are fitted, on machines that are shared
SIZES = {"kg": 1.0, "t": 1e3, "kt": 1e6}
SECTIONS = {
    "Table": "download-forecast",
    "Test on past data": "backtest-start",
    "Earlier forecasts": "card-sections",
}
FIGURE = """key => {
  const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
  return {
    unit: plot.layout.yaxis.title.text.split(' ')[0],
    lines: plot.data.map(line => [line.name, Array.from(line.x), Array.from(line.y)]),
  };
}"""


def forecast(page: Page, url: str, query: str = "") -> Page:
    page.goto(f"{url}/forecast{query}")
    return shown(page)


def shown(page: Page) -> Page:
    expect(page.locator(".st-key-counts, .st-key-empty").first).to_be_visible(timeout=FIRST_VIEW_MS)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=FIRST_VIEW_MS)
    return ready(page)


def section(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    expect(page.locator(f".st-key-{SECTIONS[name]}").first).to_be_visible()
    ready(page)


def lines(page: Page, key: str = "forecast-fan") -> dict[str, dict[str, float]]:
    """Name of each line of a figure to its kg by day."""
    found = page.evaluate(FIGURE, key)
    size = SIZES[found["unit"]]
    return {
        name: {day[:10]: value * size for day, value in zip(days, values, strict=True) if value is not None}
        for name, days, values in found["lines"]
        if name
    }


def rows(page: Page) -> list[dict[str, str]]:
    button = page.locator(".st-key-download-forecast").get_by_role("button")
    return list(csv.DictReader(io.StringIO(downloaded(page, button))))


def test_fan_chart_and_table_agree_for_a_supplier_and_a_horizon(site, new_page):
    ((name,),) = site.ask("SELECT name FROM suppliers WHERE supplier_id = ?", site.carrier)
    page = forecast(new_page(as_=ANALYST), site.url)
    choose(page, "Suppliers", name)
    expect(chip(page, f"Supplier: {name}")).to_be_visible()
    shown(page)
    page.get_by_role("radio", name="14", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("the next 14 days emit"))).to_be_visible()
    expect(page).to_have_url(re.compile("horizon=14"))
    ready(page)
    table, drawn = rows(page), lines(page)
    assert len(table) == 14
    for column in ("mean", *(f"{end}_{level}" for end in ("lower", "upper") for level in (50, 80, 95))):
        in_file = {row["period"][:10]: float(row[column]) for row in table}
        assert drawn[column] == pytest.approx(in_file), column
    expect(kpi(page, "ahead")).to_have_text(formats.mass(sum(float(row["mean"]) for row in table)))
    assert by_sql(site, site.carrier, drawn["actual"]) == pytest.approx(drawn["actual"])
    nothing_odd(page)


def by_sql(site, supplier_id: str, days: dict[str, float]) -> dict[str, float]:
    """What the supplier emitted on these days; 0 without a leg."""
    found = site.ask(
        "SELECT CAST(departed_at AS DATE), sum(wtw_kg) FROM legs WHERE supplier_id = ? GROUP BY 1",
        supplier_id,
    )
    known = {day.isoformat(): kg for day, kg in found}
    return {day: known.get(day, 0.0) for day in days}


def test_parts_add_up_to_the_total_on_screen_and_in_the_files(site, new_page):
    page = forecast(new_page(as_=ANALYST), site.url, "?by=mode&horizon=60&grain=week")
    expect(page.locator(".st-key-card-by-part")).to_be_visible()
    expect(page).to_have_url(re.compile("by=mode"))
    table = rows(page)
    weeks = {row["period"] for row in table}
    for week in weeks:
        of_week = [row for row in table if row["period"] == week]
        whole = sum(float(row["mean"]) for row in of_week if row["part"] == "total")
        parts = sum(float(row["mean"]) for row in of_week if row["part"] != "total")
        assert parts == pytest.approx(whole, rel=1e-6)
    with page.expect_download() as waiting:
        page.locator(".st-key-download-forecast-xlsx").get_by_role("button").click()
    header, *cells = CalamineWorkbook.from_path(Path(waiting.value.path())).get_sheet_by_index(0).to_python()
    assert len(cells) == len(table)
    assert sum(row[header.index("mean")] for row in cells) == pytest.approx(
        sum(float(row["mean"]) for row in table)
    )
    nothing_odd(page)


def test_the_test_on_past_data_can_be_cancelled_and_is_kept(site, new_page):
    # 130 days of history: few days to forecast from, so that it does not take long.
    ((first,),) = site.ask("SELECT CAST(min(departed_at) AS DATE) FROM legs")
    ends = first + timedelta(days=129)
    query = f"?period=Custom+range&days={first}&days={ends}"
    # A busy machine may drop the connection for a moment while the progress asks for news.
    page = new_page(as_=ANALYST, harmless="Cannot send rerun backMessage when disconnected")
    forecast(page, site.url, query)
    expect(kpi(page, "band")).to_have_text("Not tested")
    section(page, "Test on past data")
    page.locator(".st-key-backtest-start").get_by_role("button").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The test was cancelled; nothing of it was kept.")).to_be_visible(timeout=TEST_MS)
    expect(kpi(page, "band")).to_have_text("Not tested")
    page.locator(".st-key-backtest-start").get_by_role("button").click()
    download = page.locator(".st-key-download-backtest").get_by_role("button")
    expect(download).to_be_visible(timeout=TEST_MS)
    shown(page)
    held = list(csv.DictReader(io.StringIO(downloaded(page, download))))
    assert {row["method"] for row in held} == {"forecast", "seasonal_naive", "linear_lags"}
    assert {int(row["horizon_days"]) for row in held} == {1, 7, 14, 30}
    mine = next(row for row in held if row["method"] == "forecast" and row["horizon_days"] == "30")
    expect(kpi(page, "band")).to_have_text(formats.share(float(mine["coverage_80"])))
    expect(page.get_by_text(re.compile("^The 80 % band held"))).to_be_visible()
    nothing_odd(page)
    page = forecast(new_page(as_=VIEWER), site.url, query)  # kept for all who see these legs
    expect(kpi(page, "band")).to_have_text(formats.share(float(mine["coverage_80"])))


def test_a_carrier_sees_its_own_forecast_only(site, new_page):
    page = forecast(new_page(as_=CARRIER), site.url, "?by=supplier")
    parts = {row["part"] for row in rows(page)}
    assert parts == {"total", site.carrier}
    drawn = lines(page)["actual"]
    assert by_sql(site, site.carrier, drawn) == pytest.approx(drawn)
    nothing_odd(page)


def test_an_empty_period_offers_all_time(site, new_page):
    page = forecast(new_page(as_=ANALYST), site.url, "?period=Custom+range&days=2010-01-01&days=2010-02-01")
    page.get_by_role("button", name="Show all time").click()
    expect(page.get_by_role("heading", name=re.compile("the next 30 days emit"))).to_be_visible(
        timeout=FIRST_VIEW_MS
    )
    nothing_odd(shown(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_section_passes_axe_and_fits_a_phone(site, new_page, scheme):
    page = new_page(as_=ANALYST, color_scheme=scheme)
    forecast(page, site.url, "?by=mode")
    for name in SECTIONS:
        section(page, name)
        for window in WINDOWS.values():
            page.set_viewport_size(window)
            ready(page)
            found = violations(page)
            assert not found, f"{name}, {scheme}, {window['width']} px:\n" + "\n".join(found)
            assert not page.evaluate(OVERFLOW)
