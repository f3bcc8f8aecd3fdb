"""Lasting steps of a weekly series: the largest one is tested against what chance and growth would show.

Method: the sup-F test for a change at an unknown date (Andrews 1993, Econometrica 61; Bai and Perron 1998,
Econometrica 66: one step after the other), with the distribution under no change drawn from an AR(1)
bootstrap of the series itself. Growth and the time of year are random parts of usual size in the model, and
a line or a bend is tried against every step, so that a trend does not become a staircase.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analytics.trends.design import ar1, smooth, whitened, yearly_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FEWEST_WEEKS", "LEVEL", "Step", "Steps", "find_steps"]

FEWEST_WEEKS = 16
LEVEL = 0.02  # of each test; over whole clean series one in twenty is left with a false step: docs/trends.md
_EDGE = 4  # weeks on either side: shorter is an episode, not a level
_WEEKS_A_STEP = 13  # at most one step a quarter
_DRAWS = 499
_WARM_UP = 20
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


@dataclass(frozen=True)
class _Model:
    """What a step is tested against: columns with their usual size, and the noise."""

    series: Floats
    columns: Floats
    usual: Floats
    spread: float

    @property
    def white(self) -> Floats:
        return whitened(self.columns, self.usual, self.spread)

    def plus(self, columns: Floats) -> _Model:
        """With further columns of any size."""
        added = np.column_stack([self.columns, columns])
        open_ended = np.full(added.shape[1] - self.columns.shape[1], np.inf)
        return replace(self, columns=added, usual=np.concatenate([self.usual, open_ended]))

    def drawn(self, draws: int, rng: np.random.Generator) -> Floats:
        """Smooth parts as they usually are, a column a draw."""
        some = np.isfinite(self.usual)
        sizes = rng.normal(size=(int(some.sum()), draws)) * self.usual[some, None]
        made: Floats = self.columns[:, some] @ sizes
        return made


@dataclass(frozen=True)
class _Scan:
    best: int  # of the shapes
    gain: float
    noise: Floats
    rho: float
    statistic: float


@dataclass(frozen=True)
class _Tail:
    """Chance draws of a statistic; beyond their last tenth they fall off exponentially.

    So a small p-value needs no thousands of draws (Knijnenburg et al. 2009, Bioinformatics 25).
    """

    drawn: Floats
    start: float
    excess: float

    @classmethod
    def of(cls, drawn: Floats) -> _Tail:
        start = float(np.quantile(drawn, 0.9))
        above = drawn[drawn > start] - start
        return cls(drawn, start, float(above.mean()) if len(above) else 0.0)

    def chance(self, value: float) -> float:
        if value <= self.start or self.excess <= 0:
            return (1 + int((self.drawn >= value).sum())) / (len(self.drawn) + 1)
        return 0.1 * float(np.exp(-(value - self.start) / self.excess))

    def reached(self, level: float) -> float:
        if not np.isfinite(self.start):
            return self.start
        if level >= 0.1 or self.excess <= 0:
            return float(np.quantile(self.drawn, 1 - level))
        return self.start + self.excess * float(np.log(0.1 / level))


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
        scan, rho, tail = _tested(now, jumps, allowed, draws, rng, floor)
        p = tail.chance(scan.statistic)
        if p > level or len(found) >= max(1, len(given) // _WEEKS_A_STEP) or not allowed.any():
            break
        bend = _scan(now.white, now.series, ramps, np.ones(ramps.shape[1], dtype=bool))
        line = _scan(now.white, now.series, ramps[:, :1], np.ones(1, dtype=bool))
        as_line = line.gain + _MARGIN * float(_unit(scan.noise, rho)) >= scan.gain
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


def _scan(white: Floats, series: Floats, shapes: Floats, allowed: NDArray[np.bool_]) -> _Scan:
    """The shape that explains most of what the model leaves over."""
    left, beyond = white @ series, white @ shapes
    curvature = (beyond**2).sum(axis=0)
    usable = allowed & (curvature > 1e-6 * len(series))
    gains = np.divide((left @ beyond) ** 2, curvature, where=usable, out=np.zeros(len(usable)))
    best = int(gains.argmax())
    size = left @ beyond[:, best] / curvature[best] if usable[best] else 0.0
    noise = left - beyond[:, best] * size
    rho = float(ar1(noise))
    return _Scan(best, float(gains[best]), noise, rho, float(gains[best] / _unit(noise, rho)))


def _unit(noise: Floats, rho: Floats | float) -> Floats:
    """What a gain is measured in: the variance of the noise, at the low frequencies that steps live at."""
    spread: Floats = (noise**2).sum(axis=0) / max(len(noise) - 3, 1) * (1 + rho) / (1 - rho)
    return np.maximum(spread, 1e-300)


def _tested(  # noqa: PLR0917
    model: _Model,
    jumps: Floats,
    allowed: NDArray[np.bool_],
    draws: int,
    rng: np.random.Generator,
    floor: float,
) -> tuple[_Scan, float, _Tail]:
    """The best step; the noise's correlation, freed from its bias; what chance makes of such a series."""
    white = model.white
    scan = _scan(white, model.series, jumps, allowed)
    beyond = (white @ jumps)[:, allowed]
    if not beyond.shape[1] or scan.statistic < floor:
        return scan, scan.rho, _Tail(np.array([np.inf]), np.inf, 0.0)
    rho = scan.rho
    for _ in range(2):  # fitting takes correlation away: generate with what gives the fitted value back
        seen = _null(model, white, beyond, scan.noise, rho, max(draws // 4, 50), rng)[1]
        rho = float(np.clip(rho + scan.rho - seen.mean(), 0.0, 0.95))
    return scan, rho, _Tail.of(_null(model, white, beyond, scan.noise, rho, draws, rng)[0])


def _null(  # noqa: PLR0917
    model: _Model,
    white: Floats,
    beyond: Floats,
    noise: Floats,
    rho: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Statistic and fitted correlation of series without a step, a value a draw."""
    weeks = len(noise)
    shocks = noise[1:] - ar1(noise) * noise[:-1]
    drawn = rng.choice(shocks - shocks.mean(), (weeks + _WARM_UP, draws))
    series = np.empty_like(drawn)
    series[0] = drawn[0]
    for week in range(1, weeks + _WARM_UP):
        series[week] = rho * series[week - 1] + drawn[week]
    left = white @ (series[_WARM_UP:] + model.drawn(draws, rng))
    along, curvature = beyond.T @ left, (beyond**2).sum(axis=0)
    gains = along**2 / np.maximum(curvature, 1e-6 * weeks)[:, None]
    best, pick = gains.argmax(axis=0), np.arange(draws)
    rest = left - beyond[:, best] * (along[best, pick] / np.maximum(curvature[best], 1e-6 * weeks))
    seen = ar1(rest)
    return gains[best, pick] / _unit(rest, seen), seen


def _without_episodes(values: Floats, columns: Floats, usual: Floats, jumps: Floats) -> _Model:
    """Gross weeks and holidays, too short for a level, become what the best single step expects of them."""
    free = np.full(len(usual), np.inf)
    model = _Model(values, columns, free, 1.0)
    white, all_of_them = model.white, np.ones(jumps.shape[1], dtype=bool)
    series = values
    spread = float(values.std())
    for _ in range(3):
        scan = _scan(white, series, jumps, all_of_them)
        noise = values - (series - scan.noise)
        spread = 1.4826 * float(np.median(np.abs(noise - np.median(noise))))
        far = _short_runs(np.abs(noise) > _OUTLIER * spread, _EDGE)
        if not far.any() or spread <= 0 or far.mean() > _MOST_EPISODES:
            break
        series = np.where(far, values - noise, values)
    lost = np.sqrt(len(values) / max(len(values) - columns.shape[1] - 2, 1))
    return _Model(series, columns, usual, max(spread * lost, 1e-6))


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
    model: _Model,
    jumps: Floats,
    candidates: NDArray[np.int64],
    found: list[int],
    p_values: dict[int, float],
) -> None:
    """Each step sought anew given the others: the first one was found while the others were missing."""
    for place in range(len(found) if len(found) > 1 else 0):
        others = found[:place] + found[place + 1 :]
        allowed = _apart(candidates, candidates[others])
        best = _scan(model.plus(jumps[:, others]).white, model.series, jumps, allowed).best
        p_values[best] = p_values[found[place]]
        found[place] = best


def _fitted(  # noqa: PLR0917
    model: _Model,
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
