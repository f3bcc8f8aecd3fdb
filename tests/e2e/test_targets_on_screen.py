"""Targets as people meet them: set in a form, read by a viewer, closed to a supplier."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.e2e.installed import ANALYST, CARRIER, VIEWER
from tests.e2e.screen import downloaded, nothing_odd, ready
from tests.e2e.test_accessibility import GROUND, GROUNDS, OVERFLOW, violations
from ui import formats

pytestmark = pytest.mark.e2e

THIS_YEAR = datetime.now(UTC).year
NAME = f"Emissions {THIS_YEAR + 4}"


def opened(site, page):
    page.goto(f"{site.url}/scenarios?plan=Targets")
    return ready(page)


def cards(page):
    return page.locator("[class*=st-key-card-target-]")


def set_target(page, name=NAME):
    page.get_by_role("button", name="New target").click()
    form = page.get_by_role("dialog", name="New target")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Target year").fill(str(THIS_YEAR + 4))
    form.get_by_label("Target year").press("Tab")
    expect(form).to_contain_text(f"each year until {THIS_YEAR + 4}, 21 % in all")
    assert not violations(page)
    form.get_by_role("button", name="Set target").click()
    expect(form).to_have_count(0)
    expect(cards(page)).to_contain_text(name)
    ready(page)


def remove_target(page):
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("button", name="Remove this target").click()
    expect(page.get_by_role("heading", name="No target yet")).to_be_visible()


@contextmanager
def a_target(site, page):
    """A target that an analyst sets and takes away again: the other tests find the demo as it was."""
    set_target(opened(site, page))
    try:
        yield page
    finally:
        page.keyboard.press("Escape")
        remove_target(opened(site, page))


def test_a_target_says_where_the_year_heads_and_its_point_is_the_path_from_last_year(site, new_page):
    page = new_page(as_=ANALYST)
    opened(site, page)
    expect(page.get_by_role("heading", name="No target yet")).to_be_visible()
    with a_target(site, page):
        base = site.wtw_kg("date_part('year', departed_at) = ?", THIS_YEAR - 1)
        card = cards(page)
        expect(card).to_contain_text(f"{THIS_YEAR - 1}: {formats.emissions(base)}, from the data")
        expect(card).to_contain_text(f"Point on the path: {formats.emissions(base * (1 - 0.042))}")
        expect(card).to_contain_text(
            re.compile(rf"{THIS_YEAR} heads for [\d.,]+ k?t CO2e, .* its point on the path")
        )
        expect(card.get_by_test_id("stMetricValue").first).to_have_text(re.compile(r"^[<>]?\d+ %$"))
        expect(card.get_by_role("figure", name=re.compile("the path of the target"))).to_be_visible()
        rows = downloaded(page, card.get_by_role("button", name="Download CSV")).splitlines()
        assert rows[0].startswith("year,path_kg,actual_kg,outlook_kg")
        assert [int(row.split(",")[0]) for row in rows[1:]] == list(range(THIS_YEAR - 1, THIS_YEAR + 5))
        assert float(rows[2].split(",")[1]) == pytest.approx(base * 0.958, rel=1e-9)
        nothing_odd(page)


def test_a_target_is_changed_and_a_name_is_taken_once(site, new_page):
    page = new_page(as_=ANALYST)
    with a_target(site, page):
        cards(page).get_by_role("button", name="Change").click()
        form = page.get_by_role("dialog", name="Change the target")
        form.get_by_role("radio", name="Intensity").click()
        expect(form).to_contain_text("Intensity of all shipments: 4.2 %")
        form.get_by_role("button", name="Save").click()
        expect(form).to_have_count(0)
        expect(cards(page)).to_contain_text("g CO2e/tkm")
        ready(page)
        page.get_by_role("button", name="New target").click()
        form = page.get_by_role("dialog", name="New target")
        form.get_by_label("Name").fill(NAME)
        form.get_by_role("button", name="Set target").click()
        expect(form).to_contain_text("already: take another name")
        page.keyboard.press("Escape")
        expect(form).to_have_count(0)


def test_a_viewer_reads_and_a_supplier_sees_no_target_of_the_company(site, new_page):
    with a_target(site, new_page(as_=ANALYST)):
        page = opened(site, new_page(as_=VIEWER))
        expect(cards(page)).to_contain_text(NAME)
        for name in ("New target", "Change", "Remove"):
            expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
        page = opened(site, new_page(as_=CARRIER))
        expect(page.get_by_role("heading", name="Scenarios", level=1)).to_be_visible()
        expect(cards(page)).to_have_count(0)
        expect(page.locator("body")).not_to_contain_text(NAME)


def test_the_targets_pass_axe_at_desk_and_phone_width_light_and_dark(site, new_page):
    page = new_page(as_=ANALYST)
    with a_target(site, page):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            opened(site, page)
            assert page.get_by_test_id("stApp").evaluate(GROUND) == GROUNDS[scheme]
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                expect(cards(page)).to_contain_text(NAME)
                assert not violations(page), f"{scheme}, {width} px"
                assert page.evaluate(OVERFLOW) <= 0
        page.set_viewport_size({"width": 1280, "height": 900})
