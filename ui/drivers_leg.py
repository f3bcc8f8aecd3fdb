"""One shipment's leg, chosen from the largest ones or by its id, and what makes its emission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analytics.drivers import DriversUnavailable
from ui import drivers_waterfall as waterfall
from ui import formats, states, tables
from ui.chart_card import show as show_figure
from ui.theme import mode_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analytics import OverviewAnalytics
    from analytics.drivers import DriverAnalytics
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["COLUMNS", "show"]

COLUMNS = ["shipment_id", "leg_no", "mode", "wtw_kg", "weight_kg", "origin", "destination", "departed_at"]
_LARGEST = 100


@st.fragment
def show(
    visit: Visit,
    drivers: DriverAnalytics,
    overview: OverviewAnalytics,
    chosen: Filters,
    names: Mapping[str, str],
) -> None:
    """Choose a leg; only this part of the page runs again."""
    with states.boundary("The shipment"):
        st.header("One shipment explained", anchor=False)
        with states.loading(420):
            rows = visit.ask(overview.leg_rows, chosen, limit=_LARGEST)
        rows = rows[rows["mode"] != "hub"].reset_index(drop=True)
        picked = _picked(rows, visit.version)
        if picked is None:
            st.info("There is no leg with a distance in this selection.")
            return
        shipment_id, leg_no = picked
        try:
            with states.loading(420):
                found = visit.ask(drivers.leg, chosen, shipment_id=shipment_id, leg_no=leg_no)
        except DriversUnavailable as reason:
            st.info(formats.plain(reason))
            return
        st.subheader(formats.plain(waterfall.finding(found)), anchor=False)
        figure = waterfall.figure(found, names)
        show_figure(figure, key="drivers-leg", alt="Waterfall: from the typical leg's emission to this leg's")
        st.markdown("\n".join(f"- {formats.plain(line)}" for line in waterfall.sentences(found, names)))


def _picked(rows: pd.DataFrame, version: int) -> tuple[str, int] | None:
    """The leg that was typed, else the row that was ticked, else the largest one."""
    ticks: Any = st.dataframe(
        rows[COLUMNS].assign(mode=rows["mode"].map(mode_label)),
        hide_index=True,
        column_config=tables.column_config(COLUMNS),
        on_select="rerun",
        selection_mode="single-row",
        key=f"drivers-legs-{version}",
        height=262,
        alt="The largest legs",
    )
    with st.container(horizontal=True, key="drivers-find"):
        typed = st.text_input(
            "Or a shipment id", key="drivers-shipment", placeholder="SHP-00000000", max_chars=200
        ).strip()
        number = st.number_input("Leg", min_value=1, max_value=999, value=1, key="drivers-leg-no", width=120)
    if typed:
        return typed, int(number)
    at = ticks.selection.rows
    if rows.empty:
        return None
    row = rows.iloc[at[0] if at and at[0] < len(rows) else 0]
    return str(row["shipment_id"]), int(row["leg_no"])
