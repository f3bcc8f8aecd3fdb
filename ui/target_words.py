"""Targets in words: what a target asks for, where it stands, and what a scenario would do to the gap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analytics.targets import PRESETS
from ui import formats
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from access.targets import TargetTerms
    from analytics.targets import Closing, TargetStatus

__all__ = [
    "about",
    "ambition",
    "base_words",
    "chance",
    "closing_words",
    "finding",
    "gap",
    "range_words",
    "table",
    "terms_words",
    "value",
    "values_range",
]

_NAMED = 3
_SURE, _UNLIKELY = 0.995, 0.005  # beyond them, a figure would claim more than the draws can tell


def value(amount: object, unit: str) -> str:
    """A target's value: 27.8 kt CO2e, or 53.7 g CO2e/tkm."""
    return formats.emissions(amount) if unit == "kg" else formats.intensity(amount)


def values_range(low: object, high: object, unit: str) -> str:
    """The ends in the unit of the upper one: 27.1–28.5 kt."""
    if unit != "kg":
        return f"{_bare(low)}–{formats.intensity(high).removesuffix(' CO2e/tkm')}/tkm"
    size, name = formats.mass_unit(high)
    ends = [_figure(one, size) for one in (low, high)]
    return f"{ends[0]}–{ends[1]} {name}"


def range_words(status: TargetStatus) -> str:
    return f"95 % range {values_range(status.low_95, status.high_95, status.unit)}"


def chance(probability: float | None) -> str:
    """A share of the draws; what none or all of them show is never called impossible or certain."""
    if probability is None:
        return formats.MISSING
    if probability < _UNLIKELY:
        return "<1 %"
    return ">99 %" if probability > _SURE else formats.share(probability)


def gap(status: TargetStatus) -> tuple[str, str]:
    """The gap in kg CO2e with its sign, and its range or how it reads."""
    if status.gap_kg is None:
        return formats.MISSING, ""
    sign = "+" if status.gap_kg > 0 else "−" if status.gap_kg < 0 else ""
    low, high = status.gap_low_kg, status.gap_high_kg
    if low is None or high is None:
        return f"{sign}{formats.mass(abs(status.gap_kg))}", ""
    size, name = formats.mass_unit(max(abs(low), abs(high)))
    ends = f"{_figure(low, size, sign=True)} to {_figure(high, size, sign=True)} {name}"
    return f"{sign}{formats.mass(abs(status.gap_kg))}", f"95 % range {ends}"


def ambition(yearly_pct: float) -> str:
    """4.2 % (1.5 °C), 2.5 % (well below 2 °C), or 3 %."""
    for name, pct in PRESETS.items():
        if abs(pct - yearly_pct) < 1e-9:
            return f"{pct:g} % ({name[0].lower()}{name[1:]})"
    return f"{yearly_pct:g} %"


def about(terms: TargetTerms, names: Mapping[str, str]) -> str:
    """What the target is about: all shipments, or these suppliers and modes."""
    suppliers = [names.get(one, one) for one in terms.suppliers]
    parts = [_listed(suppliers), _listed([mode_label(one) for one in terms.modes])]
    return ", ".join(part for part in parts if part) or "all shipments"


def terms_words(terms: TargetTerms, names: Mapping[str, str]) -> str:
    """The target in one sentence."""
    what = "emissions" if terms.kind == "absolute" else "intensity"
    in_all = min(100.0, max(0.0, terms.yearly_pct * (terms.target_year - terms.base_year)))
    return (
        f"{what.capitalize()} of {about(terms, names)}: {ambition(terms.yearly_pct)} of {terms.base_year} "
        f"less each year until {terms.target_year}, {in_all:.3g} % in all"
    )


def base_words(status: TargetStatus) -> str:
    """Where the path starts, and from where that is known."""
    if status.base_value is None:
        return ""
    source = "from the data" if status.base_from == "data" else "as given"
    return f"{status.target.base_year}: {value(status.base_value, status.unit)}, {source}"


def finding(status: TargetStatus) -> str:
    """The target's state in one sentence."""
    name, year = status.target.name, status.year
    if status.mean is None or status.point is None or status.gap_kg is None:
        return f"{name}: {_unknown(status)}"
    heads = value(status.mean, status.unit)
    off = abs(status.mean - status.point)
    if status.unit == "kg":
        far = formats.mass(off)
    else:
        far = formats.intensity(off).removesuffix(" CO2e/tkm") + "/tkm"
    side = "above" if status.gap_kg > 0 else "below"
    return f"{name}: {year} heads for {heads}, {far} {side} its point on the path"


def closing_words(closing: Closing, status: TargetStatus) -> str:
    """What a scenario, in force for a whole year, would do to this year's gap."""
    saved = f"{formats.emissions(abs(closing.saved_kg))} a year"
    if closing.saved_kg <= 0:
        more = "saves nothing" if closing.saved_kg == 0 else f"adds {saved}"
        return f"{closing.name} {more}"
    if closing.share is None:
        return f"{closing.name} saves {saved}"
    if closing.closes:
        told = f"{closing.name} closes the gap: it saves {saved}"
    elif closing.share > 0:
        told = f"{closing.name} closes {_part(closing.share)} of the gap: it saves {saved}"
    else:
        told = f"{closing.name} leaves the intensity no lower, though it saves {saved}"
    before, after = chance(status.probability), chance(closing.probability)
    return f"{told}, chance {before} → {after}" if before != after else f"{told}, chance stays {before}"


def table(status: TargetStatus) -> pd.DataFrame:
    """The chart as a table: year, path, value of whole years, and this year's outlook; units in the names."""
    unit = "kg" if status.unit == "kg" else "g_per_tkm"
    whole = status.years[status.years["complete"]].set_index("year")["value"]
    way = status.path.set_index("year")["target_value"]
    found = way.to_frame(f"path_{unit}").join(whole.rename(f"actual_{unit}"), how="outer")
    ends = {"outlook": status.mean, "outlook_low_95": status.low_95, "outlook_high_95": status.high_95}
    for name, amount in ends.items():
        found[f"{name}_{unit}"] = float("nan")
        if status.year is not None and amount is not None:
            found.loc[status.year, f"{name}_{unit}"] = amount
    return found.sort_index().rename_axis("year").reset_index()


def _unknown(status: TargetStatus) -> str:
    """Which of the three things that it takes is missing; the reason says why."""
    if status.path.empty:
        return "no path without a base value"
    if status.point is None:
        return f"{status.year} is not on its path" if status.year else "no data yet"
    return f"no outlook for {status.year} yet"


def _part(share: float) -> str:
    """Never 100 %: what rounds to it and is less leaves a gap."""
    return ">99 %" if share > _SURE else formats.share(share)


def _listed(found: list[str]) -> str:
    if len(found) <= _NAMED:
        return " and ".join(part for part in (", ".join(found[:-1]), *found[-1:]) if part)
    return f"{', '.join(found[:_NAMED])} and {len(found) - _NAMED} more"


def _figure(amount: object, size: float, *, sign: bool = False) -> str:
    """Digits as `formats` gives them, without a unit: 0.58, 2.1, 27, 1,204."""
    if not isinstance(amount, (int, float)):
        return formats.MISSING
    found = float(amount) / size
    places = 0 if abs(found) >= 99.95 else 1
    text = f"{found:,.{places}f}" if abs(found) >= 0.995 or abs(found) < 0.001 else f"{found:.2g}"
    text = text.removesuffix(".0").replace("-0", "0") if abs(found) < 0.001 else text.removesuffix(".0")
    return ("+" if sign and found >= 0.001 else "") + text.replace("-", "−")


def _bare(amount: object) -> str:
    return formats.intensity(amount).removesuffix(" g CO2e/tkm")
