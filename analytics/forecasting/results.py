"""What a forecast, a year's outlook and a backtest hold. Quantities in kg CO2e (WTW), days in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
import pandas as pd

from analytics.forecasting.events import Event

__all__ = [
    "BACKTEST_COLUMNS",
    "BANDS",
    "FORECAST_COLUMNS",
    "PART_COLUMNS",
    "Backtest",
    "By",
    "EmissionForecast",
    "Grain",
    "YearOutlook",
]

Grain = Literal["day", "week", "month"]
By = Literal["total", "mode", "supplier", "lane", "lane_group"]
BANDS = {"lower_50": 0.25, "upper_50": 0.75, "lower_80": 0.10, "upper_80": 0.90} | {
    "lower_95": 0.025,
    "upper_95": 0.975,
}
FORECAST_COLUMNS = ("period", "mean", *BANDS)
PART_COLUMNS = ("part", "name", "period", "mean", "lower_80", "upper_80", "lower_95", "upper_95")
BACKTEST_COLUMNS = (
    "method",
    "horizon_days",
    "origins",
    "wape",
    "mase",
    "bias_share",
    "coverage_80",
    "coverage_95",
    "width_80_kg",
)


@dataclass(frozen=True, eq=False)
class EmissionForecast:
    """Emissions of the next days, weeks or months.

    Attributes
    ----------
    grain, horizon_days
        As asked for. Weeks (from Monday) and months are whole: the first one holds what is known of it
        already, the last one runs to its end, beyond the horizon.
    history : DataFrame
        period, wtw_kg: whole periods before the first one of `frame`; NaN in a gap in the data.
    frame : DataFrame
        period, mean, lower_50, upper_50, lower_80, upper_80, lower_95, upper_95.
    parts : DataFrame
        part, name, period, mean, lower_80, upper_80, lower_95, upper_95; the means of a period sum to the
        mean in `frame`. Empty for the total.
    total_kg, low_kg, high_kg : float
        Sum over the days of the horizon, with its 95 % band.
    history_days : int
        Days that the forecast was made from, gaps left out.
    history_end : Timestamp
        The first day that is not known.
    notes : tuple of str
        Sentences on what was left out or done differently.
    """

    grain: Grain
    horizon_days: int
    history: pd.DataFrame
    frame: pd.DataFrame
    parts: pd.DataFrame
    total_kg: float
    low_kg: float
    high_kg: float
    history_days: int
    history_end: pd.Timestamp
    notes: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    by: By = "total"


@dataclass(frozen=True, eq=False)
class YearOutlook:
    """What the calendar year of the last known day comes to: what is known, and draws of the rest.

    Attributes
    ----------
    so_far_kg, so_far_to
        Sum of the known days, and the last of them.
    mean_kg, low_80, high_80, low_95, high_95
        The whole year's kg CO2e.
    draws, tonne_km_draws : ndarray, shape (draws,)
        Totals of the year, in pairs: a draw of one belongs to the draw of the other at the same place.
    cumulative : DataFrame
        day, actual_kg (NaN from the first unknown day), mean_kg, lower_80, upper_80, lower_95, upper_95 (NaN
        before it): the year's sum up to and with that day.
    last_year_kg : float or None
        None where the history does not hold the whole year before.
    from_day : date
        The first day of the year that the history holds: later than 1 January where it begins in the year.
    """

    year: int
    so_far_kg: float
    so_far_to: date
    mean_kg: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float
    draws: np.ndarray
    cumulative: pd.DataFrame
    last_year_kg: float | None
    from_day: date
    tonne_km_so_far: float
    tonne_km_mean: float
    tonne_km_draws: np.ndarray
    history_end: pd.Timestamp
    notes: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, eq=False)
class Backtest:
    """How good forecasts made earlier would have been, beside simple ones.

    Attributes
    ----------
    frame : DataFrame
        method (forecast, seasonal_naive, linear_lags), horizon_days (the days 1 to this one after the
        origin), origins, wape and bias_share (shares of what came), mase (1 is the seasonal naive forecast
        one day ahead within the history), coverage_80, coverage_95 (shares of days), width_80_kg (mean).
    verdicts : tuple of str
        Sentences on how well the bands held.
    """

    frame: pd.DataFrame
    origins: int
    verdicts: tuple[str, ...]
    made_at: datetime
    first_origin: pd.Timestamp
    last_origin: pd.Timestamp
