"""When the demo's flows ship: week, year, holidays, growth, one supplier's change of mode, late last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ingestion.demo.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CHANGE_DAYS_BEFORE_END", "Window", "chinese_new_year", "day_profile", "window_until"]

CHANGE_DAYS_BEFORE_END = 243  # about eight months
_RAMP_DAYS = 14
_AIR_BEFORE, _AIR_AFTER = 0.90, 0.06  # the mover's share of shipments by air
_WEEK = np.array([1.0, 1.06, 1.05, 1.03, 0.94, 0.16, 0.07])  # Monday first
_WEEK_SEA = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.40, 0.25])
_REPORTED_OF_LAST_DAYS = (0.55, 0.80, 0.93)  # the last day first: uploads come in late
_NEW_YEAR = {  # first day of the lunar year
    2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26),
    2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11), 2033: (1, 31), 2034: (2, 19), 2035: (2, 8),
}  # fmt: skip
_LUNAR = {"CN", "HK", "VN", "KR"}
_EUROPE_OUT = {"US", "MX", "BR", "CN", "JP", "KR", "IN", "VN"}


@dataclass(frozen=True)
class Window:
    """The demo's period: whole days from `first_day`, and the moment nothing is known after."""

    first_day: date
    end: datetime

    @property
    def days(self) -> int:
        return (self.end - timedelta(microseconds=1)).date().toordinal() - self.first_day.toordinal() + 1

    @property
    def end_min(self) -> int:
        return int((self.end - datetime.combine(self.first_day, datetime.min.time())).total_seconds() // 60)


def window_until(until: date | datetime | None) -> Window:
    """24 months up to `until` (exclusive, UTC); without one, up to the last full hour of today."""
    if until is None:
        end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    elif isinstance(until, datetime):
        end = until.astimezone(UTC).replace(tzinfo=None) if until.tzinfo else until
    else:
        end = datetime(until.year, until.month, until.day)
    first = pd.Timestamp(end.date()) - pd.DateOffset(months=24)
    return Window(first.date(), end)


def chinese_new_year(year: int) -> date:
    """First day of the lunar year; early February for years beyond the table."""
    return date(year, *_NEW_YEAR.get(year, (2, 5)))


def day_profile(world: World, window: Window, rng: np.random.Generator) -> NDArray[np.float64]:
    """Relative number of shipments by day (rows) and flow (columns)."""
    days = window.days
    when = [window.first_day + timedelta(days=day) for day in range(days)]
    week = np.array([one.weekday() for one in when])
    sea = world.flows["main"] == "sea"
    profile = np.where(sea[None, :], _WEEK_SEA[week][:, None], _WEEK[week][:, None])
    country = world.flows["country"].astype(str)
    for region, season in _seasons(when).items():
        profile[:, _region(country) == region] *= season[:, None]
    supplier = world.flows["supplier"]
    years = np.arange(days) / 365.25
    profile *= np.exp(years[:, None] * world.habits["growth"][supplier][None, :])
    profile *= rng.lognormal(0.0, 0.05, (days, 1))
    profile *= rng.lognormal(0.0, 0.15, (days, len(world.suppliers)))[:, supplier]
    profile *= world.flows["volume"][None, :]
    profile *= _change(world, days)
    for back, share in enumerate(_REPORTED_OF_LAST_DAYS[: min(days, 3)], start=1):
        profile[days - back] *= share
    profile[-1] *= min(1.0, (window.end_min - (days - 1) * 1440) / 1440)
    return profile


def _region(country: NDArray[np.str_]) -> NDArray[np.str_]:
    return np.where(
        np.isin(country, list(_LUNAR)),
        "lunar",
        np.where(np.isin(country, list(_EUROPE_OUT)), "world", "europe"),
    )


def _seasons(when: list[date]) -> dict[str, NDArray[np.float64]]:
    """Level of each day by the region that ships; 1 on an ordinary day."""
    day = np.array([one.timetuple().tm_yday for one in when], dtype=float)
    christmas = np.where((day >= 358) | (day <= 3), 0.35, 1.0)
    before_christmas = 1 + 0.35 * _bump(day, 325, 20)
    since = np.array(
        [min(((one - chinese_new_year(y)).days for y in (one.year, one.year + 1)), key=abs) for one in when]
    )
    lunar = np.where((since >= -3) & (since <= 12), 0.20, 1.0) + 0.25 * _bump(since.astype(float), -14, 6)
    return {
        "europe": before_christmas * christmas * (1 - 0.35 * _bump(day, 224, 11)),
        "lunar": lunar * (1 + 0.30 * _bump(day, 275, 32)),
        "world": before_christmas * christmas,
    }


def _bump(x: NDArray[np.float64], centre: float, width: float) -> NDArray[np.float64]:
    return np.exp(-0.5 * ((x - centre) / width) ** 2)


def _change(world: World, days: int) -> NDArray[np.float64]:
    """Where the mover's shipments go: by air at first, by sea later; 1 for all other flows."""
    after = np.clip((np.arange(days) - (days - CHANGE_DAYS_BEFORE_END)) / _RAMP_DAYS, 0.0, 1.0)
    by_air = _AIR_BEFORE + (_AIR_AFTER - _AIR_BEFORE) * after
    share = np.where((world.flows["main"] == "air")[None, :], by_air[:, None], 1 - by_air[:, None])
    return np.where(world.flows["mover"][None, :], share, 1.0)
