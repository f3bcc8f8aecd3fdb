"""The warehouse on Postgres through ADBC: Arrow both ways, COPY for loading, a small pool of connections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as postgres
import pyarrow as pa
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from data_access.errors import StoreConflict, StoreError, StoreUnreachable

__all__ = ["PostgresEngine"]

# serialization_failure, deadlock_detected, unique_violation (two imports of one file), lock_not_available
_CONFLICTS = {"40001", "40P01", "23505", "55P03"}
_CONNECTION_LOST = ("08", "57P")
_ANALYZE_FROM_ROWS = 10_000


class PostgresEngine:
    """A Postgres server. Readers take pooled connections; a broken one is replaced and the read repeated."""

    kind = "postgres"

    def __init__(self, url: str) -> None:
        self._url = url
        self.where = re.sub(r"//[^@/]*@", "//", url)
        self._pool = QueuePool(self._connect, pool_size=4, max_overflow=8, timeout=30)

    def _connect(self) -> Any:
        try:
            return postgres.connect(self._url)
        except adbc_driver_manager.Error as error:
            reason = str(error).splitlines()[0]
            raise StoreUnreachable(
                f"The warehouse at {self.where} does not answer: {reason}. "
                "Check DATABASE_URL and that Postgres runs."
            ) from error

    def arrow(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        try:
            return self._read(sql, parameters)
        except adbc_driver_manager.Error as error:
            if not _is_lost(error):
                raise self._query_error(error) from error
        try:
            return self._read(sql, parameters)
        except adbc_driver_manager.Error as error:
            raise self._query_error(error) from error

    def _read(self, sql: str, parameters: list[Any] | None) -> pa.Table:
        pooled = self._pool.connect()
        try:
            return _PostgresConnection(pooled).arrow(sql, parameters)
        except adbc_driver_manager.Error as error:
            if _is_lost(error):
                pooled.invalidate()
            raise
        finally:
            pooled.close()

    @contextmanager
    def transaction(self) -> Iterator[_PostgresConnection]:
        pooled = self._pool.connect()
        connection = _PostgresConnection(pooled)
        try:
            yield connection
            pooled.commit()
            if connection.appended >= _ANALYZE_FROM_ROWS:
                connection.execute("ANALYZE")
                pooled.commit()
        except BaseException as error:
            if isinstance(error, adbc_driver_manager.Error) and _is_lost(error):
                pooled.invalidate()
            else:
                pooled.rollback()
            if isinstance(error, adbc_driver_manager.Error):
                raise self._query_error(error) from error
            raise
        finally:
            pooled.close()

    def close(self) -> None:
        self._pool.dispose()

    def _query_error(self, error: adbc_driver_manager.Error) -> StoreError:
        if getattr(error, "sqlstate", None) in _CONFLICTS:
            return StoreConflict(f"Another writer changed the same rows: {str(error).splitlines()[0]}")
        if _is_lost(error):
            return StoreUnreachable(f"The connection to the warehouse at {self.where} was lost; try again.")
        return StoreError(f"The warehouse could not answer: {error}")


class _PostgresConnection:
    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self._pooled = pooled
        self.appended = 0

    def execute(self, sql: str, parameters: list[Any] | None = None) -> None:
        cursor: Any = self._pooled.cursor()
        with cursor:
            cursor.execute(sql, parameters=parameters or None)

    def arrow(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        cursor: Any = self._pooled.cursor()
        with cursor:
            cursor.execute(sql, parameters=parameters or None)
            return cursor.fetch_arrow_table()

    def append(self, table: str, rows: pa.Table) -> None:
        cursor: Any = self._pooled.cursor()
        with cursor:
            cursor.adbc_ingest(table, rows, mode="append")
        self.appended += rows.num_rows

    def stage(self, name: str, rows: pa.Table) -> None:
        cursor: Any = self._pooled.cursor()
        with cursor:
            cursor.adbc_ingest(name, rows, mode="create", temporary=True)
        self.execute(f"ANALYZE {name}")

    def unstage(self, name: str) -> None:
        self.execute(f"DROP TABLE {name}")


def _is_lost(error: adbc_driver_manager.Error) -> bool:
    state = getattr(error, "sqlstate", None) or ""
    text = str(error)
    return (
        state.startswith(_CONNECTION_LOST)
        or "server closed the connection" in text
        or "no connection" in text
    )
