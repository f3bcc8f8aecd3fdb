"""Supplier data on both engines: all or nothing, checked against what stands there, kept by an upgrade."""

from __future__ import annotations

import pandas as pd
import pytest
from sqlalchemy import select, update

from access import users
from analytics.gaps import GapAnalytics
from data_access import Filters, Scope, Store, schema
from data_access.app_database import AppDatabase
from ingestion.supplier_data import SupplierDataRefused, apply, read_changes
from tests.legs import put

ROWS = [{"supplier_id": "SUP-1", "name": "Alpha"}, {"supplier_id": "SUP-2", "name": "Beta", "country": "DE"}]
HEADER = b"supplier_id,country,tier,target_pct,target_base_year,target_year\n"
FILE = HEADER + b"SUP-1,FR,2,30,2019,2030\nSUP-2,-,,12.5,,\n"


@pytest.fixture
def db(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as opened:
        yield opened


@pytest.fixture
def ann(db):
    return users.create(db, "ann@example.com", "Ann", "manager", "quiet harbour crane 47", rounds=4)


def fill(store: Store) -> None:
    store.transact(lambda tx: tx.append(schema.suppliers, pd.DataFrame(ROWS)))


def stored(store: Store) -> dict[str, tuple]:
    rows = store.arrow(select(schema.suppliers).order_by(schema.suppliers.c.supplier_id)).to_pylist()
    return {row.pop("supplier_id"): tuple(row.values()) for row in rows}


def test_a_file_is_applied_and_read_again_changes_nothing(store, db, ann):
    fill(store)
    apply(store, read_changes(store, FILE).changes, user=ann, audit_db=db)
    assert stored(store) == {
        "SUP-1": ("Alpha", "FR", None, 2, 30.0, 2019, 2030),
        "SUP-2": ("Beta", None, None, None, 12.5, None, None),
    }
    again = read_changes(store, FILE)
    assert (again.changes, again.unchanged) == ((), 2)
    version = store.version
    assert apply(store, again.changes, user=ann, audit_db=db) == ()
    assert store.version == version


def test_a_value_that_somebody_changed_meanwhile_stops_the_whole_file(store, db, ann):
    fill(store)
    changes = read_changes(store, FILE).changes
    theirs = update(schema.suppliers).where(schema.suppliers.c.supplier_id == "SUP-2").values(country="IT")
    store.transact(lambda tx: tx.execute(theirs))
    before, version = stored(store), store.version
    with pytest.raises(SupplierDataRefused, match="Somebody changed country of SUP-2 meanwhile, to 'IT'"):
        apply(store, changes, user=ann, audit_db=db)
    assert (stored(store), store.version) == (before, version)


def test_a_supplier_that_is_gone_stops_the_whole_file(store, db, ann):
    fill(store)
    changes = read_changes(store, FILE).changes
    gone = schema.suppliers.delete().where(schema.suppliers.c.supplier_id == "SUP-2")
    store.transact(lambda tx: tx.execute(gone))
    with pytest.raises(SupplierDataRefused, match="'SUP-2' is not there any more"):
        apply(store, changes, user=ann, audit_db=db)
    assert stored(store)["SUP-1"] == ("Alpha", None, None, None, None, None, None)


def test_a_warehouse_of_the_second_schema_gets_the_targets_and_keeps_its_suppliers(warehouse_url, db, ann):
    with Store.open(warehouse_url) as store:
        fill(store)
        with store._engine.transaction() as connection:
            for column in ("target_pct", "target_base_year", "target_year"):
                connection.execute(f"ALTER TABLE suppliers DROP COLUMN {column}")
            connection.execute("UPDATE store_meta SET value = '2' WHERE key = 'schema_version'")
    with Store.open(warehouse_url) as store:
        assert stored(store)["SUP-2"] == ("Beta", "DE", None, None, None, None, None)
        apply(store, read_changes(store, FILE).changes, user=ann, audit_db=db)
        assert stored(store)["SUP-1"] == ("Alpha", "FR", None, 2, 30.0, 2019, 2030)


def test_gaps_are_the_same_on_every_engine(store):
    legs = put(
        store,
        {"vehicle_class": None, "distance_source": "places", "arrived_at": pd.Timestamp("2025-03-12")},
        {"cost": 5.0, "currency": "EUR"},
        {"wtw_kg": 40.0, "arrived_at": pd.Timestamp("2025-03-12")},
        {"mode": "hub", "hub_kg_per_t": 2.0, "distance_km": 0.0, "vehicle_class": None},
    )
    found = GapAnalytics(store).gaps(Filters(), Scope.suppliers({"Acme"}), supplier_id="Acme")
    # A hub has no arrival of its own and no distance; its own intensity counts as modelled.
    assert {gap.kind: gap.legs for gap in found.found} == {
        "no_emission": 3, "no_class": 1, "distance_places": 1, "no_arrival": 1, "no_cost": 3,
    }  # fmt: skip
    assert found.wtw_kg == pytest.approx(legs["wtw_kg"].sum())
    assert sorted(found.rows["shipment_id"]) == ["S1", "S2", "S4"]
