"""Shipments that were entered twice: the same legs, goods and kilograms again within some weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.anomalies.evidence import grouped_values
from analytics.anomalies.reading import Legs, grouped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

__all__ = ["Twins", "find_twins"]

WINDOW_DAYS = 31.0  # a later invoice or a file sent twice; beyond a month, equal goods are a new order
_PRIOR_PAIRS = 50.0
_CLOSE_DAYS = 0.1
_HABIT = 3  # more than so many copies in a row are no slip, they are the order of the day


@dataclass(frozen=True)
class Twins:
    """Per leg: row of the same leg in the earlier shipment (−1: none), days between, surprise (−log10 p)."""

    twin: Codes
    days: Floats
    surprise: Floats


def find_twins(legs: Legs) -> Twins:
    """The later copies among equal shipments; a copy may lack legs that have not departed yet.

    Notes
    -----
    Equal is: supplier, lane, mode, product, leg number, weight and distance. How surprising that is depends
    on the goods: where full pallets of one weight go out every week, equal shipments are the rule. So the
    chance of a match so near in time is estimated from the flow's pairs that lie farther apart than the
    window. An equal cost and emission, and an equal time of day, make it smaller. The leg that says most
    speaks for its shipment.
    """
    n = len(legs)
    start = _shipment_start(legs)
    flow = grouped(
        legs.codes["supplier_id"], legs.lane, legs.codes["mode"], legs.codes["product_group"], legs.leg_no
    )
    key = grouped(flow, grouped_values(legs.weight_kg), grouped_values(legs.distance_km))
    order = np.lexsort((legs.leg_no, legs.shipment, start, key))
    same = (np.diff(key[order]) == 0) & (np.diff(legs.shipment[order]) != 0)
    gap = np.diff(start[order])
    near = same & (gap <= WINDOW_DAYS) & ~np.isnan(legs.weight_kg[order[1:]])
    first, later = order[:-1][near], order[1:][near]
    before, days = np.full(n, -1, dtype=np.int64), np.full(n, np.nan)
    # A new leg copies one of history, even if it is dated before it.
    back = legs.fresh[first] & ~legs.fresh[later]
    before[first[back]], days[first[back]] = later[back], gap[near][back]
    before[later[~back]], days[later[~back]] = first[~back], gap[near][~back]
    whole = _whole_shipment(legs, before)
    twin = np.where(whole, before, -1)
    chance = _chance(flow, key, start)
    further = grouped(key, grouped_values(legs.cost), grouped_values(legs.wtw_kg))
    alike = np.zeros(n, dtype=bool)
    alike[whole] = further[whole] == further[twin[whole]]
    if alike.any():
        nearer = _chance(flow, further, start)
        chance = np.where(alike, np.minimum(chance, nearer), chance)
    chance = chance * np.minimum((np.nan_to_num(days) + _CLOSE_DAYS) / WINDOW_DAYS, 1.0)
    minute = np.nan_to_num(np.round(legs.day * 1440)).astype(np.int64) % 1440
    same_minute = whole & (minute == minute[np.maximum(twin, 0)])
    chance = chance * np.where(same_minute, np.sum((np.bincount(minute) / max(n, 1)) ** 2), 1.0)
    surprise = np.where(whole, -np.log10(np.clip(chance, 1e-12, 1.0)), 0.0)
    most = np.zeros(int(legs.shipment.max(initial=0)) + 1)
    np.maximum.at(most, legs.shipment, surprise)
    return Twins(twin, days, most[legs.shipment])


def _shipment_start(legs: Legs) -> Floats:
    """The first departure of each leg's shipment, in days."""
    first = np.full(int(legs.shipment.max(initial=0)) + 1, np.inf)
    np.minimum.at(first, legs.shipment, np.nan_to_num(legs.day, nan=np.inf))
    start = first[legs.shipment]
    return np.where(np.isfinite(start), start, np.nan)


def _chance(flow: Codes, key: Codes, start: Floats) -> Floats:
    """Of each leg: expected number of equal shipments of its flow within the window, if all are different."""
    per_flow = np.bincount(flow)
    flow_of_key = np.zeros(int(key.max(initial=0)) + 1, dtype=np.int64)
    flow_of_key[key] = flow
    equal = np.bincount(flow_of_key, _far_pairs(key, start, habit=_HABIT), minlength=len(per_flow))
    pairs = np.maximum(_far_pairs(flow, start, habit=0), equal)
    overall = (equal.sum() + 0.5) / (pairs.sum() + _PRIOR_PAIRS)
    rate = (equal + _PRIOR_PAIRS * overall) / (pairs + _PRIOR_PAIRS)
    last, first = np.full(len(per_flow), -np.inf), np.full(len(per_flow), np.inf)
    known = ~np.isnan(start)
    np.maximum.at(last, flow[known], start[known])
    np.minimum.at(first, flow[known], start[known])
    span = np.where(last >= first, last - first, 0.0)
    expected = per_flow * np.minimum(WINDOW_DAYS / np.maximum(span, WINDOW_DAYS), 1.0) * rate
    return expected[flow]


def _far_pairs(codes: Codes, start: Floats, *, habit: int) -> Floats:
    """Of each code: pairs farther apart than the window, and near ones too where more than `habit` repeat."""
    moment = np.nan_to_num(start)
    moment = moment - moment.min(initial=0.0)
    stride = float(moment.max(initial=0.0)) + 2 * WINDOW_DAYS
    line = np.sort(codes * stride + moment)
    earlier = np.arange(len(line)) - np.searchsorted(line, line - WINDOW_DAYS)  # of the code, in the window
    of_line = np.sort(codes)
    near = np.bincount(of_line, earlier)
    repeats = np.bincount(of_line, earlier > 0)
    size = np.bincount(codes).astype(float)
    pairs = size * (size - 1) / 2
    return np.where((habit > 0) & (repeats > habit), pairs, np.maximum(pairs - near, 0.0))


def _whole_shipment(legs: Legs, before: Codes) -> NDArray[np.bool_]:
    """Legs of shipments all of whose legs repeat legs of one and the same earlier shipment."""
    many = int(legs.shipment.max(initial=0)) + 1
    earlier = np.where(before >= 0, legs.shipment[before], -1)
    low, high = np.full(many, np.iinfo(np.int64).max), np.full(many, -1)
    np.minimum.at(low, legs.shipment, earlier)
    np.maximum.at(high, legs.shipment, earlier)
    return ((low == high) & (high >= 0))[legs.shipment]
