"""How long the Forecast page takes at first and again, and what its questions and its backtest take."""

from __future__ import annotations

import importlib
import logging
import statistics
from collections.abc import Iterator
from typing import Any

from benchmarks.app_page import COLD_RUNS, page_times
from benchmarks.report import Row, Table, doing
from benchmarks.stopwatch import seconds
from benchmarks.warehouses import ENGINES, Bench, size_name

__all__ = ["measure"]

FIRST_MS, AGAIN_MS = 3_000.0, 400.0
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
            limits = (FIRST_MS, AGAIN_MS) if judged else None
            rows += page_times("forecast.py", url, name, metrics=3, limits_ms=limits)
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
