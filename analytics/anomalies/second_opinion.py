"""What two general detectors say of the same residuals: neither knows anything about freight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

__all__ = ["consensus"]

_SAMPLE, _TREES, _SEED = 4_000, 50, 7
_LEAST_ROWS = 50
_FARTHEST = 12.0


def consensus(features: Floats, rows: Codes) -> Floats:
    """Mean share (0..1) of a sample of legs that IForest and ECOD of PyOD find less odd than each of `rows`.

    Parameters
    ----------
    features : array of float, shape (n, columns)
        Residuals and surprises of all legs; NaN counts as usual.
    rows : array of int
        Legs to judge. NaN comes back where fewer than 50 legs are there to compare with.

    Source: Liu, Ting & Zhou 2008, "Isolation Forest"; Li et al. 2022, "ECOD" (IEEE TKDE), as in PyOD.
    """
    if len(features) < _LEAST_ROWS or not len(rows):
        return np.full(len(rows), np.nan)
    from pyod.models.ecod import ECOD  # type: ignore[import-untyped]
    from pyod.models.iforest import IForest  # type: ignore[import-untyped]

    # Rounded, so that the last bits decide neither order nor sample, and sorted: row order means nothing.
    clean: Floats = np.clip(np.nan_to_num(features), -_FARTHEST, _FARTHEST).round(6)
    sample = _spread_sample(clean)
    judged = clean[rows]
    opinions = []
    for detector in (IForest(n_estimators=_TREES, random_state=_SEED), ECOD()):
        detector.fit(sample)
        ranked = np.sort(detector.decision_scores_)
        opinions.append(np.searchsorted(ranked, detector.decision_function(judged)) / len(ranked))
    return np.mean(opinions, axis=0)


def _spread_sample(clean: Floats) -> Floats:
    order = np.lexsort(clean.T)
    places = np.linspace(0, len(clean) - 1, min(_SAMPLE, len(clean))).astype(np.int64)
    return clean[order[places]]
