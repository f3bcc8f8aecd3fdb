"""Feeds the comparison of suppliers from a store. Every question takes the filters and the user's scope."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import pandas as pd

from analytics.suppliers import views
from analytics.suppliers.jobs import with_regions
from analytics.suppliers.measuring import Comparison, Measured, measure
from analytics.suppliers.results import SupplierScore, SuppliersUnavailable, Weights
from analytics.suppliers.scoring import score_of, scored
from data_access import Filters, Scope, Store, chain_queries, overview_queries
from data_access import supplier_queries as queries

__all__ = ["SupplierAnalytics"]

_YEAR = timedelta(days=365)
_EVER = datetime(1, 1, 1)
_MOST_KEPT = 8
_Key = tuple[int, Filters, Scope]
_kept: WeakKeyDictionary[Store, OrderedDict[_Key, tuple[Measured, Comparison]]] = WeakKeyDictionary()
_lock = threading.Lock()


class SupplierAnalytics:
    """Who ships worse than the same job done by others.

    `Filters.suppliers` narrows the suppliers that come back, never those that they are compared with;
    `anomalies_only` has no effect. Every method raises `SuppliersUnavailable`, with a sentence, when fewer
    than two suppliers in the user's scope can be compared.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def measured(self, filters: Filters, scope: Scope) -> Measured:
        """What takes time and no weight changes: keep it, and ask `scored` for the ranking."""
        return replace(self._compared(filters, scope)[0], chosen=filters.suppliers)

    def rank(
        self, filters: Filters | None = None, scope: Scope | None = None, *, weights: Weights | None = None
    ) -> pd.DataFrame:
        """The ranking, with the columns of `scored`; without scope, of all suppliers."""
        return scored(self.measured(filters or Filters(), scope or Scope.all()), weights)

    def score(
        self, filters: Filters, scope: Scope, *, supplier_id: str, weights: Weights | None = None
    ) -> SupplierScore:
        """One supplier's score, without recommendations."""
        return score_of(self.measured(filters, scope), supplier_id, weights)

    def calculate_supplier_sustainability_score(
        self,
        supplier_id: str,
        filters: Filters | None = None,
        scope: Scope | None = None,
        weights: Weights | None = None,
    ) -> SupplierScore:
        """One supplier's score, with recommendations."""
        from analytics.recommendations.analysis import RecommendationAnalytics

        filters, scope = filters or Filters(), scope or Scope.all()
        found = self.score(filters, scope, supplier_id=supplier_id, weights=weights)
        advice = RecommendationAnalytics(self._store).for_supplier(filters, scope, supplier_id=supplier_id)
        return replace(found, recommendations=advice)

    def by_job(self, filters: Filters, scope: Scope, *, supplier_id: str) -> pd.DataFrame:
        """Its jobs against the same jobs of its peers: `views.by_job`."""
        return views.by_job(self._with(filters, scope, supplier_id), supplier_id)

    def over_time(self, filters: Filters, scope: Scope, *, supplier_id: str) -> pd.DataFrame:
        """Its months against peers: `views.by_month`."""
        comparison = self._with(filters, scope, supplier_id)
        months = self._store.frame(queries.month_sums(_for_all(filters), scope, supplier_id))
        return views.by_month(comparison, supplier_id, with_regions(months))

    def by_mode(self, filters: Filters, scope: Scope, *, supplier_id: str) -> pd.DataFrame:
        """Its modes against peers: `views.by_mode`."""
        return views.by_mode(self._with(filters, scope, supplier_id), supplier_id)

    def _with(self, filters: Filters, scope: Scope, supplier_id: str) -> Comparison:
        comparison = self._compared(filters, scope)[1]
        if supplier_id not in comparison.suppliers:
            raise SuppliersUnavailable(
                "This supplier has no leg in the selection that could be compared. Choose a longer period or "
                "fewer filters."
            )
        return comparison

    def _compared(self, filters: Filters, scope: Scope) -> tuple[Measured, Comparison]:
        """Kept while the warehouse stays the same: a profile asks for one comparison many times."""
        filters = _for_all(filters)
        key = (self._store.version, filters, scope)
        with _lock:
            kept = _kept.setdefault(self._store, OrderedDict())
            known = kept.get(key)
        if known is None:
            known = self._measure(filters, scope)
            with _lock:
                kept[key] = known
                while len(kept) > _MOST_KEPT:
                    kept.popitem(last=False)
        return known

    def _measure(self, filters: Filters, scope: Scope) -> tuple[Measured, Comparison]:
        recent, before = self._years(filters, scope)
        chosen = filters.start or _EVER
        every, flagged = (
            self._store.frame(
                queries.job_sums(
                    filters, scope, chosen=chosen, recent=recent, before=before, only_flagged=only
                )
            )
            for only in (False, True)
        )
        return measure(
            every,
            flagged,
            self._store.frame(chain_queries.lane_choices(filters, scope)),
            self._store.frame(queries.known_suppliers(scope)),
        )

    def _years(self, filters: Filters, scope: Scope) -> tuple[datetime, tuple[datetime, datetime]]:
        """Start of the last year of the selection, or of a shorter selection; and the same a year before."""
        end = filters.end
        if end is None:
            last = self._store.frame(overview_queries.span(scope))["last"].iloc[0]
            end = datetime(1, 1, 3) if pd.isna(last) else last.to_pydatetime() + timedelta(seconds=1)
        if end.year <= _EVER.year + 2:
            return end, (_EVER, _EVER)
        recent = max(filters.start or _EVER, end - _YEAR)
        if recent >= end:
            return end, (_EVER, _EVER)
        return recent, (recent - _YEAR if recent.year > 1 else _EVER, end - _YEAR)


def _for_all(filters: Filters) -> Filters:
    return replace(filters, suppliers=(), anomalies_only=False)
