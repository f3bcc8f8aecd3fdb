"""Year on year: each month against the same one a year before, with and without what the calendar does."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.trends.breaks import weekday_shares
from analytics.trends.design import inflation
from analytics.trends.history import blocks
from analytics.trends.results import YearOnYear

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FRAME", "year_on_year"]

FRAME = (
    "month",
    "name",
    "this_kg",
    "last_kg",
    "change_kg",
    "change_pct",
    "calendar_pct",
    "adjusted_pct",
    "working_days",
    "working_days_last",
    "partial",
    "days",
)
_MONTHS = 12
_FEWEST_DAYS = 7  # of a month that is not over
_FEWEST_WEEKS = 8
_HOLIDAYS = (
    "Adjusted for how many Mondays, Tuesdays … each month has. Public holidays are not: Easter and the lunar "
    "new year move between months."
)


def year_on_year(days: pd.Series, start: date | None = None) -> YearOnYear:
    """Months of the last year of a daily series of kg, those before `start` left out.

    A month that is not over is compared with the same days a year before. A month is left out where the
    series does not hold all its days a year before.
    """
    frame = pd.DataFrame(_rows(days, start), columns=list(FRAME))
    if frame.empty:
        return YearOnYear(
            frame,
            reason="No month of the period has the same month a year before in the data.",
        )
    this, last = float(frame["this_kg"].sum()), float(frame["last_kg"].sum())
    change = _pct(this, last)
    shares = weekday_shares(days)
    adjusted = _adjusted(days, frame, shares)
    low, high, p = _chance(days, frame, adjusted)
    partial = frame[frame["partial"]]
    notes = [_HOLIDAYS]
    if len(partial):
        row = partial.iloc[-1]
        notes.append(f"{row['name']} is not over: its first {row['days']} days are compared.")
    return YearOnYear(
        frame, this, last, change, adjusted, low, high, p,
        finding=_finding(len(frame), adjusted, low, high, p), notes=tuple(notes),
    )  # fmt: skip


def _rows(days: pd.Series, start: date | None) -> list[dict[str, object]]:
    if days.empty:
        return []
    shares, rows = weekday_shares(days), []
    end = days.index[-1] + pd.Timedelta(days=1)
    latest = days.index[-1].to_period("M")
    first = pd.Period(start, "M") if start else None
    for month in pd.period_range(end=latest, periods=_MONTHS, freq="M"):
        if first is not None and month < first:
            continue
        begins, over = month.start_time, (month + 1).start_time
        until = min(over, end)
        length = (until - begins).days
        begins_last = (month - 12).start_time
        until_last = min(begins_last + pd.Timedelta(days=length), (month - 11).start_time)
        if until == over:
            until_last = (month - 11).start_time
        if begins_last < days.index[0] or (length < _FEWEST_DAYS and until < over):
            continue
        this, last = _between(days, begins, until), _between(days, begins_last, until_last)
        expected = _expected(this, shares), _expected(last, shares)
        kg = float(this.sum()), float(last.sum())
        rows.append(
            {
                "month": begins,
                "name": f"{begins:%B %Y}",
                "this_kg": kg[0],
                "last_kg": kg[1],
                "change_kg": kg[0] - kg[1],
                "change_pct": _pct(*kg, otherwise=float("nan")),
                "calendar_pct": _pct(*expected, otherwise=float("nan")),
                "adjusted_pct": _pct(kg[0] * expected[1], kg[1] * expected[0], otherwise=float("nan")),
                "working_days": int((this.index.dayofweek < 5).sum()),
                "working_days_last": int((last.index.dayofweek < 5).sum()),
                "partial": bool(until < over),
                "days": length,
            }
        )
    return rows


def _adjusted(days: pd.Series, frame: pd.DataFrame, shares: Floats) -> float | None:
    """The change of all compared months, weighted by their kg a year before, without the calendar."""
    known = frame.dropna(subset=["adjusted_pct"])
    weight = float(known["last_kg"].sum())
    return float((known["adjusted_pct"] * known["last_kg"]).sum() / weight) if weight > 0 else None


def _chance(
    days: pd.Series, frame: pd.DataFrame, adjusted: float | None
) -> tuple[float | None, float | None, float | None]:
    """95 % interval of the change from how much weeks differ from those 52 weeks before."""
    from scipy.stats import t as student  # type: ignore[import-untyped]

    week = blocks(days.to_frame("kg"))["kg"]
    pairs = pd.DataFrame({"this": week, "last": week.shift(52)}).dropna()
    pairs = pairs[pairs.index >= frame["month"].min()]
    if adjusted is None or len(pairs) < _FEWEST_WEEKS or not pairs["last"].mean() > 0:
        return None, None, None
    ratio = float(pairs["this"].mean() / pairs["last"].mean())
    apart = ((pairs["this"] - ratio * pairs["last"]) / pairs["last"].mean()).to_numpy()
    inflated = inflation(apart)
    free = max(len(apart) / inflated - 1, 3.0)
    error = float(apart.std(ddof=1)) * np.sqrt(inflated / len(apart)) * 100.0
    reach = float(student.ppf(0.975, free)) * error
    p = float(2 * student.sf(abs(adjusted) / error, free)) if error > 0 else float(adjusted == 0)
    return adjusted - reach, adjusted + reach, p


def _finding(
    months: int, adjusted: float | None, low: float | None, high: float | None, p: float | None
) -> str:
    if adjusted is None:
        return "Nothing was emitted in these months a year before."
    over = f"Over {months} months" if months > 1 else "In this month"
    if p is None or low is None:
        return f"{over}, emissions changed by {adjusted:+.1f} % against the year before."
    span = f"95 % interval {low:+.1f} to {high:+.1f} %"
    if p > 0.05:
        return f"{over}, the change against the year before is not certain: {adjusted:+.1f} % ({span})."
    return f"{over}, emissions are {adjusted:+.1f} % against the year before ({span})."


def _between(days: pd.Series, begins: pd.Timestamp, until: pd.Timestamp) -> pd.Series:
    return days[(days.index >= begins) & (days.index < until)]


def _expected(days: pd.Series, shares: Floats) -> float:
    return float(shares[days.index.dayofweek].sum())


def _pct(now: float, before: float, otherwise: float | None = None) -> float | None:
    return (now / before - 1.0) * 100.0 if before > 0 else otherwise
