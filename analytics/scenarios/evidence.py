"""Other ways to run a lane: in another mode, or by another supplier; with what they emit, take and cost.

The statistics are those of the recommendations: nothing is assumed that nobody in the data has done.
"""

from __future__ import annotations

import pandas as pd

from analytics.recommendations.alternatives import LANE, alternatives, weighted_median

__all__ = ["WAY", "shift_ways", "supplier_ways"]

WAY = ["supplier_id", "lane_id", "from_mode", "to_mode"]
_FROM = ["lane_id", "from_mode"]
_BETWEEN = "\x1f"  # in no name
_KNOWN = [
    "evidence", "rate", "rate_low", "rate_high", "days_then", "evidence_shipments", "evidence_suppliers",
]  # fmt: skip


def shift_ways(flows: pd.DataFrame, chosen: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Which of the chosen flows could go by which other main mode.

    Parameters
    ----------
    flows : DataFrame
        `chain_queries.chain_flows` with `lane_numbers`: what may be evidence.
    chosen : DataFrame
        Those of them that may move.

    Returns
    -------
    DataFrame
        `WAY`, rate, rate_low, rate_high (kg CO2e per kg of goods), days_now, days_then (NaN unknown),
        evidence, evidence_shipments, evidence_suppliers, and of the flow: cost_per_t_now, currency (null
        unknown). A flow is here where the other mode has carried as much at once as 95 % of its shipments
        weigh, and temperature controlled goods if it has any.
    DataFrame
        What they cost: lane_id, from_mode, to_mode, currency, cost_per_t.
    """
    mine = chosen.rename(columns={"main_mode": "from_mode"})
    present = mine.drop_duplicates(_FROM)[[*_FROM, *LANE, "great_circle_km"]]
    others, costs = alternatives(present, flows)
    return _fitting(mine, others), costs.drop(columns="costed_weight_kg")


def supplier_ways(
    flows: pd.DataFrame, from_supplier: str, to_supplier: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same for freight that another supplier carries in the same main mode: from_mode is to_mode."""
    # A supplier's service in a mode is to `alternatives` what a mode is: another way to run the lane.
    mine = flows[flows["supplier_id"] == from_supplier].rename(columns={"main_mode": "from_mode"})
    theirs = flows[flows["supplier_id"] == to_supplier]
    mine = mine.assign(from_mode=mine["from_mode"] + _BETWEEN + "now")
    theirs = theirs.assign(main_mode=theirs["main_mode"] + _BETWEEN + "then")
    present = mine.drop_duplicates(_FROM)[[*_FROM, *LANE, "great_circle_km"]]
    others, costs = alternatives(present, theirs)
    found, costs = (_same_mode(table) for table in (_fitting(mine, others), costs))
    # A river runs where it runs.
    bound = (found["evidence"] == "same countries") & (found["from_mode"] == "inland_waterway")
    return found[~bound], costs.drop(columns="costed_weight_kg")


def _fitting(mine: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    rows = mine.merge(others, on=_FROM)
    fits = rows["weight_p95_kg"] <= rows["weight_most_kg"]
    rows = rows[fits & ((rows["cold_shipments"] == 0) | rows["carries_cold"])]
    pair = [*_FROM, "to_mode"]
    now = weighted_median(rows, pair, "transit_hours", "timed_shipments").rename("hours_now").reset_index()
    rows = rows.merge(now, on=pair, how="left") if len(now) else rows.assign(hours_now=float("nan"))
    known = rows["currency"].notna() & (rows["costed_weight_kg"] > 0)
    per_t = (rows["cost"] / rows["costed_weight_kg"] * 1000.0).where(known)
    rows = rows.assign(days_now=rows["hours_now"] / 24.0, cost_per_t_now=per_t)
    return rows[[*WAY, *_KNOWN, "days_now", "cost_per_t_now", "currency"]].reset_index(drop=True)


def _same_mode(rows: pd.DataFrame) -> pd.DataFrame:
    ends = {
        name: rows[name].astype("object").str.partition(_BETWEEN)[0]
        if len(rows)
        else rows[name].astype("object")
        for name in ("from_mode", "to_mode")
    }
    rows = rows.assign(**ends)
    return rows[rows["from_mode"] == rows["to_mode"]].reset_index(drop=True)
