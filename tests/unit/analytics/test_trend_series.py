"""Season, steps, years and shares on series whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.trends.breaks import search, weekday_shares
from analytics.trends.causes import caused
from analytics.trends.design import slope
from analytics.trends.history import blocks
from analytics.trends.season import season_of
from analytics.trends.shares import shares_of
from analytics.trends.steps import find_steps
from analytics.trends.years import year_on_year

WEEK = np.array([1.2, 1.2, 1.2, 1.2, 1.2, 0.6, 0.4])  # Monday first; 1 on average


def series(
    days: int, *, noise: float = 0.1, growth: float = 0.0, seed: int = 0, start: str = "2024-01-01"
) -> pd.Series:
    """1,000 kg on an average day, by weekday; start is a Monday."""
    rng, index = np.random.default_rng(seed), pd.date_range(start, periods=days, freq="D", name="day")
    kg = 1_000.0 * WEEK[index.dayofweek] * (1 + growth) ** (np.arange(days) / 365.25)
    return pd.Series(kg * rng.lognormal(0, noise, days), index=index)


def stepped(days: int, at: int, by: float, **more: object) -> pd.Series:
    given = series(days, **more)
    given.iloc[at:] *= 1 + by
    return given


def test_blocks_of_seven_days_end_with_the_last_day():
    days = pd.DataFrame({"kg": range(1, 17)}, index=pd.date_range("2024-01-01", periods=16))
    found = blocks(days)
    assert found["kg"].tolist() == [6.0, 13.0]  # 3..9 and 10..16
    assert found.index[-1] == pd.Timestamp("2024-01-10")


def test_weekdays_are_found_with_their_shares():
    assert weekday_shares(series(140, noise=1e-6)) == pytest.approx(WEEK, rel=1e-3)
    table = season_of(series(140)).weekdays
    assert ((table["low"] <= WEEK * 100) & (table["high"] >= WEEK * 100)).sum() >= 6


def test_a_step_of_thirty_per_cent_is_dated_and_sized():
    found = search(stepped(400, 250, 0.3))
    (date,), (step,) = found.dates, found.steps.found
    assert abs((date - pd.Timestamp("2024-09-07")).days) <= 3  # 250 days after 1 January 2024
    assert step.low <= np.log(1.3) <= step.high


def test_growth_is_no_staircase():
    hits = sum(bool(search(series(365, growth=0.15, seed=seed), draws=99).dates) for seed in range(20))
    assert hits <= 3  # 2 % each would make 0.4


def test_autocorrelated_noise_alone_seldom_shows_a_step():
    false = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        noise = np.zeros(100)
        for week in range(1, 100):
            noise[week] = 0.4 * noise[week - 1] + rng.normal(0, 0.1)
        false += bool(find_steps(7 + noise, draws=99).found)
    assert false <= 6  # 8 % is the most that is promised; 6 of 40 has a chance of 8 % then


def test_one_gross_week_is_no_level():
    given = series(400)
    given.iloc[200:205] *= 20
    assert search(given).dates == ()


def test_constant_and_empty_series_have_no_step():
    index = pd.date_range("2024-01-01", periods=200)
    assert search(pd.Series(5.0, index=index)).dates == ()
    assert search(pd.Series(0.0, index=index)).dates == ()
    with pytest.raises(ValueError, match="16 weeks"):
        search(pd.Series(5.0, index=index[:50]))


def test_the_supplier_that_moved_is_named_even_where_the_whole_hides_it():
    others = series(400, noise=0.5, seed=1) * 10
    mover = stepped(400, 200, -0.8, seed=2) * 1.5
    whole = others + mover
    suppliers = pd.DataFrame({"A": others, "B": mover})
    frame, moved = caused(search(whole), {"supplier": suppliers}, {"B": "Bolt"})
    row = frame.iloc[-1]
    assert (row["cause_by"], row["cause_part"], row["cause_name"]) == ("supplier", "B", "Bolt")
    assert abs((row["date"] - pd.Timestamp("2024-07-19")).days) <= 7
    bolt = moved[moved["part"] == "B"].iloc[0]
    assert bolt["name"] == "Bolt" and bolt["low"] <= -1_200.0 <= bolt["high"]  # 80 % of 1,500 kg a day


def test_parts_steps_sum_to_the_step_of_the_whole():
    parts = pd.DataFrame({"A": stepped(400, 200, 0.8), "B": series(400, seed=3)})
    frame, moved = caused(search(parts.sum(axis=1)), {"supplier": parts}, {})
    assert len(frame) == 1 and frame["cause_part"].iloc[0] == "A"
    assert moved["share_pct"].sum() == pytest.approx(100.0)


def test_a_month_with_one_more_working_day_is_adjusted():
    found = year_on_year(series(731 + 31, noise=1e-9, start="2024-01-01"))
    row = found.frame[found.frame["month"] == "2025-12-01"].iloc[0]
    # December 2025 has 23 working days, December 2024 22; every weekday is as it was.
    assert (row["working_days"], row["working_days_last"]) == (23, 22)
    assert row["adjusted_pct"] == pytest.approx(0.0, abs=0.5)
    # 5 of Mon-Wed 2025 against 5 of Sun-Tue 2024: 31 days = 4 weeks + 3 days: 3.6 against 2.8 on top of 28.
    assert row["change_pct"] == pytest.approx((31.6 / 30.8 - 1) * 100, abs=0.01)


def test_a_month_that_is_not_over_is_compared_with_its_first_days():
    found = year_on_year(series(366 + 31 + 10, start="2024-01-01"))
    row = found.frame.iloc[-1]
    assert (row["name"], row["days"], row["partial"]) == ("February 2025", 10, True)
    assert year_on_year(series(200)).reason


def test_trend_interval_holds_a_straight_truth():
    inside = []
    for seed in range(20):
        found = season_of(series(365, growth=0.2, seed=seed)).weekly
        truth = 1_000 * 1.2 ** ((np.arange(len(found)) * 7 + 4) / 365.25)
        inside.append(((found["trend_low"] <= truth) & (truth <= found["trend_high"])).mean())
    assert np.mean(inside) > 0.85


def test_slope_test_keeps_its_level_with_autocorrelation():
    false, n = 0, 104
    for seed in range(100):
        rng, noise = np.random.default_rng(seed), np.zeros(n)
        for week in range(1, n):
            noise[week] = 0.4 * noise[week - 1] + rng.normal()
        false += slope(noise, np.arange(n) / 52, np.ones((n, 1))).p_value <= 0.05
    assert false <= 12


def test_shares_sum_to_a_hundred_and_a_shift_is_significant():
    index = pd.date_range("2024-01-01", periods=364, name="day")
    rng = np.random.default_rng(0)
    air = np.linspace(0.3, 0.1, 364) * rng.lognormal(0, 0.1, 364)
    km = pd.DataFrame({"air": air * 1_000, "sea": 1_000 - air * 1_000}, index=index)
    found = shares_of(km, km * [0.6, 0.02])
    sums = found.frame.groupby("month")[["tonne_km_pct", "wtw_pct"]].sum()
    assert np.allclose(sums, 100.0)
    row = found.slopes[(found.slopes["measure"] == "tonne_km_share") & (found.slopes["mode"] == "air")].iloc[
        0
    ]
    assert row["significant"] and row["low"] <= -20.0 <= row["high"]  # 20 points in a year
    assert shares_of(km.iloc[:, :0], km.iloc[:, :0]).reason
