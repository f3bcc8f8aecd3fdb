"""Year on year: each month beside the same month a year earlier, with and without what the calendar does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, states, tables, trend_charts, trend_tables
from ui.chart_card import show as show_chart
from ui.chart_card import titled
from ui.theme import NEUTRAL
from ui.trend_words import minus, years_finding

if TYPE_CHECKING:
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["SHOWN", "show"]

SHOWN = [
    "name", "this_kg", "last_kg", "change_kg", "change_pct", "calendar_pct", "adjusted_pct", "working_days",
    "working_days_last", "days",
]  # fmt: skip


def show(visit: Visit, chosen: Filters) -> None:
    from analytics.trends import TrendAnalytics

    found = visit.ask(TrendAnalytics(visit.store).year_on_year, chosen)
    if not found.known:
        states.empty("No year to compare with", formats.plain(found.reason))
        return
    entries = [("now", NEUTRAL, 1.0), ("a year earlier (hatched)", trend_charts.ACTUAL, 1.0)]
    if found.frame["partial"].any():
        entries.append(("part of a month, the same days of both", NEUTRAL, 0.5))
    titled(
        years_finding(found),
        "The months of the last year up to the period's end, each with the same month a year earlier.",
        trend_charts.legend(entries, "Years"),
    )
    show_chart(
        visit.draw(trend_charts.years, found.frame, chosen),
        key="trend-years",
        alt="Grouped bars: emissions of each month and of the same month a year earlier",
    )
    st.caption(formats.plain(minus(" ".join([found.finding, *found.notes]))))
    trend_tables.show(found.frame, SHOWN, key="trend-years-table", alt="Months, year on year")
    tables.download(found.frame, "year-on-year.csv", key="download-years")
