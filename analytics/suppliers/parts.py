"""The five parts of a score, each as points with their uncertainty: 50 is as peers do, more is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.suppliers.expected import HALF_TRUST_LEGS, PSEUDO_LEGS, Compared
from analytics.suppliers.jobs import Sums, summed
from analytics.suppliers.shrinkage import shrink

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.suppliers.choice import Choice

__all__ = ["FULL_SCALE", "Estimate", "consolidation", "data_quality", "efficiency", "mode_choice", "trend"]

# What makes the whole way from 50 to 0 points: half as much again for the ratio, twice as much for modes and
# for legs, half of all road legs more as part loads, half of all kg less on primary data, a quarter more than
# a year ago. As far below 1 it is 100 points.
FULL_SCALE = {
    "efficiency": float(np.log(1.5)),
    "mode_choice": float(np.log(2.0)),
    "consolidation": float(np.log(2.0)),
    "part_loads": 0.5,
    "data_quality": 0.5,
    "trend": float(np.log(1.25)),
}
FLAGGED_COUNTS = 2.0  # a flagged kg costs as much as two primary ones gain
_TREND_SPREAD, _SHARE_SPREAD = 0.1, 0.15  # what changes in a year, and shares, usually differ by
_USUAL_QUALITY_VARIANCE = 0.1  # of a leg: primary 1, modelled ½, default 0


@dataclass(frozen=True)
class Estimate:
    """One part; arrays over suppliers.

    Attributes
    ----------
    raw : array of float
        As measured, before it is drawn towards the peers; NaN where not known.
    value : array of float
        The figure that the points rest on; NaN where not known.
    centre, deviation : array of float
        Points and their standard deviation, before they are cut at 0 and 100.
    known : array of bool
    """

    raw: NDArray[np.float64]
    value: NDArray[np.float64]
    centre: NDArray[np.float64]
    deviation: NDArray[np.float64]
    known: NDArray[np.bool_]


def efficiency(found: Compared) -> tuple[Estimate, NDArray[np.float64], NDArray[np.float64]]:
    """Observed ÷ expected; with the mean and deviation of its logarithm, drawn towards 0."""
    mean, deviation = shrink(found.log_ratio, found.variance)
    estimate = _of_logs("efficiency", found.log_ratio, mean, deviation)
    return estimate, mean, deviation


def mode_choice(choice: Choice) -> Estimate:
    """Emissions at its own modes ÷ those at its peers' modes."""
    # Where all run one mode there is no choice: that says nothing about how far choices lie apart.
    chosen = np.where(choice.variance > 0, choice.log_ratio, np.nan)
    mean, deviation = shrink(chosen, choice.variance)
    no_choice = np.isfinite(choice.log_ratio) & ~np.isfinite(chosen)
    mean, deviation = np.where(no_choice, 0.0, mean), np.where(no_choice, 0.0, deviation)
    return _of_logs("mode_choice", choice.log_ratio, mean, deviation)


def consolidation(masses: Compared, road: Sums, loads: Compared) -> Estimate:
    """Legs run ÷ legs that peers would need for the same mass; and on the road, more part loads than peers.

    `loads` compares part loads (amount) with legs (size). Its share counts by half the share of road legs.
    """
    mean, deviation = shrink(masses.log_ratio, masses.variance)
    known = np.isfinite(masses.log_ratio)
    with np.errstate(divide="ignore", invalid="ignore"):
        more = (loads.observed - loads.expected) / loads.legs
        counts = np.where(loads.legs > 0, 0.5 * np.minimum(loads.legs / masses.legs, 1.0), 0.0)
    more_mean, more_deviation = shrink(more, _share_variance(loads, road), usual_spread=_SHARE_SPREAD)
    counts = np.where(np.isfinite(more) & np.isfinite(counts), counts, 0.0)
    by_mass, by_load = 50 / FULL_SCALE["consolidation"], 50 / FULL_SCALE["part_loads"]
    centre = 50 - (1 - counts) * by_mass * mean - counts * by_load * more_mean
    spread = np.hypot((1 - counts) * by_mass * deviation, counts * by_load * more_deviation)
    return Estimate(
        np.exp(masses.log_ratio),
        np.where(known, np.exp(mean), np.nan),
        np.where(known, centre, 50.0),
        spread,
        known,
    )


def data_quality(
    kg: NDArray[np.float64],
    flagged_kg: NDArray[np.float64],
    legs: NDArray[np.float64],
    even: NDArray[np.float64],
) -> Estimate:
    """Share of kg that are primary and half of the modelled ones, less twice the flagged; against peers.

    Parameters
    ----------
    kg : array of float, shape (suppliers, 3)
        kg CO2e that are primary, modelled, default.
    flagged_kg, legs : array of float
    even : array of float
        (Σ kg)² ÷ Σ kg²: as many legs of equal kg would tell as much.
    """
    total = kg.sum(axis=1)
    known = total > 0
    whole = np.where(known, total, 1.0)
    primary, modelled, flagged = kg[:, 0] / whole, kg[:, 1] / whole, flagged_kg / whole
    counted = primary + 0.5 * modelled
    index = counted - FLAGGED_COUNTS * flagged
    weight = np.where(known, legs / (legs + HALF_TRUST_LEGS), 0.0)
    others = weight.sum() - weight
    known &= others > 1e-9
    peers = ((weight * index).sum() - weight * index) / np.where(others > 1e-9, others, 1.0)
    difference = np.where(known, index - peers, np.nan)
    spread = primary + 0.25 * modelled - counted**2 + FLAGGED_COUNTS**2 * flagged * (1 - flagged)
    spread = (even * np.clip(spread, 0, None) + PSEUDO_LEGS * _USUAL_QUALITY_VARIANCE) / (even + PSEUDO_LEGS)
    mean = np.nan_to_num(difference) * even / (even + PSEUDO_LEGS)
    scale = 50 / FULL_SCALE["data_quality"]
    return Estimate(
        np.where(known, counted, np.nan),
        np.where(known, counted, np.nan),
        np.where(known, 50 + scale * mean, 50.0),
        scale * np.sqrt(spread / (even + PSEUDO_LEGS)),
        known,
    )


def trend(now: Compared, before: Compared) -> Estimate:
    """Its ratio in the last year ÷ its ratio in the year before, each against the peers of that year."""
    change = now.log_ratio - before.log_ratio
    # Jobs that differ cancel out as far as they are the same in both years.
    noise = now.leg_variance + now.peer_variance + before.leg_variance + before.peer_variance
    mean, deviation = shrink(change, noise, usual_spread=_TREND_SPREAD)
    return _of_logs("trend", change, mean, deviation)


def _of_logs(
    part: str, raw: NDArray[np.float64], mean: NDArray[np.float64], deviation: NDArray[np.float64]
) -> Estimate:
    known = np.isfinite(raw)
    scale = 50 / FULL_SCALE[part]
    return Estimate(
        np.exp(raw),
        np.where(known, np.exp(mean), np.nan),
        np.where(known, 50 - scale * mean, 50.0),
        scale * deviation,
        known,
    )


def _share_variance(loads: Compared, road: Sums) -> NDArray[np.float64]:
    """Of the share of part loads beyond the peers': legs that are drawn, and jobs that differ."""
    known = np.isfinite(loads.rows.rate)
    legs = np.where(known, road.size, 0.0)
    usual = np.where(known, loads.rows.rate, 0.0)
    near = (road.amount + PSEUDO_LEGS * usual) / (road.size + PSEUDO_LEGS)
    each = np.clip(near * (1 - near), 0.0, None)
    suppliers = road.suppliers

    def by_supplier(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return summed(road.supplier, values, suppliers)

    total = by_supplier(legs)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = by_supplier(legs * each) / total**2
        part = np.where(known, legs / total[road.supplier], 0.0)
        own = by_supplier(np.where(known, road.amount - usual * legs, 0.0)) / total
        apart = (road.amount / road.size - usual - own[road.supplier]) ** 2 - each / road.size
    weight = np.where(known, road.size / (road.size + PSEUDO_LEGS), 0.0)
    usable = weight > 0
    between = float((weight[usable] * apart[usable]).sum() / weight[usable].sum()) if usable.any() else 0.0
    return np.where(total > 0, drawn + max(between, 0.0) * by_supplier(part**2), np.nan)
