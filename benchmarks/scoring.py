"""Scoring a warehouse: all legs, all again, a new import against history; each in a process of its own."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from typing import Any

from benchmarks.report import Limit, Row, Table, doing
from benchmarks.servers import ROOT
from benchmarks.warehouses import ENGINES, Bench, size_name

__all__ = ["measure"]

MOST_S = {25_000: 1.0, 1_000_000: 30.0}
MOST_PEAK_MB = 4_000.0
NEW_LEGS = (100, 2_000)
_COLUMNS = (
    "shipment_id", "departed_at", "supplier_id", "mode", "vehicle_class", "weight_kg", "distance_km",
    "origin", "origin_country", "destination", "destination_country",
)  # fmt: skip


def measure(bench: Bench) -> list[Table]:
    rows: list[Row] = []
    for size in bench.sizes:
        for engine in ENGINES:
            doing("scoring", engine, size_name(size))
            url = _copy(bench, engine, size)
            found = _run(url)
            bench.discard(url)
            name = (size_name(size), engine)
            limit_s = MOST_S.get(size)
            # The limits are for so many legs; a demo shipment has 1.6 of them.
            per_size = found["whole_s"] * size / found["legs"]
            rows.append(
                ((*name, "all legs, s", found["whole_s"], found["legs"], found["findings"]), None),
            )
            rows.append(
                (
                    (*name, f"per {size_name(size)} legs, s", per_size, size, ""),
                    Limit(per_size, limit_s, "s") if limit_s and engine == "duckdb" else None,
                )
            )
            rows += [
                (
                    (*name, "all again, unchanged, s", found["again_s"], found["legs"], found["findings"]),
                    None,
                ),
                *(
                    (
                        (
                            *name,
                            f"import of {one['legs']:,} against history, s",
                            one["s"],
                            one["legs"],
                            one["found"],
                        ),
                        None,
                    )
                    for one in found["new"]
                ),
                (
                    (*name, "peak MB", found["peak_mb"], found["legs"], ""),
                    Limit(found["peak_mb"], MOST_PEAK_MB, "MB"),
                ),
            ]
    note = (
        "Reading the legs, judging them and writing the findings, with the libraries loaded; a new import is "
        "judged against at most 200,000 legs of history. Peak memory of the scoring process, its DuckDB "
        "included; a Postgres server's own memory is not in it. The limits are for DuckDB, the default."
    )
    columns = ("shipments", "engine", "what", "value", "legs", "findings")
    return [Table("Scoring a warehouse", columns, rows, note)]


def _copy(bench: Bench, engine: str, size: int) -> str:
    """A warehouse to write to, so that the filled one stays as it is for the other parts."""
    source, target = bench.filled(engine, size), bench.empty(engine)
    if engine == "duckdb":
        shutil.copy(source.removeprefix("duckdb:///"), target.removeprefix("duckdb:///"))
        return target
    import psycopg

    names = [url.partition("?")[0].rpartition("/")[2] for url in (source, target)]
    with psycopg.connect(source.replace(f"/{names[0]}?", "/postgres?"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {names[1]}")
        admin.execute(f"CREATE DATABASE {names[1]} TEMPLATE {names[0]}")
    return target


def _run(url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scoring", url]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The scoring of {url} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def main(url: str) -> None:
    """Score the warehouse at `url` and print what it took as JSON."""
    from data_access import Store
    from ingestion.scoring import score_all, score_new

    _warm_up()
    with Store.open(url) as store:
        _forget(store)
        whole_s, whole = _timed(lambda: score_all(store))
        again_s, again = _timed(lambda: score_all(store))
        new = []
        for legs in NEW_LEGS:
            _import_like_the_newest(store, legs)
            new_s, done = _timed(lambda: score_new(store))
            new.append({"legs": done.legs, "s": new_s, "found": done.found})
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"whole_s": whole_s, "again_s": again_s, "legs": whole.legs, "findings": again.found, "new": new}
    sys.stdout.write(json.dumps({**found, "peak_mb": peak_mb}))


def _forget(store: Any) -> None:
    """Take away what the warehouse's first scoring has written."""
    from sqlalchemy import delete, update

    from data_access.schema import anomalies, import_batches, lane_usual, scorings

    def work(tx: Any) -> None:
        tx.execute(delete(anomalies).where(anomalies.c.found_by == "score"))
        for table in (scorings, lane_usual):
            tx.execute(delete(table))
        tx.execute(update(import_batches).values(scoring_id=None))

    store.transact(work)


def _timed(work: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _warm_up() -> None:
    """Libraries are loaded once a server's life, not once a scoring."""
    from analytics import anomalies
    from ingestion.demo import generate

    batch = next(iter(generate(2_000)))
    anomalies.score(batch.legs)


def _import_like_the_newest(store: Any, number: int) -> None:
    """Shipments as the newest ones, under other ids and 13 % heavier."""
    from sqlalchemy import select

    from data_access.schema import legs
    from ingestion import import_file

    newest = (
        select(*(legs.c[name] for name in _COLUMNS))
        .where(legs.c.leg_no == 1)
        .order_by(legs.c.departed_at.desc())
        .limit(number)
    )
    rows = store.frame(newest)
    rows = rows.assign(shipment_id=f"NEW{number}-" + rows["shipment_id"], weight_kg=rows["weight_kg"] * 1.13)
    import_file(store, rows.to_csv(index=False).encode(), mapping={name: name for name in _COLUMNS})


if __name__ == "__main__":
    main(sys.argv[1])
