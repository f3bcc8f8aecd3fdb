"""Modes and intensity: what carries the goods, and how much a tonne-kilometre emits, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, states, tables, trend_charts, trend_tables
from ui.chart_card import show as show_chart
from ui.chart_card import titled
from ui.theme import mode_colour, mode_label
from ui.trend_words import headed, minus

if TYPE_CHECKING:
    from analytics.trends import Shares
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["INTENSITY", "SHARES", "SLOPES", "show"]

SHARES = ["month", "mode", "wtw_pct", "wtw_low", "wtw_high", "tonne_km_pct", "tonne_km_low", "tonne_km_high"]
INTENSITY = ["month", "intensity_g_per_tkm", "low", "high", "wtw_kg", "tonne_km"]
SLOPES = ["measure", "mode", "per_year", "low", "high", "p_value", "sentence"]
_MEASURES = {"Emissions": "wtw", "Tonne-km": "tonne_km"}


def show(visit: Visit, chosen: Filters) -> None:
    from analytics.trends import TrendAnalytics

    found = visit.ask(TrendAnalytics(visit.store).shares, chosen)
    if not found.known:
        states.empty("No shares to show", formats.plain(found.reason))
        return
    measure = _MEASURES[
        str(
            st.segmented_control(
                "Share of", list(_MEASURES), default="Emissions", required=True, key="trends-measure"
            )
        )
    ]
    entries = [(mode_label(mode), mode_colour(mode), 1.0) for mode in trend_charts.modes_shown(found.frame)]
    title, rest = headed(found.finding)
    titled(
        title,
        "Each mode's share by month of departure; bands: 95 % intervals, from how much the weeks differ.",
        trend_charts.legend(entries, "Modes"),
    )
    show_chart(
        visit.draw(trend_charts.shares, found.frame, chosen, measure=measure),
        key="trend-shares",
        alt="Lines: each mode's share by month, with bands",
    )
    st.subheader("Intensity", anchor=False)
    st.caption(formats.plain(_intensity_words(found)))
    show_chart(
        visit.draw(trend_charts.intensity, found.intensity, chosen),
        key="trend-intensity",
        alt="Line: grams of CO2e per tonne-km by month, with a band",
    )
    st.caption(formats.plain(" ".join([rest, *found.notes]).strip()))
    _tables(found)


def _intensity_words(found: Shares) -> str:
    rows = found.slopes[found.slopes["measure"] == "intensity"]
    said = str(rows["sentence"].iloc[0]) if len(rows) else ""
    return f"{minus(said)} Hubs move nothing, so they are left out.".strip()


def _tables(found: Shares) -> None:
    with st.expander("Shares, intensity and slopes as tables"):
        for frame, columns, name in (
            (found.frame, SHARES, "shares"),
            (found.intensity, INTENSITY, "intensity"),
            (found.slopes, SLOPES, "slopes"),
        ):
            if len(frame):
                trend_tables.show(frame, columns, key=f"trend-table-{name}", alt=f"Table of {name}")
                tables.download(frame, f"{name}.csv", key=f"download-{name}")
