"""The science: frames in, frames out. Each class feeds the pure functions of its module from a store."""

from __future__ import annotations

from analytics.overview import OverviewAnalytics

__all__ = ["OverviewAnalytics"]
