"""Flows of transport chains for tests, as `chain_queries.chain_flows` gives them."""

from __future__ import annotations

import pandas as pd

DEFAULTS = {
    "supplier_id": "Acme",
    "origin": "Suzhou, CN",
    "origin_country": "CN",
    "destination": "Venlo, NL",
    "destination_country": "NL",
    "main_mode": "air",
    "shipments": 10,
    "weight_kg": 10_000.0,
    "weight_max_kg": 1_000.0,
    "weight_p95_kg": 1_000.0,
    "tonne_km": 90_000.0,
    "wtw_kg": 20_000.0,
    "low_kg": 18_000.0,
    "high_kg": 22_000.0,
    "cold_shipments": 0,
    "transit_hours": 48.0,
    "timed_shipments": 10,
    "origin_lat": 0.0,
    "origin_lon": 0.0,
    "destination_lat": 0.0,
    "destination_lon": 15.0,
    "currency": None,
    "cost": float("nan"),
    "costed_weight_kg": float("nan"),
}
SEA = {
    "supplier_id": "Bolt",
    "main_mode": "sea",
    "shipments": 10,
    "weight_kg": 100_000.0,
    "weight_max_kg": 10_000.0,
    "weight_p95_kg": 10_000.0,
    "wtw_kg": 10_000.0,
    "low_kg": 8_000.0,
    "high_kg": 12_000.0,
    "transit_hours": 720.0,
}


def flows_of(*rows: dict[str, object]) -> pd.DataFrame:
    """One flow per dict, its shipments all alike: kg per tonne without a spread."""
    frame = pd.DataFrame([{**DEFAULTS, **row} for row in rows])
    each = frame["weight_kg"] / frame["shipments"]
    rate = frame["wtw_kg"] / frame["weight_kg"]
    squares = frame["shipments"] * each**2
    return frame.assign(weight_sq=squares, kg_weight=rate * squares, kg_sq=rate**2 * squares)
