"""From starting the server's process to its first healthy answer, and to the first figure in a browser."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import Row, Table
from benchmarks.servers import app_server, chromium, wait_until_healthy
from benchmarks.warehouses import Bench, size_name

__all__ = ["Start", "measure"]

TURNS = 3
_FIGURE = "[data-testid=stMetricValue]"
_DONE = "[data-testid=stApp][data-test-script-state=notRunning]"


@dataclass(frozen=True)
class Start:
    """Seconds since the server's process was started."""

    healthy_s: float
    figure_s: float
    page_s: float


def measure(bench: Bench) -> list[Table]:
    rows: list[Row] = []
    with chromium() as browser:
        for shipments in bench.sizes:
            env, cookie = installation(bench, shipments)
            starts = [_start(env, cookie, browser, bench.folder / "server.log") for _ in range(TURNS)]
            for what, taken in (
                ("server start to the first healthy answer", [one.healthy_s for one in starts]),
                ("server start to the first figure in the browser", [one.figure_s for one in starts]),
                ("server start to the whole page", [one.page_s for one in starts]),
            ):
                rows.append(((size_name(shipments), what, statistics.median(taken)), None))
    note = (
        f"`streamlit run server.py` on DuckDB, {TURNS} cold processes each, medians; `/healthz` asked every "
        "20 ms. The browser (headless Chromium, running already, empty cache) opens the Overview when "
        "the server is healthy, with the cookie of a session that was made beforehand."
    )
    return [Table("Start", ("shipments", "what", "seconds"), rows, note)]


def installation(bench: Bench, shipments: int) -> tuple[dict[str, str], dict[str, str]]:
    """Databases for the server, and the cookie of an administrator's session in them."""
    from access import COOKIE, Role, sessions, users
    from data_access.app_database import AppDatabase

    env = {
        "DATABASE_URL": bench.filled("duckdb", shipments),
        "APP_DATABASE_URL": f"sqlite:///{bench.folder}/app-{shipments}.sqlite",
    }
    with AppDatabase.open(env["APP_DATABASE_URL"]) as db:
        email = "benchmark@example.com"
        user = users.create(db, email, "Benchmark", Role.ADMINISTRATOR, "only for this one run 31")
        return env, {"name": COOKIE, "value": sessions.create(db, user)}


def _start(env: dict[str, str], cookie: dict[str, str], browser: Any, log: Path) -> Start:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        started = time.perf_counter()
        with app_server(env, log) as (address, process):
            wait_until_healthy(address, process, log)
            healthy_s = time.perf_counter() - started
            context.add_cookies([cookie | {"url": address}])
            page.goto(f"{address}/", wait_until="commit")
            page.locator(_FIGURE).first.wait_for(state="visible", timeout=60_000)
            figure_s = time.perf_counter() - started
            page.locator(_DONE).wait_for(timeout=60_000)
            return Start(healthy_s, figure_s, time.perf_counter() - started)
    finally:
        context.close()
