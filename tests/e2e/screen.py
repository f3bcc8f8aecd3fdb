"""How a person reads and works the app's screen, for the browser tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.server import PASSWORD


DONE = "[data-testid=stApp][data-test-script-state=notRunning]"
_KG = {"kg": 1.0, "t": 1e3, "kt": 1e6, "Mt": 1e9}
_ODD = re.compile(r"Traceback|\bNaN\b|\bnan\b|\bNone\b|\bundefined\b|\bNaT\b|could not be shown")


def ready(page: Page) -> Page:
    """Wait until the page's script has run and no placeholder is left."""
    expect(page.locator(DONE)).to_be_attached(timeout=30_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    return page


def sign_in(page: Page, url: str, email: str, password: str = PASSWORD, path: str = "/") -> Page:
    """Ask for a page, meet the sign-in form instead, fill it in."""
    page.goto(f"{url}{path}")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    return page


def kpi(page: Page, name: str = "emissions") -> Locator:
    """The figure on a card: emissions, intensity, tonne_km, shipments, cost or primary."""
    return page.locator(f".st-key-kpi-{name}").get_by_test_id("stMetricValue")


def kg_on_screen(text: str) -> tuple[float, float]:
    """A mass as written, such as 12.4 kt, in kg; and half of its last digit, which rounding may hide."""
    number, unit = text.strip().replace(",", "").split(" ")
    decimals = len(number.partition(".")[2])
    return float(number) * _KG[unit], 0.5000001 * 10.0**-decimals * _KG[unit]


def shows_kg(figure: Locator, expected_kg: float) -> None:
    """The figure on screen is `expected_kg` to its last written digit."""
    expect(figure).to_be_visible()
    written = figure.inner_text()
    kg, half_digit = kg_on_screen(written)
    assert abs(kg - expected_kg) <= half_digit, f"{written} on screen, {expected_kg:,.1f} kg by SQL"
