"""Feeds the recommendations from a store. Every question takes the filters and the user's scope."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analytics.recommendations.chains import chosen_legs, with_chains
from analytics.recommendations.combining import advice, allocated
from analytics.recommendations.kept import kept
from analytics.recommendations.results import Recommendation, ShiftCandidates
from analytics.recommendations.shifts import shift_candidates
from analytics.recommendations.supplier_shifts import shift_proposals
from data_access import Filters, Scope, Store
from data_access import overview_queries as overview
from data_access.chain_queries import chain_flows
from data_access.filters import LANE_ARROW
from data_access.recommendation_queries import job_rates, supplier_legs

__all__ = ["RecommendationAnalytics"]


class RecommendationAnalytics:
    """What would help: shifts to a cleaner mode for all lanes, and advice to one supplier.

    Evidence is what the user may see, whatever lanes, modes and suppliers the filters leave; the period and
    the product groups hold for it too.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def shifts(
        self, filters: Filters, scope: Scope, *, max_extra_days: float | None = None
    ) -> ShiftCandidates:
        """Transport chains that could move to a cleaner mode, in kg CO2e per year.

        Modes, countries and lanes of the filters are those of whole chains; `anomalies_only` has no effect,
        as chains with a flagged leg are left out.
        """
        flows = self._flows(filters, scope)
        return shift_candidates(
            flows,
            chosen_flows(flows, filters),
            days=self._days(filters, scope),
            max_extra_days=max_extra_days,
        )

    def for_supplier(self, filters: Filters, scope: Scope, *, supplier_id: str) -> tuple[Recommendation, ...]:
        """What would help this supplier, largest yearly saving first; empty where the data hold no evidence.

        Modes, countries and lanes of the filters select whole chains for shifts and single legs for the
        rest. Other suppliers of the filters do not matter.
        """
        legs = self._store.frame(supplier_legs(filters, scope, supplier_id))
        if not len(legs):
            return ()
        legs = with_chains(legs)
        flows, days = self._flows(filters, scope), self._days(filters, scope)
        chosen = chosen_flows(flows, replace(filters, suppliers=(supplier_id,)))
        candidates = shift_candidates(flows, chosen, days=days)
        found = allocated(
            shift_proposals(candidates, flows, legs, supplier_id),
            legs,
            chosen_legs(legs, filters),
            self._jobs(filters, scope),
            supplier_id,
        )
        emitted = float(legs["wtw_kg"].sum())
        return advice(found, supplier_id=supplier_id, supplier_kg=emitted, days=days)

    def _flows(self, filters: Filters, scope: Scope) -> pd.DataFrame:
        evidence = Filters(start=filters.start, end=filters.end, product_groups=filters.product_groups)
        asked = chain_flows(evidence, scope)
        return kept(self._store, ("flows", evidence, scope), lambda: self._store.frame(asked))

    def _jobs(self, filters: Filters, scope: Scope) -> pd.DataFrame:
        key = ("jobs", filters.start, filters.end, filters.product_groups, scope)
        return kept(self._store, key, lambda: self._store.frame(job_rates(filters, scope)))

    def _days(self, filters: Filters, scope: Scope) -> float:
        span = self._store.frame(overview.span(scope)).iloc[0]
        return covered_days(filters, span["first"], span["last"])


def chosen_flows(flows: pd.DataFrame, filters: Filters) -> pd.Series:
    """Which flows the filters select, by supplier, main mode and ends."""
    asked = {
        "supplier_id": filters.suppliers,
        "main_mode": filters.modes,
        "origin_country": filters.origin_countries,
        "destination_country": filters.destination_countries,
    }
    chosen = pd.Series(True, index=flows.index)
    for column, values in asked.items():
        if values:
            chosen &= flows[column].isin(values)
    if filters.lanes:
        chosen &= (flows["origin"] + LANE_ARROW + flows["destination"]).isin(filters.lanes)
    return chosen


def covered_days(filters: Filters, first: pd.Timestamp, last: pd.Timestamp) -> float:
    """Days of the period that there are data for, at least 1: what a yearly figure is scaled from."""
    if pd.isna(first):
        return 1.0
    start = max(first, pd.Timestamp(filters.start)) if filters.start else first
    end = min(last, pd.Timestamp(filters.end)) if filters.end else last
    return max(1.0, (end - start) / pd.Timedelta(days=1))
