"""What a forecast must beat: the last week again, and a line on the values 1, 7 and 14 days before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.forecasting.series import filled, following, regular, season_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["linear_lags", "seasonal_naive"]

_LEVELS = (0.80, 0.95)
_FEWEST_ERRORS = 30
_DRAWS = 500


def seasonal_naive(y: pd.Series, horizon: int, levels: Sequence[float] = _LEVELS) -> pd.DataFrame:
    """The last known week (or the last value, of weeks) again and again.

    The band is the quantiles of what this was wrong by in the past, as many weeks ahead; where the past is
    too short for that, their spread grows with the root of the number of weeks.

    Returns
    -------
    DataFrame
        By future date: mean, and lower_80, upper_80, … for each level, never below 0.

    Raises
    ------
    TooShort, UnusableSeries
        As `regular`.
    """
    known = regular(y)
    values, season = known.to_numpy(), season_length(known)
    dates = following(known, horizon)
    closed = filled(values, season)
    mean = closed[len(closed) - season :][np.arange(len(dates)) % season]
    one = _errors(values, season)
    ahead = np.arange(len(dates)) // season + 1
    errors = {int(k): _errors(values, int(k) * season) for k in np.unique(ahead)}
    bands: dict[str, Floats] = {}
    for level in levels:
        for side, share in (("lower", (1 - level) / 2), ("upper", (1 + level) / 2)):
            by_weeks = {
                k: _quantile(found, share)
                if len(found) >= _FEWEST_ERRORS
                else _quantile(one, share) * np.sqrt(k)
                for k, found in errors.items()
            }
            off = np.array([by_weeks[int(k)] for k in ahead])
            bands[f"{side}_{round(level * 100)}"] = np.maximum(mean + off, 0.0)
    return pd.DataFrame({"mean": mean, **bands}, index=dates)


def linear_lags(
    y: pd.Series, horizon: int, levels: Sequence[float] = _LEVELS, *, draws: int = _DRAWS, seed: int = 0
) -> pd.DataFrame:
    """Least squares on the values 1, 7 and 14 days before (1, 2 and 3 weeks before, of weeks), day after day.

    The band comes of simulation: each day adds one of the model's own past errors and goes on from there.

    Returns
    -------
    DataFrame
        As `seasonal_naive`.

    Raises
    ------
    TooShort, UnusableSeries
        As `regular`.
    """
    known = regular(y)
    season = season_length(known)
    lags = np.array((1, 7, 14) if season > 1 else (1, 2, 3))
    dates = following(known, horizon)
    values = known.to_numpy()
    closed = filled(values, season)
    if len(closed) < 2 * lags.max():  # fewer rows than it takes for an honest fit of the farthest lag
        lags = lags[:2] if len(closed) >= 2 * lags[1] else lags[:1]
    farthest = int(lags.max())
    at = np.arange(farthest, len(closed))
    rows = np.column_stack([np.ones(len(at)), *(closed[at - lag] for lag in lags)])
    weights = np.linalg.lstsq(rows, closed[at], rcond=None)[0]
    errors = (closed[at] - rows @ weights)[np.isfinite(values[at])]
    chance = np.random.default_rng(seed)
    path = np.empty((draws + 1, farthest + len(dates)))  # the last one without errors: the mean
    path[:, :farthest] = closed[len(closed) - farthest :]
    top = 10 * max(float(closed.max()), 1e-9)  # a fit with a root beyond 1 would explode
    for step in range(farthest, path.shape[1]):
        ahead = weights[0] + path[:, step - lags] @ weights[1:]
        ahead[:-1] += chance.choice(errors, draws) if len(errors) else 0.0
        path[:, step] = np.clip(ahead, 0.0, top)
    future = path[:, farthest:]
    bands = {
        f"{side}_{round(level * 100)}": np.quantile(future[:-1], share, axis=0)
        for level in levels
        for side, share in (("lower", (1 - level) / 2), ("upper", (1 + level) / 2))
    }
    return pd.DataFrame({"mean": future[-1], **bands}, index=dates)


def _errors(values: Floats, lag: int) -> Floats:
    off = values[lag:] - values[:-lag] if lag < len(values) else np.array([])
    found: Floats = off[np.isfinite(off)]
    return found


def _quantile(errors: Floats, share: float) -> float:
    return float(np.quantile(errors, share)) if len(errors) else 0.0
