"""The legs of one supplier as an analysis takes them: with lane names, and the chain that each belongs to."""

from __future__ import annotations

import pandas as pd

from data_access import Filters
from data_access.filters import LANE_ARROW, MODES

__all__ = ["chosen_legs", "with_chains"]


def with_chains(legs: pd.DataFrame) -> pd.DataFrame:
    """The legs with `lane` ("origin → destination"), `chain_lane` and `chain_mode` (null: in no whole chain).

    A chain has its first leg in the frame, and no flagged leg; its mode is the one with most tonne-km, as in
    `chain_queries.chain_flows`.

    Parameters
    ----------
    legs : DataFrame
        `recommendation_queries.supplier_legs`, sorted by shipment and leg number.
    """
    legs = legs.reset_index(drop=True)
    grouped = legs.groupby("shipment_id", sort=False)
    first, last = grouped.head(1).set_index("shipment_id"), grouped.tail(1).set_index("shipment_id")
    whole = (first["leg_no"] == 1) & ~grouped["flagged"].any()
    lanes = (first["origin"] + LANE_ARROW + last["destination"]).where(whole)
    modes = _main_modes(legs).reindex(first.index).where(lanes.notna())
    return legs.assign(
        lane=legs["origin"] + LANE_ARROW + legs["destination"],
        chain_lane=legs["shipment_id"].map(lanes.where(modes.notna())),
        chain_mode=legs["shipment_id"].map(modes),
    )


def chosen_legs(legs: pd.DataFrame, filters: Filters) -> pd.Series:
    """Which legs the filters select by their own mode and ends, and that count: moving and not flagged."""
    asked = {
        "mode": filters.modes,
        "origin_country": filters.origin_countries,
        "destination_country": filters.destination_countries,
        "lane": filters.lanes,
    }
    chosen = ~legs["flagged"] & (legs["tonne_km"] > 0) & (legs["mode"] != "hub")
    for column, values in asked.items():
        if values:
            chosen &= legs[column].isin(values)
    return chosen


def _main_modes(legs: pd.DataFrame) -> pd.Series:
    """By shipment; the order of MODES decides a tie, as in SQL."""
    moving = legs[(legs["mode"] != "hub") & (legs["tonne_km"] > 0)]
    sums = moving.groupby(["shipment_id", "mode"], as_index=False)["tonne_km"].sum()
    sums = sums.assign(place=sums["mode"].map({mode: n for n, mode in enumerate(MODES)}))
    best = sums.sort_values(["tonne_km", "place"], ascending=[False, True]).drop_duplicates("shipment_id")
    return best.set_index("shipment_id")["mode"]
