"""The map drawn: land, flows coloured by mode and as wide as they emit, places as circles with their names.

Lines and circles share one scale rule: the area of ink is in proportion to kg CO2e.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analytics.flows import View, scene
from analytics.flows.projection import WIDTH
from ui import formats
from ui.figure_style import legend_item, legend_list, literal, shortened
from ui.lane_map_labels import labelled
from ui.lane_map_land import land
from ui.theme import MODE_COLOURS, mode_colour, mode_label

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from analytics.flows import Flows, Scene

__all__ = ["FLOW", "PLACE", "Drawing", "drawn"]

FLOW, PLACE = "flow", "place"
_NEAR = 0.4  # of the world's width: from here on land is drawn in more detail
_WIDEST_PX, _THINNEST_PX = 12.0, 0.9
_FULL_SIZE_FROM_PX = 800.0
_WIDTH_STEP_PX = 0.5  # lines of one width and mode share a trace: a browser draws 30 faster than 150
_LARGEST_PX, _SMALLEST_PX = 30.0, 6.0
_COUNT_FROM_PX = 15.0  # a smaller circle has no room for a number
_NODE = "#5f6b66"
_HIT_PX, _TARGET_EVERY_PX = 13, 70.0
# Up to which rank a line has how many targets at most: each carries the words of its hover.
_TARGETS = ((60, 6), (150, 3), (math.inf, 1))
_LEGEND_PARTS = (1.0, 0.45, 0.2)


class Scales(NamedTuple):
    """kg CO2e that the widest line and the largest circle stand for; a small map has thinner ones."""

    line_kg: float
    place_kg: float
    size: float


class Drawing(NamedTuple):
    """The figure and its legend as HTML: modes by colour, kg CO2e by width and by size.

    customdata of what can be clicked in the figure: `FLOW` and the positions in `Flows.frame`, or `PLACE` and
    the box of its places; then the hover's words.
    """

    figure: go.Figure
    legend: str


def drawn(flows: Flows, *, view: View, width_px: float, height_px: float) -> Drawing:
    """Draw the flows as one view shows them, on a place of about this size."""
    import plotly.graph_objects as go

    view = view.framed(width_px, height_px)
    seen = scene(flows, view, width_px, height_px)
    scales = _scales(seen, width_px)
    unit = max(view.width / width_px, view.height / height_px)
    traces = [
        *_lines(seen, scales),
        _targets(seen, flows, scales, unit, view),
        *_nodes(seen, scales, unit, view),
    ]
    axis: dict[str, Any] = {"visible": False, "zeroline": False, "constrain": "domain"}
    layout = {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {**axis, "range": [view.x0, view.x1]},
        "yaxis": {**axis, "range": [view.y0, view.y1], "scaleanchor": "x", "scaleratio": 1},
        "images": [land(near=view.width < _NEAR * WIDTH)],
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": 14,
        "hoverlabel": {"align": "left"},
        "dragmode": "pan",
        # What the user has moved stays as long as the server's view does.
        "uirevision": repr(view),
    }
    return Drawing(go.Figure(traces, layout), _legend(seen, scales))


def _legend(seen: Scene, scales: Scales) -> str:
    shown = set(seen.flows["mode"])
    items = [legend_item(mode_label(mode), colour) for mode, colour in MODE_COLOURS.items() if mode in shown]
    widths = dict.fromkeys(_rounded(scales.line_kg * part) for part in _LEGEND_PARTS)
    for kg in widths:
        if _width_px(kg, scales) > _THINNEST_PX:
            shape = f"height:{_width_px(kg, scales):.1f}px;width:1.6rem;border-radius:0"
            items.append(_legend_shape(shape, formats.mass(kg)))
    if (kg := _rounded(scales.place_kg * 0.4)) > 0:
        size = f"{_size_px(kg, scales):.0f}px"
        shape = f"height:{size};width:{size};border-radius:50%"
        items.append(_legend_shape(shape, f"{formats.mass(kg)} from and to a place"))
    return legend_list(items, "Modes by colour, kg CO2e by width and by size")


def _legend_shape(shape: str, words: str) -> str:
    return f'<li><span style="{shape};background:{_NODE}"></span>{words}</li>'


def _scales(seen: Scene, width_px: float) -> Scales:
    line_kg = float(seen.flows["wtw_kg"].max()) if len(seen.flows) else 0.0
    place_kg = float(_node_kg(seen.nodes).max()) if len(seen.nodes) else 0.0
    return Scales(line_kg, place_kg, min(1.0, math.sqrt(width_px / _FULL_SIZE_FROM_PX)))


def _node_kg(nodes: pd.DataFrame) -> pd.Series:
    return nodes["wtw_kg"] + nodes["hub_kg"]


def _width_px(kg: float, scales: Scales) -> float:
    """A line's width grows with kg: its area then does too, for lines of one length."""
    wide = scales.size * _WIDEST_PX * kg / scales.line_kg if scales.line_kg > 0 else 0.0
    return max(wide, _THINNEST_PX)


def _size_px(kg: float, scales: Scales) -> float:
    """A circle's diameter grows with the root of kg, so its area with kg."""
    wide = (
        scales.size * _LARGEST_PX * math.sqrt(max(kg, 0.0) / scales.place_kg) if scales.place_kg > 0 else 0.0
    )
    return max(wide, scales.size * _SMALLEST_PX)


def _rounded(kg: float) -> float:
    """The next lower 1, 2 or 5 times a power of ten."""
    if kg <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(kg))
    return next(step * power for step in (5, 2, 1) if step * power <= kg * (1 + 1e-9))


def _lines(seen: Scene, scales: Scales) -> list[dict[str, Any]]:
    """Flows of one mode and width as one trace with gaps, the widest at the bottom."""
    groups: dict[tuple[float, str], list[NDArray[np.float64]]] = {}
    gap = np.full((1, 2), np.nan)
    for line, mode, kg in zip(seen.lines, seen.flows["mode"], seen.flows["wtw_kg"], strict=True):
        wide = _width_px(kg, scales)
        wide = round(wide / _WIDTH_STEP_PX) * _WIDTH_STEP_PX if wide > 2 else round(wide, 1)
        groups.setdefault((wide, mode), []).extend((line, gap))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            **_at(np.concatenate(parts)),
            # Not the trace's opacity: thirty layers of it darken the whole ground, by rounding.
            "line": {"color": _sheer(mode_colour(mode), 0.72 if wide > 2 else 0.85), "width": wide},
            "hoverinfo": "skip",
            "connectgaps": False,
        }
        for (wide, mode), parts in sorted(groups.items(), key=lambda pair: -pair[0][0])
    ]


def _sheer(colour: str, opacity: float) -> str:
    """A colour like #2f6fd0 that lets what is below show through."""
    return f"rgba({','.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))},{opacity})"


def _at(points: NDArray[np.float64]) -> dict[str, Any]:
    """Coordinates as 32-bit numbers, which Plotly sends as they are: 2 m are enough, and half the bytes."""
    return {"x": points[:, 0].astype("float32"), "y": points[:, 1].astype("float32")}


def _targets(seen: Scene, flows: Flows, scales: Scales, unit: float, view: View) -> dict[str, Any]:
    """Unseen markers along each line: what the mouse meets, since lines take no click.

    On a circle there are none: a click there means the place.
    """
    circles = seen.nodes[["x", "y"]].to_numpy(dtype=float)
    reach = (np.array([_size_px(kg, scales) for kg in _node_kg(seen.nodes)]) / 2 + _HIT_PX / 3) * unit
    points, custom = [], []
    whole_kg, names = flows.lanes_kg, seen.nodes["name"].tolist()
    ends = list(zip(flows.frame["origin"], flows.frame["destination"], strict=True))
    for place, (line, row) in enumerate(zip(seen.lines, seen.flows.itertuples(), strict=True)):
        words = _flow_words(row, _title(row, ends, names), whole_kg)
        rows = ",".join(map(str, row.rows))
        most = next(number for up_to, number in _TARGETS if place < up_to)
        for point in _along(line, _TARGET_EVERY_PX * unit, most, view):
            if (np.hypot(*(circles - point).T) < reach).any():
                continue
            points.append(point)
            custom.append((FLOW, rows, words))
    at = np.array(points) if points else np.empty((0, 2))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "lanes",
        **_at(at),
        "marker": {"size": _HIT_PX, "opacity": 0},
        "customdata": custom,
        "hovertemplate": "%{customdata[2]}<extra></extra>",
        **_unfaded(0),
    }


def _along(line: NDArray[np.float64], every: float, most: int, view: View) -> list[NDArray[np.float64]]:
    """Places along the part of a line that is in view, in even steps."""
    known = line[~np.isnan(line[:, 0])]
    inside = (
        (known[:, 0] >= view.x0)
        & (known[:, 0] <= view.x1)
        & (known[:, 1] >= view.y0)
        & (known[:, 1] <= view.y1)
    )
    # Between two pieces the step is as long as the map is wide; no place lies there.
    steps = np.hypot(*np.diff(known, axis=0).T)
    steps[steps > WIDTH / 2] = 0.0
    done = np.r_[0.0, np.cumsum(steps)]
    first, last = (done[inside].min(), done[inside].max()) if inside.sum() > 1 else (0.0, done[-1])
    number = min(max(int((last - first) / every), 1), most)
    # A little before each middle: there and back would meet there.
    at = first + (np.arange(number) + 0.44) / number * (last - first)
    return list(np.stack([np.interp(at, done, known[:, 0]), np.interp(at, done, known[:, 1])], axis=1))


def _title(row: Any, ends: list[tuple[str, str]], names: list[str]) -> str:
    if row.lanes == 1:
        return shortened(formats.lane(*ends[row.rows[0]]))
    return f"{formats.lane(names[row.start], names[row.end])} and {row.lanes - 1} near"


def _flow_words(row: Any, title: str, whole_kg: float) -> str:
    share = formats.share(row.wtw_kg / whole_kg) if whole_kg else formats.MISSING
    return (
        f"<b>{literal(title)}</b><br>"
        f"{mode_label(row.mode)}: {formats.emissions(row.wtw_kg)}, {share} of all lanes<br>"
        f"{formats.mass(row.weight_kg)} moved, {formats.tonne_km(row.tonne_km)}<br>"
        f"{formats.intensity(row.intensity_g_per_tkm)}, {formats.counted(row.legs, 'leg')}"
    )


def _nodes(seen: Scene, scales: Scales, unit: float, view: View) -> list[dict[str, Any]]:
    """Circles, the largest at the bottom, with how many places they hold; then the names that have room."""
    nodes = seen.nodes.assign(kg=_node_kg(seen.nodes)).sort_values("kg", ascending=False)
    if nodes.empty:
        return []
    sizes = [_size_px(kg, scales) for kg in nodes["kg"]]
    counts = [
        str(places) if places > 1 and size >= _COUNT_FROM_PX else ""
        for places, size in zip(nodes["places"], sizes, strict=True)
    ]
    centres = nodes[["x", "y"]].to_numpy(dtype=float)
    circles = {
        "type": "scatter",
        "mode": "markers+text",
        "name": "places",
        **_at(centres),
        "text": counts,
        "textposition": "middle center",
        "textfont": {"color": "#ffffff", "size": 11},
        "marker": {"size": sizes, "color": _NODE, "opacity": 1, "line": {"color": "#ffffff", "width": 1}},
        "customdata": [
            (PLACE, ",".join(f"{one:.6f}" for one in row.box), _place_words(row))
            for row in nodes.itertuples()
        ],
        "hovertemplate": "%{customdata[2]}<extra></extra>",
        **_unfaded(1),
    }
    names = [
        f"{str(row.name_).split(',')[0]}{f' +{row.places - 1}' if row.places > 1 else ''}"
        for row in nodes.rename(columns={"name": "name_"}).itertuples()
    ]
    return [circles, labelled(centres, names, sizes, unit, view)]


def _place_words(row: Any) -> str:
    others = f" and {formats.counted(row.places - 1, 'place')} near" if row.places > 1 else ""
    lines = [f"<b>{literal(str(row.name))}</b>{others}", f"from and to here {formats.emissions(row.wtw_kg)}"]
    if row.inside_kg > 0:
        lines.append(f"of that {formats.mass(row.inside_kg)} between these places")
    if row.hub_kg > 0:
        lines.append(f"hub operations {formats.mass(row.hub_kg)}")
    return "<br>".join([*lines, "Click to come nearer"])


def _unfaded(opacity: float) -> dict[str, Any]:
    """A click selects a point; the others stay as they are."""
    return {name: {"marker": {"opacity": opacity}} for name in ("selected", "unselected")}
