"""SQLAlchemy Core statements to text that DuckDB and Postgres both run, and tables to Arrow schemas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

import pyarrow as pa
from sqlalchemy import CHAR, BigInteger, Boolean, DateTime, Double, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

__all__ = ["arrow_schema", "compile_ddl", "compile_statement", "create_index", "create_table"]

# The plain Postgres dialect with numbered parameters: DuckDB reads the same text.
_DIALECT = PGDialect(paramstyle="numeric_dollar")
_ARROW = (
    (BigInteger, pa.int64()),
    (SmallInteger, pa.int16()),
    (Boolean, pa.bool_()),
    (Double, pa.float64()),
    (DateTime, pa.timestamp("us")),
    (CHAR, pa.string()),
    (Text, pa.string()),
)


def compile_statement(
    statement: ClauseElement, values: Mapping[str, Any] | None = None
) -> tuple[str, list[Any]]:
    """The SQL text with $1, $2 … and the parameters in that order.

    With `values`, the statement is one that will be asked again: it is compiled once and kept.
    """
    compiled = _compile(statement) if values is None else _compile_once(statement)
    state = compiled.construct_expanded_state(values)
    return state.statement, [state.parameters[name] for name in state.positiontup or ()]


def _compile(statement: ClauseElement) -> SQLCompiler:
    return cast("SQLCompiler", statement.compile(dialect=_DIALECT))


_compile_once = lru_cache(maxsize=1_000)(_compile)


def compile_ddl(element: DDLElement) -> str:
    return str(element.compile(dialect=_DIALECT)).strip()


def create_table(table: Table) -> str:
    return compile_ddl(CreateTable(table, if_not_exists=True))


def create_index(table: Table) -> list[str]:
    ordered = sorted(table.indexes, key=lambda index: str(index.name))
    return [compile_ddl(CreateIndex(index, if_not_exists=True)) for index in ordered]


@lru_cache(maxsize=64)
def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema that `Transaction.append` casts to, so that both engines get the same types."""
    return pa.schema(
        [pa.field(column.name, _arrow_type(column.type), column.nullable) for column in table.columns]
    )


def _arrow_type(kind: Any) -> pa.DataType:
    for sql_type, arrow_type in _ARROW:
        if isinstance(kind, sql_type):
            return arrow_type
    raise TypeError(f"The warehouse has no Arrow type for {kind!r}; add it to data_access.statements.")
