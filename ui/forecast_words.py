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
    "parts_finding",
    "way",
    "year_finding",
]

METHODS = {
    "forecast": "This forecast",
    "seasonal_naive": "As the week before",
    "linear_lags": "Linear on lags 1, 7, 14",
}
_DAYS_IN = {"day": 1, "week": 7}


def horizon_words(days: int) -> str:
    return "next day" if days == 1 else f"next {days} days"


def between(low_kg: object, high_kg: object, of_kg: object) -> str:
    """Both ends of a range in the unit of the figure in it: 2.0 and 2.7."""
    note = formats.range_note(of_kg, low_kg, high_kg).removeprefix("95 % range ")
    return note.replace("–", " and ", 1) if note != formats.MISSING else note


def last_equal_kg(found: EmissionForecast) -> float | None:
    """What the days just before the forecast emitted, as many as are ahead; None where fewer are known.

    Only a history by day tells: weeks and months do not end with the history.
    """
    if found.grain != "day" or found.history_days < found.horizon_days:
        return None
    end = pd.Timestamp(found.history_end)
    days = pd.to_datetime(found.history["period"])
    inside = (days >= end - timedelta(days=found.horizon_days)) & (days < end)
    return float(found.history.loc[inside, "wtw_kg"].sum())


def way(found: EmissionForecast, before_kg: float | None) -> str:
    """Rise, fall or stay, judged by whether the equal days before lie outside of the 95 % range."""
    if before_kg is None:
        return "are expected"
    if before_kg > found.high_kg:
        return "will fall to"
    return "will rise to" if before_kg < found.low_kg else "will stay at"


def fan_finding(found: EmissionForecast, before_kg: float | None) -> str:
    """The title: "Emissions will stay at about 78 t a day; the next 30 days emit 2.3 kt, between …"."""
    per_day = formats.mass(found.total_kg / found.horizon_days)
    said = way(found, before_kg)
    link = " at" if said == "are expected" else ""
    return (
        f"Emissions {said}{link} about {per_day} a day; the {horizon_words(found.horizon_days)} emit "
        f"{formats.mass(found.total_kg)}, between {between(found.low_kg, found.high_kg, found.total_kg)}"
    )


def year_finding(outlook: YearOutlook) -> str:
    """The year's end with its range, against last year where that is known."""
    kg = f"{formats.mass(outlook.mean_kg)} CO2e"
    ends = between(outlook.low_95_kg, outlook.high_95_kg, outlook.mean_kg)
    said = f"{outlook.year} will end at about {kg}, between {ends}"
    if not outlook.last_year_kg:
        return said
    change = formats.change(outlook.mean_kg, outlook.last_year_kg)
    return f"{said}: {change[1]} against {outlook.year - 1}" if change else said


def parts_finding(found: EmissionForecast, named: pd.DataFrame) -> str:
    """Which part makes most of what is to come.

    Parameters
    ----------
    named : DataFrame
        name, kg (over the horizon), largest first.
    """
    if named.empty:
        return "No part emits anything in this selection"
    whole = float(named["kg"].sum())
    top = named.iloc[0]
    share = formats.share(float(top["kg"]) / whole) if whole else formats.MISSING
    rest = "all of it" if len(named) == 1 else f"{share} of the {horizon_words(found.horizon_days)}"
    return f"{top['name']} will emit {formats.mass(top['kg'])}, {rest}"
