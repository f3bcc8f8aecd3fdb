"""Handing a scenario over to the forecast: from which day on it holds, as known events."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from ui import forecast_events, formats, periods
from ui.chart_card import card

if TYPE_CHECKING:
    from analytics.scenarios import ScenarioResult

__all__ = ["show", "starts"]

_START, _MONTHS = "scenario-forecast-start", 24


def show(result: ScenarioResult) -> None:
    with card(st, "Forecast"):
        st.markdown("**Add to the forecast**")
        st.caption("The forecast then reckons with what these levers save on each day from the start on.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            start = st.selectbox(
                "The scenario starts on",
                starts(periods.today_utc()),
                format_func=formats.day,
                key=_START,
                width=190,
            )
            st.button(
                "Add to the forecast",
                key="scenario-to-forecast",
                icon=":material/event_upcoming:",
                on_click=_hand_over,
                args=(result, start),
            )
        if count := len(forecast_events.listed()):
            st.markdown(f"{formats.counted(count, 'known event')} in the forecast of this session.")
            st.page_link("pages/forecast.py", label="Go to Forecast", icon=":material/trending_up:")


def starts(today: date) -> list[date]:
    """The first days of the next two years' months."""
    months = range(today.year * 12 + today.month, today.year * 12 + today.month + _MONTHS)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _hand_over(result: ScenarioResult, start: date) -> None:
    from analytics.scenarios import as_events

    forecast_events.add(as_events(result, start))
    st.toast("Added to the forecast.", icon=":material/check:")
