"""Legs whose emissions follow a known rule, for tests of what is learnt from legs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_access import Store, schema

# The truth of the simulation: kg CO2e per tonne-km = 0.1 × mode × supplier, up to 2 % of noise.
BASE_KG_PER_TKM = 0.1
MODES = {"road": 1.0, "sea": 0.2, "air": 6.0}
SUPPLIERS = {"Clean": 0.8, "Usual": 1.0, "Wasteful": 1.3}


def simulated(legs: int = 4_000, seed: int = 1, noise: float = 0.02, **fixed: object) -> pd.DataFrame:
    """Legs whose features are drawn independently of each other; `fixed` columns are the same for all."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "shipment_id": [f"S{number}" for number in range(legs)],
            "leg_no": 1,
            "departed_at": pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 730, legs), unit="D"),
            "mode": rng.choice(list(MODES), legs),
            "vehicle_class": None,
            "temperature_controlled": False,
            "origin": "Hamburg",
            "origin_country": rng.choice(["DE", "FR"], legs),
            "destination": "Vienna",
            "destination_country": "AT",
            "distance_km": rng.lognormal(6.5, 0.7, legs),
            "weight_kg": rng.lognormal(7.5, 0.8, legs),
            "supplier_id": rng.choice(list(SUPPLIERS), legs),
            "product_group": rng.choice(["food", "steel"], legs),
        }
    ).assign(**fixed)
    frame["tonne_km"] = frame["weight_kg"] / 1000 * frame["distance_km"]
    truth = frame["mode"].map(MODES) * frame["supplier_id"].map(SUPPLIERS) * BASE_KG_PER_TKM
    frame["wtw_kg"] = frame["tonne_km"] * truth * np.exp(rng.normal(0, noise, legs))
    return frame


def put_simulated(store: Store, frame: pd.DataFrame) -> None:
    rows = frame.assign(
        distance_basis="actual", distance_source="reported", ttw_kg=frame["wtw_kg"], wtt_kg=0.0,
        low_kg=frame["wtw_kg"], high_kg=frame["wtw_kg"], data_type="default", batch_id="batch",
    )  # fmt: skip
    rows["departed_at"] = rows["departed_at"].astype("datetime64[us]")
    store.transact(lambda tx: tx.append(schema.legs, rows))
