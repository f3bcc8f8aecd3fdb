"""From raw chunks to typed canonical columns: what cannot be read is said, never guessed."""

from __future__ import annotations

from ingestion.parsing.chunks import ColumnFormats, Parsed, decide_formats, parse

__all__ = ["ColumnFormats", "Parsed", "decide_formats", "parse"]
