"""From deviations to tail probabilities that fit the data's own core, and from these to a threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["calibrated_surprise", "threshold"]

_DEGREES = (np.inf, 60.0, 30.0, 20.0, 15.0, 12.0, 10.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.5, 2.0)
_SLACK = {0.90: 1.05, 0.95: 1.06, 0.98: 1.10}  # the core's quantiles, and how far a fit may fall short
_FEW = 200
MOST_SURPRISE = 300.0


def calibrated_surprise(deviation: Floats, stratum: NDArray[np.int64]) -> Floats:
    """−log10 of the two-sided tail probability of each deviation; 0 is no surprise at all.

    Parameters
    ----------
    deviation : array of float
        Standardised residuals; NaN gives 0.
    stratum : array of int
        Rows that are calibrated together: what is known well has other tails than what is hardly known.

    Notes
    -----
    In each stratum the lightest Student t is taken whose quantiles reach those of the data's core (up to
    98 %, which errors do not touch), so that wide or heavy-tailed data does not flood the list.
    """
    from scipy import stats  # type: ignore[import-untyped]

    surprise = np.zeros(len(deviation))
    known = np.isfinite(deviation)
    size = np.abs(deviation)
    everything = _fit(size[known])
    for one in np.unique(stratum[known]):
        rows = known & (stratum == one)
        degrees, scale = _fit(size[rows]) if np.count_nonzero(rows) >= _FEW else everything
        tail = stats.norm if np.isinf(degrees) else stats.t(degrees)
        surprise[rows] = -(tail.logsf(size[rows] / scale) + np.log(2)) / np.log(10)
    return np.clip(surprise, 0.0, MOST_SURPRISE)


def _fit(size: Floats) -> tuple[float, float]:
    """Degrees of freedom and scale (at least 1) of the Student t that covers the core of |deviation|."""
    from scipy import stats

    if len(size) < 20:
        return 4.0, 1.0  # so few rows say nothing on their tails
    seen = {share: float(np.quantile(size, share)) for share in (0.5, 0.7, *_SLACK)}
    for degrees in _DEGREES:
        quantile = {share: float(stats.t.ppf((1 + share) / 2, degrees)) for share in seen}
        scale = max(1.0, seen[0.5] / quantile[0.5], seen[0.7] / quantile[0.7])
        if all(seen[share] <= slack * scale * quantile[share] for share, slack in _SLACK.items()):
            return degrees, scale
    return degrees, max(scale, seen[0.98] / quantile[0.98] / _SLACK[0.98])


def threshold(surprise: Floats, false_discovery_rate: float) -> float:
    """Least surprise that is flagged so that at most this share of the flagged is chance.

    Source: Benjamini & Hochberg 1995, "Controlling the False Discovery Rate", J. R. Stat. Soc. B 57.
    """
    if not len(surprise):
        return np.inf
    ranked = np.sort(surprise)[::-1]
    needed = -np.log10(false_discovery_rate * np.arange(1, len(ranked) + 1) / len(ranked))
    passing = np.flatnonzero(ranked >= needed)
    return max(float(ranked[passing[-1]]), -np.log10(_LARGEST_P)) if len(passing) else np.inf


_LARGEST_P = 0.01  # whatever the rate: what one leg in a hundred shows is not unusual
