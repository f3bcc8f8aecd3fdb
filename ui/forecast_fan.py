"""The fan chart: what was emitted, what is to come, and how sure that is (50, 80 and 95 %)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ui import formats
from ui.figure_style import layout, legend_item, legend_list, literal
from ui.theme import NEUTRAL

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from analytics.forecasting.results import EmissionForecast
    from ui.forecast_controls import Asked

__all__ = ["ACTUAL", "BANDS", "EARLIER", "Earlier", "band", "fan", "legend", "period_words", "shown_history"]

# Readable on both grounds. The bands lie on each other, so the shade grows towards the middle.
ACTUAL, EARLIER = "#7d7f86", "#9268cf"
BANDS = ((95, 0.15), (80, 0.17), (50, 0.22))
_RGB = "47,138,99"  # NEUTRAL
_TODAY = {"color": "#7d7f86", "width": 1.2, "dash": "dot"}
_PERIOD_FORMAT = {"day": "%a %-d %b %Y", "week": "week of %-d %b %Y", "month": "%B %Y"}
_LEAST_BEFORE = {"day": 60, "week": 26, "month": 12}  # periods of history on screen
_TIMES_AHEAD = 2
_HEIGHT = 400


@dataclass(frozen=True)
class Earlier:
    """A forecast that was kept a while ago: its words stand for its days in the key of what is drawn."""

    run_id: str
    history_end: pd.Timestamp
    frame: pd.DataFrame = field(repr=False)


def fan(found: EmissionForecast, *, asked: Asked, earlier: Earlier | None = None) -> go.Figure:
    """Actuals, the forecast's mean and its three bands; an earlier forecast as a dashed line.

    Parameters
    ----------
    found : EmissionForecast
        `frame` and `history` in kg; the figure's y is in the unit that its axis names.
    asked : Asked
        What it was asked with; `asked.grain` names the periods.
    earlier : Earlier, optional
        An older forecast by day: day, mean. Drawn by day only.
    """
    import plotly.graph_objects as go

    frame, history = found.frame, shown_history(found)
    most = max(float(frame["upper_95"].max()), float(history["wtw_kg"].max() if len(history) else 0.0))
    size, unit = formats.mass_unit(most)
    traces = [trace for level, shade in BANDS for trace in band(frame, level, shade, size)]
    if earlier is not None and found.grain == "day":
        shown = earlier.frame["day"].between(history["period"].min(), frame["period"].max())
        before = earlier.frame[shown]
        traces.append(_line(_days(before["day"]), before["mean"] / size, EARLIER, 1.8, "dash"))
    traces += [_actuals(history, found.grain, size), _mean(frame, found.grain, size)]
    figure = go.Figure(traces, layout(_HEIGHT, y_title=f"{unit} CO2e per {found.grain}"))
    figure.add_vline(x=_days([found.history_end])[0], line=_TODAY, layer="below")
    figure.update_layout(showlegend=False)
    figure.update_xaxes(type="date", showgrid=False, nticks=8)
    figure.update_yaxes(rangemode="tozero", nticks=6)
    return figure


def legend(grain: str, earlier: Earlier | None = None) -> str:
    """The fan's legend as HTML."""
    items = [legend_item("Emitted", ACTUAL), legend_item("Forecast, mean", NEUTRAL)]
    shade = 0.0
    for level, added in BANDS:
        shade = 1 - (1 - shade) * (1 - added)
        items.append(legend_item(f"{level} % range", NEUTRAL, round(shade, 2)))
    if earlier is not None and grain == "day":
        items.append(legend_item(f"Forecast of {formats.day(earlier.history_end)}", EARLIER))
    return legend_list(items, "Lines and ranges")


def shown_history(found: EmissionForecast) -> pd.DataFrame:
    """The last periods: twice as many as are ahead, and enough to see the season."""
    return found.history.tail(max(_LEAST_BEFORE[found.grain], _TIMES_AHEAD * len(found.frame)))


def band(
    frame: pd.DataFrame, level: int, shade: float, size: float, rgb: str = _RGB, **axes: Any
) -> list[go.Scatter]:
    """Both edges of one range, the space between them filled."""
    import plotly.graph_objects as go

    edge = {
        "x": _days(frame["period"]),
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
        **axes,
    }
    low = {**edge, "y": (frame[f"lower_{level}"] / size).tolist(), "name": f"lower_{level}"}
    high = {**edge, "y": (frame[f"upper_{level}"] / size).tolist(), "name": f"upper_{level}"}
    return [go.Scatter(low), go.Scatter({**high, "fill": "tonexty", "fillcolor": f"rgba({rgb},{shade})"})]


def period_words(day: Any, grain: str) -> str:
    """A day, week or month in words."""
    return str(day.strftime(_PERIOD_FORMAT[grain]))


def _actuals(history: pd.DataFrame, grain: str, size: float) -> go.Scatter:
    line = _line(_days(history["period"]), history["wtw_kg"] / size, ACTUAL, 1.6)
    words = [
        f"{period_words(day, grain)}: {formats.emissions(kg)}"
        for day, kg in zip(history["period"], history["wtw_kg"], strict=True)
    ]
    return line.update(
        name="actual", customdata=words, hovertemplate="%{customdata}<extra></extra>", hoverinfo=None
    )


def _mean(frame: pd.DataFrame, grain: str, size: float) -> go.Scatter:
    line = _line(_days(frame["period"]), frame["mean"] / size, NEUTRAL, 2.6)
    words = [
        literal(f"{period_words(row.period, grain)}: {formats.emissions(row.mean)}")
        + "".join(
            f"<br>{level} %: {_between(getattr(row, f'lower_{level}'), getattr(row, f'upper_{level}'))}"
            for level in (50, 80, 95)
        )
        for row in frame.rename(columns={"mean": "mean"}).itertuples()
    ]
    return line.update(
        name="mean", customdata=words, hovertemplate="%{customdata}<extra></extra>", hoverinfo=None
    )


def _line(days: list[str], values: pd.Series, colour: str, width: float, dash: str = "solid") -> go.Scatter:
    import plotly.graph_objects as go

    many = len(days) > 1
    return go.Scatter(
        x=days,
        y=values.tolist(),
        mode="lines" if many else "lines+markers",
        line={"color": colour, "width": width, "dash": dash},
        hoverinfo="skip",
    )


def _between(low: float, high: float) -> str:
    return f"{formats.mass(low)} – {formats.mass(high)}"


def _days(moments: Any) -> list[str]:
    import pandas as pd

    return pd.DatetimeIndex(pd.to_datetime(list(moments))).strftime("%Y-%m-%d").tolist()
