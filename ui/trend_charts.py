"""The Trends page's series drawn: level and season, steps, years side by side, shares and intensity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui import formats
from ui.figure_style import layout, legend_item, legend_list, literal
from ui.theme import MODE_COLOURS, NEUTRAL, mode_colour, mode_label
from ui.trend_words import signed

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

__all__ = [
    "ACTUAL",
    "MARK",
    "breaks",
    "intensity",
    "legend",
    "level",
    "modes_shown",
    "months",
    "shares",
    "weekdays",
    "years",
]

ACTUAL, MARK = "#7d7f86", "#c2553f"  # readable on both grounds
_BAND = "rgba(47,138,99,0.22)"
_WHISKER = {"color": "rgba(128,140,134,0.95)", "thickness": 1.5, "width": 4}
_LINE = {"color": ACTUAL, "width": 1.5, "dash": "dash"}
_BAND_ALPHA = 0.16
_NEXT_LINE = 0.07  # of the chart's height: labels of close steps stand one above the other


def level(weekly: pd.DataFrame) -> go.Figure:
    """Kg a day of each week with the trend and its 95 % interval; columns as `Season.weekly`."""
    import plotly.graph_objects as go

    size, unit = formats.mass_unit(weekly["wtw_kg"].max())
    days = _days(weekly["week"])
    band = [
        formats.emissions_range(row.trend_kg, row.trend_low, row.trend_high) for row in weekly.itertuples()
    ]
    words = [
        f"Week of {formats.day(row.week)}: {formats.emissions(row.wtw_kg)} a day<br>trend {text} a day"
        for row, text in zip(weekly.itertuples(), band, strict=True)
    ]
    traces = [
        *_band(days, weekly["trend_low"] / size, weekly["trend_high"] / size, _BAND),
        _line(days, weekly["wtw_kg"] / size, words, colour=ACTUAL, width=1.5),
        _line(days, weekly["trend_kg"] / size, words, colour=NEUTRAL, width=2.5),
    ]
    return _dated(go.Figure(traces, layout(340, y_title=f"{unit} CO2e a day, weekly mean")), from_zero=True)


def weekdays(frame: pd.DataFrame) -> go.Figure:
    """What each weekday emits against an average day, with 95 % intervals; columns as `Season.weekdays`."""
    words = [
        f"{row.name}: {row.share_pct:.0f} % of an average day ({row.low:.0f}–{row.high:.0f})"
        for row in frame.itertuples(index=False)
    ]
    names = [str(name)[:3] for name in frame["name"]]
    figure = _whiskered(names, frame, "share_pct", words, "% of an average day")
    figure.add_hline(y=100, line=_LINE)
    return figure


def months(frame: pd.DataFrame) -> go.Figure:
    """What the time of year adds to each month, with 95 % intervals; columns as `Season.months`."""
    words = [
        f"{row.name}: {row.effect_pct:+.1f} % ({row.low:+.1f} to {row.high:+.1f})".replace("-", "−")
        for row in frame.itertuples(index=False)
    ]
    names = [str(name)[:3] for name in frame["name"]]
    title = "% against the average month"
    figure = _whiskered(names, frame, "effect_pct", words, title)
    figure.add_hline(y=0, line=_LINE)
    return figure


def breaks(weekly: pd.DataFrame, steps: pd.DataFrame) -> go.Figure:
    """Kg a day of each week, the fitted level, and a mark at each step.

    Parameters
    ----------
    weekly, steps : DataFrame
        `Breaks.level` and `Breaks.frame`.
    """
    import pandas as pd
    import plotly.graph_objects as go

    size, unit = formats.mass_unit(weekly["wtw_kg"].max())
    days = _days(weekly["week"])
    words = [
        f"Week of {formats.day(row.week)}: {formats.emissions(row.wtw_kg)} a day<br>"
        f"time of year taken out {formats.mass(row.adjusted_kg)}, level {formats.mass(row.level_kg)}"
        for row in weekly.itertuples()
    ]
    traces = [
        _line(days, weekly["wtw_kg"] / size, words, colour=ACTUAL, width=1.5),
        _line(days, weekly["level_kg"] / size, words, colour=NEUTRAL, width=2.5),
    ]
    figure = go.Figure(traces, layout(340, y_title=f"{unit} CO2e a day, weekly mean"))
    for number, row in enumerate(steps.itertuples()):
        at = pd.Timestamp(row.date).strftime("%Y-%m-%d")
        figure.add_vline(x=at, line={"color": MARK, "width": 2, "dash": "dot"})
        label = {"x": at, "y": 1 + _NEXT_LINE * (number % 2), "yref": "paper", "yanchor": "bottom"}
        text = f"{signed(row.change_kg_per_day)} a day"
        figure.add_annotation({**label, "text": text, "showarrow": False, "font": {"size": 12}})
    figure.update_layout(margin={"l": 4, "r": 30, "t": 48 if len(steps) else 8, "b": 4})
    return _dated(figure, from_zero=True)


def years(frame: pd.DataFrame) -> go.Figure:
    """Each month (solid) beside the same month a year earlier (hatched); columns as `YearOnYear.frame`."""
    import plotly.graph_objects as go

    size, unit = formats.mass_unit(frame[["this_kg", "last_kg"]].max().max())
    months = _stamps(frame["month"])
    labels = [f"{month:%Y-%m}" for month in months]
    # The year once: at 390 px there is room for a month's name only.
    shown = [
        f"{month:%b}<br>{month:%Y}" if at == 0 or month.month == 1 else f"{month:%b}"
        for at, month in enumerate(months)
    ]
    words = [_of_month(row) for row in frame.itertuples(index=False)]
    hatch = {"shape": "/", "fillmode": "replace", "fgcolor": ACTUAL, "size": 5}
    last: dict[str, Any] = {"color": ACTUAL, "line": {"color": ACTUAL, "width": 1}, "pattern": hatch}
    opacity = [0.5 if partial else 1.0 for partial in frame["partial"]]
    traces = [
        _bars(labels, frame["last_kg"] / size, words, "a year earlier", last),
        _bars(labels, frame["this_kg"] / size, words, "now", {"color": NEUTRAL, "opacity": opacity}),
    ]
    figure = go.Figure(traces, layout(340, y_title=f"{unit} CO2e per month"))
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.06, showlegend=False)
    figure.update_xaxes(
        type="category", showgrid=False, tickvals=labels, ticktext=shown, tickangle=0, tickfont={"size": 10}
    )
    return figure


def shares(frame: pd.DataFrame, *, measure: str) -> go.Figure:
    """Lines of each mode's share by month with 95 % bands.

    Parameters
    ----------
    frame : DataFrame
        `Shares.frame`.
    measure : str
        wtw (emissions) or tonne_km.
    """
    import plotly.graph_objects as go

    named = "emissions" if measure == "wtw" else "tonne-km"
    bands: list[Any] = []
    lines: list[Any] = []
    for mode in modes_shown(frame):
        rows = frame[frame["mode"] == mode]
        days = _days(rows["month"])
        value, low, high = (rows[f"{measure}_{end}"] for end in ("pct", "low", "high"))
        colour = mode_colour(mode)
        words = [
            f"{mode_label(mode)}, {month:%B %Y}: {_pct(one)} of {named}{_between(least, most)}"
            for month, one, least, most in zip(_stamps(rows["month"]), value, low, high, strict=True)
        ]
        bands += _band(days, low.fillna(value), high.fillna(value), _light(colour))
        lines.append(_line(days, value, words, colour=colour, width=2.5, markers=True))
    figure = go.Figure([*bands, *lines], layout(340, y_title=f"% of {named}"))
    return _dated(figure, from_zero=True)


def intensity(frame: pd.DataFrame) -> go.Figure:
    """Grams per tonne-km by month with the 95 % band; columns as `Shares.intensity`."""
    import plotly.graph_objects as go

    value, days = frame["intensity_g_per_tkm"], _days(frame["month"])
    low, high = frame["low"].fillna(value), frame["high"].fillna(value)
    words = [
        f"{month:%B %Y}: {formats.intensity(one)}<br>95 % {_figure(least)}–{_figure(most)}"
        for month, one, least, most in zip(_stamps(frame["month"]), value, low, high, strict=True)
    ]
    traces = [*_band(days, low, high, _BAND), _line(days, value, words, colour=NEUTRAL, markers=True)]
    return _dated(go.Figure(traces, layout(300, y_title="g CO2e per tkm")), from_zero=True)


def legend(items: list[tuple[str, str, float]], name: str) -> str:
    """Text, colour and opacity of each entry, as HTML."""
    return legend_list([legend_item(*one) for one in items], name)


def modes_shown(frame: pd.DataFrame) -> list[str]:
    """The modes in the order of all charts."""
    found = set(frame["mode"])
    return [*(mode for mode in MODE_COLOURS if mode in found), *sorted(found - set(MODE_COLOURS))]


def _whiskered(names: list[str], frame: pd.DataFrame, column: str, words: list[str], title: str) -> go.Figure:
    import plotly.graph_objects as go

    value, low, high = frame[column], frame["low"], frame["high"]
    bar = {
        "x": names,
        "y": value.tolist(),
        "marker": {"color": NEUTRAL},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": (high - value).clip(lower=0).fillna(0).tolist(),
            "arrayminus": (value - low).clip(lower=0).fillna(0).tolist(),
            **_WHISKER,
        },
        "customdata": [(literal(text),) for text in words],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
    }
    figure = go.Figure(go.Bar(bar), layout(260, y_title=title))
    figure.update_layout(bargap=0.3, showlegend=False)
    figure.update_xaxes(type="category", showgrid=False)
    return figure


def _bars(labels: list[str], values: pd.Series, words: list[str], name: str, marker: dict[str, Any]) -> Any:
    import plotly.graph_objects as go

    bar = {
        "x": labels,
        "y": values.tolist(),
        "name": name,
        "marker": marker,
        "customdata": [(text,) for text in words],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
    }
    return go.Bar(bar)


def _band(days: list[str], low: pd.Series, high: pd.Series, colour: str) -> list[Any]:
    import plotly.graph_objects as go

    edge: dict[str, Any] = {"x": days, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    upper = {**edge, "y": high.tolist(), "fill": "tonexty", "fillcolor": colour}
    return [go.Scatter({**edge, "y": low.tolist()}), go.Scatter(upper)]


def _line(
    days: list[str],
    values: pd.Series,
    words: list[str],
    *,
    colour: str,
    width: float = 2.5,
    markers: bool = False,
) -> Any:
    import plotly.graph_objects as go

    line = {
        "x": days,
        "y": values.tolist(),
        "mode": "lines+markers" if markers or len(days) == 1 else "lines",
        "line": {"color": colour, "width": width},
        "marker": {"size": 5, "color": colour},
        "customdata": [(text,) for text in words],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
    }
    return go.Scatter(line)


def _dated(figure: go.Figure, *, from_zero: bool) -> go.Figure:
    figure.update_layout(showlegend=False)
    figure.update_xaxes(type="date", showgrid=False, nticks=7)
    figure.update_yaxes(rangemode="tozero" if from_zero else "normal", nticks=6)
    return figure


def _of_month(row: Any) -> str:
    head = f"{row.name}: {formats.emissions(row.this_kg)}, a year earlier {formats.mass(row.last_kg)}"
    only = f"<br>only {formats.counted(row.days, 'day')} of both" if row.partial else ""
    change = f"<br>{_points(row.change_pct)}, without the calendar {_points(row.adjusted_pct)}"
    return literal(head) + only + change


def _stamps(days: pd.Series) -> list[pd.Timestamp]:
    import pandas as pd

    return list(pd.to_datetime(days))


def _days(days: pd.Series) -> list[str]:
    return [day.strftime("%Y-%m-%d") for day in _stamps(days)]


def _light(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{_BAND_ALPHA})"


def _pct(value: float) -> str:
    return formats.share(value / 100.0)


def _between(low: float, high: float) -> str:
    if formats.count(low) == formats.MISSING or formats.count(high) == formats.MISSING:
        return ""
    return f" ({_pct(low)}–{_pct(high)})"


def _points(pct: float) -> str:
    text = formats.change(1.0 + pct / 100.0, 1.0) if formats.count(pct) != formats.MISSING else None
    return text[1] if text else formats.MISSING


def _figure(value: float) -> str:
    return formats.intensity(value).removesuffix(" g CO2e/tkm")
