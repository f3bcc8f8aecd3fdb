"""The backtest: measures by hand on a tiny example, and a series whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting import TooShort
from analytics.forecasting.backtest import backtested, measured, origins_of, verdicts_of
from analytics.forecasting.history import History


def history(kg: np.ndarray) -> History:
    series = pd.Series(kg, index=pd.date_range("2025-01-06", periods=len(kg)))
    return History(series, series * 10, series.index[-1] + pd.Timedelta(days=1), ())


def ahead(mean: list[float], half_80: float, half_95: float) -> pd.DataFrame:
    middle = np.asarray(mean)
    bands = {"lower_80": middle - half_80, "upper_80": middle + half_80}
    return pd.DataFrame({"mean": middle, **bands, "lower_95": middle - half_95, "upper_95": middle + half_95})


def test_measures_by_hand():
    # One origin, 7 days. Forecast 100 each; came 90, 110, 100, 130, 100, 60 and a gap.
    actual = np.array([90.0, 110, 100, 130, 100, 60, np.nan])
    frame = measured([("forecast", ahead([100.0] * 7, 15, 35), actual, 20.0)]).set_index("horizon_days")
    one, week = frame.loc[1], frame.loc[7]
    assert one["wape"] == pytest.approx(10 / 90)
    assert one["bias_share"] == pytest.approx(10 / 90)
    assert one["mase"] == pytest.approx(10 / 20)
    # Errors 10, 10, 0, 30, 0, 40 of 590 kg; forecast 600.
    assert week["wape"] == pytest.approx(90 / 590)
    assert week["bias_share"] == pytest.approx(10 / 590)
    assert week["mase"] == pytest.approx(15 / 20)
    assert week["coverage_80"] == pytest.approx(4 / 6)
    assert week["coverage_95"] == pytest.approx(5 / 6)
    assert week["width_80_kg"] == 30.0


def test_origins_lie_in_the_later_half_and_leave_thirty_days():
    assert origins_of(730)[-1] == 700
    assert len(origins_of(730)) == 14
    assert origins_of(730)[0] >= 365
    # With 2,000 days, thirty days apart: no day is tested twice.
    assert set(np.diff(origins_of(2_000))) == {30}


@pytest.mark.parametrize("days", [14, 60, 72])
def test_a_short_history_is_not_tested_and_says_so(days):
    with pytest.raises(TooShort, match=f"the selection has {days}"):
        backtested(history(np.full(days, 100.0)))


def test_bands_of_weekly_season_and_noise_hold_about_as_often_as_they_say(monkeypatch):
    monkeypatch.setattr("analytics.forecasting.backtest.MOST_ORIGINS", 8)
    rng = np.random.default_rng(4)
    week = np.array([1.2, 1.3, 1.2, 1.1, 1.0, 0.6, 0.6])
    kg = 1_000 * week[np.arange(420) % 7] + rng.normal(0, 100, 420)
    found = backtested(history(kg))
    at_30 = found.frame[found.frame["horizon_days"] == 30].set_index("method")
    own, naive = at_30.loc["forecast"], at_30.loc["seasonal_naive"]
    assert own["coverage_80"] == pytest.approx(0.80, abs=0.08)
    assert own["coverage_95"] == pytest.approx(0.95, abs=0.05)
    # The noise alone has a mean error of 80 kg a day; two noises, as last week again has, 113 kg.
    assert own["wape"] * 1_000 == pytest.approx(80, rel=0.2)
    assert naive["wape"] * 1_000 == pytest.approx(113, rel=0.2)
    # A band of 80 % of that noise is 256 kg wide.
    assert own["width_80_kg"] == pytest.approx(256, rel=0.2)
    assert abs(own["bias_share"]) < 0.05
    assert not any("by more than chance" in verdict for verdict in found.verdicts)
    assert set(found.frame["method"]) == {"forecast", "seasonal_naive", "linear_lags"}


def test_a_narrow_band_is_told_with_both_counts():
    rng = np.random.default_rng(0)
    tries = [(ahead([100.0] * 30, 6.7, 19.6), rng.normal(100, 10, 30)) for _ in range(14)]
    said = " ".join(verdicts_of(tries))
    # ±6.7 kg hold 50 % of a noise of 10 kg, ±19.6 kg 95 %.
    assert "The 80 % band held" in said and "of 420 days" in said
    assert "too narrow, by more than chance explains with 14 starting days" in said
    assert "The 95 % band held" in said and "as it should" in said


def test_a_band_that_always_holds_is_told_to_be_too_wide():
    tries = [(ahead([100.0] * 30, 500.0, 900.0), np.full(30, 100.0)) for _ in range(14)]
    assert "The 80 % band held 420 of 420 days, 100 %: it is too wide" in " ".join(verdicts_of(tries))


def test_origins_that_differ_much_prove_little():
    # Two thirds of the windows hold all days, the others none: 67 % of 360, but which windows come is chance.
    good = (ahead([100.0] * 30, 10.0, 20.0), np.full(30, 100.0))
    bad = (ahead([100.0] * 30, 10.0, 20.0), np.full(30, 200.0))
    said = verdicts_of([good, good, bad] * 4)[0]
    assert "it looks too narrow, but with 12 starting days chance can explain that" in said


def test_a_gap_in_the_data_is_not_tested(monkeypatch):
    monkeypatch.setattr("analytics.forecasting.backtest.MOST_ORIGINS", 4)
    rng = np.random.default_rng(9)
    kg = rng.normal(1_000, 50, 200)
    kg[150:170] = np.nan
    found = backtested(history(kg))
    assert found.frame[["wape", "coverage_80"]].notna().all().all()


def test_the_work_can_be_stopped_and_tells_how_far_it_is():
    told: list[float] = []

    def stop(fraction: float, _text: str) -> None:
        told.append(fraction)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backtested(history(np.random.default_rng(0).gamma(9, 10, 150)), report=stop)
    assert told == sorted(told) and told[0] == 0.0
