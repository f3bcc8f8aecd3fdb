"""How far weight, distance and emission of each leg lie from what its group makes one expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.anomalies.reading import Legs, grouped
from analytics.anomalies.robust import nested_usual
from analytics.anomalies.tails import calibrated_surprise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

__all__ = ["Evidence", "distance_evidence", "intensity_evidence", "weight_evidence"]

# The precision that a column is written with; smaller differences are not worth a word.
_WEIGHT_FLOOR, _DISTANCE_FLOOR, _INTENSITY_FLOOR = 0.03, 0.025, 0.04
_ACROSS_VEHICLES = 0.2  # log: how much the classes of one mode differ, where nobody says which one it was
_LOADS_KG = (1_500.0, 3_500.0, 7_500.0)  # about what vans, small and middle trucks carry
_LOG_RANGE = (-16.0, 25.0)  # keeps absurd and negative values finite, and absurd
_WELL_KNOWN = (2, 8)  # other rows in the group: the tails differ between strata
_JUDGED_AGAIN = 2.0  # −log10 p
_ALIKE, _LEAST_ALIKE, _LEAST_SHARE = 1.5, 3, 0.02  # spreads, legs, share of the group
_BEYOND_LB, _NO_HABIT = 1.0, 3.9  # log
_EXACT = 1e-6  # a reported emission this close to the calculated one is the calculated one


@dataclass(frozen=True)
class Evidence:
    """One column's testimony on each leg, in natural logarithms of the column's unit.

    `log_ratio` is what stands there against what was expected, `spread` its standard deviation,
    `log_expected` the expected value, `others` how many others the leg's own group has, `surprise` −log10 of
    the calibrated tail probability. NaN (surprise 0) where the column says nothing.
    """

    log_ratio: Floats
    spread: Floats
    log_expected: Floats
    others: Codes
    surprise: Floats

    def take(self, rows: Codes) -> Evidence:
        """The testimony on the given rows."""
        return Evidence(
            self.log_ratio[rows],
            self.spread[rows],
            self.log_expected[rows],
            self.others[rows],
            self.surprise[rows],
        )

    def where(self, rows: NDArray[np.bool_], other: Evidence) -> Evidence:
        """The other testimony where `rows` says so."""
        return Evidence(
            np.where(rows, other.log_ratio, self.log_ratio),
            np.where(rows, other.spread, self.spread),
            np.where(rows, other.log_expected, self.log_expected),
            np.where(rows, other.others, self.others),
            np.where(rows, other.surprise, self.surprise),
        )


def weight_evidence(legs: Legs, doubtful_mode: NDArray[np.bool_], usual_mode: Codes) -> Evidence:
    """Weight by mode and modes of the whole chain → product → supplier → lane.

    A truck that feeds a plane is light among trucks: the chain tells. Where legs of the chain are still to
    come it cannot, and the leg is judged among all. The legs of a shipment share one weight and one verdict,
    the mildest, since a wrong weight stands out on each; legs whose mode is in doubt do not judge.

    Parameters
    ----------
    doubtful_mode : array of bool
    usual_mode : array of int
        The lane's usual mode, which counts for a doubtful one; −1 where there is none.
    """
    codes, values, lane = legs.codes, _log(legs.weight_kg), legs.lane
    judged, none = ~np.isnan(legs.weight_kg), np.zeros(len(legs))
    mode = np.where(doubtful_mode & (usual_mode >= 0), usual_mode, codes["mode"])
    narrower = (codes["product_group"], codes["supplier_id"], lane)
    open_end = _unfinished(legs, lane)
    chain = _narrowing(grouped(mode, _modes_of_chain(legs, mode)), *narrower)
    found = _evidence(values, chain, judged, none, _WEIGHT_FLOOR)
    if open_end.any():
        alone = _evidence(values, _narrowing(mode, *narrower), judged, none, _WEIGHT_FLOOR)
        found = found.where(open_end, alone)
    return _shared(found, legs, doubtful_mode)


def distance_evidence(legs: Legs) -> Evidence:
    """Distance by mode → lane (either way) → how it was measured, against the great circle if known."""
    codes = legs.codes
    pair = (
        np.minimum(codes["origin"], codes["destination"]),
        np.maximum(codes["origin"], codes["destination"]),
    )
    lane = grouped(*pair)
    direct = _lane_mean(lane, legs.direct_km)
    base = np.log(np.where(direct > 1, direct, 1.0))
    measured = grouped(codes["distance_source"], codes["distance_basis"])
    # Whether the great circle is known comes first: kilometres and ratios do not mix.
    levels = _narrowing(grouped((direct > 1).astype(np.int64), codes["mode"]), lane, measured)
    judged = legs.moves & ~np.isnan(legs.distance_km)
    return _evidence(_log(legs.distance_km), levels, judged, base, _DISTANCE_FLOOR)


def intensity_evidence(legs: Legs) -> Evidence:
    """Emission against the calculated one where it was reported, else per tonne-km among like vehicles."""
    codes = legs.codes
    judged = ~np.isnan(legs.wtw_kg) & ~np.isnan(legs.weight_kg) & (legs.weight_kg > 0)
    with np.errstate(invalid="ignore"):
        calculated = legs.calculated_kg > 0
        own = calculated & (np.abs(legs.wtw_kg - legs.calculated_kg) <= _EXACT * legs.calculated_kg)
        work = legs.weight_kg / 1000 * np.where(legs.moves, legs.distance_km, 1.0)
    judged &= np.where(calculated, ~own, work > 0)
    base = np.log(np.where(judged, np.where(calculated, legs.calculated_kg, work), 1.0))
    vehicle = grouped(codes["vehicle_class"], codes["temperature_controlled"], codes["factor_id"])
    basis = grouped(codes["distance_basis"], codes["distance_source"])
    mode = grouped(calculated.astype(np.int64), codes["mode"])
    told = calculated.any() or any(len(legs.names[one]) > 1 for one in ("vehicle_class", "factor_id"))
    if not told:  # which vehicle it was, chain and load may tell: a feeder truck is a small one
        load = np.digitize(np.nan_to_num(legs.weight_kg), _LOADS_KG)
        mode = grouped(mode, _modes_of_chain(legs, codes["mode"]), load)
    # A ratio to the calculated emission is the sender's habit; the vehicle is in the calculation already.
    vehicle = np.where(calculated, 0, 1 + grouped(vehicle, basis))
    lane = np.where(calculated, 0, 1 + grouped(legs.lane, codes["product_group"]))
    levels = _narrowing(mode, vehicle, codes["supplier_id"], lane)
    floor = _INTENSITY_FLOOR if told else _ACROSS_VEHICLES
    return _evidence(_log(legs.wtw_kg), levels, judged, base, floor)


def _evidence(
    values: Floats, levels: list[Codes], judged: NDArray[np.bool_], base: Floats, floor: float
) -> Evidence:
    n = len(values)
    nothing = np.full(n, np.nan)
    log_ratio, spread, expected, others = nothing.copy(), nothing.copy(), nothing, np.zeros(n, dtype=np.int64)
    if judged.any():
        rows = np.flatnonzero(judged)
        usual = nested_usual(values[rows] - base[rows], [grouped(one[rows]) for one in levels], floor=floor)
        expected[rows] = usual.centre + base[rows]
        log_ratio[rows] = values[rows] - expected[rows]
        spread[rows], others[rows] = usual.spread, usual.others
    surprise = calibrated_surprise(log_ratio / spread, np.digitize(others, _WELL_KNOWN))
    habit = _habit(log_ratio, spread, levels[-1], judged & (surprise > _JUDGED_AGAIN))
    surprise = np.where(habit > 0, -np.log10(np.maximum(habit, 1e-12)), surprise)
    return Evidence(log_ratio, spread, expected, others, surprise)


def _habit(log_ratio: Floats, spread: Floats, group: Codes, asked: NDArray[np.bool_]) -> Floats:
    """Share of the leg's group that deviates just as much, if that is so often that it is no error; else 0.

    A group may hold two kinds of goods or vehicles that no column tells apart. Slips of one size repeat
    too, so that what lies near a pound or beyond a factor of 50 is not excused.
    """
    share = np.zeros(len(log_ratio))
    size = np.abs(np.nan_to_num(log_ratio))
    rows = np.flatnonzero(asked & (size > _BEYOND_LB) & (size < _NO_HABIT))
    if not len(rows):
        return share
    stride = 4 * _LOG_RANGE[1]
    known = np.isfinite(log_ratio)
    line = np.sort(group[known] * stride + log_ratio[known])
    place, near = group[rows] * stride + log_ratio[rows], _ALIKE * spread[rows]
    alike = np.searchsorted(line, place + near, "right") - np.searchsorted(line, place - near) - 1
    of_group = np.bincount(group[known])[group[rows]]
    share[rows] = np.where(
        (alike >= _LEAST_ALIKE) & (alike >= _LEAST_SHARE * of_group), alike / of_group, 0.0
    )
    return share


def _shared(one: Evidence, legs: Legs, doubtful: NDArray[np.bool_]) -> Evidence:
    """Give all legs of a shipment that bear the same weight the mildest verdict among them."""
    lots = grouped(legs.shipment, grouped_values(legs.weight_kg))
    size = np.nan_to_num(np.abs(one.log_ratio / one.spread), nan=np.inf)
    order = np.lexsort((np.nan_to_num(one.spread, nan=np.inf), size, doubtful, lots))
    best = order[np.flatnonzero(np.diff(lots[order], prepend=-1))]
    return one.take(best[lots])


def _modes_of_chain(legs: Legs, mode: Codes) -> Codes:
    """One number for the set of modes that each leg's shipment goes by."""
    bits = np.zeros(int(legs.shipment.max(initial=0)) + 1, dtype=np.int64)
    np.bitwise_or.at(bits, legs.shipment, 1 << np.minimum(mode, 62))
    return grouped(bits[legs.shipment])


def _unfinished(legs: Legs, lane: Codes) -> NDArray[np.bool_]:
    """Legs of shipments that end where others of their kind go on."""
    final = np.full(int(legs.shipment.max(initial=0)) + 1, -1, dtype=np.int64)
    np.maximum.at(final, legs.shipment, legs.leg_no)
    last = legs.leg_no == final[legs.shipment]
    flow = grouped(
        lane, legs.codes["mode"], legs.codes["supplier_id"], legs.codes["product_group"], legs.leg_no
    )
    going_on = (np.bincount(flow, ~last) > 0.2 * np.bincount(flow))[flow]
    return np.isin(legs.shipment, legs.shipment[last & going_on])


def grouped_values(values: Floats) -> Codes:
    """Codes of equal numbers; NaN has a code of its own."""
    import pandas as pd

    return pd.factorize(values, use_na_sentinel=False)[0].astype(np.int64)


def _narrowing(*codes: Codes) -> list[Codes]:
    levels = [grouped(codes[0])]
    for one in codes[1:]:
        levels.append(grouped(levels[-1], one))
    return levels


def _lane_mean(lane: Codes, values: Floats) -> Floats:
    known = np.isfinite(values)
    many = np.bincount(lane, known)
    total = np.bincount(lane, np.where(known, values, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return (total / many)[lane]


def _log(values: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.where(values > 0, np.log(np.abs(values)), _LOG_RANGE[0])
    return np.clip(np.nan_to_num(logs), *_LOG_RANGE)
