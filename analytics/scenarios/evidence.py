"""Other ways to run a lane: in another mode, or by another supplier; with what they emit, take and cost.

The statistics are those of the recommendations: nothing is assumed that nobody in the data has done.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.recommendations.alternatives import LANE, alternatives, weighted_median
from data_access.filters import MODES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.scenarios.results import Baseline
    from analytics.scenarios.year import Book, Codes, Floats, Mask

__all__ = ["Ways", "shift_ways", "supplier_ways", "ways_of"]

_FROM = ["lane_id", "from_mode"]
_PAIR = [*_FROM, "to_mode"]
_RATES = ["rate", "rate_low", "rate_high"]
_WAY = [
    "supplier_id", "lane_code", "from_mode", "to_mode", *_RATES, "days_now", "days_then", "evidence",
    "evidence_shipments", "evidence_suppliers", "currency", "extra_cost_per_t",
]  # fmt: skip
_BETWEEN = "\x1f"  # in no name
_MOST_KEPT = 32
_kept: OrderedDict[tuple[str, str, str], Ways] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Ways:
    """Other ways, one a row: codes as in `year.Book`; rates (n, 3) in kg CO2e per kg of goods, low, high."""

    supplier: Codes
    lane: Codes
    from_mode: Codes
    to_mode: Codes
    rates: Floats
    days_now: Floats
    days_then: Floats
    same_lane: Mask
    extra_cost_per_t: Floats
    currency: NDArray[Any]


def shift_ways(flows: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Which of the chosen flows could go by which other main mode.

    Parameters
    ----------
    flows : DataFrame
        `chain_queries.chain_flows` with `lane_numbers` and lane_code: what may be evidence.
    chosen : DataFrame
        Those of them that may move.

    Returns
    -------
    DataFrame
        supplier_id, lane_code, from_mode, to_mode; rate, rate_low, rate_high (kg CO2e per kg of goods);
        days_now, days_then (NaN unknown); evidence, evidence_shipments, evidence_suppliers; currency and
        extra_cost_per_t, where both ways are known in one currency. A flow is here where the other mode has
        carried as much at once as 95 % of its shipments weigh, and temperature controlled goods if it has
        any.
    """
    mine = chosen.rename(columns={"main_mode": "from_mode"})
    return _fitting(mine, *alternatives(_present(mine), flows))


def supplier_ways(baseline: Baseline, from_supplier: str, to_supplier: str) -> Ways:
    """The same for freight that another supplier carries in the same main mode; kept for the next run."""
    key = (baseline.key, from_supplier, to_supplier)
    with _lock:
        if key in _kept:
            return _kept[key]
    ways = ways_of(_by_supplier(baseline.flows, from_supplier, to_supplier), baseline.book)
    with _lock:
        _kept[key] = ways
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return ways


def ways_of(found: pd.DataFrame, book: Book) -> Ways:
    """The ways as arrays; those of suppliers and lanes without any cell are left out."""
    codes = {name: code for code, name in enumerate(book.suppliers)}
    supplier = found["supplier_id"].map(codes)
    known = supplier.notna() & (found["lane_code"] >= 0)
    found, supplier = found[known], supplier[known]
    modes = {mode: code for code, mode in enumerate(MODES)}

    def numbers(name: str) -> NDArray[np.float64]:
        return found[name].to_numpy(dtype=float)

    return Ways(
        supplier=supplier.to_numpy(dtype=int),
        lane=found["lane_code"].to_numpy(dtype=int),
        from_mode=found["from_mode"].map(modes).to_numpy(dtype=int),
        to_mode=found["to_mode"].map(modes).to_numpy(dtype=int),
        rates=found[_RATES].to_numpy(dtype=float),
        days_now=numbers("days_now"),
        days_then=numbers("days_then"),
        same_lane=(found["evidence"] == "same lane").to_numpy(dtype=bool),
        extra_cost_per_t=numbers("extra_cost_per_t"),
        currency=found["currency"].fillna("").to_numpy(dtype=object),
    )


def _by_supplier(flows: pd.DataFrame, from_supplier: str, to_supplier: str) -> pd.DataFrame:
    # A supplier's service in a mode is to `alternatives` what a mode is: another way to run the lane.
    mine = flows[flows["supplier_id"] == from_supplier].rename(columns={"main_mode": "from_mode"})
    theirs = flows[flows["supplier_id"] == to_supplier]
    mine = mine.assign(from_mode=mine["from_mode"] + _BETWEEN + "now")
    theirs = theirs.assign(main_mode=theirs["main_mode"] + _BETWEEN + "then")
    found = _fitting(mine, *alternatives(_present(mine), theirs))
    for name in ("from_mode", "to_mode"):
        found[name] = [mode.partition(_BETWEEN)[0] for mode in found[name]]
    # A river runs where it runs.
    bound = (found["evidence"] == "same countries") & (found["from_mode"] == "inland_waterway")
    return found[(found["from_mode"] == found["to_mode"]) & ~bound]


def _present(mine: pd.DataFrame) -> pd.DataFrame:
    return mine.drop_duplicates(_FROM)[[*_FROM, *LANE, "great_circle_km"]]


def _fitting(mine: pd.DataFrame, others: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    rows = mine.merge(others, on=_FROM)
    fits = rows["weight_p95_kg"] <= rows["weight_most_kg"]
    rows = rows[fits & ((rows["cold_shipments"] == 0) | rows["carries_cold"])]
    hours = weighted_median(rows, _PAIR, "transit_hours", "timed_shipments").rename("hours_now")
    rows = (
        rows.merge(hours.reset_index(), on=_PAIR, how="left") if len(hours) else rows.assign(hours_now=None)
    )
    priced = costs[[*_PAIR, "currency", "cost_per_t"]].rename(columns={"cost_per_t": "cost_per_t_then"})
    rows = rows.assign(currency=rows["currency"].astype("object"))
    priced = priced.assign(currency=priced["currency"].astype("object"))
    rows = rows.merge(priced, on=[*_PAIR, "currency"], how="left")
    now = rows["cost"] / rows["costed_weight_kg"].where(rows["costed_weight_kg"] > 0) * 1000.0
    extra = (rows["cost_per_t_then"] - now).where(rows["currency"].notna())
    days = pd.to_numeric(rows["hours_now"]) / 24.0
    return rows.assign(days_now=days, extra_cost_per_t=extra)[_WAY].reset_index(drop=True)
