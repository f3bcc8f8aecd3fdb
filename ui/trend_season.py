"""Season and trend: the level with its interval, what the weekday adds, and what the time of year adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, states, tables, trend_charts, trend_tables
from ui.chart_card import show as show_chart
from ui.chart_card import titled
from ui.theme import NEUTRAL
from ui.trend_words import minus, season_finding

if TYPE_CHECKING:
    from analytics.trends import Season
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["MONTHS", "WEEKDAYS", "WEEKS", "show"]

WEEKS = ["week", "wtw_kg", "trend_kg", "trend_low", "trend_high"]
WEEKDAYS = ["name", "share_pct", "low", "high"]
MONTHS = ["name", "effect_pct", "low", "high"]
_LEGEND = [
    ("weekly mean", trend_charts.ACTUAL, 1.0),
    ("trend", NEUTRAL, 1.0),
    ("95 % interval", NEUTRAL, 0.3),
]


def show(visit: Visit, chosen: Filters) -> None:
    from analytics.trends import TrendAnalytics

    season = visit.ask(TrendAnalytics(visit.store).season, chosen)
    if not season.known:
        states.empty("No trend to show", formats.plain(season.reason))
        return
    legend = trend_charts.legend(_LEGEND, "Lines")
    shows = "All history up to the period's end, so that the level can be told from season and chance."
    titled(season_finding(season), shows, legend)
    show_chart(
        visit.draw(trend_charts.level, season.weekly, chosen),
        key="trend-level",
        alt="Lines: emissions a day by week, with their trend and its interval",
    )
    # The title tells the trend with its interval already.
    others = [sentence for sentence in season.findings if "95 % interval" not in sentence]
    st.markdown("\n".join(f"- {formats.plain(minus(sentence))}" for sentence in others))
    st.caption(formats.plain(" ".join(season.notes)))
    _patterns(visit, chosen, season)
    with st.expander("The weeks as a table"):
        trend_tables.show(season.weekly, WEEKS, key="trend-weeks", alt="Weeks with emissions and trend")
        tables.download(season.weekly, "trend-by-week.csv", key="download-weeks")
        tables.download(season.daily, "season-by-day.csv", key="download-days", label="Download days as CSV")


def _patterns(visit: Visit, chosen: Filters, season: Season) -> None:
    week, year = st.columns(2)
    with week:
        st.subheader("The week", anchor=False)
        st.caption("Emissions of each weekday of departure (UTC), with 95 % intervals.")
        show_chart(
            visit.draw(trend_charts.weekdays, season.weekdays, chosen),
            key="trend-weekdays",
            alt="Bars: each weekday against an average day",
        )
    with year:
        st.subheader("The year", anchor=False)
        if season.months.empty:
            st.caption("What the time of year adds can be told from two full years of data on.")
            return
        st.caption("What the time of year adds once the trend is taken out, with 95 % intervals.")
        show_chart(
            visit.draw(trend_charts.months, season.months, chosen),
            key="trend-months",
            alt="Bars: each month against the average month",
        )
    with st.expander("Weekdays and months as tables"):
        for frame, columns, name in (
            (season.weekdays, WEEKDAYS, "weekdays"),
            (season.months, MONTHS, "months"),
        ):
            trend_tables.show(frame, columns, key=f"trend-table-{name}", alt=f"The {name} with intervals")
            tables.download(frame, f"{name}.csv", key=f"download-{name}")
