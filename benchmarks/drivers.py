"""How long the Drivers page takes at first and again, and how near its model comes beside a naive one."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator

from benchmarks.app_page import RERUNS, page_times
from benchmarks.report import Limit, Row, Table, doing
from benchmarks.stopwatch import median_ms, seconds
from benchmarks.warehouses import ENGINES, Bench, size_name

__all__ = ["measure"]

FIRST_MS, AGAIN_MS = 3_000.0, 500.0


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

    limits = (FIRST_MS, AGAIN_MS) if judged else None
    yield from page_times("drivers.py", url, name, metrics=4, limits_ms=limits)
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
