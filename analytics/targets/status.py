"""Where a target stands this year: the point on its path, the outlook, the chance and the gap."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.targets.path import path, point_of
from analytics.targets.years import G_PER_KG, Years, base_of, day, with_value

if TYPE_CHECKING:
    from access.targets import Target, TargetTerms
    from analytics.forecasting.results import YearOutlook

__all__ = ["TargetStatus", "chance", "status_of"]

_LATE_START = timedelta(days=14)
_NO_OUTLOOK = "There is no forecast of this year yet."


def _nothing() -> np.ndarray:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class TargetStatus:
    """Where a target stands. Values are in `unit`: kg CO2e a year, or g CO2e per tonne-km.

    What is not known is None, and `reason` says why and what to do.

    Attributes
    ----------
    base_value, base_from
        The base year's value, and whether it was "given" or comes from the "data".
    path : DataFrame
        year, target_value; empty without a base value.
    years : DataFrame
        year, value, wtw_kg, tonne_km, complete (the data cover all of the year).
    year, point
        This year, and the path's value for it.
    so_far, so_far_to
        This year's value up to that day; of emissions, the sum.
    mean, low_80, high_80, low_95, high_95, draws
        The outlook for this year's value, and its value in each course of the forecast.
    probability
        Share of those courses that end at or below the point, 0..1.
    tonne_km
        What the outlook counts on for the whole year.
    gap_kg, gap_low_kg, gap_high_kg
        Outlook − point in kg CO2e with its 95 % range; above 0 is too much.
    """

    target: Target | TargetTerms
    unit: str
    path: pd.DataFrame
    years: pd.DataFrame
    base_value: float | None = None
    base_from: str = ""
    year: int | None = None
    point: float | None = None
    so_far: float | None = None
    so_far_to: date | None = None
    mean: float | None = None
    low_80: float | None = None
    high_80: float | None = None
    low_95: float | None = None
    high_95: float | None = None
    draws: np.ndarray = field(default_factory=_nothing)
    probability: float | None = None
    tonne_km: float | None = None
    gap_kg: float | None = None
    gap_low_kg: float | None = None
    gap_high_kg: float | None = None
    reason: str = ""

    @property
    def kg_per_unit(self) -> float | None:
        """Kilograms that one unit of the value is worth in this year; None where that is not known."""
        if self.unit == "kg":
            return 1.0
        return self.tonne_km / G_PER_KG if self.tonne_km else None


def status_of(
    target: Target | TargetTerms, years: Years, outlook: YearOutlook | None, problem: str = ""
) -> TargetStatus:
    """Put target, data and the year's outlook together.

    Parameters
    ----------
    outlook : YearOutlook or None
        Of the target's own selection; without one, `problem` says why.
    """
    base, base_from, reason = base_of(target, years)
    last_year = target.target_year if base is not None else target.base_year - 1  # no value, no path
    way = path(base or 0.0, target.yearly_pct, target.base_year, last_year)
    values = with_value(years, target.kind)
    year = _this_year(years, outlook)
    point = point_of(way, year)
    known: dict[str, Any] = {
        "target": target,
        "unit": "kg" if target.kind == "absolute" else "g/tkm",
        "path": way,
        "years": values,
        "base_value": base,
        "base_from": base_from,
        "year": year,
        "point": point,
    }
    reason = reason or _out_of_reach(target, way, values, year)
    if outlook is None:
        return TargetStatus(**known, **_so_far(values, years, year), reason=reason or problem or _NO_OUTLOOK)
    known |= _outlook(target.kind, outlook)
    if known["mean"] is None:
        return TargetStatus(**known, reason=reason or "Nothing was moved this year, so it has no intensity.")
    if target.kind == "absolute" and outlook.from_day > date(outlook.year, 1, 1) + _LATE_START:
        late = (
            f"The data of {year} begin on {day(outlook.from_day)}: a part of a year has no place on the path."
        )
        return TargetStatus(**known, reason=reason or late)
    return TargetStatus(**known, **_gap(known, point), reason=reason)


def chance(draws: np.ndarray, point: float) -> float | None:
    """Share of the draws at or below the point; None without draws."""
    usable = draws[np.isfinite(draws)]
    return float((usable <= point).mean()) if usable.size else None


def _this_year(years: Years, outlook: YearOutlook | None) -> int | None:
    if outlook is not None:
        return int(outlook.year)
    return None if years.last is None else years.last.year


def _so_far(values: pd.DataFrame, years: Years, year: int | None) -> dict[str, Any]:
    found = values.loc[values["year"] == year, "value"].dropna()
    return {} if found.empty else {"so_far": float(found.iloc[0]), "so_far_to": years.last}


def _outlook(kind: str, outlook: YearOutlook) -> dict[str, Any]:
    """The year's value in the unit of the kind: of an intensity, draw by draw."""
    known: dict[str, Any] = {"so_far_to": outlook.so_far_to, "tonne_km": float(outlook.tonne_km_mean)}
    if kind == "absolute":
        bands = {name: float(getattr(outlook, name)) for name in ("low_80", "high_80", "low_95", "high_95")}
        draws = np.asarray(outlook.draws, dtype=float)
        return known | bands | {"so_far": outlook.so_far_kg, "mean": outlook.mean_kg, "draws": draws}
    if not outlook.tonne_km_mean > 0:
        return known | {"mean": None}
    moved = np.asarray(outlook.tonne_km_draws, dtype=float)
    usable = moved > 0
    draws = np.asarray(outlook.draws, dtype=float)[usable] / moved[usable] * G_PER_KG
    ends = np.quantile(draws, (0.10, 0.90, 0.025, 0.975)) if draws.size else [None] * 4
    known |= dict(zip(("low_80", "high_80", "low_95", "high_95"), map(_number, ends), strict=True))
    so_far = outlook.so_far_kg / outlook.tonne_km_so_far * G_PER_KG if outlook.tonne_km_so_far > 0 else None
    return known | {
        "so_far": so_far,
        "mean": outlook.mean_kg / outlook.tonne_km_mean * G_PER_KG,
        "draws": draws,
    }


def _gap(known: dict[str, Any], point: float | None) -> dict[str, Any]:
    if point is None:
        return {}
    per = 1.0 if known["unit"] == "kg" else known["tonne_km"] / G_PER_KG
    names = {"gap_kg": "mean", "gap_low_kg": "low_95", "gap_high_kg": "high_95"}
    gaps = {name: None if known[of] is None else (known[of] - point) * per for name, of in names.items()}
    return {"probability": chance(known["draws"], point), **gaps}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _out_of_reach(target: TargetTerms, way: pd.DataFrame, values: pd.DataFrame, year: int | None) -> str:
    """Why this year has no point on the path; empty where it has one."""
    if year is None or year in set(way["year"]):
        return ""
    if year < target.base_year:
        return f"The data end in {year}, before the base year {target.base_year}: upload later shipments."
    goal = point_of(way, target.target_year)
    ended = values.loc[(values["year"] == target.target_year) & values["complete"], "value"].dropna()
    how = ""
    if goal is not None and not ended.empty:
        how = " and was met" if float(ended.iloc[0]) <= goal else " and was missed"
    return f"The target ended with {target.target_year}{how}: set a new one."
