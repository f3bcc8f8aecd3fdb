"""The warehouse (shipments, factors) and the app database (users, audit). SQL lives here, nowhere else."""

from __future__ import annotations

from data_access.filters import MODES, Filters, Scope
from data_access.store import Store

__all__ = ["MODES", "Filters", "Scope", "Store"]
