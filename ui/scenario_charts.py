"""The Scenarios page drawn: each step's effect, what a tonne costs, modes now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ui import formats
from ui import scenario_words as words
from ui.figure_style import BAR_TEXT, layout, legend_item, legend_list, literal
from ui.theme import MODE_COLOURS, NEUTRAL, mode_label

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

__all__ = ["ADDS", "SAVES", "abatement", "by_mode", "by_mode_legend", "steps", "steps_span"]

# Readable on both grounds; the sign in the text says the same for those who see no red or green.
SAVES, ADDS, TOTAL = NEUTRAL, "#c2553f", "#7d7f86"
_ROW_PX, _AXIS_PX = 50, 52
_WHISKER = {"color": "rgba(128,140,134,0.95)", "thickness": 1.5, "width": 4}
_LEAST_WIDTH = 0.06  # of the chart: a narrower bar has no room for its number


def steps(frame: pd.DataFrame, span: tuple[float, float] | None = None, *, room_for: int = 0) -> go.Figure:
    """Waterfall of kg a year: each step begins where the one before it ended; the last bar is the sum.

    Parameters
    ----------
    frame : DataFrame
        `ScenarioResult.steps`.
    span : tuple of float, optional
        Ends of the axis in kg, to share it between two scenarios.
    room_for : int
        Steps that there is room for at least, so that two scenarios' bars are as thick.
    """
    import plotly.graph_objects as go

    rows = _rows(frame)
    ends = span or steps_span(frame)
    size, unit = formats.mass_unit(max(abs(end) for end in ends))
    places = list(range(len(rows)))
    traces: list[Any] = [
        go.Bar(
            {
                "y": places,
                "x": [row["change"] / size for row in rows],
                "base": [row["from"] / size for row in rows],
                "width": 0.36,
                "orientation": "h",
                "marker": {"color": [row["colour"] for row in rows]},
                "customdata": [row["words"] for row in rows],
                "hovertemplate": "%{customdata}<extra></extra>",
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [row["up"] / size for row in rows],
                    "arrayminus": [row["down"] / size for row in rows],
                    **_WHISKER,
                },
            }
        )
    ]
    traces.append(_labels([end / size for end in ends], places, [row["label"] for row in rows]))
    lines = max(len(rows), room_for + 1)
    figure = go.Figure(traces, layout(_ROW_PX * lines + _AXIS_PX, x_title=f"{unit} CO2e a year"))
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=[end / size for end in ends], nticks=5, zeroline=True, zerolinewidth=1)
    figure.update_xaxes(zerolinecolor="rgba(128,140,134,0.6)")
    figure.update_yaxes(showticklabels=False, showgrid=False, range=[lines - 0.6, -0.75])
    return figure


def steps_span(frame: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis that all bars of `steps` and their whiskers need, in kg; 0 lies between them."""
    rows = _rows(frame)
    ends = [row["from"] + row["change"] for row in rows]
    low = min([0.0, *(end - row["down"] for end, row in zip(ends, rows, strict=True)), *ends])
    high = max([0.0, *(end + row["up"] for end, row in zip(ends, rows, strict=True)), *ends])
    room = 0.04 * ((high - low) or 1.0)
    return low - room if low < 0 else 0.0, high + room if high > 0 else room


def abatement(frame: pd.DataFrame, currency: str) -> go.Figure:
    """Marginal abatement costs: the cheapest tonne first, as wide as it saves, as high as it costs.

    Parameters
    ----------
    frame : DataFrame
        Rows of `words.priced`: step (number in the table), description, saved_kg, cost_per_t.
    currency : str
        Of cost_per_t.
    """
    import plotly.graph_objects as go

    rows = frame.sort_values("cost_per_t", kind="stable")
    wide = rows["saved_kg"].to_numpy(dtype=float)
    size, unit = formats.mass_unit(wide.sum())
    right = np.cumsum(wide) / size
    cost = rows["cost_per_t"].to_numpy(dtype=float)
    bar = {
        "x": (right - wide / size).tolist(),
        "width": (wide / size).tolist(),
        "offset": 0,
        "y": cost.tolist(),
        "marker": {
            "color": [SAVES if one <= 0 else ADDS for one in cost],
            "line": {"width": 1, "color": "rgba(128,140,134,0.95)"},
        },
        "customdata": [
            f"{number}. {literal(text)}<br>{formats.emissions(kg)} a year at "
            f"{formats.money(price, currency)} per t CO2e"
            for number, text, kg, price in zip(rows["step"], rows["description"], wide, cost, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    least = _LEAST_WIDTH * wide.sum()
    texts = {
        "x": (right - wide / size / 2).tolist(),
        "y": cost.tolist(),
        "mode": "text",
        "text": [f"{step}" if kg >= least else "" for step, kg in zip(rows["step"], wide, strict=True)],
        "textposition": ["top center" if one >= 0 else "bottom center" for one in cost],
        "textfont": BAR_TEXT["textfont"],
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    shown = layout(
        340, x_title=f"{unit} CO2e saved a year, added up", y_title=f"{literal(currency)} per t CO2e"
    )
    figure = go.Figure([go.Bar(bar), go.Scatter(texts)], shown)
    figure.update_layout(showlegend=False)
    low, high = min(0.0, float(cost.min())), max(0.0, float(cost.max()))
    room = 0.14 * ((high - low) or 1.0)
    figure.update_xaxes(range=[0, float(right[-1]) * 1.01 or 1.0], nticks=5, showgrid=False)
    figure.update_yaxes(range=[low - (room if low < 0 else 0), high + room], zeroline=True, nticks=6)
    figure.update_yaxes(zerolinecolor="rgba(128,140,134,0.8)", zerolinewidth=1)
    return figure


def by_mode(frame: pd.DataFrame) -> go.Figure:
    """Emissions of each mode now (hatched) and then (solid).

    Parameters
    ----------
    frame : DataFrame
        mode, now_kg, then_kg, the largest first.
    """
    import plotly.graph_objects as go

    rows = frame.iloc[::-1]  # a horizontal bar chart begins at the bottom
    most = float(frame[["now_kg", "then_kg"]].max().max()) if len(frame) else 1.0
    size, unit = formats.mass_unit(most)
    colours = [MODE_COLOURS.get(mode, TOTAL) for mode in rows["mode"]]
    traces = []
    for column, when in (("then_kg", "then"), ("now_kg", "now")):
        marker: dict[str, Any] = {"color": colours, "line": {"color": colours, "width": 1}}
        if when == "now":
            marker["pattern"] = {"shape": "/", "fillmode": "replace", "fgcolor": colours, "size": 5}
        traces.append(
            go.Bar(
                {
                    "y": [mode_label(mode) for mode in rows["mode"]],
                    "x": (rows[column] / size).tolist(),
                    "orientation": "h",
                    "name": when,
                    "marker": marker,
                    "text": [formats.mass(kg) for kg in rows[column]],
                    "customdata": [
                        f"{mode_label(mode)}, {when}: {formats.emissions(kg)} a year"
                        for mode, kg in zip(rows["mode"], rows[column], strict=True)
                    ],
                    "hovertemplate": "%{customdata}<extra></extra>",
                    **BAR_TEXT,
                }
            )
        )
    figure = go.Figure(traces, layout(max(130, 56 * len(frame) + 60), f"{unit} CO2e a year", room_right=58))
    figure.update_layout(barmode="group", bargap=0.22, bargroupgap=0.06, showlegend=False)
    figure.update_xaxes(range=[0, (most / size or 1.0) * 1.02], nticks=4)
    figure.update_yaxes(showgrid=False)
    return figure


def by_mode_legend() -> str:
    """The legend of `by_mode`: hatched is now, solid is then."""
    return legend_list(
        [legend_item("now (hatched)", TOTAL, 0.45), legend_item("then (solid)", TOTAL)], "Bars"
    )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One dict a bar, the sum last: where it begins, its change, its whiskers, and its words."""
    rows: list[dict[str, Any]] = []
    at = 0.0
    for number, step in enumerate(frame.to_dict("records"), start=1):
        saved, low, high = (float(step[name]) for name in ("saved_kg", "saved_low_kg", "saved_high_kg"))
        text = words.shortened(str(step["description"]))
        rows.append(_row(f"{number}. {text}", at, -saved, (saved - low, high - saved), step["description"]))
        at -= saved
    low, high = float(frame["saved_low_kg"].sum()), float(frame["saved_high_kg"].sum())
    rows.append(_row("All together", 0.0, at, (-at - low, high + at), "All levers together"))
    rows[-1]["colour"] = TOTAL
    return rows


def _row(
    label: str, begins: float, change: float, sides: tuple[float, float], description: object
) -> dict[str, Any]:
    """A range of what is saved turns round on an axis of change: saving more is further to the left."""
    up, down = max(sides[0], 0.0), max(sides[1], 0.0)
    signed = words.signed_mass(change)
    return {
        "label": f"<b>{signed}</b>  {literal(label)}",
        "from": begins,
        "change": change,
        "up": up,
        "down": down,
        "colour": SAVES if change <= 0 else ADDS,
        "words": f"{literal(str(description))}<br>{signed} CO2e a year",
    }


def _labels(ends: list[float], places: list[int], texts: list[str]) -> go.Scatter:
    """A line of text above each bar, in the theme's own colour."""
    import plotly.graph_objects as go

    return go.Scatter(
        {
            "x": [ends[0]] * len(places),
            "y": [place - 0.4 for place in places],
            "mode": "text",
            "text": texts,
            "textposition": "middle right",
            "textfont": {"size": 13},
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
    )
