"""How long the ranking of 200 suppliers takes at first, and again with other weights."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator

from sqlalchemy import func, literal_column, update

from benchmarks.report import Limit, Row, Table, doing
from benchmarks.stopwatch import median_ms, seconds
from benchmarks.warehouses import ENGINES, Bench, size_name
from data_access import Filters, Scope, Store
from data_access.schema import legs

__all__ = ["measure"]

COLD_MS, WARM_MS = 2_000.0, 200.0
SUPPLIERS = 200
RUNS, REPEATS = 3, 15


def measure(bench: Bench) -> list[Table]:
    """One table: the ranking and its steps."""
    rows: list[Row] = []
    for shipments in bench.sizes:
        for engine in ENGINES:
            name = (size_name(shipments), engine)
            doing(*name, "suppliers")
            url = _warehouse(bench, engine, shipments)
            # The requirement is about DuckDB, the default warehouse, at 1M.
            rows += _times(url, name, judged=engine == "duckdb" and shipments >= 1_000_000)
            if url != bench.filled(engine, shipments):
                bench.discard(url)
    return [
        Table(
            "Ranking of suppliers",
            ("shipments", "engine", "what", "ms"),
            rows,
            "All time, every part of the score. On DuckDB the demo's suppliers are split by their shipments "
            "into more. `cold` asks `SupplierAnalytics.rank` of a warehouse that was just opened; `warm` is "
            "the same measures, which the page keeps, with other weights. Medians.",
        )
    ]


def _warehouse(bench: Bench, engine: str, shipments: int) -> str:
    """On DuckDB a copy with more suppliers; on Postgres, where nothing is required, the demo as it is."""
    filled = bench.filled(engine, shipments)
    if engine != "duckdb":
        return filled
    url = bench.empty(engine)
    shutil.copy(filled.removeprefix("duckdb:///"), url.removeprefix("duckdb:///"))
    split(url)
    return url


def split(url: str) -> None:
    """Split 50 of the demo's 60 suppliers in four, by the hash of the shipment: 210 in all."""
    first = func.substr(func.md5(legs.c.shipment_id), literal_column("1"), literal_column("1"))
    group = func.translate(first, literal_column("'0123456789abcdef'"), literal_column("'aaaabbbbccccdddd'"))
    apart = legs.c.supplier_id + literal_column("'-'") + group
    with Store.open(url) as store:
        change = update(legs).where(legs.c.supplier_id <= literal_column("'SUP-050'"))
        store.transact(lambda tx: tx.execute(change.values(supplier_id=apart)))


def _times(url: str, name: tuple[str, str], *, judged: bool) -> Iterator[Row]:
    from analytics import SupplierAnalytics
    from analytics.suppliers import Weights, scored

    cold: list[float] = []
    for run in range(RUNS + 1):
        with Store.open(url) as store:
            took = seconds(lambda store=store: SupplierAnalytics(store).rank()) * 1000  # type: ignore[misc]
            if run:  # the first run of a process compiles SQL
                cold.append(took)
    first = statistics.median(cold)
    with Store.open(url) as store:
        suppliers = SupplierAnalytics(store)
        measured = suppliers.measured(Filters(), Scope.all())
        ranked = len(scored(measured))
        if ranked < SUPPLIERS and judged:
            raise RuntimeError(f"Only {ranked} suppliers were ranked.")
        other = Weights(10, 20, 30, 20, 20)
        warm = median_ms(lambda: scored(measured, other), REPEATS)
        one = str(measured.frame["supplier_id"].iloc[0])
        job = median_ms(lambda: suppliers.by_job(Filters(), Scope.all(), supplier_id=one), REPEATS)
        month = median_ms(lambda: suppliers.over_time(Filters(), Scope.all(), supplier_id=one), REPEATS)
    yield (*name, f"{ranked} suppliers, cold", first), Limit(first, COLD_MS, "ms") if judged else None
    yield (*name, f"{ranked} suppliers, warm", warm), Limit(warm, WARM_MS, "ms") if judged else None
    yield (*name, "one supplier's jobs", job), None
    yield (*name, "one supplier's months", month), None
