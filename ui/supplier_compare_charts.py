"""A few suppliers side by side: small multiples of scores and of figures, and their modes. No radar.

Each supplier keeps its row and its colour in every panel.
"""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING

from ui import formats
from ui.drivers_charts import TINTS
from ui.figure_style import layout, legend_item, legend_list, literal
from ui.supplier_charts import MARK, beside, named_rows, whiskers
from ui.supplier_words import PART_LABELS, with_interval
from ui.theme import MODE_COLOURS, mode_colour, mode_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import plotly.graph_objects as go

__all__ = ["figures", "modes", "modes_legend", "scores"]

_TITLE_ROWS = 1.25
_PANEL_ROW_PX, _AXIS_PX = 24, 62
_SCORE_ROOM_PX, _FIGURE_ROOM_PX = 66, 112
PANELS = (
    ("Score", "score", "score_low", "score_high"),
    *((label, f"{part}_points", f"{part}_low", f"{part}_high") for part, label in PART_LABELS.items()),
)


def scores(frame: pd.DataFrame) -> go.Figure:
    """The score and each part on one scale, a dot and a whisker for each supplier.

    Parameters
    ----------
    frame : DataFrame
        name, score, score_low, score_high, and for each part p p_points, p_low, p_high (NaN: not known).
    """
    import plotly.graph_objects as go

    places = _places(len(PANELS), len(frame))
    traces = []
    for number, name in enumerate(frame["name"]):
        row = frame.iloc[number]
        known = [
            (places[at][number], label, *(float(row[column]) for column in columns))
            for at, (label, *columns) in enumerate(PANELS)
            if math.isfinite(row[columns[0]])
        ]
        ys, labels, values, lows, highs = zip(*known, strict=True) if known else ((), (), (), (), ())
        dots = {
            "x": list(values),
            "y": list(ys),
            "mode": "markers",
            "marker": {"color": _tint(number), "size": 10},
            "error_x": whiskers(values, lows, highs, _tint(number)),
            "customdata": [
                f"{literal(name)}<br>{label}: {with_interval(value, low, high)} points"
                for label, value, low, high in zip(labels, values, lows, highs, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        traces.append(go.Scatter(dots))
    base = layout(_height(places) + _AXIS_PX, "points of 100; 50 is as peers do", room_right=_SCORE_ROOM_PX)
    figure = go.Figure(traces, base)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=[0, 100], tickvals=[0, 25, 50, 75, 100])
    for rows, (label, column, *_) in zip(places, PANELS, strict=True):
        _title(figure, label, rows[0])
        line = {"color": MARK, "width": 1.5}
        figure.add_shape(type="line", x0=50, x1=50, y0=rows[0] - 0.45, y1=rows[-1] + 0.45, line=line)
        for place, value in zip(rows, frame[column], strict=True):
            beside(figure, place, f"{value:.0f}" if math.isfinite(value) else "unknown")
    named_rows(figure, frame["name"].tolist() * len(PANELS), list(chain(*places)), room=_TITLE_ROWS)
    return figure


def figures(frame: pd.DataFrame, measures: Sequence[tuple[str, str, list[str]]]) -> go.Figure:
    """Bars for each measure: the largest fills the width, the figure stands at the end.

    Parameters
    ----------
    frame : DataFrame
        name and the columns of `measures`, which are 0 or more (NaN: not known).
    measures : sequence
        Title, column, and the figure of each row in words.
    """
    import plotly.graph_objects as go

    places = _places(len(measures), len(frame))
    traces = []
    for rows, (title, column, words) in zip(places, measures, strict=True):
        values = [value if math.isfinite(value) else 0.0 for value in frame[column].astype(float)]
        most = max(values, default=0.0) or 1.0
        bar = {
            "y": rows,
            "x": [value / most for value in values],
            "width": 0.62,
            "orientation": "h",
            "marker": {"color": [_tint(number) for number in range(len(frame))]},
            "customdata": [
                f"{literal(name)}<br>{title}: {text}" for name, text in zip(frame["name"], words, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        traces.append(go.Bar(bar))
    figure = go.Figure(traces, layout(_height(places) + 12, room_right=_FIGURE_ROOM_PX))
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=[0, 1], showticklabels=False, showgrid=False)
    for rows, (title, _, words) in zip(places, measures, strict=True):
        _title(figure, title, rows[0])
        for place, text in zip(rows, words, strict=True):
            beside(figure, place, text)
    named_rows(figure, frame["name"].tolist() * len(measures), list(chain(*places)), room=_TITLE_ROWS)
    return figure


def modes(mix: pd.DataFrame) -> go.Figure:
    """Each supplier's tonne-km by mode as one bar of 100 % (columns name, mode, tonne_km, tkm_share)."""
    import plotly.graph_objects as go

    names = list(dict.fromkeys(mix["name"]))
    traces = []
    for mode in MODE_COLOURS:
        mine = mix[(mix["mode"] == mode) & (mix["tkm_share"] > 0)]
        if mine.empty:
            continue
        bar = {
            "y": [names.index(name) for name in mine["name"]],
            "x": (mine["tkm_share"] * 100).tolist(),
            "orientation": "h",
            "marker": {"color": mode_colour(mode)},
            "customdata": [
                f"{literal(name)}<br>{mode_label(mode)}: {formats.percent(share)}, {formats.tonne_km(tkm)}"
                for name, share, tkm in zip(mine["name"], mine["tkm_share"], mine["tonne_km"], strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        traces.append(go.Bar(bar))
    figure = go.Figure(traces, layout(32 * len(names) + _AXIS_PX, "share of tonne-km", room_right=24))
    figure.update_layout(barmode="stack", bargap=0.34, showlegend=False)
    ticks = [0, 25, 50, 75, 100]
    figure.update_xaxes(range=[0, 100], tickvals=ticks, ticktext=[f"{tick} %" for tick in ticks])
    named_rows(figure, names)
    return figure


def modes_legend(mix: pd.DataFrame) -> str:
    """The legend of `modes` as HTML."""
    used = set(mix.loc[mix["tkm_share"] > 0, "mode"])
    return legend_list(
        [legend_item(mode_label(mode), mode_colour(mode)) for mode in MODE_COLOURS if mode in used], "Modes"
    )


def _places(panels: int, rows: int) -> list[list[float]]:
    """Where the rows of each panel stand, with room for a title above."""
    step = rows + _TITLE_ROWS
    return [[panel * step + row for row in range(rows)] for panel in range(panels)]


def _height(places: list[list[float]]) -> int:
    return round(_PANEL_ROW_PX * (places[-1][-1] + 1 + _TITLE_ROWS)) if places and places[0] else 0


def _title(figure: go.Figure, text: str, first_row: float) -> None:
    figure.add_annotation(
        text=f"<b>{literal(text)}</b>",
        x=0,
        xref="paper",
        xanchor="left",
        y=first_row - 0.85,
        showarrow=False,
    )


def _tint(number: int) -> str:
    return TINTS[number % len(TINTS)]
