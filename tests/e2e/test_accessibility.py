"""WCAG 2.2 AA as far as axe can tell, at desk and phone width, light and dark; and the keyboard alone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.installed import ANALYST
from tests.e2e.screen import nothing_odd, ready
from tests.server import PASSWORD

pytestmark = pytest.mark.e2e

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WINDOWS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
MOST_TABS = 80
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(14, 21, 18)"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/auth/sign-in",
        "/",
        "/live",
        "/upload",
        "/anomalies",
        "/suppliers",
        "/lanes",
        "/trends",
        "/forecast",
        "/scenarios",
    ],
)
def test_a_page_passes_axe_and_fits_a_phone(site, new_page, path, scheme):
    signs_in = path == "/auth/sign-in"
    page = new_page(as_=None if signs_in else ANALYST, color_scheme=scheme)
    for window in WINDOWS.values():
        page.set_viewport_size(window)
        page.goto(f"{site.url}{path}")
        if not signs_in:
            ready(page)
            assert page.get_by_test_id("stApp").evaluate(GROUND) == GROUNDS[scheme]
        found = violations(page)
        assert not found, f"{path}, {scheme}, {window['width']} px:\n" + "\n".join(found)
        nothing_odd(page)
        overflow = page.evaluate(OVERFLOW)
        assert not overflow, f"{path} is {overflow} px wider than {window['width']} px"


def test_the_sign_in_form_works_by_keyboard_alone(site, page):
    page.goto(site.url)
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(ANALYST)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign in")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()


def test_filters_and_derivations_are_within_reach_of_the_tab_key(site, new_page):
    page = new_page(as_=ANALYST)
    page.goto(site.url)
    ready(page)
    for label in ("Period", "Suppliers", "Modes"):
        tab_to(page, page.get_by_role("combobox", name=label))
    tab_to(page, page.get_by_role("switch", name="Flagged only"))
    derivation = page.get_by_role("button", name="95 % range")
    tab_to(page, derivation)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Emissions: how this figure came about")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


GROUND = "element => getComputedStyle(element).backgroundColor"
OVERFLOW = """() => Math.max(...[document.scrollingElement, document.querySelector('[data-testid=stMain]')]
  .filter(Boolean).map(element => element.scrollWidth - element.clientWidth))"""


def violations(page: Page) -> list[str]:
    """Rule, selector and reason of each violation."""
    options = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
    answer = Axe().run(page, options=options).response
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in answer["violations"]
        for node in rule["nodes"]
    ]


def tab_to(page: Page, wanted) -> None:
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{MOST_TABS} times Tab did not reach {wanted}")
