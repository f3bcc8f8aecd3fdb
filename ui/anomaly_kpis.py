"""The headline of the Anomalies page: what is open, worth how much, repaired by a click, settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats

if TYPE_CHECKING:
    from analytics.anomalies.review import AnomalySummary

__all__ = ["cards", "row"]


def cards(summary: AnomalySummary) -> list[tuple[str, str, str, str]]:
    """Figure, label, value and note of each card."""
    decided = summary.confirmed + summary.fixed + summary.dismissed
    return [
        ("open", "Open anomalies", formats.count(summary.open), "Waiting for a decision"),
        (
            "stake",
            "At stake, CO2e",
            formats.mass(summary.at_stake_kg),
            f"{formats.percent(summary.share_of_emissions)} of this selection's emissions, open or confirmed",
        ),
        (
            "fixable",
            "Fixable by one click",
            formats.count(summary.fixable),
            "The right value is clear",
        ),
        (
            "decided",
            "Decided",
            formats.count(decided),
            f"{formats.count(summary.confirmed)} confirmed, {formats.count(summary.fixed)} fixed, "
            f"{formats.count(summary.dismissed)} dismissed",
        ),
    ]


def row(summary: AnomalySummary) -> None:
    with st.container(key="anomaly-kpis"):
        for figure, label, value, note in cards(summary):
            with st.container(key=f"kpi-{figure}"):
                st.metric(label, value)
                st.caption(formats.plain(note))
