"""Change points: when the level of the emissions moved for good, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.trends.history import WEEK, blocks
from analytics.trends.steps import LEVEL, Steps, find_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FRAME", "Found", "found_frame", "search", "weekday_shares"]

FRAME = (
    "date",
    "before_kg_per_day",
    "after_kg_per_day",
    "change_kg_per_day",
    "low",
    "high",
    "change_pct",
    "p_value",
    "cause",
    "cause_by",
    "cause_part",
    "cause_name",
    "cause_share_pct",
    "in_period",
)
_SPARSE = 0.02  # of the median week: with emptier weeks a step is sought in kg, not in per cent
_AROUND_DAYS = 10
_WINDOW_DAYS = 42


@dataclass(frozen=True)
class Found:
    """Steps of a daily series.

    Attributes
    ----------
    weekly : Series
        kg a day, by the first day of each block of seven days.
    in_logs : bool
        Whether steps are shares of the level (they multiply), or kg.
    dates : tuple of Timestamp
        First day of each new level, of `steps.found`.
    """

    weekly: pd.Series
    steps: Steps
    in_logs: bool
    dates: tuple[pd.Timestamp, ...]

    @property
    def smear(self) -> float:
        """From what was searched to kg: the exponent of a mean of logarithms is no mean; shares of a mean."""
        if not self.in_logs:
            return float(self.weekly.mean())
        return float(self.weekly.mean() / np.exp(self.steps.fitted).mean())

    def kg(self, values: Floats) -> Floats:
        shown: Floats = (np.exp(values) if self.in_logs else values) * self.smear
        return shown

    @property
    def level(self) -> pd.DataFrame:
        """week, wtw_kg, adjusted_kg (time of year taken out), level_kg; kg a day."""
        seasonal = self.steps.fitted - self.steps.level
        given = self.weekly.to_numpy(dtype=float)
        adjusted = given / np.exp(seasonal) if self.in_logs else given - seasonal * self.smear
        return pd.DataFrame(
            {
                "week": self.weekly.index,
                "wtw_kg": given,
                "adjusted_kg": adjusted,
                "level_kg": self.kg(self.steps.level),
            }
        )

    @property
    def smallest_pct(self) -> float:
        """The smallest step in the middle that would have been seen four times in five, in %."""
        if self.in_logs:
            return float(np.expm1(min(self.steps.smallest, 10.0)) * 100.0)
        return self.steps.smallest * 100.0


def search(days: pd.Series, *, level: float = LEVEL, draws: int = 499, floor: float = 0.0) -> Found:
    """Steps of a daily series of kg without gaps, significant at `level`; see `find_steps`.

    Raises
    ------
    ValueError
        When it is too short (`steps.FEWEST_WEEKS` weeks).
    """
    weekly = blocks(days.to_frame("kg"))["kg"]
    values = weekly.to_numpy(dtype=float)
    in_logs = bool(len(values)) and values.min() > _SPARSE * max(float(np.median(values)), 1e-9)
    mean = float(values.mean()) if len(values) else 0.0
    steps = find_steps(
        np.log(values) if in_logs else values / max(mean, 1e-9), level=level, draws=draws, floor=floor
    )
    shares = weekday_shares(days)
    starts = [weekly.index[step.week] for step in steps.found]
    dates = []
    for place, (start, step) in enumerate(zip(starts, steps.found, strict=True)):
        beside = [other for k, other in enumerate(starts) if k != place]
        ratio = float(np.exp(step.size)) if in_logs else _ratio(steps, step.week, step.size)
        dates.append(_day_of(days, shares, start, ratio, beside))
    return Found(weekly, steps, in_logs, tuple(dates))


def weekday_shares(days: pd.Series) -> Floats:
    """Each weekday's kg against the mean day, Monday first: the median over weeks, 1 on average."""
    shares = np.ones(WEEK)
    weekly = days.rolling(WEEK, center=True).mean()
    ratio = (days / weekly.where(weekly > 0)).dropna()
    if len(ratio) >= 2 * WEEK:
        medians = ratio.groupby(ratio.index.dayofweek).median()
        shares = medians.reindex(range(WEEK), fill_value=0.0).to_numpy(dtype=float)
    mean = shares.mean()
    return shares / mean if mean > 0 else np.ones(WEEK)


def found_frame(found: Found) -> pd.DataFrame:
    """`FRAME` without the causes, a row a step, by date."""
    rows = []
    for date, step in zip(found.dates, found.steps.found, strict=True):
        before = float(found.kg(found.steps.level)[step.week - 1])
        if found.in_logs:
            change, low, high = (before * float(np.expm1(one)) for one in (step.size, step.low, step.high))
        else:
            change, low, high = (found.smear * one for one in (step.size, step.low, step.high))
        rows.append(
            {
                "date": date,
                "before_kg_per_day": max(before, 0.0),
                "after_kg_per_day": max(before + change, 0.0),
                "change_kg_per_day": change,
                "low": low,
                "high": high,
                "change_pct": change / before * 100.0 if before > 0 else float("nan"),
                "p_value": step.p_value,
                "cause": "",
                "cause_by": "",
                "cause_part": "",
                "cause_name": "",
                "cause_share_pct": float("nan"),
                "in_period": True,
            }
        )
    return pd.DataFrame(rows, columns=list(FRAME))


def _ratio(steps: Steps, week: int, size: float) -> float:
    before = float(steps.level[max(week - 1, 0)])
    return max((before + size) / before, 0.0) if before > 0 else 2.0


def _day_of(
    days: pd.Series, shares: Floats, start: pd.Timestamp, ratio: float, beside: list[pd.Timestamp]
) -> pd.Timestamp:
    """The day that parts the two levels best: daily kg, weekdays taken into account, around that week."""
    reach = timedelta(days=_WINDOW_DAYS)
    low = max([start - reach, *(other for other in beside if other < start)])
    high = min([start + reach, *(other for other in beside if other > start)])
    near = days[(days.index >= low) & (days.index < high)]
    expected = shares[near.index.dayofweek]
    told = expected > 0.3  # a quiet weekday says nothing about the level
    near, expected = near[told], expected[told]
    candidates = [start + timedelta(days=k) for k in range(-_AROUND_DAYS, _AROUND_DAYS + 1)]
    candidates = [one for one in candidates if one > low and one < high]
    if len(near) < WEEK or not candidates:
        return start
    level = near.to_numpy(dtype=float) / expected
    mean, costs = float(np.median(level)), []
    for one in candidates:
        late = np.asarray(near.index >= one)
        # One base for both sides, so that only the day is free.
        base = float(np.median(np.where(late, level / max(ratio, 1e-6), level)))
        miss = np.abs(level - base * np.where(late, ratio, 1.0)) / max(mean, 1e-9)
        costs.append(float(np.minimum(miss, 1.0).sum()))
    return candidates[int(np.argmin(costs))]
