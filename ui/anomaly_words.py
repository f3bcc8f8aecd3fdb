"""Anomalies in words: kinds and their groups, what stands there against what is usual, how long ago."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeGuard

from analytics.anomalies.kinds import KINDS
from ui import formats
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "GROUPS",
    "GROUP_COLOURS",
    "GROUP_SHAPES",
    "STATUS_LABELS",
    "ago",
    "group_of",
    "kind_label",
    "named",
    "quantity",
    "span",
    "status_label",
    "usual",
    "with_words",
]

RULES = {
    "road_over_ocean": "Over an ocean by land",
    "road_too_far": "Too far by road",
    "too_heavy": "Too heavy",
    "no_port_nearby": "No port nearby",
    "far_too_short": "Distance too short",
    "far_too_long": "Distance too long",
    "future_date": "Date in the future",
    "ancient_date": "Date long past",
    "arrives_before_departure": "Arrives before departure",
}
STATUS_LABELS = {"open": "Open", "confirmed": "Confirmed", "fixed": "Fixed", "dismissed": "Dismissed"}
# What is wrong, in six groups: the colours keep 3:1 on both grounds and stay apart for people who see fewer.
GROUPS = {
    "Weight": ("weight_in_lb", "tonnes_as_kg", "unusual_weight", "too_heavy"),
    "Distance": ("distance_in_miles", "distance_typo", "unusual_distance", "far_too_short", "far_too_long"),
    "Mode": ("impossible_mode", "unusual_mode", "road_over_ocean", "road_too_far", "no_port_nearby"),
    "Duplicate": ("duplicate",),
    "Intensity": ("unusual_intensity",),
    "Date": ("future_date", "ancient_date", "arrives_before_departure"),
}
GROUP_COLOURS = {
    "Weight": "#b62f78",
    "Distance": "#4693e9",
    "Mode": "#868d27",
    "Duplicate": "#6653cf",
    "Intensity": "#28724d",
    "Date": "#c07983",
}
GROUP_SHAPES = {
    "Weight": "triangle-up",
    "Distance": "square",
    "Mode": "x",
    "Duplicate": "diamond",
    "Intensity": "star",
    "Date": "hexagon",
}
_UNITS = {"weight_kg": "kg", "distance_km": "km", "wtw_kg": "kg CO2e"}
_GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
_STEPS = ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute"))


def kind_label(kind: str) -> str:
    return KINDS.get(kind) or RULES.get(kind) or kind.replace("_", " ").capitalize()


def group_of(kind: str) -> str:
    """The group of a kind; one that is new to this module counts as intensity, the most general."""
    return _GROUP_OF.get(kind, "Intensity")


def status_label(status: str) -> str:
    return STATUS_LABELS.get(status, status.capitalize())


def quantity(value: object, column: object) -> str:
    """A weight, distance or emission with its unit, as exact as a person needs to recognise it.

    `column` is one of the leg's, or the unit itself.
    """
    if not _is_number(value):
        return formats.MISSING
    unit = _UNITS.get(str(column), str(column or ""))
    return f"{_digits(value)} {unit}".rstrip()


def span(low: object, high: object, column: object) -> str:
    """A range with its unit once, in three figures, since it is an estimate: 6,400–18,000 kg."""
    if not (_is_number(low) and _is_number(high)):
        return formats.MISSING
    unit = _UNITS.get(str(column), str(column or ""))
    return f"{_digits(_rounded(low))}–{_digits(_rounded(high))} {unit}".rstrip()


def usual(row: Mapping[str, Any]) -> str:
    """What stands there → what is usual, for a row of the ranked table."""
    column = row["column_name"]
    if row["kind"] == "duplicate":
        twin = row.get("fix_value")
        return f"copy of {twin}" if isinstance(twin, str) and twin else "a copy"
    if column == "mode":
        other = row.get("fix_value") if row.get("fix_column") == "mode" else None
        return mode_label(row["mode"]) + (f" → {mode_label(other)}" if isinstance(other, str) else "")
    value = row.get("value")
    if not _is_number(value) and column in _UNITS:
        value = row.get(column)
    if not _is_number(value):
        return formats.MISSING
    expected = span(row.get("expected_low"), row.get("expected_high"), column)
    shown = quantity(value, column)
    return shown if expected == formats.MISSING else f"{shown} → {expected}"


def with_words(rows: pd.DataFrame) -> pd.DataFrame:
    """The ranked rows as the screen shows them: suppliers by name, and with columns `lane` and `usual`."""
    records = rows.to_dict("records")
    return rows.assign(
        reason=[named(one["reason"], one["supplier_id"], one["supplier"]) for one in records],
        lane=[formats.lane(one["origin"], one["destination"]) for one in records],
        usual=[usual(one) for one in records],
    )


def named(sentence: object, supplier_id: object, name: object) -> str:
    """A sentence about a supplier with its name where the data say its id."""
    if not (isinstance(supplier_id, str) and supplier_id and isinstance(name, str) and name):
        return str(sentence)
    return re.sub(rf"(?<!\w){re.escape(supplier_id)}(?!\w)", lambda _: name, str(sentence))


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in words; `moment` is naive UTC as the warehouse keeps it."""
    if moment is None:
        return "never"
    present = now or datetime.now(UTC).replace(tzinfo=None)
    seconds = max((present - moment).total_seconds(), 0.0)
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{formats.counted(int(seconds // size), unit)} ago"
    return "just now"


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _digits(value: float) -> str:
    """Whole from 100 on, else three figures: 26,455, 12.5, 0.042."""
    size = abs(value)
    text = f"{value:,.0f}" if size >= 99.5 else f"{value:.3g}" if size >= 0.0005 else "0"
    return text.replace("-", "−")
