"""Many sea routes at once: the same network as `analytics.distances.sea_route`, one search per port.

That one asks the library pair by pair, 10 ms each; a map of 150 lanes cannot wait for that.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.distances import MAX_SNAP_KM, great_circle_km
from analytics.flows.projection import unwrapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["forget", "sea_line", "warm"]

_PORTS_FILE = Path(__file__).resolve().parents[2] / "assets" / "locations" / "ports.csv"
_CLOSED = "northwest"  # as in `analytics.distances`
_LEAST_KM = 1e-3  # the network joins its two edges by ways of length 0, which a sparse matrix would drop
_PORTS_IN_MEMORY, _LINES_IN_MEMORY = 512, 8192  # 40 kB and about 1.5 kB each


def sea_line(lat1: float, lon1: float, lat2: float, lon2: float) -> Floats | None:
    """Route by sea between the ports nearest to two places, from the first to the last place.

    Returns
    -------
    ndarray, shape (n, 2), or None
        Longitude (running on beyond ±180) and latitude. None where there is no way: an end farther than
        1,500 km from every port, both ends at one port, or no connection by water.
    """
    ports, snap_km = _nearest(_ports()[0], np.array([[lon1, lat1], [lon2, lat2]]))
    if (snap_km > MAX_SNAP_KM).any():
        return None
    start, end = int(ports[0]), int(ports[1])
    line = _between(min(start, end), max(start, end))
    if line is None:
        return None
    line = line if start <= end else line[::-1]
    whole = np.concatenate([[[lon1, lat1]], line, [[lon2, lat2]]])
    return np.stack([unwrapped(whole[:, 0]), whole[:, 1]], axis=1)


def warm() -> None:
    """Load the network and search it once: 1 s, for a thread beside the server rather than the first map."""
    sea_line(31.2, 121.5, 51.9, 4.5)


def forget() -> None:
    """Forget the routes found so far, not the network: for measuring."""
    _between.cache_clear()
    _search.cache_clear()


@lru_cache(maxsize=_LINES_IN_MEMORY)
def _between(start: int, end: int) -> Floats | None:
    """Coordinates from port to port, both included; None where there is no way."""
    places, nodes = _ports()
    if start == end:
        return None
    came_from, target = _search(int(nodes[start])), int(nodes[end])
    path = [target]
    while (before := int(came_from[path[-1]])) >= 0:
        path.append(before)
    if path[-1] != int(nodes[start]):
        return None
    line = np.concatenate([[places[start]], _network()[0][path[::-1]], [places[end]]])
    line.setflags(write=False)
    return line


@lru_cache(maxsize=_PORTS_IN_MEMORY)
def _search(node: int) -> NDArray[np.int32]:
    """Node before each node on the shortest way from this one (Dijkstra 1959)."""
    from scipy.sparse.csgraph import dijkstra  # type: ignore[import-untyped]

    return dijkstra(_network()[1], indices=node, directed=False, return_predecessors=True)[1]


@cache
def _network() -> tuple[Floats, Any]:
    """Nodes (longitude, latitude) and the matrix of lengths in km between them."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
    from searoute.data.marnet_dict import edge_list

    nodes = list(edge_list)
    number = {node: i for i, node in enumerate(nodes)}
    ways = [
        (number[one], number[other], max(data["weight"], _LEAST_KM))
        for one, others in edge_list.items()
        for other, data in others.items()
        if data.get("passage") != _CLOSED and other in number
    ]
    start, end, km = zip(*ways, strict=True)
    return np.array(nodes, dtype=float), csr_matrix((km, (start, end)), shape=(len(nodes), len(nodes)))


@cache
def _ports() -> tuple[Floats, NDArray[np.int64]]:
    """Seaports (longitude, latitude), and the node of the network nearest to each."""
    import pandas as pd

    ports = pd.read_csv(_PORTS_FILE, usecols=["lat", "lon", "sea"])
    places = ports.loc[ports["sea"] == 1, ["lon", "lat"]].to_numpy(dtype=float)
    return places, _nearest(_network()[0], places)[0]


def _nearest(candidates: Floats, places: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Index of the candidate nearest to each place on the sphere, and the great circle to it."""
    found = np.empty(len(places), dtype=np.int64)
    on_sphere = _on_sphere(candidates)
    for block in np.array_split(np.arange(len(places)), max(1, len(places) // 256)):
        found[block] = (_on_sphere(places[block]) @ on_sphere.T).argmax(axis=1)
    at = candidates[found]
    return found, great_circle_km(places[:, 1], places[:, 0], at[:, 1], at[:, 0])


def _on_sphere(places: Floats) -> Floats:
    lon, lat = np.radians(places).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
