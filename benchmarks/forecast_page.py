"""How long the Forecast page takes at first and again, and what its questions and its backtest take."""

from __future__ import annotations

import importlib
import logging
import os
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from benchmarks.report import Limit, Row, Table, doing
from benchmarks.servers import ROOT
from benchmarks.stopwatch import median_ms, seconds
from benchmarks.warehouses import ENGINES, Bench, size_name

__all__ = ["measure"]

FIRST_MS, AGAIN_MS = 3_000.0, 400.0
COLD_RUNS, RERUNS = 3, 7
TIMEOUT_S = 180
_LIBRARIES = ("scipy.signal", "scipy.optimize", "scipy.stats", "pandas", "plotly.graph_objects")


def measure(bench: Bench) -> list[Table]:
    """One table: the page, its questions, its backtest."""
    logging.disable(logging.WARNING)  # Streamlit warns at each run that there is no server
    for module in _LIBRARIES:
        importlib.import_module(module)  # the server does so after its start
    rows: list[Row] = []
    for shipments in bench.sizes:
        for engine in ENGINES:
            url, name = bench.filled(engine, shipments), (size_name(shipments), engine)
            doing(*name, "forecast page")
            # The requirement is about DuckDB, the default warehouse, at 1M.
            judged = engine == "duckdb" and shipments >= 1_000_000
            rows += _page_times(url, name, judged=judged)
            rows += _question_times(url, name)
    return [
        Table(
            "Forecast page",
            ("shipments", "engine", "what", "ms"),
            rows,
            "pages/forecast.py for an administrator over all time, run by streamlit.testing: the whole of "
            "AppTest.run. `first view` opens the warehouse, reads the days, fits, draws and keeps the run; "
            "the libraries are imported. Below it the questions of a warehouse just opened. Medians, "
            "but for the backtest.",
        )
    ]


def _page_times(url: str, name: tuple[str, str], *, judged: bool) -> Iterator[Row]:
    first: list[float] = []
    for run in range(COLD_RUNS + 1):
        with _page(url) as test:
            took_ms = seconds(lambda test=test: _run(test)) * 1000  # type: ignore[misc]
            if run:  # the very first run of a process loads templates and compiles SQL
                first.append(took_ms)
            if run == COLD_RUNS:
                again = median_ms(lambda test=test: _run(test), RERUNS)  # type: ignore[misc]
    cold = statistics.median(first)
    yield (*name, "first view", cold), Limit(cold, FIRST_MS, "ms") if judged else None
    yield (*name, "the view again", again), Limit(again, AGAIN_MS, "ms") if judged else None


def _question_times(url: str, name: tuple[str, str]) -> Iterator[Row]:
    from analytics import PredictiveAnalytics
    from data_access import Filters, Scope, Store

    asked = (Filters(), Scope.all())
    took: dict[str, list[float]] = {}

    def timed(what: str, work: Any) -> None:
        took.setdefault(what, []).append(seconds(work) * 1000)

    for _ in range(COLD_RUNS):
        with Store.open(url) as store:
            analytics = PredictiveAnalytics(store)
            timed("30 days, nothing known", lambda a=analytics: a.forecast(*asked))
            year_of_months = {"horizon_days": 365, "grain": "month"}
            timed("365 days by month, then", lambda a=analytics, y=year_of_months: a.forecast(*asked, **y))
            timed("the year, then", lambda a=analytics: a.year(*asked))
            for by in ("mode", "supplier", "lane_group"):
                timed(f"by {by}, then", lambda a=analytics, by=by: a.forecast(*asked, by=by))
    for what, times in took.items():
        yield (*name, what, statistics.median(times)), None
    with Store.open(url) as store:
        yield (*name, "backtest", seconds(lambda: PredictiveAnalytics(store).backtest(*asked)) * 1000), None


@contextmanager
def _page(url: str) -> Iterator[Any]:
    """The page before its first run, with no answer, figure or run kept from before."""
    from streamlit.testing.v1 import AppTest

    import access
    from access import Role, User
    from data_access.app_database import AppDatabase
    from data_access.opened import close_warehouse

    user = User("benchmark", "benchmark@example.com", "Benchmark", Role.ADMINISTRATOR)
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="scca-forecast-"))
        runs = stack.enter_context(AppDatabase.open(f"sqlite:///{folder}/app.sqlite"))
        stack.enter_context(patch.dict(os.environ, {"DATABASE_URL": url}))
        stack.enter_context(patch.object(access, "user_of", lambda _token: user))
        stack.enter_context(patch.object(access, "database", lambda: runs))
        _forget()
        close_warehouse()
        try:
            test = AppTest.from_file(str(ROOT / "pages" / "forecast.py"), default_timeout=TIMEOUT_S)
            test.query_params["period"] = "All time"
            yield test
        finally:
            _forget()
            close_warehouse()


def _run(test: Any) -> None:
    """Run the page and see that it was: one that shows an error is fast, and no measurement."""
    test.run()
    if test.exception or test.error or len(test.metric) < 3:
        raise RuntimeError(f"The page did not show its forecast: {[one.value for one in test.error]}")


def _forget() -> None:
    import streamlit as st

    st.cache_data.clear()
    st.cache_resource.clear()
