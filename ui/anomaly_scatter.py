"""Mass × intensity of all legs, anomalies on top: a click opens one, an outline selects their rows below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analytics import findings
from ui import anomaly_charts, anomaly_open, states
from ui.chart_card import titled

if TYPE_CHECKING:
    from analytics import AnomalyAnalytics
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["show"]

_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}


def show(visit: Visit, anomalies: AnomalyAnalytics, chosen: Filters) -> None:
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
