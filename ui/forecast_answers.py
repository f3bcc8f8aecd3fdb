"""What the Forecast page asks: the forecast, the year, and the runs that were kept; a run is kept once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

import access
from analytics import PredictiveAnalytics
from analytics.forecasting import TooShort, runs
from ui.forecast_controls import Asked
from ui.forecast_fan import Earlier

if TYPE_CHECKING:
    from analytics.forecasting.results import Backtest, EmissionForecast, YearOutlook
    from analytics.forecasting.runs import Run
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["Kept", "ahead", "by_day", "earlier_than", "forget", "kept", "year"]

_log = logging.getLogger("ui")
_KEPT = "forecast-kept"
_MONTH_DAYS, _KEPT_DAYS = 30, 90


@dataclass(frozen=True)
class Kept:
    """The run of this history, and those of earlier ones, newest first."""

    current: Run | None = None
    before: tuple[Run, ...] = ()

    @property
    def backtest(self) -> Backtest | None:
        return None if self.current is None else self.current.backtest


def ahead(visit: Visit, chosen: Filters, asked: Asked) -> EmissionForecast:
    """The forecast as the controls ask for it.

    Raises
    ------
    TooShort
        With the sentence that says what can be offered instead.
    """
    return visit.ask(PredictiveAnalytics(visit.store).forecast, chosen, **asked.named)


def by_day(visit: Visit, chosen: Filters) -> EmissionForecast:
    """The total by day, without events: what is kept, tested, and compared with what comes."""
    return ahead(visit, chosen, Asked(_KEPT_DAYS, "day", "total"))


def year(visit: Visit, chosen: Filters, asked: Asked) -> YearOutlook | None:
    """The year's outlook with the events; None where the history is too short for it."""
    try:
        return visit.ask(PredictiveAnalytics(visit.store).year, chosen, events=asked.events)
    except TooShort:
        return None


def kept(visit: Visit, chosen: Filters, found: EmissionForecast) -> Kept:
    """Keep this forecast, so that it can be shown against what comes, and return all of its selection.

    Done once a session for each selection, then remembered until `forget`. A failure is logged and no more:
    the page does without.
    """
    key = (visit.version, visit.scope, chosen, found.history_end)
    remembered = st.session_state.get(_KEPT)
    if remembered is not None and remembered[0] == key:
        return remembered[1]  # type: ignore[no-any-return]
    known = _written_and_read(visit, chosen, found)
    st.session_state[_KEPT] = (key, known)
    return known


def forget() -> None:
    """Have the kept runs read anew: a test was added to one."""
    st.session_state.pop(_KEPT, None)


def _written_and_read(visit: Visit, chosen: Filters, found: EmissionForecast) -> Kept:
    try:
        runs.keep(access.database(), visit.store, chosen, visit.scope, found)
        listed = runs.kept(access.database(), visit.store, chosen, visit.scope)
    except Exception:
        _log.exception("The forecasts of this selection could not be kept or read")
        return Kept()
    end = pd.Timestamp(found.history_end)
    current = next((run for run in listed if pd.Timestamp(run.history_end) == end), None)
    return Kept(current, tuple(run for run in listed if pd.Timestamp(run.history_end) < end))


def earlier_than(known: Kept, end: pd.Timestamp) -> Earlier | None:
    """The forecast nearest to the one of a month before `end`: the dashed line of the fan chart.

    None where the last one ended before `end`.
    """
    oldest, month_ago = (end - pd.Timedelta(days=days) for days in (_KEPT_DAYS, _MONTH_DAYS))
    recent = [run for run in known.before if pd.Timestamp(run.history_end) > oldest]
    if not recent:
        return None
    run = min(recent, key=lambda one: abs(pd.Timestamp(one.history_end) - month_ago))
    return Earlier(run.run_id, pd.Timestamp(run.history_end), run.daily)
