"""The demo's lanes: chains of legs between real places, with distances, routed once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics import distances
from data_access.filters import MODES
from ingestion.demo.habits import vehicle_class

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AIR", "HUB", "ROAD", "SEA", "lanes_frame", "legs_of_flows", "read_chains", "read_places"]

_ASSETS = Path(__file__).resolve().parents[2] / "assets" / "demo"
_BY_WEIGHT_OF_MODE = ("air", "sea", "inland_waterway", "rail", "road")  # the main leg is the first of these
ROAD, SEA, AIR, HUB = (MODES.index(mode) for mode in ("road", "sea", "air", "hub"))
_REPORTED_DETOUR = {"road": 1.03, "rail": 1.02, "sea": 1.05, "inland_waterway": 1.01}  # against the estimate
_HUB_KG_PER_T = (0.8, 3.5)  # user-supplied intensities of the hubs, kg CO2e per tonne
_FREIGHTER_KG = 8_000.0  # heavier goods would not fly even once
_FAR_INLAND_KM = 500.0
_OCEAN_ISLANDS = {"JP"}  # with the Americas: no truck gets here from another continent
_AMERICAS = {"US", "CA", "MX", "BR"}


@cache
def read_places() -> pd.DataFrame:
    """Real places: place, country, lat, lon, coastal (1 where ships call), and as an import writes them."""
    return pd.read_csv(_ASSETS / "places.csv", keep_default_na=False)


@cache
def read_chains() -> pd.DataFrame:
    """One row a chain: stops (places), modes between them, main mode, share, pinned supplier."""
    chains = pd.read_csv(_ASSETS / "chains.csv", keep_default_na=False)
    parts = chains["chain"].str.split(" > ")
    chains["stops"] = [part[::2] for part in parts]
    chains["modes"] = [part[1::2] for part in parts]
    chains["main"] = [next(m for m in _BY_WEIGHT_OF_MODE if m in modes) for modes in chains["modes"]]
    chains["lane"] = [f"{stops[0]}|{stops[-1]}" for stops in chains["stops"]]
    return chains


@cache
def _leg_table() -> pd.DataFrame:
    """Every distinct leg of the chains with the distance that `analytics.distances` gives, routed once."""
    ends = {
        (mode, start, end)
        for stops, modes in zip(read_chains()["stops"], read_chains()["modes"], strict=True)
        for mode, start, end in zip(modes, stops[:-1], stops[1:], strict=True)
    }
    # What an unusual mode would fly.
    by_air = {("air", start, end) for mode, start, end in ends if mode == "sea"}
    table = pd.DataFrame(sorted(ends | by_air), columns=["mode", "origin", "destination"])
    places = read_places().set_index("place")
    for end in ("origin", "destination"):
        for part in ("lat", "lon"):
            table[f"{end}_{part}"] = places[part].loc[table[end]].to_numpy()
    moving = table["mode"] != "hub"
    estimated = distances.estimate(table[moving])
    table["distance_km"] = estimated["distance_km"].reindex(table.index).fillna(0.0)
    table["distance_basis"] = estimated["distance_basis"].reindex(table.index).fillna("actual")
    return table.set_index(["mode", "origin", "destination"])


def lanes_frame() -> pd.DataFrame:
    """The demo's lanes: first origin and last destination, with the number of chains that serve each."""
    chains = read_chains()
    ends = pd.DataFrame(
        {"origin": [c[0] for c in chains["stops"]], "destination": [c[-1] for c in chains["stops"]]}
    )
    return ends.groupby(["origin", "destination"], as_index=False).size().rename(columns={"size": "chains"})


def legs_of_flows(
    flows: pd.DataFrame, chains: pd.DataFrame, places: pd.DataFrame, rng: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """Arrays over the legs of all flows; writes where each flow's legs start into `flows`."""
    table = _leg_table()
    modes = table.index.get_level_values("mode")
    told = modes.map(_REPORTED_DETOUR).fillna(1.0) + rng.normal(0.0, 0.01, len(table))
    hub_kg = rng.uniform(*_HUB_KG_PER_T, len(places)).round(2)
    ends = {one.place: one for one in places.itertuples()}
    of_leg = {
        key: (km, basis, 1.0 if key[0] in ("air", "hub") else detour)
        for key, km, basis, detour in zip(
            table.index, table["distance_km"], table["distance_basis"], told, strict=True
        )
    }
    only_sea = _served_only_by_sea(chains)
    stops, ways, mains, lanes = (chains[name].tolist() for name in ("stops", "modes", "main", "lane"))
    rows: list[tuple[Any, ...]] = []
    starts = []
    for flow in flows.itertuples():
        starts.append(len(rows))
        one = int(flow.chain)
        main_at = ways[one].index(mains[one])
        fit_to_fly = lanes[one] in only_sea and flow.typical_kg <= _FREIGHTER_KG
        for i, (mode, *pair) in enumerate(zip(ways[one], stops[one][:-1], stops[one][1:], strict=True)):
            start, end = ends[pair[0]], ends[pair[1]]
            km, basis, detour = of_leg[(mode, *pair)]
            sails = i == main_at and mode == "sea"
            rows.append(
                (
                    MODES.index(mode), start.Index, end.Index, km, basis, detour,
                    of_leg[("air", *pair)][0] if mode == "sea" else np.nan,
                    sails and fit_to_fly, sails and _across_an_ocean(start.country, end.country),
                    mode == "road" and not start.coastal and not end.coastal and km > _FAR_INLAND_KM,
                    hub_kg[start.Index] if mode == "hub" else np.nan,
                    vehicle_class(mode, int(flow.supplier), flow.typical_kg, km),
                )
            )  # fmt: skip
    flows["first_leg"], flows["n_legs"] = starts, np.diff([*starts, len(rows)])
    columns = (
        "mode", "origin", "destination", "distance_km", "distance_basis", "detour", "air_km",
        "only_sea", "ocean", "inland", "hub_kg_per_t", "vehicle_class",
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(columns))
    return {name: frame[name].to_numpy() for name in columns}


def _served_only_by_sea(chains: pd.DataFrame) -> set[str]:
    by_lane = chains.groupby("lane")["main"].agg(set)
    return set(by_lane.index[by_lane == {"sea"}])


def _across_an_ocean(start: str, end: str) -> bool:
    one_american = (start in _AMERICAS) != (end in _AMERICAS)
    return one_american or (start != end and bool({start, end} & _OCEAN_ISLANDS))
