"""How the demo's suppliers ship and report: products, weights, carriers, vehicles, and what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.filters import MODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CARRIERS",
    "INCOTERMS",
    "PRODUCTS",
    "SECTOR_PRODUCTS",
    "affinity",
    "draw_habits",
    "usual_weight_kg",
    "vehicle_class",
]

# product group -> (typical mass against the mode's, temperature controlled)
PRODUCTS = {
    "chemicals": (1.7, False),
    "plastics": (1.2, False),
    "machinery": (1.1, False),
    "automotive parts": (0.9, False),
    "steel": (2.1, False),
    "castings": (1.6, False),
    "electronics": (0.45, False),
    "batteries": (0.8, False),
    "pharma": (0.30, True),
    "medical devices": (0.35, False),
    "chilled food": (1.2, True),
    "dry food": (1.5, False),
    "apparel": (0.5, False),
    "footwear": (0.6, False),
    "packaging": (0.8, False),
    "household goods": (0.7, False),
    "furniture": (0.6, False),
}
SECTOR_PRODUCTS = {
    "chemicals": ("chemicals", "plastics"),
    "machinery": ("machinery", "castings"),
    "automotive": ("automotive parts", "batteries"),
    "metals": ("steel", "castings"),
    "electronics": ("electronics", "batteries"),
    "pharma": ("pharma", "medical devices"),
    "food": ("chilled food", "dry food"),
    "textiles": ("apparel", "footwear"),
    "packaging": ("packaging", "plastics"),
    "household": ("household goods", "furniture"),
}
# How much rather than others a sector takes a lane of this mode; 1 where nothing is said.
_AFFINITY = {
    "inland_waterway": {"chemicals": 4.0, "metals": 4.0, "food": 0.5, "packaging": 0.5},
    "air": {
        "electronics": 4.0,
        "pharma": 4.0,
        "chemicals": 0.05,
        "metals": 0.02,
        "packaging": 0.02,
        "food": 0.05,
    },
}
_OTHERS = {"inland_waterway": 0.02, "air": 0.5}
_TYPICAL_KG = {"road": 9_000.0, "rail": 15_000.0, "sea": 12_000.0, "air": 800.0, "inland_waterway": 14_000.0}
_BARGE_KG, _BARGE_CAP_KG = 110_000.0, 600_000.0
_TRUCK_CAP_KG, _AIR_CAP_KG = 24_500.0, 12_000.0
CARRIERS = {
    "road": ("Overland One", "Transvia Road", "Kestrel Haulage", "Norda Trucking", "Cardinal Lines"),
    "rail": ("Iron Bridge Rail", "Twinline Intermodal", "Crosscountry Rail Cargo"),
    "sea": ("Meridian Container Line", "Aurora Ocean", "Pacific Crown Shipping", "Hansea Feeder"),
    "air": ("Zenith Air Cargo", "Condor Freight Wings", "Silk Sky Cargo"),
    "inland_waterway": ("River Pilot Barging", "Delta Barging"),
    "hub": ("Quayside Terminals", "Crossdock Partners"),
}
INCOTERMS = ("EXW", "FCA", "FOB", "CIF", "CPT", "DAP", "DDP")


def affinity(sector: str, mode: str) -> float:
    """How much rather than others a sector takes a lane whose main leg has this mode."""
    return _AFFINITY.get(mode, {}).get(sector, _OTHERS.get(mode, 1.0))


def usual_weight_kg(mode: str, product: str, heaviness: float, *, barge_only: bool) -> tuple[float, float]:
    """A supplier's usual shipment of a product by this main mode, and the most that fits."""
    cap = _BARGE_CAP_KG if barge_only else _AIR_CAP_KG if mode == "air" else _TRUCK_CAP_KG
    base = _BARGE_KG if barge_only else _TYPICAL_KG[mode]
    return min(base * PRODUCTS[product][0] * heaviness, 0.8 * cap), cap


def draw_habits(
    suppliers: pd.DataFrame, mover: NDArray[np.bool_], rng: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """How each supplier ships and reports; arrays over suppliers, shares in 0..1."""
    n = len(suppliers)
    reports = rng.random(n) < 0.35
    loose = rng.random(n) < 0.10
    home = suppliers["country"].map({"US": "USD", "GB": "GBP"}).fillna("EUR").to_numpy()
    first = np.cumsum([0, *(len(CARRIERS[mode]) for mode in MODES)])
    carriers = np.stack(
        [first[m] + rng.integers(0, len(CARRIERS[mode]), (n, 2)) for m, mode in enumerate(MODES)], axis=1
    )
    return {
        "sigma": rng.uniform(0.08, 0.17, n) * np.where(loose, 2.0, 1.0),
        "loose": loose,
        "heaviness": rng.lognormal(0.0, 0.2, n),
        "reports_emission": np.where(reports, rng.uniform(0.3, 0.95, n), 0.0),
        "emission_bias": rng.normal(0.0, 0.03, n).clip(-0.05, 0.05),
        "gives_class": rng.choice([0.0, 0.4, 0.8, 1.0], n, p=[0.25, 0.2, 0.25, 0.3]),
        "gives_distance": rng.choice([0.3, 0.7, 1.0], n, p=[0.25, 0.35, 0.4]),
        "gives_cost": rng.choice([0.0, 0.6, 0.97], n, p=[0.15, 0.25, 0.6]),
        "gives_arrival": rng.uniform(0.86, 0.995, n),
        "late_share": rng.beta(1.5, 12.0, n),
        "price": rng.lognormal(0.0, 0.12, n),
        "growth": rng.normal(0.10, 0.05, n),
        "air_taste": np.where(mover, 1.0, rng.lognormal(0.0, 0.6, n)),
        "carriers": carriers,
        "incoterms": rng.integers(0, len(INCOTERMS), (n, 2)),
        "currency": home,
    }


def vehicle_class(mode: str, supplier: int, typical_kg: float, distance_km: float) -> str:
    """The class that the supplier runs on this leg, as in the factor table."""
    if mode == "road":
        if typical_kg > 7_000:
            return "articulated >33 t" if supplier % 5 else "articulated 3.5-33 t"
        return "rigid >17 t" if typical_kg > 2_500 else "rigid 7.5-17 t"
    if mode == "sea":
        sizes = ("container ship average", "container ship 8000+ TEU", "container ship 3000-4999 TEU")
        return sizes[supplier % 3] if distance_km > 4_000 else "container ship 1000-1999 TEU"
    if mode == "air":
        return "long-haul" if distance_km >= 1_500 else "short-haul"
    return {"rail": "freight train", "inland_waterway": "waterborne craft", "hub": ""}[mode]
