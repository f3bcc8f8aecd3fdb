"""Feeds forecasts, the year's outlook and the backtest from a store, for filters and a scope."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from access.clock import utc_now
from analytics.forecasting import TooShort
from analytics.forecasting.backtest import Report, backtested
from analytics.forecasting.drawn import (
    Futures,
    banded,
    futures_of,
    periods_of,
    summed,
    with_events,
)
from analytics.forecasting.events import Event, drawn_events
from analytics.forecasting.history import History, first_unknown_day, history_of
from analytics.forecasting.parts import OTHERS, PartFutures, PartHistory, part_futures, part_history, split
from analytics.forecasting.results import (
    FORECAST_COLUMNS,
    PART_COLUMNS,
    Backtest,
    By,
    EmissionForecast,
    Grain,
    YearOutlook,
)
from analytics.forecasting.year import year_outlook
from data_access import Filters, Scope, Store, overview_queries, series_queries

if TYPE_CHECKING:
    from analytics.trends.results import TrendAnalysis

__all__ = ["LONGEST_HORIZON_DAYS", "PredictiveAnalytics"]

LONGEST_HORIZON_DAYS = 365
_PART_BANDS = PART_COLUMNS[4:]
_MOST_KEPT = 24
_kept: WeakKeyDictionary[Store, OrderedDict[Any, Any]] = WeakKeyDictionary()
_lock = threading.Lock()
T = TypeVar("T")


class PredictiveAnalytics:
    """Where emissions are heading, how sure that is, and how good it would have been before.

    The history is all that the other filters select before the period's end; the period's start does not
    cut it, and `anomalies_only` has no effect. Every method raises `TooShort`, with a sentence, where there
    is too little of it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def forecast(
        self,
        filters: Filters,
        scope: Scope,
        *,
        horizon_days: int = 30,
        by: By = "total",
        grain: Grain = "day",
        events: Sequence[Event] = (),
    ) -> EmissionForecast:
        """The next days, weeks or months, whole or by part.

        Raises
        ------
        TooShort
            With a sentence that says what can be had instead.
        ValueError
            For a horizon outside 1 to 365 days.
        """
        if not 1 <= horizon_days <= LONGEST_HORIZON_DAYS:
            raise ValueError(f"The horizon is {horizon_days} days: choose 1 to {LONGEST_HORIZON_DAYS}.")
        history = self._history(filters, scope)
        futures = with_events(self._futures(filters, scope, history), events)
        shown = _shown_days(futures.days, horizon_days, grain)
        ahead = Futures(futures.days[:shown], futures.mean[:shown], futures.draws[:, :shown])
        over_horizon = futures.draws[:, :horizon_days].sum(axis=1)
        total = float(futures.mean[:horizon_days].sum())
        low, high = np.quantile(over_horizon, [0.025, 0.975])
        parts = pd.DataFrame(columns=list(PART_COLUMNS))
        if by != "total":
            past, found = self._part_futures(filters, scope, by, history)
            found = _parts_with_events(past, found, futures, events)
            names = self._names(scope) if by == "supplier" else {}
            parts = _parts_frame(past, found, ahead.days, grain, names=names)
        return EmissionForecast(
            grain=grain,
            horizon_days=horizon_days,
            history=_past(history.kg, grain),
            frame=_frame(history.kg, ahead, grain)[list(FORECAST_COLUMNS)],
            parts=parts,
            total_kg=total,
            low_kg=min(float(low), total),
            high_kg=max(float(high), total),
            history_days=history.days,
            history_end=history.end,
            notes=history.notes,
            events=tuple(events),
            by=by,
        )

    def forecast_emissions(
        self, days_ahead: int = 30, filters: Filters | None = None, scope: Scope | None = None, **named: Any
    ) -> EmissionForecast:
        """`forecast`, without filters of everything; `named`: by, grain, events."""
        return self.forecast(filters or Filters(), scope or Scope.all(), horizon_days=days_ahead, **named)

    def analyze_trends(
        self, days_back: int = 90, filters: Filters | None = None, scope: Scope | None = None
    ) -> TrendAnalysis:
        """Why emissions changed in the last days: `TrendAnalytics.analyze`."""
        from analytics.trends.analysis import TrendAnalytics

        return TrendAnalytics(self._store).analyze(
            filters or Filters(), scope or Scope.all(), days_back=days_back
        )

    def year(self, filters: Filters, scope: Scope, *, events: Sequence[Event] = ()) -> YearOutlook:
        """What the year of the last known day comes to.

        Raises
        ------
        TooShort
        """
        history = self._history(filters, scope)
        return year_outlook(history, with_events(self._futures(filters, scope, history), events), events)

    def backtest(self, filters: Filters, scope: Scope, *, report: Report | None = None) -> Backtest:
        """Forecasts from earlier days against what came.

        Parameters
        ----------
        report : callable, optional
            Called with a fraction and a text; it may raise to stop the work.

        Raises
        ------
        TooShort
        """
        return backtested(self._history(filters, scope), report=report)

    def actual(self, filters: Filters, scope: Scope) -> pd.DataFrame:
        """What came: day, wtw_kg of all known days, 0 without legs, NaN in gaps in the data."""
        return self._history(filters, scope).kg.rename_axis("day").reset_index()

    def _part_futures(
        self, filters: Filters, scope: Scope, by: By, history: History
    ) -> tuple[PartHistory, PartFutures]:
        def make() -> tuple[PartHistory, PartFutures]:
            asked = _without_period(filters, history.end)
            past = part_history(self._store.frame(series_queries.daily(asked, scope, by)), history)
            return past, part_futures(past, self._futures(filters, scope, history))

        return self._once(("parts", by, _without_period(filters, history.end), scope), make)

    def _names(self, scope: Scope) -> dict[str, str]:
        seen = self._store.frame(overview_queries.suppliers_seen(scope))
        return dict(zip(seen["supplier_id"], seen["name"], strict=True))

    def _futures(self, filters: Filters, scope: Scope, history: History) -> Futures:
        """Drawn once, as far as anybody may ask: the month, the horizon and the year tell the same story."""
        key = ("futures", _without_period(filters, history.end), scope)
        return self._once(key, lambda: futures_of(history))

    def _history(self, filters: Filters, scope: Scope) -> History:
        today = utc_now().date()
        last = self._once(("last", scope), lambda: self._last_departure(scope))
        if last is None:
            raise TooShort("There are no legs to forecast from. Import shipments on the Upload page first.")
        end = first_unknown_day(last, filters.end, today)
        asked = _without_period(filters, end)
        notes: tuple[str, ...] = ()
        if last.normalize() >= pd.Timestamp(today) and end == pd.Timestamp(today):
            notes = ("Today is not over, so its legs are left out.",)

        def make() -> History:
            return history_of(self._store.frame(series_queries.daily(asked, scope)), end, notes)

        return self._once(("history", asked, scope, notes), make)

    def _last_departure(self, scope: Scope) -> pd.Timestamp | None:
        last = self._store.frame(overview_queries.span(scope))["last"].iloc[0]
        return None if pd.isna(last) else pd.Timestamp(last)

    def _once(self, key: Any, make: Callable[[], T]) -> T:
        """Kept while the warehouse stays the same: the page asks for one forecast in many ways."""
        key = (self._store.version, key)
        with _lock:
            kept = _kept.setdefault(self._store, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                found: T = kept[key]
                return found
        made = make()
        with _lock:
            kept[key] = made
            while len(kept) > _MOST_KEPT:
                kept.popitem(last=False)
        return made


def _without_period(filters: Filters, end: pd.Timestamp) -> Filters:
    return replace(filters, start=None, end=end.to_pydatetime(), anomalies_only=False)


def _shown_days(days: pd.DatetimeIndex, horizon_days: int, grain: Grain) -> int:
    """Days of the horizon, and on to the end of its last week or month."""
    periods = periods_of(days, grain)
    return int((periods <= periods[horizon_days - 1]).sum())


def _frame(
    past: pd.Series, ahead: Futures, grain: Grain, bands: Sequence[str] = FORECAST_COLUMNS[2:]
) -> pd.DataFrame:
    """Sums by period; the first one with the days of it that are known."""
    periods = periods_of(ahead.days, grain)
    mean, draws = summed(ahead.mean, periods), summed(ahead.draws, periods)
    known = float(past[past.index >= periods[0]].sum())
    mean[0] += known
    draws[:, 0] += known
    return banded(periods.unique(), mean, draws, bands)


def _parts_frame(
    past: PartHistory,
    found: PartFutures,
    days: pd.DatetimeIndex,
    grain: Grain,
    *,
    names: Mapping[str, str],
) -> pd.DataFrame:
    frames = []
    for k, part in enumerate(found.names):
        ahead = Futures(days, found.mean[: len(days), k], found.draws[:, : len(days), k])
        name = "All others" if part == OTHERS else names.get(part, part)
        frames.append(_frame(past.kg[part], ahead, grain, _PART_BANDS).assign(part=part, name=name))
    return pd.concat(frames, ignore_index=True)[list(PART_COLUMNS)]


def _past(kg: pd.Series, grain: Grain) -> pd.DataFrame:
    """Whole periods of the history."""
    if grain == "day":
        return pd.DataFrame({"period": kg.index, "wtw_kg": kg.to_numpy()})
    periods = periods_of(kg.index, grain)
    sums = kg.groupby(periods).sum(min_count=1)
    after = kg.index[-1] + pd.Timedelta(days=1)
    whole = (sums.index >= kg.index[0]) & (sums.index < periods_of(pd.DatetimeIndex([after]), grain)[0])
    return sums[whole].rename_axis("period").reset_index(name="wtw_kg")


def _parts_with_events(
    past: PartHistory, found: PartFutures, total: Futures, events: Sequence[Event]
) -> PartFutures:
    """Each event goes to its part, one without a part to all by their size; then they sum to the total."""
    if not events:
        return found
    mean, draws = found.mean.copy(), found.draws.copy()
    for k, part in enumerate(found.names):
        own = [event for event in events if _part_of(event, past) == part]
        added = drawn_events(own, total.days, len(draws))
        mean[:, k] = np.maximum(mean[:, k] + added.mean_kg, 0.0)
        draws[:, :, k] = np.maximum(draws[:, :, k] + added.draws, 0.0)
    weights = mean.mean(axis=0)
    return PartFutures(
        found.names, split(mean, total.mean, weights), split(draws, total.draws[: len(draws)], weights)
    )


def _part_of(event: Event, past: PartHistory) -> str | None:
    """The column that an event belongs to; None where its part is of another kind, a mode among suppliers."""
    if event.part in past.gathered:
        return OTHERS
    return event.part if event.part in past.kg.columns else None
