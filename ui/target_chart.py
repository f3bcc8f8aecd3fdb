"""A target drawn: whole years, this one with its outlook, the path, and what scenarios would do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ui import formats
from ui.figure_style import layout, legend_item, legend_list, literal, shortened
from ui.target_words import chance, value, values_range
from ui.theme import NEUTRAL

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analytics.targets import Closing, TargetStatus

__all__ = ["PATH", "WITH_SCENARIO", "legend", "path_figure"]

PATH, WITH_SCENARIO = "#8b4b98", "#d36461"
_OUTLOOK, _EDGE = 0.45, "rgba(128,140,134,0.9)"
_MOST_SCENARIOS = 3
_HEIGHT = 300
_MOST_TICKS = 6  # beside each other on a phone


def path_figure(status: TargetStatus, closings: tuple[Closing, ...] = ()) -> go.Figure:
    """Bars for whole years and for this one, a line for the path, a diamond for each scenario."""
    import plotly.graph_objects as go

    size, unit = _unit(status)
    figure = go.Figure(layout=layout(_HEIGHT, y_title=unit))
    known = status.years[status.years["complete"] & (status.years["year"] != status.year)].dropna(
        subset="value"
    )
    figure.add_trace(
        go.Bar(
            {
                "x": known["year"].tolist(),
                "y": (known["value"] / size).tolist(),
                "marker": {"color": NEUTRAL},
                "customdata": [value(one, status.unit) for one in known["value"]],
                "hovertemplate": "%{x}: %{customdata}<extra></extra>",
            }
        )
    )
    _this_year(figure, status, size)
    way = status.path
    figure.add_trace(
        go.Scatter(
            {
                "x": way["year"].tolist(),
                "y": (way["target_value"] / size).tolist(),
                "mode": "lines+markers",
                "line": {"color": PATH, "width": 2},
                "marker": {"size": 6},
                "customdata": [value(one, status.unit) for one in way["target_value"]],
                "hovertemplate": "Path %{x}: %{customdata}<extra></extra>",
            }
        )
    )
    _scenarios(figure, status, closings, size)
    figure.update_layout(barmode="overlay", bargap=0.45, showlegend=False)
    years = [*way["year"], *known["year"], *([status.year] if status.year else [])]
    first, last = min(years, default=status.target.base_year), max(years, default=status.target.target_year)
    figure.update_xaxes(
        range=[first - 0.6, last + 0.6],
        dtick=max(1, math.ceil((last - first) / _MOST_TICKS)),
        tick0=first,
        tickformat="d",
        tickangle=0,
        showgrid=False,
        separatethousands=False,
    )
    figure.update_yaxes(rangemode="tozero")
    return figure


def legend(status: TargetStatus, closings: tuple[Closing, ...] = ()) -> str:
    items = []
    if status.years["complete"].any():
        items.append(legend_item("Whole years", NEUTRAL))
    if status.mean is not None:
        items.append(legend_item(f"{status.year}, outlook with 95 % range", NEUTRAL, _OUTLOOK))
    if len(status.path):
        items.append(legend_item("Path", PATH))
    if _shown(closings):
        items.append(legend_item("With a scenario, for a whole year", WITH_SCENARIO))
    return legend_list(items, "What the marks are")


def _unit(status: TargetStatus) -> tuple[float, str]:
    """Divisor and unit of the axis."""
    if status.unit != "kg":
        return 1.0, "g CO2e per tonne-km"
    seen = [*status.path["target_value"], *status.years["value"].dropna(), *(status.high_95, status.mean)]
    size, unit = formats.mass_unit(max([one for one in seen if one is not None] or [0.0]))
    return size, f"{unit} CO2e a year"


def _this_year(figure: go.Figure, status: TargetStatus, size: float) -> None:
    import plotly.graph_objects as go

    if status.year is None or status.mean is None:
        return
    low, high = (status.mean if one is None else one for one in (status.low_95, status.high_95))
    words = f"{value(status.mean, status.unit)}, 95 % range {values_range(low, high, status.unit)}"
    bar = {
        "x": [status.year],
        "y": [status.mean / size],
        "marker": {"color": NEUTRAL, "opacity": _OUTLOOK},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [(high - status.mean) / size],
            "arrayminus": [(status.mean - low) / size],
            "color": _EDGE,
            "thickness": 2,
            "width": 6,
        },
        "customdata": [words],
        "hovertemplate": "Outlook %{x}: %{customdata}<extra></extra>",
    }
    figure.add_trace(go.Bar(bar))


def _shown(closings: tuple[Closing, ...]) -> list[Closing]:
    return [one for one in closings if one.value is not None and one.saved_kg > 0][:_MOST_SCENARIOS]


def _scenarios(figure: go.Figure, status: TargetStatus, closings: tuple[Closing, ...], size: float) -> None:
    import plotly.graph_objects as go

    shown = _shown(closings)
    if not shown:
        return
    points = {
        "x": [status.year] * len(shown),
        "y": [(one.value or 0.0) / size for one in shown],
        "mode": "markers",
        "marker": {"size": 10, "symbol": "diamond", "color": WITH_SCENARIO},
        "customdata": [
            f"{literal(shortened(one.name))}: {value(one.value, status.unit)}, "
            f"chance {chance(one.probability)}"
            for one in shown
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    figure.add_trace(go.Scatter(points))
