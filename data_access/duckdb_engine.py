"""The warehouse on DuckDB: one connection a process, a cursor a call, no way out to files or network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data_access.errors import NotAStore, StoreConflict, StoreError, StoreLocked, StoreUnreachable

__all__ = ["DuckDBEngine"]

MEMORY_LIMIT = "1GB"
# Limits come first: the last one freezes them.
_LOCKED_DOWN = (
    "SET enable_external_access = false",
    "SET python_enable_replacements = false",
    "SET lock_configuration = true",
)


class DuckDBEngine:
    """One DuckDB file, or memory. A cursor is a connection of its own: sharing one gives wrong rows."""

    kind = "duckdb"

    def __init__(self, path: str | Path, *, memory_limit: str = MEMORY_LIMIT) -> None:
        self.path = str(path)
        self.where = "memory" if self.path == ":memory:" else self.path
        self._memory_limit = memory_limit
        self._writing = threading.RLock()
        self._connection = self._connect()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            if self.path != ":memory:":
                Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            connection = duckdb.connect(self.path, config={"memory_limit": self._memory_limit})
        except duckdb.Error as error:
            raise _open_error(self.path, error) from error
        except OSError as error:
            raise StoreUnreachable(
                f"The warehouse folder cannot be made for {self.path}: {error}."
            ) from error
        for setting in _LOCKED_DOWN:
            # A second connection in this process finds them frozen already.
            if connection.execute("SELECT current_setting('lock_configuration')").fetchone() == (False,):
                connection.execute(setting)
        return connection

    def arrow(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        cursor = self._connection.cursor()
        try:
            return cursor.sql(sql, params=parameters or None).to_arrow_table()
        except duckdb.Error as error:
            raise self._query_error(error) from error
        finally:
            cursor.close()

    @contextmanager
    def transaction(self) -> Iterator[_DuckDBConnection]:
        with self._writing:
            cursor = self._connection.cursor()
            try:
                cursor.begin()
                yield _DuckDBConnection(cursor)
                cursor.commit()
            except BaseException as error:
                _roll_back(cursor)
                if isinstance(error, duckdb.Error):
                    raise self._query_error(error) from error
                raise
            finally:
                cursor.close()

    def close(self) -> None:
        self._connection.close()

    def _query_error(self, error: duckdb.Error) -> StoreError:
        if isinstance(error, duckdb.FatalException):
            # It leaves the handle unusable, also after room was made: only a new one works.
            self._connection.close()
            self._connection = self._connect()
        if isinstance(error, (duckdb.FatalException, duckdb.IOException)):
            return StoreError(
                f"The warehouse {self.where} could not be written; nothing was saved. "
                f"Make room on the disk and try again ({str(error).splitlines()[0]})."
            )
        if isinstance(error, duckdb.TransactionException) and "onflict" in str(error):
            return StoreConflict(f"Another writer changed the same rows of {self.where}: {error}")
        return StoreError(f"The warehouse could not answer: {error}")


class _DuckDBConnection:
    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def execute(self, sql: str, parameters: list[Any] | None = None) -> None:
        self._cursor.execute(sql, parameters or None)

    def arrow(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        return self._cursor.sql(sql, params=parameters or None).to_arrow_table()

    def append(self, table: str, rows: pa.Table) -> None:
        # Not by a registered name: the transaction would hold on to every frame until it ends.
        self._cursor.from_arrow(rows).insert_into(table)

    def stage(self, name: str, rows: pa.Table) -> None:
        self._cursor.register(name, rows)

    def unstage(self, name: str) -> None:
        self._cursor.unregister(name)


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.rollback()
    except duckdb.TransactionException:
        # A failed commit has already ended the transaction: there is nothing left to roll back.
        return


def _open_error(path: str, error: duckdb.Error) -> StoreError:
    text = str(error)
    if "Could not set lock on file" in text or "Conflicting lock" in text:
        return StoreLocked(
            f"Another process has the warehouse {path} open (DuckDB allows one). Stop the running app first, "
            "use its own pages, or set DATABASE_URL to a Postgres server for several processes."
        )
    if "not a valid DuckDB database file" in text or isinstance(error, duckdb.SerializationException):
        return NotAStore(f"{path} is not a DuckDB file of this app. Point DATABASE_URL at another path.")
    return StoreUnreachable(f"The warehouse {path} cannot be opened: {text.splitlines()[0]}")
