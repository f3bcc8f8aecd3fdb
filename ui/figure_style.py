"""What figures have in common: a layout without a frame, labels of bars, text out of the data, legends."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from data_access.filters import LANE_ARROW

__all__ = ["BAR_TEXT", "TEXT_PX", "layout", "legend_item", "legend_list", "literal", "shortened"]

TEXT_PX = 46  # room for the figure at the end of the longest bar, however narrow the screen
_LONGEST_LABEL = 30
_AXIS = {
    "gridcolor": "rgba(128,140,134,0.22)",
    "zeroline": False,
    "fixedrange": True,
    "automargin": True,
    "separatethousands": True,
}
BAR_TEXT = {
    "textposition": "outside",
    "constraintext": "none",
    "textfont": {"size": 12},
    "cliponaxis": False,
}


def layout(
    height: int, x_title: str | None = None, y_title: str | None = None, room_right: int = 8
) -> dict[str, Any]:
    """The layout that all figures begin with; titles carry the axis' unit."""
    return {
        "height": height,
        "margin": {"l": 4, "r": room_right, "t": 8, "b": 4},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {**_AXIS, "title": x_title},
        "yaxis": {**_AXIS, "title": y_title},
        "hoverlabel": {"align": "left"},
        "hovermode": "closest",
        "dragmode": False,
    }


def legend_list(items: Iterable[str], name: str) -> str:
    """A legend as HTML: it wraps where Plotly's takes a line for each entry."""
    return f'<ul class="chart-legend" aria-label="{escape(name)}">{"".join(items)}</ul>'


def legend_item(text: str, colour: str, opacity: float = 1.0) -> str:
    return f'<li><span style="background:{colour};opacity:{opacity}"></span>{escape(text)}</li>'


def shortened(label: str) -> str:
    """Shorten a name; a lane keeps both of its ends."""
    if len(label) <= _LONGEST_LABEL:
        return label
    ends = label.split(LANE_ARROW)
    most = (_LONGEST_LABEL - 3 * (len(ends) - 1)) // len(ends)
    if len(ends) == 2:  # what a short end does not need goes to the long one
        most = max(most, _LONGEST_LABEL - 3 - min(map(len, ends)))
    return LANE_ARROW.join(end if len(end) <= most else f"{end[: most - 1].rstrip()}…" for end in ends)


def literal(text: str) -> str:
    """Text out of the data for Plotly, which reads a little HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
