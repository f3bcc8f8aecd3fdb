"""One lever on the cells of a year: the cells after it, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.recommendations.savings import Range, less
from analytics.scenarios.baseline import MEASURES
from analytics.scenarios.joins import JOIN_KEYS
from analytics.scenarios.levers import (
    ChangeVehicle,
    Growth,
    JoinLoads,
    Lever,
    MoveVolume,
    ShiftMode,
    SwitchFuel,
)
from analytics.scenarios.moving import Moved, move_volume, shift_mode
from analytics.uncertainty import DATA_TYPE_FACTOR

if TYPE_CHECKING:
    from analytics.scenarios.results import Baseline

__all__ = ["Effect", "applied", "no_costs"]

_MOST_KG_OF_NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class Effect:
    """What one lever did, per year.

    saved_kg: Σ before − Σ after, exactly; costs: currency, extra_cost, saved_kg with a known cost.
    """

    cells: pd.DataFrame
    saved_kg: float
    saved_low_kg: float
    saved_high_kg: float
    shipments: float = 0.0
    tonnes: float = 0.0
    extra_days: float = float("nan")
    costs: pd.DataFrame = field(default_factory=lambda: no_costs())
    note: str = ""


def no_costs() -> pd.DataFrame:
    return pd.DataFrame({"currency": pd.Series(dtype="object"), "extra_cost": [], "saved_kg": []})


def applied(cells: pd.DataFrame, lever: Lever, baseline: Baseline) -> Effect:
    """Pull one lever.

    Parameters
    ----------
    cells : DataFrame
        `baseline.KEYS` and `MEASURES`, as the levers before left them.
    """
    return _HOW[type(lever)](cells, lever, baseline)


def _grown(cells: pd.DataFrame, lever: Growth, _: Baseline) -> Effect:
    # Flagged freight grows like all other.
    taken = _within(cells, lever)
    if lever.modes:
        taken &= cells["main_mode"].isin(lever.modes)
    part = cells[taken]
    grown = cells.copy()
    grown.loc[taken, list(MEASURES)] *= 1 + lever.pct / 100.0
    more = -lever.pct / 100.0
    ends = sorted((more * float(part["low_kg"].sum()), more * float(part["high_kg"].sum())))
    return _effect(cells, grown, part, 1.0, (ends[0], ends[1]), _nothing(part))


def _vehicle_changed(cells: pd.DataFrame, lever: ChangeVehicle, baseline: Baseline) -> Effect:
    taken = (
        cells["reach"] & _within(cells, lever) & (cells["mode"] == lever.mode) & (cells["loads"] != "joined")
    )
    to_class = _fold(lever.to_class)
    named = cells["vehicle_class"].map(_fold)
    taken &= named != to_class
    if lever.from_class is not None:
        taken &= named == _fold(lever.from_class)
    part = _with_factors(cells[taken], baseline.factors)
    target = _class_factors(baseline.factors, lever.mode, to_class)
    if target.empty:
        return _unchanged(cells, f"{baseline.factor_set} has no factor for {lever.to_class} by {lever.mode}.")
    part = part.merge(target, on="temperature_controlled", how="left")
    part.index = cells.index[taken]
    usable = (part["kg_per_tkm"] > 0) & part["new_kg_per_tkm"].notna()
    part = part[usable]
    then = _rescaled(part, part["wtw_kg"] * part["new_kg_per_tkm"] / part["kg_per_tkm"])
    then = then.assign(
        vehicle_class=part["new_class"],
        factor_id=part["new_factor_id"],
        data_type="modelled",
        loads="changed",
    )
    unknown_kg = float(part.loc[~part["own_class"], "wtw_kg"].sum())
    note = _nothing(part)
    if unknown_kg > 0:
        share = unknown_kg / float(part["wtw_kg"].sum())
        note = (
            f"{share:.0%} of these kg are of vehicles whose class is not known: they count as average ones."
        )
    return _replaced(cells, part, then, lever, lever.share, note)


def _fuel_switched(cells: pd.DataFrame, lever: SwitchFuel, baseline: Baseline) -> Effect:
    taken = cells["reach"] & _within(cells, lever) & (cells["mode"] == lever.mode)
    if lever.classes:
        taken &= cells["vehicle_class"].map(_fold).isin(list(map(_fold, lever.classes)))
    part = cells[taken]
    if lever.reduction_pct is not None:
        # The same freight in the same vehicles: now and then err together.
        left = 1 - lever.reduction_pct / 100.0
        kg = ["wtw_kg", "low_kg", "high_kg"]
        then = part.assign(**{name: part[name] * left for name in kg})
        saved = [lever.share * (1 - left) * float(part[name].sum()) for name in kg[1:]]
        return _replaced(cells, part, then, lever, lever.share, _nothing(part), (min(saved), max(saved)))
    if lever.kg_per_tkm is not None:
        then = _rescaled(part, part["adjusted_tkm"] * lever.kg_per_tkm)
        return _replaced(cells, part, then.assign(data_type="modelled"), lever, lever.share, _nothing(part))
    return _electric(cells, part, lever, baseline)


def _electric(cells: pd.DataFrame, part: pd.DataFrame, lever: SwitchFuel, baseline: Baseline) -> Effect:
    """Each class to the electric factor of the same class, where the active set has one."""
    rows = _with_factors(part, baseline.factors)
    known = baseline.factors[baseline.factors["own_class"] & (baseline.factors["mode"] == lever.mode)]
    electric = known[known["vehicle_class"].map(_fold).str.endswith(" electric")]
    electric = electric.assign(of_class=electric["vehicle_class"].map(_fold).str.removesuffix(" electric"))
    keys = ["of_class", "temperature_controlled"]
    electric = electric.rename(
        columns={"kg_per_tkm": "new_kg_per_tkm", "factor_id": "new_factor_id", "vehicle_class": "new_class"}
    )[[*keys, "new_kg_per_tkm", "new_factor_id", "new_class"]]
    found = rows.assign(of_class=rows["vehicle_class"].map(_fold)).merge(electric, on=keys, how="left")
    found.index = part.index
    found = found[found["new_kg_per_tkm"].notna() & (found["kg_per_tkm"] > 0)]
    if found.empty:
        return _unchanged(
            cells,
            f"{baseline.factor_set} has no electric factor for these vehicles: give its reduction in % or its "
            "kg CO2e per tonne-km.",
        )
    then = _rescaled(found, found["wtw_kg"] * found["new_kg_per_tkm"] / found["kg_per_tkm"])
    then = then.assign(
        vehicle_class=found["new_class"], factor_id=found["new_factor_id"], data_type="modelled"
    )
    missed = 1 - float(found["wtw_kg"].sum()) / float(part["wtw_kg"].sum())
    note = (
        f"{missed:.0%} of these kg are of classes without an electric factor: they stay."
        if missed > 0
        else ""
    )
    return _replaced(cells, found, then, lever, lever.share, note)


def _joined(cells: pd.DataFrame, lever: JoinLoads, baseline: Baseline) -> Effect:
    taken = (
        cells["reach"] & _within(cells, lever) & (cells["loads"] == "as is")
        & (cells["mode"] == cells["main_mode"])
    )  # fmt: skip
    mine = cells[taken]
    rows = mine.merge(baseline.joins, on=JOIN_KEYS, how="left", suffixes=("", "_joined"))
    rows.index = mine.index
    rows = rows[rows["kg_share"] > 0]
    share = lever.share
    kg = rows["wtw_kg"] * share
    joined = rows[list(cells.columns)].assign(loads="joined")
    left = (rows["kg_share"] - rows["saved_share"]) * share
    for name in MEASURES:
        by = rows["weight_share"] if name in ("shipments", "weight_kg") else rows["kg_share"]
        joined[name] = rows[name] * (left if name in ("wtw_kg", "low_kg", "high_kg") else by * share)
    rest = cells.copy()
    for name in MEASURES:
        by = rows["weight_share"] if name in ("shipments", "weight_kg") else rows["kg_share"]
        rest.loc[rows.index, name] = rows[name] * (1 - by * share)
    after = pd.concat([rest, joined[joined["wtw_kg"] > 0]], ignore_index=True) if share > 0 else cells
    ends = (float((kg * rows["saved_low_share"]).sum()), float((kg * rows["saved_high_share"]).sum()))
    weight = rows["weight_kg"] * rows["weight_share"]
    return _effect(
        cells, after, rows.assign(weight_kg=weight, shipments=rows["shipments"] * rows["weight_share"]),
        share, ends, _nothing(rows, "No loads here fit together and would clearly emit less."),
        extra_days=_median(rows["days_apart"], weight),
    )  # fmt: skip


def _moved(cells: pd.DataFrame, moved: Moved, share: float) -> Effect:
    if moved.taken.empty or share == 0:
        return _unchanged(cells, moved.note)
    rest = cells.copy()
    rest.loc[moved.taken.index, list(MEASURES)] *= 1 - share
    new = moved.cells.assign(**{name: moved.cells[name] * share for name in MEASURES})
    after = pd.concat([rest[_anything(rest)], new[list(cells.columns)]], ignore_index=True)
    ends = share * moved.saved_low_kg, share * moved.saved_high_kg
    costs = moved.costs.assign(
        extra_cost=moved.costs["extra_cost"] * share, saved_kg=moved.costs["saved_kg"] * share
    )
    return _effect(
        cells, after, moved.taken, share, ends, moved.note, extra_days=moved.extra_days, costs=costs
    )


def _shifted(cells: pd.DataFrame, lever: ShiftMode, baseline: Baseline) -> Effect:
    return _moved(cells, shift_mode(cells, lever, baseline, _within(cells, lever)), lever.share)


def _volume_moved(cells: pd.DataFrame, lever: MoveVolume, baseline: Baseline) -> Effect:
    return _moved(cells, move_volume(cells, lever, baseline, _within(cells, lever)), lever.share)


_HOW: dict[type[Lever], Callable[[pd.DataFrame, Any, Any], Effect]] = {
    Growth: _grown,
    ChangeVehicle: _vehicle_changed,
    SwitchFuel: _fuel_switched,
    JoinLoads: _joined,
    ShiftMode: _shifted,
    MoveVolume: _volume_moved,
}


def _replaced(
    cells: pd.DataFrame,
    part: pd.DataFrame,
    then: pd.DataFrame,
    lever: ChangeVehicle | SwitchFuel,
    share: float,
    note: str,
    ends: tuple[float, float] | None = None,
) -> Effect:
    """A share of some rows as they are `then`; without `ends`, old and new factors err independently."""
    if part.empty or share == 0:
        return _unchanged(cells, note)
    rest = cells.copy()
    rest.loc[part.index, list(MEASURES)] *= 1 - share
    new = then[list(cells.columns)]
    new = new.assign(**{name: new[name] * share for name in MEASURES})
    after = pd.concat([rest[_anything(rest)], new], ignore_index=True)
    if ends is None:
        ends = _by_factor(part, then, share)
    effect = _effect(cells, after, part, share, ends, note)
    if lever.extra_cost_per_tkm is None:
        return effect
    cost = lever.extra_cost_per_tkm * share * float(part["tonne_km"].sum())
    costs = {"currency": [lever.currency], "extra_cost": [cost], "saved_kg": [effect.saved_kg]}
    return _effect(cells, after, part, share, ends, note, costs=pd.DataFrame(costs))


def _by_factor(part: pd.DataFrame, then: pd.DataFrame, share: float) -> tuple[float, float]:
    """Ends of what is saved: legs of one factor err together, the factors before and after do not."""
    kg = ["wtw_kg", "low_kg", "high_kg"]
    groups = part["factor_id"].to_numpy()
    now, new = (rows[kg].groupby(groups).sum().to_numpy() * share for rows in (part, then))
    saved = less(Range(*now.T), Range(*new.T))
    return float(saved.low.sum()), float(saved.high.sum())


def _effect(
    before: pd.DataFrame,
    after: pd.DataFrame,
    part: pd.DataFrame,
    share: float,
    ends: tuple[float, float],
    note: str,
    *,
    extra_days: float = float("nan"),
    costs: pd.DataFrame | None = None,
) -> Effect:
    saved = float(before["wtw_kg"].sum()) - float(after["wtw_kg"].sum())
    if abs(saved) < _MOST_KG_OF_NOTHING * float(before["wtw_kg"].sum()):
        ends = min(ends[0], saved), max(ends[1], saved)
    return Effect(
        cells=after,
        saved_kg=saved,
        saved_low_kg=min(ends[0], saved),
        saved_high_kg=max(ends[1], saved),
        shipments=share * float(part["shipments"].sum()),
        tonnes=share * float(part["weight_kg"].sum()) / 1000.0,
        extra_days=extra_days,
        costs=no_costs() if costs is None else costs,
        note=note,
    )


def _unchanged(cells: pd.DataFrame, note: str) -> Effect:
    return Effect(cells, 0.0, 0.0, 0.0, note=note)


def _within(cells: pd.DataFrame, lever: Lever) -> pd.Series:
    within = pd.Series(True, index=cells.index)
    if lever.lanes:
        within &= cells["lane"].isin(lever.lanes)
    if lever.suppliers:
        within &= cells["supplier_id"].isin(lever.suppliers)
    return within


def _with_factors(part: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """Add what each row's class emits per tonne-km in the active set, chilled or not."""
    keys = ["mode", "vehicle_class", "temperature_controlled"]
    rows = part.merge(factors[[*keys, "kg_per_tkm", "own_class"]], on=keys, how="left")
    rows.index = part.index
    return rows.assign(own_class=rows["own_class"].eq(True))


def _class_factors(factors: pd.DataFrame, mode: str, to_class: str) -> pd.DataFrame:
    known = factors[factors["own_class"] & (factors["mode"] == mode)]
    found = known[known["vehicle_class"].map(_fold) == to_class]
    found = found.drop_duplicates("temperature_controlled")
    names = {"kg_per_tkm": "new_kg_per_tkm", "factor_id": "new_factor_id", "vehicle_class": "new_class"}
    return found.rename(columns=names)[["temperature_controlled", *names.values()]]


def _rescaled(part: pd.DataFrame, kg: pd.Series) -> pd.DataFrame:
    """The rows with other emissions: their range stays as wide, and is at least that of a modelled figure."""
    least = DATA_TYPE_FACTOR["modelled"]
    now = part["wtw_kg"].where(part["wtw_kg"] > 0)
    up = (part["high_kg"] / now).fillna(least).clip(lower=least)
    down = (now / part["low_kg"].where(part["low_kg"] > 0)).fillna(least).clip(lower=least)
    return part.assign(wtw_kg=kg, low_kg=kg / down, high_kg=kg * up)


def _anything(rows: pd.DataFrame) -> pd.Series:
    return (rows[list(MEASURES)] != 0).any(axis=1)


def _nothing(part: pd.DataFrame, sentence: str = "Nothing in this selection is like that.") -> str:
    return sentence if part.empty else ""


def _median(values: pd.Series, weight: pd.Series) -> float:
    """The value by which half the weight is reached; NaN where none is known."""
    known = values.notna() & (weight > 0)
    values, weight = values[known].to_numpy(dtype=float), weight[known].to_numpy(dtype=float)
    if not len(values):
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _fold(name: object) -> str:
    return " ".join(str(name).casefold().split())
