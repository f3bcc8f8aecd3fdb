"""The headline of the Forecast page: what is to come, each day, at the year's end, and how good the bands were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ui import forecast_words, formats
from ui.kpis import Kpi

if TYPE_CHECKING:
    from analytics.forecasting.results import Backtest, EmissionForecast, YearOutlook

__all__ = ["TargetPoint", "ahead", "band_held", "per_day", "tested", "year_end"]


@dataclass(frozen=True)
class TargetPoint:
    """This year's point of a target: what may be emitted, and how likely that is to be met, in words."""

    kg: float
    words: str


def ahead(found: EmissionForecast) -> Kpi:
    """The whole horizon with its 95 % range."""
    label = f"{forecast_words.horizon_words(found.horizon_days).capitalize()}, CO2e"
    note = formats.range_note(found.total_kg, found.low_kg, found.high_kg)
    return Kpi("ahead", label, formats.mass(found.total_kg), note)


def per_day(found: EmissionForecast, before_kg: float | None) -> Kpi:
    """The mean a day, against as many days just before."""
    kg = found.total_kg / found.horizon_days
    days = formats.counted(found.horizon_days, "day")
    note = f"Against the last {days}" if before_kg is not None else "Mean of the days ahead"
    change = formats.change(found.total_kg, before_kg) if before_kg is not None else None
    return Kpi("per-day", "A day, CO2e", formats.mass(kg), note, change, "inverse")


def year_end(outlook: YearOutlook | None, target: TargetPoint | None = None) -> Kpi:
    """The year's total: against the target if there is one, else against last year."""
    if outlook is None:
        return Kpi("year-end", "Year-end estimate", formats.MISSING, "Not enough history for this year")
    note = formats.range_note(outlook.mean_kg, outlook.low_95_kg, outlook.high_95_kg)
    label = f"Whole of {outlook.year}, CO2e"
    if target is not None:
        note = f"{note}; {target.words}"
    against = target.kg if target is not None else outlook.last_year_kg
    change = formats.change(outlook.mean_kg, against) if against else None
    return Kpi("year-end", label, formats.mass(outlook.mean_kg), note, change, "inverse")


def band_held(backtest: Backtest | None, horizon_days: int) -> Kpi:
    """How often the 80 % band held in the backtest, at the tested horizon next to the one shown."""
    label = "80 % band held"
    row = None if backtest is None else tested(backtest, horizon_days)
    if row is None:
        return Kpi("band", label, "Not tested", "See “Test on past data” below")
    note = f"Of days {row.horizon_days} ahead, {formats.counted(row.origins, 'test')}"
    return Kpi("band", label, formats.share(row.coverage_80), note)


def tested(backtest: Backtest, horizon_days: int) -> Any | None:
    """The forecast's row of the backtest whose horizon is the longest that is not beyond the one shown."""
    rows = backtest.frame[backtest.frame["method"] == "forecast"].sort_values("horizon_days")
    if rows.empty:
        return None
    near = rows[rows["horizon_days"] <= horizon_days]
    return next((near.tail(1) if len(near) else rows.head(1)).itertuples())
