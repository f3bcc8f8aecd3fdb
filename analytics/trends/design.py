"""What a weekly series may do without having changed: grow, follow the year, and remember last week.

The noise of a step or a slope is judged as a first-order autoregression, fitted to what is left over.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "YEAR_WEEKS",
    "Slope",
    "ar1",
    "harmonics",
    "inflation",
    "one_thread",
    "orthogonal",
    "residual",
    "slope",
    "smooth",
    "whitened",
    "yearly_terms",
]

YEAR_WEEKS = 365.25 / 7
_USUAL_GROWTH = 0.10  # a year
_USUAL_WAVE = 0.10  # of each wave of the year
_HARMONICS = 4  # waves of 12, 6, 4 and 3 months: holidays and peak season, not single weeks
_MOST_RHO = 0.95


@dataclass(frozen=True)
class Slope:
    """A coefficient with its 95 % interval and how likely chance makes one as large."""

    size: float
    low: float
    high: float
    p_value: float


def yearly_terms(weeks: int) -> int:
    """How many yearly waves a series can tell from its level: none under two years."""
    return _HARMONICS if weeks >= 104 else 0


def harmonics(weeks: int, terms: int) -> Floats:
    """Columns cos and sin of the year's waves, a row a week."""
    when = np.arange(weeks) / YEAR_WEEKS * 2 * np.pi
    waves = [wave(k * when) for k in range(1, terms + 1) for wave in (np.cos, np.sin)]
    return np.column_stack(waves) if waves else np.empty((weeks, 0))


def smooth(weeks: int) -> tuple[Floats, Floats]:
    """What is no step: level, steady growth, and the time of year where it can be known.

    Returns
    -------
    (n, k) float, (k,) float
        The columns, growth per year; and how large each one usually is, as a share of the level (standard
        deviation): inf for the level itself. Without this a step after one year could not be told from
        growth in a year that begins high.
    """
    growth = (np.arange(weeks) - (weeks - 1) / 2) / YEAR_WEEKS
    waves = harmonics(weeks, yearly_terms(weeks))
    usual = np.concatenate([[np.inf, _USUAL_GROWTH], np.full(waves.shape[1], _USUAL_WAVE)])
    return np.column_stack([np.ones(weeks), growth, waves]), usual


def whitened(columns: Floats, usual: Floats, spread: float) -> Floats:
    """A matrix W so that least squares on W y is generalised least squares with the columns as random parts.

    Parameters
    ----------
    columns : (n, k) float
    usual : (k,) float
        Standard deviation of each column's coefficient; inf takes the column out altogether.
    spread : float
        Standard deviation of the noise, in the same units.
    """
    wide = np.where(np.isfinite(usual), usual, 1e4 * max(spread, 1e-9))
    left, size, _ = np.linalg.svd(columns * wide, full_matrices=False)
    kept = 1.0 / np.sqrt(1.0 + (size / max(spread, 1e-12)) ** 2)
    white: Floats = np.eye(len(columns)) - (left * (1.0 - kept)) @ left.T
    return white


def orthogonal(columns: Floats) -> Floats:
    """An orthonormal basis of what the columns span."""
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    kept: Floats = left[:, size > 1e-10 * size.max(initial=1.0)]
    return kept


def residual(basis: Floats, values: Floats) -> Floats:
    """What the basis leaves of the values (a vector, or a column each)."""
    left: Floats = values - basis @ (basis.T @ values)
    return left


def ar1(noise: Floats) -> Floats:
    """Correlation with the row before, of each column; 0 for noise that is all zero."""
    above = (noise[1:] * noise[:-1]).sum(axis=0)
    below = (noise**2).sum(axis=0)
    ratio = np.divide(above, below, out=np.zeros_like(above * 1.0), where=below > 0)
    clipped: Floats = np.clip(ratio, 0.0, _MOST_RHO)
    return clipped


def slope(values: Floats, along: Floats, beside: Floats) -> Slope:
    """Of a regression: the coefficient of `along`, with an interval that stands autocorrelation.

    Parameters
    ----------
    values, along : (n,) float
    beside : (n, k) float
        The other columns, the constant among them.

    Notes
    -----
    The long-run variance is the equal-weighted cosine estimate with Student's t (Lazarus, Lewis, Stock and
    Watson 2018, JBES 36): on a hundred weeks it keeps its level where Newey and West (1987) does not.
    """
    from scipy.stats import t as student  # type: ignore[import-untyped]

    others = orthogonal(beside)
    free_of = residual(others, along)
    own = float(free_of @ free_of)
    size = float(free_of @ values) / own
    left = residual(others, values) - size * free_of
    score, n = free_of * left, len(values)
    waves = max(4, int(0.41 * n ** (2 / 3)))
    when = (np.arange(n) + 0.5) / n
    along_wave = np.cos(np.pi * np.arange(1, waves + 1)[:, None] * when) @ score * np.sqrt(2 / n)
    spread = n / max(n - beside.shape[1] - 1, 1)
    error = float(np.sqrt(n * np.mean(along_wave**2) * spread) / own)
    reach = float(student.ppf(0.975, waves)) * error
    p = float(2 * student.sf(abs(size) / error, waves)) if error > 0 else float(size == 0)
    return Slope(size, size - reach, size + reach, p)


def inflation(noise: Floats) -> float:
    """By what the variance of a mean grows since neighbours are alike."""
    rho = min(float(ar1(noise - noise.mean())) + 1.0 / max(len(noise), 2), 0.9)
    return (1 + rho) / (1 - rho)


def one_thread() -> AbstractContextManager[object]:
    """Linear algebra by one thread: the matrices are small, and threads would wait for each other."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits
