"""What a change saves, with its range: the difference of two figures that each have one.

Method: the range of a difference of independent figures from the ranges of both (MOVER; Zou & Donner 2008,
"Construction of confidence intervals about effect measures", Statistics in Medicine 27, equation 3), which
keeps the skew of log-normal ranges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analytics.uncertainty import DATA_TYPE_FACTOR

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["SCALED_FACTOR", "Range", "less", "mean_spread", "widened"]

# Evidence from other places of the same countries: as "good" as a modelled figure.
SCALED_FACTOR = DATA_TYPE_FACTOR["modelled"]
_Z95 = 1.959964


class Range(NamedTuple):
    """A figure with its 95 % range; arrays of one length."""

    mid: Floats
    low: Floats
    high: Floats

    def times(self, factor: ArrayLike) -> Range:
        by = np.asarray(factor, dtype=float)
        return Range(self.mid * by, self.low * by, self.high * by)


def less(now: Range, then: Range) -> Range:
    """What is saved: now − then, with independent ranges.

    Returns
    -------
    Range
        In the unit of both; low ≤ mid ≤ high.
    """
    saved = now.mid - then.mid
    return Range(
        saved,
        saved - np.hypot(now.mid - now.low, then.high - then.mid),
        saved + np.hypot(now.high - now.mid, then.mid - then.low),
    )


def mean_spread(sums: pd.DataFrame) -> Floats:
    """Half the 95 % range of Σkg ÷ Σweight that comes from the spread between chains.

    The standard error of a ratio of sums (Cochran 1977, "Sampling Techniques", section 2.11).

    Parameters
    ----------
    sums : DataFrame
        shipments, weight_kg, wtw_kg, weight_sq, kg_weight, kg_sq: sums over chains and of their squares.

    Returns
    -------
    array of float
        kg per kg, one a row; NaN for fewer than two chains.
    """
    n, weight, kg = (sums[name].to_numpy(dtype=float) for name in ("shipments", "weight_kg", "wtw_kg"))
    squares = (sums[name].to_numpy(dtype=float) for name in ("weight_sq", "kg_weight", "kg_sq"))
    weight_sq, kg_weight, kg_sq = squares
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = kg / weight
        residual = np.clip(kg_sq - 2 * rate * kg_weight + rate**2 * weight_sq, 0.0, None)
        return np.where(n >= 2, _Z95 * np.sqrt(n * residual / (n - 1)) / weight, np.nan)


def widened(rate: Range, spread: ArrayLike, factor: ArrayLike = 1.0) -> Range:
    """The rate with a spread (half a 95 % range) and a factor of doubt added to its range, in quadrature."""
    spread, factor = np.asarray(spread, dtype=float), np.asarray(factor, dtype=float)
    down = np.sqrt((rate.mid - rate.low) ** 2 + spread**2 + (rate.mid * (1 - 1 / factor)) ** 2)
    up = np.sqrt((rate.high - rate.mid) ** 2 + spread**2 + (rate.mid * (factor - 1)) ** 2)
    return Range(rate.mid, np.clip(rate.mid - down, 0.0, None), rate.mid + up)
