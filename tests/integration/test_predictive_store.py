"""Forecast and outlook from a warehouse: what is selected, who may see it, the same on both engines."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from analytics import PredictiveAnalytics
from analytics.forecasting import TooShort
from analytics.forecasting.events import Event
from data_access import Filters, Scope, Store
from tests.legs import put

FIRST = pd.Timestamp("2025-10-06")
DAYS = 84  # twelve weeks, to 28 December
END = FIRST + pd.Timedelta(days=DAYS)
ALL = Scope.all()


def fill(store: Store, days: int = DAYS) -> pd.DataFrame:
    """Each day a lorry of Acme, heavier on Mondays, and on working days a train of Bolt."""
    rng = np.random.default_rng(0)
    rows: list[dict[str, object]] = []
    for n in range(days):
        day = FIRST + pd.Timedelta(days=n, hours=8)
        load = (20_000 if day.dayofweek == 0 else 10_000) * rng.uniform(0.9, 1.1)
        rows.append({"departed_at": day, "supplier_id": "Acme", "weight_kg": load})
        if day.dayofweek < 5:
            rows.append(
                {
                    "departed_at": day,
                    "supplier_id": "Bolt",
                    "mode": "rail",
                    "vehicle_class": "freight train",
                    "weight_kg": 30_000 * rng.uniform(0.9, 1.1),
                }
            )
    return put(store, *rows)


def test_forecast_parts_and_year_agree_with_each_other(store: Store):
    legs = fill(store)
    analytics = PredictiveAnalytics(store)
    total = analytics.forecast(Filters(), ALL, horizon_days=28)
    assert total.history_end == END
    assert total.history_days == DAYS
    assert total.frame["period"].tolist() == list(pd.date_range(END, periods=28))
    assert total.history["wtw_kg"].sum() == pytest.approx(legs["wtw_kg"].sum())
    # Nothing changes over the twelve weeks, so four more weeks bring a third of them again.
    assert total.total_kg == pytest.approx(legs["wtw_kg"].sum() / 3, rel=0.08)
    assert total.low_kg < total.total_kg < total.high_kg
    bands = total.frame[["lower_95", "lower_80", "lower_50", "mean", "upper_50", "upper_80", "upper_95"]]
    assert (np.diff(bands.to_numpy(), axis=1) >= 0).all()

    parts = analytics.forecast(Filters(), ALL, horizon_days=28, by="mode")
    assert list(parts.parts["part"].unique()) == ["road", "rail"]
    np.testing.assert_allclose(parts.parts.groupby("period")["mean"].sum(), parts.frame["mean"], rtol=1e-6)
    pd.testing.assert_frame_equal(parts.frame, total.frame)

    outlook = analytics.year(Filters(), ALL)
    assert (outlook.year, outlook.so_far_to) == (2025, date(2025, 12, 28))
    assert outlook.mean_kg - outlook.so_far_kg == pytest.approx(total.frame["mean"].iloc[:3].sum())
    assert outlook.tonne_km_so_far == pytest.approx(legs["tonne_km"].sum())
    assert "2025-10-06" in " ".join(outlook.notes)


def test_weeks_and_months_are_whole_and_begin_with_what_is_known(store: Store):
    fill(store)
    analytics = PredictiveAnalytics(store)
    before = Filters(end=datetime(2025, 12, 24))  # a Wednesday
    days = analytics.forecast(before, ALL, horizon_days=40)
    weeks = analytics.forecast(before, ALL, horizon_days=12, grain="week")
    months = analytics.forecast(before, ALL, horizon_days=30, grain="month")
    known = days.history.set_index("period")["wtw_kg"]
    mean = days.frame.set_index("period")["mean"]
    assert weeks.frame["period"].dt.strftime("%m-%d").tolist() == ["12-22", "12-29"]
    # Monday and Tuesday are known, Wednesday to Sunday forecast; the twelve days end on Sunday 4 January.
    assert weeks.frame["mean"].iloc[0] == pytest.approx(
        known["2025-12-22":].sum() + mean[:"2025-12-28"].sum()
    )
    assert weeks.frame["mean"].iloc[1] == pytest.approx(mean["2025-12-29":"2026-01-04"].sum())
    assert months.frame["period"].dt.strftime("%m-%d").tolist() == ["12-01", "01-01"]
    assert months.frame["mean"].iloc[1] == pytest.approx(mean["2026-01-01":"2026-01-31"].sum())
    assert months.total_kg == pytest.approx(mean.iloc[:30].sum())
    assert months.history["period"].dt.strftime("%m-%d").tolist() == ["11-01"]
    assert weeks.history["period"].max() == pd.Timestamp("2025-12-15")


def test_the_start_of_the_period_and_flags_do_not_cut_the_history(store: Store):
    fill(store)
    analytics = PredictiveAnalytics(store)
    narrow = Filters(start=datetime(2025, 12, 1), end=datetime(2025, 12, 20), anomalies_only=True)
    wide = Filters(end=datetime(2025, 12, 20))
    found = analytics.forecast(narrow, ALL, horizon_days=7)
    assert found.history_days == 75
    pd.testing.assert_frame_equal(found.frame, analytics.forecast(wide, ALL, horizon_days=7).frame)


def test_a_supplier_sees_and_forecasts_its_own_legs_only(store: Store):
    legs = fill(store)
    analytics = PredictiveAnalytics(store)
    own = analytics.forecast(Filters(), Scope.suppliers({"Bolt"}), horizon_days=7, by="supplier")
    assert set(own.parts["part"]) == {"Bolt"}
    bolt = legs.loc[legs["supplier_id"] == "Bolt", "wtw_kg"].sum()
    assert own.history["wtw_kg"].sum() == pytest.approx(bolt)
    actual = analytics.actual(Filters(), Scope.suppliers({"Bolt"}))
    assert actual["wtw_kg"].sum() == pytest.approx(bolt)
    with pytest.raises(TooShort, match="no legs"):
        analytics.forecast(Filters(), Scope.suppliers(()), horizon_days=7)


def test_events_change_total_and_their_part_by_the_same(store: Store):
    fill(store)
    analytics = PredictiveAnalytics(store)
    event = Event(date(2026, 1, 1), None, 100.0, 80.0, 120.0, "More lorries", part="road")
    plain = analytics.forecast(Filters(), ALL, horizon_days=14, by="mode")
    found = analytics.forecast(Filters(), ALL, horizon_days=14, by="mode", events=(event,))
    assert found.total_kg - plain.total_kg == pytest.approx(11 * 100)  # 1 to 11 January
    road = found.parts[found.parts["part"] == "road"]["mean"].sum()
    assert road - plain.parts[plain.parts["part"] == "road"]["mean"].sum() == pytest.approx(1_100)
    np.testing.assert_allclose(found.parts.groupby("period")["mean"].sum(), found.frame["mean"], rtol=1e-6)


def test_an_event_of_a_mode_is_shared_by_all_suppliers(duckdb_store: Store):
    fill(duckdb_store)
    analytics = PredictiveAnalytics(duckdb_store)
    event = Event(date(2025, 12, 29), None, 200.0, 200.0, 200.0, "More lorries", part="road")
    asked = {"horizon_days": 7, "by": "supplier"}
    plain = analytics.forecast(Filters(), ALL, **asked).parts.groupby("part")["mean"].sum()
    found = analytics.forecast(Filters(), ALL, **asked, events=(event,)).parts.groupby("part")["mean"].sum()
    assert (found > plain).all()
    assert (found - plain).sum() == pytest.approx(7 * 200)


def test_new_legs_make_a_new_forecast(store: Store):
    fill(store)
    analytics = PredictiveAnalytics(store)
    before = analytics.forecast_emissions(7)
    heavy = [
        {"shipment_id": f"H{n}", "departed_at": FIRST + pd.Timedelta(days=n, hours=9)} for n in range(DAYS)
    ]
    put(store, *heavy)
    assert analytics.forecast_emissions(7).total_kg > before.total_kg


def test_a_day_that_is_not_over_is_left_out_and_said(store: Store, monkeypatch):
    fill(store)
    monkeypatch.setattr("analytics.forecasting.analysis.utc_now", lambda: datetime(2025, 12, 28, 15, 0))
    found = PredictiveAnalytics(store).forecast(Filters(), ALL, horizon_days=7)
    assert found.history_end == pd.Timestamp("2025-12-28")
    assert "Today is not over" in found.notes[0]


@pytest.mark.parametrize("days", [0, 366, -5])
def test_a_horizon_beyond_a_year_is_refused(duckdb_store: Store, days: int):
    with pytest.raises(ValueError, match="1 to 365"):
        PredictiveAnalytics(duckdb_store).forecast_emissions(days)


def test_an_empty_warehouse_says_what_to_do(store: Store):
    with pytest.raises(TooShort, match="Import shipments"):
        PredictiveAnalytics(store).forecast_emissions()


def test_too_little_history_says_what_can_be_had_instead(store: Store):
    fill(store, days=9)
    with pytest.raises(TooShort, match="the selection has 9"):
        PredictiveAnalytics(store).year(Filters(), ALL)
