"""`make screenshots`: docs/images/*.png from the real server, with demo data of a fixed period.

The Live page looks at the last hours, so it has demo data of its own, and figures that differ each time.
"""

from __future__ import annotations

import io
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from PIL import Image

from access import Role, saved_scenarios, targets, users
from access.targets import TargetTerms
from analytics.scenarios import JoinLoads, Scenario, ShiftMode, SwitchFuel
from benchmarks.servers import ROOT, app_server, chromium, wait_until_healthy
from data_access import Store
from data_access.app_database import AppDatabase
from ingestion import demo, scoring

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["main"]

FOLDER = ROOT / "docs" / "images"
UPLOAD = ROOT / "tests" / "data" / "scms_lookalike.csv"
# Fixed, so that two runs show the same figures: the demo ends here, and the page shows the year before.
UNTIL = date(2026, 11, 21)
SHIPMENTS, SEED = 25_000, 7
TARGET = TargetTerms("Transport emissions", "absolute", UNTIL.year - 1, 4.2, UNTIL.year + 4)
SCENARIO = Scenario(
    "Air to sea, cleaner trucks",
    (
        ShiftMode(from_mode="air", to_mode="sea", share=0.5, max_extra_days=30.0),
        JoinLoads(share=0.5),
        SwitchFuel(mode="road", fuel="hvo", share=0.2, reduction_pct=87.0),
    ),
)
EMAIL, NAME = "ann.weaver@example.com", "Ann Weaver"
MOST_BYTES = 400_000
WIDE, NARROW = 1280, 390
SETTLE_MS, SETTLE_TRIES = 400, 25
CHARTS = ("over-time", "by-mode", "top-suppliers", "top-lanes")
Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class Site:
    """The running app, the password of its only user, and the scenario that they have saved."""

    url: str
    password: str
    scenario_id: str

    def page(self, path: str = "") -> str:
        """The address of a page with the year before `UNTIL` chosen."""
        days = [(UNTIL - timedelta(days=365)).isoformat(), (UNTIL - timedelta(days=1)).isoformat()]
        return f"{self.url}/{path}?{urlencode({'period': 'Custom range', 'days': days}, doseq=True)}"


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="carbon-screenshots-") as folder, chromium() as browser:
        with _site(Path(folder), UNTIL) as site:
            session = _sign_in(site, browser)
            _overview(site, browser, session)
            _anomalies(site, browser, session)
            _suppliers(site, browser, session)
            _lanes(site, browser, session)
            _drivers(site, browser, session)
            _plans(site, browser, session)
            _upload(site, browser, session)
        now = Path(folder) / "now"
        now.mkdir()
        with _site(now, datetime.now(UTC)) as site:
            _live(site, browser)
    return 0


@contextmanager
def _site(folder: Path, until: date) -> Iterator[Site]:
    """A server of its own on databases in `folder`, with an administrator and demo data, scored."""
    env = {
        "DATABASE_URL": f"duckdb:///{folder}/warehouse.duckdb",
        "APP_DATABASE_URL": f"sqlite:///{folder}/app.sqlite",
    }
    password = secrets.token_urlsafe(18)
    with Store.open(env["DATABASE_URL"]) as store:
        demo.fill(store, SHIPMENTS, seed=SEED, until=until)
        scoring.score_all(store)
    with AppDatabase.open(env["APP_DATABASE_URL"]) as db:
        user = users.create(db, EMAIL, NAME, Role.ADMINISTRATOR, password)
        targets.add(db, user, TARGET)
        saved = saved_scenarios.save(db, user, SCENARIO.name, SCENARIO.to_dict())
    log = folder / "server.log"
    with app_server(env, log) as (url, process):
        wait_until_healthy(url, process, log)
        yield Site(url, password, saved.scenario_id)


def _sign_in(site: Site, browser: Browser, *, picture: bool = True) -> Any:
    """The sign-in page as a picture; then through it. Returns the signed-in browser's cookies."""
    with _page(browser, "light", WIDE, 720) as page:
        page.goto(site.page())
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(site.password)
        if picture:
            _save(page, "sign-in")
        page.get_by_role("button", name="Sign in").click()
        page.locator("[data-testid=stApp]").wait_for()
        return page.context.storage_state()


def _overview(site: Site, browser: Browser, session: Any) -> None:
    shots: tuple[tuple[str, Theme, int, int], ...] = (
        ("overview-light", "light", WIDE, 1120),
        ("overview-dark", "dark", WIDE, 1120),
        ("overview-phone-light", "light", NARROW, 1400),
        ("overview-phone-dark", "dark", NARROW, 1400),
    )
    for name, theme, width, height in shots:
        with _page(browser, theme, width, height, session) as page:
            page.goto(site.page())
            _drawn(page)
            _save(page, name)
            if name == "overview-light":
                _derivation(page)


def _derivation(page: Page) -> None:
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.locator(".st-key-derive-emissions button:visible").first.click()
    page.get_by_role("dialog").wait_for()
    _save(page, "derivation")


def _anomalies(site: Site, browser: Browser, session: Any) -> None:
    with _page(browser, "light", WIDE, 1350, session) as page:
        page.goto(site.page("anomalies"))
        page.locator("[class*=st-key-by-kind] .bars path").first.wait_for(state="attached", timeout=60_000)
        page.locator(".st-key-card-anomalies [data-testid=stDataFrame]").wait_for()
        _save(page, "anomalies")
        # The table is a canvas: a tick box at the left of each row, below the header.
        page.locator(".st-key-card-anomalies [data-testid=stDataFrame]").click(position={"x": 18, "y": 51})
        page.locator(".st-key-anomaly-detail").wait_for(timeout=60_000)
        page.locator(".st-key-anomaly-detail").scroll_into_view_if_needed()
        _save(page, "anomaly")


def _suppliers(site: Site, browser: Browser, session: Any) -> None:
    with _page(browser, "light", WIDE, 1120, session) as page:
        page.goto(site.page("suppliers"))
        page.locator("[class*=st-key-supplier-ratios] .js-plotly-plot").wait_for(timeout=60_000)
        page.locator("[class*=st-key-supplier-scatter] .js-plotly-plot").wait_for(timeout=60_000)
        _save(page, "suppliers")
        page.locator("[class*=st-key-supplier-ratios] .points path").first.click(force=True)
        page.locator(".st-key-profile-scorecard button").first.wait_for(timeout=60_000)
        _save(page, "supplier")


def _lanes(site: Site, browser: Browser, session: Any) -> None:
    shots: tuple[tuple[str, Theme, str, int], ...] = (
        ("lanes", "light", "", 1120),
        ("lane-shifts", "dark", "&section=Shift+candidates", 1900),
    )
    for name, theme, section, height in shots:
        with _page(browser, theme, WIDE, height, session) as page:
            page.goto(site.page("lanes") + section)
            page.locator(".st-key-card-lane-map .js-plotly-plot").wait_for(timeout=60_000)
            page.locator(".st-key-card-sections h2").wait_for(timeout=60_000)
            _save(page, name)


def _drivers(site: Site, browser: Browser, session: Any) -> None:
    with _page(browser, "light", WIDE, 1120, session) as page:
        page.goto(site.page("drivers"))
        page.locator("[class*=st-key-drivers-importance] .js-plotly-plot").wait_for(timeout=60_000)
        _save(page, "drivers")


def _plans(site: Site, browser: Browser, session: Any) -> None:
    shots: tuple[tuple[str, Theme, str, int, str], ...] = (
        ("trends", "light", "trends", 1120, "[class*=st-key-trend-]"),
        ("forecast", "light", "forecast", 1120, "[class*=st-key-forecast-]"),
        ("scenarios", "dark", f"scenarios?scenario={site.scenario_id}", 1500, ""),
        ("targets", "light", "scenarios?plan=Targets", 1120, ""),
    )
    for name, theme, path, height, chart in shots:
        with _page(browser, theme, WIDE, height, session) as page:
            page.goto(f"{site.url}/{path}" if "?" in path else site.page(path))
            page.locator(f"{chart} .js-plotly-plot").first.wait_for(timeout=90_000)
            _save(page, name)


def _live(site: Site, browser: Browser) -> None:
    session = _sign_in(site, browser, picture=False)
    with _page(browser, "dark", WIDE, 1120, session) as page:
        page.goto(f"{site.url}/live")
        page.locator("[class*=st-key-live-rolling] .js-plotly-plot").wait_for(timeout=60_000)
        page.get_by_role("button", name="Pause").click()
        _save(page, "live")


def _upload(site: Site, browser: Browser, session: Any) -> None:
    with _page(browser, "light", WIDE, 1120, session) as page:
        page.goto(f"{site.url}/upload")
        page.locator("input[type=file]").set_input_files(UPLOAD)
        page.locator(".st-key-import button:not([disabled])").click()
        page.locator(".st-key-counts").wait_for(timeout=60_000)
        _save(page, "upload")


@contextmanager
def _page(
    browser: Browser, theme: Theme, width: int, height: int, session: Any | None = None
) -> Iterator[Page]:
    """A page in a context of its own: theme and size as a user's device says them."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        device_scale_factor=2 if width == NARROW else 1.5,
        storage_state=session,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def _drawn(page: Page) -> None:
    """Wait until each chart has its bars, also those that are still below the fold."""
    for key in CHARTS:
        bars = page.locator(f"[class*=st-key-{key}] .js-plotly-plot .bars path").first
        bars.wait_for(state="attached", timeout=60_000)


def _save(page: Page, name: str) -> None:
    """Write the picture once two in a row are the same: fonts, charts and transitions have settled."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.mouse.move(1, 1)
    before = b""
    for _ in range(SETTLE_TRIES):
        shot = page.screenshot(animations="disabled", caret="hide")
        busy = page.locator("[data-testid=stSkeleton], [data-test-script-state=running], [data-stale=true]")
        if shot == before and not busy.count():
            break
        before = shot
        page.wait_for_timeout(SETTLE_MS)
    else:
        raise RuntimeError(f"The page for {name}.png did not come to rest: look at {page.url}.")
    path = FOLDER / f"{name}.png"
    path.write_bytes(_compressed(shot))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB", flush=True)


def _compressed(png: bytes) -> bytes:
    """The picture with a palette of 256 colours, which suits flat interfaces and is a third of the size.

    Raises
    ------
    RuntimeError
        When it is still too large for a repository.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    picture.save(packed, "PNG", optimize=True)
    if packed.tell() > MOST_BYTES:
        raise RuntimeError(f"A picture has {packed.tell():,} bytes, over {MOST_BYTES:,}: take a smaller one.")
    return packed.getvalue()


if __name__ == "__main__":
    sys.exit(main())
