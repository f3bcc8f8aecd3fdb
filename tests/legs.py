"""Legs for tests, calculated as the app does it, from the few columns that a test is about."""

from __future__ import annotations

import pandas as pd

from analytics.emissions import calculate, load_factors
from data_access import Store, schema

DEFAULTS = {
    "leg_no": 1,
    "departed_at": pd.Timestamp("2025-03-10 08:00"),
    "supplier_id": "Acme",
    "mode": "road",
    "vehicle_class": "articulated >33 t",
    "temperature_controlled": False,
    "origin": "Hamburg, DE",
    "origin_country": "DE",
    "destination": "Vienna, AT",
    "destination_country": "AT",
    "weight_kg": 12_000.0,
    "distance_km": 850.0,
    "distance_basis": "actual",
    "distance_source": "reported",
    "product_group": "chemicals",
    "batch_id": "batch",
}


def legs_of(*rows: dict[str, object]) -> pd.DataFrame:
    """One leg per dict; what a dict leaves out comes from DEFAULTS, its id from its position."""
    frame = pd.DataFrame(
        [{"shipment_id": f"S{number}", **DEFAULTS, **row} for number, row in enumerate(rows, 1)]
    )
    frame["departed_at"] = pd.to_datetime(frame["departed_at"]).astype("datetime64[us]")
    return calculate(frame, load_factors())


def put(store: Store, *rows: dict[str, object]) -> pd.DataFrame:
    frame = legs_of(*rows)
    store.transact(lambda tx: tx.append(schema.legs, frame))
    return frame
