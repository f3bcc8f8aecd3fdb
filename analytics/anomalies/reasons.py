"""Each verdict as a sentence for the person who has to decide, with numbers, units and a likely cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.anomalies.reading import Legs
from analytics.anomalies.verdicts import Findings, Verdicts

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["by_mode", "goods", "number", "sentences"]

_OWN_LEGS = 3  # so many others of its kind make a supplier's habit


def sentences(legs: Legs, found: Findings, verdicts: Verdicts) -> list[str]:
    """One sentence for each verdict."""
    writers: dict[str, Callable[[Legs, Findings, Verdicts, int], str]] = {
        "shipment_id": _duplicate,
        "mode": _mode,
        "distance_km": _distance,
        "weight_kg": _weight,
        "wtw_kg": _emission,
    }
    return [writers[column](legs, found, verdicts, i) for i, column in enumerate(verdicts.column)]


def _duplicate(legs: Legs, found: Findings, verdicts: Verdicts, i: int) -> str:
    row = verdicts.row[i]
    days = found.twins.days[row]
    when = "on the same day" if days < 0.5 else "a day earlier" if days < 1.5 else f"{days:.0f} days earlier"
    earlier = verdicts.fix_value[i] or "another row"
    return (
        f"Same supplier, lane, goods and weight ({number(legs.weight_kg[row])} kg) as {earlier}, {when}: "
        "entered twice?"
    )


def _mode(legs: Legs, found: Findings, verdicts: Verdicts, i: int) -> str:
    row, modes = verdicts.row[i], found.mode
    mode, ends = by_mode(legs.name("mode", row)), _ends(legs, row)
    many, usual = int(modes.on_lane[row]), int(modes.usual[row])
    names = legs.names["mode"]
    if usual >= 0:
        others = f"the other {many:,} legs there" if many > 1 else "the other leg there"
        rest = f"{others} go {by_mode(names[usual])}" if not modes.alike[row] else (
            f"most of the other {many:,} legs there go {by_mode(names[usual])}"
        )  # fmt: skip
    else:
        rest = f"only {int(modes.alike[row]):,} of the other {many:,} legs there do so"
    if not modes.impossible[row]:
        return f"{mode.capitalize()} {ends}, but {rest}: is the mode right?"
    why = "no road or rail joins them" if names[legs.codes["mode"][row]] in ("road", "rail") else (
        "no other ship calls at one of these places"
    )  # fmt: skip
    return f"{mode.capitalize()} {ends}: {why}, and {rest}. Wrong mode?"


def _distance(legs: Legs, found: Findings, verdicts: Verdicts, i: int) -> str:
    row, value, usual = verdicts.row[i], verdicts.value[i], verdicts.expected[i]
    mode, ends = by_mode(legs.name("mode", row)), _ends(legs, row)
    kind, longer = verdicts.kind[i], value > usual
    if kind == "distance_in_miles":
        cause = "already in km when it was converted from miles?" if longer else "entered in miles?"
    elif kind == "distance_typo":
        cause = "a digit too many?" if longer else "a digit too few?"
    else:
        cause = "check the distance and the route."
    basis = "is usual" if found.distance.others[row] >= _OWN_LEGS else "would be expected"
    return f"{number(value)} km {mode} {ends}, where {number(usual)} km {basis}: {cause}"


def _weight(legs: Legs, found: Findings, verdicts: Verdicts, i: int) -> str:
    row, value, usual = verdicts.row[i], verdicts.value[i], verdicts.expected[i]
    whose = goods(legs, row, own=found.weight.others[row] >= _OWN_LEGS)
    if not value > 0:
        return f"{number(value)} kg is no weight; {whose} weigh about {number(usual)} kg."
    kind, heavier = verdicts.kind[i], value > usual
    if kind == "tonnes_as_kg":
        return f"{number(value)} kg, where {whose} weigh about {number(usual)} kg: tonnes entered as kg?"
    factor = value / usual if heavier else usual / value
    start = f"{number(factor)} × {'heavier' if heavier else 'lighter'} than {whose} ({number(usual)} kg)"
    many = int(found.runs.shipments[row])
    if kind == "weight_in_lb":
        alike = f", like {many - 1:,} other shipments of these weeks" if many > 1 else ""
        cause = "entered in lb?" if heavier else "already in kg when it was converted from lb?"
        return f"{start}{alike}: {cause}"
    if verdicts.fix_value[i] is not None:
        return f"{start}: entered in grams?"
    return f"{start}: check the weight."


def _emission(legs: Legs, found: Findings, verdicts: Verdicts, i: int) -> str:
    row, value, usual = verdicts.row[i], verdicts.value[i], verdicts.expected[i]
    work = "for this weight" if not legs.moves[row] else "for this weight and distance"
    mode = by_mode(legs.name("mode", row))
    told = "reported" if np.isfinite(legs.calculated_kg[row]) else "stated"
    if not value > 0:
        return f"{number(value)} kg CO2e {told}, where {number(usual)} kg is usual {work} {mode}."
    factor = f"{number(value / usual)} ×" if value > usual else f"1/{number(usual / value)} of"
    return (
        f"{number(value)} kg CO2e {told}, {factor} the {number(usual)} kg that are usual {work} {mode}: "
        "check unit and scope of the emission."
    )


def goods(legs: Legs, row: int, *, own: bool) -> str:
    """The goods that a leg is compared with: "SUP-017's usual chemicals by road"."""
    product = legs.name("product_group", row) or "goods"
    whose = f"{legs.name('supplier_id', row)}'s usual" if own else "usual"
    return f"{whose} {product} {by_mode(legs.name('mode', row))}"


def by_mode(mode: object) -> str:
    """A mode as an adverb."""
    if mode == "hub":
        return "at the hub"
    return f"by {str(mode).replace('_', ' ')}" if mode else "by an unknown mode"


def number(value: float) -> str:
    """Two or three figures where small, whole numbers with separators where large."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.0f}" if abs(value - round(value)) < 0.05 else f"{value:.1f}"
    return f"{value:.2g}"


def _ends(legs: Legs, row: int) -> str:
    start, end = legs.name("origin", row), legs.name("destination", row)
    return f"from {start or 'an unknown place'} to {end or 'an unknown place'}"
