"""How far ahead, by which days and by what to forecast: a row of controls that stands in the URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import forecast_events

if TYPE_CHECKING:
    from analytics.forecasting.events import Event

__all__ = ["AUTO", "BY", "GRAINS", "HORIZONS", "Asked", "controls", "grain_for"]

HORIZONS = (7, 14, 30, 60, 90, 180, 365)
AUTO = "auto"
GRAINS = {AUTO: "Auto", "day": "Days", "week": "Weeks", "month": "Months"}
BY = {"total": "Nothing", "mode": "Modes", "supplier": "Suppliers", "lane_group": "Country pairs"}
_DEFAULT_DAYS = 30
_MOST_DAYS_BY_DAY, _MOST_DAYS_BY_WEEK = 60, 180


@dataclass(frozen=True)
class Asked:
    """What the controls say. Its words are part of the key of what is drawn from the answer."""

    horizon_days: int
    grain: str
    by: str
    events: tuple[Event, ...] = ()

    @property
    def named(self) -> dict[str, Any]:
        """As `PredictiveAnalytics.forecast` takes it."""
        return {"horizon_days": self.horizon_days, "grain": self.grain, "by": self.by, "events": self.events}


def controls() -> Asked:
    """Draw the row of controls."""
    _read_codes()
    with st.container(horizontal=True, key="forecast-controls", vertical_alignment="bottom"):
        days = st.segmented_control(
            "Days ahead", HORIZONS, default=_DEFAULT_DAYS, required=True, key="horizon", bind="query-params"
        )
        grain = st.segmented_control(
            "Periods", list(GRAINS), format_func=GRAINS.get, default=AUTO, required=True, key="grain",
            bind="query-params",
        )  # fmt: skip
        by = st.segmented_control(
            "Split by", list(BY), format_func=BY.get, default="total", required=True, key="by",
            bind="query-params",
        )  # fmt: skip
    horizon_days = int(days or _DEFAULT_DAYS)
    return Asked(horizon_days, grain_for(horizon_days, str(grain)), str(by), forecast_events.active())


def _read_codes() -> None:
    """Take a link that names what our code calls it, ?by=mode: widgets read their own labels only."""
    for key, words in (("grain", GRAINS), ("by", BY)):
        code = st.query_params.get(key)
        if code in words:
            st.session_state[key] = code


def grain_for(horizon_days: int, chosen: str = AUTO) -> str:
    """The grain that was chosen, or the one that suits the horizon."""
    if chosen in GRAINS and chosen != AUTO:
        return chosen
    if horizon_days <= _MOST_DAYS_BY_DAY:
        return "day"
    return "week" if horizon_days <= _MOST_DAYS_BY_WEEK else "month"
