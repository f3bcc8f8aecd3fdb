"""The feed: so many shipments a minute through the import, switched on and off, safe beside anything else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from data_access import Store, schema
from data_access.errors import StoreUnreachable
from ingestion import demo, import_file, list_batches
from ingestion.batches import has_feed
from ingestion.feed import MAX_PER_MINUTE, Feed, end_the_feed, feed, the_feed
from ingestion.feed.__main__ import main

ROOT = Path(__file__).parents[2]
START = datetime(2026, 11, 21, 9, 30)
DEADLINE_S = 90.0
UPLOAD = b"shipment_id,departed_at,supplier_id,mode,weight_kg,distance_km\nA1,2026-11-01,Acme,road,1000,100\n"


class Clock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def shipments_in(store: Store) -> int:
    legs = store.frame(select(schema.legs.c.shipment_id).where(schema.legs.c.leg_no == 1))
    assert legs["shipment_id"].is_unique
    return len(legs)


def until(condition, message: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, message
        time.sleep(0.02)


def test_shipments_arrive_at_the_rate_as_batches_of_kind_feed(store, clock):
    sending = Feed(store, shipments_per_minute=30, seed=1, clock=clock)
    assert sending.deliver() == 0  # nothing is due yet
    for _ in range(3):
        clock.forward(10)
        assert sending.deliver() == 5  # 10 s of 30 a minute
    assert shipments_in(store) == sending.state.sent_shipments == 15
    assert sending.state.last_batch_at == clock.now
    batches = store.frame(select(schema.import_batches))
    assert batches["kind"].tolist() == ["feed"] * 3
    assert batches["rows_rejected"].sum() == 0
    assert batches["scoring_id"].isna().all()  # so that the scoring takes them next
    legs = store.frame(select(schema.legs))
    assert legs["departed_at"].between(START, clock.now).all()
    assert legs["wtw_kg"].gt(0).all()


def test_late_ticks_send_what_is_due_and_no_shipment_is_lost_to_rounding(duckdb_store, clock):
    sending = Feed(duckdb_store, shipments_per_minute=7, every_s=5, seed=1, clock=clock)
    sent = []
    for seconds in (1, 2, 31, 0, 4.5, 0.7, 20.8):
        clock.forward(seconds)
        sent.append(sending.deliver())
    # 7 a minute are due at 1, 3, 34, 34, 38.5, 39.2 and 60 s: 0, 0, 3, 3, 4, 4 and 7 in all.
    assert sent == [0, 0, 3, 0, 1, 0, 3]


def test_a_machine_that_slept_does_not_flood_the_warehouse(duckdb_store, clock):
    sending = Feed(duckdb_store, shipments_per_minute=60, every_s=5, seed=1, clock=clock)
    clock.forward(8 * 3600)
    assert sending.deliver() == 60  # twelve ticks of 5 s, not 28,800
    clock.forward(5)
    assert sending.deliver() == 5


def test_a_clock_that_is_set_back_stops_nothing(duckdb_store, clock):
    sending = Feed(duckdb_store, shipments_per_minute=60, seed=1, clock=clock)
    clock.forward(10)
    assert sending.deliver() == 10
    clock.forward(-3600)
    assert sending.deliver() == 0
    clock.forward(5)
    assert sending.deliver() == 5


def test_a_delivery_that_failed_is_sent_again_whole(duckdb_store, clock, monkeypatch):
    def away(*_arguments, **_named):
        raise StoreUnreachable("The warehouse is away.")

    sending = Feed(duckdb_store, shipments_per_minute=60, seed=1, clock=clock)
    clock.forward(10)
    with monkeypatch.context() as patched:
        patched.setattr(feed, "import_file", away)
        for _ in range(2):
            with pytest.raises(StoreUnreachable):
                sending.deliver()
    assert sending.state.sent_shipments == 0
    assert sending.deliver() == 10
    assert shipments_in(duckdb_store) == 10


def test_a_delivery_that_can_never_go_in_is_dropped(duckdb_store, clock, monkeypatch):
    def broken(*_arguments, **_named):
        raise ZeroDivisionError

    sending = Feed(duckdb_store, shipments_per_minute=60, seed=1, clock=clock)
    clock.forward(10)
    with monkeypatch.context() as patched:
        patched.setattr(feed, "import_file", broken)
        with pytest.raises(ZeroDivisionError):
            sending.deliver()
    clock.forward(5)
    assert sending.deliver() == 5


@pytest.mark.parametrize("rate", [0, -1, MAX_PER_MINUTE + 1, float("nan"), float("inf")])
def test_a_rate_out_of_bounds_is_refused_with_what_to_choose(duckdb_store, rate):
    with pytest.raises(ValueError, match="choose over 0 and at most 600"):
        Feed(duckdb_store, shipments_per_minute=rate)
    with pytest.raises(ValueError, match="choose over 0 and at most 600"):
        the_feed(duckdb_store).start(rate)
    assert not the_feed(duckdb_store).state.running


def test_the_switch_turns_it_on_at_a_rate_and_off(store):
    switched = Feed(store, every_s=0.05)
    state = switched.state
    assert (state.running, state.rate, state.sent_shipments, state.last_batch_at, state.last_error) == (
        False, 30, 0, None, None,
    )  # fmt: skip
    switched.start(600)
    try:
        assert switched.state.running and switched.state.rate == 600
        until(lambda: switched.state.sent_shipments >= 3, "three shipments are sent within the deadline")
    finally:
        assert switched.stop(DEADLINE_S)
    sent = switched.state
    assert not sent.running and sent.last_error is None and sent.last_batch_at is not None
    assert shipments_in(store) == sent.sent_shipments
    switched.start()
    try:
        assert switched.state.rate == 600
        until(lambda: switched.state.sent_shipments > sent.sent_shipments, "it sends again after a restart")
    finally:
        assert switched.stop(DEADLINE_S)


def test_time_while_it_was_off_is_not_made_up_for(duckdb_store, clock):
    sending = Feed(duckdb_store, shipments_per_minute=60, every_s=1_000, seed=1, clock=clock)
    clock.forward(5)
    assert sending.deliver() == 5
    clock.forward(1_000)
    sending.start()
    assert sending.stop(DEADLINE_S)
    clock.forward(2)
    assert sending.deliver() == 2


def test_many_who_switch_and_look_at_once_disturb_nothing(duckdb_store):
    switched = the_feed(duckdb_store)
    assert the_feed(duckdb_store) is switched

    def visitor(number: int) -> None:
        for _ in range(10):
            (switched.start if number % 2 else switched.stop)()
            assert switched.state.rate == 30

    visitors = [threading.Thread(target=visitor, args=(number,)) for number in range(6)]
    for one in visitors:
        one.start()
    for one in visitors:
        one.join(DEADLINE_S)
    assert switched.stop(DEADLINE_S)
    assert shipments_in(duckdb_store) == switched.state.sent_shipments


def test_another_warehouse_has_another_feed_and_the_old_one_ends(duckdb_store, tmp_path):
    old = the_feed(duckdb_store).start()
    with Store.open(f"duckdb:///{tmp_path}/other.duckdb") as other:
        assert the_feed(other) is not old
        assert not old.state.running
    assert old.stop(DEADLINE_S)
    end_the_feed()


def test_the_feed_ends_before_its_warehouse_is_closed(duckdb_store):
    running = the_feed(duckdb_store).start()
    end_the_feed(DEADLINE_S)
    assert not running.state.running
    assert the_feed(duckdb_store) is not running
    end_the_feed()  # one that never ran


def test_the_feed_ships_like_the_demo_of_the_warehouse(duckdb_store, clock):
    demo.fill(duckdb_store, 300, seed=11, until=START)
    assert feed._seed_of_demo(duckdb_store) == 11
    sending = Feed(duckdb_store, shipments_per_minute=600, seed=1, clock=clock)
    clock.forward(30)
    sending.deliver()
    batch = duckdb_store.frame(select(schema.import_batches).where(schema.import_batches.c.kind == "feed"))
    assert (batch["rows_accepted"] == batch["rows_read"]).all()
    assert len(duckdb_store.frame(select(schema.suppliers))) == 60  # no new names


def test_the_list_of_imports_leaves_a_feed_out_unless_it_is_asked_for(store, clock):
    assert not has_feed(store)
    sending = Feed(store, seed=1, clock=clock)
    clock.forward(10)
    sending.deliver()
    import_file(store, UPLOAD)
    assert has_feed(store)
    assert list_batches(store)["kind"].tolist() == ["upload"]
    assert list_batches(store, with_feed=True)["kind"].tolist() == ["upload", "feed"]


def test_the_upload_page_lists_the_feed_only_when_it_is_asked_to(duckdb_store, clock, monkeypatch):
    from streamlit.testing.v1 import AppTest

    import access
    from data_access import opened

    ann = access.User("u1", "ann@example.com", "Ann", "analyst")
    monkeypatch.setattr(access, "user_of", lambda _token: ann)
    monkeypatch.setattr(opened, "_opened", [duckdb_store])
    import_file(duckdb_store, UPLOAD)
    page = AppTest.from_file(str(ROOT / "pages" / "upload.py"), default_timeout=60).run()
    assert not page.exception and not page.toggle
    sending = Feed(duckdb_store, seed=1, clock=clock)
    clock.forward(10)
    sending.deliver()
    page.run()
    assert page.dataframe[0].value["imported_by"].tolist() == ["system"]
    page.toggle(key="with-feed").set_value(True).run()
    assert not page.exception
    assert page.dataframe[0].value["imported_by"].tolist() == ["feed", "system"]


def command(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "ingestion.feed", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )


def test_the_command_ends_at_a_signal_with_whole_deliveries(warehouse_url):
    Store.open(warehouse_url).close()
    process = command("--rate", "600", "--seed", "1", "--database", warehouse_url)
    try:
        assert "Sending 600 shipments a minute" in process.stdout.readline()
        assert "Imported feed" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0, err
    finally:
        process.kill()
        process.communicate()
    with Store.open(warehouse_url) as store:
        batches = list_batches(store, with_feed=True)
        # An injected slip may be so gross that the import sets the row aside.
        sent = shipments_in(store) + batches["rows_rejected"].sum()
        assert out.strip() == f"{sent:,} shipments were sent."
        assert batches["rows_accepted"].sum() == len(store.frame(select(schema.legs.c.leg_no)))


def test_the_command_ends_by_itself_after_its_time(tmp_path, capsys):
    assert main(["--for", "0.1s", "--database", f"duckdb:///{tmp_path}/warehouse.duckdb"]) == 0
    assert "shipments were sent." in capsys.readouterr().out


def test_the_command_beside_the_app_on_duckdb_says_where_the_switch_is(tmp_path):
    url = f"duckdb:///{tmp_path}/warehouse.duckdb"
    with Store.open(url):
        process = command("--database", url)
        _, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 1
    assert "Another process has the warehouse" in err and "switches its own feed on, on the Live page" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("wrong", [["--for", "soon"], ["--rate", "many"]])
def test_the_command_refuses_what_it_cannot_read(wrong, capsys):
    with pytest.raises(SystemExit):
        main(wrong)
    assert wrong[1] in capsys.readouterr().err


def test_the_command_refuses_a_rate_out_of_bounds(tmp_path, capsys):
    assert main(["--rate", "0", "--database", f"duckdb:///{tmp_path}/warehouse.duckdb"]) == 1
    assert "choose over 0 and at most 600" in capsys.readouterr().err
