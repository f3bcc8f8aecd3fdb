"""import_file beside the same import in bare SQL, by turns, each in a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks import csv_file
from benchmarks.report import Limit, Row, Table, doing
from benchmarks.servers import ROOT
from benchmarks.warehouses import ENGINES, Bench, size_name

__all__ = ["Import", "measure"]

MOST, MOST_PEAK_MB = 3.0, 1_500.0
TURNS = 3
_BARE = "DuckDB: read_csv, validate, insert what is new; Postgres: COPY, validate, upsert"


@dataclass(frozen=True)
class Import:
    seconds: float
    rows: int
    peak_mb: float


def measure(bench: Bench) -> list[Table]:
    rows: list[Row] = []
    for size in bench.sizes:
        file = csv_file.write(bench.folder / f"{size}.csv", size)
        for engine in ENGINES:
            turns = [
                (_run("ours", bench, engine, file.path), _run("bare", bench, engine, file.path))
                for _ in range(TURNS)
            ]
            ours, bare = zip(*turns, strict=True)
            ratio = statistics.median(a.seconds / b.seconds for a, b in turns)
            seconds = [statistics.median(one.seconds for one in side) for side in (ours, bare)]
            peaks = [max(one.peak_mb for one in side) for side in (ours, bare)]
            name = (f"{size_name(size)} rows, {file.megabytes:,.0f} MB", engine)
            accepted = (
                ours[0].rows if ours[0].rows == bare[0].rows else f"{ours[0].rows:,} / {bare[0].rows:,}"
            )
            # What a small file takes is start-up, so that only the large one is judged.
            judged = size >= 1_000_000
            rows += [
                ((*name, "seconds", *seconds, ratio, accepted), Limit(ratio, MOST) if judged else None),
                ((*name, "rows/s", *(size / one for one in seconds), 1 / ratio, accepted), None),
                (
                    (*name, "peak MB", *peaks, peaks[0] / peaks[1], accepted),
                    Limit(peaks[0], MOST_PEAK_MB, "MB") if judged else None,
                ),
            ]
        file.path.unlink()
    note = (
        f"`import_file` of a generated CSV of 19 columns beside bare SQL ({_BARE}) into an equal table, "
        f"{TURNS} turns each in a fresh process with its libraries loaded; medians; largest peak memory "
        "of the importing process (a Postgres server's own memory is not in it)."
    )
    return [Table("Import", ("file", "engine", "what", "ours", "bare", "ratio", "rows accepted"), rows, note)]


def _run(way: str, bench: Bench, engine: str, csv: Path) -> Import:
    doing("importing", engine, way)
    url = bench.empty(engine)
    command = [sys.executable, "-m", "benchmarks.importing", way, url, str(csv)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    bench.discard(url)
    if done.returncode:
        raise RuntimeError(f"The import {way} into {engine} failed:\n{done.stderr}")
    return Import(**json.loads(done.stdout))
