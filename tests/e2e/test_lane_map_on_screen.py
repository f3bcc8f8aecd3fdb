"""The map in a browser: a click on a lane filters every page, a click on a circle comes nearer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.installed import ANALYST
from tests.e2e.screen import chip, follow, nothing_odd, ready, shows_kg

pytestmark = pytest.mark.e2e

FIRST_VIEW_MS = 60_000  # the libraries are imported once, on machines that are shared
HARMLESS = r"404 .*\|.*/lanes/_stcore/(host-config|health)$"
DRAWN = """() => { const plot = document.querySelector('[class*=st-key-lane-map-on-] .js-plotly-plot');
  return plot && plot._fullLayout && plot.querySelectorAll('.scatterlayer .js-line').length > 0; }"""
# Where on the screen a trace's points lie, with what a click on them means.
POINTS = """name => {
  const plot = document.querySelector('[class*=st-key-lane-map-on-] .js-plotly-plot');
  const layout = plot._fullLayout, at = plot.data.findIndex(trace => trace.name === name);
  const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
  return plot.calcdata[at].map(point => [box.x + layout.xaxis.c2p(point.x), box.y + layout.yaxis.c2p(point.y),
    ...plot.data[at].customdata[point.i]]).filter(one =>
    one[0] > box.left && one[0] < box.right && one[1] > box.top && one[1] < box.bottom);
}"""
RANGE = """() => { const plot = document.querySelector('[class*=st-key-lane-map-on-] .js-plotly-plot');
  return plot && plot._fullLayout ? plot._fullLayout.xaxis.range : null; }"""


def the_map(page: Page, url: str, query: str = "?period=All+time") -> Page:
    page.goto(f"{url}/lanes{query}")
    page.wait_for_function(DRAWN, timeout=FIRST_VIEW_MS)
    ready(page)
    page.locator("[class*=st-key-lane-map-on-]").scroll_into_view_if_needed()
    return page


def width(page: Page) -> float:
    left, right = page.evaluate(RANGE)
    return right - left


def test_a_click_on_a_lane_filters_the_overview(site, new_page):
    page = the_map(new_page(as_=ANALYST, harmless=HARMLESS), site.url)
    lanes = [one for one in page.evaluate(POINTS, "lanes") if "," not in one[3]]
    # One that stands apart: the point nearest to the mouse is the one that counts.
    others = page.evaluate(POINTS, "lanes") + page.evaluate(POINTS, "places")
    x, y, _, _, words = max(
        lanes, key=lambda one: min(_apart(one, other) for other in others if other[4] != one[4])
    )
    page.mouse.click(x, y)
    lane = re.sub("</?b>", "", words.split("<br>")[0])
    removal = chip(page, "Lane: ")
    expect(removal).to_be_visible()
    name = removal.inner_text().removeprefix("Lane: ").splitlines()[0].strip()
    assert "…" in lane or name == lane
    follow(page, "Overview")
    expect(chip(page, f"Lane: {name}")).to_be_visible()
    shows_kg(page, site.wtw_kg("origin || ' → ' || destination = ?", name))
    nothing_odd(page)


def test_a_circle_comes_nearer_and_the_buttons_lead_back(site, new_page):
    page = the_map(new_page(as_=ANALYST, harmless=HARMLESS), site.url)
    whole = width(page)
    x, y, *_ = page.evaluate(POINTS, "places")[0]
    page.mouse.click(x, y)
    page.wait_for_function(f"() => {{ const r = ({RANGE})(); return r && r[1] - r[0] < {whole / 2}; }}")
    ready(page)
    assert width(page) < whole / 2
    page.get_by_role("button", name="Back", exact=True).click()
    page.wait_for_function(f"() => {{ const r = ({RANGE})(); return r && r[1] - r[0] > {whole * 0.95}; }}")
    nothing_odd(ready(page))
    assert width(page) == pytest.approx(whole, rel=0.05)


def test_the_wheel_comes_nearer_and_the_keyboard_does_too(site, new_page):
    page = the_map(new_page(as_=ANALYST, harmless=HARMLESS), site.url)
    whole = width(page)
    box = page.locator("[class*=st-key-lane-map-on-] .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"() => {{ const r = ({RANGE})(); return r[1] - r[0] < {whole * 0.95}; }}")
    button = page.get_by_role("button", name="Nearer", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => {{ const r = ({RANGE})(); return r && r[1] - r[0] < {whole * 0.6}; }}")
    ready(page)
    page.get_by_role("combobox", name="Go to a place").fill("Singapore")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => {{ const r = ({RANGE})(); return r && r[0] > 1 && r[1] < 2.2; }}")
    nothing_odd(ready(page))
    assert width(page) < whole * 0.6


def test_fewer_lanes_and_what_is_left_out_is_said(site, new_page):
    page = the_map(new_page(as_=ANALYST, harmless=HARMLESS), site.url)
    ((lanes,),) = site.ask(
        "SELECT count(*) FROM (SELECT DISTINCT origin, destination FROM legs WHERE mode <> 'hub')"
    )
    page.get_by_role("combobox", name="Lanes drawn at most").click()
    page.get_by_role("option", name="50 heaviest", exact=True).click()
    expect(page.get_by_text(re.compile(rf"50 of {lanes} lanes drawn: \d+ % of emissions"))).to_be_visible()
    nothing_odd(ready(page))


def _apart(one: list, other: list) -> float:
    return ((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5
