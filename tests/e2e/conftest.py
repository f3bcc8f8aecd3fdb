"""One server with demo data for all browser tests, one without anything, and pages that watch the console."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from access import COOKIE
from tests.e2e.installed import Site, prepared
from tests.server import ROOT, environment, running_server, sign_in_cookie

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--no-first-run"] + [
    f"--disable-{name}" for name in ("gpu", "quic", "background-networking", "component-update", "sync")
]
RESULTS = ROOT / "test-results"
WAIT_MS = 20_000
WINDOW = {"width": 1280, "height": 900}
# Console errors that are no fault: what the server refuses on purpose is one to Chromium.
HARMLESS = (
    # Streamlit looks for its server below the page's own path before it tries the root.
    re.compile(
        r"404 .*\|.*/(upload|overview|live|anomalies|drivers|suppliers|lanes|trends|forecast|scenarios)"
        r"/_stcore/(host-config|health)$"
    ),
    # A wrong password is answered with 401, one of too many with 429.
    re.compile(r"40[19].*\|.*/auth/(sign-in|password)$"),
)
_pages = pytest.StashKey[list[tuple[Page, bool]]]()

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """25,000 demo shipments and a user for each of three roles."""
    folder = tmp_path_factory.mktemp("site")
    ready = prepared(folder)
    log = folder / "server.log"
    with running_server(ready.env, log=log) as url:
        yield Site(url, log, ready.twin, ready.carrier)


@pytest.fixture(scope="session")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server as it is after the installation: no user, no shipment."""
    folder = tmp_path_factory.mktemp("new-site")
    log = folder / "server.log"
    with running_server(environment(folder), log=log) as url:
        yield Site(url, log)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium if there is one, else Playwright's own."""
    expect.set_options(timeout=WAIT_MS)
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def context_of(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """The browser of a user of `site`, signed in once for all tests; its cache spares them seconds."""
    known: dict[str, BrowserContext] = {}

    def context(email: str, **options: Any) -> BrowserContext:
        key = f"{email} {options}"
        if key not in known:
            known[key] = browser.new_context(**options)
            token = sign_in_cookie(site.url, email)
            known[key].add_cookies([{"name": COOKIE, "value": token, "url": site.url}])
        return known[key]

    yield context
    for opened in known.values():
        opened.close()


@pytest.fixture
def new_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[NewPage]:
    """Makes pages: of a new browser that nobody has signed in with, or of the user `as_` of `site`.

    Their console must stay clean, but for what `harmless` matches.
    """
    noise: list[str] = []
    pages = request.node.stash[_pages] = []

    def make(as_: str | None = None, harmless: str = "$.", **options: Any) -> Page:
        def hear(message: ConsoleMessage) -> None:
            line = f"{message.text} | {message.location.get('url', '')}"
            known = (*HARMLESS, re.compile(harmless))
            if message.type == "error" and not any(one.search(line) for one in known):
                noise.append(line)

        wanted = {"viewport": WINDOW, **options}
        context = (
            request.getfixturevalue("context_of")(as_, **wanted) if as_ else browser.new_context(**wanted)
        )
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: noise.append(str(error)))
        pages.append((page, as_ is None))
        return page

    yield make
    for page, alone in pages:
        if alone:
            page.context.close()
        else:
            page.close()
    assert not noise, "errors on the browser's console:\n" + "\n".join(noise)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page of somebody who has not signed in."""
    return new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport | None]:
    """After a failure keep what the browser showed, and show what the server printed."""
    report = yield
    if call.when == "call" and report.failed:
        report.sections.append(("browser", _keep_screens(item)))
        for name in ("site", "new_site"):
            if name in getattr(item, "funcargs", {}):
                report.sections.append((f"log of {name}", item.funcargs[name].log_tail()))
    return report


def _keep_screens(item: pytest.Item) -> str:
    RESULTS.mkdir(exist_ok=True)
    kept = []
    for number, (page, _alone) in enumerate(item.stash.get(_pages, [])):
        file = RESULTS / f"{re.sub(r'[^a-zA-Z0-9_-]+', '-', item.name)}-{number}.png"
        try:
            page.screenshot(path=file)
            kept.append(f"{page.url} → {file}")
        except Exception as error:  # whatever the browser says: the test's own failure is the news
            kept.append(f"{page.url}: no screenshot, {error}")
    return "\n".join(kept) or "no page was opened"
