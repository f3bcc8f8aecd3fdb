"""Parts sum to totals, periods to days, events add what they say, a year adds what is known to what comes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.forecasting.drawn import Futures, banded, futures_of, periods_of, summed, with_events
from analytics.forecasting.events import Event, drawn_events
from analytics.forecasting.history import History
from analytics.forecasting.parts import OTHERS, part_futures, part_history, split
from analytics.forecasting.smoothing import smoothed_paths
from analytics.forecasting.year import year_outlook

kilograms = st.floats(0, 1e7, allow_nan=False)
DAYS = pd.date_range("2025-12-22", periods=40)


def history(kg: np.ndarray, first: str) -> History:
    days = pd.date_range(first, periods=len(kg))
    series = pd.Series(np.asarray(kg, dtype=float), index=days)
    return History(series, series * 10, days[-1] + pd.Timedelta(days=1), ())


def futures(mean_kg: float, days: pd.DatetimeIndex = DAYS, draws: int = 200) -> Futures:
    rng = np.random.default_rng(0)
    drawn = np.maximum(rng.normal(mean_kg, mean_kg / 10, (draws, len(days))), 0)
    return Futures(days, np.full(len(days), mean_kg), drawn)


@given(
    arrays(float, (5, 4), elements=kilograms),
    arrays(float, 5, elements=kilograms),
    arrays(float, 4, elements=st.floats(0, 1e6)),
)
def test_parts_sum_to_the_total_and_none_is_negative(parts, total, weights):
    found = split(parts, total, weights)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), total, rtol=1e-6, atol=1e-6 * (1 + parts.max()))


def test_the_part_with_the_larger_errors_takes_more_of_the_difference():
    # 30 kg are missing; variances 1 : 2 share them 10 : 20.
    np.testing.assert_allclose(
        split(np.array([[50.0, 20.0]]), np.array([100.0]), np.array([1.0, 2.0])), [[60, 40]]
    )


def test_a_part_that_would_fall_below_zero_stays_at_zero_and_the_others_pay():
    # 60 kg too much, shared 30 : 30; the second has 10 only, so the first gives 50.
    found = split(np.array([[100.0, 10.0]]), np.array([50.0]), np.array([1.0, 1.0]))
    np.testing.assert_allclose(found, [[50.0, 0.0]])


def test_the_eight_largest_parts_are_named_and_the_rest_with_the_nameless_are_others():
    total = history(np.full(30, 100.0), "2025-01-01")
    rows = [
        {"day": day, "part": None if k == 11 else f"P{k:02}", "wtw_kg": float(12 - k)}
        for day in total.kg.index
        for k in range(12)
    ]
    found = part_history(pd.DataFrame(rows), total)
    assert list(found.kg.columns) == [f"P{k:02}" for k in range(8)] + [OTHERS]
    assert found.kg[OTHERS].iloc[0] == 4 + 3 + 2 + 1
    assert found.kg.iloc[0].sum() == sum(range(1, 13))


def test_forecast_parts_sum_to_the_total_in_every_draw():
    rng = np.random.default_rng(1)
    parts = rng.gamma(5, 20, (200, 3)) * np.array([1.0, 3.0, 0.2])
    total = history(parts.sum(axis=1), "2025-01-01")
    rows = pd.DataFrame(parts, index=total.kg.index, columns=["road", "sea", "air"]).rename_axis("day")
    daily = rows.reset_index().melt("day", var_name="part", value_name="wtw_kg")
    whole = futures_of(total, 30)
    found = part_futures(part_history(daily, total), whole)
    assert found.names[0] == "sea"
    np.testing.assert_allclose(found.mean.sum(axis=1), whole.mean, rtol=1e-6)
    np.testing.assert_allclose(found.draws.sum(axis=2), whole.draws[: len(found.draws)], rtol=1e-4, atol=1)
    # Each part is near its own mean of 100, 300 and 20 kg a day.
    np.testing.assert_allclose(found.mean.mean(axis=0), [300, 100, 20], rtol=0.15)


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_sums_of_periods_are_the_sums_of_their_days(grain):
    periods = periods_of(DAYS, grain)
    values = np.arange(40.0)
    assert summed(values, periods).sum() == values.sum()
    assert len(summed(values, periods)) == len(periods.unique())


def test_weeks_begin_on_monday_and_months_on_the_first():
    days = pd.DatetimeIndex(["2025-12-28", "2025-12-29", "2026-01-01"])  # Sunday, Monday, Thursday
    assert list(periods_of(days, "week").strftime("%m-%d")) == ["12-22", "12-29", "12-29"]
    assert list(periods_of(days, "month").strftime("%m-%d")) == ["12-01", "12-01", "01-01"]


def test_a_month_is_surer_than_its_days_as_a_share_of_them():
    whole = futures(100.0, pd.date_range("2026-01-01", periods=31))
    days = banded(whole.days, whole.mean, whole.draws)
    periods = periods_of(whole.days, "month")
    month = banded(periods.unique(), summed(whole.mean, periods), summed(whole.draws, periods)).iloc[0]
    width = (days["upper_80"] - days["lower_80"]).mean()
    # Independent days: the sum is as wide as a day times the root of 31, not times 31.
    assert month["upper_80"] - month["lower_80"] == pytest.approx(width * np.sqrt(31), rel=0.25)


def test_an_event_adds_its_kg_from_its_first_to_its_last_day():
    event = Event(date(2025, 12, 24), date(2025, 12, 26), 30.0, 30.0, 30.0, "Extra flights")
    found = with_events(futures(100.0), [event])
    assert found.mean[:6].tolist() == [100.0, 100.0, 130.0, 130.0, 130.0, 100.0]
    assert found.mean.sum() == pytest.approx(40 * 100 + 3 * 30)


def test_events_add_up_and_a_saving_never_takes_a_day_below_zero():
    saving = Event(date(2025, 12, 22), None, -70.0, -70.0, -70.0, "To rail")
    assert with_events(futures(100.0), [saving]).mean[0] == pytest.approx(30.0)
    both = with_events(futures(100.0), [saving, saving])
    assert (both.mean == 0).all()
    assert (both.draws >= 0).all()


def test_the_range_of_an_event_is_in_the_draws():
    event = Event(date(2025, 12, 22), None, -50.0, -80.0, -40.0, "To rail")
    drawn = drawn_events([event], DAYS, 20_000).draws[:, 0]
    assert np.quantile(drawn, [0.025, 0.5, 0.975]) == pytest.approx([-80, -50, -40], abs=1.5)


def test_an_event_with_a_wrong_range_or_end_is_refused():
    with pytest.raises(ValueError, match="does not hold"):
        Event(date(2026, 1, 1), None, 10.0, 20.0, 30.0, "x")
    with pytest.raises(ValueError, match="before it starts"):
        Event(date(2026, 1, 2), date(2026, 1, 1), 0.0, 0.0, 0.0, "x")


def test_a_year_is_what_is_known_and_what_comes():
    # 355 days of 2025 with 100 kg, ten more with 20 kg; the leap year before has 366 days of 50 kg.
    kg = np.concatenate([np.full(366, 50.0), np.full(355, 100.0)])
    outlook = year_outlook(history(kg, "2024-01-01"), futures(20.0))
    assert (outlook.year, outlook.so_far_to) == (2025, date(2025, 12, 21))
    assert outlook.so_far_kg == 35_500.0
    assert outlook.mean_kg == pytest.approx(35_500 + 10 * 20)
    assert outlook.last_year_kg == 366 * 50
    assert outlook.low_95 <= outlook.low_80 <= outlook.mean_kg <= outlook.high_80 <= outlook.high_95
    last = outlook.cumulative.iloc[-1]
    assert (str(last["day"].date()), last["mean_kg"]) == ("2025-12-31", pytest.approx(outlook.mean_kg))
    assert outlook.cumulative["actual_kg"].iloc[354] == 35_500
    assert outlook.tonne_km_so_far == 355_000.0
    # Tonne-km have just been at 1,000 a day, so ten days more bring 10,000.
    assert outlook.tonne_km_mean == pytest.approx(365_000, rel=0.01)


def test_a_year_that_is_over_is_known():
    outlook = year_outlook(history(np.full(365, 10.0), "2025-01-01"), futures(10.0))
    assert outlook.year == 2025
    assert outlook.mean_kg == outlook.low_95 == outlook.high_95 == 3_650.0
    assert outlook.last_year_kg is None
    assert len(outlook.cumulative) == 365


def test_draws_of_tonne_km_go_with_those_of_kg_where_they_did_before():
    rng = np.random.default_rng(5)
    level = np.repeat(rng.gamma(20, 5, 30), 28)  # each four weeks another level, kg and tonne-km alike
    known = history(level * rng.uniform(0.95, 1.05, len(level)), "2024-01-01")
    days = pd.date_range(known.end, periods=400)
    outlook = year_outlook(known, futures(100.0, days, draws=1_000))
    assert np.corrcoef(outlook.draws, outlook.tonne_km_draws)[0, 1] > 0.9


def test_sparse_legs_keep_their_day_of_the_week():
    # 700 kg each Wednesday for 30 weeks, nothing else.
    found = futures_of(history(np.tile([0, 0, 700.0, 0, 0, 0, 0], 30), "2025-01-06"), 28)
    wednesdays = np.asarray(found.days.day_of_week == 2)
    np.testing.assert_allclose(found.mean[wednesdays], 700, rtol=0.05)
    np.testing.assert_allclose(found.mean[~wednesdays], 0, atol=35)


def test_smoothing_finds_level_and_week_and_its_band_the_noise():
    rng = np.random.default_rng(2)
    week = np.array([50.0, 40, 30, 20, 10, -70, -80])
    y = 200 + week[np.arange(700) % 7] + rng.normal(0, 10, 700)
    found = smoothed_paths(y[:, None], 28, 2_000)
    np.testing.assert_allclose(found.mean[:, 0], 200 + week[np.arange(28) % 7], atol=8)
    low, high = np.quantile(found.draws[:, :, 0], [0.1, 0.9], axis=0)
    # 80 % of a normal distribution with 10 kg: 25.6 kg wide.
    assert np.mean(high - low) == pytest.approx(25.6, rel=0.15)


def test_smoothing_passes_over_gaps():
    y = np.tile([10.0, 20, 30, 40, 50, 60, 70], 20)[:, None]
    y[40:60] = np.nan
    found = smoothed_paths(y, 7, 50)
    np.testing.assert_allclose(found.mean[:, 0], [10, 20, 30, 40, 50, 60, 70], rtol=0.02)
