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
    with st.container(horizontal=True, key="forecast-controls", vertical_alignment="bottom"):
        days = st.segmented_control(
            "Days ahead", HORIZONS, default=_DEFAULT_DAYS, required=True, key="horizon", bind="query-params"
        )
        grain = _coded("Periods", GRAINS, "grain")
        by = _coded("Split by", BY, "by")
    horizon_days = int(days or _DEFAULT_DAYS)
    return Asked(horizon_days, grain_for(horizon_days, grain), by, forecast_events.active())


def _coded(label: str, words: dict[str, str], parameter: str) -> str:
    """One choice whose code stands in the URL, ?by=mode: a bound widget would write its label.

    The first of `words` is the default, and leaves the URL alone.
    """
    key, written = f"forecast-{parameter}", f"forecast-{parameter}-in-url"
    default = next(iter(words))
    in_url = st.query_params.get(parameter)
    if in_url in words and (key not in st.session_state or in_url != st.session_state.get(written)):
        st.session_state[key] = in_url
    chosen = str(
        st.segmented_control(
            label, list(words), format_func=words.get, default=default, required=True, key=key
        )
        or default
    )
    wanted = None if chosen == default else chosen
    if wanted is None:
        st.query_params.pop(parameter, None)
    elif wanted != in_url:
        st.query_params[parameter] = wanted
    st.session_state[written] = wanted
    return chosen


def grain_for(horizon_days: int, chosen: str = AUTO) -> str:
    """The grain that was chosen, or the one that suits the horizon."""
    if chosen in GRAINS and chosen != AUTO:
        return chosen
    if horizon_days <= _MOST_DAYS_BY_DAY:
        return "day"
    return "week" if horizon_days <= _MOST_DAYS_BY_WEEK else "month"
