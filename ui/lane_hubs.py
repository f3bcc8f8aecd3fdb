"""Hubs: what handling goods at a place emits, and by which modes they come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, lane_charts, lane_words, tables
from ui.chart_card import show as show_chart
from ui.chart_card import titled

if TYPE_CHECKING:
    import pandas as pd

    from analytics import LaneAnalytics
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["SHOWN", "rows_of", "show"]

SHOWN = [
    "place",
    "wtw_kg",
    "share",
    "kg_per_t",
    "weight_kg",
    "modes_in",
    "modes_out",
    "legs",
    "low_kg",
    "high_kg",
]


def show(visit: Visit, lanes: LaneAnalytics, chosen: Filters, all_kg: float) -> None:
    table = visit.ask(lanes.hubs, chosen)
    if table.empty:
        st.markdown(
            "**No hub operations in this selection.** A hub is a row of mode “hub” in an upload: a "
            "terminal or warehouse, with its kg CO2e per tonne. A filter on a lane or on another mode leaves "
            "hubs out, since nothing moves there."
        )
        return
    titled(
        lane_words.hubs_finding(table, all_kg),
        "Emissions of handling with the 95 % range, and kg CO2e per tonne handled.",
    )
    chart, rows = st.columns([2, 3])
    with chart:
        show_chart(
            visit.draw(lane_charts.hubs, table, chosen),
            key="lane-hubs",
            alt="Bars: the hubs with the most emissions",
        )
    with rows:
        written = rows_of(table)
        tables.show(written, SHOWN, key="hub-rows", alt="Hubs, the largest emission first")
        tables.download(written[SHOWN], "hubs.csv", key="download-hubs")
        st.caption(
            formats.plain(
                f"{formats.mass(table['weight_kg'].sum())} handled in "
                f"{formats.counted(int(table['legs'].sum()), 'operation')}. Comes in, goes out: the "
                "shipment's legs just before and after the hub."
            )
        )


def rows_of(table: pd.DataFrame) -> pd.DataFrame:
    """The rows in words, as on screen and in the file."""
    return table.assign(
        place=[name if isinstance(name, str) else "unnamed" for name in table["origin"]],
        modes_in=[lane_words.modes_words(modes) for modes in table["modes_in"]],
        modes_out=[lane_words.modes_words(modes) for modes in table["modes_out"]],
    )
