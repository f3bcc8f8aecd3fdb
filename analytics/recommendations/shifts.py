"""Which transport chains could move to a cleaner main mode that somebody already uses there."""

from __future__ import annotations

import pandas as pd

from analytics.recommendations.alternatives import (
    LANE,
    alternatives,
    costs_per_t,
    lane_numbers,
    weighted_median,
)
from analytics.recommendations.results import ShiftCandidates
from analytics.recommendations.savings import Range, less
from data_access.filters import LANE_ARROW

__all__ = ["DAYS_PER_YEAR", "shift_candidates"]

DAYS_PER_YEAR = 365.0
_FROM = ["lane_id", "from_mode"]
_PAIR = [*_FROM, "to_mode"]
_KG = ["now_kg", "then_kg", "saved_kg", "saved_low_kg", "saved_high_kg"]
_COLUMNS = [
    *LANE, "lane", "from_mode", "to_mode", "suppliers", "shipments", "weight_kg", "now_kg", "then_kg",
    "saved_kg", "saved_low_kg", "saved_high_kg", "saved_share", "days_now", "days_then", "extra_days",
    "cost_per_t_now", "cost_per_t_then", "extra_cost", "currency", "evidence_shipments",
    "evidence_suppliers", "evidence",
]  # fmt: skip


def shift_candidates(
    flows: pd.DataFrame, chosen: pd.Series, *, days: float, max_extra_days: float | None = None
) -> ShiftCandidates:
    """The best cleaner mode of each lane and present mode, largest yearly saving first.

    A flow moves where the other mode has carried as much mass at once as 95 % of its shipments weigh, and
    temperature controlled goods where it has any; and only where the saving is above 0 over its whole range.

    Parameters
    ----------
    flows : DataFrame
        `chain_queries.chain_flows` of all that may be evidence.
    chosen : Series of bool
        Which of the flows may move.
    days : float
        Days that the flows cover.
    max_extra_days : float, optional
        Lanes that would take longer by more are left out, as are those whose time is not known.
    """
    numbered = lane_numbers(flows)
    mine = numbered[chosen.to_numpy(dtype=bool)].rename(columns={"main_mode": "from_mode"})
    present = mine.drop_duplicates(_FROM)[[*_FROM, *LANE, "great_circle_km"]]
    others, costs = alternatives(present, numbered)
    moving = _moving(mine, others)
    cleaner = _cleaner(moving, others)
    kept, too_slow, time_unknown = _within(cleaner, max_extra_days)
    best = kept.sort_values(["saved_kg", "to_mode"], ascending=[False, True]).drop_duplicates(_FROM)
    moved = moving.merge(best[_PAIR], on=_PAIR)
    frame = _with_costs(best.merge(present.drop(columns="great_circle_km"), on=_FROM), moved, costs)
    frame = _yearly(frame, days)
    saved, low, high = (float(frame[name].sum()) for name in _KG[2:])
    return ShiftCandidates(frame, saved, low, high, days, too_slow, time_unknown)


def _moving(mine: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The flows that each other mode could carry: by mass and temperature control."""
    rows = mine.merge(others[[*_PAIR, "weight_most_kg", "carries_cold"]], on=_FROM)
    fits = rows["weight_p95_kg"] <= rows["weight_most_kg"]
    return rows[fits & ((rows["cold_shipments"] == 0) | rows["carries_cold"])]


def _cleaner(moving: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """One row a lane, present and other mode, where the other one is clearly cleaner."""
    sums = {name: (name, "sum") for name in ("shipments", "weight_kg", "wtw_kg", "low_kg", "high_kg")}
    grouped = moving.groupby(_PAIR).agg(suppliers=("supplier_id", "nunique"), **sums)
    grouped["days_now"] = weighted_median(moving, _PAIR, "transit_hours", "timed_shipments") / 24.0
    rows = grouped.reset_index().merge(others, on=_PAIR)
    now = Range(*(rows[name].to_numpy() for name in ("wtw_kg", "low_kg", "high_kg")))
    rate = Range(*(rows[name].to_numpy() for name in ("rate", "rate_low", "rate_high")))
    then = rate.times(rows["weight_kg"])
    saved = less(now, then)
    rows = rows.assign(
        now_kg=now.mid,
        then_kg=then.mid,
        saved_kg=saved.mid,
        saved_low_kg=saved.low,
        saved_high_kg=saved.high,
        extra_days=rows["days_then"] - rows["days_now"],
    )
    return rows[rows["saved_low_kg"] > 0]


def _within(cleaner: pd.DataFrame, limit: float | None) -> tuple[pd.DataFrame, int, int]:
    """The rows within the limit, and how many lanes have none: for all are too slow, or one is not timed."""
    if limit is None:
        return cleaner, 0, 0
    kept = cleaner[cleaner["extra_days"] <= limit]
    lost = cleaner.merge(kept[_FROM].drop_duplicates(), on=_FROM, how="left", indicator=True)
    lost = lost[lost["_merge"] == "left_only"]
    unknown = lost["extra_days"].isna().groupby([lost[name] for name in _FROM]).any()
    return kept, int((~unknown).sum()), int(unknown.sum())


def _with_costs(best: pd.DataFrame, moved: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Cost per tonne now, in the currency of most mass, and then, where it is known in the same one."""
    now = costs_per_t(moved, _FROM).sort_values(["costed_weight_kg", "currency"], ascending=[False, True])
    now = now.drop_duplicates(_FROM).drop(columns="costed_weight_kg")
    then = costs.drop(columns="costed_weight_kg")
    rows = best.merge(now.rename(columns={"cost_per_t": "cost_per_t_now"}), on=_FROM, how="left")
    keys = [*_PAIR, "currency"]
    rows = rows.merge(then.rename(columns={"cost_per_t": "cost_per_t_then"}), on=keys, how="left")
    extra = (rows["cost_per_t_then"] - rows["cost_per_t_now"]) * rows["weight_kg"] / 1000.0
    return rows.assign(extra_cost=extra)


def _yearly(rows: pd.DataFrame, days: float) -> pd.DataFrame:
    scale = DAYS_PER_YEAR / days
    yearly = {name: rows[name] * scale for name in [*_KG, "extra_cost"]}
    lane = rows["origin"] + LANE_ARROW + rows["destination"]
    frame = rows.assign(**yearly, lane=lane, saved_share=rows["saved_kg"] / rows["now_kg"])
    ordered = frame.sort_values(["saved_kg", *LANE, "from_mode"], ascending=[False] + [True] * 5)
    return ordered[_COLUMNS].reset_index(drop=True)
