"""Exponential smoothing of many daily series at once: level and weekly season, the least work that forecasts.

ETS(A,N,A) of Hyndman, Koehler, Ord and Snyder 2008, *Forecasting with Exponential Smoothing*, §2.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

__all__ = ["Smoothed", "smoothed_paths"]

_ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.6)
_GAMMAS = (0.0, 0.03, 0.1, 0.25)
_WEEK = 7
_BURN_IN = 28  # days whose errors tell of the start, not of the series
_LONGEST = 730  # days that the smoothing looks back: older ones weigh nothing


@dataclass(frozen=True, eq=False)
class Smoothed:
    """Of k series: `mean` (days, k), `draws` (draws, days, k), `error_sd` (k,) one day ahead."""

    mean: np.ndarray
    draws: np.ndarray
    error_sd: np.ndarray


@dataclass(frozen=True, eq=False)
class _State:
    """Where the series stand at their end: level (k,), season (7, k), weights (k, 2), past errors (n, k)."""

    level: np.ndarray
    season: np.ndarray
    weights: np.ndarray
    errors: np.ndarray
    phase: int


def smoothed_paths(y: np.ndarray, horizon: int, draws: int = 400, *, seed: int = 0) -> Smoothed:
    """Forecast k daily series with their futures.

    Parameters
    ----------
    y : ndarray, shape (days, k)
        Consecutive days, NaN in gaps; at least 14.
    horizon, draws : int

    Notes
    -----
    The two weights come from a grid by squared error one day ahead. Futures are simulated with errors drawn
    from the last year, of all series on the same day together: parts that err together keep doing so.
    """
    y = np.asarray(y, dtype=float)[-_LONGEST:]
    weights = np.array(list(product(_ALPHAS, _GAMMAS)))
    level, season, errors = _run(y, weights[:, 0], weights[:, 1])
    settled = errors[min(_BURN_IN, len(errors) // 2) :]
    best = np.nanmean(settled**2, axis=0).argmin(axis=0)  # (k,)
    each = np.arange(y.shape[1])
    chosen = np.nan_to_num(settled[-365:, best, each])
    state = _State(
        level[best, each], season[:, best, each], weights[best], chosen - chosen.mean(axis=0), len(y) % _WEEK
    )
    return _simulated(state, horizon, draws, seed)


def _run(y: np.ndarray, alphas: np.ndarray, gammas: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Level (weights, k), season (7, weights, k) by day number modulo 7, errors (days, weights, k)."""
    first = y[: 8 * _WEEK]
    start = np.nan_to_num(np.nanmean(first, axis=0)) if len(first) else np.zeros(y.shape[1])
    level = np.repeat(start[None], len(alphas), axis=0)
    season = np.stack([_weekday(first, day, start) for day in range(_WEEK)])
    season = np.repeat((season - season.mean(axis=0))[:, None], len(alphas), axis=1)
    errors = np.empty((len(y), *level.shape))
    alpha, gamma = alphas[:, None], gammas[:, None]
    for day, value in enumerate(y):
        error = value - level - season[day % _WEEK]
        errors[day] = error
        known = np.nan_to_num(error)
        level = level + alpha * known
        season[day % _WEEK] += gamma * known
    return level, season, errors


def _weekday(first: np.ndarray, day: int, start: np.ndarray) -> np.ndarray:
    values = first[day::_WEEK]
    known = np.isfinite(values)
    counted = np.maximum(known.sum(axis=0), 1)
    return np.where(known.any(axis=0), np.where(known, values - start, 0.0).sum(axis=0) / counted, 0.0)


def _simulated(state: _State, horizon: int, draws: int, seed: int) -> Smoothed:
    level, season, weights = state.level, state.season, state.weights
    errors, phase = state.errors, state.phase
    rng = np.random.default_rng(seed)
    alpha, gamma = weights[:, 0], weights[:, 1]
    mean = np.stack([level + season[(phase + step) % _WEEK] for step in range(horizon)])
    levels = np.repeat(level[None], draws, axis=0)
    seasons = np.repeat(season[:, None], draws, axis=1)
    drawn = np.empty((draws, horizon, len(level)))
    picks = rng.integers(0, len(errors), (horizon, draws))
    for step in range(horizon):
        day = (phase + step) % _WEEK
        error = errors[picks[step]]
        drawn[:, step] = levels + seasons[day] + error
        levels += alpha * error
        seasons[day] += gamma * error
    return Smoothed(np.maximum(mean, 0.0), np.maximum(drawn, 0.0), errors.std(axis=0))
