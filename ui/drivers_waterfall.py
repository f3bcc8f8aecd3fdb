"""One leg's way from the typical leg's kg CO2e to its own, drawn and in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import formats
from ui.drivers_words import FEATURE_LABELS, change_pct, kg, value
from ui.figure_style import BAR_TEXT, layout, literal, shortened
from ui.theme import NEUTRAL, mode_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    import plotly.graph_objects as go

    from analytics.drivers import LegExplanation, LegPart, WhatIf

__all__ = ["LOWERS", "RAISES", "TOTAL", "figure", "finding", "sentences"]

# Readable on both grounds; the sign in the text says the same for those who see no red or green.
RAISES, LOWERS, TOTAL = "#c2553f", NEUTRAL, "#7d7f86"
_ROW_PX, _ROOM_PX = 31, 64
_NAMED = 3
_SLIGHT = 0.005  # of the leg's emission: less is not worth a word


def figure(explanation: LegExplanation, names: Mapping[str, str] | None = None) -> go.Figure:
    """Horizontal bars, the typical leg on top; each part begins where the one before it ended.

    Parameters
    ----------
    names : mapping, optional
        Supplier ids to names.
    """
    import plotly.graph_objects as go

    found = explanation
    steps = [
        ("Typical leg", found.typical_kg, True, "the geometric mean of mass, distance and intensity"),
        *((_label(part, names or {}), part.kg, False, change_pct(part.effect_pct)) for part in found.parts),
        ("Model's estimate", found.predicted_kg, True, "what the parts come to"),
        ("Not explained", found.unexplained_kg, False, change_pct(found.unexplained_pct)),
        ("This leg", found.actual_kg, True, "as it stands in the data"),
    ]
    size, unit = formats.mass_unit(max(abs(amount) for _, amount, _, _ in steps))
    begins, at = [], 0.0
    for _, amount, whole, _ in steps:
        begins.append(0.0 if whole else at)
        at = amount if whole else at + amount
    ends = [begin + amount for begin, (_, amount, _, _) in zip(begins, steps, strict=True)]
    bar = {
        "y": list(range(len(steps))),
        "x": [amount / size for _, amount, _, _ in steps],
        "base": [begin / size for begin in begins],
        "orientation": "h",
        "marker": {
            "color": [TOTAL if whole else RAISES if amount > 0 else LOWERS for _, amount, whole, _ in steps]
        },
        "customdata": [
            f"{literal(label)}: {formats.mass(amount) if whole else kg(amount)} CO2e, {note}"
            for label, amount, whole, note in steps
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    shown = layout(_ROW_PX * len(steps) + 48, x_title=f"{unit} CO2e", room_right=_ROOM_PX)
    drawn = go.Figure(go.Bar(bar), shown)
    most = max([*begins, *ends]) / size
    # A text beside each bar's right end, also where the bar runs to the left.
    texts = {
        "y": bar["y"],
        "x": [max(begin, end) / size for begin, end in zip(begins, ends, strict=True)],
        "mode": "text",
        "text": [f" {formats.mass(amount) if whole else kg(amount)}" for _, amount, whole, _ in steps],
        "textposition": "middle right",
        "textfont": BAR_TEXT["textfont"],
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    drawn.add_trace(go.Scatter(texts))
    drawn.update_layout(bargap=0.3, showlegend=False)
    drawn.update_xaxes(range=[0, most * 1.02 or 1.0], nticks=5)
    labels = [literal(shortened(label)) for label, *_ in steps]
    drawn.update_yaxes(tickvals=bar["y"], ticktext=labels, showgrid=False, range=[len(steps) - 0.5, -0.5])
    return drawn


def finding(explanation: LegExplanation) -> str:
    """The title: this leg against the typical one."""
    found = explanation
    if found.actual_kg >= found.typical_kg:
        times = f"{found.actual_kg / found.typical_kg:,.1f} × "
    else:
        times = f"1/{found.typical_kg / found.actual_kg:,.1f} of "
    return (
        f"{found.shipment_id}, leg {found.leg_no}, {mode_label(found.mode).lower()}: "
        f"{formats.emissions(found.actual_kg)}, {times}a typical leg"
    )


def sentences(explanation: LegExplanation, names: Mapping[str, str] | None = None) -> list[str]:
    """What the waterfall shows, what is left, and what other modes would make of it; plain text."""
    found = explanation
    whom = "all legs that you may see" if found.widened else "this selection"
    emitted = formats.emissions(found.typical_kg), formats.emissions(found.actual_kg)
    start = f"A typical leg of {whom} emits {emitted[0]}; this one {emitted[1]}."
    slight = _SLIGHT * max(found.actual_kg, found.typical_kg)
    moved = sorted((part for part in found.parts if abs(part.kg) >= slight), key=lambda part: -abs(part.kg))
    said = [start]
    if moved:
        listed = [f"{_label(part, names or {})} {kg(part.kg)}" for part in moved[:_NAMED]]
        said.append(f"What makes the difference: {'; '.join(listed)}.")
    said.append(
        f"The model comes to {formats.emissions(found.predicted_kg)}; {kg(found.unexplained_kg)} "
        f"({change_pct(found.unexplained_pct)}) it does not explain."
    )
    if found.widened:
        said.append("The selection is too small to learn from, so the leg is compared with all legs.")
    return [*said, *_other_modes(found)]


def _other_modes(found: LegExplanation) -> list[str]:
    if not found.what_ifs:
        return ["No other mode that the model knows runs between these two countries, so none is compared."]
    said = [_what_if(found, one) for one in found.what_ifs]
    error = (
        f" Its median error on later legs is {formats.percent(found.typical_error_pct / 100)}."
        if found.typical_error_pct is not None
        else ""
    )
    return [*said, f"These are the model's estimates from legs as they were, not quotes.{error}"]


def _what_if(found: LegExplanation, one: WhatIf) -> str:
    where = "on this lane" if one.on_lane else "between these two countries"
    km = formats.count(one.distance_km)
    vehicle = "" if one.vehicle_class.startswith("not given") else f" by {one.vehicle_class}"
    return (
        f"{mode_label(one.mode)} instead of {mode_label(found.mode).lower()} would be {kg(one.change_kg)} "
        f"({change_pct(one.change_pct)}): {formats.emissions(one.kg)} over {km} km"
        f"{vehicle}, judging by {formats.counted(one.legs, 'leg')} {where}."
    )


def _label(part: LegPart, names: Mapping[str, str]) -> str:
    """The feature with this leg's value: Mode: Air, Distance: 10,536 km."""
    if part.amount is not None:
        unit = part.feature.rpartition("_")[2]
        return f"{FEATURE_LABELS[part.feature]}: {formats.count(part.amount)} {unit}"
    return f"{FEATURE_LABELS[part.feature]}: {value(part.feature, part.value, names)}"
