"""The models together: the mean of what they expect, and paths of what may come instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.forecasting.members import Fitted, fitted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Combined", "combined"]

_PSEUDO_ERRORS = 4.0


@dataclass(frozen=True)
class Combined:
    """mean (h,) and draws (draws, h), both in the unit of the series."""

    mean: Floats
    draws: Floats


def combined(values: Floats, known: NDArray[np.bool_], horizon: int, season: int, draws: int, seed: int) -> Combined:
    """The mean of the models, and draws about it."""
    models = fitted(values, horizon, season)
    mean = np.mean([one.mean for one in models], axis=0)
    chance = np.random.default_rng(seed)
    off = _off(models, known, horizon, season, draws, chance)
    return Combined(np.maximum(mean, 0.0), np.maximum(mean + off, 0.0))


def _off(
    models: list[Fitted], known: NDArray[np.bool_], horizon: int, season: int, draws: int, chance: np.random.Generator
) -> Floats:
    """How far draws stray from the mean: past shocks of the same moments into every model, (draws, horizon)."""
    from scipy.signal import fftconvolve

    n = len(known)
    together = np.mean([one.shocks for one in models], axis=0)
    scale = _scale_by_phase(together, known, season)
    phase = np.arange(n + horizon) % season
    usable = np.flatnonzero(known & (scale[phase[:n]] > 0))
    if not len(usable):
        return np.zeros((draws, horizon))
    picked = chance.choice(usable, (draws, horizon))
    starts = chance.standard_normal((draws, max(one.unsure.shape[1] for one in models)))
    total = np.zeros((draws, horizon))
    for one in models:
        wider = np.sqrt(n / max(n - one.many, n / 3))
        shocks = (one.shocks / np.where(scale[phase[:n]] > 0, scale[phase[:n]], 1.0))[picked]
        shocks = (shocks - shocks.mean()) * scale[phase[n:]] * wider
        total += fftconvolve(shocks, one.psi[None, :], axes=1)[:, :horizon]
        spread = float(np.std(one.shocks)) * wider
        total += spread * starts[:, : one.unsure.shape[1]] @ one.unsure.T
    return total / len(models)


def _scale_by_phase(shocks: Floats, known: NDArray[np.bool_], season: int) -> Floats:
    """The size of the shocks on each day of the week, shrunk to that of all days."""
    overall = float(np.mean(shocks[known] ** 2))
    phase = np.arange(len(shocks)) % season
    sums = np.bincount(phase[known], shocks[known] ** 2, season) + _PSEUDO_ERRORS * overall
    scale: Floats = np.sqrt(sums / (np.bincount(phase[known], minlength=season) + _PSEUDO_ERRORS))
    return scale
