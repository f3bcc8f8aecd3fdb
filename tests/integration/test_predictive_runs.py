"""Forecasts that are kept: once a selection and history end, for whom they were made, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import func, select

from analytics.forecasting import runs
from analytics.forecasting.events import Event
from analytics.forecasting.results import BACKTEST_COLUMNS, FORECAST_COLUMNS, Backtest, EmissionForecast
from data_access import Filters, Scope, Store, app_schema
from data_access.app_database import AppDatabase

END = pd.Timestamp("2026-03-01")
NOON = datetime(2026, 3, 1, 12)
ALL = Scope.all()


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AppDatabase]:
    url = (
        f"sqlite:///{tmp_path}/app.sqlite"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    with AppDatabase.open(url) as database:
        yield database


def forecast(mean_kg: float = 100.0, end: pd.Timestamp = END, days: int = 3) -> EmissionForecast:
    columns = {name: np.full(days, mean_kg) for name in FORECAST_COLUMNS[1:]}
    frame = pd.DataFrame({"period": pd.date_range(end, periods=days), **columns})
    frame["lower_80"] = mean_kg - 10
    empty = pd.DataFrame()
    return EmissionForecast("day", days, empty, frame, empty, 0.0, 0.0, 0.0, 400, end)


def backtest(wape: float = 0.2) -> Backtest:
    row = dict.fromkeys(BACKTEST_COLUMNS[3:], wape) | {"mase": np.nan}
    frame = pd.DataFrame([{"method": "forecast", "horizon_days": 30, "origins": 14, **row}])
    return Backtest(frame[list(BACKTEST_COLUMNS)], 14, ("It held.",), NOON, END, END)


def test_a_run_comes_back_as_it_was_kept(db, duckdb_store: Store):
    runs.keep(db, duckdb_store, Filters(), ALL, forecast(), backtest(), now=NOON)
    (run,) = runs.kept(db, duckdb_store, Filters(), ALL)
    assert (run.history_end, run.made_at, run.method) == (END, NOON, runs.METHOD)
    assert run.daily["day"].tolist() == list(pd.date_range(END, periods=3))
    assert run.daily["mean"].tolist() == [100.0] * 3
    assert run.daily["lower_80"].tolist() == [90.0] * 3
    assert run.backtest is not None
    assert run.backtest.frame["wape"].tolist() == [0.2]
    assert run.backtest.frame["mase"].isna().all()
    assert run.backtest.verdicts == ("It held.",)


def test_a_second_run_of_the_same_day_changes_nothing_but_a_missing_test(db, duckdb_store: Store):
    runs.keep(db, duckdb_store, Filters(), ALL, forecast(100.0))
    runs.keep(db, duckdb_store, Filters(), ALL, forecast(999.0), backtest())
    (run,) = runs.kept(db, duckdb_store, Filters(), ALL)
    assert run.daily["mean"].tolist() == [100.0] * 3
    assert run.backtest is not None


def test_the_period_does_not_make_another_selection_but_its_end_another_run(db, duckdb_store: Store):
    later = END + timedelta(days=1)
    runs.keep(db, duckdb_store, Filters(start=datetime(2026, 1, 1)), ALL, forecast())
    runs.keep(db, duckdb_store, Filters(anomalies_only=True), ALL, forecast(end=later))
    found = runs.kept(db, duckdb_store, Filters(), ALL)
    assert [run.history_end for run in found] == [later, END]


def test_nobody_gets_the_run_of_another_scope_or_selection(db, duckdb_store: Store):
    runs.keep(db, duckdb_store, Filters(), ALL, forecast())
    assert runs.kept(db, duckdb_store, Filters(), Scope.suppliers({"Acme"})) == ()
    assert runs.kept(db, duckdb_store, Filters(), Scope.suppliers(())) == ()
    assert runs.kept(db, duckdb_store, Filters(modes=("air",)), ALL) == ()


def test_another_warehouse_has_runs_of_its_own(db, duckdb_store: Store, tmp_path: Path):
    runs.keep(db, duckdb_store, Filters(), ALL, forecast())
    with Store.open(f"duckdb:///{tmp_path}/other.duckdb") as other:
        assert runs.kept(db, other, Filters(), ALL) == ()


def test_only_the_newest_runs_of_a_selection_stay(db, duckdb_store: Store, monkeypatch):
    monkeypatch.setattr(runs, "MOST_RUNS", 3)
    for day in range(5):
        runs.keep(db, duckdb_store, Filters(), ALL, forecast(end=END + timedelta(days=day)))
    runs.keep(db, duckdb_store, Filters(modes=("air",)), ALL, forecast())
    ends = [run.history_end.day for run in runs.kept(db, duckdb_store, Filters(), ALL)]
    assert ends == [5, 4, 3]
    with db.read() as connection:
        assert connection.execute(select(func.count()).select_from(app_schema.forecast_runs)).scalar() == 4


def test_what_came_stands_beside_what_was_forecast(db, duckdb_store: Store):
    runs.keep(db, duckdb_store, Filters(), ALL, forecast())
    (run,) = runs.kept(db, duckdb_store, Filters(), ALL)
    came = pd.DataFrame(
        {"day": pd.date_range(END - timedelta(days=1), periods=3), "wtw_kg": [5.0, 80.0, 120.0]}
    )
    found = runs.against(run, came)
    assert found["actual_kg"].tolist()[:2] == [80.0, 120.0]
    assert found["actual_kg"].isna().tolist() == [False, False, True]


def test_plans_and_months_are_no_forecast_to_be_held_against(db, duckdb_store: Store):
    event = Event(date(2026, 4, 1), None, -5.0, -5.0, -5.0, "To rail")
    for one in (replace(forecast(), events=(event,)), replace(forecast(), grain="month")):
        with pytest.raises(ValueError, match="by day and without events"):
            runs.keep(db, duckdb_store, Filters(), ALL, one)
