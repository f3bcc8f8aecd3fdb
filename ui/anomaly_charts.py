"""The charts of the Anomalies page: at stake by kind, when, among all legs, and one leg in its group."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ui import formats, periods
from ui.anomaly_words import (
    GROUP_COLOURS,
    GROUP_SHAPES,
    group_of,
    kind_label,
    quantity,
    span,
)
from ui.figure_style import BAR_TEXT, layout, legend_item, legend_list, literal, shortened
from ui.theme import MODE_COLOURS, NEUTRAL, mode_colour, mode_label

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    import plotly.graph_objects as go

__all__ = ["ALERT", "by_kind", "distribution", "grouped", "points", "points_legend", "times", "times_legend"]

ALERT = "#d4483b"  # the one leg in question; 3:1 on both grounds
_HEIGHT = 330
_DAY_MS = 24 * 3_600_000
_BAR_DAYS = {"day": 1, "week": 7, "month": 28}
_PERIOD_FORMAT = {"day": "%-d %b %Y", "week": "week of %-d %b %Y", "month": "%B %Y"}
_NORMAL_OPACITY = 0.4
_OUTLINES = {  # the scatter's shapes once more, for its legend
    "Weight": "50% 5%, 98% 95%, 2% 95%",
    "Distance": "8% 8%, 92% 8%, 92% 92%, 8% 92%",
    "Mode": "20% 5%, 50% 35%, 80% 5%, 95% 20%, 65% 50%, 95% 80%, 80% 95%, 50% 65%, 20% 95%, 5% 80%, 35% 50%",
    "Duplicate": "50% 0%, 100% 50%, 50% 100%, 0% 50%",
    "Intensity": "50% 0%, 62% 34%, 98% 35%, 69% 56%, 79% 90%, 50% 70%, 21% 90%, 31% 56%, 2% 35%, 38% 34%",
    "Date": "50% 3%, 92% 26%, 92% 74%, 50% 97%, 8% 74%, 8% 26%",
}
_BINS = 28
_TICK_STEPS = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8))
_FEWEST_TICKS = 3


def by_kind(frame: pd.DataFrame) -> go.Figure:
    """Horizontal bars of kg CO2e at stake, the largest on top; a click means a kind.

    Parameters
    ----------
    frame : DataFrame
        kind, legs, at_stake_kg, largest first.
    """
    import plotly.graph_objects as go

    size, unit = formats.mass_unit(frame["at_stake_kg"].max() if len(frame) else 0.0)
    rows = list(range(len(frame)))
    labels = [kind_label(kind) for kind in frame["kind"]]
    amounts = [formats.mass(kg) for kg in frame["at_stake_kg"]]
    legs = [formats.counted(number, "leg") for number in frame["legs"]]
    bar = {
        "y": rows,
        "x": (frame["at_stake_kg"] / size).tolist(),
        "orientation": "h",
        "marker": {"color": [GROUP_COLOURS[group_of(kind)] for kind in frame["kind"]]},
        "text": [f"{kg} · {number}" for kg, number in zip(amounts, legs, strict=True)],
        "customdata": [
            (kind, f"{label}: {number}, {kg} CO2e at stake")
            for kind, label, number, kg in zip(frame["kind"], labels, legs, amounts, strict=True)
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        **BAR_TEXT,
    }
    height = max(_HEIGHT, 30 * len(frame) + 60)
    figure = go.Figure(go.Bar(bar), layout(height, x_title=f"{unit} CO2e at stake", room_right=104))
    most = float(frame["at_stake_kg"].max()) / size if len(frame) else 1.0
    figure.update_layout(bargap=0.34)
    figure.update_xaxes(range=[0, (most or 1.0) * 1.02], nticks=4)
    ends = [max(len(rows), 5) - 0.5, -0.5]
    figure.update_yaxes(tickvals=rows, ticktext=labels, showgrid=False, range=ends)
    return figure


def grouped(timeline: pd.DataFrame) -> pd.DataFrame:
    """Period, group, legs, at_stake_kg out of period, kind, legs, at_stake_kg; attrs are kept."""
    rows = timeline.assign(group=[group_of(kind) for kind in timeline["kind"]])
    sums = rows.groupby(["period", "group"], as_index=False, sort=True)[["legs", "at_stake_kg"]].sum()
    sums.attrs = dict(timeline.attrs)
    return sums


def times(frame: pd.DataFrame, grain: str, within: tuple[date, date]) -> go.Figure:
    """Stacked bars: anomalies by group; customdata of a bar is its first day (ISO) and the hover's words.

    Parameters
    ----------
    frame : DataFrame
        period (first day), group, legs, at_stake_kg, as `grouped` returns it.
    within : tuple of date
        First day and the day after the last one that the page shows.
    """
    import pandas as pd
    import plotly.graph_objects as go

    starts = pd.to_datetime(frame["period"])
    traces = []
    for group, colour in GROUP_COLOURS.items():
        rows = frame[frame["group"] == group]
        if rows.empty:
            continue
        days = starts[rows.index]
        hovers = [
            f"{group}, {day.strftime(_PERIOD_FORMAT[grain])}: {formats.counted(legs, 'leg')}, "
            f"{formats.emissions(kg)} at stake{_part_of(day.date(), grain, within)}"
            for day, legs, kg in zip(days, rows["legs"], rows["at_stake_kg"], strict=True)
        ]
        bar = {
            "x": days.dt.strftime("%Y-%m-%d").tolist(),
            "y": rows["legs"].tolist(),
            "width": _BAR_DAYS[grain] * _DAY_MS * 0.86,
            "offset": 0,
            "name": group,
            "marker": {"color": colour, "line": {"width": 0}},
            "customdata": list(zip(days.dt.strftime("%Y-%m-%d"), hovers, strict=True)),
            "hovertemplate": "%{customdata[1]}<extra></extra>",
        }
        traces.append(go.Bar(bar))
    figure = go.Figure(traces, layout(_HEIGHT, y_title=f"Anomalous legs per {grain}"))
    figure.update_layout(barmode="stack", showlegend=False)
    figure.update_yaxes(rangemode="tozero", tickformat=",d")
    figure.update_xaxes(type="date", range=[one.isoformat() for one in within], showgrid=False)
    return figure


def times_legend(frame: pd.DataFrame) -> str:
    shown = set(frame["group"])
    items = (legend_item(group, colour) for group, colour in GROUP_COLOURS.items() if group in shown)
    return legend_list(items, "What is wrong")


def points(frame: pd.DataFrame) -> go.Figure:
    """Mass × intensity on logarithmic axes: normal legs faint in their mode's colour, anomalies on top.

    Parameters
    ----------
    frame : DataFrame
        weight_kg, intensity_g_per_tkm, mode, is_anomaly, kind, shipment_id, leg_no.

    Returns
    -------
    Figure
        customdata of each anomaly: shipment_id, leg_no, the hover's words.
    """
    import plotly.graph_objects as go

    known = frame[(frame["intensity_g_per_tkm"] > 0) & (frame["weight_kg"] > 0)]
    odd = known["is_anomaly"].astype(bool)
    traces = [_normal(known[~odd & (known["mode"] == mode)], mode) for mode in MODE_COLOURS]
    groups = known["kind"].where(odd).map(group_of, na_action="ignore")
    traces += [_anomalies(known[groups == group], group) for group in GROUP_COLOURS]
    shown = [trace for trace in traces if trace is not None]
    figure = go.Figure(shown, layout(_HEIGHT, x_title="Mass, kg", y_title="g CO2e/tkm"))
    figure.update_layout(showlegend=False, dragmode="lasso", newselection={"line": {"color": NEUTRAL}})
    figure.update_xaxes(type="log", dtick=1, exponentformat="none", tickformat=",~f")
    figure.update_yaxes(type="log", dtick=1, exponentformat="none", tickformat=",~f")
    return figure


def points_legend(frame: pd.DataFrame) -> str:
    """Shapes of the anomalies, and the faint points."""
    odd = frame[frame["is_anomaly"].astype(bool)]
    shown = {group_of(kind) for kind in odd["kind"]}
    items = [
        f'<li><span style="background:{GROUP_COLOURS[group]};clip-path:polygon({outline})"></span>'
        f"{escape(group)}</li>"
        for group, outline in _OUTLINES.items()
        if group in shown
    ]
    modes = set(frame.loc[~frame["is_anomaly"].astype(bool), "mode"])
    items += [
        legend_item(mode_label(mode), colour, _NORMAL_OPACITY + 0.2)
        for mode, colour in MODE_COLOURS.items()
        if mode in modes
    ]
    return legend_list(items, "Anomalies by what is wrong, other legs by mode")


def distribution(values: pd.Series, *, unit: str, value: float, low: float, high: float) -> go.Figure:
    """How the group's values spread, its usual range shaded, and this leg's value as a line.

    Parameters
    ----------
    values : Series
        Of the comparison group, without the leg; what is not positive is left out.
    value, low, high : float
        This leg's value, and the usual range, in `unit`.
    """
    import numpy as np
    import plotly.graph_objects as go

    known = values[values > 0].to_numpy(dtype=float)
    ends = np.array([one for one in (value, low, high) if one and one > 0])
    whole = np.log10(np.concatenate([known, ends]))
    least, most = whole.min(), max(whole.max(), whole.min() + 0.02)
    room = 0.03 * (most - least)  # a leg at the very edge still shows
    edges = np.linspace(least - room, most + room, _BINS + 1)
    counts, _ = np.histogram(np.log10(known), edges)
    bar = {
        "x": ((edges[1:] + edges[:-1]) / 2).tolist(),
        "y": counts.tolist(),
        "width": (edges[1] - edges[0]) * 0.94,
        "marker": {"color": NEUTRAL, "line": {"width": 0}},
        "customdata": [
            f"{formats.counted(int(number), 'leg')} of {span(10**left, 10**right, unit)}"
            for number, left, right in zip(counts, edges[:-1], edges[1:], strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    figure = go.Figure(go.Bar(bar), layout(250, x_title=unit, y_title="Legs"))
    if low > 0 and high > low:
        figure.add_vrect(x0=np.log10(low), x1=np.log10(high), fillcolor=NEUTRAL, opacity=0.26, line_width=0)
    right = np.log10(value) > (edges[0] + edges[-1]) / 2
    figure.add_vline(
        x=np.log10(value),
        line={"color": ALERT, "width": 2.5},
        annotation={
            "text": f"<b>this leg: {quantity(value, unit)}</b>",
            "xanchor": "right" if right else "left",
            "yanchor": "bottom",
            "y": 1.0,
            "showarrow": False,
            "font": {"size": 12},
        },
    )
    figure.update_layout(showlegend=False, bargap=0, margin={"l": 4, "r": 8, "t": 26, "b": 4})
    ticks = _log_ticks(edges[0], edges[-1])
    names = [quantity(10**tick, "") for tick in ticks]
    figure.update_xaxes(tickvals=ticks, ticktext=names, showgrid=False, range=[edges[0], edges[-1]])
    figure.update_yaxes(nticks=4, tickformat=",d")
    return figure


def _log_ticks(low: float, high: float) -> list[float]:
    """Where round values lie between two powers of ten: as few steps as give three ticks."""
    import math

    powers = range(math.floor(low), math.ceil(high) + 1)
    for steps in _TICK_STEPS:
        found = [power + math.log10(step) for power in powers for step in steps]
        found = [tick for tick in found if low <= tick <= high]
        if len(found) >= _FEWEST_TICKS:
            return found[:: math.ceil(len(found) / 6)]
    step = 10 ** math.floor(math.log10((10**high - 10**low) / 2))  # a narrow spread: even steps
    first, last = math.ceil(10**low / step), math.floor(10**high / step)
    return [math.log10(one * step) for one in range(first, last + 1, math.ceil((last - first + 1) / 5))]


def _normal(rows: pd.DataFrame, mode: str) -> go.Scatter | None:
    import plotly.graph_objects as go

    if rows.empty:
        return None
    dots = {"color": mode_colour(mode), "size": 4, "opacity": _NORMAL_OPACITY, "line": {"width": 0}}
    return go.Scatter(
        _at(rows), mode="markers", name=mode_label(mode), marker=dots, hoverinfo="skip", **_unfaded(dots)
    )


def _anomalies(rows: pd.DataFrame, group: str) -> go.Scatter | None:
    import plotly.graph_objects as go

    if rows.empty:
        return None
    words = [
        f"{literal(kind_label(row.kind))}<br>{literal(shortened(str(row.shipment_id)))}, leg {row.leg_no}, "
        f"{mode_label(row.mode)}<br>{formats.count(row.weight_kg)} kg at "
        f"{formats.intensity(row.intensity_g_per_tkm)}"
        for row in rows.itertuples()
    ]
    keys = zip(rows["shipment_id"], rows["leg_no"].tolist(), words, strict=True)
    shape: dict[str, Any] = {
        "symbol": GROUP_SHAPES[group],
        "color": GROUP_COLOURS[group],
        "size": 9,
        "line": {"width": 0.8, "color": "#ffffff"},
    }
    return go.Scatter(
        _at(rows),
        mode="markers",
        name=group,
        marker=shape,
        customdata=list(keys),
        hovertemplate="%{customdata[2]}<extra></extra>",
    )


def _at(rows: pd.DataFrame) -> dict[str, list[float]]:
    return {"x": rows["weight_kg"].tolist(), "y": rows["intensity_g_per_tkm"].tolist()}


def _unfaded(dots: dict[str, Any]) -> dict[str, Any]:
    """A selection of anomalies leaves the faint points as they are."""
    return {name: {"marker": {"opacity": dots["opacity"]}} for name in ("selected", "unselected")}


def _part_of(first: date, grain: str, within: tuple[date, date]) -> str:
    shown, whole = periods.days_of(first, grain, within)
    return "" if shown >= whole else f"<br>only {formats.counted(shown, 'day')} of {whole}"
