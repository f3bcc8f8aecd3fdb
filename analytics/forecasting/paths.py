"""Draws of what may come, whole paths of them: for sums over weeks, months or the rest of a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.forecasting.combining import combined
from analytics.forecasting.series import filled, following, regular, season_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Paths", "paths"]

_DRAWS = 1000  # as many are always drawn: the mean does not hang on how many are asked for
_WINDOW_DAYS, _WINDOW_WEEKS = 1100, 320


@dataclass(frozen=True)
class Paths:
    """dates (h,), what is expected on each (h,), and draws (draws, h): each a path of what may come, ≥ 0."""

    dates: pd.DatetimeIndex
    mean: NDArray[np.float64]
    draws: NDArray[np.float64]


def paths(y: pd.Series, horizon: int, draws: int = 400, seed: int = 0) -> Paths:
    """Paths of the `horizon` days (or weeks) after the series.

    Parameters
    ----------
    y : Series
        Values of 0 or more by day or by week; a gap is a missing date or NaN.
    horizon : int
        Steps after the last date of `y`.
    draws : int
        How many paths.

    Raises
    ------
    TooShort, UnusableSeries
        As `regular`.
    """
    whole = regular(y)
    dates, season = following(whole, horizon), season_length(whole)
    known_at = np.flatnonzero(whole.notna().to_numpy())
    tail = len(whole) - 1 - int(known_at[-1])
    values = whole.to_numpy()[int(known_at[0]) : int(known_at[-1]) + 1]
    values = values[-(_WINDOW_DAYS if season > 1 else _WINDOW_WEEKS) :]
    unit = float(np.nanmean(values)) or 1.0
    closed = filled(values / unit, season)
    ahead = len(dates) + tail
    found = combined(closed, np.isfinite(values), ahead, season, draws=max(draws, _DRAWS), seed=seed)
    return Paths(dates, found.mean[tail:] * unit, found.draws[:draws, tail:] * unit)
