"""Numbers as people read them: each with its unit, about three figures, and never NaN or None on screen."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from numbers import Real
from typing import TypeGuard

from data_access.filters import LANE_ARROW

__all__ = [
    "MISSING",
    "change",
    "count",
    "counted",
    "day",
    "emissions",
    "emissions_range",
    "intensity",
    "lane",
    "mass",
    "mass_unit",
    "masses_of",
    "money",
    "moneys",
    "per_tonne",
    "percent",
    "period",
    "plain",
    "points",
    "range_note",
    "share",
    "tonne_km",
]

MISSING = "–"
_WHOLE_FROM = 99.95  # from here on a figure has no decimals
_LARGEST = 1e18  # beyond it, a figure in freight is an error and shown as missing
_LEAST_PERCENT = 0.001
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|$:~-])")
_MASS_STEPS = ((1e9, "Mt"), (1e6, "kt"), (1e3, "t"), (1.0, "kg"))
_TKM_STEPS = ((1e9, "bn tkm"), (1e6, "M tkm"), (1e3, "k tkm"), (1.0, "tkm"))
_MONEY_STEPS = ((1e9, " bn"), (1e6, " M"), (1e3, " k"), (1.0, ""))


def _known(value: object) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    return abs(float(value)) < _LARGEST  # False for NaN too


def _figures(value: float) -> str:
    """Write three figures or so: 0.42, 4.2, 12.4, 812, 24,311."""
    size = abs(value)
    if size >= _WHOLE_FROM:
        text = f"{value:,.0f}"
    elif size >= 0.995 or size == 0:
        text = f"{value:.1f}"
    else:
        text = f"{value:.2g}" if size >= 0.001 else "0"
    if "e" in text:
        text = "0"
    text = text.removesuffix(".0") if value == round(value) else text
    return "0" if text in {"-0", "-0.0"} else text.replace("-", "−")


def _step(value: float, steps: tuple[tuple[float, str], ...]) -> tuple[float, str]:
    """Take the largest unit that the rounded value fills: 999.97 kg is 1 t, not 1,000 kg."""
    for size, unit in steps:
        if abs(value) >= size * 0.9995:
            return size, unit
    return steps[-1]


def _scaled(value: object, steps: tuple[tuple[float, str], ...], gap: str = " ") -> str:
    if not _known(value):
        return MISSING
    size, unit = _step(float(value), steps)  # type: ignore[arg-type]
    return f"{_figures(float(value) / size)}{gap}{unit}".rstrip()  # type: ignore[arg-type]


def count(value: object) -> str:
    """Whole things: 24,311."""
    return f"{float(value):,.0f}".replace("-", "−") if _known(value) else MISSING  # type: ignore[arg-type]


def counted(value: object, noun: str) -> str:
    """So many of a thing: 1 leg, 24,311 legs."""
    return f"{count(value)} {noun}{'' if value == 1 else 's'}"


def mass(kg: object) -> str:
    """Kilograms as kg, t, kt or Mt by size: 812 kg, 3.1 t, 12.4 kt."""
    return _scaled(kg, _MASS_STEPS)


def mass_unit(kg: object) -> tuple[float, str]:
    """Divisor and unit that suit `kg`, for an axis whose ticks share one unit."""
    return _step(float(kg), _MASS_STEPS) if _known(kg) else (1.0, "kg")  # type: ignore[arg-type]


def masses_of(total_kg: float, *parts_kg: float) -> tuple[str, ...]:
    """Parts in their total's unit, with the digits it takes to add up to `mass(total_kg)` as shown."""
    size, unit = mass_unit(total_kg)
    shown = float(_figures(total_kg / size).replace(",", "").replace("−", "-"))
    places = 0 if abs(shown) >= _WHOLE_FROM else max(1, len(f"{shown:g}".partition(".")[2]))
    for digits in range(places, places + 3):
        parts = [round(kg / size, digits) for kg in parts_kg]
        adds_up = abs(sum(parts) - shown) <= 0.5 * 10**-places + 1e-9
        if adds_up and all(map(_same_zero, parts_kg, parts)):
            break
    return tuple(f"{part:,.{digits}f} {unit}".replace("-", "−") for part in parts)


def _same_zero(kg: float, shown: float) -> bool:
    """Whether what is shown as nothing is nothing."""
    return bool(kg) == bool(shown)


def emissions(kg: object) -> str:
    """Kilograms of CO2e with their unit: 12.4 kt CO2e."""
    return f"{mass(kg)} CO2e" if _known(kg) else MISSING


def emissions_range(kg: object, low_kg: object, high_kg: object) -> str:
    """A total with its range in the total's unit: 12.4 kt (10.8–14.1)."""
    if not _known(kg) or not (_known(low_kg) and _known(high_kg)):
        return mass(kg)
    size, _ = mass_unit(kg)
    low, high = float(low_kg) / size, float(high_kg) / size  # type: ignore[arg-type]
    return f"{mass(kg)} ({_figures(low)}–{_figures(high)})"


def range_note(kg: object, low_kg: object, high_kg: object) -> str:
    """The range alone, in the unit of the figure that it stands under: 95 % range 10.8–14.1 kt."""
    if not all(map(_known, (kg, low_kg, high_kg))):
        return f"95 % range {MISSING}"
    size, unit = mass_unit(kg)
    low, high = float(low_kg) / size, float(high_kg) / size  # type: ignore[arg-type]
    return f"95 % range {_figures(low)}–{_figures(high)} {unit}"


def per_tonne(kg_per_t: object) -> str:
    """Emissions per tonne of goods, always in kg so that modes compare: 372 kg/t, 5,950 kg/t."""
    return f"{_figures(float(kg_per_t))} kg/t" if _known(kg_per_t) else MISSING  # type: ignore[arg-type]


def tonne_km(value: object) -> str:
    """Transport activity: 812 tkm, 3.1 k tkm, 12.4 M tkm."""
    return _scaled(value, _TKM_STEPS)


def intensity(g_per_tkm: object) -> str:
    """Grams of CO2e per tonne-kilometre: 98.3 g CO2e/tkm."""
    return f"{_figures(float(g_per_tkm))} g CO2e/tkm" if _known(g_per_tkm) else MISSING  # type: ignore[arg-type]


def money(amount: object, currency: str | None) -> str:
    """An amount with its currency code: USD 1.2 M."""
    if not _known(amount):
        return MISSING
    return f"{currency or '?'} {_scaled(amount, _MONEY_STEPS, gap='')}"


def moneys(costs: tuple[tuple[str, float], ...], most: int = 2) -> str:
    """Costs that stand in several currencies, largest first; they are never added up."""
    known = [(currency, amount) for currency, amount in costs if _known(amount)]
    if not known:
        return MISSING
    known.sort(key=lambda pair: -abs(pair[1]))
    shown = " + ".join(money(amount, currency) for currency, amount in known[:most])
    return shown + (f" + {len(known) - most} more" if len(known) > most else "")


def share(fraction: object) -> str:
    """A fraction as per cent; what is not quite nothing or everything says so: <1 %, >99 %."""
    if not _known(fraction):
        return MISSING
    pct = float(fraction) * 100  # type: ignore[arg-type]
    if 0 < pct < 0.5:
        return "<1 %"
    if 99.5 <= pct < 100:
        return ">99 %"
    return f"{pct:.0f} %".replace("-0 ", "0 ").replace("-", "−")


def percent(fraction: object) -> str:
    """A fraction as per cent with two figures, as the tables write it: 30 %, 2.2 %, 0.052 %."""
    if not _known(fraction):
        return MISSING
    pct = float(f"{float(fraction) * 100:.2g}")  # type: ignore[arg-type]
    return f"{pct:.15g} %".replace("-", "−") if abs(pct) >= _LEAST_PERCENT or pct == 0 else "<0.001 %"


def change(now: object, before: object) -> tuple[float, str] | None:
    """Relative change and its text (+3.2 %); None where there is nothing to compare with."""
    if not (_known(now) and _known(before)) or float(before) == 0:  # type: ignore[arg-type]
        return None
    relative = float(now) / float(before) - 1  # type: ignore[arg-type]
    return relative, _signed(relative * 100, "%")


def points(now: object, before: object) -> tuple[float, str] | None:
    """Change of a share in percentage points: +2.0 pp."""
    if not (_known(now) and _known(before)):
        return None
    difference = float(now) - float(before)  # type: ignore[arg-type]
    return difference, _signed(difference * 100, "pp")


def plain(text: object) -> str:
    """Text out of the data where Markdown is read: a supplier's name is never a link or a formula."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def _is_date(moment: object) -> TypeGuard[date]:
    """A date that exists; pandas' NaT calls itself a datetime, and has no year."""
    return isinstance(moment, date) and math.isfinite(moment.year)


def _signed(value: float, unit: str) -> str:
    if abs(value) >= 1000:
        return f"{'more than +' if value > 0 else '−'}999 {unit}"
    text = f"{value:+.1f}" if abs(value) < 99.95 else f"{value:+.0f}"
    text = "0.0" if float(text) == 0 else text
    return f"{text.replace('-', '−')} {unit}"


def lane(origin: object, destination: object) -> str:
    """Both ends of a lane; an end without a name says so."""
    ends = [one if isinstance(one, str) and one else "unnamed" for one in (origin, destination)]
    return LANE_ARROW.join(ends)


def day(moment: object) -> str:
    """A date without doubt about its order: 5 Nov 2026."""
    if not _is_date(moment):
        return MISSING
    return f"{moment.day} {moment:%b %Y}"


def period(start: object, end: object) -> str:
    """A period whose end is exclusive, as its first and last day."""
    last = end - timedelta(days=1) if isinstance(end, datetime) and _is_date(end) else None
    if start is None and last is None:
        return "all time"
    if start is None:
        return f"up to {day(last)}"
    if last is None:
        return f"since {day(start)}"
    return day(start) if day(start) == day(last) else f"{day(start)} – {day(last)}"
