"""Freight that goes another way: in another mode, or with another supplier, at what that way emits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.recommendations.savings import Range, less
from analytics.scenarios.evidence import Ways, supplier_ways
from analytics.scenarios.year import (
    ADJUSTED,
    CLASS,
    COLD,
    DATA_TYPE,
    FACTOR,
    JOIN,
    KG,
    LANE,
    LOADS,
    MAIN_MODE,
    MODE,
    MOVED,
    RANGE,
    REACH,
    SHIPMENTS,
    SUPPLIER,
    TONNE_KM,
    WEIGHT,
    Year,
    mode_code,
    sums_by,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from analytics.scenarios.levers import MoveVolume, ShiftMode
    from analytics.scenarios.results import Baseline
    from analytics.scenarios.year import Codes, Floats, Mask

__all__ = ["Cost", "Moved", "median_of", "move_volume", "shift_mode"]

_OF_LEG = [MODE, CLASS, COLD, DATA_TYPE, FACTOR]


@dataclass(frozen=True)
class Cost:
    """Extra cost per year in one currency, and what is saved by the freight whose cost is known."""

    currency: str
    extra_cost: float
    saved_kg: float

    def times(self, share: float) -> Cost:
        return Cost(self.currency, self.extra_cost * share, self.saved_kg * share)


@dataclass(frozen=True, eq=False)
class Moved:
    """Cells that go another way, and what they become, all of them (a share is taken later)."""

    taken: Mask
    then: Year
    saved_low_kg: float = 0.0
    saved_high_kg: float = 0.0
    extra_days: float = float("nan")
    costs: tuple[Cost, ...] = ()
    note: str = ""


@dataclass(frozen=True, eq=False)
class _Freight:
    """Freight by supplier, lane and main mode, and the number of its way in `ways`."""

    ways: Ways
    group: Codes  # of each cell; -1: it has no other way
    lane: Codes
    supplier: Codes
    amounts: Floats
    way: Codes


def shift_mode(year: Year, lever: ShiftMode, baseline: Baseline, within: Mask) -> Moved:
    """Whole chains to another main mode; without lanes, only where that clearly saves on the lane."""
    ways = baseline.shifts
    of_modes = (ways.from_mode == mode_code(lever.from_mode)) & (ways.to_mode == mode_code(lever.to_mode))
    note = ""
    if lever.max_extra_days is not None:
        fast = ways.days_then - ways.days_now <= lever.max_extra_days
        slow = len(np.unique(ways.lane[of_modes & ~fast]))
        note = f"{slow:,} of the lanes take longer than that, or an unknown time: they stay." if slow else ""
        of_modes &= fast
    taken = within & year.codes[:, REACH].astype(bool)
    taken &= year.codes[:, MAIN_MODE] == mode_code(lever.from_mode)
    freight = _freight(year, taken, ways, of_modes)
    if not len(freight.way):
        return _nothing(year, note or _nobody(lever))
    if not lever.lanes:
        freight = _clear(freight)
        if not len(freight.way):
            return _nothing(year, "No lane here would clearly save by this shift.")
    return _moved(freight, baseline.mixes, baseline.book.pairs, note)


def move_volume(year: Year, lever: MoveVolume, baseline: Baseline, within: Mask) -> Moved:
    """Whole chains to another supplier, in the same main mode, where that one has done the same job."""
    suppliers = baseline.book.suppliers
    if lever.from_supplier not in suppliers or lever.to_supplier not in suppliers:
        return _nothing(year, "One of the two suppliers has no freight in this selection.")
    to_supplier = suppliers.index(lever.to_supplier)
    taken = within & year.codes[:, REACH].astype(bool)
    taken &= year.codes[:, SUPPLIER] == suppliers.index(lever.from_supplier)
    ways = supplier_ways(baseline, lever.from_supplier, lever.to_supplier)
    freight = _freight(year, taken, ways, np.ones(len(ways.lane), dtype=bool))
    if not len(freight.way):
        return _nothing(year, f"{lever.to_supplier} has not carried what {lever.from_supplier} carries here.")
    mixes = baseline.mixes.part(baseline.mixes.codes[:, SUPPLIER] == to_supplier)
    whole_kg = year.part(taken).total_kg
    stays = 1 - float(freight.amounts[:, KG].sum()) / whole_kg if whole_kg > 0 else 0.0
    note = f"{100 * stays:.0f} % of these kg stay: {lever.to_supplier} has not carried such freight there."
    moved = _moved(freight, mixes, baseline.book.pairs, note if stays > 1e-9 else "")
    return Moved(
        taken=moved.taken,
        then=moved.then.coded({SUPPLIER: to_supplier}),
        saved_low_kg=moved.saved_low_kg,
        saved_high_kg=moved.saved_high_kg,
        extra_days=moved.extra_days,
        costs=moved.costs,
        note=moved.note,
    )


def median_of(values: Floats, weight: Floats) -> float:
    """The value by which half the weight is reached; NaN where none is known."""
    known = np.isfinite(values) & (weight > 0)
    if not known.any():
        return float("nan")
    values, weight = values[known], weight[known]
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _freight(year: Year, taken: Mask, ways: Ways, usable: Mask) -> _Freight:
    """What is taken, summed by supplier, lane and main mode, where one of the usable ways fits it."""
    of_cell = _key(year.codes[:, SUPPLIER], year.codes[:, LANE], year.codes[:, MAIN_MODE])
    key_of_way = _key(ways.supplier, ways.lane, ways.from_mode)
    number = np.flatnonzero(usable)
    keys, first = np.unique(key_of_way[number], return_index=True)
    has_way = taken & np.isin(of_cell, keys)
    found, place = np.unique(of_cell[has_way], return_inverse=True)
    amounts = sums_by(place, year.amounts[has_way], len(found)) if len(found) else np.empty((0, 7))
    with_mass = amounts[:, WEIGHT] > 0
    group = np.full(len(year), -1)
    group[has_way] = np.where(with_mass, np.cumsum(with_mass) - 1, -1)[place]
    way = number[first[np.searchsorted(keys, found[with_mass])]] if len(keys) else np.empty(0, np.int64)
    return _Freight(ways, group, ways.lane[way], ways.supplier[way], amounts[with_mass], way)


def _key(supplier: Codes, lane: Codes, mode: Codes) -> Codes:
    return (supplier * 10_000_000 + lane) * 10 + mode


def _kept(freight: _Freight, keep: Mask) -> _Freight:
    numbers = np.append(np.where(keep, np.cumsum(keep) - 1, -1), -1)
    return _Freight(
        freight.ways,
        numbers[freight.group],
        freight.lane[keep],
        freight.supplier[keep],
        freight.amounts[keep],
        freight.way[keep],
    )


def _saved(freight: _Freight) -> tuple[Range, Codes]:
    """What each lane saves, now and then erring independently; and of which lane each group is."""
    _, lane = np.unique(freight.lane, return_inverse=True)
    many = int(lane.max()) + 1
    then = freight.ways.rates[freight.way] * freight.amounts[:, [WEIGHT]]
    now, new = (sums_by(lane, kg, many) for kg in (freight.amounts[:, RANGE], then))
    return less(Range(*now.T), Range(*new.T)), lane


def _clear(freight: _Freight) -> _Freight:
    saved, lane = _saved(freight)
    return _kept(freight, (saved.low > 0)[lane])


def _moved(freight: _Freight, mixes: Year, pairs: Codes, note: str) -> Moved:
    saved, _ = _saved(freight)
    ways = freight.ways
    return Moved(
        taken=freight.group >= 0,
        then=_as_then(freight, mixes, pairs),
        saved_low_kg=float(saved.low.sum()),
        saved_high_kg=float(saved.high.sum()),
        extra_days=median_of((ways.days_then - ways.days_now)[freight.way], freight.amounts[:, WEIGHT]),
        costs=tuple(_costs(freight)),
        note=note,
    )


def _as_then(freight: _Freight, mixes: Year, pairs: Codes) -> Year:
    """The freight as cells of the way it goes then: legs in the proportions of those that go so now."""
    near = freight.ways.same_lane[freight.way]
    to_mode = freight.ways.to_mode[freight.way]
    lane, mode = mixes.codes[:, LANE], mixes.codes[:, MAIN_MODE]
    parts = [
        _mixed(freight, np.flatnonzero(near), freight.lane * 10 + to_mode, mixes, lane * 10 + mode),
        _mixed(
            freight, np.flatnonzero(~near), pairs[freight.lane] * 10 + to_mode, mixes, pairs[lane] * 10 + mode
        ),
    ]
    return Year(*(np.concatenate([getattr(one, name) for one in parts]) for name in ("codes", "amounts")))


def _mixed(freight: _Freight, mine: Codes, place: Codes, mixes: Year, there: Codes) -> Year:
    """Some of the freight, over the legs of what goes at its place: a lane or countries, and a mode."""
    if not len(mine):
        return mixes.part(mine)
    useful = np.isin(there, place[mine])
    legs = mixes.part(useful)
    keys = np.column_stack([there[useful], legs.codes[:, _OF_LEG]])
    kinds, kind = np.unique(keys, axis=0, return_inverse=True)
    sums = sums_by(kind.ravel(), legs.amounts, len(kinds))
    starts, ends = (np.searchsorted(kinds[:, 0], place[mine], side) for side in ("left", "right"))
    counts = ends - starts
    row = np.repeat(mine, counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    spread = np.repeat(starts, counts) + within
    share = _ratio(sums[spread], np.repeat(_sums(sums, starts, counts), counts, axis=0))
    return _spread(freight, row, share, sums[spread]).coded(
        {MAIN_MODE: freight.ways.to_mode[freight.way[row]]}
        | {column: kinds[spread, at] for at, column in enumerate(_OF_LEG, 1)}
    )


def _spread(freight: _Freight, row: Codes, share: Floats, legs: Floats) -> Year:
    """Each row's share of its freight's kg and mass; its tonne-km per kg CO2e are those of the legs."""
    weight = freight.amounts[row, WEIGHT]
    amounts = np.empty((len(row), 7))
    amounts[:, RANGE] = freight.ways.rates[freight.way[row]] * (weight * share[:, KG])[:, None]
    amounts[:, SHIPMENTS] = freight.amounts[row, SHIPMENTS] * share[:, WEIGHT]
    amounts[:, WEIGHT] = weight * share[:, WEIGHT]
    for column in (TONNE_KM, ADJUSTED):
        amounts[:, column] = amounts[:, KG] * _ratio(legs[:, column], legs[:, KG])
    codes = np.zeros((len(row), 11), dtype=np.int64)
    codes[:, SUPPLIER], codes[:, LANE] = freight.supplier[row], freight.lane[row]
    codes[:, REACH], codes[:, LOADS], codes[:, JOIN] = 1, MOVED, -1
    return Year(codes, amounts)


def _sums(values: Floats, starts: Codes, counts: Codes) -> Floats:
    total = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    return total[starts + counts] - total[starts]


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _costs(freight: _Freight) -> Iterable[Cost]:
    """By currency, of the freight whose cost is known both ways in the same one."""
    ways = freight.ways
    tonnes = freight.amounts[:, WEIGHT] / 1000.0
    extra = ways.extra_cost_per_t[freight.way] * tonnes
    saved = freight.amounts[:, KG] - ways.rates[freight.way, 0] * freight.amounts[:, WEIGHT]
    known = np.isfinite(extra)
    currencies: NDArray[Any] = ways.currency[freight.way]
    for currency in sorted(set(currencies[known])):
        rows = known & (currencies == currency)
        yield Cost(str(currency), float(extra[rows].sum()), float(saved[rows].sum()))


def _nobody(lever: ShiftMode) -> str:
    now, then = (mode.replace("_", " ") for mode in (lever.from_mode, lever.to_mode))
    return f"No freight here could go by {then} instead of {now}: nobody ships so between these places."


def _nothing(year: Year, note: str) -> Moved:
    return Moved(np.zeros(len(year), dtype=bool), year.part(np.zeros(len(year), dtype=bool)), note=note)
