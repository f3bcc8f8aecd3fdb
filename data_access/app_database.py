"""The app database (users, sessions, audit log, saved views) on SQLite or Postgres, migrated at opening."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from data_access.app_schema import VERSION_TABLE
from data_access.errors import NotAStore, StoreError, StoreTooNew, StoreUnreachable, UnsupportedUrl

__all__ = ["DEFAULT_APP_URL", "AppDatabase"]

DEFAULT_APP_URL = "sqlite:///var/app.sqlite"
BUSY_TIMEOUT_MS = 5_000
_MIGRATIONS = Path(__file__).parent / "app_migrations"
_ONLY_READS = "only_reads"
_MIGRATION_LOCK = 20_261_122  # one advisory lock a database: processes that start together migrate in turn


class AppDatabase:
    """The app database. Safe to share between threads: every block takes a connection of its own.

    Open it with `AppDatabase.open`; close it, or use it in a `with` block.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """Open, create or upgrade the app database.

        Parameters
        ----------
        url : str, optional
            `sqlite:///relative.sqlite`, `sqlite:////absolute.sqlite` or `postgresql://…`. Default:
            APP_DATABASE_URL, else DATABASE_URL where that is Postgres, else var/app.sqlite.

        Raises
        ------
        StoreTooNew
            Written by a later release; nothing was changed.
        NotAStore, StoreUnreachable, UnsupportedUrl
            With a message that says what to do.
        """
        address = _parse(url or _configured_url())
        engine = _postgres(address) if address.drivername.startswith("postgresql") else _sqlite(address)
        database = cls(engine)
        try:
            with _explained(database.where), database.write() as connection:
                _migrate(connection, database.where)
        except BaseException:
            database.close()
            raise
        return database

    @property
    def kind(self) -> str:
        """`sqlite` or `postgres`."""
        return "postgres" if self._engine.dialect.name == "postgresql" else "sqlite"

    @property
    def where(self) -> str:
        """Path or address, without credentials."""
        url = self._engine.url
        return (
            url.database or "memory" if self.kind == "sqlite" else f"{url.host or 'localhost'}/{url.database}"
        )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries only."""
        with self._engine.connect().execution_options(**{_ONLY_READS: True}) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._engine.begin() as connection:
            yield connection

    @property
    def revision(self) -> str | None:
        """The migration that the tables stand at."""
        with self.read() as connection:
            return _revision(connection)

    def check(self) -> None:
        """Return if the database answers, else raise `StoreUnreachable`."""
        with _explained(self.where), self.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _configured_url() -> str:
    own = os.environ.get("APP_DATABASE_URL")
    if own:
        return own
    warehouse = os.environ.get("DATABASE_URL", "")
    return warehouse if warehouse.startswith(("postgresql://", "postgres://")) else DEFAULT_APP_URL


def _parse(url: str) -> URL:
    advice = "use sqlite:///path/to/app.sqlite or postgresql://user:password@host/db."
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnsupportedUrl(f"APP_DATABASE_URL is no database address; {advice}") from error
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in ("sqlite", "postgresql+psycopg"):
        return parsed
    raise UnsupportedUrl(f"APP_DATABASE_URL starts with {parsed.drivername!r}; {advice}")


def _postgres(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnreachable(
                f"The folder of the app database {url.database} cannot be made: {error}. "
                "Check APP_DATABASE_URL."
            ) from error
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin by itself, and only before the first write: too late to queue writers up.
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


@retry(
    retry=retry_if_exception_type(sqlite3.OperationalError),
    stop=stop_after_delay(BUSY_TIMEOUT_MS / 1000),
    wait=wait_random_exponential(multiplier=0.02, max=0.5),
    reraise=True,
)
def _write_ahead(connection: Any) -> None:
    # The file remembers it. The switch itself needs the file alone, and does not wait for busy_timeout.
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    # Without a BEGIN each query of a reader sees the latest commit, and holds no lock afterwards.
    if not connection.get_execution_options().get(_ONLY_READS):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _explained(where: str) -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnreachable(
            f"The app database at {where} cannot be used: {_reason(error)}. "
            "Check APP_DATABASE_URL, and that the server runs or the file may be written."
        ) from error
    except DatabaseError as error:
        if "not a database" in str(error):
            raise NotAStore(
                f"{where} is a file, but no SQLite database. Point APP_DATABASE_URL at another path."
            ) from error
        raise StoreError(f"The app database at {where} could not be opened: {_reason(error)}.") from error


def _reason(error: DatabaseError | InterfaceError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608


def _migrate(connection: Connection, where: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = ScriptDirectory.from_config(config)
    found = _revision(connection)
    if found == known.get_current_head():
        return
    if found is not None and found not in {script.revision for script in known.walk_revisions()}:
        raise StoreTooNew(
            f"The app database at {where} is at revision {found}, which this release does not know. "
            "Update the app, or point APP_DATABASE_URL at another database. Nothing was changed."
        )
    command.upgrade(config, "head")
