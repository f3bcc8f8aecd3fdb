"""Shift candidates of one supplier as proposals, with the legs of the chains that would move."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.recommendations.proposals import Proposal, counted, mode_name
from analytics.recommendations.results import ShiftCandidates
from analytics.recommendations.shifts import DAYS_PER_YEAR
from data_access.filters import LANE_ARROW

__all__ = ["shift_proposals"]


def shift_proposals(
    candidates: ShiftCandidates, flows: pd.DataFrame, legs: pd.DataFrame, supplier_id: str
) -> list[Proposal]:
    """One proposal per lane and present mode, largest saving first.

    Parameters
    ----------
    candidates : ShiftCandidates
        Of this supplier's flows only.
    flows : DataFrame
        All flows that are evidence: to tell its own from others'.
    legs : DataFrame
        The supplier's legs `with_chains`; the index is kept in `Proposal.rows`.
    """
    own = flows[flows["supplier_id"] == supplier_id]
    lane = own["origin"] + LANE_ARROW + own["destination"]
    by_own = own.groupby([lane, "main_mode"])["shipments"].sum().to_dict()
    rows = legs.groupby(["chain_lane", "chain_mode"]).indices
    part_of_year = candidates.days / DAYS_PER_YEAR
    return [
        _proposal(
            row, rows.get((row.lane, row.from_mode)), by_own.get((row.lane, row.to_mode), 0), part_of_year
        )
        for row in candidates.frame.itertuples(index=False)
    ]


def _proposal(row: Any, taken: Any, own_shipments: int, part_of_year: float) -> Proposal:
    return Proposal(
        kind="shift_mode",
        title=f"Move {row.lane} from {mode_name(row.from_mode)} to {mode_name(row.to_mode)}",
        lanes=(row.lane,),
        rows=np.asarray([] if taken is None else taken, dtype=np.intp),
        shipments=int(row.shipments),
        now_kg=row.now_kg * part_of_year,
        saved_kg=row.saved_kg * part_of_year,
        saved_low_kg=row.saved_low_kg * part_of_year,
        saved_high_kg=row.saved_high_kg * part_of_year,
        extra_days=_known(row.extra_days),
        extra_cost=_known(row.extra_cost * part_of_year),
        currency=None if pd.isna(row.extra_cost) else row.currency,
        evidence=_evidence(row, own_shipments),
    )


def _evidence(row: Any, own_shipments: int) -> str:
    shipments, mode = int(row.evidence_shipments), mode_name(row.to_mode)
    suppliers = counted(int(row.evidence_suppliers), "supplier")
    took = "" if pd.isna(row.days_then) else f" They took {row.days_then:.1f} days (median)."
    if row.evidence == "same lane":
        own = _own(shipments, own_shipments)
        return f"{counted(shipments, 'shipment')} of {suppliers} went by {mode} on the same lane{own}.{took}"
    return (
        f"{counted(shipments, 'shipment')} of {suppliers} went by {mode} between other places of the same "
        f"countries; their kg CO2e are scaled by the distance.{took}"
    )


def _own(shipments: int, own: int) -> str:
    if not own:
        return ", none of them its own"
    return ", all its own" if own == shipments else f", {own:,} of them its own"


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
