"""The headline of the Forecast page: what is to come, a day, at the year's end; and how the bands held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ui import forecast_words, formats
from ui.kpis import Kpi

if TYPE_CHECKING:
    from analytics.forecasting.results import Backtest, EmissionForecast, YearOutlook

__all__ = ["Card", "TargetPoint", "ahead", "band_held", "per_day", "tested", "year_end"]


@dataclass(frozen=True)
class Card(Kpi):
    """A figure of the headline; `against` says what its change is measured against."""

    against: str = ""


@dataclass(frozen=True)
class TargetPoint:
    """A target's point for the year: what may be emitted, and how likely that is to be met, in words."""

    kg: float
    words: str


def ahead(found: EmissionForecast) -> Card:
    """The whole horizon with its 95 % range."""
    label = f"{forecast_words.horizon_words(found.horizon_days).capitalize()}, CO2e"
    note = formats.range_note(found.total_kg, found.low_kg, found.high_kg)
    return Card("ahead", label, formats.mass(found.total_kg), note)


def per_day(found: EmissionForecast, before_kg: float | None) -> Card:
    """The mean a day, against as many days just before."""
    kg = found.total_kg / found.horizon_days
    days = formats.counted(found.horizon_days, "day")
    note = f"Mean of {days} ahead"
    change = formats.change(found.total_kg, before_kg) if before_kg is not None else None
    return Card(
        "per-day", "A day, CO2e", formats.mass(kg), note, change, "inverse", against=f"vs the last {days}"
    )


def year_end(outlook: YearOutlook | None, target: TargetPoint | None = None) -> Card:
    """The year's total: against the target if there is one, else against last year."""
    if outlook is None:
        return Card("year-end", "Year-end estimate", formats.MISSING, "Not enough history for this year")
    note = formats.range_note(outlook.mean_kg, outlook.low_95, outlook.high_95)
    label = f"End of {outlook.year}, CO2e"
    if target is not None:
        note = f"{note}; {target.words}"
    other = target.kg if target is not None else outlook.last_year_kg
    change = formats.change(outlook.mean_kg, other) if other else None
    against = "vs the target" if target is not None else f"vs {outlook.year - 1}"
    return Card("year-end", label, formats.mass(outlook.mean_kg), note, change, "inverse", against=against)


def band_held(backtest: Backtest | None, horizon_days: int) -> Card:
    """How often the 80 % band held in the backtest, at the tested horizon next to the one shown."""
    label = "80 % band held"
    row = None if backtest is None else tested(backtest, horizon_days)
    if row is None:
        return Card("band", label, "Not tested", "See “Test on past data” below")
    days = "the day" if row.horizon_days == 1 else f"days 1–{row.horizon_days}"
    note = f"Of {days} ahead, in {formats.counted(row.origins, 'test')}"
    return Card("band", label, formats.share(row.coverage_80), note)


def tested(backtest: Backtest, horizon_days: int) -> Any | None:
    """The forecast's row of the backtest whose horizon is the longest that is not beyond the one shown."""
    rows = backtest.frame[backtest.frame["method"] == "forecast"].sort_values("horizon_days")
    if rows.empty:
        return None
    near = rows[rows["horizon_days"] <= horizon_days]
    return next((near.tail(1) if len(near) else rows.head(1)).itertuples())
