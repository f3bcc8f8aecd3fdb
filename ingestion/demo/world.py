"""The demo's world: real places, invented suppliers with habits of their own, and the lanes between them.

A flow is one supplier sending one product group along one chain of legs; all that a shipment is drawn
from is an array over flows or over their legs, so that drawing is indexing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.filters import MODES
from ingestion.demo.habits import (
    CARRIERS,
    INCOTERMS,
    PRODUCTS,
    SECTOR_PRODUCTS,
    affinity,
    draw_habits,
    usual_weight_kg,
)
from ingestion.demo.lanes import legs_of_flows, read_chains, read_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOVER", "Settings", "World", "build_world", "read_suppliers"]

MOVER = "SUP-017"  # the supplier that moves its lanes from air to sea
MOVER_SHARE = 0.04
MOVER_KG = 1_200.0  # its usual shipment, by air and by sea: the change moves tonnes, it does not add any
MODE_SHARE = {"road": 0.50, "rail": 0.10, "inland_waterway": 0.04, "sea": 0.22, "air": 0.14}
_ASSETS = Path(__file__).resolve().parents[2] / "assets" / "demo"


@dataclass(frozen=True)
class Settings:
    """What to change about the demo's world, for tests and benchmarks.

    Parameters
    ----------
    anomaly_share : float
        Share of shipments with an injected anomaly, clustered ones included; 0 gives clean data.
    noise : float
        Scales the spread of weights, distances and reported emissions.
    suppliers : int, optional
        Only the so many largest suppliers.
    modes : tuple of str
        Only chains whose main leg has one of these modes; empty for all.
    """

    anomaly_share: float = 0.015
    noise: float = 1.0
    suppliers: int | None = None
    modes: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    """Arrays to draw from: `flows` one a flow, `legs` one a leg of a flow, `habits` one a supplier."""

    suppliers: pd.DataFrame
    places: pd.DataFrame
    flows: dict[str, NDArray[Any]]
    legs: dict[str, NDArray[Any]]
    habits: dict[str, NDArray[Any]]
    names: dict[str, list[str]]


def read_suppliers() -> pd.DataFrame:
    """The 60 suppliers: supplier_id, name, country, sector, tier, size (share of the volume, relative)."""
    return pd.read_csv(_ASSETS / "suppliers.csv", keep_default_na=False)


@lru_cache(maxsize=4)
def build_world(seed: int = 7, settings: Settings | None = None) -> World:
    """The world of a seed: habits and flows are drawn, places, suppliers and lanes are given.

    Raises
    ------
    ValueError
        When `settings` leave no flow.
    """
    settings = settings or Settings()
    rng = np.random.default_rng([seed, 0])
    suppliers, places, chains = read_suppliers(), read_places(), read_chains()
    habits = draw_habits(suppliers, _is_mover(suppliers).to_numpy(), rng)
    flows = _flows(chains, suppliers, places, habits, rng)
    flows = _selected(flows, suppliers, settings)
    legs = legs_of_flows(flows, chains, places, rng)
    arrays = {name: flows[name].to_numpy() for name in flows.columns}
    names = {
        "carrier": [carrier for mode in MODES for carrier in CARRIERS[mode]],
        "product": list(PRODUCTS),
        "incoterm": list(INCOTERMS),
    }
    return World(suppliers, places, arrays, legs, habits, names)


def _flows(
    chains: pd.DataFrame,
    suppliers: pd.DataFrame,
    places: pd.DataFrame,
    habits: dict[str, NDArray[Any]],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Supplier × chain × product group with their volume and weight habits; volume sums to 1."""
    rows = []
    owners = _owners(chains, suppliers, places, rng)
    sector, size = suppliers["sector"].to_numpy(), suppliers["size"].to_numpy()
    for chain in chains.itertuples():
        for owner in owners[str(chain.lane)]:
            rows += _products_of(chain, owner, sector[owner], size[owner], habits)
    flows = pd.DataFrame(
        rows, columns=["chain", "supplier", "product", "main", "volume", "typical_kg", "cap_kg"]
    )
    flows["mover"] = (suppliers["supplier_id"] == MOVER).to_numpy()[flows["supplier"]]
    flows.loc[flows["mover"], "typical_kg"] = MOVER_KG
    # A sender knows the vehicles of a lane or does not: no changing from shipment to shipment.
    knows = rng.random((len(suppliers), len(chains))) < habits["gives_class"][:, None]
    flows["gives_class"] = knows[flows["supplier"], flows["chain"]]
    free = ~flows["mover"]
    of_mode = flows.loc[free].groupby("main")["volume"].transform("sum")
    flows.loc[free, "volume"] *= flows.loc[free, "main"].map(MODE_SHARE) / of_mode * (1 - MOVER_SHARE)
    # Each of the mover's lanes has an air and a sea chain, and only one of them is in use at a time.
    flows.loc[~free, "volume"] *= 2 * MOVER_SHARE / flows.loc[~free, "volume"].sum()
    flows["country"] = (
        places.set_index("place")["country"]
        .loc[[chains["stops"][chain][0] for chain in flows["chain"]]]
        .to_numpy()
    )
    return flows


def _owners(
    chains: pd.DataFrame, suppliers: pd.DataFrame, places: pd.DataFrame, rng: np.random.Generator
) -> dict[str, list[int]]:
    """Which suppliers use each lane: those of its country, by what they ship; nobody goes without."""
    country = dict(zip(places["place"], places["country"], strict=True))
    mover = int(np.flatnonzero(_is_mover(suppliers))[0])
    at_home = {
        home: [int(one) for one in group.index if one != mover]
        for home, group in suppliers.groupby("country")
    }
    sector, size = suppliers["sector"].to_numpy(), suppliers["size"].to_numpy()
    owners: dict[str, list[int]] = {}
    free: dict[str, list[str]] = {home: [] for home in at_home}  # the lanes that start in each country
    for lane, main, pinned in chains.drop_duplicates("lane")[["lane", "main", "supplier"]].itertuples(
        index=False
    ):
        if pinned:
            owners[lane] = [mover]
            continue
        home = country[lane.split("|")[0]]
        free[home].append(lane)
        taste = np.array([affinity(sector[one], main) * size[one] for one in at_home[home]])
        many = min(len(taste), int(rng.integers(1, 4)))
        picked = rng.choice(at_home[home], many, replace=False, p=taste / taste.sum())
        owners[lane] = sorted(int(one) for one in picked)
    for home, people in at_home.items():
        for one in people:
            missing = [lane for lane in free[home] if one not in owners[lane]]
            for lane in missing[: max(0, 2 - (len(free[home]) - len(missing)))]:
                owners[lane].append(one)
    return owners


def _is_mover(suppliers: pd.DataFrame) -> pd.Series:
    return suppliers["supplier_id"] == MOVER


def _products_of(
    chain: Any, owner: int, sector: str, size: float, habits: dict[str, NDArray[Any]]
) -> list[tuple[Any, ...]]:
    volume = float(chain.share) * size * (habits["air_taste"][owner] if chain.main == "air" else 1.0)
    rows = []
    for product, share in zip(SECTOR_PRODUCTS[sector], (0.75, 0.25), strict=True):
        typical, cap = usual_weight_kg(
            chain.main, product, habits["heaviness"][owner], barge_only=chain.modes == ["inland_waterway"]
        )
        number = list(PRODUCTS).index(product)
        rows.append((chain.Index, owner, number, chain.main, volume * share, typical, cap))
    return rows


def _selected(flows: pd.DataFrame, suppliers: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    if settings.modes:
        flows = flows[flows["main"].isin(settings.modes)]
    if settings.suppliers is not None:
        largest = flows.groupby("supplier")["volume"].sum().nlargest(settings.suppliers).index
        flows = flows[flows["supplier"].isin(largest)]
    if flows.empty:
        raise ValueError(f"No lane of the demo fits modes={settings.modes}, suppliers={settings.suppliers}.")
    return flows.reset_index(drop=True)
