"""Are we on the target path? The path from base year to target year, this year's point, and the gap to it."""

from __future__ import annotations

from analytics.targets.analysis import TargetAnalytics, outlook_of
from analytics.targets.closing import Closing, Effect, closings, effect_of
from analytics.targets.path import PRESETS, path, point_of
from analytics.targets.status import TargetStatus, status_of
from analytics.targets.years import Years, base_of

__all__ = [
    "PRESETS",
    "Closing",
    "Effect",
    "TargetAnalytics",
    "TargetStatus",
    "Years",
    "base_of",
    "closings",
    "effect_of",
    "outlook_of",
    "path",
    "point_of",
    "status_of",
]
