"""What comes: forecasts of daily and weekly series with bands that were tested, and sums over their days."""

from __future__ import annotations

from analytics.forecasting.baselines import linear_lags, seasonal_naive
from analytics.forecasting.forecast import LEVELS, forecast
from analytics.forecasting.paths import Paths, paths
from analytics.forecasting.series import TooShort, UnusableSeries, regular

__all__ = [
    "LEVELS",
    "Paths",
    "TooShort",
    "UnusableSeries",
    "forecast",
    "linear_lags",
    "paths",
    "regular",
    "seasonal_naive",
]
