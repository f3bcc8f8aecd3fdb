"""Feeds scenarios from a store. Every question takes the filters and the user's scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from analytics.recommendations.analysis import covered_days
from analytics.recommendations.kept import kept
from analytics.recommendations.shifts import DAYS_PER_YEAR
from analytics.scenarios.baseline import Asked, baseline_of, wide_cells
from analytics.scenarios.joins import gaining_modes, joined_shares
from analytics.scenarios.options import options_of
from analytics.scenarios.results import Baseline, Options
from data_access import Filters, Scope, Store
from data_access import overview_queries as overview
from data_access import scenario_queries as asked
from data_access.chain_queries import chain_flows
from data_access.recommendation_queries import job_rates

__all__ = ["ScenarioAnalytics"]


class ScenarioAnalytics:
    """A year of the selection, and what could be changed about it; `scenarios.run` then needs no store.

    Evidence is what the user may see in the same period and product groups, whatever suppliers, modes or
    lanes the filters leave. Suppliers, modes, countries and lanes of the filters select whole chains;
    `anomalies_only` has no effect.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def baseline(self, filters: Filters, scope: Scope) -> Baseline:
        """The last 365 days of the chosen period, or a shorter period scaled to a year."""
        year, days = self._year(filters, scope)
        return baseline_of(self._asked(year, scope, days), filters)

    def options(self, filters: Filters, scope: Scope) -> Options:
        """What each lever can choose; `scenarios.options_of(baseline)` gives the same without a store."""
        return options_of(self.baseline(filters, scope))

    def _year(self, filters: Filters, scope: Scope) -> tuple[Filters, float]:
        """The period to sum, cut to where there are data, and its days."""
        evidence = Filters(start=filters.start, end=filters.end, product_groups=filters.product_groups)
        span = self._store.frame(overview.span(scope)).iloc[0]
        days = covered_days(evidence, span["first"], span["last"])
        if days <= DAYS_PER_YEAR or pd.isna(span["last"]):
            return evidence, days
        last = pd.Timestamp(span["last"]).to_pydatetime()
        end = min(last, evidence.end) if evidence.end else last
        return replace(evidence, start=end - timedelta(days=DAYS_PER_YEAR)), DAYS_PER_YEAR

    def _asked(self, year: Filters, scope: Scope, days: float) -> Asked:
        cells = self._kept("cells", year, scope, lambda: self._store.frame(asked.cells(year, scope)))
        factors = self._store.frame(asked.active_factors())
        wide = wide_cells(cells, factors)
        seen = self._store.frame(overview.suppliers_seen(scope))
        return Asked(
            cells=cells,
            flows=self._kept("flows", year, scope, lambda: self._store.frame(chain_flows(year, scope))),
            joins=self._kept("joins", year, scope, lambda: self._joins(year, scope, wide)),
            factors=factors,
            names=dict(zip(seen["supplier_id"], seen["name"], strict=True)),
            start=year.start,
            end=year.end,
            days=days,
        )

    def _joins(self, year: Filters, scope: Scope, wide: pd.DataFrame) -> pd.DataFrame:
        jobs = self._store.frame(job_rates(year, scope))
        legs = {
            mode: self._store.frame(asked.joinable_legs(year, scope, mode)) for mode in gaining_modes(jobs)
        }
        return joined_shares(legs, jobs, wide)

    def _kept(self, what: str, year: Filters, scope: Scope, ask: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        return kept(self._store, (what, year, scope), ask)
