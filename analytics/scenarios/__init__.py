"""What if: levers on a year of transport, pulled in order, with what each saves, costs and delays."""

from __future__ import annotations

from analytics.scenarios.analysis import ScenarioAnalytics
from analytics.scenarios.events import as_events
from analytics.scenarios.fuels import FuelOption
from analytics.scenarios.levers import (
    FUELS,
    LEVERS,
    ChangeVehicle,
    Growth,
    JoinLoads,
    Lever,
    MoveVolume,
    Scenario,
    ScenarioRefused,
    ShiftMode,
    SwitchFuel,
    lever_from_dict,
)
from analytics.scenarios.options import options_of
from analytics.scenarios.results import Baseline, Options, ScenarioResult
from analytics.scenarios.running import run

__all__ = [
    "FUELS",
    "LEVERS",
    "Baseline",
    "ChangeVehicle",
    "FuelOption",
    "Growth",
    "JoinLoads",
    "Lever",
    "MoveVolume",
    "Options",
    "Scenario",
    "ScenarioAnalytics",
    "ScenarioRefused",
    "ScenarioResult",
    "ShiftMode",
    "SwitchFuel",
    "as_events",
    "lever_from_dict",
    "options_of",
    "run",
]
