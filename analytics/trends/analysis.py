"""Feeds the trends from a store. Every question takes the filters and the user's scope."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from analytics.trends.results import Breaks, Change, Season, Shares, TrendAnalysis, YearOnYear
from data_access import Filters, Scope, Store

__all__ = ["TrendAnalytics"]


class TrendAnalytics:
    def __init__(self, store: Store) -> None:
        self._store = store

    def change(
        self, filters: Filters, scope: Scope, *, against: Literal["previous", "year"] = "previous"
    ) -> Change:
        raise NotImplementedError

    def compare(self, filters_a: Filters, filters_b: Filters, scope: Scope) -> Change:
        raise NotImplementedError

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
