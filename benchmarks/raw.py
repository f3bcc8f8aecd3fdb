"""The engines' own connections, for SQL by hand: a DuckDB cursor or ADBC, to Arrow, to pandas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Run", "raw_connection"]

Run = Callable[[str, list[Any]], "pd.DataFrame"]


@contextmanager
def raw_connection(url: str) -> Iterator[Run]:
    """A function of SQL and parameters, on the same engine that a Store of this process has open."""
    if url.startswith("duckdb"):
        import duckdb

        from data_access.duckdb_engine import MEMORY_LIMIT

        # The same file and settings in one process are one engine, with its caches and threads.
        with closing(
            duckdb.connect(url.removeprefix("duckdb:///"), config={"memory_limit": MEMORY_LIMIT})
        ) as connection:
            yield lambda sql, parameters: _on_duckdb(connection, sql, parameters)
    else:
        import adbc_driver_postgresql.dbapi as adbc

        with adbc.connect(url) as connection:
            yield lambda sql, parameters: _on_postgres(connection, sql, parameters)


def _on_duckdb(connection: Any, sql: str, parameters: list[Any]) -> pd.DataFrame:
    with closing(connection.cursor()) as cursor:
        return cursor.sql(sql, params=parameters or None).to_arrow_table().to_pandas()


def _on_postgres(connection: Any, sql: str, parameters: list[Any]) -> pd.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters=parameters or None)
        return cursor.fetch_arrow_table().to_pandas()
