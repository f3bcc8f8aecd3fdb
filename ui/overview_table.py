"""The rows behind the Overview's charts, one table at a time, each with its CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import states, tables

if TYPE_CHECKING:
    from analytics.overview import OverviewAnalytics
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["TABLES", "show"]

_SUMS = ["legs", "tonne_km", "wtw_kg", "intensity_g_per_tkm", "wtw_share"]
TABLES = {
    "Modes": ["mode", "legs", "tonne_km", "tkm_share", "wtw_kg", "low_kg", "high_kg", *_SUMS[3:]],
    "Suppliers": ["name", "supplier_id", *_SUMS],
    "Lanes": ["origin", "origin_country", "destination", "destination_country", *_SUMS],
    "Over time": ["period", "mode", "legs", "tonne_km", "wtw_kg"],
    "Legs": [
        "shipment_id", "leg_no", "departed_at", "supplier_id", "mode", "origin", "destination", "weight_kg",
        "distance_km", "tonne_km", "wtw_kg", "data_type",
    ],
}  # fmt: skip
_ROWS = 1_000


@st.fragment
def show(visit: Visit, overview: OverviewAnalytics, chosen: Filters) -> None:
    """Choose a table; only this part of the page runs again."""
    with st.container(border=True, key="card-table"), states.boundary("The table"):
        head = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        with head:
            name = st.segmented_control(
                "The rows behind the charts", list(TABLES), default="Modes", required=True, key="table"
            )
        frame = {
            "Modes": lambda: visit.ask(overview.by_mode, chosen),
            "Suppliers": lambda: visit.ask(overview.top_suppliers, chosen, limit=_ROWS),
            "Lanes": lambda: visit.ask(overview.top_lanes, chosen, limit=_ROWS),
            "Over time": lambda: visit.ask(overview.over_time, chosen),
            "Legs": lambda: visit.ask(overview.leg_rows, chosen, limit=_ROWS),
        }[name]()
        with head:
            tables.download(frame, f"{name.lower().replace(' ', '-')}.csv", key=f"download-{name}")
        tables.show(frame, TABLES[name], key=f"table-{name}", alt=name)
        if len(frame) == _ROWS:
            st.caption(f"The {_ROWS:,} rows with the most emissions.")
