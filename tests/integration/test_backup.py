"""A backup brings back both databases as they were, also on the other engine, or changes nothing."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest
from sqlalchemy import select

from data_access import Store, schema
from data_access.app_database import AppDatabase
from data_access.app_schema import metadata as app_metadata
from data_access.backup import UnusableBackup, restore, save
from tests.legs import put


@pytest.fixture
def app(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as opened:
        yield opened


def legs_in(store: Store) -> pd.DataFrame:
    return store.frame(select(schema.legs).order_by(schema.legs.c.shipment_id))


def users_in(app: AppDatabase) -> list[dict]:
    with app.read() as connection:
        return [dict(row) for row in connection.execute(select(app_metadata.tables["app_users"])).mappings()]


def test_a_backup_brings_back_what_was_there(store, app, tmp_path):
    from access.users import create_first_administrator

    create_first_administrator(app, "admin@localhost")
    sent = put(store, {"departed_at": "2024-12-31 23:59"}, {"mode": "air"}, {"cost": 5.0, "currency": "EUR"})
    users, before = users_in(app), legs_in(store)
    backup = save(store, app, tmp_path / "backups")
    assert backup.rows["legs"] == len(sent)
    assert backup.rows["app_users"] == 1
    put(store, {"shipment_id": "later"})
    version = store.version
    restore(store, app, backup.path)
    pd.testing.assert_frame_equal(legs_in(store), before)
    assert users_in(app) == users
    assert store.version > version


def test_a_backup_moves_from_duckdb_to_postgres(duckdb_store, postgres_url, app, tmp_path):
    put(duckdb_store, {}, {"mode": "sea", "vehicle_class": None})
    backup = save(duckdb_store, app, tmp_path)
    with Store.open(postgres_url) as other:
        restore(other, app, backup.path)
        pd.testing.assert_frame_equal(legs_in(other), legs_in(duckdb_store))


def test_a_file_that_is_no_backup_changes_nothing(duckdb_store, app, tmp_path):
    put(duckdb_store, {})
    version = duckdb_store.version
    (tmp_path / "text.zip").write_text("hello")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    for name, sentence in (
        ("text.zip", "not a whole backup"),
        ("other.zip", "not a whole backup"),
        ("no.zip", "no file"),
    ):
        with pytest.raises(UnusableBackup, match=sentence):
            restore(duckdb_store, app, tmp_path / name)
    assert duckdb_store.version == version


def test_a_backup_of_another_release_is_refused(duckdb_store, app, tmp_path, monkeypatch):
    backup = save(duckdb_store, app, tmp_path)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 99)
    with pytest.raises(UnusableBackup, match="another release"):
        restore(duckdb_store, app, backup.path)
