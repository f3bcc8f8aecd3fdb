"""The supplier that a profile is about: the two selections to ask with, and where it stands among all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from analytics import SupplierAnalytics
from analytics.suppliers import SuppliersUnavailable, scored

if TYPE_CHECKING:
    import pandas as pd

    from analytics.suppliers import SupplierScore, Weights
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["Standing", "Subject", "standing_of"]

T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """One supplier in one visit.

    everyone, own : the selection of the page with all suppliers, for questions that compare, and with this
        one alone. "Flagged only" holds in neither: a comparison of flagged legs says nothing.
    """

    visit: Visit
    supplier_id: str
    name: str
    everyone: Filters
    own: Filters

    @classmethod
    def of(cls, visit: Visit, supplier_id: str, name: str, chosen: Filters) -> Subject:
        everyone = replace(chosen, suppliers=(), anomalies_only=False)
        return cls(visit, supplier_id, name, everyone, replace(everyone, suppliers=(supplier_id,)))

    def among_all(self, question: Callable[..., T], **named: Any) -> T:
        """Ask about this supplier among its peers."""
        return self.visit.ask(question, self.everyone, supplier_id=self.supplier_id, **named)

    def alone(self, question: Callable[..., T], **named: Any) -> T:
        """Ask about its own legs."""
        return self.visit.ask(question, self.own, **named)


@dataclass(frozen=True)
class Standing:
    """Its score and the ranking of all; where there is no score, the reason as a sentence."""

    score: SupplierScore | None
    ranking: pd.DataFrame | None
    reason: str = ""


def standing_of(subject: Subject, weights: Weights) -> Standing:
    """Where it stands; nowhere, with a reason, where there is nothing to compare with."""
    suppliers = SupplierAnalytics(subject.visit.store)
    ranking = None
    try:
        ranking = scored(subject.visit.ask(suppliers.measured, subject.everyone), weights)
        return Standing(subject.among_all(suppliers.score, weights=weights), ranking)
    except SuppliersUnavailable as reason:
        return Standing(None, ranking, str(reason))
