"""What the plausibility rules say of new legs, written as the evidence (flags) and as open anomalies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from data_access.schema import anomalies, leg_flags

if TYPE_CHECKING:
    from data_access.store import Transaction

__all__ = ["rule_anomalies", "write_flags"]

KEY = ["shipment_id", "leg_no"]
# Which column a rule is about; a rule that is not here is about the dates.
RULE_COLUMN = {
    "road_over_ocean": "mode",
    "road_too_far": "mode",
    "no_port_nearby": "mode",
    "too_heavy": "weight_kg",
    "far_too_short": "distance_km",
    "far_too_long": "distance_km",
}


def write_flags(tx: Transaction, legs: pd.DataFrame, flags: pd.DataFrame, batch_id: str) -> None:
    """Write what `plausibility.flags` found among `legs`, which are in the warehouse already."""
    if flags.empty:
        return
    tx.append(leg_flags, flags.assign(batch_id=batch_id))
    tx.append(anomalies, rule_anomalies(flags, legs).assign(batch_id=batch_id))


def rule_anomalies(flags: pd.DataFrame, legs: pd.DataFrame) -> pd.DataFrame:
    """Rows of `schema.anomalies` for broken rules, without batch_id: all of the leg's kg are at stake."""
    kg = legs[[*KEY, "wtw_kg"]].rename(columns={"wtw_kg": "at_stake_kg"})
    return flags.merge(kg, on=KEY, how="left").assign(
        column_name=flags["kind"].map(RULE_COLUMN).fillna("departed_at").to_numpy(),
        found_by="rule",
        score=1.0,
        status="open",
        found_at=datetime.now(UTC).replace(tzinfo=None),
    )
