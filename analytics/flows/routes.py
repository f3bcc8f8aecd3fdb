"""The way of each lane: by sea along sea routes, by air along great circles, by land a slight bow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.flows.projection import unwrapped
from analytics.flows.sea import sea_line

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["bowed", "great_circle", "routes"]

_BOW = 0.09  # of the length: enough to tell both directions apart, little enough to read as straight
_BOW_POINTS = 25
_ARC_STEP = np.radians(2.0)


def routes(lanes: pd.DataFrame) -> tuple[Floats, ...]:
    """One line per lane, from origin to destination.

    A sea lane without a way by sea (both ends at one port, or far inland) is drawn as a bow.

    Parameters
    ----------
    lanes : DataFrame
        mode, origin_lat, origin_lon, destination_lat, destination_lon (degrees, none missing).

    Returns
    -------
    tuple of ndarray, shape (n, 2)
        Longitude, running on beyond ±180 where the line crosses the date line, and latitude.
    """
    ends = lanes[["origin_lat", "origin_lon", "destination_lat", "destination_lon"]].to_numpy(dtype=float)
    return tuple(_route(mode, *end) for mode, end in zip(lanes["mode"], ends, strict=True))


def great_circle(lat1: float, lon1: float, lat2: float, lon2: float) -> Floats:
    """Points of the shortest way over the sphere, 2° apart.

    Source: spherical linear interpolation (Shoemake 1985, SIGGRAPH 19(3), section 3.3). Between antipodes,
    where every way is shortest, it passes the pole.
    """
    phi, lam = np.radians([lat1, lat2]), np.radians([lon1, lon2])
    start, end = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)
    angle = float(np.arccos(np.clip(start @ end, -1.0, 1.0)))
    if np.pi - angle < 1e-6:
        over = great_circle(lat1, lon1, 90.0, lon1), great_circle(90.0, lon2, lat2, lon2)
        return np.concatenate(over)
    share = np.linspace(0.0, 1.0, max(2, int(np.ceil(angle / _ARC_STEP)) + 1))[:, None]
    if angle < 1e-9:
        points = start + share * (end - start)
    else:
        points = (np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)
    lat = np.degrees(np.arcsin(np.clip(points[:, 2], -1.0, 1.0)))
    lon = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    # Exactly the places themselves, also at a pole, where the sphere has lost the longitude.
    lon[0], lon[-1], lat[0], lat[-1] = lon1, lon2, lat1, lat2
    return np.stack([unwrapped(lon), lat], axis=1)


def bowed(lat1: float, lon1: float, lat2: float, lon2: float) -> Floats:
    """A shallow arc to the right of the way: there and back are two lines."""
    lon1, lon2 = unwrapped([lon1, lon2])
    start, end = np.array([lon1, lat1]), np.array([lon2, lat2])
    along = end - start
    # A degree of longitude is shorter than one of latitude, or the bow of a lane northwards would be flat.
    narrow = max(float(np.cos(np.radians((lat1 + lat2) / 2))), 0.05)
    right = np.array([along[1] / narrow, -along[0] * narrow])
    bend = (start + end) / 2 + 2 * _BOW * right
    share = np.linspace(0.0, 1.0, _BOW_POINTS)[:, None]
    line = (1 - share) ** 2 * start + 2 * share * (1 - share) * bend + share**2 * end
    line[:, 1] = np.clip(line[:, 1], -90.0, 90.0)
    return line


def _route(mode: str, lat1: float, lon1: float, lat2: float, lon2: float) -> Floats:
    if mode == "air":
        return great_circle(lat1, lon1, lat2, lon2)
    by_sea = sea_line(lat1, lon1, lat2, lon2) if mode == "sea" else None
    return bowed(lat1, lon1, lat2, lon2) if by_sea is None else by_sea
