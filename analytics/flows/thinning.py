"""Fewer points of a line where the eye would not tell: slowly and well for the land, fast for each view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["one_per_pixel", "thinned"]


def thinned(line: Floats, tolerance: float) -> Floats:
    """Drop the points that lie within `tolerance` of the line between those that stay; both ends stay.

    Source: Douglas & Peucker 1973, Cartographica 10(2).

    Parameters
    ----------
    line : ndarray, shape (n, 2)
    tolerance : float
        In the line's unit.
    """
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    open_parts = [(0, len(line) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        if last - first < 2:
            continue
        away = _distances(line[first + 1 : last], line[first], line[last])
        farthest = int(away.argmax())
        if away[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            open_parts += [(first, middle), (middle, last)]
    return line[keep]


def one_per_pixel(line: Floats, pixel: float) -> Floats:
    """Drop the points that fall onto the pixel of the point before them; both ends stay.

    Parameters
    ----------
    line : ndarray, shape (n, 2)
    pixel : float
        Its side, in the line's unit.
    """
    if len(line) < 3:
        return line
    at = np.floor(line / pixel)
    keep = np.r_[True, (at[1:] != at[:-1]).any(axis=1)]
    keep[-1] = True
    return line[keep]


def _distances(points: Floats, start: Floats, end: Floats) -> Floats:
    """From each point to the segment between two."""
    along = end - start
    length = float(along @ along)
    if length == 0.0:
        return np.hypot(*(points - start).T)
    share = np.clip((points - start) @ along / length, 0.0, 1.0)
    return np.hypot(*(points - start - share[:, None] * along).T)
