"""The way in: read → map columns → validate → locate → calculate → write."""

from __future__ import annotations

from ingestion.batches import ImportResult, list_batches, rejected_of, undo_import
from ingestion.columns import suggest_mapping
from ingestion.pipeline import import_file

__all__ = ["ImportResult", "import_file", "list_batches", "rejected_of", "suggest_mapping", "undo_import"]
