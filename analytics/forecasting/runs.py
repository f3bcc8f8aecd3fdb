"""Forecasts as they were made, kept in the app database, so that what came can be held against them."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from access.clock import utc_now
from analytics.forecasting.results import BACKTEST_COLUMNS, Backtest, EmissionForecast
from data_access import Filters, Scope, Store, app_schema, schema
from data_access.app_database import AppDatabase

__all__ = ["METHOD", "MOST_RUNS", "Run", "against", "keep", "kept", "selection_hash"]

METHOD = "combination-1"
MOST_RUNS = 400  # of one selection: a year of days
_COLUMNS = ("mean", "lower_80", "upper_80", "lower_95", "upper_95")
_runs = app_schema.forecast_runs


@dataclass(frozen=True, eq=False)
class Run:
    """A forecast that was kept.

    Attributes
    ----------
    history_end : Timestamp
        The first day that was not known then.
    daily : DataFrame
        day, mean, lower_80, upper_80, lower_95, upper_95 in kg CO2e.
    backtest : Backtest or None
    """

    run_id: str
    history_end: pd.Timestamp
    made_at: datetime
    method: str
    daily: pd.DataFrame
    backtest: Backtest | None


def selection_hash(store: Store, filters: Filters, scope: Scope) -> str:
    """Names warehouse, scope and filters without their period: what a forecast was made for."""
    meta = schema.store_meta
    found = store.frame(select(meta.c.value).where(meta.c.key == "store_id"))["value"]
    seen = None if scope.supplier_ids is None else sorted(scope.supplier_ids)
    asked = {
        name: list(getattr(filters, name))
        for name in (
            "suppliers",
            "modes",
            "origin_countries",
            "destination_countries",
            "product_groups",
            "lanes",
        )
    }
    text = json.dumps([str(found.iloc[0]) if len(found) else store.where, seen, asked], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def keep(  # noqa: PLR0917 - where, what for, what
    db: AppDatabase,
    store: Store,
    filters: Filters,
    scope: Scope,
    forecast: EmissionForecast,
    backtest: Backtest | None = None,
    *,
    now: datetime | None = None,
) -> None:
    """Keep a forecast by day and its backtest.

    The first one of a selection and history end stays, so that nobody improves an old forecast by hindsight;
    a backtest is added where it had none, or a newer one taken. The oldest beyond 400 are removed.

    Raises
    ------
    ValueError
        For a forecast by week or month, or with events: such a plan is no forecast of what the data say.
    """
    if forecast.grain != "day" or forecast.events:
        raise ValueError("Keep a forecast by day and without events.")
    selection = selection_hash(store, filters, scope)
    end = forecast.history_end.to_pydatetime()
    mine = (_runs.c.selection == selection) & (_runs.c.history_end == end)
    tested = None if backtest is None else _backtest_document(backtest)
    row = {
        "run_id": uuid.uuid4().hex,
        "selection": selection,
        "history_end": end,
        "made_at": now or utc_now(),
        "method": METHOD,
        "daily": _daily_document(forecast.frame),
        "backtest": tested,
    }
    try:
        with db.write() as connection:
            if connection.execute(select(_runs.c.run_id).where(mine)).first() is None:
                connection.execute(insert(_runs).values(**row))
                _remove_oldest(connection, selection)
                return
    except IntegrityError:
        pass  # another session kept the same forecast at the same moment
    if tested is not None:
        with db.write() as connection:
            connection.execute(update(_runs).where(mine).values(backtest=tested))


def kept(db: AppDatabase, store: Store, filters: Filters, scope: Scope) -> tuple[Run, ...]:
    """The forecasts kept for this selection and scope, newest history first."""
    wanted = (
        select(_runs)
        .where(_runs.c.selection == selection_hash(store, filters, scope))
        .order_by(_runs.c.history_end.desc())
    )
    with db.read() as connection:
        return tuple(_run(row) for row in connection.execute(wanted).mappings())


def against(run: Run, actual: pd.DataFrame) -> pd.DataFrame:
    """What was forecast beside what came.

    Parameters
    ----------
    actual : DataFrame
        day, wtw_kg, as `PredictiveAnalytics.actual` gives them.

    Returns
    -------
    DataFrame
        day, mean, lower_80, upper_80, lower_95, upper_95, actual_kg (NaN where it is not known yet).
    """
    came = actual.set_index(pd.DatetimeIndex(actual["day"]))["wtw_kg"]
    return run.daily.assign(actual_kg=came.reindex(run.daily["day"]).to_numpy(dtype=float))


def _remove_oldest(connection: Any, selection: str) -> None:
    too_old = (
        select(_runs.c.history_end)
        .where(_runs.c.selection == selection)
        .order_by(_runs.c.history_end.desc())
        .offset(MOST_RUNS)
        .limit(1)
    )
    oldest = connection.execute(too_old).scalar()
    if oldest is not None:
        connection.execute(delete(_runs).where(_runs.c.selection == selection, _runs.c.history_end <= oldest))


def _daily_document(frame: pd.DataFrame) -> dict[str, Any]:
    days = [f"{day:%Y-%m-%d}" for day in frame["period"]]
    return {"day": days, **{name: [round(float(v), 3) for v in frame[name]] for name in _COLUMNS}}


def _backtest_document(backtest: Backtest) -> dict[str, Any]:
    rows = backtest.frame[list(BACKTEST_COLUMNS)].astype(object)
    return {
        "frame": rows.where(backtest.frame.notna(), None).to_dict("list"),
        "origins": backtest.origins,
        "verdicts": list(backtest.verdicts),
        "made_at": backtest.made_at.isoformat(),
        "first_origin": f"{backtest.first_origin:%Y-%m-%d}",
        "last_origin": f"{backtest.last_origin:%Y-%m-%d}",
    }


def _run(row: Any) -> Run:
    daily = pd.DataFrame(row["daily"])
    daily["day"] = pd.to_datetime(daily["day"])
    return Run(
        run_id=row["run_id"],
        history_end=pd.Timestamp(row["history_end"]),
        made_at=row["made_at"],
        method=row["method"],
        daily=daily[["day", *_COLUMNS]],
        backtest=_backtest(row["backtest"]),
    )


def _backtest(document: dict[str, Any] | None) -> Backtest | None:
    if document is None:
        return None
    frame = pd.DataFrame(document["frame"])
    numbers = [name for name in BACKTEST_COLUMNS if name not in ("method", "horizon_days", "origins")]
    frame[numbers] = frame[numbers].astype(float).replace({None: np.nan})
    return Backtest(
        frame=frame[list(BACKTEST_COLUMNS)],
        origins=int(document["origins"]),
        verdicts=tuple(document["verdicts"]),
        made_at=datetime.fromisoformat(document["made_at"]),
        first_origin=pd.Timestamp(document["first_origin"]),
        last_origin=pd.Timestamp(document["last_origin"]),
    )
