"""The chart beside the kinds: anomalies over time, or among all legs by mass × intensity."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from analytics import findings
from ui import anomaly_charts, anomaly_open, filters, periods, states
from ui.chart_card import show as show_chart
from ui.chart_card import titled

if TYPE_CHECKING:
    from analytics import AnomalyAnalytics
    from analytics.overview import FilterOptions
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["show"]

_WHEN, _WHERE = "Over time", "Mass × intensity"
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}


def show(visit: Visit, anomalies: AnomalyAnalytics, chosen: Filters, options: FilterOptions) -> None:
    view = st.segmented_control(
        "Chart",
        [_WHEN, _WHERE],
        default=_WHEN,
        required=True,
        key="anomaly-view",
        label_visibility="collapsed",
    )
    if view == _WHERE:
        _where(visit, anomalies, chosen)
    else:
        _when(visit, anomalies, chosen, options)


def _when(visit: Visit, anomalies: AnomalyAnalytics, chosen: Filters, options: FilterOptions) -> None:
    with states.loading(380):
        timeline = visit.ask(anomalies.timeline, chosen)
    frame = anomaly_charts.grouped(timeline)
    grain = frame.attrs["grain"]
    within = periods.covered(chosen.start, chosen.end, options.first, options.last)
    titled(
        findings.anomaly_times_finding(frame),
        f"Anomalous legs by {grain} of departure. Click a bar to open its {grain}.",
        legend=anomaly_charts.times_legend(frame),
    )
    show_chart(
        visit.draw(anomaly_charts.times, frame, chosen, grain=grain, within=within),
        key="anomalies-over-time",
        alt=f"Stacked bars: anomalous legs by {grain} and by what is wrong",
        on_click=lambda bar: filters.show_days(date.fromisoformat(bar[0]), grain),
        fill=True,
    )


def _where(visit: Visit, anomalies: AnomalyAnalytics, chosen: Filters) -> None:
    """A click opens a leg, an outline selects the rows of its legs in the table."""
    with states.loading(380):
        frame = visit.ask(anomalies.scatter, chosen)
    titled(
        findings.anomaly_points_finding(frame),
        "Draw around anomalies to select their rows, or click one to open it; without a mouse, use the "
        "filters of the table.",
        legend=anomaly_charts.points_legend(frame),
    )
    name = f"anomaly-points-{anomaly_open.lasso_turn()}"
    st.plotly_chart(
        visit.draw(anomaly_charts.points, frame, chosen),
        key=name,
        alt="Scatter: mass and intensity of anomalies among the other legs",
        config=_CONFIG,
        height="stretch",
        on_select=lambda: anomaly_open.mark(st.session_state[name]["selection"]["points"]),
        selection_mode=("points", "lasso"),
    )
