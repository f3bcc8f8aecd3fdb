"""What drives intensity and emission: a boosted-tree model of the legs, explained by SHAP values.

Effects are the model's, on legs as they were: correlated features share them, and none promises a cause.
"""

from __future__ import annotations

from analytics.drivers.analysis import DriverAnalytics
from analytics.drivers.errors import DriversUnavailable, InexactExplanation
from analytics.drivers.leg import LegExplanation, LegPart, WhatIf
from analytics.drivers.model import FEWEST_LEGS, Accuracy, Target, Validation
from analytics.drivers.overall import Comparison, Driver, DriverModel, GroupPart, LevelEffect

__all__ = [
    "FEWEST_LEGS",
    "Accuracy",
    "Comparison",
    "Driver",
    "DriverAnalytics",
    "DriverModel",
    "DriversUnavailable",
    "GroupPart",
    "InexactExplanation",
    "LegExplanation",
    "LegPart",
    "LevelEffect",
    "Target",
    "Validation",
    "WhatIf",
]
