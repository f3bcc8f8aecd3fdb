"""The forecast of a series: what it must know of freight, what it refuses, and laws that always hold."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecasting import (
    TooShort,
    UnusableSeries,
    forecast,
    linear_lags,
    paths,
    regular,
    seasonal_naive,
)


def days(values, start: str = "2026-01-05") -> pd.Series:  # a Monday
    return pd.Series(np.asarray(values, float), index=pd.date_range(start, periods=len(values)))


def noisy(many: int, level: float = 1000.0, size: float = 50.0, seed: int = 1) -> np.ndarray:
    return level + np.random.default_rng(seed).normal(0, size, many)


def test_the_days_after_the_last_one_are_forecast():
    found = forecast(days(noisy(60)), 3)
    assert found.index.tolist() == pd.to_datetime(["2026-03-06", "2026-03-07", "2026-03-08"]).tolist()
    assert found.columns.tolist() == ["mean", "lower_80", "upper_80", "lower_95", "upper_95"]
    assert "upper_50" in forecast(days(noisy(60)), 3, levels=(0.5,)).columns


def test_a_steady_flow_goes_on():
    assert forecast(days([250.0] * 40), 30).to_numpy() == pytest.approx(250.0)


def test_no_shipments_remain_none():
    assert (forecast(days([0.0] * 40), 30).to_numpy() == 0).all()


def test_nothing_moves_at_the_weekend():
    found = forecast(days(np.where(np.arange(140) % 7 < 5, noisy(140), 0.0)), 14)
    assert (found.loc[found.index.dayofweek >= 5].to_numpy() == 0).all()
    assert found.loc[found.index.dayofweek < 5, "mean"].to_numpy() == pytest.approx(1000, rel=0.05)


def test_a_lane_moved_to_sea_two_weeks_ago_stays_there():
    moved = np.r_[noisy(200), noisy(14, level=400.0, seed=2)]
    found = forecast(days(moved), 30)
    assert found["mean"].to_numpy() == pytest.approx(400, rel=0.1)
    assert (found["upper_95"] < 900).all()


def test_one_gross_error_is_no_new_level():
    values = noisy(200)
    values[150] = 60_000.0
    # No step is seen there: what remains is the mean of all days, (199 × 1000 + 60,000) ÷ 200 = 1295.
    assert forecast(days(values), 30)["mean"].median() == pytest.approx(1295, rel=0.1)


def test_weeks_are_told_from_days():
    weekly = days(noisy(60))
    weekly.index = pd.date_range("2025-01-06", periods=60, freq="7D")
    assert forecast(weekly, 2).index.tolist() == pd.to_datetime(["2026-03-02", "2026-03-09"]).tolist()


def test_missing_days_and_empty_days_are_the_same():
    empty = days(noisy(80))
    empty.iloc[[10, 11, 40]] = np.nan
    pd.testing.assert_frame_equal(forecast(empty, 10), forecast(empty.dropna(), 10))
    assert regular(empty.dropna()).isna().sum() == 3


def test_unknown_last_days_make_the_band_no_narrower():
    full = noisy(120).cumsum() / 50
    cut = full.copy()
    cut[-10:] = np.nan
    ends, unknown = forecast(days(full[:110]), 20), forecast(days(cut), 10)
    pd.testing.assert_frame_equal(ends.iloc[10:], unknown, check_freq=False)


def test_farther_ahead_is_less_sure():
    walk = 5_000 + np.random.default_rng(3).normal(0, 60, 400).cumsum()
    found = forecast(days(walk), 365)
    width = (found["upper_80"] - found["lower_80"]).rolling(30).mean().dropna()
    assert width.iloc[-1] > 1.5 * width.iloc[0]


def test_paths_are_as_wide_as_the_bands_and_remember():
    y = days(noisy(200))
    found, bands = paths(y, 30), forecast(y, 30)
    assert found.draws.shape == (400, 30)
    assert found.dates.equals(bands.index)
    assert found.mean == pytest.approx(bands["mean"].to_numpy())
    width = (bands["upper_80"] - bands["lower_80"]).mean()
    lower, upper = np.quantile(found.draws, [0.1, 0.9], axis=0)
    assert (upper - lower).mean() == pytest.approx(width, rel=0.1)
    # What is unknown about the level is the same on all days: sums are less sure than of independent days.
    walk = paths(days(5_000 + np.random.default_rng(3).normal(0, 60, 300).cumsum()), 30)
    assert walk.draws.sum(axis=1).std() > 2 * np.sqrt((walk.draws.std(axis=0) ** 2).sum())


def test_the_same_series_has_the_same_forecast():
    y = days(noisy(90))
    pd.testing.assert_frame_equal(forecast(y, 20), forecast(y, 20))


def test_naive_is_last_week_again():
    y = days(np.arange(28.0))
    assert seasonal_naive(y, 9)["mean"].tolist() == [21, 22, 23, 24, 25, 26, 27, 21, 22]
    # Every error a week ahead was +7.
    assert seasonal_naive(y, 1)[["lower_80", "upper_80"]].to_numpy() == pytest.approx(28.0)


def test_linear_lags_continue_what_is_linear():
    # y(t) = y(t−7) + 7 holds without error, so does the least squares fit.
    assert linear_lags(days(np.arange(60.0)), 5)["mean"].to_numpy() == pytest.approx([60, 61, 62, 63, 64])


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (pd.Series([1.0] * 30), "dates"),
        (days([1.0] * 29 + [-1.0]), "0 or more"),
        (days([1.0] * 29 + [np.inf]), "0 or more"),
        (days([1.0] * 30)[::-1], "in order"),
        (pd.concat([days([1.0] * 30), days([2.0])]).sort_index(), "once"),
        (pd.Series(1.0, pd.date_range("2026-01-01", periods=30, freq="h")), "whole days"),
        (pd.Series(1.0, pd.date_range("2024-01-01", periods=30, freq="MS")), "a day or a week"),
        (pd.Series(["many"] * 30, pd.date_range("2026-01-01", periods=30)), "numbers"),
    ],
)
def test_a_series_that_cannot_be_used_is_refused_in_a_sentence(y: pd.Series, says: str):
    with pytest.raises(UnusableSeries, match=says):
        forecast(y, 7)


def test_too_short_says_how_many_values_there_are():
    with pytest.raises(TooShort, match=r"14 values, and there are 13"):
        forecast(days([1.0] * 13 + [np.nan]), 7)
    assert len(forecast(days(noisy(14)), 7)) == 7


def test_no_horizon_and_no_level_are_refused():
    with pytest.raises(ValueError, match="horizon"):
        forecast(days(noisy(30)), 0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        forecast(days(noisy(30)), 7, levels=(95,))


def test_the_clock_of_the_place_counts():
    y = days(noisy(40)).tz_localize("Europe/Berlin")
    assert forecast(y, 1).index[0] == pd.Timestamp("2026-02-14")


VALUES = st.lists(
    st.one_of(st.just(0.0), st.none(), st.floats(0, 1e7, allow_subnormal=False)), min_size=20, max_size=90
)


@settings(max_examples=25, deadline=None)
@given(values=VALUES, horizon=st.integers(1, 40), weekly=st.booleans())
def test_bands_nest_and_never_go_below_zero(values, horizon, weekly):
    index = pd.date_range("2026-01-05", periods=len(values), freq="7D" if weekly else "D")
    y = pd.Series([np.nan if one is None else one for one in values], index=index)
    if y.notna().sum() < 14:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = forecast(y, horizon, levels=(0.5, 0.8, 0.95))
    assert np.isfinite(found.to_numpy()).all()
    assert len(found) == horizon
    order = found[["lower_95", "lower_80", "lower_50", "upper_50", "upper_80", "upper_95"]].to_numpy()
    assert (order >= 0).all()
    assert (np.diff(order, axis=1) >= 0).all()
    for simple in (seasonal_naive, linear_lags):
        assert np.isfinite(simple(y, horizon).to_numpy()).all()


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), factor=st.sampled_from([1e-3, 4.0, 1e6]))
def test_in_grams_or_tonnes_the_forecast_is_the_same(seed, factor):
    y = days(np.abs(noisy(70, seed=seed)))
    assert forecast(y * factor, 10).to_numpy() == pytest.approx(forecast(y, 10).to_numpy() * factor, rel=1e-3)
