"""What kinds of anomalies there are, in words for people, and the unit slips that have an exact factor."""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["DEFAULT_FDR", "KINDS", "METHOD", "UNIT", "MissingColumns"]

METHOD = "residuals-1"  # stored with every result: raise it when the method changes
DEFAULT_FDR = 0.05  # of the flagged legs, the share that may be plain chance

KINDS = MappingProxyType(
    {
        "weight_in_lb": "Weight in lb",
        "tonnes_as_kg": "Tonnes as kg",
        "unusual_weight": "Unusual weight",
        "distance_in_miles": "Distance in miles",
        "distance_typo": "Distance typo",
        "unusual_distance": "Unusual distance",
        "impossible_mode": "Impossible mode",
        "unusual_mode": "Unusual mode",
        "duplicate": "Duplicate",
        "unusual_intensity": "Unusual intensity",
    }
)
UNIT = MappingProxyType({"weight_kg": "kg", "distance_km": "km", "wtw_kg": "kg CO2e"})


class MissingColumns(ValueError):
    """The frame lacks columns without which legs cannot be judged."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"Legs cannot be scored without {', '.join(missing)}: add the missing column"
            f"{'s' if len(missing) > 1 else ''} and score again."
        )
        self.missing = missing
