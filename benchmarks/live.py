"""The Live page's questions, one by one and as methods: they are asked every few seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from analytics import RealTimeAnalytics
from analytics.live_figures import bin_seconds
from benchmarks.report import Limit, Row, Table, doing
from benchmarks.stopwatch import median_ms
from benchmarks.warehouses import ENGINES, Bench, size_name
from data_access import Filters, Scope, Store
from data_access import live_queries as queries
from data_access import overview_queries as overview
from data_access.questions import Question

__all__ = ["measure", "questions"]

MOST_MS = 20.0
RUNS = 31
HOURS = 24
_EVERYONE = Scope.all()


def measure(bench: Bench) -> list[Table]:
    """Two tables: the queries of the last 24 hours, and the methods of `RealTimeAnalytics`."""
    single: list[Row] = []
    whole: list[Row] = []
    for shipments in bench.sizes:
        for engine in ENGINES:
            name = (size_name(shipments), engine)
            with Store.open(bench.filled(engine, shipments)) as store:
                # The requirement is about DuckDB, the default warehouse.
                most = MOST_MS if engine == "duckdb" else None
                single += _rows(_asked(store, questions(store, bench)), name, most)
                whole += _rows(_methods(store, bench), name, None)
    head = ("shipments", "engine", "question", "ms")
    return [
        Table(
            "Live queries, last 24 hours",
            head,
            single,
            "Each query of the Live page, from binding its values to the pandas frame, of the "
            "scored demo data. Medians.",
        ),
        Table(
            "Live methods as a whole",
            head,
            whole,
            "For information: `get_real_time_metrics` asks ten queries, four for each of its two windows.",
        ),
    ]


def questions(store: Store, bench: Bench) -> dict[str, Question]:
    """Each query of `data_access.live_queries`, over the last 24 hours of the demo data."""
    window = Filters(start=bench.until - timedelta(hours=HOURS), end=bench.until)
    departed = Filters(start=bench.until - timedelta(days=120), end=bench.until)
    seconds = bin_seconds(HOURS)
    arrived = {"arrived_from": window.start, "arrived_to": window.end}
    came = {"imported_from": window.start, "imported_to": window.end}
    batches = store.frame(queries.newest_batches(50))["batch_id"].tolist()
    one = Scope.suppliers(store.frame(overview.suppliers_seen(_EVERYONE))["supplier_id"].head(1))
    newest = queries.within(queries.legs_of_batches(Filters(), _EVERYONE, 50), batches=batches)
    legs = store.frame(newest)
    return {
        "sums by mode and factor": queries.sums(window, _EVERYONE),
        "shipments by mode": queries.shipments_by_mode(window, _EVERYONE),
        "flagged legs": overview.flagged_total(window, _EVERYONE),
        "late arrivals": queries.within(queries.late_legs(departed, _EVERYONE), **arrived),
        "late arrivals by hour": queries.within(queries.late_bins(departed, _EVERYONE, seconds), **arrived),
        "departures by hour and mode": queries.mode_bins(window, _EVERYONE, seconds),
        "anomalies by hour": queries.anomaly_bins(window, _EVERYONE, seconds),
        "imports by hour": queries.within(queries.import_bins(seconds), **came),
        "latest departure": queries.last_departure(Filters(end=bench.until), _EVERYONE),
        "latest import": queries.last_import(),
        "newest batches": queries.newest_batches(50),
        "latest arrivals": newest,
        "their anomalies": queries.within(queries.anomalies_of(), ids=legs["shipment_id"].tolist()),
        "their suppliers": queries.within(queries.supplier_names(), ids=legs["supplier_id"].tolist()),
        "newest anomalies": queries.newest_anomalies(window, _EVERYONE, 20),
        "ways in": queries.within(
            queries.batches_by_kind(), hour_ago=window.start, day_ago=window.start
        ),
        "one supplier: sums": queries.sums(window, one),
        "one supplier: latest import": queries.leg_last_import(Filters(), one),
        "one supplier: imports by hour": queries.within(
            queries.leg_imports_bins(Filters(), one, seconds), **came
        ),
        "one supplier: batches": queries.batches_seen(Filters(), one, 50),
        "one supplier: ways in": queries.within(
            queries.leg_imports_by_kind(Filters(), one), hour_ago=window.start
        ),
    }  # fmt: skip


def _asked(store: Store, found: dict[str, Question]) -> dict[str, Callable[[], Any]]:
    return {name: lambda question=question: store.frame(question) for name, question in found.items()}


def _methods(store: Store, bench: Bench) -> dict[str, Callable[[], Any]]:
    live, now = RealTimeAnalytics(store), bench.until
    return {
        "get_real_time_metrics(24)": lambda: live.get_real_time_metrics(HOURS, now=now),
        "get_real_time_metrics(168)": lambda: live.get_real_time_metrics(168, now=now),
        "series(24)": lambda: live.series(HOURS, now=now),
        "pulse(24)": lambda: live.pulse(HOURS, now=now),
        "arrivals": lambda: live.arrivals(Filters(), _EVERYONE),
        "anomalies(24)": lambda: live.anomalies(HOURS, now=now),
        "feed_state": lambda: live.feed_state(now=now),
    }


def _rows(asked: dict[str, Callable[[], Any]], where: tuple[str, str], most: float | None) -> Iterator[Row]:
    for name, work in asked.items():
        doing(*where, name)
        ms = median_ms(work, RUNS)
        yield (*where, name, ms), Limit(ms, most, "ms") if most else None
