"""Events that are known to come, a planned shift for one: kg added to each day from a date on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

__all__ = ["Event", "Events", "drawn_events"]

_Z95 = 1.96


@dataclass(frozen=True)
class Event:
    """A change of the daily emission.

    Parameters
    ----------
    start, end : date
        First and last day; without an end it stays.
    kg_per_day, low_kg_per_day, high_kg_per_day : float
        kg CO2e added to each day with its 95 % range; negative for a saving.
    label : str
    part : str, optional
        The mode, supplier or lane that it belongs to; without one all parts share it.

    Raises
    ------
    ValueError
        For an end before the start, or a range that does not hold the value.
    """

    start: date
    end: date | None
    kg_per_day: float
    low_kg_per_day: float
    high_kg_per_day: float
    label: str
    part: str | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"The event “{self.label}” ends ({self.end}) before it starts ({self.start}).")
        if not self.low_kg_per_day <= self.kg_per_day <= self.high_kg_per_day:
            raise ValueError(
                f"The range of the event “{self.label}” does not hold its {self.kg_per_day:,.0f} kg a day."
            )

    def on(self, days: pd.DatetimeIndex) -> np.ndarray:
        """Whether it is in force, day by day."""
        after = days >= pd.Timestamp(self.start)
        return np.asarray(after if self.end is None else after & (days <= pd.Timestamp(self.end)))


@dataclass(frozen=True, eq=False)
class Events:
    """Sum of some events: `mean_kg` (days,) and `draws` (draws, days)."""

    mean_kg: np.ndarray
    draws: np.ndarray


def drawn_events(events: Sequence[Event], days: pd.DatetimeIndex, draws: int, *, seed: int = 17) -> Events:
    """What the events add to each day. How large one is is one draw for all its days.

    The range is read as two halves of normal distributions that meet at the value.
    """
    mean, drawn = np.zeros(len(days)), np.zeros((draws, len(days)))
    rng = np.random.default_rng(seed)
    for event in events:
        on = event.on(days)
        z = rng.standard_normal(draws) / _Z95
        up, down = event.high_kg_per_day - event.kg_per_day, event.kg_per_day - event.low_kg_per_day
        size = event.kg_per_day + np.where(z > 0, z * up, z * down)
        mean[on] += event.kg_per_day
        drawn[:, on] += size[:, None]
    return Events(mean, drawn)
