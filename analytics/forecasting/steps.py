"""Where the level of a series moved for good: a lane that changed its mode, a supplier that came or went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.forecasting.members import Fitted, fit, level, short_level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Steps", "steps", "weekly_profile"]

_MOST, _AFTER, _GAIN = 3, 5, 12.0
_WINDOW, _RANKS = 56, 3.0


def steps(values: Floats, season: int, profile: Floats, year: Floats) -> Steps:
    """The places from which the level is another one; none where none is evident.

    A place counts when a model of the series with a step there is better by an AICc of 12 than the same
    model whose level drifts freely (so a random walk has none), and the ranks on its two sides differ (so a
    few huge values are none). At most 3, searched one after the other. A step is as high on every day of the
    week, or follows the `profile` of the week where that fits better. `year` (n + 1 or more, k): columns of
    the time of year, which is no step.
    """
    n = len(values)
    flat = np.ones(season)
    found = Steps((), flat)
    if n < 4 * max(season, 5):
        return found
    model = (level if n >= 6 * max(season, 5) else short_level)(season > 1)

    def tested(one: Steps, start: tuple[float, ...] = ()) -> Fitted:
        columns = np.column_stack([one.columns(n + 1), year[: n + 1]])
        return fit(values, 1, model, season=season, extra=columns, start=start)

    beyond = values - _of_year(values, year[:n])
    best = tested(found)
    first = best
    while len(found.places) < _MOST:
        places = _candidates(beyond, season, best, found.places)
        tried = [Steps((*found.places, place), flat) for place in places]
        fits = [tested(one, best.parameters) for one in tried]
        if not fits:
            break
        better = int(np.argmin([one.aicc for one in fits]))
        if fits[better].aicc > best.aicc - _GAIN:
            break
        best, found = fits[better], tried[better]
    if best is not first and np.ptp(profile) > 0:
        shaped = Steps(found.places, profile)
        if tested(shaped, best.parameters).aicc < best.aicc:
            found = shaped
    return found


@dataclass(frozen=True)
class Steps:
    """Where the level moved, and the shape over the week in which it did (season,)."""

    places: tuple[int, ...]
    shape: Floats

    def columns(self, length: int) -> Floats:
        """(length, places): 0 before each place, the shape from there on."""
        at = np.arange(length)
        after = at[:, None] >= np.array(self.places, dtype=int)[None, :]
        return after * self.shape[at % len(self.shape), None]


def weekly_profile(values: Floats, season: int) -> Floats:
    """What is usual on each day of the week, as a multiple of the mean, (season,)."""
    phase = np.arange(len(values)) % season
    means = np.bincount(phase, values, season) / np.bincount(phase, minlength=season)
    whole = float(means.mean())
    return np.asarray(means / whole if whole > 0 else np.ones(season))


def _of_year(values: Floats, year: Floats) -> Floats:
    """What the time of year adds, by plain least squares: near enough to look for places."""
    columns = np.column_stack([np.ones(len(values)), year])
    sizes = np.linalg.lstsq(columns, values, rcond=None)[0]
    return np.asarray(year @ sizes[1:])


def _candidates(values: Floats, season: int, now: Fitted, found: tuple[int, ...]) -> list[int]:
    """Where the sum of the deviations turns, and the largest jumps that the model did not see coming."""
    n = len(values)
    at = np.arange(n)
    usual = np.array([values[at % season == phase].mean() for phase in range(season)])[at % season]
    rest = values - usual
    segment = np.searchsorted(np.array(sorted(found)), at, side="right")
    rest = rest - np.array([rest[segment == one].mean() for one in range(len(found) + 1)])[segment]
    cusum = np.cumsum(rest)[:-1]
    size = np.arange(1, n)
    turn = np.abs(cusum) / np.sqrt(size * (n - size) / n)
    jump = np.abs(now.shocks[1:])
    free = np.ones(n - 1, dtype=bool)
    free[: max(season, 5)] = False
    free[n - 1 - _AFTER + 1 :] = False
    for place in found:
        free[max(place - 1 - season, 0) : place - 1 + season] = False
    if not free.any():
        return []
    picked = {int(np.argmax(np.where(free, one, -1.0))) + 1 for one in (turn, jump)}
    return [place for place in sorted(picked) if _differs(rest, place, found)]


def _differs(rest: Floats, place: int, found: tuple[int, ...]) -> bool:
    """Whether ranks before and after the place differ: a few huge values alone are no new level."""
    from scipy.stats import rankdata  # type: ignore[import-untyped]

    start = max([0, place - _WINDOW, *(one for one in found if one < place)])
    end = min([len(rest), place + _WINDOW, *(one for one in found if one > place)])
    many, before = end - start, place - start
    ranks = rankdata(rest[start:end])
    expected = before * (many + 1) / 2
    spread = np.sqrt(before * (many - before) * (many + 1) / 12)
    return bool(abs(ranks[:before].sum() - expected) > _RANKS * spread)
