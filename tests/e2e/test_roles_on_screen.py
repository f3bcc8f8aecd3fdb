"""What each role sees and does not see, whatever the address says."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.installed import ANALYST, CARRIER, VIEWER, a_year_until_today
from tests.e2e.screen import chip, kpi, nothing_odd, ready, shows_kg

pytestmark = pytest.mark.e2e

OF_CARRIER = "supplier_id = ? AND departed_at >= ? AND departed_at < ?"


def test_an_analyst_finds_the_upload_in_the_navigation(site, new_page):
    page = new_page(as_=ANALYST)
    page.goto(site.url)
    expect(page.get_by_role("link", name="Upload")).to_be_visible()


def test_a_viewer_finds_no_upload_neither_in_the_navigation_nor_by_its_address(site, new_page):
    # Streamlit says on the console, too, that a page does not exist for this user.
    page = new_page(as_=VIEWER, harmless="The page that you have requested does not seem to exist")
    page.goto(f"{site.url}/upload")
    ready(page)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Overview")).to_have_count(1)
    expect(page.get_by_role("link", name="Upload")).to_have_count(0)
    expect(page.locator("input[type=file]")).to_have_count(0)
    nothing_odd(page)


def test_a_supplier_sees_its_own_figures_only(site, new_page):
    first, end = a_year_until_today()
    own_kg = site.wtw_kg(OF_CARRIER, site.carrier, first, end)
    page = new_page(as_=CARRIER)
    page.goto(site.url)
    shows_kg(page, own_kg)
    expect(page.get_by_role("figure", name="suppliers").locator(".point")).to_have_count(1)
    expect(page.get_by_role("link", name="Upload")).to_have_count(0)


def test_a_supplier_that_names_another_one_in_the_address_still_sees_its_own(site, new_page):
    first, end = a_year_until_today()
    other = site.ask("SELECT name FROM suppliers WHERE supplier_id <> ? ORDER BY 1 LIMIT 1", site.carrier)
    page = new_page(as_=CARRIER)
    page.goto(f"{site.url}/?supplier={other[0][0]}&mode=Road")
    road_kg = site.wtw_kg(f"{OF_CARRIER} AND mode = 'road'", site.carrier, first, end)
    shows_kg(page, road_kg)
    expect(chip(page, "Supplier:")).to_have_count(0)
    expect(page.get_by_role("status").get_by_text(other[0][0])).to_be_visible()
    departed = f"SELECT count(DISTINCT shipment_id) FROM legs WHERE {OF_CARRIER} AND mode = 'road'"
    shipments = site.ask(departed, site.carrier, first, end)
    expect(kpi(page, "shipments")).to_have_text(f"{shipments[0][0]:,}")
