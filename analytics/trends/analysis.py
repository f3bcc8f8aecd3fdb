"""Feeds the trends from a store. Every question takes the filters and the user's scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from analytics.trends import change as changes
from analytics.trends import words
from analytics.trends.breaks import FRAME, search
from analytics.trends.causes import CAUSES, caused
from analytics.trends.design import one_thread
from analytics.trends.history import WEEK, days_by_part, known_until
from analytics.trends.results import Breaks, Change, Period, Season, Shares, TrendAnalysis, YearOnYear
from analytics.trends.season import season_of
from analytics.trends.shares import shares_of
from analytics.trends.steps import FEWEST_WEEKS
from analytics.trends.years import year_on_year
from data_access import Filters, Scope, Store, overview_queries
from data_access import decomposition_queries as queries
from data_access.series_queries import Part

__all__ = ["TrendAnalytics"]

Against = Literal["previous", "year"]
_CAUSED_BY: tuple[Part, ...] = ("mode", "supplier", "lane")
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
            parts, moved = _nothing()
            return Change(0.0, float(kg), None, period_of(filters), parts, moved, reason=reason)
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
        """Level, week and year of the daily emissions: `season.season_of`."""
        return season_of(self._days(filters, scope))

    def breaks(self, filters: Filters, scope: Scope) -> Breaks:
        """Lasting steps of the level, and who moved it: `breaks.search` and `causes.caused`."""
        days = self._days(filters, scope)
        weeks = len(days) // WEEK
        if weeks < FEWEST_WEEKS or not days.sum() > 0:
            return _no_breaks(
                f"Lasting steps can be told from chance with {FEWEST_WEEKS} weeks or more; there are {weeks}."
            )
        with one_thread():
            return self._breaks(filters, scope, days)

    def _breaks(self, filters: Filters, scope: Scope, days: pd.Series) -> Breaks:
        found, weeks = search(days), len(days) // WEEK
        parts: dict[str, pd.DataFrame] = {
            by: days_by_part(self._store, filters, scope, by) for by in _CAUSED_BY
        }
        frame, moved = caused(found, parts, self._names(scope))
        if len(frame) and filters.start is not None:
            frame["in_period"] = frame["date"] >= filters.start
        smallest = found.smallest_pct if np.isfinite(found.smallest_pct) else None
        return Breaks(
            frame,
            moved,
            found.level,
            words.breaks_finding(frame, smallest, weeks),
            smallest,
            notes=words.breaks_notes(weeks),
        )

    def year_on_year(self, filters: Filters, scope: Scope) -> YearOnYear:
        """The months of the period against the same months a year before: `years.year_on_year`."""
        return year_on_year(self._days(filters, scope), filters.start.date() if filters.start else None)

    def shares(self, filters: Filters, scope: Scope) -> Shares:
        """Mode shares and intensity by month: `shares.shares_of`."""
        kg, activity = (
            days_by_part(self._store, filters, scope, "mode", value) for value in ("wtw_kg", "tonne_km")
        )
        return shares_of(activity, kg)

    def analyze(
        self, filters: Filters | None = None, scope: Scope | None = None, *, days_back: int = 90
    ) -> TrendAnalysis:
        """All of it for the last whole days of the selection, against the days before.

        Raises
        ------
        ValueError
            When `days_back` is not positive.
        """
        if days_back < 1:
            raise ValueError("Trends look back over at least one day.")
        filters, scope = filters or Filters(), scope or Scope.all()
        until = known_until(self._store, filters, scope)
        period = filters
        if until is not None:
            end = datetime(until.year, until.month, until.day)
            period = replace(filters, start=end - timedelta(days=days_back), end=end)
        change, season = self.change(period, scope), self.season(period, scope)
        breaks, shares = self.breaks(period, scope), self.shares(period, scope)
        years = self.year_on_year(period, scope)
        said = (
            change.reason or words.change_finding(change),
            *(season.findings or (season.reason,)),
            breaks.reason or breaks.finding,
            years.reason or years.finding,
            shares.reason or shares.finding,
        )
        return TrendAnalysis(days_back, period_of(period), change, season, breaks, years, shares, said)

    def _days(self, filters: Filters, scope: Scope) -> pd.Series:
        found = days_by_part(self._store, filters, scope, "total")
        return found.iloc[:, 0] if len(found) else pd.Series(dtype=float)

    def _names(self, scope: Scope) -> dict[str, str]:
        known = self._store.frame(queries.supplier_names(scope))
        return dict(zip(known["supplier_id"], known["name"], strict=True))

    def _change(
        self, earlier: Filters, later: Filters, before: pd.DataFrame, after: pd.DataFrame, scope: Scope
    ) -> Change:
        totals = [float(cells["wtw_kg"].sum()) for cells in (before, after)]
        periods = (period_of(earlier), period_of(later))
        if before.empty and after.empty:
            parts, moved = _nothing()
            return Change(0.0, 0.0, *periods, parts, moved, reason="No legs are selected in either period.")
        parts, moved = changes.split(before, after, self._names(scope))
        return Change(totals[0], totals[1], *periods, parts, moved)

    def _nothing_before(self, earlier: Filters | None, scope: Scope, against: Against) -> str:
        if earlier is None or earlier.start is None or earlier.end is None:
            return "Choose a period with a first and a last day: an open one has none before it."
        first = self._store.frame(overview_queries.span(scope))["first"].iloc[0]
        if pd.isna(first):
            return "There are no data yet."
        if first > earlier.start + _LATE_START * (earlier.end - earlier.start):
            what = "the period before" if against == "previous" else "the same days a year before"
            begin = f"The data begin on {first:%-d %B %Y}"
            return f"{begin} and do not cover {what}. Choose a shorter or a later period."
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


def _no_breaks(reason: str) -> Breaks:
    level = pd.DataFrame(columns=["week", "wtw_kg", "adjusted_kg", "level_kg"])
    return Breaks(
        pd.DataFrame(columns=list(FRAME)), pd.DataFrame(columns=list(CAUSES)), level, "", reason=reason
    )
