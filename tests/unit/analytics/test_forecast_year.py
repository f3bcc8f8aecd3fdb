"""The season of a year in the forecast: known after two years, never taken from a level that only drifts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting import Paths, paths

YEAR_DAYS = 365.25
WEEK = np.array([1.15, 1.1, 1.05, 1.0, 1.1, 0.55, 0.4])


def with_season(
    many: int, swing_kg: float, *, noise: float = 80.0, seed: int = 0, usual: float | np.ndarray = 1_000.0
) -> np.ndarray:
    """`usual` kg on a day, `swing_kg` more a quarter into each year and as much less at three quarters."""
    t = np.arange(many)
    level = usual + swing_kg * np.sin(2 * np.pi * t / YEAR_DAYS)
    chance = np.random.default_rng(seed).normal(0, noise, many)
    return np.maximum(level * WEEK[t % 7] + chance, 0)


def ahead(values: np.ndarray, horizon: int, freq: str = "D") -> Paths:
    dates = pd.date_range("2024-01-01", periods=len(values), freq=freq)
    return paths(pd.Series(values, index=dates), horizon)


def a_day_around(mean: np.ndarray, day: int) -> float:
    """The mean of the four weeks around that day of the coming year, kg."""
    return float(mean[day - 14 : day + 14].mean())


def turns_back(found: Paths) -> bool:
    """Whether the course of the weeks rises and falls again, or the reverse, by 3 % of its mean or more."""
    weeks = found.mean.reshape(-1, 7).mean(axis=1)[8:]
    least = 0.03 * weeks.mean()
    over = weeks.max() - max(weeks[0], weeks[-1])
    under = min(weeks[0], weeks[-1]) - weeks.min()
    return bool(max(over, under) > least)


def test_the_peak_of_the_year_comes_back_after_two_years():
    found = ahead(with_season(731, 250), 365)
    assert a_day_around(found.mean, 91) == pytest.approx(1_250 * WEEK.mean(), rel=0.05)
    assert a_day_around(found.mean, 274) == pytest.approx(750 * WEEK.mean(), rel=0.05)


def test_a_lane_that_left_for_good_is_no_season():
    found = ahead(with_season(731, 250, usual=np.where(np.arange(731) >= 500, 700.0, 1_000.0)), 365)
    assert a_day_around(found.mean, 91) == pytest.approx((700 + 250) * WEEK.mean(), rel=0.07)


def test_less_than_two_years_tell_nothing_of_the_season():
    assert turns_back(ahead(with_season(731, 250), 364))
    assert not turns_back(ahead(with_season(600, 250), 364))


def test_weeks_have_a_season_too():
    t = np.arange(157)
    values = 7_000 * (1 + 0.3 * np.sin(2 * np.pi * t / (YEAR_DAYS / 7)))
    found = ahead(values + np.random.default_rng(1).normal(0, 200, 157), 52, "7D")
    assert found.mean[13] == pytest.approx(9_100, rel=0.05)
    assert found.mean[39] == pytest.approx(4_900, rel=0.05)


def test_what_only_drifts_has_no_season():
    """A random walk looks like a wave; beyond its drift it is none. Of 20, two at most are taken for one."""
    waves = 0
    for seed in range(20):
        chance = np.random.default_rng(seed)
        walk = 3_000 + np.cumsum(chance.normal(0, 15, 731)) + chance.normal(0, 80, 731)
        waves += turns_back(ahead(walk, 364))
    assert waves <= 2


def test_half_a_year_ahead_is_held_by_its_bands():
    """The sum of 180 days lies in its 80 % band for most of 12 seasonal series (9.6 are to be expected)."""
    held = 0
    for seed in range(12):
        values = with_season(911, 200, noise=120.0, seed=seed)
        found = ahead(values[:731], 180)
        low, high = np.quantile(found.draws.sum(axis=1), [0.1, 0.9])
        held += low <= values[731:].sum() <= high
    assert held >= 7
