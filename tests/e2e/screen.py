"""How a person reads and works the app's screen."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.server import PASSWORD
from ui import formats

__all__ = [
    "chip",
    "choose",
    "click_bar",
    "downloaded",
    "follow",
    "import_count",
    "kpi",
    "nothing_odd",
    "ready",
    "shows_kg",
    "sign_in",
    "undo_newest_import",
    "upload",
]

DONE = "[data-testid=stApp][data-test-script-state=notRunning]"
HEADER_PX = ROW_PX = 34
_ODD = re.compile(r"Traceback|\bNaN\b|\bnan\b|\bNone\b|\bNaT\b|\bundefined\b|could not be shown")


def ready(page: Page) -> Page:
    """Wait until the page's script has run and no placeholder is left."""
    expect(page.locator(DONE)).to_be_attached(timeout=45_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.locator("h1")).to_be_visible()
    return page


def sign_in(page: Page, url: str, email: str, password: str = PASSWORD) -> Page:
    """Ask for a page, meet the sign-in form instead, fill it in."""
    page.goto(url)
    expect(page).to_have_title(re.compile("Sign in"))
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    return page


def follow(page: Page, name: str) -> Page:
    """Go to another page by the navigation."""
    page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return ready(page)


def kpi(page: Page, figure: str = "emissions") -> Locator:
    """The value on a card: emissions, intensity, tonne_km, shipments, cost or primary."""
    return page.locator(f".st-key-kpi-{figure}").get_by_test_id("stMetricValue")


def shows_kg(page: Page, kg: float) -> None:
    """The emissions on screen become `kg`."""
    expect(kpi(page)).to_have_text(formats.mass(kg))
    ready(page)


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a filter in the sidebar by typing it."""
    page.get_by_role("combobox", name=label).fill(option)
    page.get_by_role("option", name=option, exact=True).click()
    page.keyboard.press("Escape")


def chip(page: Page, text: str) -> Locator:
    return page.locator(".st-key-chips").get_by_role("button", name=text)


def click_bar(page: Page, chart: str, trace: int, at: int) -> None:
    """Click a bar of a chart: Plotly takes no element's click, only the mouse."""
    figure = page.get_by_role("figure", name=chart)
    figure.scroll_into_view_if_needed()
    bar = figure.locator(".barlayer .trace").nth(trace).locator(".point path").nth(at)
    expect(bar).to_be_visible()
    box = bar.bounding_box()
    assert box, f"the bar {at} of {chart} has no place on screen"
    page.mouse.click(box["x"] + min(box["width"] / 2, 8), box["y"] + box["height"] / 2)


def upload(page: Page, file: Path) -> None:
    """Give the Upload page a file and start the import."""
    page.locator("input[type=file]").set_input_files(file)
    button = page.get_by_role("button", name="Import", exact=True)
    expect(button).to_be_enabled()
    button.click()


def undo_newest_import(page: Page, rows: int) -> None:
    """Take the newest import back; the Upload page is open. Other tests count on the demo alone."""
    # The list is a canvas, with a tick box at the left of each row.
    table = page.get_by_role("region", name="Imports so far")
    table.click(position={"x": 18, "y": HEADER_PX + ROW_PX / 2})
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove these rows").click()
    expect(page.get_by_text(f"Removed {formats.counted(rows, 'row')}")).to_be_visible()


def import_count(page: Page, name: str) -> Locator:
    """A count of the import's result: read, accepted, rejected, duplicates or flagged."""
    return page.locator(f".st-key-kpi-{name}").get_by_test_id("stMetricValue")


def downloaded(page: Page, button: Locator) -> str:
    """Text of the CSV that a button offers."""
    with page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path()).read_text(encoding="utf-8-sig")


def nothing_odd(page: Page) -> None:
    """Nothing on screen that only a programmer should read."""
    found = _ODD.search(page.locator("body").inner_text())
    assert not found, f"{found.group()!r} stands on {page.url}"
    expect(page.get_by_test_id("stException")).to_have_count(0)
