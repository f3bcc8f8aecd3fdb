"""The daily series that trends are read from: all whole days up to the period's end, gaps as zeros."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from data_access import Filters, Scope, Store, overview_queries, series_queries

__all__ = ["WEEK", "blocks", "days_by_part", "known_until", "selection"]

WEEK = 7


def selection(filters: Filters) -> Filters:
    """All history up to the period's end: where a period begins does not change how its days came about."""
    return replace(filters, start=None, anomalies_only=False)


def known_until(store: Store, filters: Filters, scope: Scope) -> date | None:
    """The first day that is not known: the last day of the data is not over; None without data."""
    last = store.frame(overview_queries.span(scope))["last"].iloc[0]
    if pd.isna(last):
        return None
    day: date = last.date()
    return min(day, filters.end.date()) if filters.end else day


def days_by_part(
    store: Store, filters: Filters, scope: Scope, by: series_queries.Part, value: str = "wtw_kg"
) -> pd.DataFrame:
    """A row a day, a column a part, kg; from the first day of the selection to the last whole one.

    Empty without any whole day. A part without a name (a place not known) is the column "".
    """
    until = known_until(store, filters, scope)
    found = store.frame(series_queries.daily(selection(filters), scope, by))
    if until is None or found.empty:
        return pd.DataFrame()
    found["day"] = pd.to_datetime(found["day"])
    found["part"] = found["part"].astype("object").fillna("")
    found = found[found["day"] < pd.Timestamp(until)]
    if found.empty:
        return pd.DataFrame()
    days = pd.date_range(found["day"].min(), pd.Timestamp(until) - timedelta(days=1), freq="D", name="day")
    wide = found.pivot_table(index="day", columns="part", values=value, aggfunc="sum", fill_value=0.0)
    return wide.reindex(days, fill_value=0.0)


def blocks(days: pd.DataFrame) -> pd.DataFrame:
    """Means per day of blocks of seven days, counted back from the end; labelled by their first day.

    Each block holds every weekday once, and the last one is whole; up to six days at the start are left out.
    """
    many = len(days) // WEEK
    kept = days.iloc[len(days) - many * WEEK :]
    values = kept.to_numpy(dtype=float).reshape(many, WEEK, kept.shape[1]).mean(axis=1)
    return pd.DataFrame(values, index=kept.index[::WEEK], columns=kept.columns)
