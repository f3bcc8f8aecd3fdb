"""The science: frames in, frames out. Each class feeds the pure functions of its module from a store."""

from __future__ import annotations

from analytics.anomalies.review import AnomalyAnalytics
from analytics.drivers import DriverAnalytics
from analytics.flows import FlowAnalytics
from analytics.forecasting.analysis import PredictiveAnalytics
from analytics.gaps import GapAnalytics
from analytics.lanes import LaneAnalytics
from analytics.overview import OverviewAnalytics
from analytics.real_time import RealTimeAnalytics
from analytics.recommendations.analysis import RecommendationAnalytics
from analytics.scenarios.analysis import ScenarioAnalytics
from analytics.suppliers.analysis import SupplierAnalytics
from analytics.targets import TargetAnalytics
from analytics.trends.analysis import TrendAnalytics

__all__ = [
    "AnomalyAnalytics",
    "DriverAnalytics",
    "FlowAnalytics",
    "GapAnalytics",
    "LaneAnalytics",
    "OverviewAnalytics",
    "PredictiveAnalytics",
    "RealTimeAnalytics",
    "RecommendationAnalytics",
    "ScenarioAnalytics",
    "SupplierAnalytics",
    "TargetAnalytics",
    "TrendAnalytics",
]
