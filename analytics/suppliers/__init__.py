"""Suppliers compared by the same jobs done by others: ratio, score, rank, each with its interval."""

from __future__ import annotations

from analytics.suppliers.analysis import SupplierAnalytics
from analytics.suppliers.measuring import Measured
from analytics.suppliers.results import PARTS, Part, SupplierScore, SuppliersUnavailable, Weights
from analytics.suppliers.scoring import score_of, scored

__all__ = [
    "PARTS",
    "Measured",
    "Part",
    "SupplierAnalytics",
    "SupplierScore",
    "SuppliersUnavailable",
    "Weights",
    "score_of",
    "scored",
]
