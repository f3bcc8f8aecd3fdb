"""The main job from end to end: sign in, see emissions, narrow them, bring a real file in, sign out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from access import COOKIE
from tests.e2e.installed import ANALYST, a_year_until_today
from tests.e2e.screen import (
    chip,
    choose,
    follow,
    import_count,
    kpi,
    nothing_odd,
    ready,
    shows_kg,
    sign_in,
    undo_newest_import,
    upload,
)
from tests.server import one_time_password
from ui import formats

pytestmark = pytest.mark.e2e

LOOKALIKE = Path(__file__).parents[1] / "data" / "scms_lookalike.csv"
WITHIN_A_YEAR = "departed_at >= ? AND departed_at < ?"


@pytest.fixture(params=["lookalike", "real"])
def deliveries(request):
    return LOOKALIKE if request.param == "lookalike" else request.getfixturevalue("scms_file")


def test_the_first_administrator_chooses_a_password_and_is_led_to_the_upload(new_site, page):
    given, chosen = one_time_password(new_site.log), "seven brass lanterns 31"
    sign_in(page, new_site.url, "admin@localhost", given)
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    page.goto(new_site.url)
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    page.get_by_label("One-time password").fill(given)
    page.get_by_label("New password", exact=True).fill(chosen)
    page.get_by_label("New password again").fill(chosen)
    page.get_by_role("button", name="Change password").click()
    ready(page)
    expect(page.get_by_role("heading", name="No shipments yet")).to_be_visible()
    nothing_odd(page)
    page.get_by_role("link", name="Go to Upload").click()
    expect(page.get_by_role("heading", name="Upload", level=1)).to_be_visible()
    expect(page.get_by_text("Nothing has been imported yet.")).to_be_visible()
    nothing_odd(page)


def test_a_wrong_password_gets_one_clear_sentence(site, page):
    sign_in(page, site.url, ANALYST, "not the password at all")
    expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    expect(page.get_by_label("E-mail")).to_have_value(ANALYST)


def test_filters_narrow_the_figures_and_travel_in_the_url(site, new_page):
    first, end = a_year_until_today()
    page = ready(sign_in(new_page(), site.url, ANALYST))
    shows_kg(page, site.wtw_kg(WITHIN_A_YEAR, first, end))
    departed = site.ask(f"SELECT count(*) FROM legs WHERE leg_no = 1 AND {WITHIN_A_YEAR}", first, end)
    expect(kpi(page, "shipments")).to_have_text(f"{departed[0][0]:,}")
    expect(page.get_by_role("figure")).to_have_count(4)
    expect(page.locator(".js-plotly-plot")).to_have_count(4)
    nothing_odd(page)

    supplier_id, name = site.ask(
        "SELECT supplier_id, name FROM legs JOIN suppliers USING (supplier_id) WHERE mode = 'sea' "
        f"AND {WITHIN_A_YEAR} GROUP BY 1, 2 ORDER BY sum(wtw_kg) DESC LIMIT 1", first, end,
    )[0]  # fmt: skip
    choose(page, "Suppliers", name)
    of_supplier = site.wtw_kg(f"{WITHIN_A_YEAR} AND supplier_id = ?", first, end, supplier_id)
    shows_kg(page, of_supplier)
    choose(page, "Modes", "Sea")
    by_sea = site.wtw_kg(f"{WITHIN_A_YEAR} AND supplier_id = ? AND mode = 'sea'", first, end, supplier_id)
    shows_kg(page, by_sea)
    expect(page).to_have_url(re.compile(r"supplier=.*mode=|mode=.*supplier="))

    copied = new_page()
    sign_in(copied, page.url, ANALYST)
    shows_kg(copied, by_sea)
    expect(chip(copied, f"Supplier: {name}")).to_be_visible()
    expect(copied).to_have_url(page.url)
    chip(copied, "Mode: Sea").click()
    shows_kg(copied, of_supplier)
    expect(chip(copied, "Mode: Sea")).to_have_count(0)
    expect(copied).not_to_have_url(re.compile("mode="))


def test_a_delivery_history_goes_in_shows_its_emissions_and_can_be_undone(
    site, new_page, deliveries, tmp_path
):
    expected, kg_by_sql = site.import_into_copy(deliveries, tmp_path)
    page = new_page(as_=ANALYST)
    page.goto(f"{site.url}/?mode=Air&flagged=true")  # filters that the way to the new figures must clear
    expect(chip(page, "Mode: Air")).to_be_visible()
    follow(ready(page), "Upload")
    upload(page, deliveries)
    expect(import_count(page, "accepted")).to_have_text(formats.count(expected.rows_accepted))
    expect(import_count(page, "rejected")).to_have_text(formats.count(expected.rows_rejected))
    expect(import_count(page, "flagged")).to_have_text(formats.count(expected.rows_flagged))
    assert expected.rows_accepted
    assert expected.rows_rejected
    assert expected.rows_flagged
    nothing_odd(page)

    page.get_by_role("button", name="See these shipments on the Overview").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    shows_kg(page, kg_by_sql)
    assert kg_by_sql == pytest.approx(expected.wtw_kg)
    expect(page).to_have_url(re.compile(r"period=Custom\+range&days="))
    expect(chip(page, "Mode: Air")).to_have_count(0)
    seen_at = page.url
    nothing_odd(page)

    follow(page, "Upload")
    upload(page, deliveries)
    expect(import_count(page, "duplicates")).to_have_text(formats.count(expected.rows_accepted))
    expect(import_count(page, "accepted")).to_have_text("0")

    undo_newest_import(page, expected.rows_accepted)
    page.goto(seen_at)
    expect(page.get_by_role("heading", name="Nothing in this period")).to_be_visible()


def test_after_the_sign_out_the_old_cookie_is_refused(site, page):
    ready(sign_in(page, site.url, ANALYST))
    cookie = next(one for one in page.context.cookies() if one["name"] == COOKIE)
    assert cookie["httpOnly"]
    page.get_by_role("button", name="ann").click()
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title(re.compile("Sign in"))
    assert not [one for one in page.context.cookies() if one["name"] == COOKIE]

    navigation = {"Sec-Fetch-Mode": "navigate", "Cookie": f"{COOKIE}={cookie['value']}"}
    answer = requests.get(site.url, headers=navigation, allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.headers["location"]) == (303, "/auth/sign-in")
    stream = site.url.replace("http", "ws") + "/_stcore/stream"
    with pytest.raises(InvalidStatus, match="403"):
        connect(stream, additional_headers={"Cookie": navigation["Cookie"]}, open_timeout=20)
