"""From place texts to coordinates: codes, cities, countries, and what the user said a name is."""

from __future__ import annotations

from ingestion.places.resolver import Places, fold

__all__ = ["Places", "fold"]
