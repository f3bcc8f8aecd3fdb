"""What the recommendations give: one piece of advice with its figures, and the table of shift candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "Recommendation", "ShiftCandidates"]

KINDS = ("shift_mode", "consolidate", "vehicle_class", "primary_data")


@dataclass(frozen=True)
class Recommendation:
    """One piece of advice to one supplier. Savings of different recommendations never share a leg.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    title : str
        What to do: "Move Suzhou, CN → Venlo, NL from air to sea".
    lanes : tuple of str
        "origin → destination" of the transport chains, or of the legs, that it is about.
    shipments : int
        How many of the selection it affects.
    days : float
        Days that the selection covers: what the yearly figures were scaled from.
    now_kg, saved_kg, saved_low_kg, saved_high_kg : float
        kg CO2e per year: what these shipments emit, and what would be saved with its 95 % range. 0 for
        primary data, which saves nothing by itself.
    saved_share : float
        saved_kg ÷ all that the supplier emits per year (0..1).
    in_doubt_kg : float
        kg CO2e per year by which the range would narrow; only for primary data, else 0.
    extra_days : float or None
        By how much the median transit time grows (negative: shrinks); None where it is not known.
    extra_cost : float or None
        Cost per year on top of today's (negative: cheaper), in `currency`; None where it is not known.
    evidence : str
        A sentence with the counts that it rests on.
    """

    kind: str
    supplier_id: str
    title: str
    lanes: tuple[str, ...]
    shipments: int
    days: float
    now_kg: float
    saved_kg: float
    saved_low_kg: float
    saved_high_kg: float
    saved_share: float
    in_doubt_kg: float
    extra_days: float | None
    extra_cost: float | None
    currency: str | None
    evidence: str


@dataclass(frozen=True)
class ShiftCandidates:
    """Transport chains that could move to a cleaner mode, largest saving first.

    Attributes
    ----------
    frame : DataFrame
        One row per origin, destination and present main mode; the alternative that saves most within the
        limit. Columns: origin, origin_country, destination, destination_country, lane ("origin →
        destination"), from_mode, to_mode, suppliers (how many), shipments, weight_kg, now_kg, then_kg,
        saved_kg, saved_low_kg, saved_high_kg (kg CO2e per year), saved_share (of now_kg), days_now,
        days_then, extra_days (median transit; NaN where unknown), cost_per_t_now, cost_per_t_then,
        extra_cost (per year; NaN where unknown), currency, evidence_shipments, evidence_suppliers,
        evidence ("same lane" or "same countries"). No chain is in two rows, so savings add up.
    saved_kg, saved_low_kg, saved_high_kg : float
        Sums of the frame, kg CO2e per year.
    days : float
        Days that the selection covers.
    too_slow : int
        Lanes left out because every cleaner mode takes longer than the limit allows.
    time_unknown : int
        Lanes left out because a limit is set and a transit time is not known.
    """

    frame: pd.DataFrame
    saved_kg: float
    saved_low_kg: float
    saved_high_kg: float
    days: float
    too_slow: int
    time_unknown: int
