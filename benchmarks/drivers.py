"""How long the Drivers page takes at first and again, and how near its model comes beside a naive one."""

from __future__ import annotations

import importlib
import logging
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from benchmarks.report import Limit, Row, Table, doing
from benchmarks.servers import ROOT
from benchmarks.stopwatch import median_ms, seconds
from benchmarks.warehouses import ENGINES, Bench, size_name

__all__ = ["measure"]

FIRST_MS, AGAIN_MS = 3_000.0, 500.0
COLD_RUNS, RERUNS = 3, 7
TIMEOUT_S = 180


def measure(bench: Bench) -> list[Table]:
    """Two tables: times of the page and of its questions, and accuracy on later legs."""
    logging.disable(logging.WARNING)  # Streamlit warns at each run that there is no server
    for module in ("sklearn.ensemble", "shap", "pandas", "plotly.graph_objects"):
        importlib.import_module(module)  # the server does so after its start
    times: list[Row] = []
    accuracy: list[Row] = []
    for shipments in bench.sizes:
        for engine in ENGINES:
            url, name = bench.filled(engine, shipments), (size_name(shipments), engine)
            doing(*name, "drivers")
            # The requirement is about DuckDB, the default warehouse, at 1M.
            judged = engine == "duckdb" and shipments >= 1_000_000
            times += _times(url, name, judged=judged)
            if engine == "duckdb":
                accuracy += _accuracy(url, size_name(shipments))
    return [
        Table(
            "Drivers page",
            ("shipments", "engine", "what", "ms"),
            times,
            "pages/drivers.py for an administrator over all time, run by streamlit.testing: the whole of "
            "AppTest.run. `first view` opens the warehouse, samples, fits, tests and explains the model; the "
            "libraries are imported. Medians.",
        ),
        Table(
            "Drivers: accuracy on later legs",
            (
                "shipments",
                "figure",
                "prediction",
                "R² of the logarithm, %",
                "median error, %",
                "90 % within, %",
            ),
            accuracy,
            "The last 30 % of the sampled legs in two stretches of time, each predicted from earlier legs "
            "only. Naive: the median of the leg's mode.",
        ),
    ]


def _times(url: str, name: tuple[str, str], *, judged: bool) -> Iterator[Row]:
    from analytics.drivers import DriverAnalytics
    from data_access import Filters, Scope, Store, overview_queries

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
    with Store.open(url) as store:
        drivers, everyone = DriverAnalytics(store), Scope.all()
        cold = seconds(lambda: drivers.drivers(Filters(), everyone)) * 1000
        yield (*name, "fitting and explaining the model", cold), None
        rows = store.frame(overview_queries.leg_rows(Filters(), everyone, 1))
        key = {"shipment_id": str(rows["shipment_id"].iloc[0]), "leg_no": int(rows["leg_no"].iloc[0])}
        leg = median_ms(lambda: drivers.leg(Filters(), everyone, **key), RERUNS)
        yield (*name, "another leg, the model known", leg), None
        supplier = str(rows["supplier_id"].iloc[0])
        group = median_ms(lambda: drivers.compare(Filters(), everyone, supplier_id=supplier), RERUNS)
        yield (*name, "another supplier, the model known", group), None


def _accuracy(url: str, size: str) -> Iterator[Row]:
    from analytics.drivers import DriverAnalytics
    from data_access import Filters, Scope, Store

    with Store.open(url) as store:
        for target in ("intensity", "emission"):
            found = DriverAnalytics(store).drivers(Filters(), Scope.all(), target).validation
            if found is None:
                raise RuntimeError("The model was not tested: the demo data span two years.")
            for what, one in (("model", found.model), ("naive", found.naive)):
                better = Limit(one.r_squared * 100, found.naive.r_squared * 100, "%", at_least=True)
                cells = (size, target, what, one.r_squared * 100, one.median_error_pct, one.p90_error_pct)
                yield cells, better if what == "model" else None


@contextmanager
def _page(url: str) -> Iterator[Any]:
    """The page before its first run, with no answer, figure or model kept from before."""
    from streamlit.testing.v1 import AppTest

    import access
    from access import Role, User
    from data_access.opened import close_warehouse

    user = User("benchmark", "benchmark@example.com", "Benchmark", Role.ADMINISTRATOR)
    with patch.dict(os.environ, {"DATABASE_URL": url}), patch.object(access, "user_of", lambda _token: user):
        _forget()
        close_warehouse()
        try:
            test = AppTest.from_file(str(ROOT / "pages" / "drivers.py"), default_timeout=TIMEOUT_S)
            test.query_params["period"] = "All time"
            yield test
        finally:
            _forget()
            close_warehouse()


def _run(test: Any) -> None:
    """Run the page and see that it was: one that shows an error is fast, and no measurement."""
    test.run()
    if test.exception or test.error or len(test.metric) < 4:
        raise RuntimeError(f"The page did not show its model: {[one.value for one in test.error]}")


def _forget() -> None:
    import streamlit as st

    st.cache_data.clear()
    st.cache_resource.clear()
