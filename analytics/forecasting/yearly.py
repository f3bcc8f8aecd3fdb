"""The time of year: where a series shows it twice, and it is no chance of a level that drifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.forecasting.members import fit, level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["yearly"]

_YEAR_DAYS, _WEEK = 365.25, 7
_WAVES = 2
_GAIN = 16.0


def yearly(values: Floats, season: int, profile: Floats, length: int) -> Floats:
    """Waves of the year to be solved for beside the level, (length, 4); none (length, 0) where not evident.

    They count when the series holds two years, and a model whose level drifts freely is better with them by
    an AICc of 16: a random walk looks like a wave too, but not beyond its drift. As large on every day as
    the `profile` of the week.
    """
    n = len(values)
    year = _YEAR_DAYS if season > 1 else _YEAR_DAYS / _WEEK
    none = np.zeros((length, 0))
    if n < 2 * year - _WEEK:
        return none
    at = np.arange(length)
    turns = [2 * np.pi * wave * at / year for wave in range(1, _WAVES + 1)]
    waves = np.column_stack([one(turn) for turn in turns for one in (np.sin, np.cos)])
    waves = waves * profile[at % season, None]
    model = level(season > 1)
    without = fit(values, 1, model, season=season, extra=none[: n + 1])
    beside = fit(values, 1, model, season=season, extra=waves[: n + 1], start=without.parameters)
    return waves if beside.aicc < without.aicc - _GAIN else none
