"""Lanes: what runs between two places and by which mode, what else could, country pairs, and hubs."""

from __future__ import annotations

from analytics.lanes.alternatives import LaneOptions
from analytics.lanes.analysis import LaneAnalytics, LaneCounts, LaneSummary
from analytics.lanes.matrix import OTHER, UNKNOWN, Matrix, od_matrix

__all__ = [
    "OTHER",
    "UNKNOWN",
    "LaneAnalytics",
    "LaneCounts",
    "LaneOptions",
    "LaneSummary",
    "Matrix",
    "od_matrix",
]
