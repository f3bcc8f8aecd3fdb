"""The Forecast page run for real against a small warehouse: what it says, for whom, or why nothing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import access
from access import User
from analytics import PredictiveAnalytics
from analytics.forecasting import TooShort, runs
from analytics.forecasting.events import Event
from data_access import Filters, Scope, Store
from tests.legs import put
from tests.unit.ui.test_forecast_parts import backtest
from tests.unit.ui.test_ui_lanes import clean, words
from tests.unit.ui.test_ui_pages import ANALYST, SUPPLIER, values, warehouse
from ui import forecast_backtest, forecast_events, formats

__all__ = ["warehouse"]  # a fixture

# 12 t × 850 km by an articulated truck over 33 t, for which DESNZ 2025 gives 0.09502 kg CO2e per tonne-km.
ROAD_KG = 12 * 850 * 0.09502
TODAY = datetime.now(UTC).date()
SAVING = Event(TODAY + timedelta(days=3), None, -200.0, -250.0, -150.0, "Road to rail")


@pytest.fixture
def days(warehouse) -> Store:
    """One load a day of ACME and one of Other, the same each day, for 60 days up to yesterday."""
    rows = [
        {"departed_at": pd.Timestamp(TODAY) - timedelta(days=back), "supplier_id": who}
        for back in range(1, 61)
        for who in ("ACME", "Other")
    ]
    put(warehouse, *rows)
    return warehouse


def open_forecast(monkeypatch, user: User = ANALYST, state: dict | None = None, **query: str) -> AppTest:
    """The page inside the app: it links to other pages."""
    monkeypatch.setattr(access, "user_of", lambda _token: user)
    page = AppTest.from_file(str(Path("Home.py").resolve()), default_timeout=180)
    for key, value in (state or {}).items():
        page.session_state[key] = value
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    return page.switch_page("pages/forecast.py").run()


def section(page: AppTest, name: str) -> AppTest:
    return page.segmented_control(key="section").set_value(name).run()


def rows_of(page: AppTest) -> pd.DataFrame:
    return next(one.value for one in page.dataframe if "lower_95" in one.value)


def test_what_never_changes_goes_on(days, monkeypatch):
    page = open_forecast(monkeypatch)
    assert clean(page)
    shown = values(page)
    assert shown["Next 30 days, CO2e"] == formats.mass(30 * 2 * ROAD_KG)
    assert shown["A day, CO2e"] == formats.mass(2 * ROAD_KG)
    assert shown["80 % band held"] == "Not tested"
    assert "go on at about 1.9 t a day" in words(page)  # 2 × 969 kg
    rows = rows_of(page)
    assert len(rows) == 30 and rows["period"].iloc[0].date() == TODAY
    assert rows["mean"].to_numpy() == pytest.approx(2 * ROAD_KG, rel=0.02)


def test_the_start_of_the_period_does_not_cut_the_history(days, monkeypatch):
    page = open_forecast(monkeypatch, period="Last 30 days")
    assert clean(page)
    assert "Made from 60 days up to" in words(page)


def test_horizon_periods_and_split_stand_in_the_url(days, monkeypatch):
    page = open_forecast(monkeypatch, horizon="90", by="supplier")
    assert clean(page)
    assert "Next 90 days, CO2e" in values(page)
    assert page.query_params["by"] in ("supplier", ["supplier"])
    parts = next(one.value for one in page.dataframe if "share" in one.value)
    assert set(parts["part_name"]) == {"ACME", "Other"}
    assert parts["mean"].sum() == pytest.approx(rows_of(page)["mean"].sum())  # parts add up to the total
    assert rows_of(page)["period"].diff().dropna().dt.days.unique().tolist() == [7]  # weeks, from Monday


def test_a_supplier_sees_its_own_forecast_only(days, monkeypatch):
    page = open_forecast(monkeypatch, SUPPLIER)
    assert clean(page)
    assert values(page)["A day, CO2e"] == formats.mass(ROAD_KG)
    page.segmented_control(key="forecast-by").set_value("supplier").run()
    parts = next(one.value for one in page.dataframe if "share" in one.value)
    assert parts["part_name"].tolist() == ["ACME"]


def test_a_run_is_kept_once_and_without_the_events(days, monkeypatch):
    page = open_forecast(monkeypatch, state={"forecast-events": (SAVING,)})
    page.run()
    (run,) = runs.kept(access.database(), days, last_year(), Scope.all())
    assert run.history_end.date() == TODAY
    assert run.daily["mean"].to_numpy() == pytest.approx(2 * ROAD_KG, rel=0.02)


def last_year() -> Filters:
    """The page's filters as it opens; a run is kept for all periods."""
    return Filters(end=TODAY + timedelta(days=1))


def test_a_page_whose_runs_cannot_be_kept_shows_its_forecast(days, monkeypatch):
    def fails(*_args: object, **_named: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(runs, "keep", fails)
    page = open_forecast(monkeypatch)
    assert clean(page) and len(rows_of(page)) == 30


def test_events_are_listed_counted_and_switched_off(days, monkeypatch):
    page = open_forecast(monkeypatch, state={"forecast-events": (SAVING,)})
    assert clean(page)
    assert "1 known event in this forecast, of 1" in words(page).replace("*", "")
    with_event = rows_of(page)["mean"].sum()
    switch = next(one for one in page.toggle if "Road to rail" in one.label)
    switch.set_value(False).run()
    without = rows_of(page)["mean"].sum()
    # 200 kg a day less from the fourth of 30 days on
    assert without - with_event == pytest.approx(27 * 200.0, rel=0.05)
    page.button(key="forecast-events-clear").click().run()
    assert "known event" not in words(page)


def test_an_event_is_not_handed_over_twice(monkeypatch):
    monkeypatch.setattr(forecast_events.st, "session_state", {})
    forecast_events.add((SAVING,))
    forecast_events.add((SAVING,))
    assert forecast_events.listed() == forecast_events.active() == (SAVING,)
    forecast_events.clear()
    assert forecast_events.listed() == ()


def test_the_backtest_is_kept_and_shown_on_the_next_visit(days, monkeypatch):
    verdict = "The 80 % band held 71 % of the days."
    monkeypatch.setattr(PredictiveAnalytics, "backtest", lambda *_, **__: backtest(verdicts=(verdict,)))
    page = section(open_forecast(monkeypatch), "Test on past data")
    assert "Not tested on these data yet" in words(page)
    page.button(key="backtest-start").click().run()
    page.session_state["forecast-backtest"].join(30)
    page.run()
    assert clean(page) and verdict in words(page)
    again = section(open_forecast(monkeypatch), "Test on past data")
    assert verdict in words(again)
    assert values(again)["80 % band held"] == "80 %"
    table = next(one.value for one in again.dataframe if "wape" in one.value)
    assert len(table) == 12


def test_a_backtest_stops_when_asked(monkeypatch):
    def slow(*_args: object, report, **_named: object) -> None:
        for step in range(600):
            report(step / 600, "…")
            time.sleep(0.01)

    monkeypatch.setattr(PredictiveAnalytics, "backtest", slow)
    job = forecast_backtest.BacktestJob(SimpleNamespace(), Scope.all(), Filters(), None).start()
    job.cancel()
    job.join(10)
    assert not job.running and job.result is None
    assert job.problem == "The test was cancelled; nothing of it was kept."


def test_an_earlier_forecast_stands_beside_what_came(days, monkeypatch):
    ago = TODAY - timedelta(days=20)
    chosen = Filters(end=ago)
    made = PredictiveAnalytics(days).forecast(chosen, Scope.all(), horizon_days=90)
    runs.keep(access.database(), days, chosen, Scope.all(), made)
    page = section(open_forecast(monkeypatch), "Earlier forecasts")
    assert clean(page)
    assert "were forecast for 20 days" in words(page) and "20 of 20 days lay in" in words(page)


def test_no_earlier_forecast_says_when_there_will_be_one(days, monkeypatch):
    page = section(open_forecast(monkeypatch), "Earlier forecasts")
    assert clean(page) and "No earlier forecast to look back on yet" in words(page)


def test_too_short_a_history_says_so_in_a_sentence(warehouse, monkeypatch):
    put(warehouse, *({"departed_at": pd.Timestamp(TODAY) - timedelta(days=back)} for back in range(1, 8)))
    with pytest.raises(TooShort) as reason:
        PredictiveAnalytics(warehouse).forecast(Filters(), Scope.all())
    page = open_forecast(monkeypatch)
    assert "Too little history for a forecast" in words(page) and str(reason.value)[:40] in words(page)
    assert not page.exception and not page.error and not page.metric


def test_a_period_that_ends_too_early_offers_all_time(days, monkeypatch):
    early = {"period": "Custom range", "dates": (TODAY - timedelta(days=70), TODAY - timedelta(days=55))}
    page = open_forecast(monkeypatch, state=early)
    assert "Too little history for a forecast" in words(page)
    page.button(key="empty-action").click().run()
    assert clean(page) and len(rows_of(page)) == 30


def test_empty_warehouse_and_empty_period(warehouse, monkeypatch):
    assert "No shipments yet" in words(open_forecast(monkeypatch))
    put(warehouse, {"departed_at": pd.Timestamp(TODAY)})
    long_ago = {"period": "Custom range", "dates": (date(2020, 1, 1), date(2020, 2, 1))}
    page = open_forecast(monkeypatch, state=long_ago)
    assert "Nothing in this period" in words(page)
    assert not page.exception and not page.error
