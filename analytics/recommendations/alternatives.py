"""What else runs where a transport chain runs now: other main modes on the same lane, or between the same
two countries, with what they emit, take and cost. Evidence is what somebody in the data has shipped so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.distances import great_circle_km
from analytics.recommendations.savings import SCALED_FACTOR, Range, mean_spread, widened

__all__ = ["LANE", "alternatives", "costs_per_t", "lane_numbers", "weighted_median"]

LANE = ["origin", "origin_country", "destination", "destination_country"]
LEAST_ON_LANE = 3  # shipments: fewer may be a slip
LEAST_BETWEEN_COUNTRIES = 5
_ALIKE = 2.0  # lanes of the same countries whose great circles differ by more are no evidence
_PAIR = ["lane_id", "from_mode", "to_mode"]
# A river runs where it runs: what a barge does on one lane says nothing about another.
_BOUND_TO_PLACE = ("inland_waterway",)
_SUMS = [
    "shipments", "weight_kg", "wtw_kg", "low_kg", "high_kg", "weight_sq", "kg_weight", "kg_sq",
    "cold_shipments",
]  # fmt: skip


def lane_numbers(flows: pd.DataFrame) -> pd.DataFrame:
    """The flows with lane_id, a number per pair of ends, and great_circle_km."""
    km = great_circle_km(
        *(flows[name] for name in ("origin_lat", "origin_lon", "destination_lat", "destination_lon"))
    )
    numbers = flows.groupby(LANE, dropna=False, sort=True).ngroup()
    # One distance a lane, also where two suppliers locate a place differently.
    one = pd.Series(km, flows.index).groupby(numbers).transform("median")
    return flows.assign(lane_id=numbers, great_circle_km=one)


def alternatives(present: pd.DataFrame, flows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Other modes for each lane and present mode, with what is known of them.

    Parameters
    ----------
    present : DataFrame
        lane_id, from_mode, origin_country, destination_country, great_circle_km; one row a pair.
    flows : DataFrame
        `chain_queries.chain_flows` of all that the user may see, with `lane_numbers`.

    Returns
    -------
    DataFrame
        lane_id, from_mode, to_mode, evidence ("same lane", "same countries"), rate, rate_low, rate_high (kg
        CO2e per kg of goods), days_then, weight_most_kg, carries_cold, evidence_shipments,
        evidence_suppliers.
    DataFrame
        What they cost: lane_id, from_mode, to_mode, currency, cost_per_t, costed_weight_kg.
    """
    near = _on_the_lane(present, flows)
    far = _between_the_countries(present, flows)
    known = pd.MultiIndex.from_frame(near[["lane_id", "to_mode"]].drop_duplicates())
    far = far[~pd.MultiIndex.from_frame(far[["lane_id", "to_mode"]]).isin(known)]
    rows = pd.concat([near, far], ignore_index=True)
    return _summed(rows), costs_per_t(rows, _PAIR)


def weighted_median(rows: pd.DataFrame, keys: list[str], value: str, weight: str) -> pd.Series:
    """The value by which half the weight is reached, by keys; rows without value or weight do not count."""
    known = rows[rows[value].notna() & (rows[weight] > 0)].sort_values(value, kind="stable")
    grouped = known.groupby(keys, sort=False)[weight]
    reached = grouped.cumsum() >= grouped.transform("sum") / 2
    return known[reached].groupby(keys)[value].first()


def costs_per_t(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """keys, currency, cost_per_t, costed_weight_kg: one row a currency, never added up across them."""
    known = rows[rows["currency"].notna() & (rows["costed_weight_kg"] > 0)]
    sums = known.groupby([*keys, "currency"], as_index=False)[["cost", "costed_weight_kg"]].sum()
    return sums.assign(cost_per_t=sums["cost"] / sums["costed_weight_kg"] * 1000.0).drop(columns="cost")


def _on_the_lane(present: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    found = present[["lane_id", "from_mode"]].merge(flows, on="lane_id")
    found = found[found["main_mode"] != found["from_mode"]].rename(columns={"main_mode": "to_mode"})
    return _enough(found.assign(evidence="same lane"), LEAST_ON_LANE)


def _between_the_countries(present: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """Flows between the same countries on other lanes, their kg scaled by the great circles of both lanes."""
    countries = ["origin_country", "destination_country"]
    here = present.dropna(subset=[*countries, "great_circle_km"])
    there = flows[~flows["main_mode"].isin(_BOUND_TO_PLACE)].dropna(subset=[*countries, "great_circle_km"])
    found = here.merge(there, on=countries, suffixes=("", "_there"))
    apart = found["great_circle_km"] / found["great_circle_km_there"].where(
        found["great_circle_km_there"] > 0
    )
    usable = (
        (found["lane_id"] != found["lane_id_there"])
        & (found["main_mode"] != found["from_mode"])
        & apart.between(1 / _ALIKE, _ALIKE)
    )
    found, apart = found[usable], apart[usable]
    scaled = {name: found[name] * apart for name in ("wtw_kg", "low_kg", "high_kg", "kg_weight")}
    found = found.assign(**scaled, kg_sq=found["kg_sq"] * apart**2, evidence="same countries")
    return _enough(found.rename(columns={"main_mode": "to_mode"}), LEAST_BETWEEN_COUNTRIES)


def _enough(rows: pd.DataFrame, least: int) -> pd.DataFrame:
    return rows[rows.groupby(_PAIR)["shipments"].transform("sum") >= least]


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby(_PAIR)
    sums = grouped[_SUMS].sum()
    scaled = grouped["evidence"].first() == "same countries"
    weight = sums["weight_kg"].to_numpy()
    observed = Range(*(sums[name].to_numpy() / weight for name in ("wtw_kg", "low_kg", "high_kg")))
    rate = widened(observed, mean_spread(sums), np.where(scaled, SCALED_FACTOR, 1.0))
    return pd.DataFrame(
        {
            "evidence": grouped["evidence"].first(),
            "rate": pd.Series(rate.mid, sums.index),
            "rate_low": pd.Series(rate.low, sums.index),
            "rate_high": pd.Series(rate.high, sums.index),
            "days_then": weighted_median(rows, _PAIR, "transit_hours", "timed_shipments") / 24.0,
            "weight_most_kg": grouped["weight_max_kg"].max(),
            "carries_cold": sums["cold_shipments"] > 0,
            "evidence_shipments": sums["shipments"],
            "evidence_suppliers": grouped["supplier_id"].nunique(),
        },
        index=sums.index,
    ).reset_index()
