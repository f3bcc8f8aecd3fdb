"""Locating and routing 10,000 rows over 300 lanes: in a fresh process, and again in the same one."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from benchmarks.report import Limit, Row, Table
from benchmarks.servers import ROOT
from benchmarks.warehouses import Bench

__all__ = ["main", "measure"]

ROWS = 10_000
COLD_S, WARM_S = 10.0, 1.0


def measure(_bench: Bench) -> list[Table]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.places"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    rows: list[Row] = [
        (("cold: a fresh process", found["cold_s"], found["located"]), Limit(found["cold_s"], COLD_S, "s")),
        (
            ("warm: the same rows again", found["warm_s"], found["located"]),
            Limit(found["warm_s"], WARM_S, "s"),
        ),
    ]
    note = (
        f"{ROWS:,} rows over {found['lanes']} lanes ({found['sea_lanes']} of them by sea), none with a "
        "distance. Cold includes loading the libraries, the gazetteer and the sea network."
    )
    return [Table("Places and routes", ("what", "seconds", "rows located"), rows, note)]


def main() -> None:
    import pandas as pd

    from benchmarks.csv_file import lanes

    table = lanes()
    rows = table.iloc[[row % len(table) for row in range(ROWS)]].reset_index(drop=True)
    started = time.perf_counter()
    from ingestion.columns import CANONICAL
    from ingestion.locate import locate
    from ingestion.places import Places

    text = {"distance_basis", "origin", "destination"}
    for name in CANONICAL:
        if name not in rows:
            rows[name] = pd.Series(None if name in text else float("nan"), index=rows.index)
    located = locate(rows, Places({}))
    cold_s = time.perf_counter() - started
    started = time.perf_counter()
    locate(rows, Places({}))
    found = {
        "cold_s": cold_s,
        "warm_s": time.perf_counter() - started,
        "located": len(located.legs),
        "lanes": len(table),
        "sea_lanes": int((table["mode"] == "sea").sum()),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
