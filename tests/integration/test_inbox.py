"""The inbox: a file that is dropped is imported once, whatever happens meanwhile, and reported on."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

import access
from access import audit
from data_access import Store, schema
from data_access.app_database import AppDatabase
from data_access.errors import StoreUnreachable
from ingestion import import_file, inbox, list_batches
from ingestion.inbox import Inbox, InboxBlocked, taking
from ingestion.inbox.__main__ import main

ROOT = Path(__file__).parents[2]
HEADER = "shipment_id,departed_at,supplier_id,mode,vehicle_class,weight_kg,distance_km\n"
TRUCK = "2025-03-10,Acme,road,articulated >33 t"
DEADLINE_S = 60.0
SETTLE_S = 0.02


def rows(*ids: str, weight: str = "12000") -> bytes:
    return (HEADER + "".join(f"{one},{TRUCK},{weight},850\n" for one in ids)).encode()


def legs_in(store: Store) -> list[str]:
    return sorted(store.frame(select(schema.legs.c.shipment_id))["shipment_id"])


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture
def app_database(tmp_path, monkeypatch):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as opened:
        monkeypatch.setattr(access, "database", lambda: opened)
        yield opened


@pytest.fixture
def box(tmp_path, app_database) -> Inbox:
    folder = tmp_path / "inbox"
    folder.mkdir()
    yield Inbox(folder, settle_s=SETTLE_S)
    while taking._stuck:
        taking._stuck.pop().close()


def drop(box: Inbox, name: str, content: bytes) -> Path:
    path = box.folder / name
    path.write_bytes(content)
    return path


def test_a_dropped_file_is_imported_and_filed_with_its_report(store, box, app_database):
    drop(box, "march.csv", rows("A1", "A2"))
    (found,) = box.take(store)
    assert (found.outcome, found.rows_accepted, found.problem) == ("done", 2, None)
    assert legs_in(store) == ["A1", "A2"]
    batch = list_batches(store).iloc[0]
    assert (batch["kind"], batch["file_name"], batch["imported_by"]) == ("inbox", "march.csv", "inbox")
    assert names(box.folder) == ["done", "processing", "rejected"]
    assert names(box.done) == ["march.csv", "march.csv.report.txt"]
    assert not names(box.processing)
    report = (box.done / "march.csv.report.txt").read_text()
    assert "2 rows read: 2 accepted, 0 rejected, 0 there already." in report
    assert batch["batch_id"] in report
    assert "1,938.4 kg CO2e" in report  # 2 × 12 t × 850 km × 0.09502 kg/tkm
    entry = audit.entries(app_database).iloc[0]
    assert (entry["action"], entry["target"], entry["user_id"]) == ("imported_file", found.batch_id, None)
    assert entry["details"]["file"] == "march.csv"


def test_an_empty_inbox_is_made_and_costs_nothing(store, tmp_path, monkeypatch):
    monkeypatch.setattr(taking.time, "sleep", lambda _: pytest.fail("nothing has to settle"))
    box = Inbox(tmp_path / "new" / "inbox")
    version = store.version
    assert box.take(store) == []
    assert names(box.folder) == ["done", "processing", "rejected"]
    assert store.version == version


def test_the_folder_is_that_of_the_setting(monkeypatch, tmp_path):
    monkeypatch.setenv("INBOX", str(tmp_path / "drop-here"))
    assert Inbox().folder == tmp_path / "drop-here"
    monkeypatch.setenv("INBOX", "")
    assert Inbox().folder == Path("var/inbox")


def test_the_same_file_again_brings_nothing_and_overwrites_nothing(store, box):
    for _ in range(3):
        drop(box, "march.csv", rows("A1"))
        box.take(store)
    assert legs_in(store) == ["A1"]
    assert len(list_batches(store)) == 1
    kept = [name for name in names(box.done) if not name.endswith(".report.txt")]
    assert kept == ["march (2).csv", "march (3).csv", "march.csv"]
    assert "nothing in it was new" in (box.done / "march (2).csv.report.txt").read_text()


def test_bad_rows_of_a_good_file_stand_beside_it(duckdb_store, box):
    bad = f"A2,{TRUCK},=1+1,850\nA3,{TRUCK},0,850\n"
    drop(box, "mixed.csv", rows("A1") + bad.encode())
    (found,) = box.take(duckdb_store)
    assert (found.outcome, found.rows_accepted, found.rows_rejected) == ("done", 1, 2)
    aside = pd.read_csv(box.done / "mixed.csv.rejected.csv", encoding="utf-8-sig")
    assert aside["row_number"].tolist() == [3, 4]
    assert aside["value"].tolist() == ["'=1+1", "0"]  # no formula for a spreadsheet
    report = (box.done / "mixed.csv.report.txt").read_text()
    assert "3 rows read: 1 accepted, 2 rejected, 0 there already." in report
    assert "- weight_kg: '=1+1' is not a number. (1 row)" in report


def test_a_file_of_bad_rows_only_is_rejected_and_its_rows_are_told(duckdb_store, box, app_database):
    drop(box, "bad.csv", rows("A1", "A2", weight="-5"))
    (found,) = box.take(duckdb_store)
    assert (found.outcome, found.batch_id) == ("rejected", None)
    assert found.problem == "None of the 2 rows of bad.csv could be used."
    assert names(box.rejected) == ["bad.csv", "bad.csv.rejected.csv", "bad.csv.report.txt"]
    assert list_batches(duckdb_store).empty


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(64), "is a PNG image"),
        ("empty.csv", b"", "is empty"),
        ("few.csv", b"shipment_id,weight_kg\nA,1\n", "No column was found for"),
        ("broken.parquet", b"PAR1" + bytes(40), "incomplete Parquet file"),
    ],
)
def test_a_file_that_is_no_table_is_rejected_with_one_sentence(duckdb_store, box, name, content, says):
    drop(box, name, content)
    (found,) = box.take(duckdb_store)
    assert found.outcome == "rejected" and says in found.problem
    assert names(box.rejected) == [name, f"{name}.report.txt"]
    assert says in (box.rejected / f"{name}.report.txt").read_text()


def test_a_parquet_file_comes_in_too(duckdb_store, box):
    frame = pd.read_csv(drop(box, "x.part", rows("A1")))
    frame.assign(shipment_id="P1").to_parquet(box.folder / "p.parquet")
    assert [one.outcome for one in box.take(duckdb_store)] == ["done"]
    assert legs_in(duckdb_store) == ["P1"]


@pytest.mark.parametrize("name", ["a.csv.part", "a.tmp", "a.crdownload", "a.csv~", ".a.csv", "A.CSV.PART"])
def test_a_name_that_says_unfinished_is_left_alone(duckdb_store, box, name):
    drop(box, name, rows("A1"))
    assert box.take(duckdb_store) == []
    assert name in names(box.folder)


def test_a_file_that_still_grows_is_left_for_the_next_look(duckdb_store, box, monkeypatch):
    path = drop(box, "slow.csv", rows("A1")[:-9])

    def more_arrives(_seconds: float) -> None:
        path.write_bytes(rows("A1"))

    with monkeypatch.context() as patched:
        patched.setattr(taking.time, "sleep", more_arrives)
        assert box.take(duckdb_store) == []
    assert path.exists()
    (found,) = box.take(duckdb_store)
    assert found.rows_accepted == 1


def test_rows_that_are_written_during_the_import_come_in_with_the_next_look(duckdb_store, box, monkeypatch):
    path = drop(box, "slow.csv", rows("A1"))
    writer = path.open("ab")

    def slowly(*arguments, **named):
        found = import_file(*arguments, **named)
        if not writer.closed:
            with writer:
                writer.write(rows("A2").removeprefix(HEADER.encode()))
        return found

    monkeypatch.setattr(taking, "import_file", slowly)
    assert box.take(duckdb_store) == []
    (found,) = box.take(duckdb_store)
    assert (found.rows_accepted, found.rows_duplicate) == (1, 1)
    assert legs_in(duckdb_store) == ["A1", "A2"]


def test_a_link_is_not_followed(duckdb_store, box, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_bytes(rows("A1"))
    (box.folder / "link.csv").symlink_to(outside)
    (found,) = box.take(duckdb_store)
    assert found.outcome == "rejected" and "is a link" in found.problem
    assert outside.exists() and legs_in(duckdb_store) == []


def test_pipes_and_folders_block_nothing(duckdb_store, box):
    os.mkfifo(box.folder / "pipe.csv")
    (box.folder / "folder.csv").mkdir()
    assert box.take(duckdb_store) == []
    os.mkfifo(box.processing / "pipe")
    drop(box, "a.csv", rows("A1"))
    assert len(box.take(duckdb_store)) == 1


@pytest.mark.parametrize(
    "name", [b"caf\xe9.csv", b"two\nlines.csv", b"n" * 240 + b".csv", b"M\xc3\xbcller.csv"]
)
def test_any_name_that_a_file_may_have_is_taken(store, box, name):
    (box.folder / os.fsdecode(name)).write_bytes(rows("A1"))
    (found,) = box.take(store)
    assert found.outcome == "done" and found.moved_to.exists()
    assert len(names(box.done)) == 2
    assert list_batches(store)["file_name"].tolist() == [found.name]


def test_a_file_without_rights_is_rejected_with_a_sentence(duckdb_store, box, monkeypatch):
    drop(box, "secret.csv", rows("A1"))

    def refused(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(taking.claims, "locked", refused)  # the tests may run as root, whom nothing stops
    (found,) = box.take(duckdb_store)
    assert found.problem == "secret.csv cannot be opened (Permission denied): check its rights."
    assert names(box.rejected) == ["secret.csv", "secret.csv.report.txt"]


def test_a_failure_of_ours_rejects_the_file_with_a_reference(duckdb_store, box, monkeypatch, caplog):
    def broken(*_arguments, **_named):
        raise ZeroDivisionError("secret detail")

    drop(box, "a.csv", rows("A1"))
    monkeypatch.setattr(taking, "import_file", broken)
    (found,) = box.take(duckdb_store)
    assert "Tell an administrator the reference" in found.problem
    assert found.problem.split()[-1].strip(".") in caplog.text
    assert "secret detail" not in (box.rejected / "a.csv.report.txt").read_text()


def test_a_warehouse_that_is_away_leaves_the_file_for_later(duckdb_store, box, monkeypatch):
    def away(*_arguments, **_named):
        raise StoreUnreachable("The warehouse is away.")

    drop(box, "a.csv", rows("A1"))
    with monkeypatch.context() as patched:
        patched.setattr(taking, "import_file", away)
        for _ in range(2):
            with pytest.raises(StoreUnreachable):
                box.take(duckdb_store)
    assert not names(box.done) and not names(box.rejected)
    assert [one.rows_accepted for one in box.take(duckdb_store)] == [1]


def test_a_file_that_cannot_be_moved_is_not_imported_and_others_are(duckdb_store, box, monkeypatch):
    drop(box, "a-fixed.csv", rows("A1"))
    drop(box, "b.csv", rows("B1"))
    move = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path == box.folder / "a-fixed.csv":
            raise PermissionError(13, "Permission denied")
        return move(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    for _ in range(2):
        with pytest.raises(InboxBlocked, match=r"a-fixed\.csv cannot be moved .*Permission denied"):
            box.take(duckdb_store)
    assert legs_in(duckdb_store) == ["B1"]
    assert "a-fixed.csv" in names(box.folder)


def test_a_file_that_cannot_be_filed_away_is_not_imported_again_and_again(duckdb_store, box, monkeypatch):
    drop(box, "a.csv", rows("A1"))
    imports = []

    def counted(*arguments, **named):
        imports.append(named)
        return import_file(*arguments, **named)

    def full(*_arguments, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(taking, "import_file", counted)
    with monkeypatch.context() as patched:
        patched.setattr(taking, "file_away", full)
        with pytest.raises(InboxBlocked, match="No space left on device"):
            box.take(duckdb_store)
        for _ in range(3):
            assert Inbox(box.folder, settle_s=SETTLE_S).take(duckdb_store) == []
    assert len(imports) == 1
    # The next process finds it: the lock went with the one that held it.
    taking._stuck.pop().close()
    (found,) = box.take(duckdb_store)
    assert (found.outcome, found.rows_duplicate) == ("done", 1)


def test_an_audit_log_that_is_away_does_not_bring_the_file_again(duckdb_store, box, monkeypatch, caplog):
    def away(*_arguments):
        raise StoreUnreachable("away")

    monkeypatch.setattr(audit, "record", away)
    drop(box, "a.csv", rows("A1"))
    assert [one.outcome for one in box.take(duckdb_store)] == ["done"]
    assert "not in the audit log" in caplog.text


def test_two_watchers_of_one_folder_import_each_file_once(warehouse_url, box):
    ids = [f"A{number}" for number in range(12)]
    for one in ids:
        drop(box, f"{one}.csv", rows(one))
    store = Store.open(warehouse_url)
    taken: list[inbox.InboxResult] = []

    def watch() -> None:
        while any(box.folder.glob("*.csv")):
            taken.extend(Inbox(box.folder, settle_s=SETTLE_S).take(store))

    with store:
        watchers = [threading.Thread(target=watch) for _ in range(3)]
        for one in watchers:
            one.start()
        for one in watchers:
            one.join(DEADLINE_S)
        assert sorted(one.name for one in taken) == sorted(f"{one}.csv" for one in ids)
        assert len(list_batches(store)) == len(ids)
        assert legs_in(store) == sorted(ids)
    assert len(names(box.done)) == 2 * len(ids)


TAKE_SLOWLY = """
import sys, time
from data_access import Store
from ingestion.inbox import Inbox, taking
def block(*_):
    print("here", flush=True)
    time.sleep(120)
whole = taking.import_file
def import_file(*arguments, **named):
    if sys.argv[3] == "during":
        return whole(*arguments, progress=block, **named)
    found = whole(*arguments, **named)
    block()
    return found
taking.import_file = import_file
with Store.open(sys.argv[1]) as store:
    Inbox(sys.argv[2], settle_s=0.02).take(store)
"""


@pytest.mark.parametrize("moment", ["during", "after"])
def test_a_file_whose_process_was_killed_is_in_exactly_once_after_the_restart(warehouse_url, box, moment):
    ids = [f"K{number}" for number in range(500)]
    drop(box, "big.csv", rows(*ids))
    Store.open(warehouse_url).close()
    process = subprocess.Popen(
        [sys.executable, "-c", TAKE_SLOWLY, warehouse_url, str(box.folder), moment],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout.readline().strip() == "here"
        assert not (box.folder / "big.csv").exists()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE_S)
        process.stdout.close()
    with Store.open(warehouse_url) as store:
        (found,) = box.take(store)
        assert found.outcome == "done"
        assert (found.rows_accepted, found.rows_duplicate) == ((500, 0) if moment == "during" else (0, 500))
        assert legs_in(store) == sorted(ids)
        assert len(list_batches(store)) == 1
        assert box.take(store) == []
    assert names(box.done) == ["big.csv", "big.csv.report.txt"]
    assert not names(box.processing)


def test_a_file_that_another_process_works_on_is_left_to_it(duckdb_store, box):
    drop(box, "a.csv", rows("A1"))
    box._prepare()
    claimed = taking.claims.move_aside(box.folder / "a.csv", box.processing)
    with taking.claims.locked(claimed):
        assert box.take(duckdb_store) == []
    assert [one.rows_accepted for one in box.take(duckdb_store)] == [1]


def test_oldest_files_come_first(duckdb_store, box):
    for age, name in enumerate(("c.csv", "a.csv", "b.csv")):
        os.utime(drop(box, name, rows(name)), (1_700_000_000 + age, 1_700_000_000 + age))
    assert [one.name for one in box.take(duckdb_store)] == ["c.csv", "a.csv", "b.csv"]


def test_the_command_looks_once_and_tells_of_rejected_files(tmp_path, box, capsys):
    url = f"duckdb:///{tmp_path}/warehouse.duckdb"
    arguments = ["--once", "--folder", str(box.folder), "--database", url]
    drop(box, "a.csv", rows("A1"))
    assert main(arguments) == 0
    drop(box, "b.csv", b"nonsense")
    assert main(arguments) == 1
    with Store.open(url) as store:
        assert legs_in(store) == ["A1"]


def test_the_command_ends_at_a_signal_after_it_has_imported(tmp_path, box):
    url = f"duckdb:///{tmp_path}/warehouse.duckdb"
    process = subprocess.Popen(
        [sys.executable, "-m", "ingestion.inbox", "--folder", str(box.folder), "--database", url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "APP_DATABASE_URL": f"sqlite:///{tmp_path}/its-app.sqlite"},
    )
    try:
        assert "Watching" in process.stdout.readline()
        drop(box, "a.csv", rows("A1"))
        for _ in itertools.takewhile(lambda until: time.monotonic() < until, itertools.repeat(_deadline())):
            if box.done.is_dir() and names(box.done) == ["a.csv", "a.csv.report.txt"]:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_S) == 0
    finally:
        process.kill()
        process.wait(DEADLINE_S)
        process.stdout.close()
    with Store.open(url) as store:
        assert legs_in(store) == ["A1"]


def _deadline() -> float:
    return time.monotonic() + DEADLINE_S
