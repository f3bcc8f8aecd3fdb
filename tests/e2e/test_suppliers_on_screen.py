"""The Suppliers page in a browser: from the ranking to one supplier, its document, and those next to it."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.e2e.installed import ANALYST, CARRIER, VIEWER
from tests.e2e.screen import HEADER_PX, ROW_PX, choose, downloaded, kpi, nothing_odd, ready
from tests.e2e.test_accessibility import OVERFLOW, WINDOWS, violations

pytestmark = pytest.mark.e2e

ALL_TIME = "?period=All+time"
FIRST_VIEW_MS = 90_000  # the libraries are imported once, on machines that are shared
RANKING = re.compile(r"suppliers? clearly emits? (more than peers|less)|told apart from its peers")


def suppliers(page: Page, url: str, query: str = ALL_TIME) -> Page:
    page.goto(f"{url}/suppliers{query}")
    expect(page.get_by_role("heading", name="Suppliers", level=1)).to_be_visible(timeout=FIRST_VIEW_MS)
    # The charts of a whole profile or comparison come one by one.
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=FIRST_VIEW_MS)
    return ready(page)


def ranking(page: Page, url: str, query: str = ALL_TIME) -> Page:
    suppliers(page, url, query)
    expect(page.get_by_role("heading", name=RANKING)).to_be_visible(timeout=FIRST_VIEW_MS)
    return ready(page)


def once_scored(page: Page, url: str) -> Page:
    """Wait until the server has scored the demo: flagged legs leave the comparison, and figures move."""
    page.goto(f"{url}/anomalies{ALL_TIME}")
    state = page.locator(".st-key-scoring-state")
    expect(state).to_have_text(re.compile(r"Scored .* expected\."), timeout=FIRST_VIEW_MS)
    return page


def in_url(page: Page, name: str) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get(name, [])


def ranked(page: Page) -> list[dict[str, str]]:
    """Rows of the ranking as its CSV has them."""
    text = downloaded(page, page.locator(".st-key-download-suppliers button"))
    return list(csv.DictReader(io.StringIO(text)))


def click_top_dot(page: Page) -> None:
    """Click the dot of the first row: Plotly takes no element's click, only the mouse."""
    figure = page.get_by_role("figure", name="Dots with intervals")
    dots = figure.locator(".scatterlayer .points path")
    expect(dots.first).to_be_visible()
    dots.first.evaluate("dot => dot.scrollIntoView({block: 'center'})")
    boxes = [box for box in (one.bounding_box() for one in dots.all()) if box]
    top = min(boxes, key=lambda box: box["y"])
    page.mouse.click(top["x"] + top["width"] / 2, top["y"] + top["height"] / 2)


def tick(page: Page, rows: list[int]) -> None:
    table = page.locator("[class*=st-key-supplier-table] [data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    for row in rows:
        table.click(position={"x": 18, "y": HEADER_PX + ROW_PX * (row + 0.5)})


def shown_supplier(page: Page) -> Locator:
    return page.get_by_test_id("stMain").get_by_role("combobox", name="Supplier")


def test_from_the_ranking_to_a_supplier_its_document_and_its_peers(site, new_page):
    page = ranking(once_scored(new_page(as_=ANALYST), site.url), site.url)
    rows = ranked(page)
    assert int(kpi(page, "ranked").inner_text()) == len(rows)
    worst = max(rows, key=lambda row: float(row["ratio"]))
    click_top_dot(page)
    expect(page.get_by_role("button", name="Scorecard (PDF)")).to_be_visible(timeout=FIRST_VIEW_MS)
    ready(page)
    assert in_url(page, "id") == [worst["supplier_id"]]
    expect(kpi(page, "score")).to_have_text(f"{float(worst['score']):.0f}")
    expect(kpi(page, "rank")).to_have_text(f"{worst['rank']} of {len(rows)}")
    expect(kpi(page, "ratio")).to_have_text(f"{float(worst['ratio']):.2f} ×")
    nothing_odd(page)

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Scorecard (PDF)").click()
    text = " ".join(" ".join(one.extract_text() for one in PdfReader(waiting.value.path()).pages).split())
    assert worst["name"] in text and worst["supplier_id"] in text
    for figure in ("score", "rank", "ratio", "extra", "emissions"):
        assert kpi(page, figure).inner_text() in text, figure

    page.get_by_role("button", name="Compare with its nearest peers").click()
    expect(page.get_by_text("All figures side by side")).to_be_visible(timeout=FIRST_VIEW_MS)
    ready(page)
    compared = in_url(page, "with")
    assert compared[0] == worst["supplier_id"] and len(compared) == 3
    table = list(
        csv.DictReader(io.StringIO(downloaded(page, page.locator(".st-key-download-compared button"))))
    )
    by_id = {row["supplier_id"]: row for row in rows}
    assert [row["supplier_id"] for row in table] == compared
    for row in table:
        for column in ("score", "ratio", "rank", "observed_kg"):
            assert float(row[column]) == pytest.approx(float(by_id[row["supplier_id"]][column]))
    nothing_odd(page)


def test_observed_kg_are_those_of_the_legs_that_can_be_compared(site, new_page):
    page = ranking(new_page(as_=ANALYST), site.url)
    for row in ranked(page)[:5]:
        kg = site.wtw_kg("supplier_id = ? AND mode <> 'hub'", row["supplier_id"])
        assert 0 < float(row["observed_kg"]) <= kg * (1 + 1e-9)
        assert float(row["ratio_low"]) <= float(row["ratio"]) <= float(row["ratio_high"])


def test_ticked_rows_are_opened_or_compared(site, new_page):
    page = ranking(new_page(as_=ANALYST), site.url)
    first, second = (row["supplier_id"] for row in ranked(page)[:2])
    tick(page, [0, 1])
    button = page.locator(".st-key-supplier-compare-ticked button")
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_text("All figures side by side")).to_be_visible()
    ready(page)
    assert in_url(page, "with") == [first, second]
    page.get_by_role("radio", name="Ranking").click()
    expect(page.get_by_role("heading", name=RANKING)).to_be_visible()
    ready(page)
    tick(page, [1])
    opened = page.locator(".st-key-supplier-open-ticked button")
    expect(opened).to_be_enabled()
    opened.click()
    expect(page.get_by_role("button", name="Back to the ranking")).to_be_visible()
    ready(page)
    assert in_url(page, "id") == [second]


def test_a_link_opens_the_same_comparison_with_the_same_weights(site, new_page):
    page = ranking(new_page(as_=VIEWER), site.url)
    ids = [row["supplier_id"] for row in ranked(page)[:3]]
    query = f"{ALL_TIME}&weights=0-100-0-0-0" + "".join(f"&with={one}" for one in ids)
    suppliers(page, site.url, query)
    expect(page.get_by_text("All figures side by side")).to_be_visible(timeout=FIRST_VIEW_MS)
    ready(page)
    assert in_url(page, "with") == ids and in_url(page, "weights") == ["0-100-0-0-0"]
    page.get_by_role("button", name="Weights and method").click()
    expect(page.get_by_text("100 % of the score.")).to_be_visible()
    expect(page.get_by_role("radio", name="Supplier data")).to_have_count(0)  # a viewer edits nothing
    nothing_odd(page)


def test_a_weight_is_moved_by_the_keyboard_and_stands_in_the_url(site, new_page):
    page = ranking(new_page(as_=ANALYST), site.url)
    page.get_by_role("button", name="Weights and method").click()
    slider = page.get_by_role("slider", name="Trend")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("weights=40-20-15-15-15"))
    page.get_by_role("button", name="Reset to the usual weights").click()
    expect(page).not_to_have_url(re.compile("weights="))


def test_a_filter_by_supplier_shows_that_one_only(site, new_page):
    ((name,),) = site.ask("SELECT name FROM suppliers WHERE supplier_id = ?", site.carrier)
    page = ranking(new_page(as_=ANALYST), site.url)
    choose(page, "Suppliers", name)
    expect(page.get_by_role("heading", name=re.compile(f"^{re.escape(name)} emits"))).to_be_visible()
    expect(kpi(page, "ranked")).to_have_text("1")
    nothing_odd(ready(page))


def test_a_carrier_has_no_peers_and_still_its_own_profile(site, new_page):
    page = suppliers(new_page(as_=CARRIER), site.url)
    expect(page.get_by_role("heading", name=RANKING)).to_have_count(0)
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    page.get_by_role("radio", name="One supplier").click()
    expect(shown_supplier(page)).to_be_visible(timeout=FIRST_VIEW_MS)
    nothing_odd(ready(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_comparison_passes_axe_and_fits_a_phone(site, new_page, scheme):
    ids = [one for (one,) in site.ask("SELECT supplier_id FROM suppliers ORDER BY 1 LIMIT 5")]
    page = new_page(as_=ANALYST, color_scheme=scheme)
    for window in WINDOWS.values():
        page.set_viewport_size(window)
        suppliers(page, site.url, ALL_TIME + "".join(f"&with={one}" for one in ids))
        expect(page.get_by_text("All figures side by side")).to_be_visible(timeout=FIRST_VIEW_MS)
        ready(page)
        found = violations(page)
        assert not found, f"{scheme}, {window['width']} px:\n" + "\n".join(found)
        nothing_odd(page)
        assert not page.evaluate(OVERFLOW)
