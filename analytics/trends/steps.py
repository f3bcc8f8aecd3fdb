"""Lasting steps of a weekly series: the largest one is tested against what chance and growth would show.

Method: the sup-F test for a change at an unknown date (Andrews 1993, Econometrica 61; Bai and Perron 1998,
Econometrica 66: one step after the other), with the distribution under no change drawn from an AR(1)
bootstrap of the series itself. Steady growth and the time of year stay in the model, and a bend of the trend
is tried against every step, so that a trend does not become a staircase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.trends.design import ar1, orthogonal, residual, smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FEWEST_WEEKS", "Step", "Steps", "find_steps"]

FEWEST_WEEKS = 16
LEVEL = 0.04
_EDGE = 4  # weeks on either side: shorter is an episode, not a level
_WEEKS_A_STEP = 13  # at most one step a quarter
_DRAWS = 499
_BENDS = 2
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
        What was fitted beside the steps.
    smallest : float
        A step in the middle of the series that would have been found four times in five.
    rho : float
        Correlation of what is left over with the week before.
    """

    found: tuple[Step, ...]
    fitted: Floats
    level: Floats
    columns: Floats
    smallest: float
    rho: float


@dataclass(frozen=True)
class _Scan:
    best: int  # of the candidates
    gain: float
    noise: Floats
    spread: float  # variance of the noise
    rho: float
    statistic: float
    curvature: Floats  # of each candidate: its sum of squares beyond the other columns


def find_steps(values: Floats, *, level: float = LEVEL, draws: int = _DRAWS, seed: int = 0) -> Steps:
    """Steps of a weekly series, each significant at `level` given those before it.

    Parameters
    ----------
    values : (n,) float
        n >= `FEWEST_WEEKS`, without gaps.

    Raises
    ------
    ValueError
        When the series is too short or holds gaps.
    """
    given = np.asarray(values, dtype=float)
    if len(given) < FEWEST_WEEKS or not np.isfinite(given).all():
        raise ValueError(f"Steps need at least {FEWEST_WEEKS} weeks without gaps.")
    rng = np.random.default_rng(seed)
    weeks, columns = len(given), smooth(len(given))
    candidates = np.arange(_EDGE, weeks - _EDGE + 1)
    jumps = (np.arange(weeks)[:, None] >= candidates[None, :]).astype(float)
    ramps = np.maximum(np.arange(weeks)[:, None] - candidates[None, :], 0.0) / weeks
    series = _without_episodes(given, columns, jumps)
    scale = series.std()
    if scale <= 1e-9 * max(1.0, abs(float(series.mean()))):
        return Steps((), given, given, columns, 0.0, 0.0)
    found: list[int] = []
    p_values: dict[int, float] = {}
    bends = 0
    while True:
        basis = orthogonal(np.column_stack([columns, jumps[:, found]]))
        allowed = _apart(candidates, candidates[found])
        scan = _scan(basis, series, jumps, allowed)
        rho, critical, p = _chance(basis, jumps, allowed, scan, level, draws, rng)
        full = len(found) >= max(1, weeks // _WEEKS_A_STEP) or not allowed.any()
        if p > level or full:
            break
        bend = _scan(basis, series, ramps, np.ones(len(candidates), dtype=bool))
        if bend.gain >= scan.gain and bends < _BENDS:
            columns = np.column_stack([columns, ramps[:, bend.best]])
            bends += 1
            continue
        found.append(scan.best)
        p_values[scan.best] = p
        found = _settled(columns, series, jumps, candidates, found, p_values)
    return _result(series, columns, jumps, candidates, sorted(found), p_values, scan, rho, critical)


def _scan(basis: Floats, series: Floats, shapes: Floats, allowed: NDArray[np.bool_]) -> _Scan:
    """The shape that explains most of what the basis leaves over."""
    left, beyond = residual(basis, series), residual(basis, shapes)
    curvature = (beyond**2).sum(axis=0)
    usable = allowed & (curvature > 1e-6 * len(series))
    gains = np.where(
        usable, np.divide((left @ beyond) ** 2, curvature, where=usable, out=np.zeros(len(usable))), 0.0
    )
    best = int(gains.argmax())
    size = left @ beyond[:, best] / curvature[best] if usable[best] else 0.0
    noise = left - beyond[:, best] * size
    free = max(len(series) - basis.shape[1] - 1, 1)
    spread = float((noise**2).sum() / free)
    rho = float(ar1(noise))
    statistic = gains[best] / max(spread, 1e-300) * (1 - rho) / (1 + rho)
    return _Scan(best, float(gains[best]), noise, spread, rho, float(statistic), curvature)


def _chance(
    basis: Floats,
    jumps: Floats,
    allowed: NDArray[np.bool_],
    scan: _Scan,
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[float, float, float]:
    """The noise's correlation, freed from its bias; what chance reaches at `level`; how often this much."""
    beyond = residual(basis, jumps)
    curvature = (beyond**2).sum(axis=0)
    usable = allowed & (curvature > 1e-6 * len(jumps))
    if not usable.any():
        return scan.rho, float("inf"), 1.0
    beyond, curvature = beyond[:, usable], curvature[usable]
    rho = scan.rho
    for _ in range(2):  # fitting takes correlation away: generate with what gives the fitted value back
        seen = _null(basis, beyond, curvature, scan.noise, rho, max(draws // 4, 50), rng)[1]
        rho = float(np.clip(rho + scan.rho - seen.mean(), 0.0, 0.95))
    statistics = _null(basis, beyond, curvature, scan.noise, rho, draws, rng)[0]
    p = (1 + int((statistics >= scan.statistic).sum())) / (draws + 1)
    return rho, float(np.quantile(statistics, 1 - level)), p


def _null(
    basis: Floats,
    beyond: Floats,
    curvature: Floats,
    noise: Floats,
    rho: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Statistic and fitted correlation of series that hold noise alone, a value a draw."""
    weeks = len(noise)
    shocks = noise[1:] - ar1(noise) * noise[:-1]
    drawn = rng.choice(shocks - shocks.mean(), (weeks + 20, draws))
    series = np.empty_like(drawn)
    series[0] = drawn[0]
    for week in range(1, weeks + 20):
        series[week] = rho * series[week - 1] + drawn[week]
    left = residual(basis, series[20:])
    along = beyond.T @ left
    gains = along**2 / curvature[:, None]
    best = gains.argmax(axis=0)
    pick = np.arange(draws)
    rest = left - beyond[:, best] * (along[best, pick] / curvature[best])
    spread = (rest**2).sum(axis=0) / max(weeks - basis.shape[1] - 1, 1)
    seen = ar1(rest)
    return gains[best, pick] / np.maximum(spread, 1e-300) * (1 - seen) / (1 + seen), seen


def _without_episodes(values: Floats, columns: Floats, jumps: Floats) -> Floats:
    """Gross weeks and holidays, too short for a level, become what the best single step expects of them."""
    series = values
    for _ in range(3):
        scan = _scan(orthogonal(columns), series, jumps, np.ones(jumps.shape[1], dtype=bool))
        fitted = series - scan.noise
        noise = values - fitted
        spread = 1.4826 * float(np.median(np.abs(noise - np.median(noise))))
        far = _short_runs(np.abs(noise) > _OUTLIER * spread, _EDGE)
        if not far.any() or spread <= 0 or far.mean() > _MOST_EPISODES:
            return series
        series = np.where(far, fitted, values)
    return series


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


def _settled(
    columns: Floats,
    series: Floats,
    jumps: Floats,
    candidates: NDArray[np.int64],
    found: list[int],
    p_values: dict[int, float],
) -> list[int]:
    """Each step sought anew given the others: the first one was found while the others were missing."""
    if len(found) < 2:
        return found
    for place in range(len(found)):
        others = found[:place] + found[place + 1 :]
        basis = orthogonal(np.column_stack([columns, jumps[:, others]]))
        best = _scan(basis, series, jumps, _apart(candidates, candidates[others])).best
        p_values[best] = p_values.get(found[place], 0.0)
        found[place] = best
    return found


def _result(
    series: Floats,
    columns: Floats,
    jumps: Floats,
    candidates: NDArray[np.int64],
    found: list[int],
    p_values: dict[int, float],
    scan: _Scan,
    rho: float,
    critical: float,
) -> Steps:
    from scipy.stats import t as student

    design = np.column_stack([columns, jumps[:, found]])
    parameters, *_ = np.linalg.lstsq(design, series, rcond=None)
    noise = series - design @ parameters
    free = max(len(series) - design.shape[1], 1)
    variance = float((noise**2).sum() / free) * (1 + rho) / (1 - rho)
    reach = float(student.ppf(0.975, max(free * (1 - rho) / (1 + rho), 3.0)))
    steps = []
    for place, chosen in enumerate(found):
        size = float(parameters[columns.shape[1] + place])
        others = orthogonal(np.delete(design, columns.shape[1] + place, axis=1))
        own = float((residual(others, jumps[:, chosen]) ** 2).sum())
        wide = reach * np.sqrt(variance / max(own, 1e-12))
        steps.append(Step(int(candidates[chosen]), size, size - wide, size + wide, p_values[chosen]))
    middle = scan.curvature[len(candidates) // 4 : max(3 * len(candidates) // 4, 1)]
    own = float(np.median(middle)) if len(middle) else 0.0
    smallest = (np.sqrt(critical) + _POWER) * np.sqrt(variance / own) if own > 0 else float("inf")
    steady = parameters.copy()
    yearly = slice(2, 2 + _yearly(columns))
    steady[yearly] = 0.0
    return Steps(tuple(steps), design @ parameters, design @ steady, columns, float(smallest), rho)


def _yearly(columns: Floats) -> int:
    from analytics.trends.design import yearly_terms

    return 2 * yearly_terms(len(columns))
