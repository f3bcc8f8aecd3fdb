"""The warehouse's contract, on DuckDB and on Postgres: what goes in comes out, all of a write or nothing."""

from __future__ import annotations

import threading
from datetime import datetime

import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import delete, func, select, update

from data_access import Filters, Scope, Store, schema, upgrades
from data_access import overview_queries as queries
from data_access.errors import (
    NotAStore,
    StoreConflict,
    StoreError,
    StoreTooNew,
    StoreUnreachable,
    UnsupportedUrl,
)
from ingestion import import_file
from tests.legs import legs_of, put

ALL = (Filters(), Scope.all())


def count(store: Store, table) -> int:
    return int(store.frame(select(func.count().label("n")).select_from(table))["n"].iloc[0])


def test_legs_come_back_as_they_went_in(store):
    sent = put(store, {"cost": 1234.5, "currency": "EUR"}, {"mode": "air", "vehicle_class": None})
    back = store.frame(select(schema.legs).order_by(schema.legs.c.shipment_id))
    for column in ("shipment_id", "departed_at", "weight_kg", "wtw_kg", "low_kg", "high_kg", "data_type"):
        assert list(back[column]) == list(sent[column])
    assert back["cost"].tolist()[0] == 1234.5
    assert pd.isna(back["cost"].iloc[1])
    assert pd.isna(back["vehicle_class"].iloc[1])


def test_a_new_warehouse_holds_the_shipped_factors(store):
    assert count(store, schema.emission_factors) == 177
    assert count(store, schema.legs) == 0


def test_opening_again_changes_nothing(warehouse_url):
    with Store.open(warehouse_url) as first:
        put(first, {})
        version = first.version
    with Store.open(warehouse_url) as again:
        assert again.version == version
        assert count(again, schema.legs) == 1
        assert count(again, schema.emission_factors) == 177


def test_every_write_changes_the_version_and_a_failed_one_does_not(store):
    before = store.version
    put(store, {})
    after = store.version
    assert after == before + 1

    def fails(tx):
        tx.append(schema.legs, legs_of({"shipment_id": "half"}))
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        store.transact(fails)
    assert store.version == after
    assert count(store, schema.legs) == 1


def test_a_leg_cannot_be_there_twice(store):
    put(store, {})
    with pytest.raises(StoreError):
        put(store, {})
    assert count(store, schema.legs) == 1


def test_a_row_that_breaks_a_rule_takes_the_whole_write_with_it(store):
    bad = legs_of({}, {"weight_kg": 5.0}).assign(weight_kg=[1.0, -1.0])
    with pytest.raises(StoreError):
        store.transact(lambda tx: tx.append(schema.legs, bad))
    assert count(store, schema.legs) == 0


def test_a_value_of_the_wrong_type_is_refused_not_converted(store):
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        store.transact(lambda tx: tx.append(schema.legs, legs_of({}).assign(weight_kg="heavy")))
    assert count(store, schema.legs) == 0


def test_a_removed_leg_can_be_written_again_in_the_same_transaction(store):
    put(store, {})

    def replace(tx):
        tx.execute(delete(schema.legs).where(schema.legs.c.shipment_id == "S1"))
        tx.append(schema.legs, legs_of({"weight_kg": 7.0}))

    store.transact(replace)
    assert store.frame(select(schema.legs.c.weight_kg))["weight_kg"].tolist() == [7.0]


def test_a_transaction_sees_its_own_writes_and_others_do_not(store):
    def work(tx):
        tx.append(schema.legs, legs_of({}))
        inside = int(tx.frame(select(func.count().label("n")).select_from(schema.legs))["n"].iloc[0])
        return inside, count(store, schema.legs)

    assert store.transact(work) == (1, 0)


def test_staged_rows_can_be_joined_and_are_gone_afterwards(store):
    put(store, {}, {})

    def work(tx):
        with tx.staged(pa.table({"shipment_id": ["S2", "nobody"]})) as staged:
            joined = select(schema.legs.c.shipment_id).join(
                staged, staged.c.shipment_id == schema.legs.c.shipment_id
            )
            return tx.frame(joined)["shipment_id"].tolist()

    assert store.transact(work) == ["S2"]
    assert store.transact(work) == ["S2"]


def test_writers_in_many_threads_all_get_through(store):
    errors = []

    def write(number):
        try:
            put(store, {"shipment_id": f"T{number}"})
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert count(store, schema.legs) == 8


def test_readers_in_many_threads_get_their_own_rows(store):
    put(store, *({"supplier_id": f"sup{number}", "weight_kg": float(number + 1)} for number in range(16)))
    wrong = []

    def read(number):
        filters = Filters(suppliers=(f"sup{number}",))
        for _ in range(15):
            found = store.frame(queries.leg_rows(filters, Scope.all(), None))
            if found["weight_kg"].tolist() != [float(number + 1)]:
                wrong.append(number)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_two_stores_on_one_warehouse_retry_instead_of_losing_a_write(warehouse_url):
    with Store.open(warehouse_url) as one, Store.open(warehouse_url) as other:
        done = []

        def write(store, number):
            put(store, {"shipment_id": f"C{number}"})
            done.append(number)

        threads = [
            threading.Thread(target=write, args=(store, number))
            for number, store in enumerate([one, other] * 3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == [0, 1, 2, 3, 4, 5]
        assert count(one, schema.legs) == 6


def test_a_conflict_is_retried_and_then_said(duckdb_store):
    tries = []

    def always(tx):
        tries.append(1)
        raise StoreConflict("someone else was faster")

    with pytest.raises(StoreConflict, match="faster"):
        duckdb_store.transact(always, attempts=3)
    assert len(tries) == 3


def test_a_newer_schema_is_refused_and_left_alone(warehouse_url):
    with Store.open(warehouse_url) as store:
        newer = (
            update(schema.store_meta).where(schema.store_meta.c.key == "schema_version").values(value="99")
        )
        store.transact(lambda tx: tx.execute(newer))
        version = store.version
    with pytest.raises(StoreTooNew, match=r"schema 99; this release knows 3.*Update the app"):
        Store.open(warehouse_url)
    with pytest.raises(StoreTooNew):
        Store.open(warehouse_url)
    assert version == 2


def test_an_older_schema_is_upgraded_step_by_step_with_its_data(warehouse_url, monkeypatch):
    with Store.open(warehouse_url) as store:
        put(store, {})
    now = schema.SCHEMA_VERSION
    monkeypatch.setattr(schema, "SCHEMA_VERSION", now + 2)
    steps = {
        now: lambda _, connection: connection.execute("ALTER TABLE suppliers ADD COLUMN website TEXT"),
        now + 1: lambda _, connection: connection.execute("ALTER TABLE suppliers ADD COLUMN phone TEXT"),
    }
    monkeypatch.setattr(upgrades, "UPGRADES", steps)
    with Store.open(warehouse_url) as store:
        meta = store.frame(select(schema.store_meta)).set_index("key")["value"]
        assert meta["schema_version"] == str(now + 2)
        assert count(store, schema.legs) == 1


def test_the_first_schema_is_upgraded_and_its_flags_become_open_anomalies(warehouse_url):
    line = 'T1,2025-03-10,Acme,Truck,1000,"Hyderabad, India","Lagos, Nigeria"'
    with Store.open(warehouse_url) as store:
        import_file(
            store, f"shipment_id,departed_at,supplier_id,mode,weight_kg,origin,destination\n{line}\n".encode()
        )
        legs = store.frame(select(schema.legs))
        before = store.frame(select(schema.anomalies).order_by(schema.anomalies.c.kind))
        _back_to_the_first_schema(store)
    with Store.open(warehouse_url) as store:
        after = store.frame(select(schema.anomalies).order_by(schema.anomalies.c.kind))
        assert after["kind"].tolist() == before["kind"].tolist() == ["road_over_ocean"]
        assert after["at_stake_kg"].tolist() == legs["wtw_kg"].tolist()
        assert set(after["status"]) == {"open"}
        assert store.frame(select(schema.import_batches))["scoring_id"].isna().all()
        assert store.frame(select(schema.store_meta)).set_index("key")["value"]["schema_version"] == str(
            schema.SCHEMA_VERSION
        )
        assert (
            import_file(
                store,
                b"shipment_id,departed_at,supplier_id,mode,weight_kg,distance_km\nT2,2025-03-10,A,Truck,1,1\n",
            ).rows_accepted
            == 1
        )


def _back_to_the_first_schema(store):
    """Take away what later schemas added, as an installation of the first release has it."""
    with store._engine.transaction() as connection:
        for column in ("target_pct", "target_base_year", "target_year"):
            connection.execute(f"ALTER TABLE suppliers DROP COLUMN {column}")
        for table in ("anomalies", "scorings", "corrections", "original_legs", "lane_usual"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE import_batches DROP COLUMN scoring_id")
        connection.execute("UPDATE store_meta SET value = '1' WHERE key = 'schema_version'")


def test_an_upgrade_that_fails_leaves_the_older_schema(warehouse_url, monkeypatch):
    with Store.open(warehouse_url) as store:
        put(store, {})
    now = schema.SCHEMA_VERSION
    monkeypatch.setattr(schema, "SCHEMA_VERSION", now + 1)

    def breaks(_, connection):
        connection.execute("ALTER TABLE suppliers ADD COLUMN website TEXT")
        raise RuntimeError("power cut")

    monkeypatch.setattr(upgrades, "UPGRADES", {now: breaks})
    with pytest.raises(RuntimeError, match="power cut"):
        Store.open(warehouse_url)
    monkeypatch.undo()
    with Store.open(warehouse_url) as store:
        assert count(store, schema.legs) == 1
        assert "website" not in store.frame(select(schema.suppliers)).columns


def test_a_database_with_other_tables_of_our_names_is_not_taken_over(postgres_url):
    import psycopg

    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE legs (animal TEXT)")
    with pytest.raises(NotAStore, match="empty database"):
        Store.open(postgres_url)


def test_a_duckdb_file_of_somebody_else_is_not_taken_over(tmp_path):
    import duckdb

    duckdb.connect(str(tmp_path / "other.duckdb")).execute("CREATE TABLE zoo (animal TEXT)").close()
    with pytest.raises(NotAStore, match="zoo"):
        Store.open(f"duckdb:///{tmp_path}/other.duckdb")


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "notes.duckdb").write_text("shopping list " * 1000)
    with pytest.raises(NotAStore, match="not a DuckDB file"):
        Store.open(f"duckdb:///{tmp_path}/notes.duckdb")


def test_a_server_that_does_not_answer_is_said_without_the_password():
    with pytest.raises(StoreUnreachable, match="Check DATABASE_URL") as caught:
        Store.open("postgresql://carbon:secret@127.0.0.1:1/carbon")
    assert "secret" not in str(caught.value)


def test_a_reader_survives_connections_that_the_server_cut(postgres_url):
    import psycopg

    with Store.open(postgres_url) as store:
        put(store, {})
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            )
        assert count(store, schema.legs) == 1
        put(store, {"shipment_id": "later"})
        assert count(store, schema.legs) == 2


def test_another_engine_is_refused_with_the_ones_that_work():
    with pytest.raises(UnsupportedUrl, match="duckdb:///path"):
        Store.open("mysql://localhost/carbon")


def test_duckdb_gives_queries_no_way_to_files(duckdb_store, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(StoreError):
        duckdb_store._engine.arrow(f"SELECT * FROM read_csv('{tmp_path}/secret.csv')")
    with pytest.raises(StoreError):
        duckdb_store._engine.arrow(f"COPY legs TO '{tmp_path}/out.csv'")


def test_times_keep_their_microseconds(store):
    moment = datetime(2025, 3, 10, 8, 30, 15, 123456)
    put(store, {"departed_at": moment})
    assert store.frame(select(schema.legs.c.departed_at))["departed_at"].iloc[0] == pd.Timestamp(moment)


def test_no_rows_can_be_appended(store):
    assert store.transact(lambda tx: tx.append(schema.legs, legs_of({}).head(0))) == 0
