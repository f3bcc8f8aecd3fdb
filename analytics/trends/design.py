"""What a weekly series may do without having changed: grow, follow the year, and remember last week.

The noise of a step or a slope is judged as a first-order autoregression, fitted to what is left over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["YEAR_WEEKS", "ar1", "harmonics", "orthogonal", "residual", "smooth", "yearly_terms"]

YEAR_WEEKS = 365.25 / 7
_HARMONICS = 4  # waves of 12, 6, 4 and 3 months: holidays and peak season, not single weeks
_MOST_RHO = 0.95


def yearly_terms(weeks: int) -> int:
    """How many yearly waves a series can tell from its level: none under two years."""
    return _HARMONICS if weeks >= 104 else 0


def harmonics(weeks: int, terms: int) -> Floats:
    """Columns cos and sin of the year's waves, a row a week."""
    when = np.arange(weeks) / YEAR_WEEKS * 2 * np.pi
    waves = [wave(k * when) for k in range(1, terms + 1) for wave in (np.cos, np.sin)]
    return np.column_stack(waves) if waves else np.empty((weeks, 0))


def smooth(weeks: int) -> Floats:
    """Columns of what is no step: level, steady growth, and the time of year where it can be known."""
    trend = np.linspace(-0.5, 0.5, weeks)
    return np.column_stack([np.ones(weeks), trend, harmonics(weeks, yearly_terms(weeks))])


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
