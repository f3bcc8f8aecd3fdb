"""The charts: Plotly figures out of analytics frames, modes in their colours, units on the axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui import formats, periods
from ui.figure_style import BAR_TEXT, TEXT_PX, layout, legend_item, legend_list, literal, shortened
from ui.theme import MODE_COLOURS, NEUTRAL, mode_colour, mode_label

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    import plotly.graph_objects as go

__all__ = ["TOP", "lanes", "legend", "over_time", "ranking", "share_by_mode", "suppliers"]

_DAY_MS = 24 * 3_600_000
_BAR_DAYS = {"day": 1, "week": 7, "month": 28}
_PERIOD_FORMAT = {"day": "%-d %b %Y", "week": "week of %-d %b %Y", "month": "%B %Y"}
TOP = 10
_PART_OPACITY = 0.4  # a bar whose period is shown in part only
_FEWEST_ROWS = 4  # one mode alone would else be a bar as tall as the chart


def over_time(frame: pd.DataFrame, grain: str, within: tuple[date, date]) -> go.Figure:
    """Stacked bars of emissions by mode; a period that is shown in part is lighter and says so.

    Parameters
    ----------
    frame : DataFrame
        period (first day), mode, wtw_kg.
    grain : str
        day, week or month.
    within : tuple of date
        First day and the day after the last one that the frame covers.

    Returns
    -------
    Figure
        customdata of each bar: first day (ISO), mode, and the words of its hover.
    """
    import pandas as pd
    import plotly.graph_objects as go

    starts = pd.to_datetime(frame["period"])
    size, unit = formats.mass_unit(frame.groupby("period")["wtw_kg"].sum().max())
    part = {day: _part_of(day.date(), grain, within) for day in starts.unique()}
    traces = []
    for mode in MODE_COLOURS:
        rows = frame[frame["mode"] == mode]
        if rows.empty:
            continue
        days = starts[rows.index]
        bar = {
            "x": days.dt.strftime("%Y-%m-%d").tolist(),
            "y": (rows["wtw_kg"] / size).tolist(),
            # Dates from the first day on, in days: one single bar would else be a hairline.
            "width": _BAR_DAYS[grain] * _DAY_MS * 0.86,
            "offset": 0,
            "name": mode_label(mode),
            "marker": {
                "color": mode_colour(mode),
                "line": {"width": 0},
                "opacity": [_PART_OPACITY if part[day] else 1.0 for day in days],
            },
            "customdata": [
                (day.date().isoformat(), mode, _hover_of_period(mode, day, grain, kg) + part[day])
                for day, kg in zip(days, rows["wtw_kg"], strict=True)
            ],
            "hovertemplate": "%{customdata[2]}<extra></extra>",
        }
        traces.append(go.Bar(bar))
    figure = go.Figure(traces, layout(height=380, y_title=f"{unit} CO2e per {grain}"))
    figure.update_layout(barmode="stack", showlegend=False)
    if len(frame):
        last = starts.max() + pd.Timedelta(days=_BAR_DAYS[grain])
        figure.update_xaxes(type="date", range=[starts.min().isoformat(), last.isoformat()], showgrid=False)
    return figure


def legend(frame: pd.DataFrame, grain: str, within: tuple[date, date]) -> str:
    """The legend of `over_time` as HTML: it wraps where Plotly's takes a line for each mode."""
    import pandas as pd

    shown = set(frame["mode"])
    items = [legend_item(mode_label(mode), mode_colour(mode)) for mode in MODE_COLOURS if mode in shown]
    ends = pd.to_datetime(frame["period"].iloc[[0, -1]]) if len(frame) else []  # no other can be incomplete
    if any(_part_of(day.date(), grain, within) for day in ends):
        items.append(legend_item(f"part of a {grain}", NEUTRAL, _PART_OPACITY))
    return legend_list(items, "Modes")


def share_by_mode(frame: pd.DataFrame) -> go.Figure:
    """Each mode's share of emissions (solid) beside its share of tonne-km (hatched).

    Parameters
    ----------
    frame : DataFrame
        mode, wtw_kg, tonne_km, wtw_share, tkm_share (0..1).

    Returns
    -------
    Figure
        customdata of each bar: mode and the words of its hover.
    """
    import plotly.graph_objects as go

    rows = frame.iloc[::-1]  # a horizontal bar chart begins at the bottom
    tonne_km = [formats.tonne_km(value) for value in rows["tonne_km"]]
    emitted = [formats.emissions(value) for value in rows["wtw_kg"]]
    traces = [
        _share_bars(rows, "tkm_share", "tonne-km", tonne_km, hatched=True),
        _share_bars(rows, "wtw_share", "emissions", emitted, hatched=False),
    ]
    most = float(frame[["wtw_share", "tkm_share"]].max().max()) if len(frame) else 1.0
    figure = go.Figure(traces, layout(height=max(130, 56 * len(frame) + 44), room_right=TEXT_PX))
    figure.update_layout(barmode="group", bargap=0.22, bargroupgap=0.06, showlegend=False)
    figure.update_xaxes(range=[0, (most or 1.0) * 102], ticksuffix=" %", nticks=5)
    rows_shown = max(len(frame), _FEWEST_ROWS)
    figure.update_yaxes(showgrid=False, range=[len(frame) - 0.5 - rows_shown, len(frame) - 0.5])
    return figure


def suppliers(frame: pd.DataFrame) -> go.Figure:
    """Draw the largest emitters; a click means a supplier_id."""
    top = frame.head(TOP)
    return ranking(top, top["name"].tolist(), [(one,) for one in top["supplier_id"]])


def lanes(frame: pd.DataFrame) -> go.Figure:
    """Draw the heaviest lanes; a click means the lane's name, empty where an end is unknown."""
    top = frame.head(TOP)
    names = [formats.lane(*ends) for ends in zip(top["origin"], top["destination"], strict=True)]
    known = top[["origin", "destination"]].notna().all(axis=1)
    ids = [(name if both else "",) for name, both in zip(names, known, strict=True)]
    return ranking(top, names, ids)


def ranking(frame: pd.DataFrame, labels: list[str], ids: list[tuple[str, ...]]) -> go.Figure:
    """Horizontal bars of emissions, the largest on top.

    Parameters
    ----------
    frame : DataFrame
        wtw_kg, tonne_km, intensity_g_per_tkm, wtw_share, largest first.
    labels, ids : list
        What each row is called, and what a click on it means: customdata is the id, then the hover's words.
    """
    import plotly.graph_objects as go

    size, unit = formats.mass_unit(frame["wtw_kg"].max())
    words = [
        f"{literal(label)}<br>{formats.emissions(row.wtw_kg)}, {formats.share(row.wtw_share)} of all<br>"
        f"{formats.tonne_km(row.tonne_km)} at {formats.intensity(row.intensity_g_per_tkm)}"
        for label, row in zip(labels, frame.itertuples(), strict=True)
    ]
    rows = list(range(len(frame)))
    bar = {
        "y": rows,
        "x": (frame["wtw_kg"] / size).tolist(),
        "orientation": "h",
        "marker": {"color": NEUTRAL},
        "text": [formats.mass(kg) for kg in frame["wtw_kg"]],
        "customdata": [(*one, text) for one, text in zip(ids, words, strict=True)],
        "hovertemplate": f"%{{customdata[{len(ids[0]) if ids else 0}]}}<extra></extra>",
        **BAR_TEXT,
    }
    height = max(130, 32 * len(frame) + 60)
    figure = go.Figure(go.Bar(bar), layout(height, x_title=f"{unit} CO2e", room_right=TEXT_PX))
    most = float(frame["wtw_kg"].max()) / size if len(frame) else 1.0
    figure.update_layout(bargap=0.34)
    figure.update_xaxes(range=[0, (most or 1.0) * 1.02], nticks=4)
    # Rows are numbered, not named: two names that look alike when shortened would share one bar.
    shown = [literal(shortened(label)) for label in labels]
    figure.update_yaxes(tickvals=rows, ticktext=shown, showgrid=False, range=[len(rows) - 0.5, -0.5])
    return figure


def _share_bars(rows: pd.DataFrame, column: str, name: str, amounts: list[str], *, hatched: bool) -> go.Bar:
    """One share of every mode; hatched in the mode's own colour, or solid."""
    import plotly.graph_objects as go

    colours = [mode_colour(mode) for mode in rows["mode"]]
    marker: dict[str, Any] = {"color": colours, "line": {"color": colours, "width": 1}}
    if hatched:
        marker["pattern"] = {"shape": "/", "fillmode": "replace", "fgcolor": colours, "size": 5}
    labels = [mode_label(mode) for mode in rows["mode"]]
    shares = [formats.percent(value) for value in rows[column]]
    bar = {
        "y": labels,
        "x": (rows[column] * 100).tolist(),
        "orientation": "h",
        "name": name,
        "marker": marker,
        "text": shares,
        "customdata": [
            (mode, f"{label}: {share} of {name}, {amount}")
            for mode, label, share, amount in zip(rows["mode"], labels, shares, amounts, strict=True)
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        **BAR_TEXT,
    }
    return go.Bar(bar)


def _hover_of_period(mode: str, day: pd.Timestamp, grain: str, kg: float) -> str:
    return f"{mode_label(mode)}, {day.strftime(_PERIOD_FORMAT[grain])}: {formats.emissions(kg)}"


def _part_of(first: date, grain: str, within: tuple[date, date]) -> str:
    """What the hover adds for a period that is not shown whole; empty for a whole one."""
    shown, whole = periods.days_of(first, grain, within)
    return "" if shown >= whole else f"<br>only {formats.counted(shown, 'day')} of {whole}"
