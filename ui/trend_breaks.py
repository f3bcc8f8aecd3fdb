"""Breaks: lasting steps of the level with date, size, interval and what moved; none is a finding too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import filters, formats, states, tables, trend_charts, trend_tables, trend_views
from ui.chart_card import show as show_chart
from ui.chart_card import titled
from ui.theme import NEUTRAL, mode_label
from ui.trend_words import headed, minus, p_words, signed

if TYPE_CHECKING:
    import pandas as pd

    from data_access import Filters
    from ui.shell import Visit

__all__ = ["CAUSES", "STEPS", "show", "step_words"]

STEPS = ["date", "change_kg_per_day", "low", "high", "change_pct", "p_value", "cause"]
CAUSES = ["date", "by", "name", "kg_per_day", "low", "high", "share_pct"]
_LEGEND = [("weekly mean", trend_charts.ACTUAL, 1.0), ("level with its steps", NEUTRAL, 1.0)]
_FILTER = {"supplier": "supplier", "mode": "mode", "lane": filters.LANES}


def show(visit: Visit, chosen: Filters) -> None:
    from analytics.trends import TrendAnalytics

    found = visit.ask(TrendAnalytics(visit.store).breaks, chosen)
    if not found.known:
        states.empty("No steps to look for", formats.plain(found.reason))
        return
    marked = [("step", trend_charts.MARK, 1.0)] if len(found.frame) else []
    title, rest = headed(found.finding)
    titled(
        title,
        "A step is a change of the level that lasts, beyond trend, season and chance. All history up to the "
        "period's end is searched.",
        trend_charts.legend([*_LEGEND, *marked], "Lines"),
    )
    show_chart(
        visit.draw(_figure, (found.level, found.frame), chosen),  # type: ignore[arg-type]
        key="trend-breaks",
        alt="Lines: emissions a day by week and their level, with a mark at each step",
    )
    st.caption(formats.plain(" ".join([rest, *found.notes]).strip()))
    for number, row in enumerate(found.frame.itertuples()):
        _step(row, number)
    if len(found.frame):
        _tables(found.frame, found.causes)


def step_words(row: object) -> str:
    """Date, size and interval of a step."""
    size = signed(row.change_kg_per_day)  # type: ignore[attr-defined]
    low, high = signed(row.low), signed(row.high)  # type: ignore[attr-defined]
    return (
        f"{formats.day(row.date)}: {size} CO2e a day (95 % interval {low} to {high}), "  # type: ignore[attr-defined]
        f"{p_words(row.p_value)}"  # type: ignore[attr-defined]
    )


def _figure(given: tuple[pd.DataFrame, pd.DataFrame]) -> object:
    return trend_charts.breaks(*given)


def _step(row: object, number: int) -> None:
    outside = "" if row.in_period else " It lies before the chosen period."  # type: ignore[attr-defined]
    st.markdown(f"- **{formats.plain(step_words(row))}.** {formats.plain(minus(f'{row.cause}{outside}'))}")  # type: ignore[attr-defined]
    by, part = str(row.cause_by), str(row.cause_part)  # type: ignore[attr-defined]
    if by in _FILTER and part:
        st.button(
            f"Show only {formats.plain(mode_label(part) if by == 'mode' else row.cause_name or part)}",  # type: ignore[attr-defined]
            key=f"trend-step-{number}",
            icon=":material/filter_alt:",
            on_click=trend_views.narrow,
            args=(_FILTER[by], [part]),
        )


def _tables(steps: pd.DataFrame, causes: pd.DataFrame) -> None:
    with st.expander("Steps and what moved, as tables"):
        trend_tables.show(steps, STEPS, key="trend-steps", alt="Steps with date, size, interval and cause")
        tables.download(steps, "breaks.csv", key="download-breaks")
        if len(causes):
            st.caption("Modes, suppliers and lanes whose own level moved most around each date.")
            trend_tables.show(causes, CAUSES, key="trend-causes", alt="What moved at each step")
            tables.download(causes, "breaks-causes.csv", key="download-causes")
