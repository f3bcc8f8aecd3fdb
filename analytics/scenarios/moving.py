"""Freight that goes another way: in another mode, or with another supplier, at what that way emits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.recommendations.savings import Range, less
from analytics.scenarios.baseline import KEYS, MEASURES
from analytics.scenarios.evidence import supplier_ways

if TYPE_CHECKING:
    from analytics.scenarios.levers import MoveVolume, ShiftMode
    from analytics.scenarios.results import Baseline

__all__ = ["Moved", "move_volume", "shift_mode"]

_GROUP = ["supplier_id", "lane_id"]
_COUNTRIES = ["origin_country", "destination_country"]
_OF_LEG = ["mode", "vehicle_class", "temperature_controlled", "data_type", "factor_id"]
_KG = ["wtw_kg", "low_kg", "high_kg"]


@dataclass(frozen=True, eq=False)
class Moved:
    """Rows that go another way, as they are and as they would be, all of them (a share is taken later)."""

    taken: pd.DataFrame
    cells: pd.DataFrame
    saved_low_kg: float
    saved_high_kg: float
    extra_days: float
    costs: pd.DataFrame
    note: str


def shift_mode(cells: pd.DataFrame, lever: ShiftMode, baseline: Baseline, within: pd.Series) -> Moved:
    """Whole chains to another main mode; without lanes, only where that clearly saves on the lane."""
    ways = baseline.shifts
    ways = ways[(ways["from_mode"] == lever.from_mode) & (ways["to_mode"] == lever.to_mode)]
    note = ""
    if lever.max_extra_days is not None:
        fast = ways["days_then"] - ways["days_now"] <= lever.max_extra_days
        note = f"{_many(ways[~fast])} would take longer than that, or for an unknown time, and stay."
        note, ways = note if not fast.all() else "", ways[fast]
    taken = cells[cells["reach"] & within & (cells["main_mode"] == lever.from_mode)]
    none = (
        f"No freight here could go by {lever.to_mode.replace('_', ' ')} instead of "
        f"{lever.from_mode.replace('_', ' ')}: nobody ships so between these places."
    )
    groups = _groups(taken, ways)
    if not lever.lanes:
        groups = groups[_clear(groups)]
        if not taken.empty and groups.empty and len(ways):
            none = "No lane here would clearly save by this shift."
    mixes = baseline.mixes[baseline.mixes["main_mode"] == lever.to_mode]
    if groups.empty:
        return _nothing(taken, note or none)
    return _moved(taken, groups, mixes, baseline.costs, note)


def move_volume(cells: pd.DataFrame, lever: MoveVolume, baseline: Baseline, within: pd.Series) -> Moved:
    """Whole chains to another supplier, in the same main mode, where that one has done the same job."""
    taken = cells[cells["reach"] & within & (cells["supplier_id"] == lever.from_supplier)]
    found, costs = supplier_ways(baseline.flows, lever.from_supplier, lever.to_supplier)
    parts = []
    for mode in sorted(set(found["to_mode"])):
        mine = taken[taken["main_mode"] == mode]
        groups = _groups(mine, found[found["to_mode"] == mode])
        mixes = baseline.mixes[
            (baseline.mixes["main_mode"] == mode) & (baseline.mixes["supplier_id"] == lever.to_supplier)
        ]
        if len(groups):
            parts.append(_moved(mine, groups, mixes, costs, ""))
    if not parts:
        return _nothing(
            taken, f"{lever.to_supplier} has not carried what {lever.from_supplier} carries here."
        )
    kept = sum(len(one.taken) for one in parts)
    stays_kg = 1 - sum(float(one.taken["wtw_kg"].sum()) for one in parts) / float(taken["wtw_kg"].sum() or 1)
    note = (
        f"{stays_kg:.0%} of the supplier's kg stay: {lever.to_supplier} has not carried such freight there."
        if kept < len(taken)
        else ""
    )
    new = pd.concat([one.cells for one in parts], ignore_index=True).assign(supplier_id=lever.to_supplier)
    days = pd.concat([one.taken for one in parts])
    return Moved(
        taken=days,
        cells=new,
        saved_low_kg=sum(one.saved_low_kg for one in parts),
        saved_high_kg=sum(one.saved_high_kg for one in parts),
        extra_days=_median_of([(one.extra_days, float(one.taken["weight_kg"].sum())) for one in parts]),
        costs=pd.concat([one.costs for one in parts]).groupby("currency", as_index=False).sum(),
        note=note,
    )


def _groups(taken: pd.DataFrame, ways: pd.DataFrame) -> pd.DataFrame:
    """The freight by supplier and lane that has another way, with that way's figures."""
    sums = taken.groupby([*_GROUP, "lane", *_COUNTRIES], as_index=False)[
        ["shipments", "weight_kg", *_KG]
    ].sum()
    return sums[sums["weight_kg"] > 0].merge(ways, on=_GROUP)


def _saved(groups: pd.DataFrame) -> pd.DataFrame:
    """By lane: what is saved, with its range; now and then err independently."""
    kg = groups["weight_kg"]
    then = pd.DataFrame({name: groups[rate] * kg for name, rate in zip(_KG, _RATES, strict=True)})
    lanes = groups["lane_id"].to_numpy()
    now, new = (rows[_KG].groupby(lanes).sum() for rows in (groups, then))
    saved = less(Range(*now.to_numpy().T), Range(*new.to_numpy().T))
    return pd.DataFrame({"saved": saved.mid, "low": saved.low, "high": saved.high}, index=now.index)


_RATES = ("rate", "rate_low", "rate_high")


def _clear(groups: pd.DataFrame) -> pd.Series:
    return groups["lane_id"].map(_saved(groups)["low"] > 0).eq(True)


def _moved(
    taken: pd.DataFrame, groups: pd.DataFrame, mixes: pd.DataFrame, costs: pd.DataFrame, note: str
) -> Moved:
    goes = pd.MultiIndex.from_frame(taken[_GROUP]).isin(pd.MultiIndex.from_frame(groups[_GROUP]))
    saved = _saved(groups)
    days = (groups["days_then"] - groups["days_now"]).to_numpy(dtype=float)
    return Moved(
        taken=taken[goes],
        cells=_as_then(groups, mixes),
        saved_low_kg=float(saved["low"].sum()),
        saved_high_kg=float(saved["high"].sum()),
        extra_days=_median_of(list(zip(days, groups["weight_kg"], strict=True))),
        costs=_costs(groups, costs),
        note=note,
    )


def _as_then(groups: pd.DataFrame, mixes: pd.DataFrame) -> pd.DataFrame:
    """The freight as cells of the way it goes then: legs in the proportions of those that go so now."""
    near = groups["evidence"] == "same lane"
    parts = [
        groups[near].merge(_shares(mixes, ["lane_id"]), on="lane_id"),
        groups[~near].merge(_shares(mixes, _COUNTRIES), on=_COUNTRIES),
    ]
    rows = pd.concat(parts, ignore_index=True)
    kg = rows["weight_kg"] * rows["kg_share"]
    mid = kg * rows["rate"]
    values = {
        "main_mode": rows["to_mode"],
        "reach": True,
        "loads": "moved",
        "shipments": rows["shipments"] * rows["weight_share"],
        "tonne_km": mid * rows["tkm_per_kg"],
        "adjusted_tkm": mid * rows["adjusted_per_kg"],
        "wtw_kg": mid,
        "low_kg": kg * rows["rate_low"],
        "high_kg": kg * rows["rate_high"],
    }
    rows = rows.assign(**values, weight_kg=rows["weight_kg"] * rows["weight_share"])
    return rows[[*KEYS, *MEASURES]]


def _shares(mixes: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Of each lane, or pair of countries: how kg and mass spread over legs, and tonne-km per kg CO2e."""
    sums = mixes.groupby([*by, *_OF_LEG], as_index=False)[
        ["weight_kg", "wtw_kg", "tonne_km", "adjusted_tkm"]
    ].sum()
    whole = sums.groupby(by)[["weight_kg", "wtw_kg"]].transform("sum")
    kg = sums["wtw_kg"].where(sums["wtw_kg"] > 0)
    shares = sums.assign(
        kg_share=sums["wtw_kg"] / whole["wtw_kg"].where(whole["wtw_kg"] > 0),
        weight_share=sums["weight_kg"] / whole["weight_kg"].where(whole["weight_kg"] > 0),
        tkm_per_kg=(sums["tonne_km"] / kg).fillna(0.0),
        adjusted_per_kg=(sums["adjusted_tkm"] / kg).fillna(0.0),
    )
    names = ["kg_share", "weight_share", "tkm_per_kg", "adjusted_per_kg"]
    return shares[[*by, *_OF_LEG, *names]].fillna({"kg_share": 0.0, "weight_share": 0.0})


def _costs(groups: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Extra cost by currency, of the freight whose cost is known both ways in the same one."""
    keys = ["lane_id", "from_mode", "to_mode", "currency"]
    priced = groups[groups["cost_per_t_now"].notna() & groups["currency"].notna()]
    rows = priced.merge(costs[[*keys, "cost_per_t"]], on=keys)
    tonnes = rows["weight_kg"] / 1000.0
    rows = rows.assign(
        extra_cost=(rows["cost_per_t"] - rows["cost_per_t_now"]) * tonnes,
        saved_kg=rows["wtw_kg"] - rows["rate"] * rows["weight_kg"],
    )
    return rows.groupby("currency", as_index=False)[["extra_cost", "saved_kg"]].sum()


def _nothing(taken: pd.DataFrame, note: str) -> Moved:
    empty = taken.iloc[:0]
    costs = pd.DataFrame({"currency": pd.Series(dtype="object"), "extra_cost": [], "saved_kg": []})
    return Moved(empty, empty, 0.0, 0.0, float("nan"), costs, note)


def _median_of(values: list[tuple[float, float]]) -> float:
    """The value by which half the weight is reached; NaN where none is known."""
    known = sorted((value, weight) for value, weight in values if np.isfinite(value) and weight > 0)
    if not known:
        return float("nan")
    reached = np.cumsum([weight for _, weight in known])
    return float(known[int(np.searchsorted(reached, reached[-1] / 2))][0])


def _many(ways: pd.DataFrame) -> str:
    lanes = ways["lane_id"].nunique()
    return "1 lane" if lanes == 1 else f"{lanes:,} lanes"
