"""Why emissions changed, and how they run: change in parts, season, steps, years, mode shares."""

from __future__ import annotations

from analytics.trends.analysis import TrendAnalytics
from analytics.trends.results import Breaks, Change, Season, Shares, TrendAnalysis, YearOnYear

__all__ = ["Breaks", "Change", "Season", "Shares", "TrendAnalysis", "TrendAnalytics", "YearOnYear"]
