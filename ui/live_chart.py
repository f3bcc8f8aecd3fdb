"""The rolling chart: emissions of the window in equal bins by mode; what is shown in part is lighter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import formats, live_words
from ui.figure_style import layout, legend_item, legend_list
from ui.theme import MODE_COLOURS, NEUTRAL, mode_colour, mode_label

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    import plotly.graph_objects as go

__all__ = ["legend", "rolling"]

_PART_OPACITY = 0.45
_HEIGHT_PX = 300
_LONG_BIN_S = 10_800  # from here on the hover names the day


def rolling(series: pd.DataFrame, start: datetime, end: datetime) -> go.Figure:
    """Stacked bars by mode over the window.

    Parameters
    ----------
    series : DataFrame
        start (of the bin), mode, legs, wtw_kg; `attrs["seconds"]` is the bins' width.
    start, end : datetime
        The window; the bins at its ends are mostly cut by it.
    """
    import pandas as pd
    import plotly.graph_objects as go

    seconds = series.attrs["seconds"]
    width = pd.Timedelta(seconds=seconds)
    size, unit = formats.mass_unit(series.groupby("start")["wtw_kg"].sum().max())
    traces = []
    for mode in MODE_COLOURS:
        rows = series[series["mode"] == mode]
        if rows.empty:
            continue
        cut = (rows["start"] < start) | (rows["start"] + width > end)
        bar = {
            "x": rows["start"].dt.strftime("%Y-%m-%d %H:%M:%S").tolist(),
            "y": (rows["wtw_kg"] / size).tolist(),
            "width": seconds * 1000 * 0.86,
            "offset": 0,
            "name": mode_label(mode),
            "marker": {
                "color": mode_colour(mode),
                "line": {"width": 0},
                "opacity": [_PART_OPACITY if one else 1.0 for one in cut],
            },
            "customdata": [
                _hover(mode, row.start, seconds, row.wtw_kg, row.legs) + ("<br>shown in part" if one else "")
                for row, one in zip(rows.itertuples(), cut, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        traces.append(go.Bar(bar))
    y_title = f"{unit} CO2e per {live_words.bin_name(seconds)}"
    figure = go.Figure(traces, layout(height=_HEIGHT_PX, x_title="UTC", y_title=y_title))
    figure.update_layout(barmode="stack", showlegend=False)
    figure.update_yaxes(rangemode="tozero", nticks=6)
    if len(series):
        last = series["start"].max() + width
        figure.update_xaxes(
            type="date", range=[series["start"].min().isoformat(), last.isoformat()], showgrid=False
        )
    return figure


def legend(series: pd.DataFrame) -> str:
    """The legend of `rolling` as HTML."""
    shown = set(series["mode"])
    items = [legend_item(mode_label(mode), mode_colour(mode)) for mode in MODE_COLOURS if mode in shown]
    return legend_list([*items, legend_item("shown in part", NEUTRAL, _PART_OPACITY)], "Modes")


def _hover(mode: str, start: pd.Timestamp, seconds: int, kg: float, legs: int) -> str:
    when = start.strftime("%-d %b %H:%M" if seconds >= _LONG_BIN_S else "%H:%M")
    return (
        f"{mode_label(mode)}, {live_words.bin_name(seconds)} from {when} UTC<br>"
        f"{formats.emissions(kg)}, {formats.counted(int(legs), 'leg')}"
    )
