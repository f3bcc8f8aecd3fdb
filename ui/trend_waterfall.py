"""A change drawn: from the period before to this one part by part, and what contributed to a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui import formats
from ui.figure_style import BAR_TEXT, layout, literal, shortened
from ui.theme import NEUTRAL, mode_colour
from ui.trend_words import WHOLE, part_words, ranked, signed

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

__all__ = ["LOWERS", "RAISES", "TOP", "TOTAL", "contributions", "cut", "waterfall"]

# Readable on both grounds; the sign in the text says the same for those who see no red or green.
RAISES, LOWERS, TOTAL = "#c2553f", NEUTRAL, "#7d7f86"
TOP = 12
_ROW_PX, _AXIS_PX, _ROOM_PX = 34, 52, 72
_CUT_BELOW = 0.35  # what moves, against the totals: less would be hairlines on an axis from 0
_MARGIN = 0.12


def cut(before_kg: float, after_kg: float, parts: pd.DataFrame) -> bool:
    """Whether the axis leaves out the way up from 0, since the parts are small against the totals."""
    low, high = _extent(before_kg, after_kg, ranked(parts, max(before_kg, after_kg))["kg"].tolist())
    return low > 0 and (high - low) < _CUT_BELOW * high


def waterfall(
    parts: pd.DataFrame, *, before_kg: float, after_kg: float, names: tuple[str, str], chosen: str = WHOLE
) -> go.Figure:
    """Bars from the total before to the total after, the largest part first.

    Where the parts are small against the totals the axis does not begin at 0, and the totals are marks
    rather than bars, whose length would say something false.

    Parameters
    ----------
    parts : DataFrame
        part, kg; what is 0 is left out.
    names : tuple of str
        What the two totals are called.
    chosen : str
        The part that is opened up; the others are lighter.

    Returns
    -------
    Figure
        customdata of each bar: the part (`WHOLE` for a total) and the words of its hover.
    """
    import plotly.graph_objects as go

    moved = ranked(parts, max(before_kg, after_kg))
    kg = moved["kg"].tolist()
    size, unit = formats.mass_unit(max(before_kg, after_kg))
    at, begins = before_kg, []
    for one in kg:
        begins.append(at)
        at += one
    rows = list(range(1, len(kg) + 1))
    last = len(kg) + 1
    labels = [part_words(name) for name in moved["part"]]
    bar = {
        "y": rows,
        "x": [one / size for one in kg],
        "base": [begin / size for begin in begins],
        "orientation": "h",
        "marker": {
            "color": [RAISES if one > 0 else LOWERS for one in kg],
            "opacity": [1.0 if chosen in (WHOLE, name) else 0.5 for name in moved["part"]],
        },
        "customdata": [
            (name, f"{word.label}: {signed(one)} CO2e")
            for name, word, one in zip(moved["part"], labels, kg, strict=True)
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }
    short = cut(before_kg, after_kg, parts)
    ends = [begin + one for begin, one in zip(begins, kg, strict=True)]
    places = [before_kg, *(max(pair) for pair in zip(begins, ends, strict=True)), after_kg]
    texts = {
        "y": [0, *rows, last],
        "x": [place / size for place in places],
        "mode": "text",
        "text": [f"    {formats.mass(before_kg)}", *(f" {signed(one)}" for one in kg),
                 f"    {formats.mass(after_kg)}"],
        "textposition": "middle right",
        "textfont": BAR_TEXT["textfont"],
        "cliponaxis": False,
        "hoverinfo": "skip",
    }  # fmt: skip
    figure = go.Figure(
        [go.Bar(bar), _totals((0, last), (before_kg, after_kg), names, size, marks=short), go.Scatter(texts)],
        layout(_ROW_PX * (last + 1) + _AXIS_PX, x_title=f"{unit} CO2e", room_right=_ROOM_PX),
    )
    low, high = _extent(before_kg, after_kg, kg)
    room = (high - low) * _MARGIN
    figure.update_layout(bargap=0.3, showlegend=False)
    figure.update_xaxes(
        range=[(low - room) / size if short else min(0.0, low) / size, (high + room * 0.2) / size or 1.0],
        nticks=5,
    )
    ticks = [names[0], *(word.label for word in labels), names[1]]
    shown = [f"<b>{literal(tick)}</b>" if tick in names else literal(tick) for tick in ticks]
    figure.update_yaxes(
        tickvals=[0, *rows, last], ticktext=shown, showgrid=False, range=[last + 0.5, -0.5]
    )  # fmt: skip
    return figure


def contributions(frame: pd.DataFrame, *, by: str) -> go.Figure:
    """What raised (right) and lowered (left) a part; a click means the supplier, the lane or the mode.

    Parameters
    ----------
    frame : DataFrame
        key, name, kg: the largest first.
    by : str
        supplier_id, lane or mode: modes keep their colours.
    """
    import plotly.graph_objects as go

    top = frame.head(TOP)
    most = float(top["kg"].abs().max()) if len(top) else 1.0
    size, unit = formats.mass_unit(most)
    rows = list(range(len(top)))
    colours = [
        mode_colour(key) if by == "mode" else RAISES if kg > 0 else LOWERS
        for key, kg in zip(top["key"], top["kg"], strict=True)
    ]
    values = (top["kg"] / size).tolist()
    bar: dict[str, Any] = {
        "y": rows,
        "x": values,
        "orientation": "h",
        "marker": {"color": colours},
        "customdata": [
            (key, f"{literal(name)}<br>{signed(kg)} CO2e")
            for key, name, kg in zip(top["key"], top["name"], top["kg"], strict=True)
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }
    # Beside the right end of each bar, also of one that runs to the left: a name stands at its left.
    texts = {
        "y": rows,
        "x": [max(value, 0.0) for value in values],
        "mode": "text",
        "text": [f" {signed(kg)}" for kg in top["kg"]],
        "textposition": "middle right",
        "textfont": BAR_TEXT["textfont"],
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    figure = go.Figure(
        [go.Bar(bar), go.Scatter(texts)],
        layout(max(130, _ROW_PX * len(top) + _AXIS_PX), x_title=f"{unit} CO2e", room_right=_ROOM_PX),
    )
    low, high = min([0.0, *values]), max([0.0, *values])
    figure.update_layout(bargap=0.34, showlegend=False)
    figure.update_xaxes(range=[low * 1.02, high * 1.02 or most / size * 0.02], nticks=5)
    figure.add_vline(x=0, line={"color": TOTAL, "width": 1})
    shown = [literal(shortened(name)) for name in top["name"]]
    figure.update_yaxes(tickvals=rows, ticktext=shown, showgrid=False, range=[len(rows) - 0.5, -0.5])
    return figure


def _extent(before_kg: float, after_kg: float, moves: list[float]) -> tuple[float, float]:
    """Lowest and highest place that the way from one total to the other touches."""
    at, places = before_kg, [before_kg, after_kg]
    for one in moves:
        at += one
        places.append(at)
    return min(places), max(places)


def _totals(
    rows: tuple[int, int], kg: tuple[float, float], names: tuple[str, str], size: float, *, marks: bool
) -> go.Bar | go.Scatter:
    import plotly.graph_objects as go

    words = [
        (WHOLE, f"{literal(name)}: {formats.emissions(one)}") for name, one in zip(names, kg, strict=True)
    ]
    shared = {
        "y": list(rows),
        "x": [one / size for one in kg],
        "customdata": words,
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }
    if marks:
        dot = {"size": 13, "color": TOTAL, "symbol": "diamond"}
        return go.Scatter({**shared, "mode": "markers", "marker": dot, "cliponaxis": False})
    return go.Bar({**shared, "orientation": "h", "marker": {"color": TOTAL}})
