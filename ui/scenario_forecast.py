"""Handing a scenario over to the forecast: from which day on it holds, as known events."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from ui import forecast_events, formats, periods
from ui.chart_card import card

if TYPE_CHECKING:
    from analytics.scenarios import ScenarioResult

__all__ = ["show"]

_START = "scenario-forecast-start"


def show(result: ScenarioResult) -> None:
    with card(st, "Forecast"):
        st.markdown("**Add to the forecast**")
        st.caption("The forecast then reckons with what these levers save on each day from the start on.")
        first = periods.today_utc()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            start = st.date_input(
                "The scenario starts on",
                value=first + timedelta(days=30),
                min_value=first,
                max_value=first + timedelta(days=3 * 365),
                format="YYYY-MM-DD",
                key=_START,
                width=190,
            )
            st.button(
                "Add to the forecast",
                key="scenario-to-forecast",
                icon=":material/event_upcoming:",
                disabled=not isinstance(start, date),
                on_click=_hand_over,
                args=(result, start),
            )
        if count := len(forecast_events.listed()):
            st.markdown(f"{formats.counted(count, 'known event')} in the forecast of this session.")
            st.page_link("pages/forecast.py", label="Go to Forecast", icon=":material/trending_up:")


def _hand_over(result: ScenarioResult, start: date) -> None:
    from analytics.scenarios import as_events

    forecast_events.add(as_events(result, start))
    st.toast("Added to the forecast.", icon=":material/check:")
