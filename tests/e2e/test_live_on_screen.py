"""The Live page in a browser: what is dropped into the inbox appears by itself, and nothing else moves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from access import COOKIE
from data_access import Store
from ingestion import demo
from tests.e2e.screen import kpi, nothing_odd, ready
from tests.server import environment, running_server, sign_in_cookie

pytestmark = pytest.mark.e2e

ADMINISTRATOR, VIEWER = "ada@example.com", "vic@example.com"
HEADER = "shipment_id,departed_at,supplier_id,mode,weight_kg,distance_km,origin,destination\n"
ON_SCREEN_S = 5.0  # after the import
IMPORTED_S = 30.0
TEXT_OF_SHIPMENTS = ".st-key-kpi-shipments [data-testid=stMetricValue]"


@dataclass(frozen=True)
class LiveSite:
    url: str
    inbox: Path

    def open(self, page: Page, email: str, path: str = "/live?window=1+hour") -> Page:
        token = sign_in_cookie(self.url, email)
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": self.url}])
        page.goto(f"{self.url}{path}")
        return ready(page)

    def drop(self, name: str, *rows: str) -> float:
        """Put a file into the inbox, wait until it has been imported, return when it was, by the clock."""
        unfinished = self.inbox / f"{name}.part"
        unfinished.write_text(HEADER + "\n".join(rows))
        unfinished.rename(self.inbox / name)
        deadline = time.monotonic() + IMPORTED_S
        while not (done := self.inbox / "done" / name).exists():
            assert time.monotonic() < deadline, f"{name} was not imported: {sorted(self.inbox.rglob('*'))}"
            time.sleep(0.02)
        return max(done.stat().st_ctime, done.stat().st_mtime)


@pytest.fixture(scope="module")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """A server with an inbox of its own, and demo data that end two hours ago."""
    folder = tmp_path_factory.mktemp("live-site")
    env = environment(folder, {ADMINISTRATOR: "administrator", VIEWER: "viewer"})
    with Store.open(env["DATABASE_URL"]) as store:
        demo.fill(store, 5_000, seed=7, until=datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=2))
    inbox = folder / "inbox"
    inbox.mkdir()
    with running_server({**env, "INBOX": str(inbox)}) as url:
        yield LiveSite(url, inbox)


def truck(shipment_id: str, lane: tuple[str, str] = ("Hamburg, DE", "Vienna, AT"), km: str = "850") -> str:
    """A truck that left a minute ago."""
    departed = datetime.now(UTC) - timedelta(minutes=1)
    ends = ",".join(f'"{one}"' for one in lane)
    return f"{shipment_id},{departed:%Y-%m-%dT%H:%M:%S},Acme,road,12000,{km},{ends}"


def shipments(page: Page) -> int:
    return int(kpi(page, "shipments").inner_text().replace(",", ""))


def test_an_empty_hour_offers_the_window_of_the_latest_departure(live_site, new_page):
    page = live_site.open(new_page(), VIEWER)
    expect(page.get_by_text("Nothing departed in the last hour")).to_be_visible()
    page.get_by_role("button", name="Show the last").click()
    expect(kpi(page, "shipments")).to_be_visible()
    assert "window=1" not in page.url


def test_a_file_in_the_inbox_is_on_screen_within_five_seconds_of_its_import(live_site, new_page):
    page = live_site.open(new_page(), VIEWER)
    live_site.drop("first.csv", truck("LIVE-0"))
    expect(kpi(page, "shipments")).to_be_visible(timeout=IMPORTED_S * 1000)
    before = shipments(page)
    page.evaluate("window.unbroken = true")
    page.get_by_role("button", name="vic").click()  # the user's menu, which must stay open
    menu = page.get_by_role("link", name="Change password")
    expect(menu).to_be_visible()
    main = page.get_by_test_id("stMain")
    main.evaluate("element => element.scrollTo(0, 400)")
    scrolled = main.evaluate("element => element.scrollTop")
    assert scrolled > 0
    imported = live_site.drop("two.csv", truck("LIVE-1"), truck("LIVE-2"))
    page.wait_for_function(
        "([selector, text]) => document.querySelector(selector)?.innerText.trim() === text",
        arg=[TEXT_OF_SHIPMENTS, str(before + 2)],
        timeout=IMPORTED_S * 1000,
        polling=50,
    )
    waited = time.time() - imported
    assert waited <= ON_SCREEN_S, f"on screen {waited:.1f} s after the import"
    assert page.evaluate("window.unbroken"), "the page was loaded again"
    assert main.evaluate("element => element.scrollTop") == scrolled
    expect(menu).to_be_visible()
    nothing_odd(page)


def test_pause_holds_the_page_and_resume_lets_it_go_on(live_site, new_page):
    page = live_site.open(new_page(), VIEWER)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused at")).to_be_visible()
    ready(page)
    before = shipments(page)
    live_site.drop("paused.csv", truck("PAUSED-1"))
    page.wait_for_timeout(ON_SCREEN_S * 1000 + 1000)  # in which it would have refreshed itself
    assert shipments(page) == before
    page.get_by_role("button", name="Resume").click()
    expect(kpi(page, "shipments")).to_have_text(str(before + 1))
    expect(page.get_by_text("Live, updated at")).to_be_visible()


def test_a_truck_over_an_ocean_is_flagged_as_it_comes_and_leads_to_its_anomaly(live_site, new_page):
    page = live_site.open(new_page(), VIEWER)
    live_site.drop("ocean.csv", truck("OCEAN-1", ("Shanghai, CN", "New York, US"), "11900"))
    expect(page.get_by_text("OCEAN-1, Acme")).to_be_visible(timeout=IMPORTED_S * 1000)
    page.get_by_role("link", name="at stake").first.click()
    expect(page.get_by_role("heading", name="Anomalies", level=1)).to_be_visible()
    assert "leg=OCEAN-1" in page.url


def test_nothing_fades_while_the_page_refreshes_itself(live_site, new_page):
    page = live_site.open(new_page(), VIEWER)
    page.evaluate(WATCH)
    status = page.locator(".live-status")
    for _ in range(2):
        text = status.inner_text()
        expect(status).not_to_have_text(text)
    seen = page.evaluate("window.seen")
    assert seen["looks"] > 50
    assert seen["faded"] == 0 and seen["gone"] == 0, seen


def test_an_administrator_switches_the_demo_feed_on_and_off(live_site, new_page):
    page = live_site.open(new_page(), ADMINISTRATOR)
    before = shipments(page)
    expect(page.get_by_text("off, ")).to_be_visible()
    page.get_by_role("radio", name="300").click()
    page.get_by_text("Replay demo shipments").click()
    expect(page.get_by_text("on with 300 shipments a minute")).to_be_visible()
    page.wait_for_function(
        "([selector, least]) => Number(document.querySelector(selector)?.innerText) > least",
        arg=[TEXT_OF_SHIPMENTS, before + 20],
        timeout=60_000,
    )
    page.get_by_text("Replay demo shipments").click()
    expect(page.get_by_text("off, last")).to_be_visible()
    nothing_odd(page)


def test_a_viewer_has_no_switch(live_site, new_page):
    page = live_site.open(new_page(), VIEWER)
    expect(page.get_by_text("How shipments come in")).to_be_visible()
    expect(page.get_by_text("Replay demo shipments")).to_have_count(0)


# Looks at each frame whether the board is dimmed, or shows nothing.
WATCH = """() => {
  window.seen = { looks: 0, faded: 0, gone: 0 };
  const look = () => {
    const cards = [...document.querySelectorAll('.st-key-live-board [data-testid=stElementContainer]')];
    window.seen.looks += 1;
    if (!cards.length || !document.querySelector('.st-key-live-board .js-plotly-plot .bars')) {
      window.seen.gone += 1;
    }
    if (cards.some(card => getComputedStyle(card).opacity < 0.99)) window.seen.faded += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
