"""One row for each lane and mode, out of sums by factor, by currency, and median days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.emissions import ranges_by
from data_access.filters import LANE_ARROW

__all__ = ["ENDS", "hub_table", "lane_name", "lane_table"]

ENDS = ["origin", "origin_country", "destination", "destination_country"]
_SUMS = ["legs", "weight_kg", "tonne_km", "wtw_kg"]


def lane_table(sums: pd.DataFrame, costs: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Lanes by mode, the largest emission first.

    Parameters
    ----------
    sums, costs, days : DataFrame
        As `data_access.lane_queries.lane_sums`, `lane_costs` and `lane_days` give them.

    Returns
    -------
    DataFrame
        lane ("origin → destination"; null where an end has no name), origin, origin_country, destination,
        destination_country, mode, legs, weight_kg, tonne_km, wtw_kg, low_kg, high_kg (95 % range),
        intensity_g_per_tkm, wtw_share (of all rows), cost_per_t in `currency` (the one that most tonnes are
        paid in), other_costs (the other currencies in words, never added up), costed_share (of the mass),
        days (median from departure to arrival) and arrived (legs behind it).
    """
    keys = [*ENDS, "mode"]
    summed = _added(sums, keys)
    whole = summed["wtw_kg"].sum()
    table = (
        summed.merge(_costs_per_t(costs, keys), on=keys, how="left")
        .merge(days[[*keys, "days", "arrived"]], on=keys, how="left")
        .assign(
            lane=lambda rows: lane_name(rows["origin"], rows["destination"]),
            wtw_share=lambda rows: rows["wtw_kg"] / whole if whole else 0.0,
            costed_share=lambda rows: rows["costed_weight_kg"].fillna(0.0) / rows["weight_kg"],
            arrived=lambda rows: rows["arrived"].fillna(0).astype("int64"),
        )
    )
    shown = [
        *("lane", *ENDS, "mode", *_SUMS, "low_kg", "high_kg", "intensity_g_per_tkm", "wtw_share"),
        *("cost_per_t", "currency", "other_costs", "costed_share", "days", "arrived"),
    ]
    order = ["wtw_kg", "origin", "destination", "mode"]
    return table[shown].sort_values(order, ascending=[False, True, True, True], ignore_index=True)


def hub_table(hubs: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """Hub operations by place, the largest emission first.

    Parameters
    ----------
    hubs, beside : DataFrame
        As `data_access.lane_queries.hubs` and `hub_neighbours` give them.

    Returns
    -------
    DataFrame
        origin, origin_country (the place), legs, weight_kg, wtw_kg, low_kg, high_kg, kg_per_t, share (of all
        hub emissions, 0..1), modes_in and modes_out: tuples of (mode, share of the legs), most legs first.
    """
    keys = ["origin", "origin_country"]
    table = _added(hubs, keys).drop(columns=["tonne_km", "intensity_g_per_tkm"])
    whole = table["wtw_kg"].sum()
    table = table.assign(
        kg_per_t=table["wtw_kg"] / table["weight_kg"] * 1000.0,
        share=table["wtw_kg"] / whole if whole else 0.0,
    )
    for column, comes_in in (("modes_in", True), ("modes_out", False)):
        mine = beside[beside["comes_in"] == comes_in]
        shares = {_texts(place): _shares(rows) for place, rows in mine.groupby(keys, dropna=False)}
        table[column] = [shares.get(_texts(place), ()) for place in table[keys].itertuples(index=False)]
    return table.sort_values(["wtw_kg", "origin"], ascending=[False, True], ignore_index=True)


def lane_name(origins: pd.Series, destinations: pd.Series) -> pd.Series:
    """The lane's name as the filters know it; null where an end has no name."""
    ends = (origins.astype(object), destinations.astype(object))
    return (ends[0] + LANE_ARROW + ends[1]).where(ends[0].notna() & ends[1].notna(), None)


def _added(sums: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sums by factor added up by `keys`, with range and intensity."""
    group = sums.groupby(keys, dropna=False, sort=False).ngroup().rename("group")
    numbered = sums.assign(group=group)
    added = numbered.groupby("group")[_SUMS].sum()
    named = numbered.drop_duplicates("group").set_index("group")[keys]
    table = named.join(added).join(ranges_by(numbered, "group"))
    moved = table["tonne_km"].where(table["tonne_km"] > 0)
    return table.assign(intensity_g_per_tkm=table["wtw_kg"] / moved * 1000.0).reset_index(drop=True)


def _costs_per_t(costs: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """By lane and mode: cost per tonne in the main currency, the others in words, and the costed mass."""
    rows = costs.assign(
        currency=costs["currency"].fillna("?"),
        cost_per_t=costs["cost"] / costs["costed_weight_kg"] * 1000.0,
    ).sort_values(["costed_weight_kg", "currency"], ascending=[False, True])
    group = rows.groupby(keys, dropna=False, sort=False)
    rows = rows.assign(group=group.ngroup(), place=group.cumcount())
    first = rows[rows["place"] == 0].set_index("group")[[*keys, "currency", "cost_per_t"]]
    others = rows[rows["place"] > 0]
    written = others.assign(words=[f"{one.currency} {one.cost_per_t:,.2f}/t" for one in others.itertuples()])
    return first.assign(
        other_costs=written.groupby("group")["words"].agg("; ".join).reindex(first.index),
        costed_weight_kg=rows.groupby("group")["costed_weight_kg"].sum().reindex(first.index),
    ).reset_index(drop=True)


def _shares(rows: pd.DataFrame) -> tuple[tuple[str, float], ...]:
    by_mode = rows.groupby("mode")["legs"].sum().sort_values(ascending=False, kind="stable")
    return tuple((str(mode), float(legs / by_mode.sum())) for mode, legs in by_mode.items())


def _texts(place: object) -> tuple[str, ...]:
    """A key that nulls of any kind agree on."""
    return tuple("" if pd.isna(one) else str(one) for one in np.atleast_1d(np.array(place, dtype=object)))
