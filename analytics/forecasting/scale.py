"""The scale of the models: the series as it is, its root, or its logarithm where it swings in per cent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.forecasting.members import fit, short_level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Scale", "fitting_scale"]

_GAIN = 10.0
_MOST_VARIANCE = 0.5


@dataclass(frozen=True)
class Scale:
    """power 1, 0.5 or 0 (the logarithm), of the value plus an offset."""

    power: float
    offset: float = 0.0

    def to(self, values: Floats) -> Floats:
        if self.power == 1:
            return values
        moved = values + self.offset
        return np.asarray(np.log(moved) if self.power == 0 else np.sqrt(moved))

    def back(self, modelled: Floats) -> Floats:
        """Values of 0 or more; one below the lowest that the scale knows is 0."""
        if self.power == 1:
            return np.maximum(modelled, 0.0)
        raised = np.exp(np.minimum(modelled, 50.0)) if self.power == 0 else np.maximum(modelled, 0.0) ** 2
        return np.asarray(np.maximum(raised - self.offset, 0.0))

    def mean_back(self, modelled: Floats, variance: Floats) -> Floats:
        """The mean of values whose modelled mean and variance these are, to the second order."""
        if self.power == 1:
            return np.maximum(modelled, 0.0)
        if self.power == 0:
            return np.maximum(self.back(modelled + np.minimum(variance, _MOST_VARIANCE) / 2), 0.0)
        return np.asarray(np.maximum(np.maximum(modelled, 0.0) ** 2 + variance - self.offset, 0.0))

    def log_slope(self, values: Floats) -> float:
        """Σ log of the scale's slope: what makes likelihoods on two scales comparable."""
        if self.power == 1:
            return 0.0
        moved = np.log(values + self.offset)
        return float(-moved.sum() if self.power == 0 else -0.5 * moved.sum() - len(values) * np.log(2.0))


def fitting_scale(values: Floats, season: int) -> Scale:
    """The scale on which the shocks are most alike, by the likelihood of a simple model; if in doubt, plain.

    values : (n,), without gaps, in units of their mean.
    """
    if len(values) < 4 * max(season, 5):
        return Scale(1.0)
    tried = [Scale(1.0)]
    least = float(values.min())
    if float((values == 0).mean()) < 0.4:
        tried.append(Scale(0.5, 0.0 if least > 0.01 else 0.02))
    if least > 0.02:
        tried.append(Scale(0.0))
    model = short_level(season > 1)
    measured = [
        fit(one.to(values), 1, model, season=season).aicc
        - 2.0 * one.log_slope(values)
        + (_GAIN if one.power != 1 else 0.0)
        for one in tried
    ]
    return tried[int(np.argmin(measured))]
