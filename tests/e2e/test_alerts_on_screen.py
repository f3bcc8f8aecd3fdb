"""Alerts as people meet them: a rule made on the page tells a webhook once, the bell says so."""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.e2e.installed import ANALYST, CARRIER, VIEWER
from tests.e2e.screen import nothing_odd, ready
from tests.e2e.test_accessibility import violations

pytestmark = pytest.mark.e2e

LOOKS_EVERY_S = 10


@pytest.fixture
def hook():
    """Address of a local web server, and what was posted to it."""
    posted = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hidden-path", posted
    server.shutdown()
    server.server_close()
    thread.join()


def live(site, page):
    page.goto(f"{site.url}/live")
    ready(page)
    expect(page.get_by_role("heading", name="Alerts", level=2)).to_be_visible()
    return page


def card(page, name):
    return page.locator(f".st-key-card-alert-{name}")


def bell(page):
    return page.locator(".st-key-bell").get_by_role("button").first


def test_a_rule_made_on_the_page_reaches_a_webhook_once_and_is_acknowledged_in_the_bell(site, new_page, hook):
    address, posted = hook
    page = live(site, new_page(as_=ANALYST))

    page.get_by_role("button", name="New channel").click()
    form = page.get_by_role("dialog", name="New channel")
    form.get_by_label("Name").fill("Operations")
    form.get_by_role("textbox", name="Address").fill(address)
    form.get_by_role("button", name="Create channel").click()
    expect(form).to_have_count(0)
    expect(card(page, "channels")).to_contain_text("Operations")
    expect(page.locator("body")).not_to_contain_text("hidden-path")

    page.get_by_role("button", name="New rule").click()
    form = page.get_by_role("dialog", name="New alert rule")
    form.get_by_role("combobox", name="Watch").click()
    page.get_by_role("option", name="Shipments", exact=True).click()
    expect(form).to_contain_text("Shipments below 1 within 24 h")
    ready(page)  # the threshold of the metric before is gone
    form.get_by_label("Threshold", exact=True).fill("1000000")
    form.get_by_label("Threshold", exact=True).press("Tab")
    expect(form).to_contain_text("Shipments below 1,000,000 within 24 h, at most one alert in 6 h")
    form.get_by_role("combobox", name="Tell").click()
    page.get_by_role("option", name="Operations", exact=True).click()
    page.keyboard.press("Escape")
    form.get_by_label("Name").fill("Few shipments")
    form.get_by_role("button", name="Create rule").click()
    expect(form).to_have_count(0)
    expect(card(page, "rules")).to_contain_text("Few shipments")

    # The server looks every ten seconds; page and bell follow without a reload.
    expect(card(page, "history")).to_contain_text("Operations: sent", timeout=60_000)
    expect(card(page, "rules")).to_contain_text("Firing")
    expect(bell(page)).to_contain_text("1 new alert", timeout=30_000)
    (message,) = posted
    assert message["title"] == "Alert: Few shipments"
    assert re.match(r"Shipments are [\d,]+: below 1,000,000 within 24 h\.\n", message["message"])
    nothing_odd(page)
    assert not violations(page)

    bell(page).click()
    menu = page.get_by_test_id("stPopoverBody")
    expect(menu).to_contain_text("Few shipments")
    assert not violations(page)
    menu.get_by_role("button", name="Acknowledge").click()
    expect(menu).to_contain_text("Acknowledged by ann")
    page.keyboard.press("Escape")
    expect(bell(page)).to_have_text(re.compile("Alerts"))

    time.sleep(2 * LOOKS_EVERY_S)  # two more looks within the cool-down
    assert len(posted) == 1

    for kind, name in (("rules", "rule"), ("channels", "channel")):
        card(page, kind).get_by_role("button", name="Delete").click()
        page.get_by_role("button", name=f"Delete this {name}").click()
        expect(card(page, kind)).to_contain_text(f"No {name} yet")
    expect(card(page, "history")).to_contain_text("Few shipments")


def test_the_form_stays_open_while_the_page_refreshes_itself(site, new_page):
    page = live(site, new_page(as_=ANALYST))
    page.get_by_role("button", name="New rule").click()
    form = page.get_by_role("dialog", name="New alert rule")
    form.get_by_label("Name").fill("half typed")
    time.sleep(LOOKS_EVERY_S + 2)
    expect(form.get_by_label("Name")).to_have_value("half typed")
    assert not violations(page)
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)


def test_a_viewer_reads_alerts_and_a_supplier_has_none(site, new_page):
    page = live(site, new_page(as_=VIEWER))
    expect(page.get_by_role("button", name="New rule")).to_have_count(0)
    expect(bell(page)).to_be_visible()
    page = new_page(as_=CARRIER)
    page.goto(f"{site.url}/live")
    ready(page)
    expect(page.get_by_role("heading", name="Live", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Alerts", level=2)).to_have_count(0)
    expect(page.locator(".st-key-bell")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bell_and_the_panel_pass_axe_at_desk_and_phone_width(site, new_page, scheme, width):
    page = new_page(as_=ANALYST, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    live(site, page)
    assert not violations(page)
    overflow = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    assert overflow <= 0
    if width > 1_000:  # on a phone the sidebar is closed
        bell(page).click()
        expect(page.get_by_test_id("stPopoverBody")).to_contain_text("All alerts, rules and channels")
        assert not violations(page)
