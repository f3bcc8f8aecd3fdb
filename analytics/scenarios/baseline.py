"""A year as it is now, from what the store holds: cells of legs, and evidence of other ways."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.emissions import DEFAULT_CLASS, calculate, total_range
from analytics.recommendations.alternatives import lane_numbers
from analytics.recommendations.shifts import DAYS_PER_YEAR
from analytics.scenarios.evidence import shift_ways, ways_of
from analytics.scenarios.joins import JOIN_KEYS, SHARES
from analytics.scenarios.results import Baseline
from analytics.scenarios.year import AMOUNTS, JOIN, LANE, book_of
from data_access.filters import LANE_ARROW

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from analytics.scenarios.year import Book
    from data_access import Filters

__all__ = ["KEYS", "Asked", "baseline_of", "unit_factors", "wide_cells"]

KEYS = (
    "supplier_id", "lane", "origin_country", "destination_country", "main_mode", "mode", "vehicle_class",
    "temperature_controlled", "data_type", "factor_id", "reach",
)  # fmt: skip
_SHORT_DAYS = 330.0  # a month of the year is missing


@dataclass(frozen=True, eq=False)
class Asked:
    """What the store answered, of all that the user may see in the period.

    `scenario_queries.cells`, `chain_queries.chain_flows`, `scenario_queries.active_factors`, and
    `joins.joined_shares` of the cells.
    """

    cells: pd.DataFrame
    flows: pd.DataFrame
    joins: pd.DataFrame
    factors: pd.DataFrame
    names: dict[str, str]
    start: datetime | None
    end: datetime | None
    days: float


def baseline_of(asked: Asked, filters: Filters) -> Baseline:
    """The year of the chains that the filters select: suppliers, main modes, ends and lanes."""
    wide = wide_cells(asked.cells, asked.factors)
    active = asked.factors[asked.factors["active"]]
    factor_set = str(active["factor_set"].iloc[0]) if len(active) else ""
    factors = unit_factors(wide, asked.factors, factor_set)
    scale = DAYS_PER_YEAR / asked.days
    cells = wide[_chosen(wide, filters)].reset_index(drop=True)
    cells = cells.assign(**{name: cells[name] * scale for name in AMOUNTS})
    mixes = wide[wide["reach"]].reset_index(drop=True)
    book, (year, mix_year) = book_of((cells, mixes), factors)
    flows = _flows(asked.flows, book)
    shift_frame = shift_ways(flows, flows[_chosen(flows, filters)])
    joins = asked.joins
    now_kg = float(cells["wtw_kg"].sum())
    low, high = total_range(cells["wtw_kg"], cells["low_kg"], cells["high_kg"], cells["factor_id"])
    away_kg = float(cells.loc[~cells["reach"], "wtw_kg"].sum())
    return Baseline(
        key=uuid.uuid4().hex,
        cells=cells.assign(lane_code=year.codes[:, LANE]),
        year=year.coded({JOIN: _join_numbers(cells, joins)}),
        mixes=mix_year,
        book=book,
        flows=flows,
        shifts=ways_of(shift_frame, book),
        shift_frame=shift_frame,
        joins=joins,
        join_shares=joins[[*SHARES, "days_apart"]].to_numpy(dtype=float),
        factors=factors,
        now_kg=now_kg,
        low_kg=low,
        high_kg=high,
        out_of_reach_kg=away_kg,
        days=asked.days,
        start=asked.start,
        end=asked.end,
        factor_set=factor_set,
        names=asked.names,
        notes=tuple(_notes(asked.days, now_kg, away_kg)),
    )


def unit_factors(cells: pd.DataFrame, factors: pd.DataFrame, factor_set: str) -> pd.DataFrame:
    """What a tonne-km emits by mode, class and temperature control, in the active set.

    Parameters
    ----------
    cells : DataFrame
        mode, vehicle_class ("" unknown), temperature_controlled: what runs now.
    factors : DataFrame
        `scenario_queries.active_factors`.

    Returns
    -------
    DataFrame
        mode, vehicle_class, temperature_controlled, kg_per_tkm (kg CO2e WTW), factor_id, own_class (the set
        has this very class). Air and hubs are left out: their class is not chosen.
    """
    keys = ["mode", "vehicle_class", "temperature_controlled"]
    known = factors.loc[factors["active"] & (factors["mode"] != "air"), ["mode", "vehicle_class"]]
    both = [known.assign(temperature_controlled=cold) for cold in (False, True)]
    used = cells.loc[~cells["mode"].isin(["air", "hub"]), keys]
    units = pd.concat([*both, used], ignore_index=True).drop_duplicates(ignore_index=True)
    units = units[units["mode"].isin(DEFAULT_CLASS)]
    if units.empty:
        return units.assign(kg_per_tkm=0.0, factor_id="", own_class=False)
    legs = units.assign(weight_kg=1_000.0, distance_km=1.0)
    found = calculate(legs, factors, factor_set=factor_set)
    return units.assign(
        kg_per_tkm=found["wtw_kg"], factor_id=found["factor_id"], own_class=found["data_type"] == "modelled"
    ).reset_index(drop=True)


def wide_cells(cells: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """The store's cells with `KEYS` and `year.AMOUNTS`; reach: whole chains without a flag."""
    whole = cells[["main_mode", "origin", "destination"]].notna().all(axis=1)
    reach = whole.to_numpy() & ~cells["flagged"].to_numpy(dtype=bool)
    per_unit = factors.set_index("factor_id")[["ttw_kg_per_unit", "wtt_kg_per_unit"]].sum(axis=1)
    factor = cells["factor_id"].map(per_unit).to_numpy(dtype=float)
    calculated, over_tkm, tkm = (
        cells[name].to_numpy(dtype=float) for name in ("calculated_kg", "calculated_tkm", "tonne_km")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        adjusted = np.where(factor > 0, calculated / factor + tkm - over_tkm, tkm)
    return pd.DataFrame(
        {
            "supplier_id": cells["supplier_id"],
            "lane": _lane(cells).fillna(""),
            "origin_country": cells["origin_country"].fillna(""),
            "destination_country": cells["destination_country"].fillna(""),
            "main_mode": cells["main_mode"].fillna(cells["mode"]),
            "mode": cells["mode"],
            "vehicle_class": cells["vehicle_class"].fillna(""),
            "temperature_controlled": cells["temperature_controlled"].astype(bool),
            "data_type": cells["data_type"],
            "factor_id": cells["factor_id"].fillna(""),
            "reach": reach,
            **{name: cells[name].astype(float) for name in AMOUNTS if name != "adjusted_tkm"},
            "adjusted_tkm": adjusted,
        }
    )


def _flows(flows: pd.DataFrame, book: Book) -> pd.DataFrame:
    """The flows with lane, lane_id, great_circle_km and lane_code; -1 for a lane that no cell has."""
    flows = lane_numbers(flows).assign(lane=_lane(flows))
    codes = {ends: code for code, ends in enumerate(book.ends)}
    ends = flows[["lane", "origin_country", "destination_country"]].fillna("")
    found = [codes.get(one, -1) for one in ends.itertuples(index=False, name=None)]
    return flows.assign(lane_code=np.array(found, dtype=np.int64))


def _join_numbers(cells: pd.DataFrame, joins: pd.DataFrame) -> NDArray[np.int64]:
    """The row of `joins` of each cell; -1 where nothing can be joined."""
    rows = joins[JOIN_KEYS].assign(number=np.arange(len(joins)))
    found = cells[JOIN_KEYS].astype("object").merge(rows.astype("object"), on=JOIN_KEYS, how="left")["number"]
    direct = (cells["reach"] & (cells["mode"] == cells["main_mode"])).to_numpy(dtype=bool)
    return np.where(direct, pd.to_numeric(found).fillna(-1).to_numpy(), -1).astype(np.int64)


def _lane(rows: pd.DataFrame) -> pd.Series:
    return rows["origin"] + LANE_ARROW + rows["destination"]


def _chosen(rows: pd.DataFrame, filters: Filters) -> pd.Series:
    asked = {
        "supplier_id": filters.suppliers,
        "main_mode": filters.modes,
        "origin_country": filters.origin_countries,
        "destination_country": filters.destination_countries,
        "lane": filters.lanes,
    }
    chosen = pd.Series(True, index=rows.index)
    for column, values in asked.items():
        if values:
            chosen &= rows[column].isin(values)
    return chosen


def _notes(days: float, now_kg: float, away_kg: float) -> list[str]:
    notes = []
    if days < _SHORT_DAYS:
        notes.append(
            f"A year is scaled up from {days:,.0f} days of data, so seasons are not in it: "
            "choose a longer period for a firmer figure."
        )
    if away_kg > 0 and now_kg > 0:
        notes.append(
            f"{100 * away_kg / now_kg:.1f} % of the emissions lie in flagged or incomplete shipments: they "
            "count in every total, and no lever but growth changes them."
        )
    return notes
