"""How many demo shipments a second: drawn, with their emissions, and written into a warehouse."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial

from benchmarks.report import Limit, Row, Table
from benchmarks.stopwatch import seconds
from benchmarks.warehouses import ENGINES, SEED, Bench, size_name
from ingestion.demo import generate
from ingestion.demo.draw import draw

__all__ = ["measure"]

LEAST_PER_S = 200_000
TURNS = 3


def measure(bench: Bench) -> list[Table]:
    generate_all(10_000, bench)  # the world of lanes and suppliers is built once a process
    rows: list[Row] = []
    for shipments in bench.sizes:
        name = size_name(shipments)
        drawn = _per_s(shipments, partial(draw_all, shipments, bench))
        # The first 25,000 bear the start of every run, so that the rate is judged on the large size.
        judged = shipments >= 1_000_000
        limit = Limit(drawn, LEAST_PER_S, "per s", at_least=True) if judged else None
        rows.append(((name, "generated", drawn), limit))
        calculated = _per_s(shipments, partial(generate_all, shipments, bench))
        rows.append(((name, "generated and calculated", calculated), None))
        for engine in ENGINES:
            bench.filled(engine, shipments)
            written = shipments / bench.fill_s[engine, shipments]
            rows.append(((name, f"generated, calculated, checked and written to {engine}", written), None))
    note = f"Seed {SEED}, 24 months; medians of {TURNS}, writing measured once. All batches, one process."
    return [Table("Demo data", ("shipments", "what", "shipments/s"), rows, note)]


def _per_s(shipments: int, work: Callable[[], object]) -> float:
    return shipments / statistics.median(seconds(work) for _ in range(TURNS))


def draw_all(shipments: int, bench: Bench) -> int:
    """Uploads without emissions; returns how many legs."""
    return sum(len(drawn.uploads) for drawn in draw(shipments, seed=SEED, until=bench.until))


def generate_all(shipments: int, bench: Bench) -> int:
    """The same with emissions and their ranges."""
    return sum(len(batch.legs) for batch in generate(shipments, seed=SEED, until=bench.until))
