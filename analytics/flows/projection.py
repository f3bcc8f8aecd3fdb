"""The map's plane: Equal Earth, so that areas compare, and lines cut where the map's edge lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["CENTRAL_LON", "HEIGHT", "WIDTH", "cut_at_edge", "project", "unwrapped"]

# The map's edge then runs through the Bering Strait at 169° W and cuts no land but Antarctica.
CENTRAL_LON = 11.0
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_M = np.sqrt(3) / 2
WIDTH = 2 * np.pi / (_M * _A[0])  # of the equator, in radii of the Earth
HEIGHT = 2 * float(np.polynomial.Polynomial((0, _A[0], 0, _A[1], 0, 0, 0, _A[2], 0, _A[3]))(np.pi / 3))


def project(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Equal Earth coordinates in radii of the Earth, (0, 0) where 11° E meets the equator.

    Source: Šavrič, Patterson & Jenny 2018, "The Equal Earth map projection", International Journal of
    Geographical Information Science 33(3), equations 9 to 11, on the sphere.

    Parameters
    ----------
    lon, lat : array_like
        Degrees; longitudes within 180 of 11° E, as `cut_at_edge` leaves them. NaN stays NaN.

    Returns
    -------
    ndarray, shape (n, 2)
    """
    turn = np.radians(np.asarray(lon, float) - CENTRAL_LON)
    theta = np.arcsin(_M * np.sin(np.radians(np.asarray(lat, float))))
    square = theta * theta
    sixth = square**3
    a1, a2, a3, a4 = _A
    slope = a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)
    y = theta * (a1 + a2 * square + sixth * (a3 + a4 * square))
    return np.stack([turn * np.cos(theta) / (_M * slope), y], axis=-1)


def unwrapped(lon: ArrayLike) -> Floats:
    """Longitudes that never jump: each step is the short way round, beyond ±180 where need be."""
    return np.unwrap(np.asarray(lon, float), period=360.0)


def cut_at_edge(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Cut a line where it leaves the map on one side and comes back on the other.

    Parameters
    ----------
    lon, lat : array_like, shape (n,)
        Degrees along the line, longitudes unwrapped.

    Returns
    -------
    ndarray, shape (m, 2)
        Longitude within 180 of 11° E and latitude; a row of NaN between two pieces.
    """
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    west = CENTRAL_LON - 180.0
    turns = np.floor((lon - west) / 360.0)
    pieces: list[Floats] = []
    begun = 0
    for i in np.flatnonzero(np.diff(turns)):
        edge = west + 360.0 * max(turns[i], turns[i + 1])
        at = lat[i] + (lat[i + 1] - lat[i]) * (edge - lon[i]) / (lon[i + 1] - lon[i])
        east = turns[i + 1] > turns[i]
        line = np.stack([lon[begun : i + 1] - 360.0 * turns[i], lat[begun : i + 1]], axis=1)
        ends = [[west + 360.0 if east else west, at], [np.nan, np.nan], [west if east else west + 360.0, at]]
        pieces += [line, np.array(ends)]
        begun = int(i) + 1
    pieces.append(np.stack([lon[begun:] - 360.0 * turns[begun:], lat[begun:]], axis=1))
    return np.concatenate(pieces)
