"""Lasting steps of a weekly series: the largest one is tested against what chance and growth would show.

Method: the sup-F test for a change at an unknown date (Andrews 1993, Econometrica 61; Bai and Perron 1998,
Econometrica 66: one step after the other), with the distribution under no change drawn from an AR(1)
bootstrap of the series itself. Growth and the time of year are random parts of usual size in the model, and
a line or a bend is tried against every step, so that a trend does not become a staircase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.trends.design import smooth, yearly_terms
from analytics.trends.scanning import Model, scan_steps, tested, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FEWEST_WEEKS", "LEVEL", "Step", "Steps", "find_steps"]

FEWEST_WEEKS = 16
LEVEL = 0.02  # of each test; over whole clean series one in twenty is left with a false step: docs/trends.md
_EDGE = 4  # weeks on either side: shorter is an episode, not a level
_WEEKS_A_STEP = 13  # at most one step a quarter
_DRAWS = 499
_BENDS = 2
_MARGIN = 3.0  # by how much, in units of the noise, a step must explain more than steady growth does
_OUTLIER = 3.5  # robust standard deviations
_MOST_EPISODES = 0.15  # of the weeks; with more it is not episodes but how the series is
_POWER = 0.84  # normal quantile of 80 %


@dataclass(frozen=True)
class Step:
    """The level changes with week `week` (0-based) by `size`, in the units of the series; 95 % interval."""

    week: int
    size: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Steps:
    """
    Attributes
    ----------
    found : tuple of Step
        By week.
    fitted : (n,) float
        Level with steps and growth, and the time of year.
    level : (n,) float
        The same without the time of year.
    columns : (n, k) float
        What was fitted beside the steps: level, growth a year, waves of the year, bends.
    usual : (k,) float
        How large each usually is; inf where that is left open.
    smallest : float
        A step in the middle of the series that would have been found four times in five.
    noise_spread : float
        Standard deviation of what is left over.
    rho : float
        Correlation of what is left over with the week before.
    """

    found: tuple[Step, ...]
    fitted: Floats
    level: Floats
    columns: Floats
    usual: Floats
    noise_spread: float
    smallest: float
    rho: float


def find_steps(
    values: Floats, *, level: float = LEVEL, draws: int = _DRAWS, seed: int = 0, floor: float = 0.0
) -> Steps:
    """Steps of a weekly series, each significant at `level` given those before it.

    Parameters
    ----------
    values : (n,) float
        n >= `FEWEST_WEEKS`, without gaps; logarithms, or shares of a mean level: what is usual growth is
        known in these units.

    floor : float
        A largest step with a smaller test statistic is not tried against chance: it takes most of the time.

    Raises
    ------
    ValueError
        When the series is too short or holds gaps.
    """
    given = np.asarray(values, dtype=float)
    if len(given) < FEWEST_WEEKS or not np.isfinite(given).all():
        raise ValueError(f"Steps need at least {FEWEST_WEEKS} weeks without gaps.")
    rng, weeks = np.random.default_rng(seed), np.arange(len(given))
    columns, usual = smooth(len(given))
    candidates = np.arange(_EDGE, len(given) - _EDGE + 1)
    jumps = (weeks[:, None] >= candidates).astype(float)
    ramps = np.maximum(weeks[:, None] - np.concatenate([[0], candidates]), 0.0) / len(given)
    if given.std() <= 1e-9 * max(1.0, abs(float(given.mean()))):
        return Steps((), given, given, columns, usual, 0.0, 0.0, 0.0)
    model = _without_episodes(given, columns, usual, jumps)
    found: list[int] = []
    p_values: dict[int, float] = {}
    bends = 0
    while True:
        now = model.plus(jumps[:, found])
        allowed = _apart(candidates, candidates[found])
        scan, rho, tail = tested(now, jumps, allowed, draws, rng, floor)
        p = tail.chance(scan.statistic)
        if p > level or len(found) >= max(1, len(given) // _WEEKS_A_STEP) or not allowed.any():
            break
        bend = scan_steps(now.white, now.series, ramps, np.ones(ramps.shape[1], dtype=bool))
        line = scan_steps(now.white, now.series, ramps[:, :1], np.ones(1, dtype=bool))
        as_line = line.gain + _MARGIN * float(unit(scan.noise, rho)) >= scan.gain
        if as_line and bends < _BENDS and line.gain > 0:
            bend = line
        if (as_line or bend.gain >= scan.gain) and bends < _BENDS:
            model, bends = model.plus(ramps[:, bend.best]), bends + 1
            continue
        found.append(scan.best)
        p_values[scan.best] = p
        _settle(model, jumps, candidates, found, p_values)
    steps, fitted, level_only, own = _fitted(model, jumps, candidates, sorted(found), p_values, rho)
    smallest = (np.sqrt(tail.reached(level)) + _POWER) * own if np.isfinite(own) else float("inf")
    return Steps(steps, fitted, level_only, model.columns, model.usual, model.spread, float(smallest), rho)


def _without_episodes(values: Floats, columns: Floats, usual: Floats, jumps: Floats) -> Model:
    """Gross weeks and holidays, too short for a level, become what the best single step expects of them."""
    free = np.full(len(usual), np.inf)
    model = Model(values, columns, free, 1.0)
    white, all_of_them = model.white, np.ones(jumps.shape[1], dtype=bool)
    series = values
    spread = float(values.std())
    for _ in range(3):
        scan = scan_steps(white, series, jumps, all_of_them)
        noise = values - (series - scan.noise)
        spread = 1.4826 * float(np.median(np.abs(noise - np.median(noise))))
        far = _short_runs(np.abs(noise) > _OUTLIER * spread, _EDGE)
        if not far.any() or spread <= 0 or far.mean() > _MOST_EPISODES:
            break
        series = np.where(far, values - noise, values)
    lost = np.sqrt(len(values) / max(len(values) - columns.shape[1] - 2, 1))
    return Model(series, columns, usual, max(spread * lost, 1e-6))


def _short_runs(marked: NDArray[np.bool_], below: int) -> NDArray[np.bool_]:
    """The marked weeks that stand in runs of fewer than `below`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(int), [0]])))
    short = np.zeros(len(marked), dtype=bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        short[start:end] = end - start < below
    return short


def _apart(candidates: NDArray[np.int64], taken: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which candidates keep their distance from the steps that are there already."""
    near = np.abs(candidates[:, None] - taken[None, :]) < _EDGE
    apart: NDArray[np.bool_] = ~near.any(axis=1)
    return apart


def _settle(
    model: Model,
    jumps: Floats,
    candidates: NDArray[np.int64],
    found: list[int],
    p_values: dict[int, float],
) -> None:
    """Each step sought anew given the others: the first one was found while the others were missing."""
    for place in range(len(found) if len(found) > 1 else 0):
        others = found[:place] + found[place + 1 :]
        allowed = _apart(candidates, candidates[others])
        best = scan_steps(model.plus(jumps[:, others]).white, model.series, jumps, allowed).best
        p_values[best] = p_values[found[place]]
        found[place] = best


def _fitted(  # noqa: PLR0917
    model: Model,
    jumps: Floats,
    candidates: NDArray[np.int64],
    found: list[int],
    p_values: dict[int, float],
    rho: float,
) -> tuple[tuple[Step, ...], Floats, Floats, float]:
    """Steps with intervals, the fit, the fit without the year, and a middle step's standard error."""
    from scipy.stats import t as student  # type: ignore[import-untyped]

    full = model.plus(jumps[:, found])
    penalty = np.where(np.isfinite(full.usual), model.spread / np.where(full.usual > 0, full.usual, 1.0), 0.0)
    design = np.vstack([full.columns, np.diag(penalty)])
    target = np.concatenate([model.series, np.zeros(len(penalty))])
    sizes, *_ = np.linalg.lstsq(design, target, rcond=None)
    fitted = full.columns @ sizes
    noise = model.series - fitted
    free = max(len(noise) - full.columns.shape[1], 1)
    variance = float((noise**2).sum() / free) * (1 + rho) / (1 - rho)
    reach = float(student.ppf(0.975, max(free * (1 - rho) / (1 + rho), 3.0)))
    steps, first = [], model.columns.shape[1]
    for place, chosen in enumerate(found):
        others = model.plus(jumps[:, [one for one in found if one != chosen]])
        own = float(((others.white @ jumps[:, chosen]) ** 2).sum())
        size, wide = float(sizes[first + place]), reach * float(np.sqrt(variance / max(own, 1e-12)))
        steps.append(Step(int(candidates[chosen]), size, size - wide, size + wide, p_values[chosen]))
    steady = sizes.copy()
    steady[2 : 2 + 2 * yearly_terms(len(noise))] = 0.0
    curvature = ((full.white @ jumps) ** 2).sum(axis=0)
    middle = float(np.median(curvature[len(candidates) // 4 : 3 * len(candidates) // 4 + 1]))
    own = float(np.sqrt(variance / middle)) if middle > 1e-9 else float("inf")
    return tuple(steps), fitted, full.columns @ steady, own
