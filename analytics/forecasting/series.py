"""A series as the forecast needs it: one value a day or a week, gaps as NaN; what is wrong in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LEAST", "TooShort", "UnusableSeries", "filled", "following", "regular", "season_length"]

LEAST = 14
WEEK = 7
_LONGEST_STEP = pd.Timedelta(days=14)


class UnusableSeries(ValueError):
    """The series is not one value a day or a week; the message says what to do."""


class TooShort(ValueError):
    """Too few values to say what comes; the message says how many there are and how many it takes."""


def regular(y: pd.Series) -> pd.Series:
    """The series on every day (or every week) from its first to its last date, NaN where there is no value.

    Weekly is what has all its dates a multiple of seven days apart. A time zone is dropped: the day is the
    one of the clock on the wall.

    Raises
    ------
    TooShort
        With fewer than 14 values.
    UnusableSeries
        When the dates are not days in order, or a value is negative, infinite or no number.
    """
    if not isinstance(y.index, pd.DatetimeIndex):
        raise UnusableSeries("A forecast needs a series with dates as its index.")
    try:
        known = y.astype(float)
    except (TypeError, ValueError):
        raise UnusableSeries("A forecast needs numbers: leave a day without a value empty.") from None
    days = pd.DatetimeIndex(y.index).tz_localize(None)
    if days.hasnans or not days.is_monotonic_increasing or not days.is_unique:
        raise UnusableSeries("A forecast needs each day once, in order: sort them and add up double ones.")
    if len(days) and (days != days.normalize()).any():
        raise UnusableSeries("A forecast needs whole days: add up the hours of each day first.")
    values = known.to_numpy()
    if np.isinf(values).any() or (values < 0).any():
        raise UnusableSeries("A forecast needs values of 0 or more: correct what is negative or infinite.")
    many = int(np.isfinite(values).sum())
    if many < LEAST:
        raise TooShort(f"A forecast needs {LEAST} values, and there are {many}: choose a longer history.")
    steps = np.diff(days.to_numpy()).astype("timedelta64[D]").astype(int)
    if steps.min() > _LONGEST_STEP.days:
        raise UnusableSeries("A forecast needs a value a day or a week: these are further apart.")
    freq = f"{WEEK}D" if (steps % WEEK == 0).all() else "D"
    return pd.Series(values, index=days).resample(freq, origin="start").asfreq().rename(y.name)


def season_length(y: pd.Series) -> int:
    """7 for a regular series of days, 1 for one of weeks."""
    return 1 if len(y) > 1 and (y.index[1] - y.index[0]).days == WEEK else WEEK


def following(y: pd.Series, horizon: int) -> pd.DatetimeIndex:
    """The `horizon` dates after the last one of a regular series.

    Raises
    ------
    ValueError
        When the horizon is not a whole number of at least 1.
    """
    if horizon < 1 or horizon != int(horizon):
        raise ValueError("Choose a horizon of at least one day.")
    step = y.index[1] - y.index[0]
    return pd.DatetimeIndex(y.index[-1] + step * np.arange(1, int(horizon) + 1))


def filled(values: Floats, season: int) -> Floats:
    """Gaps closed with what is usual then: the level in between, plus what is usual on that day."""
    known = np.isfinite(values)
    if known.all():
        return values
    at = np.arange(len(values))
    usual = np.zeros(len(values))
    if season > 1:
        level = float(values[known].mean())
        for phase in range(season):
            of_phase = (at % season == phase) & known
            if of_phase.any():
                usual[at % season == phase] = float(values[of_phase].mean()) - level
    rest = values - usual
    # Over a gap, the level of a few values on either side rather than of the last one before it.
    smooth = pd.Series(rest).rolling(2 * season + 1, center=True, min_periods=1).mean().to_numpy()
    level_known = np.isfinite(smooth)
    between = np.interp(at, at[level_known], smooth[level_known])
    closed: Floats = np.where(known, values, np.maximum(between + usual, 0.0))
    return closed
