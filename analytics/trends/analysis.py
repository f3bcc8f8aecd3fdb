"""Feeds the trends from a store. Every question takes the filters and the user's scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Literal

import pandas as pd

from analytics.trends import change as changes
from analytics.trends.results import Breaks, Change, Period, Season, Shares, TrendAnalysis, YearOnYear
from data_access import Filters, Scope, Store, overview_queries
from data_access import decomposition_queries as queries

__all__ = ["TrendAnalytics"]

Against = Literal["previous", "year"]
_LATE_START = 0.05  # as on the Overview: data that begin later in the earlier period do not cover it


class TrendAnalytics:
    """Why emissions changed, and how they run. `Filters.anomalies_only` has no effect on the series."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def change(self, filters: Filters, scope: Scope, *, against: Against = "previous") -> Change:
        """The period against the equally long one before it, or the same days a year before.

        Where there is nothing to compare with, `reason` says why.
        """
        earlier = filters.previous() if against == "previous" else year_before(filters)
        reason = self._nothing_before(earlier, scope, against)
        if earlier is None or reason:
            kg = self._store.frame(overview_queries.by_mode(filters, scope))["wtw_kg"].sum()
            return Change(0.0, float(kg), None, period_of(filters), *_nothing(), reason=reason)
        if earlier.end != filters.start:
            return self.compare(earlier, filters, scope)
        both = self._store.frame(
            queries.chain_cells(replace(filters, start=earlier.start), scope, filters.start)
        )
        late = both["late"].to_numpy(dtype=bool)
        return self._change(earlier, filters, both[~late], both[late], scope)

    def compare(self, filters_a: Filters, filters_b: Filters, scope: Scope) -> Change:
        """From selection a to selection b, whatever they are."""
        before, after = (self._store.frame(queries.chain_cells(one, scope)) for one in (filters_a, filters_b))
        return self._change(filters_a, filters_b, before, after, scope)

    def season(self, filters: Filters, scope: Scope) -> Season:
        raise NotImplementedError

    def breaks(self, filters: Filters, scope: Scope) -> Breaks:
        raise NotImplementedError

    def year_on_year(self, filters: Filters, scope: Scope) -> YearOnYear:
        raise NotImplementedError

    def shares(self, filters: Filters, scope: Scope) -> Shares:
        raise NotImplementedError

    def analyze(self, filters: Filters, scope: Scope, *, days_back: int = 90) -> TrendAnalysis:
        raise NotImplementedError

    def _change(
        self, earlier: Filters, later: Filters, before: pd.DataFrame, after: pd.DataFrame, scope: Scope
    ) -> Change:
        totals = [float(cells["wtw_kg"].sum()) for cells in (before, after)]
        periods = (period_of(earlier), period_of(later))
        if before.empty and after.empty:
            return Change(*totals, *periods, *_nothing(), reason="No legs are selected in either period.")
        known = self._store.frame(queries.supplier_names(scope))
        names = dict(zip(known["supplier_id"], known["name"], strict=True))
        return Change(*totals, *periods, *changes.split(before, after, names))

    def _nothing_before(self, earlier: Filters | None, scope: Scope, against: Against) -> str:
        if earlier is None or earlier.start is None or earlier.end is None:
            return "Choose a period with a first and a last day: an open one has none before it."
        first = self._store.frame(overview_queries.span(scope))["first"].iloc[0]
        if pd.isna(first):
            return "There are no data yet."
        if first > earlier.start + _LATE_START * (earlier.end - earlier.start):
            what = "the period before" if against == "previous" else "the same days a year before"
            return f"The data begin on {first:%-d %B %Y} and do not cover {what}. Choose a shorter or a later one."
        return ""


def period_of(filters: Filters) -> Period | None:
    """First day and the day after the last one; None for an open period."""
    return (filters.start.date(), filters.end.date()) if filters.start and filters.end else None


def year_before(filters: Filters) -> Filters | None:
    """The same days a year before (29 February becomes the 28th); None for an open period."""
    if filters.start is None or filters.end is None:
        return None
    back = pd.DateOffset(years=1)
    start, end = (pd.Timestamp(one) - back for one in (filters.start, filters.end))
    return replace(filters, start=start.to_pydatetime(), end=end.to_pydatetime())


def _nothing() -> tuple[pd.DataFrame, pd.DataFrame]:
    return pd.DataFrame({"part": [], "kg": []}), pd.DataFrame(columns=list(changes.CONTRIBUTION))
