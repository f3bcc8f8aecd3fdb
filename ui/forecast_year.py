"""The year: what was emitted so far, where it will end, and the target's point for this year."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pandas as pd

from ui import forecast_words, formats, target_section, target_words
from ui.chart_card import show as show_chart
from ui.chart_card import titled
from ui.figure_style import layout, legend_item, legend_list
from ui.forecast_fan import ACTUAL, band
from ui.forecast_kpis import TargetPoint
from ui.theme import NEUTRAL

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analytics.forecasting.events import Event
    from analytics.forecasting.results import YearOutlook
    from analytics.targets import TargetStatus
    from data_access import Filters
    from ui.forecast_controls import Asked
    from ui.shell import Visit

__all__ = ["TARGET", "cumulative", "legend", "point_of", "show", "target_of"]

_log = logging.getLogger("ui")
TARGET = "#c2553f"  # readable on both grounds; the line carries its words too
_BANDS = ((95, 0.15), (80, 0.24))
_HEIGHT = 340


def cumulative(
    outlook: YearOutlook, *, events: tuple[Event, ...] = (), target_kg: float | None = None
) -> go.Figure:
    """Emissions since 1 January, then the forecast with its ranges; a line at the target's point.

    `events` are those in the outlook: they are part of the key of what is drawn.
    """
    import plotly.graph_objects as go

    days = outlook.cumulative.rename(columns={"day": "period"})
    known, ahead = days[days["actual_kg"].notna()], days[days["mean_kg"].notna()]
    most = max(
        (float(kg) for kg in (days["upper_95"].max(), known["actual_kg"].max(), target_kg) if _is_kg(kg)),
        default=0.0,
    )
    size, unit = formats.mass_unit(most)
    traces = [trace for level, shade in _BANDS for trace in band(ahead, level, shade, size)]
    traces.append(_line(known, "actual_kg", ACTUAL, size))
    traces.append(_line(ahead, "mean_kg", NEUTRAL, size))
    figure = go.Figure(traces, layout(_HEIGHT, y_title=f"{unit} CO2e since 1 January"))
    if target_kg is not None:
        _target(figure, target_kg, size)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(type="date", showgrid=False, tickformat="%b", nticks=8)
    figure.update_yaxes(rangemode="tozero", nticks=6)
    return figure


def legend() -> str:
    """The legend as HTML."""
    items = [
        legend_item("Emitted so far", ACTUAL),
        legend_item("Forecast, mean", NEUTRAL),
        legend_item("80 % range", NEUTRAL, 0.35),
        legend_item("95 % range", NEUTRAL, 0.15),
    ]
    return legend_list(items, "Lines and ranges")


def show(
    visit: Visit, chosen: Filters, outlook: YearOutlook, asked: Asked, target: TargetPoint | None
) -> None:
    """The year's chart under its finding."""
    target_kg = None if target is None else target.kg
    titled(forecast_words.year_finding(outlook, target_kg), _shows(outlook), legend())
    show_chart(
        visit.draw(cumulative, outlook, chosen, events=asked.events, target_kg=target_kg),  # type: ignore[arg-type]
        key="forecast-year",
        alt="Lines: emissions since 1 January, the forecast to the year's end and its ranges",
    )


def target_of(visit: Visit, chosen: Filters, outlook: YearOutlook | None) -> TargetPoint | None:
    """The point of the target about these legs, if one is set; a failure takes down the line alone."""
    try:
        return None if outlook is None else point_of(target_section.pick(visit, chosen), outlook)
    except Exception:
        _log.exception("The targets could not be read")
        return None


def point_of(status: TargetStatus | None, outlook: YearOutlook) -> TargetPoint | None:
    """The target's point for the outlook's year; its chance counts the events that are in the outlook."""
    if status is None or status.point is None or status.unit != "kg" or status.year != outlook.year:
        return None
    chance = target_words.chance(float((outlook.draws <= status.point).mean()))
    return TargetPoint(status.point, f"{chance} chance to meet the target of {formats.mass(status.point)}")


def _shows(outlook: YearOutlook) -> str:
    since = f" since {formats.day(outlook.from_day)}, where the data begin," if _late(outlook) else ""
    return (
        f"Emissions of {outlook.year}{since} added up day by day (UTC). Known up to "
        f"{formats.day(outlook.so_far_to)}: {formats.emissions(outlook.so_far_kg)}."
    )


def _late(outlook: YearOutlook) -> bool:
    return (outlook.from_day.month, outlook.from_day.day) != (1, 1)


def _target(figure: go.Figure, target_kg: float, size: float) -> None:
    figure.add_hline(
        y=target_kg / size,
        line={"color": TARGET, "width": 1.8, "dash": "dash"},
        annotation={
            "text": f"Target {formats.mass(target_kg)}",
            "font": {"size": 12},
            "xanchor": "left",
            "x": 0,
        },
        annotation_position="top left",
    )


def _line(rows: pd.DataFrame, column: str, colour: str, size: float) -> go.Scatter:
    import plotly.graph_objects as go

    ranged = column == "mean_kg"
    words = [
        f"{formats.day(pd.Timestamp(row.period))}: {formats.emissions(getattr(row, column))} since 1 January"
        + (f"<br>95 %: {formats.mass(row.lower_95)} – {formats.mass(row.upper_95)}" if ranged else "")
        for row in rows.itertuples()
    ]
    line: dict[str, Any] = {
        "x": pd.to_datetime(rows["period"]).dt.strftime("%Y-%m-%d").tolist(),
        "y": (rows[column] / size).tolist(),
        "mode": "lines",
        "line": {"color": colour, "width": 2.6},
        "name": "actual" if column == "actual_kg" else "mean",
        "customdata": words,
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    return go.Scatter(line)


def _is_kg(kg: object) -> bool:
    return formats.mass(kg) != formats.MISSING
