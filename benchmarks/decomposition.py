"""How long the split of a change of emissions takes: from the warehouse, and of bare legs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.decomposition import decompose
from benchmarks.report import Limit, Row, Table, doing
from benchmarks.stopwatch import median_ms
from benchmarks.warehouses import ENGINES, Bench, size_name
from data_access import Filters, Scope, Store

__all__ = ["measure"]

LIMIT_MS = 1_000.0
BARE_LEGS = 1_000_000
REPEATS = 5


def measure(bench: Bench) -> list[Table]:
    """One table: the whole question of the Trends page, and the pure function on legs that are not summed."""
    rows: list[Row] = []
    for shipments in bench.sizes:
        for engine in ENGINES:
            doing(size_name(shipments), engine, "decomposition")
            with Store.open(bench.filled(engine, shipments)) as store:
                took = _question(store, bench)
            judged = engine == "duckdb" and shipments >= 1_000_000
            limit = Limit(took, LIMIT_MS, "ms") if judged else None
            rows.append(((size_name(shipments), engine, "two halves of the demo", took), limit))
    half = _bare_legs(min(BARE_LEGS, max(bench.sizes)) // 2)
    took = median_ms(lambda: decompose(*half), 3)
    rows.append(
        (
            (size_name(2 * len(half[0])), "pandas", "two halves of bare legs", took),
            Limit(took, LIMIT_MS, "ms"),
        )
    )
    return [
        Table(
            "Why did emissions change",
            ("legs or shipments", "engine", "what", "ms"),
            rows,
            "`TrendAnalytics.change` of the last year against the one before, sums out of the warehouse "
            "included; `decompose` of legs that nobody has summed, 60 suppliers on 250 lanes. Medians.",
        )
    ]


def _question(store: Store, bench: Bench) -> float:
    from analytics import TrendAnalytics

    end = bench.until + timedelta(days=1)
    year = Filters(start=end - timedelta(days=365), end=end)
    trends = TrendAnalytics(store)
    # The first days of two years may miss that period by one: compared are the halves as they are.
    before = replace(year, start=end - timedelta(days=729), end=year.start)
    whole = trends.compare(before, year, Scope.all())
    if abs(whole.parts["kg"].sum() - whole.change_kg) > 1e-6 * whole.after_kg:
        raise RuntimeError("The parts do not sum to the change.")
    return median_ms(lambda: trends.change(year, Scope.all()), REPEATS)


def _bare_legs(many: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(7)
    suppliers = np.array([f"S{number}" for number in range(60)])
    lanes = np.array([f"L{number} → x" for number in range(250)])
    first, second = (
        pd.DataFrame(
            {
                "weight_kg": rng.lognormal(8, 1, many),
                "distance_km": rng.uniform(50, 9_000, many),
                "mode": rng.choice(["road", "rail", "sea", "air"], many),
                "supplier_id": rng.choice(suppliers, many),
                "lane": rng.choice(lanes, many),
                "factor": rng.choice([0.1, 0.02, 0.6], many),
                "wtw_kg": rng.lognormal(5, 1, many),
                "data_type": rng.choice(["primary", "modelled", "default"], many),
            }
        )
        for _ in range(2)
    )
    return first, second
