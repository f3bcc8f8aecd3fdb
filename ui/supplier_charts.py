"""The ranking drawn: ratios with their intervals, and kg expected against kg observed.

What an interval allows to say shows in the colour and in the marker's shape.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ui import formats
from ui.drivers_charts import OTHERS
from ui.drivers_waterfall import LOWERS, RAISES
from ui.figure_style import TEXT_PX, layout, legend_item, legend_list, literal
from ui.supplier_words import STANDING_LABELS, against_peers, is_standing, standings, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import plotly.graph_objects as go

    from ui.supplier_words import Standing

__all__ = [
    "COLOURS",
    "MARK",
    "ROW_PX",
    "beside",
    "expected_observed",
    "named_rows",
    "ratios",
    "ratios_legend",
    "whiskers",
]

COLOURS: dict[Standing, str] = {"worse": RAISES, "unclear": OTHERS, "better": LOWERS}
_SYMBOLS: dict[Standing, str] = {"worse": "triangle-right", "unclear": "circle-open", "better": "diamond"}
_SIGNS: dict[Standing, str] = {"worse": "▶", "unclear": "○", "better": "◆"}
MARK = "rgba(128,140,134,0.9)"
ROW_PX, _AXIS_PX = 26, 62
_LABEL = 20
# Ticks of a ratio, in the order in which they are wanted; those too close to one before are left out.
_TICKS = (
    1.0,
    2.0,
    0.5,
    1.5,
    0.67,
    1.2,
    0.8,
    1.1,
    0.9,
    3.0,
    0.33,
    5.0,
    0.2,
    1.05,
    0.95,
    10.0,
    0.1,
    1.02,
    0.98,
)
_NARROWEST, _WIDEST = math.log10(1.1), 1.0  # decades on one side of 1
_NAMED = 3
_MANY = 25
_FEWEST_DECADES = 1.0  # so that each axis has ticks
_WIDE_DECADES = 3.5  # an axis over more of them has room for whole ones only
_SMALLEST_PX, _LARGEST_PX = 7, 26


def ratios(frame: pd.DataFrame) -> go.Figure:
    """A dot for each supplier's ratio, a whisker for its 95 % interval; the first row on top.

    Parameters
    ----------
    frame : DataFrame
        supplier_id, name, ratio, ratio_low, ratio_high, legs, observed_kg, expected_kg.

    Returns
    -------
    Figure
        customdata of each dot: supplier_id and the words of its hover.
    """
    import plotly.graph_objects as go

    kinds = standings(frame)
    hover = _hovers(frame, kinds)
    traces = []
    for kind in STANDING_LABELS:
        rows = [row for row, one in enumerate(kinds) if one == kind]
        mine = frame.iloc[rows]
        dots = {
            "x": mine["ratio"].tolist(),
            "y": rows,
            "mode": "markers",
            "marker": {
                "color": COLOURS[kind],
                "symbol": _SYMBOLS[kind],
                "size": 10,
                "line": {"color": COLOURS[kind], "width": 2 if kind == "unclear" else 0},
            },
            "error_x": whiskers(mine["ratio"], mine["ratio_low"], mine["ratio_high"], COLOURS[kind]),
            "customdata": [(mine["supplier_id"].iloc[at], hover[row]) for at, row in enumerate(rows)],
            "hovertemplate": "%{customdata[1]}<extra></extra>",
        }
        traces.append(go.Scatter(dots))
    title = "× what peers emit for the same jobs"
    figure = go.Figure(traces, layout(ROW_PX * len(frame) + _AXIS_PX, x_title=title, room_right=TEXT_PX))
    low, high = _ratio_range(frame)
    ticks = _ratio_ticks(low, high)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(
        type="log", range=[low, high], tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks], tickangle=0
    )
    if len(frame) > _MANY:  # they scroll: the axis stands where one begins to read
        figure.update_xaxes(side="top")
    figure.add_vline(x=1, line={"color": MARK, "width": 1.5})
    for row, ratio in enumerate(frame["ratio"]):
        beside(figure, row, f"{ratio:.2f}")
    named_rows(figure, frame["name"].tolist())
    return figure


def ratios_legend(frame: pd.DataFrame) -> str:
    """The legend of `ratios` and `expected_observed` as HTML: colour, shape and words."""
    shown = set(standings(frame))
    items = [
        legend_item(f"{_SIGNS[kind]} {words}", COLOURS[kind])
        for kind, words in STANDING_LABELS.items()
        if kind in shown
    ]
    return legend_list(items, "Against peers, by the 95 % interval")


def expected_observed(frame: pd.DataFrame) -> go.Figure:
    """Observed over expected kg on logarithmic axes, the size by legs; on the line is as peers do.

    Returns
    -------
    Figure
        customdata of each point: supplier_id and the words of its hover.
    """
    import plotly.graph_objects as go

    shown = frame[(frame["expected_kg"] > 0) & (frame["observed_kg"] > 0)]
    kinds = standings(shown)
    hover = _hovers(shown, kinds)
    sizes = _sizes(shown["legs"].tolist())
    low, high = _decades(shown)
    line = {
        "x": [10**low, 10**high],
        "y": [10**low, 10**high],
        "mode": "lines",
        "line": {"color": MARK, "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
    }
    traces = [go.Scatter(line)]
    for kind in STANDING_LABELS:
        rows = [row for row, one in enumerate(kinds) if one == kind]
        mine = shown.iloc[rows]
        points = {
            "x": mine["expected_kg"].tolist(),
            "y": mine["observed_kg"].tolist(),
            "mode": "markers",
            "marker": {
                "color": COLOURS[kind],
                "symbol": _SYMBOLS[kind],
                "size": [sizes[row] for row in rows],
                "opacity": 0.85,
                "line": {"color": COLOURS[kind], "width": 2 if kind == "unclear" else 0},
            },
            "customdata": [(mine["supplier_id"].iloc[at], hover[row]) for at, row in enumerate(rows)],
            "hovertemplate": "%{customdata[1]}<extra></extra>",
        }
        traces.append(go.Scatter(points))
    base = layout(440, "expected CO2e, as peers would have run it", "observed CO2e", room_right=16)
    figure = go.Figure(traces, base)
    steps = (1, 3) if high - low < _WIDE_DECADES else (1,)
    ticks = [step * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for step in steps]
    axis: dict[str, Any] = {
        "type": "log",
        "range": [low, high],
        "tickvals": ticks,
        "ticktext": [formats.mass(tick) for tick in ticks],
    }
    figure.update_layout(showlegend=False)
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    _name_the_largest(figure, shown, low + 0.25 * (high - low))
    return figure


def whiskers(
    values: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour: str
) -> dict[str, Any]:
    """Plotly's description of intervals around these values."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(high - value, 0.0) for value, high in zip(values, highs, strict=True)],
        "arrayminus": [max(value - low, 0.0) for value, low in zip(values, lows, strict=True)],
        "color": colour,
        "thickness": 2,
        "width": 3,
    }


def named_rows(
    figure: go.Figure, names: Sequence[str], places: Sequence[float] | None = None, room: float = 0.6
) -> None:
    """Name the rows of a figure, the first on top. They are numbered: two names may look alike."""
    at = list(places) if places is not None else [float(row) for row in range(len(names))]
    figure.update_yaxes(
        tickvals=at,
        ticktext=[literal(_short(name)) for name in names],
        showgrid=False,
        range=[(at[-1] if at else 0) + 0.6, -room],
    )


def beside(figure: go.Figure, row: float, text: str) -> None:
    """Write a figure at the right end of its row."""
    figure.add_annotation(
        text=literal(text), x=1, xref="paper", xanchor="left", xshift=6, y=row, showarrow=False, align="left"
    )


def _hovers(frame: pd.DataFrame, kinds: list[Standing]) -> list[str]:
    return [
        f"{literal(name)}<br>{times(ratio)} ({low:.2f}–{high:.2f}): {against_peers(ratio)}<br>"
        f"{STANDING_LABELS[kind]}<br>"
        f"{formats.emissions(observed)} observed, {formats.mass(expected)} expected<br>"
        f"{formats.counted(legs, 'leg')} compared"
        for name, ratio, low, high, observed, expected, legs, kind in zip(
            frame["name"],
            frame["ratio"],
            frame["ratio_low"],
            frame["ratio_high"],
            frame["observed_kg"],
            frame["expected_kg"],
            frame["legs"],
            kinds,
            strict=True,
        )
    ]


def _ratio_range(frame: pd.DataFrame) -> tuple[float, float]:
    """Both ends of the axis in decades; a whisker beyond a factor of ten runs out of the picture."""
    low = math.log10(max(float(frame["ratio_low"].min()), 1e-9)) if len(frame) else 0.0
    high = math.log10(max(float(frame["ratio_high"].max()), 1e-9)) if len(frame) else 0.0
    low, high = max(min(low, -_NARROWEST), -_WIDEST), min(max(high, _NARROWEST), _WIDEST)
    room = (high - low) * 0.03
    return low - room, high + room


def _ratio_ticks(low: float, high: float) -> list[float]:
    kept: list[float] = []
    for tick in _TICKS:
        place = math.log10(tick)
        apart = all(abs(place - math.log10(one)) > (high - low) / 7 for one in kept)
        if low <= place <= high and apart:
            kept.append(tick)
    return sorted(kept)


def _decades(frame: pd.DataFrame) -> tuple[float, float]:
    kg = [*frame["expected_kg"], *frame["observed_kg"]]
    if not kg:
        return 0.0, 3.0
    low, high = math.log10(min(kg)) - 0.15, math.log10(max(kg)) + 0.15
    short = max(_FEWEST_DECADES - (high - low), 0.0) / 2
    return low - short, high + short


def _sizes(legs: list[int]) -> list[float]:
    """Diameters, so that the area goes with the legs."""
    most = max(legs, default=1) or 1
    return [max(_LARGEST_PX * math.sqrt(one / most), _SMALLEST_PX) for one in legs]


def _name_the_largest(figure: go.Figure, frame: pd.DataFrame, left_until: float) -> None:
    """Name the clearly worse suppliers that lie farthest above, in kg."""
    worse = frame[is_standing(frame, "worse")]
    farthest = (worse["observed_kg"] - worse["expected_kg"]).nlargest(_NAMED).index
    for row in worse.loc[farthest].itertuples():
        x, y = math.log10(row.expected_kg), math.log10(row.observed_kg)
        right = x > left_until  # above the line the room is on the left
        figure.add_annotation(
            text=literal(_short(str(row.name))),
            x=x,
            y=y,
            showarrow=False,
            xanchor="right" if right else "left",
            xshift=-14 if right else 14,
            yshift=6,
            font={"size": 11},
        )


def _short(name: str) -> str:
    return name if len(name) <= _LABEL else f"{name[: _LABEL - 1].rstrip()}…"
