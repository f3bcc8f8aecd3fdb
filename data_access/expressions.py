"""SQL expressions that mean the same on DuckDB and Postgres. Each has a parity test on both engines."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import BigInteger, Column, Date, Double, cast, func, literal_column
from sqlalchemy.sql import ColumnElement

__all__ = ["GRAINS", "Grain", "count_if", "count_rows", "period", "ratio", "total"]

Grain = Literal["day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")


def total(column: ColumnElement[Any]) -> ColumnElement[float]:
    """Sum as double precision; null where there is nothing to sum."""
    return func.sum(column, type_=Double)


def count_rows() -> ColumnElement[int]:
    return func.count(literal_column("*"), type_=BigInteger)


def count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(literal_column("*"), type_=BigInteger).filter(condition)


def ratio(above: ColumnElement[float], below: ColumnElement[float]) -> ColumnElement[float]:
    """Divide, in double precision; null where below is 0 (an untyped NULLIF turns DECIMAL on DuckDB)."""
    return above / func.nullif(below, cast(0.0, Double), type_=Double)


def period(grain: Grain, moment: Column[Any]) -> ColumnElement[Any]:
    """First day of the moment's period (weeks start on Monday), as a date.

    The grain is a literal in the text: a bound one fails in GROUP BY.
    """
    if grain not in GRAINS:
        raise ValueError(f"Unknown grain {grain!r}: use one of {', '.join(GRAINS)}.")
    return cast(func.date_trunc(literal_column(f"'{grain}'"), moment), Date)
