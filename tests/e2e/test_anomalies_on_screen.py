"""A wrong leg from its upload to its repair and back, and decisions that last, as people do it on screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from data_access import Store
from ingestion import demo, scoring
from tests.e2e.installed import ANALYST, VIEWER, Site
from tests.e2e.screen import (
    HEADER_PX,
    downloaded,
    import_count,
    kpi,
    nothing_odd,
    ready,
    shows_kg,
    sign_in,
    upload,
)
from tests.e2e.test_accessibility import OVERFLOW, WINDOWS, tab_to, violations
from tests.server import environment, running_server
from ui import formats
from ui.anomaly_words import kind_label
from ui.tables import WRAPPED_PX

pytestmark = pytest.mark.e2e

# Freight of one supplier on one lane: 60 loads of 11 to 13 t over 850 km by an articulated truck over 33 t,
# for which DESNZ 2025 gives 0.09502 kg CO2e per tonne-km. Load 31 was written in tonnes: 12 for 12,000 kg.
LOADS_KG = [11_000.0 + 37 * number for number in range(60)]
WRONG, MEANT_KG, WRITTEN = "ZENITH-31", 12_000.0, 12.0
KG_PER_KG = 850 / 1000 * 0.09502
RIGHT_KG = sum(LOADS_KG) * KG_PER_KG
AS_WRITTEN_KG = RIGHT_KG + WRITTEN * KG_PER_KG
AS_MEANT_KG = RIGHT_KG + MEANT_KG * KG_PER_KG
ZENITH = "?supplier=Zenith&period=All+time"


def loads() -> str:
    today = datetime.now(UTC).date()
    header = "shipment_id,departed_at,supplier_id,mode,vehicle_class,weight_kg,distance_km,origin,destination"
    lines = [
        f"ZENITH-{number if number < 31 else number + 1},{today - timedelta(days=5 + number)},Zenith,road,"
        f'articulated >33 t,{weight_kg},850,"Hamburg, DE","Vienna, AT",chemicals'
        for number, weight_kg in enumerate(LOADS_KG)
    ]
    wrong = f'{WRONG},{today - timedelta(days=3)},Zenith,road,articulated >33 t,{WRITTEN},850,"Hamburg, DE",'
    return "\n".join([f"{header},product_group", *lines, f'{wrong}"Vienna, AT",chemicals', ""])


@pytest.fixture(scope="module")
def scored_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own, whose legs these tests may change: 6,000 scored demo shipments."""
    folder = tmp_path_factory.mktemp("scored-site")
    env = environment(folder, {ANALYST: "analyst", VIEWER: "viewer"})
    with Store.open(env["DATABASE_URL"]) as store:
        demo.fill(store, 6_000, seed=3)
        scoring.score_all(store)
    log = folder / "server.log"
    with running_server(env, log=log) as url:
        yield Site(url, log)


@pytest.fixture(scope="module")
def loads_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("loads") / "loads.csv"
    file.write_text(loads(), encoding="utf-8")
    return file


def opened(page: Page, site: Site, query: str = "") -> Page:
    page.goto(f"{site.url}/anomalies{query}")
    ready(page)
    expect(page.get_by_role("heading", name="Anomalies", level=1)).to_be_visible()
    return page


def at_rest(page: Page) -> None:
    """Nothing is faded any more: what a rerun will replace stays on screen for a while."""
    ready(page)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    page.wait_for_function("() => !document.getAnimations().some(one => one.playState === 'running')")


def tick(page: Page, *rows: int) -> None:
    """Tick rows of the ranked table: it is a canvas, with a tick box at the left of each row."""
    table = page.get_by_role("region", name="Anomalies, the largest")
    for number, row in enumerate(rows, 1):
        table.click(position={"x": 18, "y": HEADER_PX + (row + 0.5) * WRAPPED_PX})
        expect(
            page.get_by_text(f"{number} selected").or_(page.get_by_text("may look but not decide"))
        ).not_to_have_count(0)
        ready(page)


def dismissed_of(page: Page) -> int:
    """How many are dismissed, as the card of decisions says it."""
    found = re.search(r"(\d+) dismissed", page.locator(".st-key-kpi-decided").inner_text())
    assert found
    return int(found[1])


def csv_of(page: Page) -> Locator:
    return page.locator(".st-key-download-anomalies").get_by_role("button")


def test_a_load_in_tonnes_is_found_explained_fixed_by_one_click_and_the_fix_undone(
    scored_site, page, loads_file
):
    sign_in(page, f"{scored_site.url}/upload", ANALYST)
    ready(page)
    upload(page, loads_file)
    # The first import of a server looks places up, and reads their gazetteer for it.
    expect(import_count(page, "accepted")).to_have_text("61", timeout=60_000)
    page.goto(f"{scored_site.url}/{ZENITH}")
    shows_kg(page, AS_WRITTEN_KG)

    # The server scores new imports by itself, and the page notices.
    opened(page, scored_site, ZENITH)
    expect(kpi(page, "open")).to_have_text("1")
    expect(kpi(page, "fixable")).to_have_text("1")
    nothing_odd(page)
    tick(page, 0)
    panel = page.locator(".st-key-anomaly-detail")
    expect(panel.get_by_role("heading", name=f"{WRONG}, leg 1")).to_be_visible()
    expect(panel.get_by_text(kind_label("tonnes_as_kg"), exact=True)).to_be_visible()
    expect(panel.get_by_text(re.compile("tonnes"))).not_to_have_count(0)
    expect(panel.get_by_text("Mass: 12 kg → 12,000 kg")).to_be_visible()
    before, after = (formats.emissions(kg * KG_PER_KG) for kg in (WRITTEN, MEANT_KG))
    expect(panel.get_by_text(f"Emissions: {before} → {after}")).to_be_visible()
    expect(page).to_have_url(re.compile(f"leg={WRONG}%2F1"))
    nothing_odd(page)

    panel.get_by_role("button", name="Fix: mass 12,000 kg").click()
    expect(page.get_by_text("Fixed 1 leg: +968 kg CO2e.")).to_be_visible()  # 969.2 − 0.97
    expect(kpi(page, "open")).to_have_text("0")
    nothing_odd(page)
    other = page.context.new_page()
    other.goto(f"{scored_site.url}/{ZENITH}")
    shows_kg(other, AS_MEANT_KG)

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(kpi(page, "open")).to_have_text("1")
    other.reload()
    shows_kg(other, AS_WRITTEN_KG)
    assert formats.mass(AS_MEANT_KG) != formats.mass(AS_WRITTEN_KG)
    other.close()


def test_a_link_opens_its_leg(scored_site, page):
    sign_in(page, f"{scored_site.url}/anomalies?leg={WRONG}%2F1&period=Last+year", ANALYST)
    ready(page)
    panel = page.locator(".st-key-anomaly-detail")
    expect(panel.get_by_role("heading", name=f"{WRONG}, leg 1")).to_be_visible()
    panel.get_by_role("radio", name="Factor").click()
    expect(panel.get_by_text("0.09502 kg CO2e per tkm")).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    expect(panel.get_by_role("heading")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("leg="))


def test_what_was_dismissed_with_a_note_stays_dismissed_when_all_legs_are_scored_again(scored_site, page):
    sign_in(page, f"{scored_site.url}/anomalies?period=All+time&kind=Duplicate", ANALYST)
    ready(page)
    still_open, dismissed = int(kpi(page, "open").inner_text()), dismissed_of(page)
    tick(page, 0, 1, 2)
    page.get_by_role("button", name="Dismiss …").click()
    dialog = page.get_by_role("dialog", name="Dismiss as not a fault?")
    dialog.get_by_label("Note").fill("Two trucks that day, *checked*")
    dialog.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("Dismissed: 3 anomalies.")).to_be_visible()
    expect(kpi(page, "open")).to_have_text(str(still_open - 3))
    assert dismissed_of(ready(page)) == dismissed + 3

    page.get_by_role("button", name="Sensitivity").click()
    page.get_by_role("button", name="Score again").click()
    expect(page.get_by_text(re.compile("^Scoring"))).to_be_visible()
    expect(page.get_by_text(re.compile("^Scored just now"))).to_be_visible(timeout=90_000)
    assert dismissed_of(ready(page)) == dismissed + 3
    opened(page, scored_site, "?period=All+time&status=Dismissed&kind=Duplicate")
    assert downloaded(page, csv_of(page)).count("Two trucks that day, *checked*") == 3
    nothing_odd(page)


def test_a_viewer_reads_everything_and_decides_nothing(scored_site, page):
    sign_in(page, f"{scored_site.url}/anomalies?period=All+time", VIEWER)
    ready(page)
    expect(page.get_by_text("Your role (viewer) may look but not decide")).to_be_visible()
    tick(page, 0)
    panel = page.locator(".st-key-anomaly-detail")
    expect(panel.get_by_role("heading", level=2).first).to_be_visible()
    deciding = re.compile(r"\b(Fix|Confirm|Dismiss|Reopen|Sensitivity|Score)\b")
    expect(page.get_by_role("button", name=deciding)).to_have_count(0)
    nothing_odd(page)


def test_an_outline_in_the_scatter_ticks_the_rows_of_its_legs(scored_site, page):
    sign_in(page, f"{scored_site.url}/anomalies?period=All+time", ANALYST)
    ready(page)
    page.get_by_role("radio", name="Mass × intensity").click()
    figure = page.get_by_role("figure", name="Scatter: mass and intensity")
    expect(figure.locator(".scatterlayer")).to_be_visible()
    ready(page)
    box = figure.locator(".nsewdrag").first.bounding_box()
    assert box
    left, top, right, bottom = (
        box["x"] + 4, box["y"] + 4, box["x"] + box["width"] - 4, box["y"] + box["height"] - 4,
    )  # fmt: skip
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(x, y, steps=4)
    page.mouse.up()
    chosen = page.get_by_role("button", name=re.compile("chosen in the chart"))
    expect(chosen).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ selected"))).to_be_visible()
    nothing_odd(page)
    chosen.click()
    expect(page.get_by_text("Tick a row to look into it")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_leg_passes_axe_at_desk_and_phone_width(scored_site, new_page, scheme):
    page = new_page(color_scheme=scheme)
    sign_in(page, f"{scored_site.url}/anomalies?period=All+time&leg={WRONG}%2F1", ANALYST)
    for window in WINDOWS.values():
        page.set_viewport_size(window)
        opened(page, scored_site, f"?period=All+time&leg={WRONG}%2F1")
        page.get_by_role("radio", name="Mass × intensity").click()
        panel = page.locator(".st-key-anomaly-detail")
        for section in ("Chain", "Factor", "What drives it"):
            panel.get_by_role("radio", name=section).click()
            at_rest(page)
            found = violations(page)
            assert not found, f"{section}, {scheme}, {window['width']} px:\n" + "\n".join(found)
            nothing_odd(page)
        overflow = page.evaluate(OVERFLOW)
        assert not overflow, f"{overflow} px wider than {window['width']} px"


def test_the_leg_can_be_decided_by_keyboard_alone(scored_site, page):
    sign_in(page, f"{scored_site.url}/anomalies?period=All+time&leg={WRONG}%2F1", ANALYST)
    ready(page)
    confirm = page.locator(".st-key-anomaly-detail").get_by_role("button", name="Confirm", exact=True)
    page.get_by_role("region", name="Anomalies, the largest").focus()
    tab_to(page, confirm)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Confirmed: 1 anomaly.")).to_be_visible()
    undo = page.get_by_role("button", name="Undo", exact=True)
    tab_to(page, undo)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Undone: everything is as it was before.")).to_be_visible()
    nothing_odd(page)
