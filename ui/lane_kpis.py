"""The headline of the Lanes page: lanes, mass, activity, emissions, intensity, and what could be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, kpis
from ui.kpis import Kpi

if TYPE_CHECKING:
    from analytics.lanes import LaneSummary
    from analytics.recommendations import ShiftCandidates

__all__ = ["cards", "row"]


def cards(summary: LaneSummary, shifts: ShiftCandidates | None) -> list[Kpi]:
    """The cards; `shifts` is None where it could not be worked out."""
    counts, before = summary.counts, summary.totals.previous
    past = summary.previous_counts if before is not None and before.legs else None
    shared = {card.figure: card for card in kpis.headline(summary.totals)}
    return [
        Kpi(
            "lanes",
            "Lanes",
            formats.count(counts.lanes),
            "Pairs of places with legs",
            formats.change(counts.lanes, past.lanes) if past else None,
        ),
        Kpi(
            "mass",
            "Mass shipped",
            formats.mass(counts.weight_kg),
            "Each shipment once",
            formats.change(counts.weight_kg, past.weight_kg) if past else None,
        ),
        *(shared[name] for name in ("tonne_km", "emissions", "intensity")),
        _potential(shifts),
    ]


def row(given: list[Kpi]) -> None:
    with st.container(key="kpis"):
        for card in given:
            with st.container(key=f"kpi-{card.figure}"):
                kpis.metric(card.label, card.value, card.change, card.sense)
                st.caption(formats.plain(card.note))


def _potential(shifts: ShiftCandidates | None) -> Kpi:
    label = "Shift potential a year"
    if shifts is None:
        return Kpi("shift", label, formats.MISSING, "Could not be worked out")
    if shifts.frame.empty:
        return Kpi("shift", label, formats.mass(0.0), "No cleaner mode is known here")
    note = formats.range_note(shifts.saved_kg, shifts.saved_low_kg, shifts.saved_high_kg)
    return Kpi("shift", label, formats.mass(shifts.saved_kg), f"CO2e, {note}")
