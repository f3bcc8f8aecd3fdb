"""The Drivers page in a browser: its findings, another feature, one shipment by id, both themes, a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.installed import ANALYST, CARRIER
from tests.e2e.screen import chip, choose, nothing_odd, ready
from tests.e2e.test_accessibility import OVERFLOW, WINDOWS, violations
from ui import formats

pytestmark = pytest.mark.e2e

FIRST_VIEW_MS = 90_000  # the libraries are imported once, on machines that are shared


def drivers(page: Page, url: str, query: str = "") -> Page:
    page.goto(f"{url}/drivers{query}")
    expect(page.get_by_role("heading", name="One shipment explained")).to_be_visible(timeout=FIRST_VIEW_MS)
    expect(page.get_by_text("it does not explain")).to_be_visible(timeout=FIRST_VIEW_MS)
    return ready(page)


def test_the_page_says_what_drives_intensity_and_how_good_the_model_is(site, new_page):
    page = drivers(new_page(as_=ANALYST), site.url, "?period=All+time")
    # By DESNZ 2025 the largest steps are those between the modes: 0.67 kg/tkm by air, 0.02 by sea.
    expect(
        page.get_by_role("heading", name=re.compile(r"^Mode moves the intensity .* from sea .* to air"))
    ).to_be_visible()
    explained = page.locator(".st-key-kpi-explained")
    figures = (explained.get_by_test_id("stMetricValue"), explained.get_by_text("alone"))
    model, naive = (float(re.findall(r"[\d.]+(?= %)", one.inner_text())[0]) for one in figures)
    assert model > naive
    page.get_by_role("combobox", name="Feature").click()
    page.get_by_role("option", name="Vehicle class").click()
    expect(page.get_by_role("heading", name=re.compile("^Vehicle class: "))).to_be_visible()
    page.get_by_role("radio", name="Emissions of a leg").click()
    expect(
        page.get_by_role("heading", name=re.compile("moves the emissions of these legs most"))
    ).to_be_visible()
    ready(page)
    nothing_odd(page)


def test_a_shipment_is_explained_in_kg_and_by_another_mode(site, new_page):
    lane = (
        "SELECT a.shipment_id, a.leg_no, a.wtw_kg FROM legs a WHERE a.mode = 'air' AND a.wtw_kg > 1000 AND ("
        "SELECT count(*) FROM legs b WHERE b.mode = 'sea' AND b.origin = a.origin "
        "AND b.destination = a.destination) > 50 ORDER BY a.shipment_id LIMIT 1"
    )
    ((shipment, leg, wtw_kg),) = site.ask(lane)
    page = drivers(new_page(as_=ANALYST), site.url, "?period=All+time")
    page.get_by_role("spinbutton", name="Leg").fill(str(leg))
    page.get_by_role("textbox", name="Or a shipment id").fill(shipment)
    page.keyboard.press("Enter")
    title = page.get_by_role("heading", name=f"{shipment}, leg {leg}, air: {formats.emissions(wtw_kg)}")
    expect(title).to_be_visible()
    expect(page.get_by_text(re.compile(r"Sea instead of air would be −[\d.,]+ (kg|t)"))).to_be_visible()
    nothing_odd(page)
    page.get_by_role("textbox", name="Or a shipment id").fill("SHP-GONE")
    page.keyboard.press("Enter")
    expect(page.get_by_text("There is no leg")).to_be_visible()


def test_a_carrier_gets_a_model_of_its_own_legs_and_cannot_ask_for_others(site, new_page):
    ((foreign,),) = site.ask("SELECT min(shipment_id) FROM legs WHERE supplier_id <> ?", site.carrier)
    page = drivers(new_page(as_=CARRIER), site.url, "?period=All+time")
    expect(page.get_by_text("only one supplier in this selection")).to_be_visible()
    page.get_by_role("textbox", name="Or a shipment id").fill(foreign)
    page.keyboard.press("Enter")
    expect(page.get_by_text("among those that you may see")).to_be_visible()
    nothing_odd(page)


def test_a_narrow_filter_says_how_many_legs_are_needed(site, new_page):
    ((day,),) = site.ask("SELECT min(departed_at)::DATE FROM legs WHERE supplier_id = ?", site.carrier)
    page = new_page(as_=CARRIER)
    page.goto(f"{site.url}/drivers?period=Custom+range&days={day}&days={day}")
    expect(page.get_by_text("at least 100 legs with a distance")).to_be_visible(timeout=FIRST_VIEW_MS)
    ready(page)
    nothing_odd(page)


def test_one_mode_leaves_no_other_to_compare(site, new_page):
    page = drivers(new_page(as_=ANALYST), site.url, "?period=All+time")
    choose(page, "Modes", "Sea")
    expect(chip(page, "Mode: Sea")).to_be_visible()
    expect(page.get_by_text("No other mode that the model knows")).to_be_visible(timeout=FIRST_VIEW_MS)
    expect(page.get_by_text("so without an effect: mode")).to_be_visible()
    nothing_odd(ready(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_passes_axe_and_fits_a_phone(site, new_page, scheme):
    page = new_page(as_=ANALYST, color_scheme=scheme)
    for window in WINDOWS.values():
        page.set_viewport_size(window)
        drivers(page, site.url)
        found = violations(page)
        assert not found, f"{scheme}, {window['width']} px:\n" + "\n".join(found)
        nothing_odd(page)
        assert not page.evaluate(OVERFLOW)
