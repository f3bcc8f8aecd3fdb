"""What stands on the screen when there is nothing to show, or when what was asked or given is wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.installed import ANALYST, CARRIER, a_year_until_today
from tests.e2e.screen import chip, nothing_odd, ready, shows_kg, upload

pytestmark = pytest.mark.e2e

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + bytes(200)


def test_a_period_without_data_says_so_and_offers_all_time(site, new_page):
    page = new_page(as_=CARRIER)  # whose data no other test adds to
    page.goto(f"{site.url}/?period=Custom+range&days=1999-01-01&days=1999-01-31")
    ready(page)
    expect(page.get_by_role("heading", name="Nothing in this period")).to_be_visible()
    nothing_odd(page)
    page.get_by_role("button", name="Show all time").click()
    shows_kg(page, site.wtw_kg("supplier_id = ?", site.carrier))


def test_a_filter_value_that_is_gone_is_named_and_does_no_harm(site, new_page):
    first, end = a_year_until_today()
    page = new_page(as_=ANALYST)
    page.goto(f"{site.url}/?supplier=Gone+Ltd&mode=Sea&period=Never&days=yesterday&from=%3Cb%3E")
    shows_kg(page, site.wtw_kg("mode = 'sea' AND departed_at >= ? AND departed_at < ?", first, end))
    expect(chip(page, "Mode: Sea")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("Gone Ltd")).to_be_visible()
    nothing_odd(page)


def test_a_picture_that_calls_itself_csv_is_refused_in_one_sentence(site, new_page, tmp_path):
    broken = tmp_path / "deliveries.csv"
    broken.write_bytes(PNG)
    page = new_page(as_=ANALYST)
    page.goto(f"{site.url}/upload")
    ready(page)
    upload(page, broken)
    alert = page.get_by_role("main").get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text(
        "deliveries.csv is a PNG image, not a table: upload a CSV, Excel or Parquet"
    )
    expect(page.locator(".st-key-counts")).to_have_count(0)
    nothing_odd(page)
