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
            schema.suppliers,
            schema.rejected_rows,
        ):
            assert store.frame(select(func.count().label("n")).select_from(table))["n"].iloc[0] == 0
        from ingestion import import_file

        assert import_file(store, file).rows_accepted == 5_000
