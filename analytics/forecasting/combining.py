"""The models together: the median of what they expect, and paths of what may come instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.forecasting.members import Fitted, fitted
from analytics.forecasting.steps import steps, weekly_profile
from analytics.forecasting.yearly import yearly

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["Combined", "combined"]

_PSEUDO_ERRORS = 4.0
_LATELY = 182
_UNSEEN_DRIFT = 3.0
_CHANCE = 0.01
_CHECKED_STEPS = 60
_CHECKED_LEVELS = (0.80, 0.95)


@dataclass(frozen=True)
class Combined:
    """mean (h,) and draws (draws, h), both in the unit of the series."""

    mean: Floats
    draws: Floats


def combined(values: Floats, known: Flags, horizon: int, season: int, *, draws: int, seed: int) -> Combined:
    """The median of the models, and draws about it; values without gaps, in units of their mean."""
    profile, length = weekly_profile(values, season), len(values) + horizon
    year = yearly(values, season, profile, length)
    moved = steps(values, season, profile, year).columns(length)
    models = fitted(values, horizon, season, np.column_stack([moved, year]))
    middle = np.median([one.mean for one in models], axis=0)
    chance = np.random.default_rng(seed)
    off = _off(models, known, season, draws, chance)
    off = off * _tested_width(models, known, off) + _drift(models, draws, chance)
    zeros = _share_of_zeros(values, known, season, horizon)
    mean = np.where(zeros == 1, 0.0, np.maximum(middle, 0.0))
    return Combined(mean, _from_zero(mean, middle + off, zeros))


def _off(models: list[Fitted], known: Flags, season: int, draws: int, chance: np.random.Generator) -> Floats:
    """How far draws stray from the mean: past shocks of the same moments into every model, (draws, h)."""
    from scipy.signal import fftconvolve  # type: ignore[import-untyped]

    n, horizon = len(known), len(models[0].mean)
    together = np.mean([one.shocks for one in models], axis=0)
    scale = _scale_by_phase(together, known, season)
    phase = np.arange(n + horizon) % season
    usable = np.flatnonzero(known & (scale[phase[:n]] > 0))
    total = np.zeros((draws, horizon))
    if not len(usable):
        return total
    picked = chance.choice(usable, (draws, horizon))
    starts = chance.standard_normal((draws, max(one.unsure.shape[1] for one in models)))
    for one in models:
        wider = np.sqrt(n / max(n - one.many, n / 3))
        shocks = (one.shocks / np.where(scale[phase[:n]] > 0, scale[phase[:n]], 1.0))[picked]
        shocks = (shocks - shocks.mean()) * scale[phase[n:]] * wider
        total += fftconvolve(shocks, one.psi[None, :], axes=1)[:, :horizon]
        spread = float(np.std(one.shocks)) * wider
        total += spread * starts[:, : one.unsure.shape[1]] @ one.unsure.T
    return np.asarray(total / len(models))


def _drift(models: list[Fitted], draws: int, chance: np.random.Generator) -> Floats:
    """A level that wanders as little as the series is too short to rule out, (draws, h).

    Without it sums over a horizon as long as the series are held for surer than they are: a model that finds
    no drift in n values says that there is none.
    """
    shocks = np.mean([one.shocks for one in models], axis=0)
    step = float(np.std(shocks)) * _UNSEEN_DRIFT / len(shocks)
    return np.asarray(np.cumsum(chance.standard_normal((draws, len(models[0].mean))), axis=1) * step)


def _scale_by_phase(shocks: Floats, known: Flags, season: int) -> Floats:
    """The size of the shocks on each day of the week, shrunk to that of all days."""
    overall = float(np.mean(shocks[known] ** 2))
    phase = np.arange(len(shocks)) % season
    sums = np.bincount(phase[known], shocks[known] ** 2, season) + _PSEUDO_ERRORS * overall
    scale: Floats = np.sqrt(sums / (np.bincount(phase[known], minlength=season) + _PSEUDO_ERRORS))
    return scale


def _tested_width(models: list[Fitted], known: Flags, off: Floats) -> Floats:
    """By how much each step's spread must grow or shrink to hold what past forecasts were wrong by, (h,).

    The past forecasts start at every day of the series, with the models as they are fitted now. Far ahead
    they overlap and tell less, so the factor is shrunk to 1 by the number of them that do not overlap.
    """
    n, horizon = len(known), off.shape[1]
    factors = np.ones(horizon)
    checked = min(horizon, _CHECKED_STEPS, n // 4)
    errors = np.zeros(n)
    many = sum(one.many for one in models) / len(models)
    wider = np.sqrt(n / max(n - many, n / 3))
    logs, weights = np.zeros(checked), np.zeros(checked)
    for step in range(checked):
        later = np.zeros(n)
        for one in models:
            later[step:] += one.psi[step] * one.shocks[: n - step]
        errors = errors + later / len(models)
        seen = np.abs(errors[step + 1 :][known[step + 1 :]])
        if len(seen) < 10:
            break
        past = np.quantile(seen, _CHECKED_LEVELS) * wider
        drawn = np.quantile(np.abs(off[:, step]), _CHECKED_LEVELS)
        if (past > 0).all() and (drawn > 0).all():
            weights[step] = n / (step + 1)
            logs[step] = float(np.mean(np.log(past / drawn)))
    if checked and weights.sum() > 0:
        shrunk = logs * weights / (weights + 10.0)
        kernel = np.ones(7)
        smooth = np.convolve(np.pad(shrunk, 3, "edge"), kernel / 7, "valid")
        factors[:checked] = np.exp(smooth)
        factors[checked:] = factors[checked - 1]
    return np.clip(factors, 0.5, 2.0)


def _share_of_zeros(values: Floats, known: Flags, season: int, horizon: int) -> Floats:
    """Of each coming step, the share of zeros among the last values of that day of the week, (h,).

    It is 1 on a day that never moves anything, such as Sundays: where only zeros would be too much of a
    chance by the share of zeros on the other days.
    """
    n = len(values)
    phase = np.arange(n) % season
    lately = known & (np.arange(n) >= n - _LATELY)
    shares = np.zeros(season)
    for one in range(season):
        zero = values[lately & (phase == one)] == 0
        others = values[lately & (phase != one)] == 0
        elsewhere = others.mean() if len(others) else 1.0
        closed = zero.all() and elsewhere ** len(zero) < _CHANCE
        shares[one] = 1.0 if closed else zero.sum() / (len(zero) + 0.5)
    return np.asarray(shares[np.arange(n, n + horizon) % season])


def _from_zero(mean: Floats, draws: Floats, zeros: Floats) -> Floats:
    """The draws cut at zero, as often zero as the past was, and moved so that they keep their mean."""
    for step in np.flatnonzero(zeros > 0):
        lowest = np.quantile(draws[:, step], zeros[step])
        draws[:, step] = np.where(draws[:, step] <= lowest, 0.0, draws[:, step])
    move = np.zeros(len(mean))
    for _ in range(8):  # Newton's method: the mean of what is left falls by the share above zero
        cut = draws - move
        above = np.maximum((cut > 0).mean(axis=0), 0.05)
        move = np.maximum(move + (np.maximum(cut, 0.0).mean(axis=0) - mean) / above, 0.0)
    left = np.maximum(draws - move, 0.0)
    reached = left.mean(axis=0)
    ratio = np.divide(mean, reached, out=np.ones(len(mean)), where=reached > 0)
    return np.asarray(left * np.minimum(ratio, 2.0))
