"""Estimates of many suppliers, each drawn towards "as peers" by as much as its evidence is thin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Z95", "shrink"]

Z95 = 1.959963985
_SPREADS = np.geomspace(1e-3, 4.0, 90)


def shrink(
    estimates: NDArray[np.float64], variances: NDArray[np.float64], *, usual_spread: float = 0.3
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Posterior means and standard deviations of true values that lie around 0 with an unknown spread.

    Each estimate is normal around its truth with the given variance; the truths are normal around 0. Their
    spread is not plugged in but averaged over, by how well it explains all estimates together: so the
    interval also covers that the spread is not known, which matters with two or three suppliers. This is
    what Morris 1983 (JASA 78) corrects for; the prior of the spread is half-Cauchy (Gelman 2006, Bayesian
    Analysis 1).

    Parameters
    ----------
    estimates, variances : array of float
        Over suppliers; NaN where nothing is known, which returns mean 0 and the typical spread.
    usual_spread : float
        Scale of the half-Cauchy: spreads far above it need evidence.

    Returns
    -------
    means, deviations : arrays of float, as long as `estimates`.
    """
    known = np.isfinite(estimates) & np.isfinite(variances)
    found = np.where(known, estimates, 0.0)[:, None]
    # An estimate without any variance would leave no room for a spread but its own distance from 0.
    noise = np.where(known, np.maximum(variances, 1e-8), np.inf)[:, None]
    spread_sq = _SPREADS[None, :] ** 2
    both = noise + spread_sq
    with np.errstate(invalid="ignore"):
        fits = -0.5 * np.where(known[:, None], np.log(both) + found**2 / both, 0.0).sum(axis=0)
    # The steps of the grid grow with the spread.
    fits += np.log(_SPREADS / (1 + (_SPREADS / usual_spread) ** 2))
    weight = np.exp(fits - fits.max())
    weight /= weight.sum()
    kept = np.where(known[:, None], spread_sq / both, 0.0)
    mean = (kept * found) @ weight
    within = np.where(known[:, None], kept * np.where(known[:, None], noise, 0.0), spread_sq) @ weight
    between = ((kept * found - mean[:, None]) ** 2) @ weight
    return mean, np.sqrt(within + between)
