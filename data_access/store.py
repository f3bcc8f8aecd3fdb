"""The warehouse as the rest of the app sees it: frames out, writes in one transaction, a version."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar

import pandas as pd
import pyarrow as pa
from sqlalchemy import BigInteger, Column, Delete, Insert, Select, Table, Update, cast, select, table, update
from sqlalchemy.sql import CompoundSelect, TableClause
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from data_access import schema, upgrades
from data_access.engine import Connection, Engine
from data_access.errors import StoreConflict, UnsupportedUrl
from data_access.questions import Question
from data_access.statements import arrow_schema, compile_statement

__all__ = ["DEFAULT_URL", "Store", "Transaction"]

DEFAULT_URL = "duckdb:///var/warehouse.duckdb"
Asked = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Question
T = TypeVar("T")


class Transaction:
    """One transaction of the warehouse, handed to the work of `Store.transact`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: Insert | Update | Delete) -> None:
        self._connection.execute(*compile_statement(statement))

    def frame(self, statement: Asked) -> pd.DataFrame:
        return self.arrow(statement).to_pandas()

    def arrow(self, statement: Asked) -> pa.Table:
        return self._connection.arrow(*_compiled(statement))

    def append(self, target: Table, rows: pd.DataFrame | pa.Table) -> int:
        """Add rows. Columns are matched by name and cast; missing ones are null, others are left out.

        Raises
        ------
        pyarrow.ArrowInvalid
            When a value does not fit the column's type: nothing is converted with loss.
        """
        arrow = _as_arrow(target, rows)
        if arrow.num_rows:
            self._connection.append(target.name, arrow)
        return arrow.num_rows

    @contextmanager
    def staged(self, rows: pa.Table) -> Iterator[TableClause]:
        """`rows` as a table to join with, gone when the block ends."""
        name = f"staged_{uuid.uuid4().hex[:12]}"
        self._connection.stage(name, rows)
        yield table(name, *(Column(column) for column in rows.column_names))
        self._connection.unstage(name)


class Store:
    """The warehouse on one engine. Safe to share between threads.

    Open it with `Store.open`; close it, or use it in a `with` block.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        try:
            upgrades.bring_up_to_date(engine)
        except BaseException:
            engine.close()
            raise

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """Open the warehouse at `url`, at DATABASE_URL, or at var/warehouse.duckdb; create it when it is new.

        Raises
        ------
        StoreLocked
            Another process holds the DuckDB file.
        StoreTooNew, NotAStore, StoreUnreachable, UnsupportedUrl
            With a message that says what to do.
        """
        return cls(_engine_for(url or os.environ.get("DATABASE_URL") or DEFAULT_URL))

    @property
    def kind(self) -> str:
        """`duckdb` or `postgres`."""
        return self._engine.kind

    @property
    def where(self) -> str:
        """Path or address, without credentials."""
        return self._engine.where

    @property
    def version(self) -> int:
        """Changes with every committed write; part of every cache key."""
        meta = schema.store_meta
        found = self.arrow(select(meta.c.value).where(meta.c.key == "data_version"))
        return int(found.column(0)[0].as_py())

    def frame(self, statement: Asked) -> pd.DataFrame:
        return self.arrow(statement).to_pandas()

    def arrow(self, statement: Asked) -> pa.Table:
        return self._engine.arrow(*_compiled(statement))

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """Several queries that see one and the same state; the version stays as it is."""
        with self._engine.transaction() as connection:
            if self._engine.kind == "postgres":
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield Transaction(connection)

    def transact(self, work: Callable[[Transaction], T], *, attempts: int = 5) -> T:
        """Run `work` in one transaction and return its result; all of it is written, or nothing.

        The version row is taken first, so writers queue up instead of meeting on the same rows. On a
        conflict the whole `work` runs again: it must not change anything outside the transaction.

        Raises
        ------
        StoreConflict
            When `attempts` tries all met another writer.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(StoreConflict),
            stop=stop_after_attempt(attempts),
            wait=wait_random_exponential(multiplier=0.05, max=2),
            reraise=True,
        )
        for attempt in retrying:
            with attempt, self._engine.transaction() as connection:
                transaction = Transaction(connection)
                transaction.execute(_next_version())
                return work(transaction)
        raise AssertionError("tenacity re-raises the last conflict")

    def close(self) -> None:
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _compiled(asked: Asked) -> tuple[str, list[Any]]:
    if isinstance(asked, Question):
        return compile_statement(asked.statement, asked.values)
    return compile_statement(asked)


def _next_version() -> Update:
    meta = schema.store_meta
    following = cast(cast(meta.c.value, BigInteger) + 1, meta.c.value.type)
    return update(meta).where(meta.c.key == "data_version").values(value=following)


def _as_arrow(target: Table, rows: pd.DataFrame | pa.Table) -> pa.Table:
    """All columns of the target in their order; those that `rows` lacks are null."""
    wanted = arrow_schema(target)
    if isinstance(rows, pd.DataFrame):
        kept = pa.schema([column for column in wanted if column.name in rows.columns])
        rows = pa.Table.from_pandas(rows[kept.names], schema=kept, preserve_index=False)
    columns = [
        rows.column(column.name).cast(column.type)
        if column.name in rows.column_names
        else pa.nulls(rows.num_rows, column.type)
        for column in wanted
    ]
    return pa.table(columns, schema=wanted)


def _engine_for(url: str) -> Engine:
    scheme, _, rest = url.partition("://")
    if scheme == "duckdb":
        from data_access.duckdb_engine import DuckDBEngine

        # duckdb:///relative/path, duckdb:////absolute/path, duckdb:///:memory:
        return DuckDBEngine(rest.removeprefix("/") or ":memory:")
    if scheme in ("postgresql", "postgres"):
        from data_access.postgres_engine import PostgresEngine

        return PostgresEngine(url)
    raise UnsupportedUrl(
        f"DATABASE_URL starts with {scheme!r}; use duckdb:///path/to/file.duckdb or postgresql://user:password@host/db."
    )
