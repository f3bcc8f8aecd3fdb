"""One scoring in a process of its own, so that its peak memory is its own; prints what it took as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

__all__ = ["main"]


def main(frame: Path) -> None:
    """Score the legs of a Parquet file, once the libraries are loaded."""
    import pandas as pd

    from analytics import anomalies

    legs = pd.read_parquet(frame)
    anomalies.score(legs.head(2_000))
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started, cpu = time.perf_counter(), time.process_time()
    found = anomalies.score(legs)
    seconds = time.perf_counter() - started
    cpu_seconds = time.process_time() - cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        json.dumps(
            {
                "seconds": seconds,
                "cpu_seconds": cpu_seconds,
                "legs": len(legs),
                "flagged": int(found["is_anomaly"].sum()),
                "before_mb": before_mb,
                "peak_mb": peak_mb,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
