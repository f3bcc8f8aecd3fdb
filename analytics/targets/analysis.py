"""Targets fed from a store: the years of the data, and the outlook for this one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from analytics.targets.status import TargetStatus, status_of
from analytics.targets.years import Years
from data_access import Filters, Scope, Store
from data_access import overview_queries as queries

if TYPE_CHECKING:
    from collections.abc import Callable

    from access.targets import Target, TargetTerms
    from analytics.forecasting.results import YearOutlook

__all__ = ["TargetAnalytics", "outlook_of"]


class TargetAnalytics:
    """Where targets stand. A target's own suppliers and modes count, never the filters of a page."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def years(self, filters: Filters, scope: Scope, *, today: date | None = None) -> Years:
        """The calendar years of the filters' suppliers and modes; their period does not count."""
        own = Filters(suppliers=filters.suppliers, modes=filters.modes)
        sums = self._store.frame(queries.over_time(own, scope, "year"))
        span = self._store.frame(queries.span(scope)).iloc[0]
        first, last = (None if pd.isna(one) else one.date() for one in (span["first"], span["last"]))
        by_year = sums.assign(year=pd.to_datetime(sums["period"]).dt.year).groupby("year", as_index=False)
        return Years(by_year[["wtw_kg", "tonne_km"]].sum(), first, last, today or datetime.now(UTC).date())

    def status(self, filters: Filters, scope: Scope, *, target: Target | TargetTerms) -> TargetStatus:
        """Where the target stands; `filters` are the page's, and do not count."""
        del filters
        outlook, problem = outlook_of(lambda: self._year(target.filters, scope))
        return status_of(target, self.years(target.filters, scope), outlook, problem)

    def _year(self, filters: Filters, scope: Scope) -> YearOutlook:
        from analytics.forecasting.analysis import PredictiveAnalytics

        return PredictiveAnalytics(self._store).year(filters, scope)


def outlook_of(ask: Callable[[], YearOutlook]) -> tuple[YearOutlook | None, str]:
    """The year's outlook, or None and the sentence that says why there is none."""
    from analytics.forecasting.series import TooShort

    try:
        return ask(), ""
    except TooShort as reason:
        return None, str(reason)
