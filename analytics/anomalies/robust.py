"""Usual values of nested groups (mode, product, supplier, lane …) by medians, each leaning on its parent.

Every row is judged without itself, so that a rare group cannot excuse its own error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

__all__ = ["Usual", "group_medians", "nested_usual"]

_MAD_TO_SD = 1.4826
_MEDIAN_VARIANCE = np.pi / 2  # of a median, against the mean's
_ENOUGH = 4  # rows from which a group's median says something on how groups differ
_SCALE_PSEUDO_ROWS = 10.0
_WEAKEST_SPREAD = 0.01


@dataclass(frozen=True)
class Usual:
    """Per row: what was to be expected of it, in the unit of the values.

    Attributes
    ----------
    centre, spread : array of float
        Expected value, and standard deviation of a new row around it (the doubt about the centre is in it).
    others : array of int
        How many other rows the row's own, finest group has.
    """

    centre: Floats
    spread: Floats
    others: Codes

    def deviation(self, values: Floats) -> Floats:
        """How many spreads each value lies from its centre."""
        return (values - self.centre) / self.spread


def nested_usual(values: Floats, levels: Sequence[Codes], *, floor: float, unknown: float = 1.0) -> Usual:
    """Centre and spread of each row from its groups, coarse to fine.

    Parameters
    ----------
    values : array of float, shape (n,)
        Finite, usually logarithms.
    levels : sequence of int arrays, shape (n,)
        Group numbers 0…; each level divides the one before. At least one.
    floor : float
        Least spread: the precision that such values are written with.
    unknown : float
        Spread to assume where nothing is known.

    Notes
    -----
    A normal hierarchical model with medians for means: a group's centre is the mean of its own median and
    its parent's centre, weighted by their precision; how much groups differ is estimated at each level
    (Efron & Morris 1975, "Data Analysis Using Stein's Estimator"; medians and MAD as in Huber 1981). Spreads
    are shrunk on the log scale with 10 pseudo-rows, which one gross error in a small group hardly moves.
    """
    order = np.argsort(values, kind="stable")
    top = _Ranked(levels[0], values, order)
    centre, spare = top.median_of_others(), top.others()
    overall = float(np.median(values)) if len(values) else 0.0
    centre = np.where(spare > 0, centre, overall)
    within = _pooled(np.abs(values - top.medians[levels[0]]), floor)
    doubt = _MEDIAN_VARIANCE * within**2 / np.maximum(spare, 0.5)
    doubt = np.where(spare > 0, doubt, doubt + unknown**2)
    for codes in levels[1:]:
        group = _Ranked(codes, values, order)
        own, spare = group.median_of_others(), group.others()
        within = _pooled(np.abs(values - group.medians[codes]), floor)
        between = _between(group, centre, within, floor)
        prior = between + doubt
        noise = _MEDIAN_VARIANCE * within**2 / np.maximum(spare, 1)
        share = np.where(spare > 0, prior / (prior + noise), 0.0)
        centre = centre + share * (np.where(spare > 0, own, 0.0) - centre * (spare > 0))
        doubt = np.where(spare > 0, prior * noise / (prior + noise), prior)
    spread = _spreads(np.abs(values - centre), levels, floor, unknown)
    return Usual(centre, np.sqrt(spread**2 + doubt), spare)


def _between(group: _Ranked, centre: Floats, within: float, floor: float) -> float:
    """Variance of the groups' own centres around their parents', chance taken off."""
    known = np.flatnonzero(group.counts >= _ENOUGH)
    if len(known) < _ENOUGH:
        return max(within, floor) ** 2
    rows = group.any_row[known]
    apart = _MAD_TO_SD * float(np.median(np.abs(group.medians[known] - centre[rows])))
    chance = _MEDIAN_VARIANCE * within**2 * float(np.median(1 / group.counts[known]))
    return max(apart**2 - chance, (0.3 * floor) ** 2)


def _spreads(residual: Floats, levels: Sequence[Codes], floor: float, unknown: float) -> Floats:
    """Each row's spread: medians of the absolute residuals, coarse to fine, shrunk on the log scale."""
    n = len(residual)
    if not n:
        return residual
    order = np.argsort(residual, kind="stable")
    known = n / (n + _SCALE_PSEUDO_ROWS)
    start = known * np.log(_pooled(residual, floor)) + (1 - known) * np.log(unknown)
    log_spread = np.full(n, start)
    for codes in levels:
        group = _Ranked(codes, residual, order)
        others = group.others()
        own = np.log(np.maximum(_MAD_TO_SD * group.median_of_others(), floor))
        weight = others / (others + _SCALE_PSEUDO_ROWS)
        log_spread = log_spread + np.where(others > 0, weight * (own - log_spread), 0.0)
    return np.maximum(np.exp(log_spread), floor)


def _pooled(absolute: Floats, floor: float) -> float:
    return max(_MAD_TO_SD * float(np.median(absolute)), floor) if len(absolute) else floor


class _Ranked:
    """Values sorted within their groups: medians, and medians without a row itself, without a loop."""

    def __init__(self, codes: Codes, values: Floats, order: Codes) -> None:
        """`order` sorts the values; sorting the groups stably then keeps the values sorted within."""
        small = codes.astype(np.int16) if len(codes) and codes.max() < 32_000 else codes  # radix sort
        by_group = order[np.argsort(small[order], kind="stable")]
        self.codes = codes
        self.counts = np.bincount(codes)
        self.starts = np.cumsum(self.counts) - self.counts
        self.sorted = np.append(values[by_group], 0.0)
        self.any_row = by_group[np.minimum(self.starts, max(len(codes) - 1, 0))]
        self.position = np.empty(len(codes), dtype=np.int64)
        self.position[by_group] = np.arange(len(codes))
        self.position -= self.starts[codes] if len(codes) else 0
        half, n = self.counts // 2, np.maximum(self.counts, 1)
        high = self.sorted[self.starts + np.minimum(half, n - 1)]
        low = self.sorted[self.starts + np.maximum((n - 1) // 2, 0)]
        self.medians = (low + high) / 2

    def others(self) -> Codes:
        return self.counts[self.codes] - 1

    def median_of_others(self) -> Floats:
        """Of each row's group without the row; 0 where there are no others."""
        left = self.others()
        start = self.starts[self.codes]
        low, high = np.maximum(left - 1, 0) // 2, left // 2  # places of the middle once the row is gone
        low = start + low + (low >= self.position)
        high = start + high + (high >= self.position)
        last = len(self.sorted) - 1
        found = (self.sorted[np.minimum(low, last)] + self.sorted[np.minimum(high, last)]) / 2
        return np.where(left > 0, found, 0.0)


def group_medians(codes: Codes, values: Floats, wanted: Codes) -> Floats:
    """Median of the finite values of each wanted group; NaN where it has none."""
    member = np.isfinite(values) & np.isin(codes, wanted)
    known, place = np.unique(codes[member], return_inverse=True)
    if not len(known):
        return np.full(len(wanted), np.nan)
    picked = values[member]
    medians = _Ranked(place.astype(np.int64), picked, np.argsort(picked, kind="stable")).medians
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, medians[at], np.nan)
