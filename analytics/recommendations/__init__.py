"""What would help, with numbers: each recommendation names its evidence in the data."""

from __future__ import annotations

from analytics.recommendations.results import KINDS, Recommendation, ShiftCandidates

__all__ = ["KINDS", "Recommendation", "ShiftCandidates"]
