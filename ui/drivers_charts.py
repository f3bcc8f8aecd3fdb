"""The drivers drawn: importance with direction, a feature's effects coloured by another, a group against all.

Effects stand on an axis of ratios whose ticks are in %: halving and doubling are equally far from nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ui import formats
from ui.drivers_waterfall import LOWERS, RAISES
from ui.drivers_words import FEATURE_LABELS, change_pct, kg, value
from ui.figure_style import BAR_TEXT, layout, legend_item, legend_list, literal
from ui.theme import mode_colour

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import plotly.graph_objects as go

    from analytics.drivers import Comparison, Driver, DriverModel, Target

__all__ = [
    "MOST_LEVELS",
    "OTHERS",
    "TINTS",
    "apart",
    "colour_legend",
    "colours_of",
    "dependence",
    "importance",
    "shown_levels",
]

MOST_LEVELS = 12
_POINTS_A_LEVEL = 60
_AXIS_TITLES = {"intensity": "effect on a leg's intensity", "emission": "effect on a leg's emissions"}
# Values with a colour of their own, which is no mode's; the rest is grey. Apart as the modes' colours are.
TINTS = ("#1896ec", "#8b4b98", "#d36461", "#1e8126", "#bb1f60")
OTHERS = "#7d7f86"
_MARK = "rgba(128,140,134,0.9)"
_LABEL = 19
# Ticks that people can read, in %; a small range takes round steps instead.
_TICKS_PCT = (-99, -95, -90, -75, -50, -25, 0, 50, 100, 200, 400, 900, 1_900, 4_900, 9_900)
_STEPS_PCT = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
_SMALL = 0.6
_ROOM = 0.3  # of the range, on each side, for the figure beside the bar


def importance(given: tuple[DriverModel, Mapping[str, str]], target: Target) -> go.Figure:
    """Bars from the value with the lowest mean effect to the highest, the strongest feature on top.

    Parameters
    ----------
    given : tuple
        The model of `target`, and the suppliers' names.
    """
    import plotly.graph_objects as go

    model, names = given
    drivers = model.drivers
    rows = list(range(len(drivers)))
    bars = []
    for side in ("lowest", "highest"):
        ends = [getattr(driver, side) for driver in drivers]
        logs = [_log(end.effect_pct) for end in ends]
        bars.append(
            go.Bar(
                {
                    "y": rows,
                    "x": logs,
                    "orientation": "h",
                    "marker": {"color": [RAISES if log > 0 else LOWERS for log in logs]},
                    "text": [change_pct(end.effect_pct) for end in ends],
                    "customdata": [
                        _importance_words(driver, end, names)
                        for driver, end in zip(drivers, ends, strict=True)
                    ],
                    "hovertemplate": "%{customdata}<extra></extra>",
                    **BAR_TEXT,
                }
            )
        )
    figure = go.Figure(bars, layout(52 * len(drivers) + 56, x_title=_AXIS_TITLES[target]))
    figure.update_layout(barmode="overlay", bargap=0.62, showlegend=False)
    _percent_axis(figure, [log for bar in bars for log in bar.x])
    for row, driver in enumerate(drivers):  # above its bar: beside it, a name takes half of a phone's width
        figure.add_annotation(
            text=_ends_label(driver, names),
            x=0,
            xref="paper",
            xanchor="left",
            y=row - 0.4,
            showarrow=False,
            align="left",
        )
        # The line at nothing stands beside the bars only: it would run through the names.
        figure.add_shape(
            type="line", x0=0, x1=0, y0=row - 0.2, y1=row + 0.2, line={"color": _MARK, "width": 1}
        )
    figure.update_xaxes(zeroline=False)
    figure.update_yaxes(showticklabels=False, showgrid=False, range=[len(rows) - 0.6, -0.75])
    return figure


def dependence(
    given: tuple[DriverModel, Mapping[str, str]], target: Target, feature: str, colour: str
) -> go.Figure:
    """A point for each leg: the feature's value (row), its effect, and in colour another one's value.

    A line marks the mean of each row. At most `MOST_LEVELS` values with the most legs, 60 legs each.
    """
    import plotly.graph_objects as go

    model, names = given
    levels = shown_levels(model, feature)
    places = {level: place for place, level in enumerate(levels["level"])}
    by = model.values[feature]
    seen = by.isin(places) & (by.groupby(by).cumcount() < _POINTS_A_LEVEL)
    rows = by[seen].map(places)
    effects, tints = model.effects[feature][seen], model.values[colour][seen]
    jitter = [((number * 0.618034) % 1.0 - 0.5) * 0.62 for number in range(len(rows))]
    chosen = colours_of(model, colour)
    traces = []
    for level in [*chosen, None]:
        mine = (tints == level if level else ~tints.isin(chosen)).to_numpy()
        if not mine.any():
            continue
        points = {
            "x": effects[mine].tolist(),
            "y": [row + step for row, step, kept in zip(rows, jitter, mine, strict=True) if kept],
            "mode": "markers",
            "marker": {"size": 6, "color": chosen.get(level, OTHERS), "opacity": 0.75},
            "customdata": [
                f"{literal(value(feature, one, names))}: {change_pct(math.expm1(effect) * 100)}<br>"
                f"{FEATURE_LABELS[colour]}: {literal(value(colour, tint, names))}"
                for one, effect, tint in zip(by[seen][mine], effects[mine], tints[mine], strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        traces.append(go.Scatter(points))
    figure = go.Figure(traces, layout(max(180, 32 * len(places) + 56), x_title=_AXIS_TITLES[target]))
    for row, effect in enumerate(levels["effect_pct"]):
        line = {"color": _MARK, "width": 3}
        figure.add_shape(type="line", x0=_log(effect), x1=_log(effect), y0=row - 0.4, y1=row + 0.4, line=line)
    figure.update_layout(showlegend=False)
    _percent_axis(figure, effects.tolist(), room=0.04)
    labels = [literal(_short(value(feature, level, names), 26)) for level in places]
    figure.update_yaxes(tickvals=list(places.values()), ticktext=labels, range=[len(places) - 0.5, -0.5])
    return figure


def apart(found: Comparison) -> go.Figure:
    """By how much each feature sets the group apart from all legs, the largest on top."""
    import plotly.graph_objects as go

    named = [(FEATURE_LABELS[part.feature], part.effect_pct) for part in found.parts]
    rest = [*named, ("Not explained", found.unexplained_pct), ("All together", found.difference_pct)]
    rows, logs = list(range(len(rest))), [_log(pct) for _, pct in rest]
    colours = [RAISES if log > 0 else LOWERS for log in logs[:-1]]
    bar = {
        "y": rows,
        "x": logs,
        "orientation": "h",
        "marker": {"color": [*colours, OTHERS]},
        "text": [change_pct(pct) for _, pct in rest],
        "customdata": [f"{label}: {change_pct(pct)} against all legs" for label, pct in rest],
        "hovertemplate": "%{customdata}<extra></extra>",
        **BAR_TEXT,
    }
    figure = go.Figure(go.Bar(bar), layout(31 * len(rest) + 56, x_title="difference from all legs"))
    figure.update_layout(bargap=0.34)
    _percent_axis(figure, logs)
    figure.update_yaxes(
        tickvals=rows, ticktext=[label for label, _ in rest], showgrid=False, range=[len(rows) - 0.5, -0.5]
    )
    return figure


def shown_levels(model: DriverModel, feature: str) -> pd.DataFrame:
    """The values with the most legs, in their own order or from the highest effect to the lowest."""
    mine = model.levels[model.levels["feature"] == feature]
    return mine.loc[mine["legs"].nlargest(MOST_LEVELS).index.sort_values()]


def colours_of(model: DriverModel, feature: str) -> dict[str, str]:
    """Colours for the values with the most legs; a mode keeps its own."""
    mine = model.levels[(model.levels["feature"] == feature) & (model.levels["level"] != "other")]
    if feature == "mode":
        return {level: mode_colour(level) for level in mine["level"]}
    largest = mine.loc[mine["legs"].nlargest(len(TINTS)).index.sort_values(), "level"]
    return dict(zip(largest, TINTS, strict=False))


def colour_legend(model: DriverModel, feature: str, names: Mapping[str, str]) -> str:
    """The legend of `dependence` as HTML."""
    chosen = colours_of(model, feature)
    items = [legend_item(value(feature, level, names), colour) for level, colour in chosen.items()]
    if (~model.values[feature].isin(chosen)).any():
        items.append(legend_item("others", OTHERS))
    return legend_list(items, FEATURE_LABELS[feature])


def _percent_axis(figure: go.Figure, logs: list[float], room: float = _ROOM) -> None:
    """Show logarithms of ratios as %, with room beside the outermost ones and a line at nothing."""
    low, high = min([*logs, 0.0]), max([*logs, 0.0])
    span = max(high - low, 0.002)
    first, last = low - room * span, high + room * span
    ticks = [pct for pct in _ticks_pct(first, last) if first <= _log(pct) <= last]
    figure.update_xaxes(
        range=[first, last],
        tickvals=[_log(pct) for pct in ticks],
        ticktext=[_tick(pct) for pct in ticks],
        zeroline=True,
        zerolinecolor=_MARK,
        tickangle=0,
    )


def _ticks_pct(low: float, high: float) -> list[float]:
    if high - low < _SMALL:
        step = next((one for one in _STEPS_PCT if (high - low) * 100 / one <= 4.5), _STEPS_PCT[-1])
        return [number * step for number in range(-12, 13)]
    kept: list[float] = []
    for pct in sorted(
        _TICKS_PCT, key=lambda one: abs(_log(one))
    ):  # from the middle outwards, never too close
        if all(abs(_log(pct) - _log(one)) > (high - low) / 5 for one in kept):
            kept.append(pct)
    return kept


def _tick(pct: float) -> str:
    return "0" if pct == 0 else f"{pct:+,.3g} %".replace("-", "−") if abs(pct) < 1000 else f"+{pct:,.0f} %"


def _log(pct: float) -> float:
    return math.log1p(max(pct, -99.99) / 100.0)


def _importance_words(driver: Driver, end: Any, names: Mapping[str, str]) -> str:
    return (
        f"{FEATURE_LABELS[driver.feature]}: {literal(value(driver.feature, end.level, names))} "
        f"{change_pct(end.effect_pct)} ({formats.counted(end.legs, 'leg')} explained)<br>"
        f"On average the feature moves a leg by × or ÷ {1 + driver.average_pct / 100:.2f}, "
        f"in the median leg {kg(driver.average_kg).removeprefix('+')}"
    )


def _ends_label(driver: Driver, names: Mapping[str, str]) -> str:
    low, high = (
        literal(_short(value(driver.feature, end.level, names), _LABEL))
        for end in (driver.lowest, driver.highest)
    )
    return f"<b>{FEATURE_LABELS[driver.feature]}</b>  {low} … {high}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
