"""Which days a forecast is made from: known, zero, missing, too few, and a last day that is not over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting import TooShort
from analytics.forecasting.history import first_unknown_day, gaps, history_of

FIRST = pd.Timestamp("2025-01-06")  # a Monday


def daily(kg: list[float | None]) -> pd.DataFrame:
    """Days with legs from FIRST on; None is a day without one."""
    days = pd.date_range(FIRST, periods=len(kg))
    known = [k is not None for k in kg]
    values = [float(k) for k in kg if k is not None]
    return pd.DataFrame({"day": days[known], "wtw_kg": values, "tonne_km": [10 * v for v in values]})


def history(kg: list[float | None]):
    return history_of(daily(kg), FIRST + pd.Timedelta(days=len(kg)))


def test_a_day_without_legs_is_zero():
    found = history([100.0] * 10 + [None] + [100.0] * 10)
    assert found.kg.iloc[10] == 0.0
    assert found.kg.sum() == 2_000.0
    assert found.days == 21


def test_two_weeks_without_legs_in_a_dense_series_are_missing_data():
    found = history([100.0] * 60 + [None] * 14 + [100.0] * 60)
    assert found.kg.iloc[60:74].isna().all()
    assert found.tonne_km.iloc[60:74].isna().all()
    assert found.days == 120
    assert "14 days between 2025-03-07 and 2025-03-20" in " ".join(found.notes)


def test_thirteen_days_without_legs_are_a_quiet_time():
    assert history([100.0] * 60 + [None] * 13 + [100.0] * 60).kg.iloc[60:73].eq(0).all()


def test_weekends_without_legs_are_no_gap():
    found = history(([100.0] * 5 + [None] * 2) * 20)
    assert not found.kg.isna().any()


def test_long_pauses_of_a_series_that_rarely_ships_are_no_gap():
    found = history(([500.0] + [None] * 20) * 20)
    assert not found.kg.isna().any()
    # Every 21st of 420 days: of days 55 to 419 those numbered 63 to 399.
    assert "Legs run on 17 of the last 365 days" in " ".join(found.notes)


def test_a_series_that_ended_a_month_ago_lacks_data_and_one_that_ended_long_ago_has_stopped():
    late = history([100.0] * 100 + [None] * 30)
    stopped = history([100.0] * 100 + [None] * 91)
    assert late.kg.iloc[100:].isna().all()
    assert stopped.kg.iloc[100:].eq(0).all()
    assert "91 days" in " ".join(stopped.notes)


def test_gaps_looks_at_the_days_outside_long_runs_only():
    # 20 days with legs, 30 without, 20 with: the other 40 days all have legs.
    present = np.array([True] * 20 + [False] * 30 + [True] * 20)
    assert gaps(present).sum() == 30
    assert not gaps(np.zeros(40, dtype=bool)).any()


@pytest.mark.parametrize(
    ("kg", "says"),
    [
        ([100.0] * 13, "14 days of history, and the selection has 13"),
        (([100.0] + [None] * 9) * 5, "14 days with legs, and the selection has 5"),
        ([None] * 20, "no legs before the end"),
    ],
)
def test_too_little_history_says_how_much_there_is(kg, says):
    with pytest.raises(TooShort, match=says):
        history(kg)


def test_only_the_last_two_thousand_days_count():
    assert len(history([100.0] * 2_100).kg) == 2_000


def test_today_is_not_known_and_neither_is_what_comes_after_the_period():
    today = pd.Timestamp("2026-11-21").date()
    last = pd.Timestamp("2026-11-21 09:30")
    assert first_unknown_day(last, None, today) == pd.Timestamp("2026-11-21")
    assert first_unknown_day(last, pd.Timestamp("2026-06-01"), today) == pd.Timestamp("2026-06-01")
    assert first_unknown_day(last, pd.Timestamp("2027-06-01"), today) == pd.Timestamp("2026-11-21")


def test_data_that_end_in_the_past_are_known_to_their_last_day():
    last = pd.Timestamp("2015-09-14 00:00")
    assert first_unknown_day(last, None, pd.Timestamp("2026-11-21").date()) == pd.Timestamp("2015-09-15")
