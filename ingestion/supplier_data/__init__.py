"""What is known about suppliers (country, sector, tier, own target): changed one by one or from a file.

found = read_changes(store, "suppliers.xlsx")   # old → new, and what was refused and why
apply(store, found.changes, user=user, audit_db=database())
"""

from __future__ import annotations

from ingestion.supplier_data.file import MOST_ROWS, Preview, Problem, read_changes, template
from ingestion.supplier_data.values import COLUMNS, SupplierDataRefused, Value
from ingestion.supplier_data.writing import Change, apply, stored, update_one

__all__ = [
    "COLUMNS",
    "MOST_ROWS",
    "Change",
    "Preview",
    "Problem",
    "SupplierDataRefused",
    "Value",
    "apply",
    "read_changes",
    "stored",
    "template",
    "update_one",
]
