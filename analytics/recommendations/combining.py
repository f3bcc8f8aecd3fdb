"""From proposals of four kinds to a short list in which no leg is counted twice.

Legs are given out in this order: a shift takes its chains whole, then loads are joined, then classes change.
Primary data saves nothing and takes no leg.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.recommendations.consolidation import consolidation_proposals
from analytics.recommendations.primary_data import primary_data_proposals
from analytics.recommendations.proposals import Proposal, counted, merged
from analytics.recommendations.results import Recommendation
from analytics.recommendations.shifts import DAYS_PER_YEAR
from analytics.recommendations.vehicle_class import class_proposals

__all__ = ["advice", "allocated"]

LEAST_SHARE = 0.001  # of all that the supplier emits: what saves less is not worth a line
# By kind: how many are shown by themselves, and what the rest are called together.
_SHOWN = {
    "shift_mode": (4, "Move {n} to a cleaner mode"),
    "consolidate": (2, "Join loads on {n}"),
    "vehicle_class": (2, ""),
    "primary_data": (2, ""),
}


def allocated(
    shifts: Sequence[Proposal], legs: pd.DataFrame, chosen: pd.Series, rates: pd.DataFrame, supplier_id: str
) -> list[Proposal]:
    """All proposals of the four kinds; those that save anything have no leg in common.

    Parameters
    ----------
    shifts : sequence of Proposal
        From `supplier_shifts.shift_proposals`.
    legs : DataFrame
        The supplier's legs `with_chains`.
    chosen : Series of bool
        Which of them the filters select and count.
    rates : DataFrame
        `recommendation_queries.job_rates`.
    """
    free = chosen.copy()
    free.iloc[_rows(shifts)] = False
    joined = consolidation_proposals(legs[free], rates, supplier_id)
    free.iloc[_rows(joined)] = False
    classes = class_proposals(legs[free], rates)
    return [*shifts, *joined, *classes, *primary_data_proposals(legs[chosen])]


def advice(
    proposals: Sequence[Proposal], *, supplier_id: str, supplier_kg: float, days: float
) -> tuple[Recommendation, ...]:
    """At most a dozen recommendations, scaled to a year, largest saving first, primary data last.

    Parameters
    ----------
    supplier_kg : float
        All that the supplier emits in the selection, kg CO2e.
    """
    kept = [one for kind in _SHOWN for one in _shortened([p for p in proposals if p.kind == kind], kind)]
    least = LEAST_SHARE * supplier_kg
    kept = [one for one in kept if max(one.saved_kg, one.in_doubt_kg) >= least and supplier_kg > 0]
    kept.sort(key=lambda one: (one.kind == "primary_data", -one.saved_kg, -one.in_doubt_kg, one.title))
    return tuple(_yearly(one, supplier_id, supplier_kg, days) for one in kept)


def _rows(proposals: Sequence[Proposal]) -> np.ndarray:
    return np.concatenate([np.empty(0, dtype=np.intp), *(one.rows for one in proposals)])


def _shortened(proposals: list[Proposal], kind: str) -> list[Proposal]:
    most, together = _SHOWN[kind]
    rest = proposals[most:]
    if not together or len(rest) < 2:
        return proposals[: most + 1] if together else proposals[:most]
    lanes = counted(len(rest), "further lane")
    text = f"{lanes}, each with its own evidence; the largest: {rest[0].title}. {rest[0].evidence}"
    return [*proposals[:most], merged(rest, together.format(n=lanes), text)]


def _yearly(one: Proposal, supplier_id: str, supplier_kg: float, days: float) -> Recommendation:
    scale = DAYS_PER_YEAR / days
    return Recommendation(
        kind=one.kind,
        supplier_id=supplier_id,
        title=one.title,
        lanes=one.lanes,
        shipments=one.shipments,
        days=days,
        now_kg=one.now_kg * scale,
        saved_kg=one.saved_kg * scale,
        saved_low_kg=one.saved_low_kg * scale,
        saved_high_kg=one.saved_high_kg * scale,
        saved_share=one.saved_kg / supplier_kg,
        in_doubt_kg=one.in_doubt_kg * scale,
        extra_days=one.extra_days,
        extra_cost=None if one.extra_cost is None else one.extra_cost * scale,
        currency=one.currency,
        evidence=one.evidence,
    )
