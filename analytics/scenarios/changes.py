"""One lever on the cells of a year: the year after it, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.recommendations.savings import Range, less
from analytics.scenarios.levers import (
    ChangeVehicle,
    Growth,
    JoinLoads,
    Lever,
    MoveVolume,
    ShiftMode,
    SwitchFuel,
)
from analytics.scenarios.moving import Cost, Moved, median_of, move_volume, shift_mode
from analytics.scenarios.year import (
    ADJUSTED,
    AS_IS,
    CHANGED,
    CLASS,
    COLD,
    DATA_TYPE,
    FACTOR,
    HIGH,
    JOIN,
    JOINED,
    KG,
    LANE,
    LOADS,
    LOW,
    MAIN_MODE,
    MODE,
    MODELLED,
    RANGE,
    REACH,
    SHIPMENTS,
    SUPPLIER,
    TONNE_KM,
    WEIGHT,
    Year,
    fold,
    mode_code,
    sums_by,
)
from analytics.uncertainty import DATA_TYPE_FACTOR

if TYPE_CHECKING:
    from analytics.scenarios.results import Baseline
    from analytics.scenarios.year import Codes, Floats, Mask

__all__ = ["Effect", "applied"]


@dataclass(frozen=True, eq=False)
class Effect:
    """What one lever did, per year; saved_kg is Σ before − Σ after, exactly."""

    after: Year
    saved_kg: float
    saved_low_kg: float
    saved_high_kg: float
    shipments: float = 0.0
    tonnes: float = 0.0
    extra_days: float = float("nan")
    costs: tuple[Cost, ...] = ()
    note: str = field(default="")


def applied(year: Year, lever: Lever, baseline: Baseline) -> Effect:
    """Pull one lever on the year as the levers before left it."""
    return _HOW[type(lever)](year, lever, baseline)


def _grown(year: Year, lever: Growth, baseline: Baseline) -> Effect:
    # Flagged freight grows like all other.
    taken = _within(year, lever, baseline)
    if lever.modes:
        taken &= np.isin(year.codes[:, MAIN_MODE], [mode_code(mode) for mode in lever.modes])
    grown = year.times(np.where(taken, 1 + lever.pct / 100.0, 1.0))
    part = year.part(taken)
    ends = part.amounts[:, [LOW, HIGH]].sum(axis=0) * -lever.pct / 100.0
    return _effect(year, grown, part, 1.0, (ends.min(), ends.max()), note=_nothing(part))


def _vehicle_changed(year: Year, lever: ChangeVehicle, baseline: Baseline) -> Effect:
    book, mode = baseline.book, mode_code(lever.mode)
    target = book.classes_like([lever.to_class]) & book.own_class[mode].any(axis=1)
    if not target.any():
        return Effect(year, 0.0, 0.0, 0.0, note=_no_factor(lever, baseline))
    to_class = int(np.flatnonzero(target)[0])
    taken = _reachable(year, lever, baseline) & (year.codes[:, LOADS] != JOINED)
    taken &= ~book.classes_like([lever.to_class])[year.codes[:, CLASS]]
    if lever.from_class is not None:
        taken &= book.classes_like([lever.from_class])[year.codes[:, CLASS]]
    part, taken = _with_factor(year, taken, np.full(len(year), to_class), baseline)
    then = _in_class(part, np.full(len(part), to_class), baseline).coded({LOADS: CHANGED})
    note = _nothing(part)
    unknown = ~book.own_class[mode, part.codes[:, CLASS], part.codes[:, COLD]]
    if unknown.any() and part.total_kg > 0:
        share = float(part.amounts[unknown, KG].sum()) / part.total_kg
        note = (
            f"{100 * share:.0f} % of these kg are of vehicles of no known class: they count as average ones."
        )
    return _replaced(year, taken, lever, then, note=note)


def _fuel_switched(year: Year, lever: SwitchFuel, baseline: Baseline) -> Effect:
    taken = _reachable(year, lever, baseline)
    if lever.classes:
        taken &= baseline.book.classes_like(lever.classes)[year.codes[:, CLASS]]
    part = year.part(taken)
    if lever.reduction_pct is not None:
        # The same freight in the same vehicles: now and then err together.
        saved = lever.reduction_pct / 100.0
        then = part.emitting(*(part.amounts[:, RANGE] * (1 - saved)).T)
        ends = part.amounts[:, [LOW, HIGH]].sum(axis=0) * saved * lever.share
        return _replaced(year, taken, lever, then, note=_nothing(part), ends=(ends.min(), ends.max()))
    if lever.kg_per_tkm is not None:
        then = _rescaled(part, part.amounts[:, ADJUSTED] * lever.kg_per_tkm).coded({DATA_TYPE: MODELLED})
        return _replaced(year, taken, lever, then, note=_nothing(part))
    return _electric(year, taken, lever, baseline)


def _electric(year: Year, taken: Mask, lever: SwitchFuel, baseline: Baseline) -> Effect:
    """Each class to the electric factor of the same class, where the active set has one."""
    book, mode = baseline.book, mode_code(lever.mode)
    known = {fold(name): code for code, name in enumerate(book.classes) if book.own_class[mode, code].any()}
    electric = np.array([known.get(f"{fold(name)} electric", -1) for name in book.classes], dtype=np.int64)
    to_class = electric[year.codes[:, CLASS]]
    before_kg = year.part(taken).total_kg
    part, taken = _with_factor(year, taken & (to_class >= 0), to_class, baseline)
    if not len(part):
        return Effect(year, 0.0, 0.0, 0.0, note=_no_electric(baseline))
    then = _in_class(part, to_class[taken], baseline)
    missed = 1 - part.total_kg / before_kg if before_kg > 0 else 0.0
    note = f"{100 * missed:.0f} % of these kg are of classes without an electric factor: they stay."
    return _replaced(year, taken, lever, then, note=note if missed > 1e-9 else "")


def _loads_joined(year: Year, lever: JoinLoads, baseline: Baseline) -> Effect:
    taken = year.codes[:, REACH].astype(bool) & _within(year, lever, baseline)
    taken &= (year.codes[:, LOADS] == AS_IS) & (year.codes[:, JOIN] >= 0)
    part = year.part(taken)
    kg_share, weight_share, saved, low, high, days = baseline.join_shares[part.codes[:, JOIN]].T
    # A joined load keeps its freight and emits less; what has found no partner stays as it is.
    by = np.repeat(kg_share[:, None], part.amounts.shape[1], axis=1)
    by[:, [SHIPMENTS, WEIGHT]] = weight_share[:, None]
    alone = Year(part.codes, part.amounts * (1 - by)).coded({JOIN: -1})
    joined = Year(part.codes, part.amounts * by).coded({LOADS: JOINED})
    joined.amounts[:, RANGE] = part.amounts[:, RANGE] * np.clip(kg_share - saved, 0.0, None)[:, None]
    then = Year(np.concatenate([alone.codes, joined.codes]), np.concatenate([alone.amounts, joined.amounts]))
    kg = part.amounts[:, KG] * lever.share
    effect = _replaced(
        year, taken, lever, then, ends=(float((kg * low).sum()), float((kg * high).sum())),
        note="" if len(part) else "No loads here fit together and would clearly emit less.",
    )  # fmt: skip
    weight = part.amounts[:, WEIGHT] * weight_share
    return Effect(
        after=effect.after,
        saved_kg=effect.saved_kg,
        saved_low_kg=effect.saved_low_kg,
        saved_high_kg=effect.saved_high_kg,
        shipments=lever.share * float((part.amounts[:, SHIPMENTS] * weight_share).sum()),
        tonnes=lever.share * float(weight.sum()) / 1000.0,
        extra_days=median_of(days, weight),
        note=effect.note,
    )


def _moved(year: Year, lever: ShiftMode | MoveVolume, moved: Moved) -> Effect:
    if not moved.taken.any() or lever.share == 0:
        return Effect(year, 0.0, 0.0, 0.0, note=moved.note)
    share = lever.share
    return _effect(
        year,
        year.replaced(moved.taken, share, moved.then),
        year.part(moved.taken),
        share,
        (moved.saved_low_kg * share, moved.saved_high_kg * share),
        note=moved.note,
        extra_days=moved.extra_days,
        costs=tuple(one.times(share) for one in moved.costs),
    )


def _shifted(year: Year, lever: ShiftMode, baseline: Baseline) -> Effect:
    return _moved(year, lever, shift_mode(year, lever, baseline, _within(year, lever, baseline)))


def _volume_moved(year: Year, lever: MoveVolume, baseline: Baseline) -> Effect:
    return _moved(year, lever, move_volume(year, lever, baseline, _within(year, lever, baseline)))


_HOW: dict[type[Lever], Callable[[Year, Any, Any], Effect]] = {
    Growth: _grown,
    ChangeVehicle: _vehicle_changed,
    SwitchFuel: _fuel_switched,
    JoinLoads: _loads_joined,
    ShiftMode: _shifted,
    MoveVolume: _volume_moved,
}


def _within(year: Year, lever: Lever, baseline: Baseline) -> Mask:
    """The cells of the lever's lanes and suppliers."""
    book = baseline.book
    within = np.ones(len(year), dtype=bool)
    if lever.lanes:
        within &= book.among(book.lanes, lever.lanes)[year.codes[:, LANE]]
    if lever.suppliers:
        within &= book.among(book.suppliers, lever.suppliers)[year.codes[:, SUPPLIER]]
    return within


def _reachable(year: Year, lever: ChangeVehicle | SwitchFuel, baseline: Baseline) -> Mask:
    mine = year.codes[:, REACH].astype(bool) & (year.codes[:, MODE] == mode_code(lever.mode))
    return mine & _within(year, lever, baseline)


def _with_factor(year: Year, taken: Mask, to_class: Codes, baseline: Baseline) -> tuple[Year, Mask]:
    """The taken cells of which the factors of both classes are known, and which those are."""
    mode, cold = year.codes[:, MODE], year.codes[:, COLD]
    factors = baseline.book.kg_per_tkm
    now, then = factors[mode, year.codes[:, CLASS], cold], factors[mode, to_class, cold]
    taken = taken & (np.nan_to_num(now) > 0) & np.isfinite(then)
    return year.part(taken), taken


def _in_class(part: Year, to_class: Codes, baseline: Baseline) -> Year:
    """The cells in another class: their kg × the new class's factor ÷ the present one's, chilled or not."""
    book, codes = baseline.book, part.codes
    mode, cold = codes[:, MODE], codes[:, COLD]
    ratio = book.kg_per_tkm[mode, to_class, cold] / book.kg_per_tkm[mode, codes[:, CLASS], cold]
    factor = book.factor_of[mode, to_class, cold]
    then = _rescaled(part, part.amounts[:, KG] * ratio)
    return then.coded({CLASS: to_class, FACTOR: factor, DATA_TYPE: MODELLED})


def _rescaled(part: Year, kg: Floats) -> Year:
    """The cells with other emissions; their range stays as wide, and at least that of a modelled figure."""
    now, low, high = part.amounts[:, RANGE].T
    least = DATA_TYPE_FACTOR["modelled"]
    with np.errstate(divide="ignore", invalid="ignore"):
        down = np.where((now > 0) & (low > 0), now / low, least)
        up = np.where(now > 0, high / now, least)
    return part.emitting(kg, kg / np.maximum(down, least), kg * np.maximum(up, least))


def _replaced(
    year: Year,
    taken: Mask,
    lever: ChangeVehicle | SwitchFuel | JoinLoads,
    then: Year,
    *,
    note: str,
    ends: tuple[float, float] | None = None,
) -> Effect:
    """A share of these cells as they are `then`; without `ends`, old and new factors err independently."""
    if not taken.any() or lever.share == 0:
        return Effect(year, 0.0, 0.0, 0.0, note=note)
    part = year.part(taken)
    ends = _by_factor(part, then, lever.share) if ends is None else ends
    after = year.replaced(taken, lever.share, then)
    price = getattr(lever, "extra_cost_per_tkm", None)
    if price is None:
        return _effect(year, after, part, lever.share, ends, note=note)
    cost = price * lever.share * float(part.amounts[:, TONNE_KM].sum())
    paid = Cost(str(getattr(lever, "currency", "")), cost, year.total_kg - after.total_kg)
    return _effect(year, after, part, lever.share, ends, note=note, costs=(paid,))


def _by_factor(part: Year, then: Year, share: float) -> tuple[float, float]:
    """Ends of what is saved: legs of one factor err together, the factors before and after do not."""
    _, group = np.unique(part.codes[:, FACTOR], return_inverse=True)
    many = int(group.max()) + 1
    now, new = (sums_by(group, one.amounts[:, RANGE], many) * share for one in (part, then))
    saved = less(Range(*now.T), Range(*new.T))
    return float(saved.low.sum()), float(saved.high.sum())


def _effect(
    before: Year,
    after: Year,
    part: Year,
    share: float,
    ends: tuple[float, float],
    *,
    note: str,
    extra_days: float = float("nan"),
    costs: tuple[Cost, ...] = (),
) -> Effect:
    saved = before.total_kg - after.total_kg
    return Effect(
        after=after,
        saved_kg=saved,
        saved_low_kg=min(float(ends[0]), saved),
        saved_high_kg=max(float(ends[1]), saved),
        shipments=share * float(part.amounts[:, SHIPMENTS].sum()),
        tonnes=share * float(part.amounts[:, WEIGHT].sum()) / 1000.0,
        extra_days=extra_days,
        costs=costs,
        note=note,
    )


def _nothing(part: Year) -> str:
    return "" if len(part) else "Nothing in this selection is like that."


def _no_factor(lever: ChangeVehicle, baseline: Baseline) -> str:
    mode = lever.mode.replace("_", " ")
    return f"{baseline.factor_set} has no factor for {lever.to_class} by {mode}: choose another class."


def _no_electric(baseline: Baseline) -> str:
    return (
        f"{baseline.factor_set} has no electric factor for these vehicles: give its reduction in %, or its "
        "kg CO2e per tonne-km."
    )
