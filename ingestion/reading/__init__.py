"""From an upload to raw chunks of rows: CSV, Excel and Parquet, checked before anything is read."""

from __future__ import annotations

from ingestion.reading.opening import open_source
from ingestion.reading.sources import RawChunk, Source

__all__ = ["RawChunk", "Source", "open_source"]
