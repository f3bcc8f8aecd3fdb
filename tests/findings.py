"""A detector for tests that is easy to foresee, people who decide, and what the warehouse says of a leg."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sqlalchemy import select

from access.users import User
from data_access import Store, schema

HEAVY_KG = 100_000.0
USUAL_KG = 12_000.0
ANALYST = User("u1", "ann@example.com", "Ann", "analyst")
VIEWER = User("u2", "vic@example.com", "Vic", "viewer")
CARRIER = User("u3", "sue@example.com", "Sue", "supplier", frozenset({"Acme"}))
KEYS = {
    "anomalies": ["shipment_id", "leg_no", "kind"],
    "leg_flags": ["shipment_id", "leg_no", "kind"],
    "legs": ["shipment_id", "leg_no"],
    "original_legs": ["correction_id", "shipment_id", "leg_no"],
    "lane_usual": ["origin", "destination", "mode"],
    "corrections": ["corrected_at", "correction_id"],
    "scorings": ["scored_at", "scoring_id"],
}


def heavy(
    legs: pd.DataFrame, *, history=None, false_discovery_rate=0.05, kind="weight_in_lb"
) -> pd.DataFrame:
    """Finds every leg above 100 t by its weight; 12 t is what it proposes."""
    found = (legs["weight_kg"] > HEAVY_KG).to_numpy()
    nothing = np.where(found, None, None)
    over = 1 - USUAL_KG / legs["weight_kg"]
    return pd.DataFrame(
        {
            "score": np.where(found, 0.9, 0.1),
            "is_anomaly": found,
            "kind": np.where(found, kind, nothing),
            "reason": np.where(found, "Far heavier than usual: entered in lb?", nothing),
            "column": np.where(found, "weight_kg", nothing),
            "value": np.where(found, legs["weight_kg"], np.nan),
            "expected": np.where(found, USUAL_KG, np.nan),
            "expected_low": np.where(found, 6_000.0, np.nan),
            "expected_high": np.where(found, 24_000.0, np.nan),
            "at_stake_kg": np.where(found, legs["wtw_kg"] * over, 0.0),
            "second_opinion": np.nan,
            "fix_column": np.where(found, "weight_kg", nothing),
            "fix_value": np.where(found, repr(USUAL_KG), nothing),
        },
        index=legs.index,
    )


def blind(legs: pd.DataFrame, *, history=None, false_discovery_rate=0.05) -> pd.DataFrame:
    """Finds nothing."""
    return heavy(legs.assign(weight_kg=1.0))


def table(store: Store, name: str) -> pd.DataFrame:
    """All rows of a table in the order of its key."""
    frame = store.frame(select(schema.metadata.tables[name]))
    return frame.sort_values(KEYS[name], ignore_index=True)


def statuses(store: Store) -> dict[tuple[str, int, str], str]:
    found = table(store, "anomalies")
    keys = zip(found["shipment_id"], found["leg_no"], found["kind"], strict=True)
    return dict(zip(keys, found["status"], strict=True))


def set_status(store: Store, shipment_id: str, kind: str, status: str) -> None:
    rows = schema.anomalies
    this = (rows.c.shipment_id == shipment_id, rows.c.kind == kind)
    store.transact(lambda tx: tx.execute(rows.update().where(*this).values(status=status)))
