"""What came of earlier forecasts: a kept one against what was emitted since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from analytics.forecasting import runs
from ui import formats, tables
from ui.chart_card import show as show_chart
from ui.chart_card import titled
from ui.figure_style import layout, legend_item, legend_list
from ui.forecast_fan import ACTUAL, EARLIER, band

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from analytics.forecasting.results import EmissionForecast
    from analytics.forecasting.runs import Run

__all__ = ["SHOWN", "came_of", "compared", "finding", "show"]

SHOWN = ["period", "actual_kg", "mean", "lower_80", "upper_80", "lower_95", "upper_95"]
_LATE_DAYS = 7
_RGB = "146,104,207"  # EARLIER
_TWO = ((95, 0.16), (80, 0.20))


def show(by_day: EmissionForecast, earlier: Sequence[Run]) -> None:
    """Choose one of the kept forecasts and compare it; `by_day` has the days that were emitted since."""
    if not earlier:
        titled(
            "No earlier forecast to look back on yet",
            "Each forecast of this selection is kept with its day. Come back when days have passed: then it "
            "is shown here beside what came. Or let a custom period in the sidebar end some weeks ago, which "
            "forecasts from that day.",
        )
        return
    ids = {run.run_id: run for run in earlier}
    with st.container(key="forecast-past-choice"):
        chosen = st.selectbox(
            "Forecast made with data up to",
            list(ids),
            format_func=lambda one: _label(ids[one]) if one in ids else str(one),
            key="forecast-past",
            width=320,
        )
    rows = came_of(ids[chosen or earlier[0].run_id], by_day)
    if rows.empty:
        st.markdown("No day of this forecast has passed yet.")
        return
    titled(
        finding(rows),
        "Emissions by day: what was forecast with its 80 and 95 % range, and what came.",
        legend_list(
            [
                legend_item("Emitted", ACTUAL),
                legend_item("Forecast then", EARLIER),
                legend_item("80 % range", EARLIER, 0.33),
                legend_item("95 % range", EARLIER, 0.16),
            ],
            "Lines and ranges",
        ),
    )
    show_chart(compared(rows), key="forecast-came", alt="Lines: an earlier forecast and what came")
    with st.expander("The days as a table"):
        tables.download(rows, "forecast-against-actuals.csv", key="download-came")
        tables.show(rows, SHOWN, key="came-rows", alt="Earlier forecast and what came, by day")


def came_of(run: Run, by_day: EmissionForecast) -> pd.DataFrame:
    """period, actual_kg, mean and ranges of the days that are known by now."""
    actual = by_day.history.rename(columns={"period": "day"})[["day", "wtw_kg"]]
    found = runs.against(run, actual)
    known = found[found["actual_kg"].notna()].rename(columns={"day": "period"})
    return known.reset_index(drop=True)


def finding(rows: pd.DataFrame) -> str:
    """How far off the sum was, and how many days the 80 % range held."""
    came, said = float(rows["actual_kg"].sum()), float(rows["mean"].sum())
    held = int(((rows["actual_kg"] >= rows["lower_80"]) & (rows["actual_kg"] <= rows["upper_80"])).sum())
    change = formats.change(said, came)
    off = f", {change[1]}" if change else ""
    return (
        f"{formats.mass(said)} were forecast for {formats.counted(len(rows), 'day')}, {formats.mass(came)} "
        f"came{off}; {held} of {len(rows)} days lay in the 80 % range"
    )


def compared(rows: pd.DataFrame) -> go.Figure:
    """The forecast of then with its ranges, and the actual days."""
    import plotly.graph_objects as go

    most = float(rows[["actual_kg", "upper_95"]].max().max())
    size, unit = formats.mass_unit(most)
    traces: list[Any] = [trace for level, shade in _TWO for trace in band(rows, level, shade, size, _RGB)]
    for column, colour, name in (("mean", EARLIER, "Forecast"), ("actual_kg", ACTUAL, "Emitted")):
        traces.append(
            go.Scatter(
                x=rows["period"].dt.strftime("%Y-%m-%d").tolist(),
                y=(rows[column] / size).tolist(),
                mode="lines+markers",
                marker={"size": 5},
                line={"color": colour, "width": 2},
                name=name,
                customdata=[
                    f"{name}, {formats.day(day)}: {formats.emissions(kg)}"
                    for day, kg in zip(rows["period"], rows[column], strict=True)
                ],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    figure = go.Figure(traces, layout(320, y_title=f"{unit} CO2e per day"))
    figure.update_layout(showlegend=False)
    figure.update_xaxes(type="date", showgrid=False, nticks=7)
    figure.update_yaxes(rangemode="tozero", nticks=5)
    return figure


def _label(run: Run) -> str:
    """Up to which day; one that was made later, from a period that ended then, says so."""
    end = pd.Timestamp(run.history_end)
    said = formats.day(end - pd.Timedelta(days=1))
    late = pd.Timestamp(run.made_at) - end > pd.Timedelta(days=_LATE_DAYS)
    return f"{said} (made {formats.day(run.made_at)})" if late else said
