"""How long a scenario takes: its year out of the store at first, and a run of six levers after that."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from benchmarks.report import Limit, Row, Table, doing
from benchmarks.stopwatch import median_ms, seconds
from benchmarks.warehouses import ENGINES, Bench, size_name
from data_access import Filters, Scope, Store

if TYPE_CHECKING:
    from analytics.scenarios import Scenario

__all__ = ["measure"]

QUERY_MS, RUN_MS = 2_000.0, 100.0
RUNS, REPEATS = 3, 15


def measure(bench: Bench) -> list[Table]:
    """One table: the query of the cells, the whole year with its evidence, and runs on it."""
    rows: list[Row] = []
    for shipments in bench.sizes:
        for engine in ENGINES:
            name = (size_name(shipments), engine)
            doing(*name, "scenarios")
            # The requirement is about DuckDB, the default warehouse, at 1M.
            judged = engine == "duckdb" and shipments >= 1_000_000
            rows += _times(bench.filled(engine, shipments), name, judged=judged)
    return [
        Table(
            "Scenarios",
            ("shipments", "engine", "what", "ms"),
            rows,
            "The last year of the demo, all of it. `baseline` asks `ScenarioAnalytics.baseline` of a "
            "warehouse that was just opened: cells, evidence for shifts, pairs of loads; `other filters` the "
            "same for one supplier, with the evidence kept. Medians.",
        )
    ]


def _times(url: str, name: tuple[str, str], *, judged: bool) -> Iterator[Row]:
    from analytics.scenarios import ScenarioAnalytics, options_of, run
    from data_access.scenario_queries import cells

    everything = Filters(), Scope.all()
    cold: list[float] = []
    for turn in range(RUNS + 1):
        with Store.open(url) as store:
            analytics = ScenarioAnalytics(store)
            took = seconds(lambda analytics=analytics: analytics.baseline(*everything)) * 1000  # type: ignore[misc]
            if turn:  # the first run of a process compiles SQL
                cold.append(took)
    with Store.open(url) as store:
        analytics = ScenarioAnalytics(store)
        year = analytics.baseline(*everything)
        period = Filters(start=year.start, end=year.end)
        query = median_ms(lambda: store.frame(cells(period, Scope.all())), RUNS)
        one = Filters(suppliers=(str(year.cells["supplier_id"].iloc[0]),))
        other = median_ms(lambda: analytics.baseline(one, Scope.all()), RUNS)
    scenario = _scenario(options_of(year).moves.iloc[0])
    once = median_ms(lambda: run(year, scenario), REPEATS)
    choices = median_ms(lambda: options_of(year), RUNS)
    yield (*name, "query of the cells", query), Limit(query, QUERY_MS, "ms") if judged else None
    yield (*name, "baseline, cold", statistics.median(cold)), None
    yield (*name, "baseline, other filters", other), None
    yield (*name, "what the levers can choose", choices), None
    yield (
        (*name, f"run of {len(scenario.levers)} levers", once),
        Limit(once, RUN_MS, "ms") if judged else None,
    )


def _scenario(move: Any) -> Scenario:
    from analytics.scenarios import (
        ChangeVehicle,
        Growth,
        JoinLoads,
        MoveVolume,
        Scenario,
        ShiftMode,
        SwitchFuel,
    )

    return Scenario(
        "benchmark",
        (
            ShiftMode(from_mode="air", to_mode="sea", share=0.5),
            JoinLoads(share=0.5),
            ChangeVehicle(mode="road", to_class="articulated >33 t", share=0.5),
            SwitchFuel(mode="road", fuel="hvo", reduction_pct=87, share=0.3),
            MoveVolume(from_supplier=move.from_supplier, to_supplier=move.to_supplier, share=0.5),
            Growth(pct=5),
        ),
    )
