"""The forecast by mode, supplier or pair of countries: small fans side by side, and how they add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analytics.forecasting.parts import OTHERS
from ui import forecast_words, formats, tables
from ui.chart_card import card, titled
from ui.chart_card import show as show_chart
from ui.figure_style import layout, literal, shortened
from ui.forecast_fan import band, period_words
from ui.theme import NEUTRAL, mode_colour, mode_label

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from analytics.forecasting.results import EmissionForecast
    from data_access import Filters
    from ui.forecast_controls import Asked
    from ui.shell import Visit

__all__ = ["PANELS", "SHOWN", "fans", "named_parts", "show", "totals"]

PANELS = 6
SHOWN = ["part_name", "mean", "share"]
_BANDS = ((95, 0.20), (80, 0.26))
_PANEL_PX, _HEAD_PX = 165, 26


def show(visit: Visit, chosen: Filters, found: EmissionForecast, asked: Asked) -> None:
    """The card by part; nothing where the total alone was asked for."""
    if asked.by == "total" or found.parts.empty:
        return
    with card(st, "By part"):
        sums = totals(found, asked.by)
        titled(
            forecast_words.parts_finding(found, sums.rename(columns={"mean": "kg", "part_name": "name"})),
            f"Mean with the 80 and 95 % range by {asked.grain}, on one scale. The means of all {len(sums)} "
            f"parts add up to those of the total: {formats.emissions(found.frame['mean'].sum())}.",
        )
        show_chart(
            visit.draw(fans, found, chosen, asked=asked),  # type: ignore[arg-type]
            key="forecast-parts",
            alt="Small charts: the forecast of each part with its ranges",
        )
        tables.show(sums, SHOWN, key="forecast-part-rows", alt="Forecast by part, the largest first")


def totals(found: EmissionForecast, by: str) -> pd.DataFrame:
    """part, part_name, mean (kg over all periods of the frame), share; the largest first, all others last."""
    rows = named_parts(found, by).groupby(["part", "part_name"], dropna=False, sort=False)["mean"].sum()
    frame = rows.reset_index().assign(last=lambda found: found["part"] == OTHERS)
    frame = frame.sort_values(["last", "mean"], ascending=[True, False], ignore_index=True, kind="stable")
    frame = frame.drop(columns="last")
    whole = frame["mean"].sum()
    return frame.assign(share=frame["mean"] / whole if whole else 0.0)


def named_parts(found: EmissionForecast, by: str) -> pd.DataFrame:
    """The parts with `part_name`: how people write them."""
    names = found.parts["name"].fillna("unnamed").astype(str)
    return found.parts.assign(part_name=names.map(mode_label) if by == "mode" else names)


def fans(found: EmissionForecast, *, asked: Asked) -> go.Figure:
    """The largest parts, two in a row, one scale for all so that they compare."""
    import plotly.graph_objects as go

    top = totals(found, asked.by).head(PANELS)
    rows = named_parts(found, asked.by)
    size, unit = formats.mass_unit(rows["upper_95"].max())
    figure = go.Figure(layout=layout(_PANEL_PX * ((len(top) + 1) // 2) + 30))
    lines, ticks = (len(top) + 1) // 2, "%-d %b" if asked.grain == "day" else "%b %Y"
    top_kg = float(rows.loc[rows["part"].isin(top["part"]), "upper_95"].max()) / size
    for at, part in enumerate(top.itertuples()):
        row, column = divmod(at, 2)
        name = "" if at == 0 else str(at + 1)
        height = 1 / lines
        low = 1 - (row + 1) * height
        across = [0.0, 0.48] if column == 0 else [0.52, 1.0]
        mine = rows[rows["part_name"] == part.part_name]
        colour = mode_colour(str(part.part)) if asked.by == "mode" else NEUTRAL
        axes = {"xaxis": f"x{name}", "yaxis": f"y{name}"}
        for level, shade in _BANDS:
            figure.add_traces(band(mine, level, shade, size, _rgb(colour), **axes))
        figure.add_trace(_mean(mine, asked.grain, size, {"line": {"color": colour, "width": 2}, **axes}))
        gap = _HEAD_PX / (_PANEL_PX * lines)
        figure.update_layout(
            {
                f"xaxis{name}": {
                    "domain": across, "anchor": f"y{name}", "type": "date", "nticks": 2,
                    "tickangle": 0, "showgrid": False, "fixedrange": True, "tickformat": ticks,
                    "showticklabels": row == lines - 1 or at + 2 >= len(top),
                },
                f"yaxis{name}": {
                    "domain": [low + 0.3 * gap, low + height - 1.2 * gap], "anchor": f"x{name}", "nticks": 4,
                    "showticklabels": column == 0,
                    "range": [0, top_kg * 1.05 or 1.0], "fixedrange": True, "zeroline": False,
                    "gridcolor": "rgba(128,140,134,0.22)",
                    "title": {"text": unit if column == 0 else "", "standoff": 4},
                },
            }
        )  # fmt: skip
        figure.add_annotation(
            text=literal(shortened(str(part.part_name))) + f"  <b>{formats.mass(part.mean)}</b>",
            x=across[0], y=low + height - gap * 0.15, xref="paper", yref="paper", xanchor="left",
            yanchor="top", showarrow=False, font={"size": 12},
        )  # fmt: skip
    figure.update_layout(showlegend=False)
    return figure


def _mean(rows: pd.DataFrame, grain: str, size: float, look: dict[str, Any]) -> go.Scatter:
    import plotly.graph_objects as go

    name = literal(str(rows["part_name"].iloc[0]))
    words = [
        f"{name}<br>{period_words(row.period, grain)}: {formats.emissions(row.mean)}"
        f"<br>95 %: {formats.mass(row.lower_95)} – {formats.mass(row.upper_95)}"
        for row in rows.itertuples()
    ]
    return go.Scatter(
        x=rows["period"].dt.strftime("%Y-%m-%d").tolist(),
        y=(rows["mean"] / size).tolist(),
        mode="lines" if len(rows) > 1 else "lines+markers",
        name=name,
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        **look,
    )


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
