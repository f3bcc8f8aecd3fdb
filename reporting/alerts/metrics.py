"""What a rule can watch: each metric with its name, its unit, and where it stands in the Live figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui import formats

if TYPE_CHECKING:
    from analytics.real_time import RealTimeMetrics

__all__ = ["METRICS", "Metric", "limit", "value_of", "written"]


@dataclass(frozen=True)
class Metric:
    """One metric.

    Parameters
    ----------
    label, unit : str
        As shown; people enter thresholds in `unit`, which is empty for what is counted.
    per_unit : float
        What one `unit` is in the stored one: 1,000 kg in a tonne, 0.01 in a per cent.
    comparison, default : str, float
        What a new rule begins with; the default is in `unit`.
    most : float or None
        The largest threshold that makes sense, in `unit`.
    windowed : bool
        Whether it looks at the legs of a window, or at the data as a whole.
    """

    label: str
    unit: str
    write: Callable[[float], str]
    per_unit: float = 1.0
    comparison: str = "above"
    default: float = 0.0
    most: float | None = None
    windowed: bool = True


def _hours(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") + " h"


METRICS = {
    "emissions_kg": Metric("Emissions", "t CO2e", formats.emissions, per_unit=1000, default=50.0),
    "intensity_g_per_tkm": Metric("Intensity", "g CO2e/tkm", formats.intensity, default=150.0),
    "shipments": Metric("Shipments", "", formats.count, comparison="below", default=1.0),
    "anomaly_share": Metric(
        "Share of emissions with an anomaly", "%", formats.percent, per_unit=0.01, default=5.0, most=100.0
    ),
    "anomalies": Metric("Legs with an anomaly", "", formats.count, default=10.0),
    "late_share": Metric(
        "Share of late arrivals", "%", formats.percent, per_unit=0.01, default=25.0, most=100.0
    ),
    "data_age_hours": Metric("Age of the data", "h", _hours, default=24.0, windowed=False),
}


def value_of(metric: str, found: RealTimeMetrics) -> float | None:
    """A metric's value in its stored unit; None where there are no data to say it.

    Without any departure that the rule looks at, nothing is known; afterwards an empty window has 0 shipments
    and 0 kg, but neither an intensity nor a share.
    """
    if found.freshness.age_hours is None:
        return None
    now = found.current
    values: dict[str, float | None] = {
        "emissions_kg": now.wtw_kg,
        "intensity_g_per_tkm": now.intensity_g_per_tkm,
        "shipments": now.shipments,
        "anomaly_share": now.flagged_kg / now.wtw_kg if now.wtw_kg else None,
        "anomalies": now.anomalies_detected,
        "late_share": now.late_share,
        "data_age_hours": found.freshness.age_hours,
    }
    value = values[metric]
    return None if value is None else float(value)


def limit(metric: str, threshold: float) -> str:
    """A threshold as it was entered, with its unit: 50 t CO2e, 12.5 %."""
    known = METRICS[metric]
    return f"{threshold / known.per_unit:,.10g} {known.unit}".rstrip()


def written(metric: str, value: float) -> str:
    """A value with its unit, in about three figures: 62.1 t CO2e, 5.2 %, 26.5 h."""
    return METRICS[metric].write(value)
