"""Which part of each cell could run in joint loads, and what that would save: pairs of legs that fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.recommendations.alternatives import LANE
from analytics.recommendations.consolidation import pairs
from analytics.recommendations.jobs import job_table
from data_access.bands import WEIGHT_EDGES_KG
from data_access.filters import LANE_ARROW

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["JOIN_KEYS", "SHARES", "gaining_modes", "joined_shares"]

JOIN_KEYS = [
    "supplier_id", "lane", "origin_country", "destination_country", "mode", "vehicle_class",
    "temperature_controlled", "data_type", "factor_id",
]  # fmt: skip
_CELL = ["mode", "distance_band", "temperature_controlled"]
_TOGETHER = ["supplier_id", *LANE, "temperature_controlled", "product_group"]
SHARES = ["kg_share", "weight_share", "saved_share", "saved_low_share", "saved_high_share"]


def gaining_modes(rates: pd.DataFrame) -> tuple[str, ...]:
    """Modes in which a heavier load clearly emits less per tonne-km somewhere."""
    return tuple(sorted(set(_ratios(rates)["mode"])))


def joined_shares(
    legs_of: Mapping[str, pd.DataFrame], rates: pd.DataFrame, cells: pd.DataFrame
) -> pd.DataFrame:
    """By cell: the share of its kg and mass in loads that could be joined, and of its kg that would be saved.

    Two legs of one supplier, lane, mode, temperature and product group that left within two days and together
    weigh no more than the heaviest leg of such a job make a pair, each at most once. A leg of a pair then
    emits its kg × the rate of the joint weight band ÷ that of its own, both of all suppliers.

    Parameters
    ----------
    legs_of : mapping of str to DataFrame
        `scenario_queries.joinable_legs` by mode.
    rates : DataFrame
        `recommendation_queries.job_rates`.
    cells : DataFrame
        All cells, not scaled to a year.

    Returns
    -------
    DataFrame
        `JOIN_KEYS`; kg_share, weight_share, saved_share, saved_low_share, saved_high_share (0..1 of the
        cell); days_apart (median); legs.
    """
    ratios = _ratios(rates)
    found = [_gained(legs.assign(mode=mode), ratios) for mode, legs in legs_of.items() if len(legs)]
    gained = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    if gained.empty:
        numbers = {name: np.empty(0) for name in [*SHARES, "days_apart", "legs"]}
        return pd.DataFrame({**{name: pd.Series(dtype="object") for name in JOIN_KEYS}, **numbers})
    sums = gained.groupby(JOIN_KEYS, as_index=False).agg(
        kg=("wtw_kg", "sum"),
        joined_kg=("weight_kg", "sum"),
        saved=("saved_kg", "sum"),
        low=("saved_low_kg", "sum"),
        high=("saved_high_kg", "sum"),
        days_apart=("days_apart", "median"),
        legs=("weight_kg", "size"),
    )
    direct = cells[cells["reach"] & (cells["mode"] == cells["main_mode"])]
    whole = direct.groupby(JOIN_KEYS, as_index=False)[["wtw_kg", "weight_kg"]].sum()
    rows = sums.merge(whole, on=JOIN_KEYS)
    rows = rows[rows["wtw_kg"] > 0]
    kg, weight = rows["wtw_kg"], rows["weight_kg"].where(rows["weight_kg"] > 0)
    rows = rows.assign(
        kg_share=(rows["kg"] / kg).clip(upper=1.0),
        weight_share=(rows["joined_kg"] / weight).fillna(0.0).clip(upper=1.0),
        saved_share=rows["saved"] / kg,
        saved_low_share=rows["low"] / kg,
        saved_high_share=rows["high"] / kg,
    )
    return rows[[*JOIN_KEYS, *SHARES, "days_apart", "legs"]].reset_index(drop=True)


def _ratios(rates: pd.DataFrame) -> pd.DataFrame:
    """By job and heavier weight band: rate then ÷ now with its range, where it is clearly below 1."""
    table = job_table(rates)
    rows = table.merge(table, on=_CELL, suffixes=("", "_joint"))
    rows = rows[(rows["weight_band_joint"] > rows["weight_band"]) & (rows["rate"] > 0)]
    ratio = rows["rate_joint"] / rows["rate"]
    up = np.hypot(_log(rows, "rate_high_joint", "rate_joint"), _log(rows, "rate", "rate_low"))
    down = np.hypot(_log(rows, "rate_joint", "rate_low_joint"), _log(rows, "rate_high", "rate"))
    rows = rows.assign(
        joint_band=rows["weight_band_joint"],
        ratio=ratio,
        ratio_low=ratio * np.exp(-down),
        ratio_high=ratio * np.exp(up),
        most_kg=rows["weight_most_kg_joint"],
    )
    kept = [*_CELL, "weight_band", "joint_band", "ratio", "ratio_low", "ratio_high", "most_kg"]
    return rows.loc[rows["ratio_high"] < 1, kept]


def _log(rows: pd.DataFrame, above: str, below: str) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(rows[above].to_numpy(dtype=float) / rows[below].to_numpy(dtype=float))


def _gained(legs: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """The legs of pairs that gain anything, with what each saves; the other leg of a pair saves nothing."""
    most = ratios.groupby(_CELL, as_index=False)["most_kg"].max()
    free = legs.merge(most, on=_CELL)
    if free.empty:
        return free
    free = _paired(free)
    rows = free.merge(ratios.drop(columns="most_kg"), on=[*_CELL, "weight_band", "joint_band"], how="left")
    kg, fits = rows["wtw_kg"], rows["ratio"].notna()
    return rows[fits].assign(
        saved_kg=kg * (1 - rows["ratio"]),
        saved_low_kg=kg * (1 - rows["ratio_high"]),
        saved_high_kg=kg * (1 - rows["ratio_low"]),
        lane=rows["origin"] + LANE_ARROW + rows["destination"],
        **{
            name: rows[name].fillna("")
            for name in ("origin_country", "destination_country", "vehicle_class", "factor_id")
        },
    )


def _paired(free: pd.DataFrame) -> pd.DataFrame:
    """Two rows a pair, with the joint weight band and the days between."""
    group = free.groupby(_TOGETHER, dropna=False, sort=False).ngroup().to_numpy()
    day, weight = free["day"].to_numpy(dtype=float), free["weight_kg"].to_numpy(dtype=float)
    order = np.lexsort((weight, day, group))
    most = free["most_kg"].to_numpy(dtype=float)
    found = pairs(group[order], day[order], weight[order], most[order])
    places = order[np.array(found, dtype=np.intp).reshape(-1, 2)]
    joint = weight[places].sum(axis=1)
    apart = day[places[:, 1]] - day[places[:, 0]]
    return free.iloc[places.ravel()].assign(
        joint_band=np.repeat(np.searchsorted(WEIGHT_EDGES_KG, joint, side="right"), 2),
        days_apart=np.repeat(apart, 2),
    )
