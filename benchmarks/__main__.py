"""`python -m benchmarks`: every part, at 25k and 1M shipments, into benchmarks/results.md.

`python -m benchmarks queries imports` runs some parts, `--quick` stays at 25k; both only print, unless
`--output` says where to write.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import machine, report
from benchmarks.report import Table
from benchmarks.warehouses import Bench

QUICK, FULL = (25_000,), (25_000, 1_000_000)


def _parts() -> dict[str, Callable[[Bench], list[Table]]]:
    from benchmarks import (
        decomposition,
        detection,
        drivers,
        forecast_page,
        forecasting,
        generation,
        imports,
        lane_map,
        live,
        page,
        places,
        queries,
        scenarios,
        scoring,
        start,
        suppliers,
    )

    parts = (
        queries, imports, generation, places, detection, scoring, live, drivers, forecasting, forecast_page,
        suppliers, scenarios, decomposition, lane_map, page, start,
    )  # fmt: skip
    return {part.__name__.rpartition(".")[2]: part.measure for part in parts}


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that were asked for; 0 when they ran, whatever they found."""
    parts = _parts()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"some of: {', '.join(parts)} (default: all)"
    )
    parser.add_argument("--quick", action="store_true", help="25,000 shipments only")
    parser.add_argument(
        "--output", type=Path, help="write the report there (default: results.md after a full run)"
    )
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.parts) - set(parts))
    if unknown:
        parser.error(f"no part {', '.join(unknown)}: choose from {', '.join(parts)}")
    command = " ".join(["python -m benchmarks", *chosen.parts, *(["--quick"] if chosen.quick else [])])
    described = machine.describe(command)
    print(described, flush=True)
    tables: list[Table] = []
    with Bench.opened(QUICK if chosen.quick else FULL) as bench:
        for name, measure in parts.items():
            if not chosen.parts or name in chosen.parts:
                started = time.perf_counter()
                tables += _shown(measure(bench))
                print(f"({name}: {time.perf_counter() - started:.0f} s)", file=sys.stderr, flush=True)
    print(f"\n{report.closing(tables)}")
    output = chosen.output or (None if chosen.parts or chosen.quick else report.RESULTS)
    if output is not None:
        output.write_text(report.document(described, tables), encoding="utf-8")
        print(f"Written to {output}.")
    return 0


def _shown(tables: list[Table]) -> list[Table]:
    """Print what is known already: a full run takes minutes."""
    for table in tables:
        print(f"\n{table}", flush=True)
    return tables


if __name__ == "__main__":
    sys.exit(main())
