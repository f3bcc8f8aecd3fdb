"""Suppliers compared by the same jobs done by others: ratio, score, rank, each with its interval."""

from __future__ import annotations

from analytics.suppliers.results import PARTS, Part, SupplierScore, SuppliersUnavailable, Weights

__all__ = ["PARTS", "Part", "SupplierScore", "SuppliersUnavailable", "Weights"]
