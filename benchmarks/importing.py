"""One import in a process of its own, so that its peak memory is its own; prints what it took as JSON."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

__all__ = ["main"]

_WARM_UP = "shipment_id,departed_at,supplier_id,mode,weight_kg,distance_km\nW1,2025-01-01,S1,road,1000,100\n"


def main(way: str, url: str, csv: Path) -> None:
    """`way` is ours or bare; the clock runs from the file to the committed rows."""
    work = _ours if way == "ours" else _bare
    seconds, rows = work(url, csv)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "rows": rows, "peak_mb": peak_mb}))


def _ours(url: str, csv: Path) -> tuple[float, int]:
    from data_access import Store
    from ingestion import import_file

    with tempfile.TemporaryDirectory() as folder, Store.open(f"duckdb:///{folder}/w.duckdb") as scratch:
        import_file(scratch, _WARM_UP.encode())  # libraries are loaded once a server's life, not once a file
    with Store.open(url) as store:
        started = time.perf_counter()
        result = import_file(store, csv)
        return time.perf_counter() - started, result.rows_accepted


def _bare(url: str, csv: Path) -> tuple[float, int]:
    from benchmarks import bare_import
    from data_access import Store

    Store.open(url).close()  # the same tables
    on_engine = bare_import.on_duckdb if url.startswith("duckdb") else bare_import.on_postgres
    started = time.perf_counter()
    rows = on_engine(url, csv)
    return time.perf_counter() - started, rows


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
