"""What the parts of a change are called and mean, and the sentences that head the Trends page's figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui import formats

if TYPE_CHECKING:
    import pandas as pd

    from analytics.trends import Season, YearOnYear

__all__ = [
    "DOCS",
    "PARTS",
    "WHOLE",
    "PartWords",
    "change_finding",
    "headed",
    "left_out",
    "minus",
    "options_of",
    "p_words",
    "part_words",
    "ranked",
    "season_finding",
    "signed",
    "signed_pct",
    "years_finding",
]

WHOLE = "whole"  # not a part: the whole change, opened up
DOCS = "docs/trends.md"
_NAMED = 3
_FEW, _MANY = 10.0, 100.0  # figures of a title: smaller ones take a smaller unit, larger ones no digits
_HYPHEN_MINUS = re.compile(r"(?<=[\s(])-(?=\d)")
_NOTHING = 1e-9  # of the larger total: a part below it is rounding


@dataclass(frozen=True)
class PartWords:
    """How a part is named on an axis, in a sentence when it raises and when it lowers, and what it means."""

    label: str
    rises: str
    falls: str
    means: str


PARTS = {
    "volume": PartWords(
        "Freight volume",
        "more freight",
        "less freight",
        "More or fewer tonnes were moved in all, with everything else as before.",
    ),
    "supplier_lane_mix": PartWords(
        "Supplier and lane mix",
        "a heavier mix of suppliers and lanes",
        "a lighter mix of suppliers and lanes",
        "The tonnes went to other lanes and to other suppliers among those that ship in both periods.",
    ),
    "new_suppliers": PartWords(
        "New suppliers",
        "new suppliers",
        "new suppliers",
        "Suppliers that ship now and did not before: all that they emit.",
    ),
    "lost_suppliers": PartWords(
        "Lost suppliers",
        "lost suppliers",
        "lost suppliers",
        "Suppliers that shipped before and do not now: all that they emitted.",
    ),
    "mode_mix": PartWords(
        "Mode mix",
        "a shift to heavier modes",
        "a shift to cleaner modes",
        "On the same supplier's lane, goods moved from one mode to another, such as from air to sea.",
    ),
    "vehicle_class": PartWords(
        "Vehicle class",
        "heavier vehicle classes",
        "cleaner vehicle classes",
        "Within a mode, goods moved to another class of vehicle, or to or from controlled temperature.",
    ),
    "distance": PartWords(
        "Distance",
        "longer ways",
        "shorter ways",
        "A tonne on the same lane, by the same mode, went more or fewer kilometres.",
    ),
    "data_quality": PartWords(
        "Data quality",
        "other types of data",
        "other types of data",
        "More or less of the freight is measured, not modelled: the knowledge changed, not the freight.",
    ),
    "factor_set": PartWords(
        "Emission factors",
        "higher emission factors",
        "lower emission factors",
        "The factor table has other factors for the same transport: the method changed, not the freight.",
    ),
    "operating_intensity": PartWords(
        "Operation",
        "less efficient operation",
        "more efficient operation",
        "What a tonne-kilometre emits against the factor table, where suppliers report it themselves.",
    ),
}


def part_words(name: str) -> PartWords:
    """The words of a part; one that is new to this page is called by its name."""
    spaced = name.replace("_", " ")
    return PARTS.get(name) or PartWords(spaced.capitalize(), spaced, spaced, "")


def signed(kg: float) -> str:
    """A change with its sign: +95 t, −15 t."""
    text = formats.mass(kg)
    return f"+{text}" if kg > 0 and text.lstrip("0. ") not in ("kg", "") else text


def ranked(parts: pd.DataFrame, scale_kg: float) -> pd.DataFrame:
    """The parts that are not nothing, the largest first; `scale_kg` is the larger total."""
    moved = parts[parts["kg"].abs() > _NOTHING * max(abs(scale_kg), 1.0)]
    return moved.sort_values("kg", key=lambda kg: -kg.abs(), ignore_index=True)


def left_out(parts: pd.DataFrame, scale_kg: float) -> str:
    """Which parts made no difference, so that nobody misses a bar; empty where all did."""
    shown = set(ranked(parts, scale_kg)["part"])
    still = [part_words(name).label.lower() for name in parts["part"] if name not in shown]
    return f"No difference came from {_listed(still)}." if still else ""


def options_of(parts: pd.DataFrame, change_kg: float, scale_kg: float) -> dict[str, str]:
    """What can be opened up, with its kg: the whole change, then its parts, the largest first."""
    moved = ranked(parts, scale_kg)
    named = {
        name: f"{part_words(name).label}: {signed(kg)}"
        for name, kg in zip(moved["part"], moved["kg"], strict=True)
    }
    return {WHOLE: f"The whole change: {signed(change_kg)}", **named}


def change_finding(before_kg: float, after_kg: float, parts: pd.DataFrame) -> str:
    """Emissions rose by 120 t: 95 t from more freight, 40 t from …, −15 t from …"""
    change_kg, scale_kg = after_kg - before_kg, max(before_kg, after_kg)
    moved = ranked(parts, scale_kg)
    if moved.empty:
        return "Emissions did not change, and no part of them did"
    parts_kg = moved["kg"].head(_NAMED).tolist()
    scale = _scale(max(abs(change_kg), *map(abs, parts_kg)))
    whats = [_cause(row.part, row.kg) for row in moved.head(_NAMED).itertuples()]
    named = [f"{_sized(kg, scale, '+')} from {what}" for kg, what in zip(parts_kg, whats, strict=True)]
    if len(moved) > _NAMED:
        # What is left of the change as shown, so that the title adds up.
        rest = _rounded(change_kg, scale) - sum(_rounded(kg, scale) for kg in parts_kg)
        named.append(f"{_sized(rest, scale, '+')} from the rest")
    way = "rose" if change_kg > 0 else "fell"
    hardly = not _rounded(change_kg, scale)
    head = "hardly changed" if hardly else f"{way} by {_sized(abs(change_kg), scale)}"
    return f"Emissions {head}: {', '.join(named)}"


def signed_pct(pct: float | None) -> str:
    """A change in per cent with its sign: +4.2 %."""
    found = formats.change(1.0 + pct / 100.0, 1.0) if pct is not None else None
    return found[1] if found else formats.MISSING


def minus(sentence: str) -> str:
    """A sentence with real minus signs before its figures, as everywhere on screen."""
    return _HYPHEN_MINUS.sub("−", sentence)


def headed(finding: str) -> tuple[str, str]:
    """A finding as a title, which ends without a full stop, and what follows it."""
    title, _, rest = finding.partition(". ")
    return minus(title.removesuffix(".")), minus(rest)


def p_words(p_value: float) -> str:
    """How likely chance alone is."""
    if formats.count(p_value) == formats.MISSING:
        return "how likely by chance is not known"
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"


def season_finding(season: Season) -> str:
    """Where the level goes, with its interval: a title; a trend that may be chance is called none."""
    if season.slope_pct is None or season.slope_low is None or season.slope_high is None:
        return "The history is too short for a trend a year"
    if season.slope_low <= 0 <= season.slope_high:
        between = f"between {signed_pct(season.slope_low)} and {signed_pct(season.slope_high)} a year"
        return f"No significant trend: {between}"
    way = "rises" if season.slope_pct > 0 else "falls"
    size = signed_pct(abs(season.slope_pct)).lstrip("+")
    return (
        f"The level {way} by {size} a year "
        f"(95 % {signed_pct(season.slope_low)} to {signed_pct(season.slope_high)})"
    )


def years_finding(found: YearOnYear) -> str:
    """The last year against the one before, and what is left without the calendar: a title."""
    if found.change_pct is None:
        return "No month has the same month a year earlier to compare with"
    change = f"Emissions are {signed_pct(found.change_pct)} against the same months a year earlier"
    if found.adjusted_pct is None:
        return change
    return f"{change}, {signed_pct(found.adjusted_pct)} without what the calendar does"


def _cause(part: str, kg: float) -> str:
    words = part_words(part)
    return words.rises if kg > 0 else words.falls


def _scale(largest_kg: float) -> tuple[float, str, int]:
    """Divisor, unit and digits that all figures of a title share: the largest has two to four figures."""
    size, unit = formats.mass_unit(largest_kg)
    units = ("kg", "t", "kt", "Mt")
    if largest_kg / size < _FEW and unit != "kg":
        size, unit = size / 1e3, units[units.index(unit) - 1]
    return size, unit, 0 if largest_kg / size >= _MANY else 1


def _rounded(kg: float, scale: tuple[float, str, int]) -> float:
    return round(kg / scale[0], scale[2]) * scale[0]


def _sized(kg: float, scale: tuple[float, str, int], sign: str = "") -> str:
    size, unit, digits = scale
    shown = round(kg / size, digits) + 0.0  # no −0
    return f"{shown:{sign if shown else ''},.{digits}f} {unit}".replace("-", "−")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
