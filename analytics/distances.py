"""Distances that an upload does not state: great circles with a detour, sea routes between the nearest ports.

Pure: coordinates in, shortest feasible distances (SFD, as ISO 14083:2023 and GLEC define them) in km out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_access.errors import UnknownMode
from data_access.filters import MODES

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "AIR_EXTRA_KM",
    "DETOUR",
    "EARTH_RADIUS_KM",
    "MAX_SNAP_KM",
    "SeaRoute",
    "estimate",
    "great_circle_km",
    "sea_route",
]

EARTH_RADIUS_KM = 6371.0088  # IUGG mean radius R1 of WGS 84
AIR_EXTRA_KM = 95.0  # ISO 14083: air transport distance = great circle + 95 km (climb, approach, stacking)
DETOUR = {
    # Road and rail: our default, low rather than high. Ballou, Rahardja & Sakai 2002 (Transportation Research
    # A 36) find 1.2 for the roads of the United States and more in most other countries.
    "road": 1.2,
    "rail": 1.2,
    # River kilometre marks over great circle: Rhine Rotterdam-Duisburg 1.3, Danube Vienna-Budapest 1.3,
    # Rhine Rotterdam-Basel 1.6, Danube Vienna-Constanța 1.6: the middle.
    "inland_waterway": 1.45,
}
MAX_SNAP_KM = 1500.0  # farther from any port, a sea leg is a mistake: its distance stays empty
_LANES_IN_MEMORY = 4096  # about 2 kB each
_PORTS_FILE = Path(__file__).resolve().parents[1] / "assets" / "locations" / "ports.csv"
_ENDS = ["origin_lat", "origin_lon", "destination_lat", "destination_lon"]


@dataclass(frozen=True)
class SeaRoute:
    """A sea route between the ports nearest to two places.

    `coordinates` are (longitude, latitude) from origin port to destination port; longitudes run on beyond
    ±180 where the route crosses the date line, so that a line on a map does not jump. `km` is NaN, and the
    line empty, when an end lies farther than `MAX_SNAP_KM` from every port.
    """

    km: float
    origin_port: str
    destination_port: str
    origin_snap_km: float
    destination_snap_km: float
    coordinates: tuple[tuple[float, float], ...]


def great_circle_km(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Floats:
    """Great-circle distance in km by the haversine formula, on scalars or arrays of degrees.

    Source: Sinnott 1984, "Virtues of the Haversine", Sky & Telescope 68(2), on a sphere of `EARTH_RADIUS_KM`,
    at most 0.6 % off the ellipsoid. Empty coordinates give NaN.
    """
    phi1, lambda1, phi2, lambda2 = (np.radians(np.asarray(x, dtype=float)) for x in (lat1, lon1, lat2, lon2))
    half_chord = (
        np.sin((phi2 - phi1) / 2) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin((lambda2 - lambda1) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half_chord, 0.0, 1.0))))


def estimate(ends: pd.DataFrame) -> pd.DataFrame:
    """Estimate the distance of legs from the coordinates of their ends; the index is kept.

    Road and rail: great circle × 1.2. Inland waterway: great circle × 1.45. Air: great circle + 95 km. Sea:
    the route by `searoute` between the nearest ports; two ends that share a port take their great circle.
    Hub: 0 km. A leg that ends where it starts has 0 km in every mode. Each lane is computed once.

    Parameters
    ----------
    ends : DataFrame
        mode (text), origin_lat, origin_lon, destination_lat, destination_lon (degrees, null where unknown).

    Returns
    -------
    DataFrame
        distance_km (NaN where a coordinate is missing or impossible, or a sea leg's end is more than 1,500 km
        from every port), distance_basis ("sfd"; "actual" for a hub, where nothing moves), origin_snap_km and
        destination_snap_km (sea legs: how far the ends are from the ports used, else NaN).

    Raises
    ------
    UnknownMode
        For a mode outside `data_access.MODES`.
    """
    lanes = ends[_ENDS].astype("float64").assign(mode=ends["mode"].astype("object"))
    unknown = sorted(set(lanes["mode"].dropna().unique()) - set(MODES))
    if unknown:
        raise UnknownMode(f"Unknown mode {', '.join(map(str, unknown))}: use one of {', '.join(MODES)}.")
    code = lanes.groupby(["mode", *_ENDS], sort=False, dropna=False).ngroup().to_numpy()
    unique = _lane_distances(lanes.loc[~pd.Series(code).duplicated().to_numpy()].reset_index(drop=True))
    return unique.iloc[code].set_axis(ends.index)


def sea_route(lat1: float, lon1: float, lat2: float, lon2: float) -> SeaRoute:
    """Route by sea between the ports nearest to two places; the way to and from them is not part of it.

    Source: `searoute`'s network (Apache-2.0; Eurostat marnet), Northwest Passage closed, Suez and Panama
    open. Two places with the same nearest port have a length of 0 km.

    Raises
    ------
    ValueError
        When a coordinate is missing or outside ±90, ±180 degrees.
    """
    if not _on_earth(lat1, lon1, lat2, lon2).all():
        raise ValueError(f"No sea route from {lat1}, {lon1} to {lat2}, {lon2}: use degrees within ±90, ±180.")
    (start, end), snaps = _nearest_ports(np.array([lat1, lat2], float), np.array([lon1, lon2], float))
    km, line = _port_to_port(int(start), int(end)) if (snaps <= MAX_SNAP_KM).all() else (float("nan"), ())
    names = _ports()["name"] + " (" + _ports()["locode"] + ")"
    coordinates = tuple((lon, lat) for lon, lat in np.asarray(line).tolist())
    return SeaRoute(km, names[start], names[end], float(snaps[0]), float(snaps[1]), coordinates)


def _lane_distances(lanes: pd.DataFrame) -> pd.DataFrame:
    mode = lanes["mode"].to_numpy()
    at = [lanes[column].to_numpy() for column in _ENDS]
    direct_km = np.where(_on_earth(*at), great_circle_km(*at), np.nan)
    km = direct_km * pd.Series(mode).map(DETOUR).to_numpy(dtype=float)
    km = np.where(mode == "air", direct_km + AIR_EXTRA_KM, km)
    origin_snap_km, destination_snap_km = np.full(len(lanes), np.nan), np.full(len(lanes), np.nan)
    sea = np.flatnonzero((mode == "sea") & ~np.isnan(direct_km))
    if len(sea):
        of_lane = _sea_km(lanes.iloc[sea], direct_km[sea])
        km[sea], origin_snap_km[sea], destination_snap_km[sea] = of_lane
    km = np.where(direct_km == 0, 0.0, km)
    km = np.where(mode == "hub", 0.0, km)
    return pd.DataFrame(
        {
            "distance_km": km,
            "distance_basis": np.where(mode == "hub", "actual", "sfd"),
            "origin_snap_km": origin_snap_km,
            "destination_snap_km": destination_snap_km,
        }
    )


def _sea_km(lanes: pd.DataFrame, direct_km: Floats) -> tuple[Floats, Floats, Floats]:
    """Length and both snap distances of each sea lane."""
    start, start_km = _nearest_ports(lanes["origin_lat"].to_numpy(), lanes["origin_lon"].to_numpy())
    end, end_km = _nearest_ports(lanes["destination_lat"].to_numpy(), lanes["destination_lon"].to_numpy())
    reachable = np.maximum(start_km, end_km) <= MAX_SNAP_KM
    km = np.full(len(lanes), np.nan)
    for i in np.flatnonzero(reachable):
        km[i] = _port_to_port(int(start[i]), int(end[i]))[0]
    return np.where(reachable & (start == end), direct_km, km), start_km, end_km


def _port_to_port(start: int, end: int) -> tuple[float, Floats]:
    """Length and line (longitude, latitude), the same length in both directions."""
    if start <= end:
        return _northbound(start, end)
    km, line = _northbound(end, start)
    return km, line[::-1]


@lru_cache(maxsize=_LANES_IN_MEMORY)
def _northbound(start: int, end: int) -> tuple[float, Floats]:
    if start == end:
        return 0.0, np.empty((0, 2))
    from searoute import searoute

    ports = _ports()
    ends = [(float(ports["lon"][i]), float(ports["lat"][i])) for i in (start, end)]
    # `restrictions` replaces the library's default, so the Northwest Passage must be named; it also stays
    # set in the shared network, so every call in this process must name the same list.
    route = searoute(list(ends[0]), list(ends[1]), restrictions=["northwest"], append_orig_dest=True)
    line = np.array(route["geometry"]["coordinates"], dtype=float)
    if len(line) <= 2:  # only the two ends: the network has no way between them
        return float("nan"), np.empty((0, 2))
    line.setflags(write=False)
    return float(great_circle_km(line[:-1, 1], line[:-1, 0], line[1:, 1], line[1:, 0]).sum()), line


def _nearest_ports(lat: NDArray, lon: NDArray) -> tuple[NDArray[np.int64], Floats]:
    """Index of the nearest seaport for each place and the great circle to it, in blocks to bound memory."""
    ports = _ports()
    nearest, km = np.empty(len(lat), dtype=np.int64), np.empty(len(lat))
    for block in np.array_split(np.arange(len(lat)), max(1, len(lat) // 512)):
        to_port = great_circle_km(lat[block, None], lon[block, None], ports["lat"], ports["lon"])
        nearest[block] = to_port.argmin(axis=1)
        km[block] = to_port.min(axis=1)
    return nearest, km


@cache
def _ports() -> dict[str, NDArray]:
    ports = pd.read_csv(_PORTS_FILE, keep_default_na=False)
    ports = ports[ports["sea"] == 1].reset_index(drop=True)
    return {column: ports[column].to_numpy() for column in ("locode", "name", "lat", "lon")}


def _on_earth(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> NDArray[np.bool_]:
    lat, lon = np.stack([lat1, lat2]).astype(float), np.stack([lon1, lon2]).astype(float)
    return ((np.abs(lat) <= 90) & (np.abs(lon) <= 180)).all(axis=0)
