"""Suppliers whose efficiency is known, for tests of how well they are told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.suppliers.jobs import ADDED, JOB
from analytics.suppliers.measuring import Comparison, comparison_of

__all__ = ["compared", "drawn_jobs", "drawn_legs", "job_rows", "multipliers"]

# kg CO2e per tonne-km by mode; each job then has a base rate of its own, up to twice or half of that.
_RATES = {"road": 0.10, "rail": 0.03, "sea": 0.012, "air": 0.7}
_MASS_T = (0.3, 1.2, 5.0, 11.0, 20.0)
_KM = (60.0, 200.0, 500.0, 1_000.0, 2_500.0, 6_000.0)


def drawn_jobs(rng: np.random.Generator, jobs: int = 30) -> pd.DataFrame:
    """Different jobs with their base rate."""
    modes = rng.choice(list(_RATES), jobs)
    frame = pd.DataFrame(
        {
            "mode": modes,
            "temperature_controlled": rng.random(jobs) < 0.2,
            "distance_band": rng.integers(0, len(_KM), jobs),
            "weight_band": rng.integers(0, len(_MASS_T), jobs),
            "origin_country": rng.choice(["DE", "CN", "US"], jobs),
            "destination_country": rng.choice(["FR", "JP", "MX"], jobs),
        }
    ).drop_duplicates(ignore_index=True)
    return frame.assign(base=frame["mode"].map(_RATES) * np.exp(rng.uniform(-0.7, 0.7, len(frame))))


def multipliers(rng: np.random.Generator, suppliers: int = 40, spread: float = 0.15) -> pd.Series:
    """The truth: what each supplier emits, times what the job usually does."""
    names = [f"S{number:02}" for number in range(suppliers)]
    return pd.Series(np.exp(rng.normal(0.0, spread, suppliers)), index=names)


def drawn_legs(
    rng: np.random.Generator,
    truth: pd.Series,
    jobs: pd.DataFrame,
    *,
    legs: int | dict[str, int] = 500,
    noise: float = 0.25,
    jobs_each: int = 8,
) -> pd.DataFrame:
    """Legs of all suppliers, each on some of the jobs; `true_kg` is wtw_kg without the noise."""
    parts = []
    for name, multiplier in truth.items():
        count = legs if isinstance(legs, int) else legs[str(name)]
        own = rng.choice(len(jobs), min(jobs_each, len(jobs)), replace=False)
        part = jobs.iloc[rng.choice(own, count)].reset_index(drop=True)
        part["supplier_id"] = name
        part["weight_kg"] = np.array(_MASS_T)[part["weight_band"]] * 1_000 * rng.uniform(0.8, 1.2, count)
        part["distance_km"] = np.array(_KM)[part["distance_band"]] * rng.uniform(0.9, 1.1, count)
        part["tonne_km"] = part["weight_kg"] / 1_000 * part["distance_km"]
        part["true_kg"] = part["tonne_km"] * part["base"] * multiplier
        part["wtw_kg"] = part["true_kg"] * np.exp(rng.normal(0, noise, count) - noise**2 / 2)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def job_rows(legs: pd.DataFrame, kg: str = "wtw_kg") -> pd.DataFrame:
    """The sums that SQL gives, with countries for regions: as kept legs of this year."""
    amount, size, mass = legs[kg], legs["tonne_km"], legs["weight_kg"]
    each = legs.assign(
        origin_region=legs["origin_country"], destination_region=legs["destination_country"],
        product_group="goods", stretch=legs.get("stretch", 1),
        legs=1, shipments=1, wtw_kg=amount, kg_sq=amount**2, kg_tkm=amount * size, tkm_sq=size**2,
        weight_sq=mass**2, part_loads=(mass < 12_000).astype(int),
    )  # fmt: skip
    keys = ["supplier_id", *JOB, "product_group", "stretch"]
    return each.groupby(keys, as_index=False)[list(ADDED)].sum()


def compared(legs: pd.DataFrame, kg: str = "wtw_kg") -> Comparison:
    return comparison_of(job_rows(legs, kg))
