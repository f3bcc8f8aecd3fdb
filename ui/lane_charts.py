"""The Lanes page drawn: savings and alternatives with their ranges, the matrix of countries, hubs.

Labels stand above their bars: beside them, two places with an arrow would take a phone's whole width.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from analytics.lanes import OTHER, UNKNOWN
from data_access.filters import LANE_ARROW
from ui import formats, lane_words
from ui.figure_style import layout, literal
from ui.theme import NEUTRAL, mode_colour, mode_label

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import plotly.graph_objects as go

    from analytics.lanes import LaneOptions, Matrix
    from analytics.recommendations import ShiftCandidates

__all__ = ["TOP", "cell_text", "hubs", "matrix", "options", "shade", "shifts"]

TOP = 12
_ROW_PX, _AXIS_PX = 50, 52
_WHISKER = {"color": "rgba(128,140,134,0.95)", "thickness": 1.5, "width": 4}
# One hue from the ground to strong, as opacity: low is close to the ground on both themes, and the theme's
# own text stays readable on every step (tests/unit/ui/test_ui_lanes.py works it out).
CELL, CELL_LEAST, CELL_MOST = "#2f9a6b", 0.07, 0.72


def options(given: LaneOptions) -> go.Figure:
    """Kg CO2e per tonne by each mode, with the 95 % range; hatched where modelled."""
    rows = given.modes
    labels = [
        f"<b>{formats.per_tonne(row.kg_per_t)}</b>  {mode_label(row.mode)}, "
        f"{literal(lane_words.basis_words(row).lower())}"
        for row in rows.itertuples()
    ]
    words = [
        f"{mode_label(row.mode)}, CO2e per tonne: "
        f"{formats.emissions_range(row.kg_per_t, row.low_kg_per_t, row.high_kg_per_t)}<br>"
        f"{row.distance_km:,.0f} km<br>"
        f"{formats.emissions(row.kg)} for {formats.mass(given.weight_kg)}"
        for row in rows.itertuples()
    ]
    colours = [mode_colour(mode) for mode in rows["mode"]]
    hatched = ["/" if basis == "modelled" else "" for basis in rows["basis"]]
    marker = {
        "color": colours,
        "line": {"color": colours, "width": 1},
        "pattern": {"shape": hatched, "fillmode": "replace", "fgcolor": colours, "size": 5},
    }
    return _whiskered(
        tuple(rows[name] for name in ("kg_per_t", "low_kg_per_t", "high_kg_per_t")),
        labels,
        [(str(mode), text) for mode, text in zip(rows["mode"], words, strict=True)],
        marker=marker,
        unit="CO2e per tonne",
        scale=(1.0, "kg"),
    )


def shifts(given: ShiftCandidates) -> go.Figure:
    """The largest savings with their ranges; a click means origin and destination of the chain."""
    rows = given.frame.head(TOP)
    labels = [
        f"<b>{formats.mass(row.saved_kg)}</b>  {literal(_shortened(str(row.lane)))}  "
        f"{mode_label(row.from_mode)} → {mode_label(row.to_mode)}"
        for row in rows.itertuples()
    ]
    words = [
        f"{literal(str(row.lane))}<br>{mode_label(row.from_mode)} → {mode_label(row.to_mode)}, "
        f"{formats.counted(row.shipments, 'shipment')}<br>saves "
        f"{formats.emissions_range(row.saved_kg, row.saved_low_kg, row.saved_high_kg)} CO2e a year, "
        f"{formats.share(row.saved_share)} of {formats.mass(row.now_kg)}"
        for row in rows.itertuples()
    ]
    ends = zip(rows["origin"], rows["destination"], strict=True)
    return _whiskered(
        tuple(rows[name] for name in ("saved_kg", "saved_low_kg", "saved_high_kg")),
        labels,
        [(*end, text) for end, text in zip(ends, words, strict=True)],
        marker={"color": [mode_colour(mode) for mode in rows["to_mode"]]},
        unit="CO2e saved a year",
    )


def hubs(frame: pd.DataFrame) -> go.Figure:
    """Emissions of the largest hubs with their ranges."""
    rows = frame.head(TOP)
    names = [name if isinstance(name, str) else "unnamed" for name in rows["origin"]]
    labels = [
        f"<b>{formats.mass(row.wtw_kg)}</b>  {literal(name)}  {formats.per_tonne(row.kg_per_t)}"
        for name, row in zip(names, rows.itertuples(), strict=True)
    ]
    words = [
        f"{literal(name)}<br>{formats.emissions_range(row.wtw_kg, row.low_kg, row.high_kg)} CO2e, "
        f"{formats.share(row.share)} of all hubs<br>{formats.mass(row.weight_kg)} handled in "
        f"{formats.counted(row.legs, 'operation')}"
        for name, row in zip(names, rows.itertuples(), strict=True)
    ]
    return _whiskered(
        tuple(rows[name] for name in ("wtw_kg", "low_kg", "high_kg")),
        labels,
        [(name, text) for name, text in zip(names, words, strict=True)],
        marker={"color": NEUTRAL},
        unit="CO2e",
    )


def matrix(given: Matrix, by: str, measure: str) -> go.Figure:
    """A cell for each pair in which something goes, stronger for more; a click means its row and column.

    Returns
    -------
    Figure
        customdata of each cell: index of the origin, index of the destination, and the words of its hover.
    """
    import numpy as np
    import plotly.graph_objects as go

    values = given.values(measure)  # type: ignore[arg-type]
    rows, columns = np.nonzero(given.legs)
    most = float(np.nanmax(values[rows, columns], initial=0.0)) or 1.0
    cells = [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]
    bar = {
        "y": [row for row, _ in cells],
        "x": [0.94] * len(cells),
        "base": [column - 0.47 for _, column in cells],
        "width": 0.94,
        "orientation": "h",
        "marker": {"color": [shade(values[cell], most) for cell in cells], "line": {"width": 0}},
        "customdata": [(*cell, _cell_words(given, cell, by)) for cell in cells],
        "hovertemplate": "%{customdata[2]}<extra></extra>",
    }
    height = max(200, 34 * len(given.origins) + 60)
    figure = go.Figure(go.Bar(bar), layout(height, x_title="to", y_title="from"))
    figure.update_layout(bargap=0, barmode="overlay", showlegend=False)
    # Annotations, since text on bars takes a colour that ignores how light a cell is.
    for cell in cells:
        text = cell_text(values[cell], measure)
        figure.add_annotation(
            x=cell[1], y=cell[0], text=text, showarrow=False, font={"size": 11}, captureevents=False
        )
    ticks = {"showgrid": False, "tickangle": 0, "title": {"standoff": 6}}
    figure.update_xaxes(
        **ticks,
        side="top",
        tickvals=list(range(len(given.destinations))),
        # A line above the codes, which stand close together on a phone.
        ticktext=[_tick(name, by) + ("<br> " if name == OTHER else "") for name in given.destinations],
        range=[-0.5, len(given.destinations) - 0.5],
    )
    figure.update_yaxes(
        **ticks,
        tickvals=list(range(len(given.origins))),
        ticktext=[_tick(name, by) for name in given.origins],
        range=[len(given.origins) - 0.5, -0.5],
    )
    figure.update_layout(margin={"t": 48, "b": 8})
    return figure


def shade(value: float, most: float) -> str:
    """The colour of a cell: by the square root, so that small flows are not lost beside large ones."""
    part = (max(value, 0.0) / most) ** 0.5 if math.isfinite(value) else 0.0
    red, green, blue = (int(CELL[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{CELL_LEAST + (CELL_MOST - CELL_LEAST) * part:.3f})"


def cell_text(value: float, measure: str) -> str:
    """A value as short as a cell is: 812 t, 12 M, 98."""
    if not math.isfinite(value):
        return ""
    if measure == "wtw_kg":
        return formats.mass(value)
    return formats.tonne_km(value).removesuffix("tkm").strip() if measure == "tonne_km" else f"{value:,.0f}"


def _cell_words(given: Matrix, cell: tuple[int, int], by: str) -> str:
    origin, destination = given.origins[cell[0]], given.destinations[cell[1]]
    names = (
        lane_words.matrix_label(origin, by=by, size=len(given.origin_codes[cell[0]])),
        lane_words.matrix_label(destination, by=by, size=len(given.destination_codes[cell[1]])),
    )
    share = given.wtw_kg[cell] / (given.wtw_kg.sum() or 1.0)
    return (
        f"{literal(names[0])} → {literal(names[1])}<br>{formats.emissions(given.wtw_kg[cell])}, "
        f"{formats.share(share)} of all<br>{formats.tonne_km(given.tonne_km[cell])} at "
        f"{formats.intensity(given.intensity_g_per_tkm[cell])}<br>{formats.counted(given.legs[cell], 'leg')}"
    )


def _tick(name: str, by: str) -> str:
    """Codes beside the cells, which need the room; regions in two lines."""
    if name == OTHER:
        return "Other"
    if name == UNKNOWN:
        return "?"
    return literal(name) if by == "country" else literal(name).replace(" ", "<br>")


def _whiskered(
    figures: tuple[pd.Series, ...],
    labels: list[str],
    ids: list[tuple[str, ...]],
    *,
    marker: dict[str, Any],
    unit: str,
    scale: tuple[float, str] | None = None,
) -> go.Figure:
    """Horizontal bars with whiskers, a label above each, the first on top."""
    import plotly.graph_objects as go

    value, low, high = (series.to_numpy(dtype=float) for series in figures)
    size, of = scale or formats.mass_unit(_most(high))
    rows = list(range(len(labels)))
    whiskers = {"type": "data", "symmetric": False, "array": ((high - value) / size).tolist()}
    bar = {
        "y": rows,
        "x": (value / size).tolist(),
        "width": 0.36,
        "orientation": "h",
        "marker": marker,
        "error_x": {**whiskers, "arrayminus": ((value - low) / size).tolist(), **_WHISKER},
        "customdata": ids,
        "hovertemplate": f"%{{customdata[{len(ids[0]) - 1 if ids else 0}]}}<extra></extra>",
    }
    figure = go.Figure(go.Bar(bar), layout(_ROW_PX * len(rows) + _AXIS_PX, x_title=f"{of} {unit}"))
    figure.update_layout(showlegend=False)
    for row, label in enumerate(labels):
        figure.add_annotation(
            text=label, x=0, xref="paper", xanchor="left", y=row - 0.38, showarrow=False, align="left"
        )
    least = min(0.0, float(low.min()) / size) if len(low) else 0.0
    figure.update_xaxes(range=[least * 1.04, (_most(high) / size or 1.0) * 1.04], nticks=5)
    figure.update_yaxes(showticklabels=False, showgrid=False, range=[len(rows) - 0.7, -0.7])
    return figure


def _most(high: np.ndarray) -> float:
    return float(high.max()) if len(high) else 1.0


def _shortened(lane: str) -> str:
    """Place names without their country codes where the whole is long."""
    if len(lane) <= 34:
        return lane
    return LANE_ARROW.join(end.rpartition(", ")[0] or end for end in lane.split(LANE_ARROW))
