"""The daily series that a forecast is made from: which days are known, which are zero, which are a gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.forecasting import TooShort

__all__ = ["FEWEST_DAYS", "History", "first_unknown_day", "history_of"]

FEWEST_DAYS = 14
_MOST_DAYS = 2_000
_GAP_DAYS = 14  # a longer run without a leg, in a series with legs on most other days, is missing data
_STOPPED_DAYS = 90  # a run up to the end that is longer means that the selection ships no more
_DENSE = 0.5
_YEAR_DAYS = 365
_LONG_RUNS_A_YEAR = 3  # more of them are how the selection ships


@dataclass(frozen=True, eq=False)
class History:
    """Known days of a selection.

    Attributes
    ----------
    kg, tonne_km : Series
        By day, up to the day before `end`; 0 on days without a leg, NaN in gaps.
    end : Timestamp
        The first day that is not known.
    """

    kg: pd.Series
    tonne_km: pd.Series
    end: pd.Timestamp
    notes: tuple[str, ...]

    @property
    def days(self) -> int:
        """Known days, gaps left out."""
        return int(self.kg.notna().sum())


def first_unknown_day(last_departure: pd.Timestamp, period_end: date | None, today: date) -> pd.Timestamp:
    """The day after the last departure, but not after today, which is not over, nor the period's end."""
    ends = [pd.Timestamp(last_departure).normalize() + pd.Timedelta(days=1), pd.Timestamp(today)]
    if period_end is not None:
        ends.append(pd.Timestamp(period_end).normalize())
    return min(ends)


def history_of(daily: pd.DataFrame, end: pd.Timestamp, notes: tuple[str, ...] = ()) -> History:
    """The series of a selection.

    Parameters
    ----------
    daily : DataFrame
        day, wtw_kg, tonne_km, as `series_queries.daily` gives them for the total: days without legs absent.
    end : Timestamp
        First day that is not known.

    Raises
    ------
    TooShort
        For fewer than 14 days, or fewer than 14 days with legs.
    """
    known = daily.assign(day=pd.to_datetime(daily["day"]))
    known = known[known["day"] < end].set_index("day")
    if not len(known):
        raise TooShort(
            "The selection has no legs before the end of the period. Choose a later end or fewer filters; "
            "the Overview shows what there is."
        )
    first = max(known.index[0], end - pd.Timedelta(days=_MOST_DAYS))
    days = pd.date_range(first, end - pd.Timedelta(days=1), freq="D")
    _see_that_it_is_long_enough(len(days), int((known.index >= first).sum()))
    frame = known.reindex(days)[["wtw_kg", "tonne_km"]].astype(float)
    present = frame["wtw_kg"].notna().to_numpy()
    gap = gaps(present)
    frame = frame.fillna(0.0)
    frame[gap] = np.nan
    return History(
        frame["wtw_kg"].rename("wtw_kg"),
        frame["tonne_km"],
        pd.Timestamp(end),
        (*notes, *_notes(days, gap, present)),
    )


def gaps(present: np.ndarray) -> np.ndarray:
    """Which days are missing data, from which days have legs.

    A run of 14 days or more without a leg is a gap where such runs are rare (three a year) and at least half
    of the days outside them have legs; else the days are quiet. A run of more than 90 days up to the end is
    no gap: the shipping stopped.
    """
    absent = ~np.asarray(present, dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], absent.astype(int), [0]])))
    long = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= _GAP_DAYS]
    outside = len(absent) - sum(b - a for a, b in long)
    gap = np.zeros(len(absent), dtype=bool)
    rare = len(long) <= max(1.0, _LONG_RUNS_A_YEAR * len(absent) / 365)
    if outside and rare and (~absent).sum() >= _DENSE * outside:
        for a, b in long:
            gap[a:b] = not (b == len(absent) and b - a > _STOPPED_DAYS)
    return gap


def _see_that_it_is_long_enough(days: int, with_legs: int) -> None:
    if days < FEWEST_DAYS:
        raise TooShort(
            f"A forecast needs {FEWEST_DAYS} days of history, and the selection has {days}. Trends and the "
            "Overview show what there is; choose fewer filters, or come back with more data."
        )
    if with_legs < FEWEST_DAYS:
        raise TooShort(
            f"A forecast needs {FEWEST_DAYS} days with legs, and the selection has {with_legs}. The Overview "
            "shows their sum; choose fewer filters, or more suppliers at once."
        )


def _notes(days: pd.DatetimeIndex, gap: np.ndarray, present: np.ndarray) -> tuple[str, ...]:
    notes = []
    if len(days) < _YEAR_DAYS:
        notes.append(f"The history has {len(days)} days: too short to know how the seasons of a year differ.")
    if gap.any():
        first, last = days[gap][0], days[gap][-1]
        notes.append(
            f"{int(gap.sum())} days between {first:%Y-%m-%d} and {last:%Y-%m-%d} have no legs and count as "
            "missing data, not as zero."
        )
    quiet = int(present[::-1].argmax())
    if quiet > _STOPPED_DAYS and not gap[-1]:
        notes.append(f"No legs for the last {quiet} days: the shipping counts as stopped.")
    recent, known = int(present[-_YEAR_DAYS:].sum()), int((~gap[-_YEAR_DAYS:]).sum())
    if recent < _DENSE * known and quiet <= _STOPPED_DAYS:
        notes.append(
            f"Legs run on {recent} of the last {known} days: what a single day brings is mostly chance, so "
            "read the weeks or months."
        )
    return tuple(notes)
