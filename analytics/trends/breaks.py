"""Change points: when the level of the emissions moved for good, by how much, and who moved it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.trends.design import ar1, orthogonal, residual
from analytics.trends.history import WEEK, blocks
from analytics.trends.steps import Steps, find_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CAUSES", "FRAME", "Found", "causes", "found_frame", "search", "weekday_shares"]

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
CAUSES = ("date", "by", "part", "name", "kg_per_day", "low", "high", "share_pct")
_SPARSE = 0.02  # of the median week: with emptier weeks a step is sought in kg, not in per cent
_AROUND_DAYS = 10
_WINDOW_DAYS = 42
_TOP = 5
_STANDS_OUT = 0.4  # of the step
_CERTAIN = 0.01  # chance that a part of those looked at moves so much by itself


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
        """From the exponent of a mean of logarithms to a mean of kg."""
        if not self.in_logs:
            return 1.0
        return float(self.weekly.mean() / np.exp(self.steps.fitted).mean())

    def kg(self, values: Floats) -> Floats:
        shown: Floats = np.exp(values) * self.smear if self.in_logs else values
        return shown

    @property
    def level(self) -> pd.DataFrame:
        """week, wtw_kg, adjusted_kg (time of year taken out), level_kg; kg a day."""
        seasonal = self.steps.fitted - self.steps.level
        given = self.weekly.to_numpy(dtype=float)
        adjusted = given / np.exp(seasonal) if self.in_logs else given - seasonal
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
        mean = float(self.weekly.mean())
        return self.steps.smallest / mean * 100.0 if mean > 0 else float("inf")


def search(days: pd.Series) -> Found:
    """Steps of a daily series of kg without gaps.

    Raises
    ------
    ValueError
        When it is too short (`steps.FEWEST_WEEKS` weeks).
    """
    weekly = blocks(days.to_frame("kg"))["kg"]
    values = weekly.to_numpy(dtype=float)
    in_logs = bool(len(values)) and values.min() > _SPARSE * max(float(np.median(values)), 1e-9)
    steps = find_steps(np.log(values) if in_logs else values)
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
            change, low, high = step.size, step.low, step.high
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


def causes(
    found: Found, parts: Mapping[str, pd.DataFrame], names: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame with the most likely cause of each step, and the parts that moved most.

    Parameters
    ----------
    parts : by ("mode", "supplier", "lane") → DataFrame
        Daily kg, a column a part; each sums to the series that was searched.
    names : supplier_id → name

    Notes
    -----
    Each part's weeks are regressed, in kg, on the same steps, growth and time of year as the whole. Since
    this is linear, the parts' steps sum to the step of the whole. A part is the cause where it carries
    `_STANDS_OUT` of the step, and moved more than its own noise allows among so many parts.
    """
    from scipy.stats import t as student

    frame, rows = found_frame(found), []
    design, first = _design(found)
    for place, date in enumerate(found.dates):
        column = first + place
        others = orthogonal(np.delete(design, column, axis=1))
        beyond = residual(others, design[:, column])
        own = float(beyond @ beyond)
        if own <= 1e-9:
            continue
        seen = []
        for by, wide in parts.items():
            weeks = blocks(wide).iloc[-len(design) :]
            values = np.zeros((len(design), weeks.shape[1]))
            values[len(design) - len(weeks) :] = weeks.to_numpy(dtype=float)
            moved = beyond @ values / own
            noise = residual(orthogonal(design), values)
            rho = ar1(noise)
            free = max(len(design) - design.shape[1], 1)
            wide_se = np.sqrt((noise**2).sum(axis=0) / free / own * (1 + rho) / (1 - rho))
            whole = float(moved.sum())
            reach = float(student.ppf(0.975, free))
            certain = float(student.ppf(1 - _CERTAIN / 2 / max(values.shape[1], 1), free))
            for k in np.argsort(-moved * np.sign(whole), kind="stable")[:_TOP]:
                part = str(weeks.columns[k])
                seen.append(
                    {
                        "date": date,
                        "by": by,
                        "part": part,
                        "name": names.get(part, part) if by == "supplier" else part,
                        "kg_per_day": float(moved[k]),
                        "low": float(moved[k] - reach * wide_se[k]),
                        "high": float(moved[k] + reach * wide_se[k]),
                        "share_pct": float(moved[k] / whole * 100.0) if whole else float("nan"),
                        "certain": abs(moved[k]) > certain * wide_se[k],
                        "strength": abs(moved[k]) / max(wide_se[k], 1e-12),
                    }
                )
        rows += seen
        chosen = _chosen(seen)
        for name, value in chosen.items():
            frame.loc[place, name] = value
    return frame, pd.DataFrame(rows, columns=[*CAUSES])


def _chosen(seen: list[dict[str, object]]) -> dict[str, object]:
    """The part that stands out most against its own noise, among those that carry much of the step."""
    table = pd.DataFrame(seen)
    if table.empty:
        return {"cause": "It is spread over many."}
    carries = table[(table["share_pct"] >= _STANDS_OUT * 100.0) & table["certain"] & (table["part"] != "")]
    if carries.empty:
        return {"cause": "No mode, supplier or lane carries much of it: it is spread over many."}
    # A supplier tells more than the mode it moved; of the modes one always carries much.
    best = carries.sort_values("strength", ascending=False).iloc[0]
    suppliers = carries[carries["by"] == "supplier"]
    if len(suppliers):
        best = suppliers.sort_values("strength", ascending=False).iloc[0]
    return {
        "cause": _sentence(best),
        "cause_by": best["by"],
        "cause_part": best["part"],
        "cause_name": best["name"],
        "cause_share_pct": best["share_pct"],
    }


def _sentence(best: pd.Series) -> str:
    what = {"mode": "By mode, {}", "supplier": "The supplier {}", "lane": "The lane {}"}[str(best["by"])]
    share = best["share_pct"]
    most = "all of it" if 95 <= share <= 105 else f"{share:.0f} % of it"
    if share > 105:
        most = f"more than all of it ({share:.0f} %): others moved the other way"
    return f"{what.format(best['name'])} carries {most}."


def _design(found: Found) -> tuple[Floats, int]:
    """The columns that were fitted, and the first one of the steps."""
    weeks = np.arange(len(found.weekly))
    jumps = [(weeks >= step.week).astype(float) for step in found.steps.found]
    return np.column_stack([found.steps.columns, *jumps]), found.steps.columns.shape[1]


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
