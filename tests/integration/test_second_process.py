"""Real processes: a second one on the DuckDB file, and one that is killed in the middle of an import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data_access import Store, schema
from data_access.errors import StoreLocked

ROOT = Path(__file__).parents[2]

HOLD = """
import sys, time
from data_access import Store
with Store.open(sys.argv[1]):
    print("open", flush=True)
    time.sleep(60)
"""

IMPORT_SLOWLY = """
import sys, time
from data_access import Store
from ingestion import import_file
def progress(fraction, text):
    print("chunk", flush=True)
    time.sleep(60)
with Store.open(sys.argv[1]) as store:
    import_file(store, sys.argv[2], progress=progress)
"""


FILL_THE_DISK = """
import resource, signal, sys
from data_access import Store, schema
from data_access.errors import StoreError
from sqlalchemy import func, select
from tests.legs import legs_of

def count(store):
    return int(store.frame(select(func.count().label("n")).select_from(schema.legs))["n"].iloc[0])

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Store.open(sys.argv[1]) as store:
    store.transact(lambda tx: tx.append(schema.legs, legs_of({})))
    free, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    many = legs_of({}).loc[[0] * 200_000].reset_index(drop=True)
    many["shipment_id"] = [f"M{n}-{n * 7919 % 1000003}" for n in range(len(many))]
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        store.transact(lambda tx: tx.append(schema.legs, many))
        print("written")
    except StoreError as error:
        print(type(error).__name__, error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, hard))
    print("legs", count(store))
    store.transact(lambda tx: tx.append(schema.legs, legs_of({"shipment_id": "after"})))
    print("legs", count(store))
"""


def start(code: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()


def test_a_second_process_on_the_duckdb_file_is_told_what_to_do(tmp_path):
    url = f"duckdb:///{tmp_path}/warehouse.duckdb"
    holder = start(HOLD, url)
    try:
        assert holder.stdout.readline().strip() == "open"
        with pytest.raises(
            StoreLocked, match=r"Another process has the warehouse .* Stop the running app first"
        ):
            Store.open(url)
    finally:
        end(holder)
    with Store.open(url) as store:
        assert store.version == 1


@pytest.mark.parametrize("after_s", [0.0, 0.2])
def test_a_process_killed_in_mid_import_leaves_nothing_behind(warehouse_url, tmp_path, after_s):
    rows = "".join(f"K{n},2025-03-10,Acme,road,{100 + n},850\n" for n in range(5_000))
    file = tmp_path / "big.csv"
    file.write_text("shipment_id,departed_at,supplier_id,mode,weight_kg,distance_km\n" + rows)
    Store.open(warehouse_url).close()
    importer = start(IMPORT_SLOWLY, warehouse_url, str(file))
    try:
        # The first chunk is written inside the open transaction when progress is called.
        assert importer.stdout.readline().strip() == "chunk"
        time.sleep(after_s)
    finally:
        end(importer)
    with Store.open(warehouse_url) as store:
        for table in (
            schema.legs,
            schema.import_batches,
            schema.leg_flags,
            schema.anomalies,
            schema.suppliers,
            schema.rejected_rows,
        ):
            assert store.frame(select(func.count().label("n")).select_from(table))["n"].iloc[0] == 0
        from ingestion import import_file

        assert import_file(store, file).rows_accepted == 5_000


def test_a_full_disk_loses_the_write_only_and_the_store_goes_on_when_there_is_room(tmp_path):
    process = start(FILL_THE_DISK, f"duckdb:///{tmp_path}/warehouse.duckdb")
    out, _ = process.communicate(timeout=120)
    assert "Make room on the disk" in out, out
    assert out.splitlines()[-2:] == ["legs 1", "legs 2"], out
