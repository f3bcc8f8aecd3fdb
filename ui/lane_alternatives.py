"""One lane opened: what its goods emit by each feasible mode, with days and money where they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, lane_charts, lane_words, tables
from ui.chart_card import card, titled
from ui.chart_card import show as show_chart
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from analytics import LaneAnalytics
    from analytics.lanes import LaneOptions
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["SHOWN", "rows_of", "show"]

SHOWN = [
    "mode", "basis", "kg_per_t", "kg", "change_kg", "days_words", "cost", "low_kg", "high_kg", "mass_share",
]  # fmt: skip


def show(visit: Visit, lanes: LaneAnalytics, chosen: Filters) -> None:
    """The card of the one lane that is filtered; nothing where there are none or several."""
    if len(chosen.lanes) != 1:
        return
    with card(st, "The lane"):
        options = visit.ask(lanes.options, chosen, lane=chosen.lanes[0])
        if options is None:
            st.markdown("Nothing runs on this lane in the selection. Remove the lane or widen the period.")
            return
        titled(
            lane_words.options_finding(options),
            f"kg CO2e per tonne by mode with the 95 % range, and for the {formats.mass(options.weight_kg)} "
            "of this selection. Solid: observed on this lane, without flagged legs. Hatched: modelled.",
        )
        if not options.modes.empty:
            show_chart(
                visit.draw(lane_charts.options, options, chosen),
                key="lane-options",
                alt="Bars: kg CO2e per tonne on this lane by each feasible mode",
            )
            tables.show(rows_of(options), SHOWN, key="lane-modes", alt="This lane by each feasible mode")
        _ways_on(options)
        _notes(options)


def rows_of(options: LaneOptions) -> pd.DataFrame:
    """The rows in words, as on screen."""
    rows = options.modes
    return rows.assign(
        basis=[lane_words.basis_words(row) for row in rows.itertuples()],
        days_words=[_days(row) for row in rows.itertuples()],
        cost=[
            lane_words.cost_words(*one)
            for one in zip(rows["cost_per_t"], rows["currency"], rows["other_costs"], strict=True)
        ],
    )


def _days(row: object) -> str:
    if row.days_basis == "observed":  # type: ignore[attr-defined]
        return lane_words.days_words(row.days)  # type: ignore[attr-defined]
    if row.days_basis == "like distance":  # type: ignore[attr-defined]
        return f"{lane_words.days_words(row.days)}, as over like distances"  # type: ignore[attr-defined]
    return "Unknown"


def _ways_on(options: LaneOptions) -> None:
    with st.container(horizontal=True, key="lane-ways-on"):
        tables.download(options.modes, "lane-by-mode.csv", key="download-lane")
        st.page_link(
            "pages/overview.py", label="Show this lane on the Overview", icon=":material/monitoring:"
        )
        st.page_link("pages/anomalies.py", label="Its anomalies", icon=":material/troubleshoot:")


def _notes(options: LaneOptions) -> None:
    st.caption(
        "Modelled: distance and average vehicle as for an upload that names none; days are the median of "
        "that mode's legs over a like distance. An observed figure takes all unflagged legs of this lane in "
        "the period, so it may differ from what the selection itself emits."
    )
    if options.not_feasible:
        with st.expander("Modes that do not run here"):
            for mode, reason in options.not_feasible:
                st.markdown(f"**{mode_label(mode)}**: {formats.plain(reason)}")
