"""Sentences of the Forecast page, worked out from the frames that they stand above."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from ui import formats

if TYPE_CHECKING:
    from analytics.forecasting.results import EmissionForecast, YearOutlook

__all__ = [
    "METHODS",
    "between",
    "fan_finding",
    "horizon_words",
    "last_equal_kg",
    "made_from",
    "parts_finding",
    "way",
    "year_finding",
]

METHODS = {
    "forecast": "This forecast",
    "seasonal_naive": "As the week before",
    "linear_lags": "Linear on lags 1, 7, 14",
}


def horizon_words(days: int) -> str:
    return "next day" if days == 1 else f"next {days} days"


def between(low_kg: object, high_kg: object, of_kg: object) -> str:
    """Both ends of a range in the unit of the figure in it: 2.0 and 2.7."""
    note = formats.range_note(of_kg, low_kg, high_kg).removeprefix("95 % range ")
    return note.replace("–", " and ", 1) if note != formats.MISSING else note


def last_equal_kg(by_day: EmissionForecast, days_ahead: int) -> float | None:
    """What the days just before emitted, as many as are ahead; None where one of them is not known.

    `by_day` is a forecast by day: weeks and months do not end with the history.
    """
    end = pd.Timestamp(by_day.history_end)
    days = pd.to_datetime(by_day.history["period"])
    inside = by_day.history[(days >= end - timedelta(days=days_ahead)) & (days < end)]
    known = inside["wtw_kg"].notna()
    return float(inside["wtw_kg"].sum()) if known.sum() == days_ahead else None


def way(found: EmissionForecast, before_kg: float | None) -> str:
    """Rise, fall or go on, judged by whether the equal days before lie outside of the 95 % range."""
    if before_kg is None:
        return "are expected"
    if before_kg > found.high_kg:
        return "will fall to"
    return "will rise to" if before_kg < found.low_kg else "go on at"


def fan_finding(found: EmissionForecast, before_kg: float | None) -> str:
    """The title: "Emissions go on at about 78 t a day; the next 30 days emit 2.3 kt, between …"."""
    per_day = formats.mass(found.total_kg / found.horizon_days)
    said = way(found, before_kg)
    link = " at" if said == "are expected" else ""
    return (
        f"Emissions {said}{link} about {per_day} a day; the {horizon_words(found.horizon_days)} emit "
        f"{formats.mass(found.total_kg)}, between {between(found.low_kg, found.high_kg, found.total_kg)}"
    )


def made_from(found: EmissionForecast) -> str:
    """What the forecast was made from; the period's start never cuts the history."""
    last = pd.Timestamp(found.history_end) - timedelta(days=1)
    said = (
        f"Made from {formats.counted(found.history_days, 'day')} up to {formats.day(last)} (UTC), whatever "
        "day the period starts: a forecast needs all of the history."
    )
    if found.grain == "day":
        return said
    return f"{said} Whole {found.grain}s: the first holds the days of it that are known already."


def year_finding(outlook: YearOutlook, target_kg: float | None = None) -> str:
    """The year's end with its range, against the target if there is one, else against last year if known."""
    kg = f"{formats.mass(outlook.mean_kg)} CO2e"
    ends = between(outlook.low_95, outlook.high_95, outlook.mean_kg)
    said = f"{outlook.year} will end at about {kg}, between {ends}"
    if target_kg is not None:
        off = abs(outlook.mean_kg - target_kg)
        above = outlook.mean_kg > target_kg
        return f"{said}: {formats.mass(off)} {'above' if above else 'below'} this year's point of the target"
    if not outlook.last_year_kg:
        return said
    change = formats.change(outlook.mean_kg, outlook.last_year_kg)
    return f"{said}: {change[1]} against {outlook.year - 1}" if change else said


def parts_finding(found: EmissionForecast, named: pd.DataFrame) -> str:
    """Which part makes most of what is to come.

    Parameters
    ----------
    named : DataFrame
        name, kg (over all periods of the frame), largest first, all others last.
    """
    if named.empty:
        return "No part emits anything in this selection"
    whole = float(named["kg"].sum())
    top = named.iloc[0]
    share = formats.share(float(top["kg"]) / whole) if whole else formats.MISSING
    periods = formats.counted(len(found.frame), found.grain)
    rest = "all of it" if len(named) == 1 else f"{share} of all"
    return f"{top['name']} will emit {formats.mass(top['kg'])} in the {periods} shown, {rest}"
