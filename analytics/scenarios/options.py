"""What each lever can choose from: only what is in the data or in the factor table."""

from __future__ import annotations

import pandas as pd

from analytics.recommendations.savings import Range, less
from analytics.scenarios.fuels import fuel_options
from analytics.scenarios.joins import JOIN_KEYS
from analytics.scenarios.results import Baseline, Options

__all__ = ["options_of"]

_KG = ["wtw_kg", "low_kg", "high_kg"]
_PAIR = ["lane_code", "from_mode", "to_mode"]
_SAVED = ["saved_kg", "saved_low_kg", "saved_high_kg"]


def options_of(baseline: Baseline) -> Options:
    """What the levers can choose on this baseline, largest first."""
    reach = baseline.cells[baseline.cells["reach"]]
    classes = _classes(baseline, reach)
    electric = tuple(
        name.removesuffix(" electric")
        for name in classes.loc[classes["mode"] == "road", "vehicle_class"]
        if name.endswith(" electric")
    )
    return Options(
        shifts=_shifts(baseline, reach),
        joins=_joins(baseline, reach),
        classes=classes,
        fuels=fuel_options(electric),
        suppliers=_suppliers(baseline, reach),
        moves=_moves(baseline, reach),
        lanes=_lanes(reach),
        modes=_sorted(reach.groupby("main_mode")[["wtw_kg", "tonne_km"]].sum(), "mode"),
    )


def _shifts(baseline: Baseline, reach: pd.DataFrame) -> pd.DataFrame:
    freight = reach.groupby(["supplier_id", "lane_code", "lane", "main_mode"], as_index=False)[
        ["shipments", "weight_kg", *_KG]
    ].sum()
    freight = freight.rename(columns={"main_mode": "from_mode"})
    rows = freight.merge(baseline.shift_frame, on=["supplier_id", "lane_code", "from_mode"])
    for name, rate in zip(("then_kg", "then_low_kg", "then_high_kg"), _RATES, strict=True):
        rows[name] = rows[rate] * rows["weight_kg"]
    rows["extra_cost"] = rows["extra_cost_per_t"] * rows["weight_kg"] / 1000.0
    rows["extra_days"] = rows["days_then"] - rows["days_now"]
    sums = ["shipments", "weight_kg", *_KG, "then_kg", "then_low_kg", "then_high_kg"]
    firsts = ["lane", "evidence", "evidence_shipments", "evidence_suppliers", "extra_days"]
    grouped = rows.groupby(_PAIR)
    table = grouped[sums].sum().join(grouped[firsts].first())
    table["suppliers"] = grouped["supplier_id"].nunique()
    now = Range(*(table[name].to_numpy(dtype=float) for name in _KG))
    then = Range(*(table[name].to_numpy(dtype=float) for name in ("then_kg", "then_low_kg", "then_high_kg")))
    for name, values in zip(_SAVED, less(now, then), strict=True):
        table[name] = values
    table = table.assign(now_kg=table["wtw_kg"], clear=table["saved_low_kg"] > 0)
    table = table.reset_index().merge(_main_currency(rows), on=_PAIR, how="left")
    columns = [
        "lane", "from_mode", "to_mode", "suppliers", "shipments", "weight_kg", "now_kg", "then_kg", *_SAVED,
        "extra_days", "extra_cost", "currency", "evidence", "evidence_shipments", "evidence_suppliers",
        "clear",
    ]  # fmt: skip
    return table.sort_values(["saved_kg", "lane", "to_mode"], ascending=[False, True, True])[
        columns
    ].reset_index(drop=True)


_RATES = ("rate", "rate_low", "rate_high")


def _main_currency(rows: pd.DataFrame) -> pd.DataFrame:
    """Extra cost of each lane's shift in the currency that covers most of its mass."""
    known = rows[rows["extra_cost"].notna()]
    sums = known.groupby([*_PAIR, "currency"], as_index=False)[["extra_cost", "weight_kg"]].sum()
    sums = sums.sort_values(["weight_kg", "currency"], ascending=[False, True])
    return sums.drop_duplicates(_PAIR).drop(columns="weight_kg")


def _joins(baseline: Baseline, reach: pd.DataFrame) -> pd.DataFrame:
    direct = reach[reach["mode"] == reach["main_mode"]]
    rows = direct.merge(baseline.joins, on=JOIN_KEYS)
    shares = ("saved_share", "saved_low_share", "saved_high_share")
    rows = rows.assign(
        now_kg=rows["wtw_kg"] * rows["kg_share"],
        **{name: rows["wtw_kg"] * rows[share] for name, share in zip(_SAVED, shares, strict=True)},
        weighted_days=rows["days_apart"] * rows["legs"],
    )
    keys = ["lane", "mode", "supplier_id"]
    sums = rows.groupby(keys)[["legs", "now_kg", *_SAVED, "weighted_days"]].sum()
    sums["days_apart"] = sums.pop("weighted_days") / sums["legs"]
    found = sums.reset_index().assign(
        supplier_name=lambda table: table["supplier_id"].map(lambda one: baseline.names.get(one, one))
    )
    columns = [*keys, "supplier_name", "legs", "now_kg", *_SAVED, "days_apart"]
    return found.sort_values(["saved_kg", *keys], ascending=[False, True, True, True])[columns].reset_index(
        drop=True
    )


def _classes(baseline: Baseline, reach: pd.DataFrame) -> pd.DataFrame:
    """Classes of the active set, and those that run now, of every mode whose class can be chosen."""
    keys = ["mode", "vehicle_class"]
    known = baseline.factors[~baseline.factors["temperature_controlled"] & baseline.factors["own_class"]]
    used = reach.groupby(keys, as_index=False)[["tonne_km", "wtw_kg"]].sum()
    table = known[[*keys, "kg_per_tkm"]].merge(used, on=keys, how="left").fillna({"tonne_km": 0, "wtw_kg": 0})
    order = ["wtw_kg", "mode", "vehicle_class"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _suppliers(baseline: Baseline, reach: pd.DataFrame) -> pd.DataFrame:
    table = _sorted(reach.groupby("supplier_id")[["wtw_kg"]].sum(), "supplier_id")
    return table.assign(supplier_name=[baseline.names.get(one, one) for one in table["supplier_id"]])


def _moves(baseline: Baseline, reach: pd.DataFrame) -> pd.DataFrame:
    """Pairs of suppliers with the same main mode on the same lanes; the scenario itself looks farther."""
    keys = ["lane_code", "main_mode"]
    mine = reach.groupby(["supplier_id", *keys], as_index=False)[["shipments", "weight_kg", *_KG]].sum()
    theirs = baseline.flows[[*keys, "supplier_id", "shipments", "weight_kg", *_KG]]
    theirs = theirs[theirs["shipments"] >= 3]
    rows = mine.merge(theirs, on=keys, suffixes=("", "_there"))
    rows = rows[rows["supplier_id"] != rows["supplier_id_there"]]
    now = Range(*(rows[name].to_numpy(dtype=float) for name in _KG))
    there = Range(*(rows[f"{name}_there"].to_numpy(dtype=float) for name in _KG))
    saved = less(now, there.times(rows["weight_kg"] / rows["weight_kg_there"]))
    rows = rows.assign(lanes=1, **dict(zip(_SAVED, saved, strict=True)))
    pair = ["from_supplier", "to_supplier"]
    rows = rows.rename(columns={"supplier_id": pair[0], "supplier_id_there": pair[1]})
    table = rows.groupby(pair, as_index=False)[["lanes", "shipments", "weight_kg", *_SAVED]].sum()
    table = table.assign(
        from_name=[baseline.names.get(one, one) for one in table[pair[0]]],
        to_name=[baseline.names.get(one, one) for one in table[pair[1]]],
    )
    return table.sort_values(["saved_kg", *pair], ascending=[False, True, True], ignore_index=True)


def _lanes(reach: pd.DataFrame) -> pd.DataFrame:
    table = _sorted(reach.groupby("lane")[["wtw_kg"]].sum(), "lane")
    modes = reach.groupby("lane")["main_mode"].agg(lambda one: ", ".join(sorted(set(one))))
    return table.assign(modes=table["lane"].map(modes))


def _sorted(sums: pd.DataFrame, name: str) -> pd.DataFrame:
    table = sums.rename_axis(name).reset_index()
    return table.sort_values(["wtw_kg", name], ascending=[False, True], ignore_index=True)
