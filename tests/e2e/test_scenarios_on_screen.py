"""Scenarios as people meet them: built by clicks, saved, shared by a link, compared, exported."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from analytics.scenarios import Growth, Scenario, ScenarioAnalytics, ScenarioResult, SwitchFuel, run
from data_access import Filters, Scope, Store
from ingestion import scoring
from tests.e2e.installed import ANALYST, CARRIER, VIEWER, a_year_until_today
from tests.e2e.screen import choose, downloaded, follow, kpi, nothing_odd, ready
from tests.e2e.test_accessibility import OVERFLOW, WINDOWS, violations
from tests.e2e.test_suppliers_on_screen import once_scored
from ui import formats

pytestmark = pytest.mark.e2e

HVO = SwitchFuel(mode="road", fuel="hvo", reduction_pct=50.0)
MORE = Growth(pct=10.0)


@pytest.fixture(scope="module")
def scored_twin(site, tmp_path_factory) -> Path:
    """The site's data as they are once the server has scored them: flagged chains stay as they are."""
    copy = tmp_path_factory.mktemp("scenarios") / "twin.duckdb"
    shutil.copy(str(site.twin), copy)
    with Store.open(f"duckdb:///{copy}") as store:
        scoring.score_all(store)
    return copy


@pytest.fixture(scope="module")
def worked_out(scored_twin, tmp_path_factory):
    """What a scenario comes to in Python, on the same data."""
    copy = tmp_path_factory.mktemp("worked-out") / "twin.duckdb"
    shutil.copy(scored_twin, copy)
    start, end = a_year_until_today()
    known = {}
    with Store.open(f"duckdb:///{copy}") as store:

        def result(*levers, suppliers=None, **filters) -> ScenarioResult:
            scope = Scope.all() if suppliers is None else Scope.suppliers(suppliers)
            key = (Filters(start=start, end=end, **filters), scope)
            if key not in known:
                known[key] = ScenarioAnalytics(store).baseline(*key)
            return run(known[key], Scenario("Worked out", levers))

        yield result


@pytest.fixture
def analyst(site, new_page) -> Page:
    """The page of an analyst, once the server has scored the demo."""
    return scenarios(site, once_scored(new_page(as_=ANALYST), site.url))


def scenarios(site, page: Page, query: str = "") -> Page:
    page.goto(f"{site.url}/scenarios{query}")
    return built(page)


def built(page: Page) -> Page:
    ready(page)
    expect(kpi(page, "then")).to_be_visible()
    return ready(page)


def section(page: Page, name: str) -> Page:
    page.get_by_role("radio", name=name, exact=True).click()
    return ready(page)


def pick(page: Page, label: str, option: str) -> None:
    """Choose in a list of the form."""
    box = page.locator(".st-key-lever-new").get_by_role("combobox", name=label, exact=True)
    if box.input_value() != option:
        box.click()
        box.press("Control+a")
        box.press_sequentially(option)
        page.get_by_role("option", name=option, exact=True).click()
    expect(box).to_have_value(option)
    ready(page)


def add(page: Page) -> None:
    before = page.locator("[class*='st-key-lever-acts-']").count()
    page.get_by_role("button", name="Add this lever").click()
    expect(page.locator("[class*='st-key-lever-acts-']")).to_have_count(before + 1)
    ready(page)


def add_hvo(page: Page, reduction: float = 50.0) -> None:
    pick(page, "What to change", "Switch the fuel")
    pick(page, "Mode", "Road")
    pick(page, "Fuel", "HVO from waste cooking oil")
    field = page.locator(".st-key-lever-new").get_by_role("spinbutton", name="Reduction, well-to-wheel, %")
    expect(field).to_have_value("87.0")
    field.fill(f"{reduction:g}")
    field.press("Enter")
    ready(page)
    add(page)


def add_growth(page: Page, by: int = 10) -> None:
    """The slider begins at 5 %."""
    pick(page, "What to change", "Growth")
    slider = page.locator(".st-key-lever-growth-pct").get_by_role("slider")
    slider.focus()
    for _ in range(abs(by - 5)):
        page.keyboard.press("ArrowRight" if by > 5 else "ArrowLeft")
    expect(slider).to_have_value(str(by))
    ready(page)
    add(page)


def save(page: Page, name: str) -> None:
    page.locator(".st-key-scenario-save-as").get_by_role("button").first.click()
    field = page.get_by_label("Name", exact=True)
    field.fill(name)
    field.press("Enter")
    ready(page)
    page.get_by_role("button", name="Save under this name").click()
    expect(page.get_by_text("Saved as shown.")).to_be_visible()
    # The popover stays open, and takes the next click for itself.
    page.get_by_role("heading", name="Scenarios", level=1).click()
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    ready(page)


def delete(page: Page) -> None:
    """Leave the demo as it was found."""
    page.locator(".st-key-scenario-delete").get_by_role("button").first.click()
    page.get_by_role("button", name="Delete this scenario").click()
    expect(page.get_by_text(re.compile("^Not saved yet"))).to_be_visible()
    ready(page)


def shows(page: Page, result: ScenarioResult) -> None:
    expect(kpi(page, "now")).to_have_text(formats.mass(result.now_kg))
    expect(kpi(page, "then")).to_have_text(formats.mass(result.then_kg))
    expect(kpi(page, "saved")).to_have_text(formats.mass(result.saved_kg))


def test_two_levers_by_clicks_come_to_what_they_do_in_python(analyst, worked_out):
    page = analyst
    shows(page, worked_out())
    add_hvo(page)
    shows(page, worked_out(HVO))
    add_growth(page)
    expected = worked_out(HVO, MORE)
    shows(page, expected)
    # The waterfall's bars are the steps of the export, and end at the sum.
    rows = list(csv.DictReader(io.StringIO(downloaded(page, page.locator(".st-key-scenario-csv button")))))
    saved = [float(row["saved_kg"]) for row in rows]
    assert saved == pytest.approx(expected.steps["saved_kg"].tolist())
    bars = page.evaluate(
        "() => { const d = document.querySelector('.st-key-scenario-steps .js-plotly-plot').data[0];"
        "return [Array.from(d.x), document.querySelector('.st-key-scenario-steps .js-plotly-plot')"
        ".layout.xaxis.title.text]; }"
    )
    size = {"kg": 1.0, "t": 1e3, "kt": 1e6}[bars[1].split()[0]]
    assert [-one * size for one in bars[0]] == pytest.approx([*saved, sum(saved)], rel=1e-6)
    nothing_odd(page)


def test_a_fuel_saves_what_hand_written_sql_says(analyst, scored_twin):
    """Half of what road legs emit, in chains without a flag that begin in the year and have both ends."""
    page = analyst
    add_hvo(page)
    rows = list(csv.DictReader(io.StringIO(downloaded(page, page.locator(".st-key-scenario-csv button")))))
    sql = (
        "WITH year AS (SELECT * FROM legs WHERE departed_at >= ? AND departed_at < ?), "
        "odd AS (SELECT shipment_id FROM anomalies WHERE status IN ('open', 'confirmed')), "
        "begun AS (SELECT shipment_id FROM year WHERE leg_no = 1 AND origin IS NOT NULL) "
        "SELECT sum(wtw_kg) FROM year WHERE mode = 'road' AND destination IS NOT NULL "
        "AND shipment_id NOT IN (SELECT shipment_id FROM odd) "
        "AND shipment_id IN (SELECT shipment_id FROM begun)"
    )
    with duckdb.connect(str(scored_twin), read_only=True) as connection:
        ((kg,),) = connection.execute(sql, list(a_year_until_today())).fetchall()
    # The days that the data cover are 365, less a part of the first and the last one.
    assert float(rows[0]["saved_kg"]) == pytest.approx(kg / 2, rel=0.01)


def test_the_order_and_the_share_of_levers_change_by_hand(analyst, worked_out):
    page = analyst
    add_growth(page)
    add_hvo(page)
    shows(page, worked_out(MORE, HVO))
    page.get_by_role("button", name="Later").first.click()
    ready(page)
    expect(page.get_by_text(re.compile(r"^1\. Run 100 % of road on HVO")).first).to_be_visible()
    slider = page.locator("[class*='st-key-lever-share-']").first.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    ready(page)
    shows(page, worked_out(replace(HVO, share=0.0), MORE))
    page.get_by_role("button", name="Remove").first.click()
    ready(page)
    shows(page, worked_out(MORE))
    nothing_odd(page)


def test_a_saved_scenario_opens_by_its_link_for_who_has_the_rights(site, analyst, new_page, worked_out):
    page = analyst
    choose(page, "Modes", "Road")
    built(page)
    add_hvo(page)
    save(page, "Trucks on HVO (test)")
    try:
        expect(page).to_have_url(re.compile(r"scenario=[0-9a-f]{32}"))
        address = f"{site.url}/scenarios?scenario={re.search('scenario=([0-9a-f]+)', page.url)[1]}"

        stranger = new_page(as_=VIEWER)
        stranger.goto(address)
        built(stranger)
        expect(stranger.get_by_text("not shared with you")).to_be_visible()
        expect(stranger.get_by_text("No lever yet").first).to_be_visible()

        page.locator(".st-key-scenario-share").get_by_text("Shared by link").click()
        expect(page.locator("[data-testid=stCode]")).to_contain_text(address)

        stranger.goto(address)
        built(stranger)
        shows(stranger, worked_out(HVO, modes=("road",)))
        expect(stranger.get_by_role("button", name="Delete")).to_have_count(0)
        expect(stranger.locator(".st-key-chips")).to_contain_text("Mode: Road")
        nothing_odd(stranger)

        carrier = new_page(as_=CARRIER)
        carrier.goto(address)
        built(carrier)
        expect(carrier.get_by_text("not shared with you")).to_be_visible()
        nothing_odd(carrier)
    finally:
        delete(page)
    stranger.goto(address)
    built(stranger)
    expect(stranger.get_by_text("not shared with you")).to_be_visible()


def test_a_carrier_builds_on_its_own_shipments(site, new_page, worked_out):
    page = scenarios(site, new_page(as_=CARRIER))
    add_growth(page)
    shows(page, worked_out(MORE, suppliers={site.carrier}))
    nothing_odd(page)


def test_two_scenarios_stand_side_by_side(analyst, worked_out):
    page = analyst
    add_hvo(page)
    save(page, "HVO (test)")
    try:
        add_growth(page)
        expect(page.get_by_text("Unsaved changes.")).to_be_visible()
        section(page, "Compare")
        expect(page).to_have_url(re.compile("plan=Compare"))
        gap = worked_out(HVO, MORE).then_kg - worked_out(HVO).then_kg
        expect(page.get_by_role("heading", name=f"emits {formats.mass(gap)} a year less")).to_be_visible()
        for number in (1, 2):
            expect(page.get_by_role("figure", name=f"scenario {number}")).to_be_visible()
        nothing_odd(page)
    finally:
        section(page, "Build")
        delete(page)


def test_files_go_out_and_a_definition_comes_back(analyst, worked_out, tmp_path):
    page = analyst
    add_hvo(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download Excel").click()
    book = CalamineWorkbook.from_path(str(waiting.value.path()))
    header, row = book.get_sheet_by_name("Steps").to_python(skip_empty_area=True)
    assert row[header.index("saved_kg")] == pytest.approx(worked_out(HVO).saved_kg)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Definition (JSON)", exact=True).click()
    file = tmp_path / "scenario.json"
    file.write_bytes(Path(waiting.value.path()).read_bytes())
    assert json.loads(file.read_text())["scenario"]["levers"] == [HVO.to_dict()]

    page.get_by_role("button", name="New", exact=True).click()
    ready(page)
    shows(page, worked_out())
    page.locator("input[type=file]").set_input_files(file)
    shows(page, worked_out(HVO))
    ready(page)
    bad = tmp_path / "bad.json"
    bad.write_text('{"format": "other"}')
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_text("The file is no scenario of this app")).to_be_visible()
    shows(page, worked_out(HVO))


def test_a_scenario_goes_into_the_forecast(analyst):
    page = analyst
    add_hvo(page)
    page.get_by_role("button", name="Add to the forecast").click()
    expect(page.get_by_text("1 known event in the forecast")).to_be_visible()
    follow(page, "Forecast")
    expect(page.get_by_text("known event").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_passes_axe_and_fits_a_phone(site, new_page, scheme):
    page = new_page(as_=ANALYST, color_scheme=scheme)
    scenarios(site, page)
    add_hvo(page)
    add_growth(page)
    save(page, f"Axe {scheme} (test)")
    try:
        for name in ("Targets", "Compare", "Build"):
            section(page, name)
            for window in WINDOWS.values():
                page.set_viewport_size(window)
                ready(page)
                found = violations(page)
                assert not found, f"{name}, {scheme}, {window['width']} px:\n" + "\n".join(found)
                assert not page.evaluate(OVERFLOW), f"{name}, {window['width']} px is too wide"
    finally:
        section(page, "Build")
        delete(page)


def test_an_empty_period_says_what_to_do(site, new_page):
    page = new_page(as_=ANALYST)
    page.goto(f"{site.url}/scenarios?period=Custom+range&days=2019-01-01&days=2019-01-31")
    ready(page)
    expect(page.get_by_text("Nothing in this period")).to_be_visible()
    nothing_odd(page)
