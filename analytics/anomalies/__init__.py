"""Legs that are wrong or unusual: each with a kind, a reason, an expected range and, if clear, a repair."""

from __future__ import annotations

from analytics.anomalies.comparison import Comparison, comparison
from analytics.anomalies.kinds import DEFAULT_FDR, KINDS, METHOD, MissingColumns
from analytics.anomalies.scoring import score

__all__ = ["DEFAULT_FDR", "KINDS", "METHOD", "Comparison", "MissingColumns", "comparison", "score"]
