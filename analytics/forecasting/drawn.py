"""Futures of a selection day by day, and what they sum to over days, weeks, months and the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.forecasting import paths
from analytics.forecasting.events import Event, drawn_events
from analytics.forecasting.history import History
from analytics.forecasting.results import BANDS, Grain

__all__ = ["DRAWS", "LONGEST_DAYS", "Futures", "banded", "futures_of", "periods_of", "summed", "with_events"]

DRAWS = 1_000
LONGEST_DAYS = 365 + 31  # the last month of the longest horizon runs to its end


@dataclass(frozen=True, eq=False)
class Futures:
    """`days` from the first unknown one on, `mean` (days,) and `draws` (draws, days), all in kg, >= 0."""

    days: pd.DatetimeIndex
    mean: np.ndarray
    draws: np.ndarray


def futures_of(history: History, horizon: int = LONGEST_DAYS, *, draws: int = DRAWS) -> Futures:
    """Draw what may come; the first days do not depend on how far it looks."""
    days = pd.date_range(history.end, periods=horizon, freq="D")
    with _one_thread():
        drawn = paths(history.kg, horizon, draws=draws)
    return Futures(days, np.asarray(drawn.mean), np.asarray(drawn.draws))


def with_events(futures: Futures, events: Sequence[Event]) -> Futures:
    """The futures with what the events add; a saving never takes a day below zero."""
    if not events:
        return futures
    added = drawn_events(events, futures.days, len(futures.draws))
    return Futures(
        futures.days,
        np.maximum(futures.mean + added.mean_kg, 0.0),
        np.maximum(futures.draws + added.draws, 0.0),
    )


def periods_of(days: pd.DatetimeIndex, grain: Grain) -> pd.DatetimeIndex:
    """The first day of each day's week (Monday) or month."""
    if grain == "day":
        return days
    if grain == "week":
        return days - pd.to_timedelta(days.day_of_week, unit="D")
    return days - pd.to_timedelta(days.day - 1, unit="D")


def summed(values: np.ndarray, periods: pd.DatetimeIndex) -> np.ndarray:
    """Sum the last axis by period, in order."""
    starts = np.flatnonzero(np.r_[True, periods[1:] != periods[:-1]])
    return np.asarray(np.add.reduceat(values, starts, axis=-1))


def banded(
    periods: pd.DatetimeIndex, mean: np.ndarray, draws: np.ndarray, bands: Sequence[str] = tuple(BANDS)
) -> pd.DataFrame:
    """One row a period: mean and bands, each band holding the mean."""
    found = np.quantile(draws, [BANDS[band] for band in bands], axis=0)
    frame = pd.DataFrame({"period": periods, "mean": mean})
    for band, values in zip(bands, found, strict=True):
        frame[band] = np.minimum(values, mean) if band.startswith("lower") else np.maximum(values, mean)
    return frame


def _one_thread() -> AbstractContextManager[object]:
    """Thousands of small products of matrices: handing each to several threads takes four times as long."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits
