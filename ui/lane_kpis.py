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
    now, counts = summary.totals.current, summary.counts
    before = summary.totals.previous
    some = before if before is not None and before.legs else None
    past = summary.previous_counts if some else None
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
        Kpi(
            "tonne_km",
            "Transport activity",
            formats.tonne_km(now.tonne_km),
            "Σ mass × distance",
            formats.change(now.tonne_km, some.tonne_km) if some else None,
        ),
        Kpi(
            "emissions",
            "Emissions WTW, CO2e",
            formats.mass(now.wtw_kg),
            _range(now.wtw_kg, now.low_kg, now.high_kg),
            formats.change(now.wtw_kg, some.wtw_kg) if some else None,
            "inverse",
        ),
        Kpi(
            "intensity",
            "Intensity, CO2e per tkm",
            formats.intensity(now.intensity_g_per_tkm).removesuffix(" CO2e/tkm"),
            "Emissions ÷ tonne-km",
            formats.change(now.intensity_g_per_tkm, some.intensity_g_per_tkm) if some else None,
            "inverse",
        ),
        _potential(shifts),
    ]


def row(given: list[Kpi]) -> None:
    with st.container(key="kpis"):
        for card in given:
            with st.container(key=f"kpi-{card.figure}"):
                _metric(card)
                st.caption(formats.plain(card.note))


def _potential(shifts: ShiftCandidates | None) -> Kpi:
    label = "Shift potential a year"
    if shifts is None:
        return Kpi("shift", label, formats.MISSING, "Could not be worked out")
    if shifts.frame.empty:
        return Kpi("shift", label, formats.mass(0.0), "No cleaner mode is known here")
    note = _range(shifts.saved_kg, shifts.saved_low_kg, shifts.saved_high_kg)
    return Kpi("shift", label, formats.mass(shifts.saved_kg), f"CO2e, {note}")


def _range(kg: float, low_kg: float, high_kg: float) -> str:
    """The range in the unit of the figure above it: 95 % range 10.8–14.1 kt."""
    written = formats.emissions_range(kg, low_kg, high_kg)
    spread = written[written.find("(") + 1 : -1] if "(" in written else formats.MISSING
    return f"95 % range {spread} {formats.mass_unit(kg)[1]}"


def _metric(card: Kpi) -> None:
    if card.change is None:
        st.metric(card.label, card.value)
        return
    difference, text = card.change
    unchanged = text.startswith("0.0")
    st.metric(
        card.label,
        card.value,
        delta=text,
        delta_color="off" if unchanged else kpis.colour(card.sense, rises=difference > 0),
        delta_arrow="off" if unchanged else "up" if difference > 0 else "down",
        delta_description="vs previous period",
    )
