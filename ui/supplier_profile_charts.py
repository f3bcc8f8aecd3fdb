"""One supplier drawn: its score as a waterfall, its ratio to peers by month, its kg by month and by mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui import formats
from ui.figure_style import BAR_TEXT, TEXT_PX, layout, literal
from ui.supplier_profile_words import points
from ui.supplier_words import PART_LABELS, times
from ui.theme import NEUTRAL, mode_colour, mode_label

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from analytics.suppliers import SupplierScore

__all__ = ["BETTER", "UNKNOWN", "WORSE", "by_mode", "kg_by_month", "ratio_by_month", "waterfall"]

# Readable on both grounds; the sign in the text says the same for those who see no red or green.
WORSE, BETTER, UNKNOWN = "#c2553f", NEUTRAL, "#7d7f86"
_BAND = "rgba(47,138,99,0.20)"
_LINE = {"color": "#7d7f86", "width": 1.5, "dash": "dash"}
_AS_PEERS = 50.0
_ROW_PX = 44
_MARGIN_POINTS = 3.0
_LEAST_SPAN = 0.1  # of the ratio's axis around 1: a calm supplier does not look wild


def waterfall(score: SupplierScore) -> go.Figure:
    """From 50, as peers do, each part's points to the score, which stands as a dot with its interval.

    Parts that are not known keep their row, without a bar.
    """
    import plotly.graph_objects as go

    begins, at = [], _AS_PEERS
    for part in score.parts:
        begins.append(at)
        at += part.contribution if part.known else 0.0
    rows = list(range(len(score.parts)))
    moved = [part.contribution if part.known else 0.0 for part in score.parts]
    ends = [begin + by for begin, by in zip(begins, moved, strict=True)]
    bar = {
        "y": rows,
        "x": moved,
        "base": begins,
        "orientation": "h",
        "marker": {"color": [WORSE if by < 0 else BETTER for by in moved]},
        "customdata": [literal(f"{PART_LABELS[part.name]}: {part.evidence}") for part in score.parts],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    last = len(rows)
    said = [f" {points(part.contribution)}" if part.known else " not known" for part in score.parts]
    texts = {
        "y": [*rows, last],
        "x": [*(max(pair) for pair in zip(begins, ends, strict=True)), score.score_high],
        "mode": "text",
        "text": [*said, f"  {score.sustainability_score:.0f}"],
        "textposition": "middle right",
        "textfont": BAR_TEXT["textfont"],
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    dot = {
        "y": [last],
        "x": [score.sustainability_score],
        "mode": "markers",
        "marker": {"size": 13, "color": NEUTRAL, "symbol": "diamond"},
        "error_x": _whisker(score.sustainability_score, score.score_low, score.score_high),
        "customdata": [
            f"Score {score.sustainability_score:.0f}, "
            f"95 % interval {score.score_low:.0f}–{score.score_high:.0f}"
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    figure = go.Figure(
        [go.Bar(bar), go.Scatter(texts), go.Scatter(dot)],
        layout(_ROW_PX * (last + 1) + 48, x_title="points of 100; 50 is as peers do", room_right=TEXT_PX),
    )
    figure.add_vline(x=_AS_PEERS, line=_LINE, layer="below")
    low = min(_AS_PEERS, score.score_low, *begins, *ends) - _MARGIN_POINTS
    high = max(_AS_PEERS, score.score_high, *begins, *ends) + _MARGIN_POINTS
    figure.update_layout(bargap=0.36, showlegend=False)
    figure.update_xaxes(range=[max(0.0, low), min(100.0, high)], nticks=6)
    labels = [PART_LABELS[part.name] for part in score.parts]
    figure.update_yaxes(
        tickvals=[*rows, last], ticktext=[*labels, "<b>Score</b>"], showgrid=False, range=[last + 0.5, -0.5]
    )
    return figure


def ratio_by_month(frame: pd.DataFrame) -> go.Figure:
    """The monthly ratio with its 95 % band, and a line at 1, which is what peers emit.

    Parameters
    ----------
    frame : DataFrame
        period (first day of the month), legs, observed_kg, expected_kg, ratio, ratio_low, ratio_high.
    """
    import pandas as pd
    import plotly.graph_objects as go

    known = frame[frame["ratio"].notna()]
    when = pd.to_datetime(known["period"])
    days = when.dt.strftime("%Y-%m-%d").tolist()
    edge: dict[str, Any] = {"x": days, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    low = known["ratio_low"].fillna(known["ratio"])
    high = known["ratio_high"].fillna(known["ratio"])
    line = {
        "x": days,
        "y": known["ratio"].tolist(),
        "mode": "lines+markers",
        "line": {"color": NEUTRAL, "width": 2.5},
        "marker": {"size": 6},
        "customdata": [
            f"{day:%B %Y}: {times(row.ratio)} ({times(row.ratio_low)}–{times(row.ratio_high)}), "
            f"{formats.counted(row.legs, 'leg')}<br>{formats.emissions(row.observed_kg)}, "
            f"peers {formats.emissions(row.expected_kg)}"
            for day, row in zip(when, known.itertuples(), strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    traces = [
        go.Scatter({**edge, "y": low.tolist()}),
        go.Scatter({**edge, "y": high.tolist(), "fill": "tonexty", "fillcolor": _BAND}),
        go.Scatter(line),
    ]
    figure = go.Figure(traces, layout(320, y_title="× what peers emit"))
    figure.add_hline(y=1.0, line=_LINE, layer="below")
    figure.update_layout(showlegend=False)
    figure.update_xaxes(type="date", showgrid=False, nticks=7)
    least = min([1.0 - _LEAST_SPAN, *low.tolist()])
    most = max([1.0 + _LEAST_SPAN, *high.tolist()])
    room = (most - least) * 0.06
    figure.update_yaxes(range=[max(0.0, least - room), most + room], tickformat=".2~f", nticks=6)
    return figure


def kg_by_month(frame: pd.DataFrame) -> go.Figure:
    """What was emitted each month (solid) beside what peers would have (hatched); columns as above."""
    import pandas as pd
    import plotly.graph_objects as go

    when = pd.to_datetime(frame["period"])
    size, unit = formats.mass_unit(frame[["observed_kg", "expected_kg"]].max().max())
    days = when.dt.strftime("%Y-%m-%d").tolist()
    words = [
        f"{day:%B %Y}: {formats.emissions(row.observed_kg)}<br>peers, for the same jobs: "
        f"{formats.emissions(row.expected_kg)}"
        for day, row in zip(when, frame.itertuples(), strict=True)
    ]
    peers = {"pattern": {"shape": "/", "fillmode": "replace", "fgcolor": NEUTRAL, "size": 4}}
    traces = [
        go.Bar(
            {
                "x": days,
                "y": [None if pd.isna(kg) else kg / size for kg in frame[column]],
                "marker": {"color": NEUTRAL, "line": {"color": NEUTRAL, "width": 1}, **look},
                "customdata": words,
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
        for column, look in (("observed_kg", {}), ("expected_kg", peers))
    ]
    figure = go.Figure(traces, layout(320, y_title=f"{unit} CO2e per month"))
    figure.update_layout(showlegend=False, barmode="group", bargap=0.3, bargroupgap=0.08)
    figure.update_xaxes(type="date", showgrid=False, nticks=7)
    figure.update_yaxes(rangemode="tozero", nticks=5)
    return figure


def by_mode(frame: pd.DataFrame) -> go.Figure:
    """What each mode emitted (solid) beside what peers would have for the same jobs (hatched).

    Parameters
    ----------
    frame : DataFrame
        mode, legs, tonne_km, observed_kg, expected_kg, ratio, ratio_low, ratio_high.
    """
    import plotly.graph_objects as go

    rows = frame.iloc[::-1]  # a horizontal bar chart begins at the bottom
    size, unit = formats.mass_unit(frame[["observed_kg", "expected_kg"]].max().max())
    traces = [
        _mode_bars(rows, "expected_kg", "peers, for the same jobs", size, hatched=True),
        _mode_bars(rows, "observed_kg", "this supplier", size, hatched=False),
    ]
    height = max(150, 62 * len(frame) + 54)
    figure = go.Figure(traces, layout(height, x_title=f"{unit} CO2e", room_right=TEXT_PX + 26))
    figure.update_layout(barmode="group", bargap=0.24, bargroupgap=0.06, showlegend=False)
    most = frame[["observed_kg", "expected_kg"]].max().max() / size
    figure.update_xaxes(range=[0, (most or 1.0) * 1.02], nticks=5)
    figure.update_yaxes(showgrid=False)
    return figure


def _mode_bars(rows: pd.DataFrame, column: str, whose: str, size: float, *, hatched: bool) -> go.Bar:
    import plotly.graph_objects as go

    colours = [mode_colour(mode) for mode in rows["mode"]]
    marker: dict[str, Any] = {"color": colours, "line": {"color": colours, "width": 1}}
    if hatched:
        marker["pattern"] = {"shape": "/", "fillmode": "replace", "fgcolor": colours, "size": 5}
    labels = [mode_label(mode) for mode in rows["mode"]]
    texts = [formats.mass(kg) for kg in rows[column]]
    if not hatched:
        texts = [f"{text} · {times(ratio)}" for text, ratio in zip(texts, rows["ratio"], strict=True)]
    bar = {
        "y": labels,
        "x": (rows[column].fillna(0.0) / size).tolist(),
        "orientation": "h",
        "marker": marker,
        "text": texts,
        "customdata": [
            f"{label}, {whose}: {formats.emissions(row.kg)}<br>{formats.counted(row.legs, 'leg')}, "
            f"{formats.tonne_km(row.tonne_km)}; {times(row.ratio)} "
            f"({times(row.ratio_low)}–{times(row.ratio_high)})"
            for label, row in zip(labels, rows.assign(kg=rows[column]).itertuples(), strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
        **BAR_TEXT,
    }
    return go.Bar(bar)


def _whisker(at: float, low: float, high: float) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(0.0, high - at)],
        "arrayminus": [max(0.0, at - low)],
        "color": NEUTRAL,
        "thickness": 2,
        "width": 7,
    }
