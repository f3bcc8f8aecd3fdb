"""Level, week and year of a daily series: STL for the seasons, a local line with its interval for the trend.

Sources: Cleveland et al. (1990), "STL: a seasonal-trend decomposition procedure based on loess", Journal of
Official Statistics 6; strengths after Hyndman and Athanasopoulos, "Forecasting: Principles and Practice",
section 4.3.
"""

from __future__ import annotations

import calendar
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.trends import words
from analytics.trends.design import YEAR_WEEKS, ar1, harmonics, inflation, slope, yearly_terms
from analytics.trends.history import WEEK, blocks
from analytics.trends.results import Season

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FEWEST_DAYS", "season_of"]

FEWEST_DAYS = 35
_YEAR = 52
_SLOPE_WEEKS = 26
_HALF_WINDOW = 26  # weeks on either side that a point of the trend is drawn through
_Z = 1.96


def season_of(days: pd.Series) -> Season:
    """Of a daily series of kg without gaps: `reason` says where it is too short."""
    if len(days) < FEWEST_DAYS or not days.sum() > 0:
        return _none(
            f"A season needs at least {FEWEST_DAYS} whole days with emissions; there are {len(days)}."
        )
    daily, weekly_strength = _week_on_days(days)
    week = blocks(days.to_frame("kg"))["kg"]
    values = week.to_numpy(dtype=float)
    yearly, weights = _yearly(values)
    trend, spread = _trend(values - yearly, weights, years=len(values) // _YEAR)
    left = values - yearly - trend
    two_years = len(values) >= 2 * _YEAR
    frame = pd.DataFrame(
        {
            "week": week.index,
            "wtw_kg": values,
            "trend_kg": trend,
            "trend_low": np.maximum(trend - _Z * spread, 0.0),
            "trend_high": trend + _Z * spread,
            "yearly_kg": yearly,
            "remainder_kg": left,
        }
    )
    size, low, high, p_value = _growth(values) or (None, None, None, None)
    p_year = _years_agree(values, trend) if two_years else None
    found = Season(
        daily=daily,
        weekly=frame,
        weekdays=_weekdays(days),
        months=_months(week, trend) if two_years else _no_months(),
        weekly_strength=weekly_strength,
        yearly_strength=_strength(yearly, left) if two_years else None,
        trend_strength=_strength(trend, left),
        yearly_p=p_year,
        slope_pct=size,
        slope_low=low,
        slope_high=high,
        slope_p=p_value,
    )
    return replace(found, findings=words.season_findings(found), notes=words.season_notes(found))


def _week_on_days(days: pd.Series) -> tuple[pd.DataFrame, float]:
    from statsmodels.tsa.seasonal import STL  # type: ignore[import-untyped]

    values = days.to_numpy(dtype=float)
    split = STL(values, period=WEEK, robust=True).fit()
    frame = pd.DataFrame(
        {"day": days.index, "wtw_kg": values, "weekly_kg": split.seasonal, "remainder_kg": split.resid}
    )
    return frame, _strength(split.seasonal, split.resid)


def _yearly(values: Floats) -> tuple[Floats, Floats]:
    """What the time of year adds to each week, and how far each week is trusted (gross ones are not)."""
    from statsmodels.tsa.seasonal import STL

    if len(values) < 2 * _YEAR:
        line = pd.Series(values).rolling(9, center=True, min_periods=3).median().to_numpy()
        return np.zeros(len(values)), _bisquare(values - line)
    years = len(values) // _YEAR
    # The same pattern every year: with two years a pattern that may change would follow every week.
    split = STL(values, period=_YEAR, seasonal=20 * years + 1, seasonal_deg=0, robust=True).fit()
    return np.asarray(split.seasonal), np.asarray(split.weights)


def _bisquare(noise: Floats) -> Floats:
    spread = 6.0 * float(np.median(np.abs(noise)))
    if spread <= 0:
        return np.ones(len(noise))
    weights: Floats = np.clip(1.0 - (noise / spread) ** 2, 0.0, None) ** 2
    return np.maximum(weights, 1e-3)


def _trend(values: Floats, weights: Floats, *, years: int) -> tuple[Floats, Floats]:
    """A line through the weeks around each one, and its standard error under AR(1) noise."""
    n = len(values)
    smoother = _local_lines(n, np.maximum(weights, 1e-3))
    trend = smoother @ values
    left = (values - trend) * np.sqrt(weights)
    free = max(float(n - 2 * np.trace(smoother) + (smoother**2).sum()), 1.0)
    rho = min(float(ar1(left)) + 3.0 / n, 0.9)
    apart = np.abs(np.arange(n)[:, None] - np.arange(n)[None, :])
    hidden = years / (years - 1) if years > 1 else 1.0  # a mean over years follows part of their noise
    covariance = float((left**2).sum()) / free * hidden * rho**apart
    spread = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", smoother, covariance, smoother), 0.0))
    return trend, spread


def _local_lines(n: int, weights: Floats) -> Floats:
    """The matrix that turns weeks into local linear fits (tricube weights), a row a week."""
    when = np.arange(n, dtype=float)
    half = min(_HALF_WINDOW, max(n / 3, 4)) if n < 2 * _YEAR else _HALF_WINDOW
    away = when[None, :] - when[:, None]
    edge = np.maximum(half - np.minimum(when, n - 1 - when), 0.0)  # as many weeks at the ends
    near = np.clip(1.0 - (np.abs(away) / (half + edge)[:, None] / 1.001) ** 3, 0.0, None) ** 3 * weights
    s0, s1, s2 = near.sum(axis=1), (near * away).sum(axis=1), (near * away**2).sum(axis=1)
    below = s0 * s2 - s1**2
    lines: Floats = near * (s2[:, None] - away * s1[:, None]) / np.where(below > 0, below, 1.0)[:, None]
    return lines


def _growth(values: Floats) -> tuple[float, float, float, float] | None:
    """Change of the level a year in % of the mean, its interval and p-value; None under half a year."""
    n, mean = len(values), float(values.mean())
    if n < _SLOPE_WEEKS or mean <= 0:
        return None
    beside = np.column_stack([np.ones(n), harmonics(n, yearly_terms(n))])
    found = slope(values / mean * 100.0, np.arange(n) / YEAR_WEEKS, beside)
    return found.size, found.low, found.high, found.p_value


def _weekdays(days: pd.Series) -> pd.DataFrame:
    """Each weekday's kg against the average day; the interval from how much the weeks differ."""
    many = len(days) // WEEK
    kept = days.iloc[len(days) - many * WEEK :]
    weeks = kept.to_numpy(dtype=float).reshape(many, WEEK)
    order = kept.index[:WEEK].dayofweek.to_numpy()
    weeks = weeks[:, np.argsort(order)]
    mean = weeks.mean()
    shares = weeks.mean(axis=0) / mean
    apart = (weeks - shares * weeks.mean(axis=1, keepdims=True)) / mean
    reach = 2.0 * apart.std(axis=0, ddof=1) / np.sqrt(many)
    return pd.DataFrame(
        {
            "weekday": range(WEEK),
            "name": list(calendar.day_name),
            "share_pct": shares * 100.0,
            "low": np.maximum(shares - reach, 0.0) * 100.0,
            "high": (shares + reach) * 100.0,
        }
    )


def _months(week: pd.Series, trend: Floats) -> pd.DataFrame:
    """Each month against the trend: its weeks' mean, with the noise of weeks of the same month."""
    middle = week.index + pd.Timedelta(days=3)
    ratio = pd.Series(week.to_numpy() / np.maximum(trend, 1e-9) - 1.0, index=middle)
    ratio = ratio - ratio.mean()
    effect = ratio.groupby(middle.month).mean()
    noise = ratio - effect.reindex(middle.month).to_numpy()
    wide = float(noise.std()) * np.sqrt(inflation(noise.to_numpy()))
    counts = ratio.groupby(middle.month).size()
    reach = 2.0 * wide / np.sqrt(counts)
    years = pd.Series(middle.year, index=middle).groupby(middle.month).nunique()
    return pd.DataFrame(
        {
            "month": effect.index,
            "name": [calendar.month_name[month] for month in effect.index],
            "effect_pct": effect.to_numpy() * 100.0,
            "low": (effect - reach).to_numpy() * 100.0,
            "high": (effect + reach).to_numpy() * 100.0,
            "years": years.to_numpy(),
        }
    )


def _no_months() -> pd.DataFrame:
    return pd.DataFrame(columns=["month", "name", "effect_pct", "low", "high", "years"])


def _years_agree(values: Floats, trend: Floats) -> float:
    """How often the years would look as alike if one of them were turned by any other number of weeks."""
    ratio = pd.Series(values / np.maximum(trend, 1e-9)).rolling(3, center=True, min_periods=1).mean()
    years = len(values) // _YEAR
    rows = ratio.to_numpy()[-years * _YEAR :].reshape(years, _YEAR)
    base = rows[-1]

    def alike(turn: int) -> float:
        others = [np.roll(row, turn * (place + 1)) for place, row in enumerate(rows[:-1])]
        return float(np.mean([np.corrcoef(base, other)[0, 1] for other in others]))

    if base.std() <= 0 or (rows.std(axis=1) <= 0).any():
        return 1.0
    here, turned = alike(0), [alike(turn) for turn in range(4, _YEAR - 3)]
    return (1 + sum(other >= here for other in turned)) / (len(turned) + 1)


def _strength(part: Floats, left: Floats) -> float:
    """1 − Var(remainder) ÷ Var(part + remainder), not below 0."""
    whole = float(np.var(part + left))
    return max(0.0, 1.0 - float(np.var(left)) / whole) if whole > 0 else 0.0


def _none(reason: str) -> Season:
    daily = pd.DataFrame(columns=["day", "wtw_kg", "weekly_kg", "remainder_kg"])
    weekly = pd.DataFrame(
        columns=["week", "wtw_kg", "trend_kg", "trend_low", "trend_high", "yearly_kg", "remainder_kg"]
    )
    weekdays = pd.DataFrame(columns=["weekday", "name", "share_pct", "low", "high"])
    return Season(daily, weekly, weekdays, _no_months(), reason=reason)
