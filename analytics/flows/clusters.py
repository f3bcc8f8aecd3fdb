"""What is seen from some height: places nearer than a few pixels merge, and so do the lanes between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from analytics.flows.projection import HEIGHT, WIDTH, cut_at_edge, project
from analytics.flows.thinning import one_per_pixel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.flows.analysis import Flows

    Floats = NDArray[np.float64]

__all__ = ["MERGE_PX", "Scene", "View", "extent", "fitting", "merged", "scene", "world"]

MERGE_PX = 16.0
_PAD = 0.07  # of the box, on each side
_LEAST = 0.045  # radii of the Earth: no nearer than 290 km across
_SUMS = ["legs", "weight_kg", "tonne_km", "wtw_kg"]


class View(NamedTuple):
    """A box of the map's plane, in radii of the Earth."""

    x0: float
    x1: float
    y0: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def zoomed(self, factor: float) -> View:
        """The same middle, `factor` times as near; never nearer than 290 km, never beyond the world."""
        middle_x, middle_y = (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2
        width, height = max(self.width / factor, _LEAST), max(self.height / factor, _LEAST)
        whole = world()
        if width >= whole.width:
            return whole
        return View(middle_x - width / 2, middle_x + width / 2, middle_y - height / 2, middle_y + height / 2)

    def framed(self, width_px: float, height_px: float) -> View:
        """Grown to the shape of the drawing, and moved so that it shows the world rather than its edge."""
        shape = height_px / width_px
        width, height = max(self.width, self.height / shape), max(self.height, self.width * shape)
        grown = View(0.0, width, 0.0, height).around((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2)
        whole = world()
        x = _within(grown.x0, grown.x1, whole.x0, whole.x1)
        return grown.around(x, _within(grown.y0, grown.y1, whole.y0, whole.y1))

    def around(self, x: float, y: float) -> View:
        """The same size with this point in the middle."""
        return View(x - self.width / 2, x + self.width / 2, y - self.height / 2, y + self.height / 2)

    def at_least(self, other: View) -> View:
        """The same middle, in both directions at least as large as another view."""
        width, height = max(self.width, other.width), max(self.height, other.height)
        size = View(0.0, width, 0.0, height)
        return size.around((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2)


def _within(low: float, high: float, least: float, most: float) -> float:
    """Where the middle of a stretch goes, so that it lies within another or, if longer, around it."""
    if high - low >= most - least:
        return (least + most) / 2
    half = (high - low) / 2
    return min(max((low + high) / 2, least + half), most - half)


class Scene(NamedTuple):
    """What one view shows.

    Attributes
    ----------
    nodes : DataFrame
        x, y, name (of the place with most emissions), places (how many), wtw_kg (of the lanes that begin or
        end here), inside_kg (of lanes within), hub_kg, box (of its places).
    flows : DataFrame
        start, end (positions in `nodes`), mode, lanes (how many), rows (positions in `Flows.frame`, heaviest
        first), legs, weight_kg, tonne_km, wtw_kg, intensity_g_per_tkm; heaviest first.
    lines : list of ndarray, shape (n, 2)
        The way of each flow in the plane; a row of NaN where the map's edge cuts it.
    """

    nodes: pd.DataFrame
    flows: pd.DataFrame
    lines: list[Floats]


def world() -> View:
    """The inhabited world: the whole width, from Cape Horn to the north of Norway."""
    south, north = project([11.0, 11.0], [-56.0, 76.0])[:, 1]
    return View(-WIDTH / 2, WIDTH / 2, float(south), float(north))


def extent(flows: Flows) -> View:
    """The view that holds every line of these flows."""
    ways = [cut_at_edge(*way.T) for way in flows.lines]
    return fitting(project(*np.concatenate(ways).T)) if ways else world()


def fitting(points: Floats) -> View:
    """The view that holds all points with some room around them.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        In the plane; rows of NaN are left out. None at all give the world.
    """
    known = points[~np.isnan(points[:, 0])]
    if not len(known):
        return world()
    (x0, y0), (x1, y1) = known.min(axis=0), known.max(axis=0)
    pad_x, pad_y = (max(_PAD * size, (_LEAST - size) / 2) for size in (x1 - x0, y1 - y0))
    box = View(float(x0 - pad_x), float(x1 + pad_x), float(y0 - pad_y), float(y1 + pad_y))
    half = WIDTH / 2
    return View(max(box.x0, -half), min(box.x1, half), max(box.y0, -HEIGHT / 2), min(box.y1, HEIGHT / 2))


def merged(points: Floats, weight: Floats, radius: float) -> NDArray[np.int64]:
    """Merge points greedily: the heaviest that is left takes all that lie within `radius`.

    Returns
    -------
    ndarray of int, shape (n,)
        Cluster of each point, from 0 in the order of their heaviest points.
    """
    cluster = np.full(len(points), -1, dtype=np.int64)
    found = 0
    for i in np.argsort(-weight, kind="stable"):
        if cluster[i] < 0:
            near = np.hypot(*(points - points[i]).T) <= radius
            cluster[near & (cluster < 0)] = found
            found += 1
    return cluster


def scene(flows: Flows, view: View, width_px: float, height_px: float) -> Scene:
    """Merge what is too near to tell apart in this view, and give each flow its line.

    Parameters
    ----------
    view : View
        What must be visible.
    width_px, height_px : float
        Of the drawing; the view is as large as fits.
    """
    unit = max(view.width / width_px, view.height / height_px)  # of the plane, per pixel
    places = flows.places
    at = project(places["lon"].to_numpy(), places["lat"].to_numpy()) if len(places) else np.empty((0, 2))
    frame = flows.frame
    place_kg = _place_kg(frame, len(places)) + places["hub_kg"].to_numpy(dtype=float)
    cluster = merged(at, place_kg, MERGE_PX * unit)
    nodes = _nodes(places, at, place_kg, cluster)
    rows = frame.assign(start=cluster[frame["start"]], end=cluster[frame["end"]], row=range(len(frame)))
    inside = rows["start"] == rows["end"]
    # A lane counts once at a place, also where it begins and ends there.
    nodes["inside_kg"] = rows[inside].groupby("start")["wtw_kg"].sum().reindex(nodes.index, fill_value=0.0)
    between = rows[~inside]
    nodes["wtw_kg"] = _place_kg(between, len(nodes)) + nodes["inside_kg"]
    keys = between.groupby(["start", "end", "mode"], sort=False)
    joined = keys[_SUMS].sum().join(keys["row"].agg(rows=tuple)).reset_index()
    joined["lanes"] = joined["rows"].map(len)
    joined["intensity_g_per_tkm"] = (
        joined["wtw_kg"] / joined["tonne_km"].where(joined["tonne_km"] > 0) * 1000.0
    )
    joined = joined.sort_values("wtw_kg", ascending=False, kind="stable", ignore_index=True)
    centres = nodes[["x", "y"]].to_numpy(dtype=float)
    lines = [
        _drawn(flows.lines[rows[0]], centres[start], centres[end], mode, unit)
        for rows, start, end, mode in zip(
            joined["rows"], joined["start"], joined["end"], joined["mode"], strict=True
        )
    ]
    return Scene(nodes, joined, lines)


def _place_kg(frame: pd.DataFrame, places: int) -> Floats:
    """Sum the kg CO2e of the lanes that begin or end at each place."""
    kg = frame["wtw_kg"].to_numpy(dtype=float)
    both: Floats = np.zeros(places)
    for side in ("start", "end"):
        np.add.at(both, frame[side].to_numpy(dtype=np.int64), kg)
    return both


def _nodes(places: pd.DataFrame, at: Floats, place_kg: Floats, cluster: NDArray[np.int64]) -> pd.DataFrame:
    """One row per cluster, where its emissions have their middle."""
    weight = np.where(place_kg > 0, place_kg, 1e-9)
    known = pd.DataFrame(
        {
            "x": at[:, 0] * weight,
            "y": at[:, 1] * weight,
            "weight": weight,
            "hub_kg": places["hub_kg"].to_numpy(dtype=float),
            "places": 1,
        }
    )
    nodes = known.groupby(cluster).sum()
    nodes["x"] /= nodes["weight"]
    nodes["y"] /= nodes["weight"]
    order = np.argsort(-place_kg, kind="stable")
    first = pd.Series(cluster[order]).drop_duplicates()
    names = pd.Series(places["place"].to_numpy()[order[first.index]], index=first.to_numpy())
    boxes = pd.DataFrame({"x": at[:, 0], "y": at[:, 1]}).groupby(cluster).agg(["min", "max"])
    nodes["name"] = names.reindex(nodes.index)
    nodes["box"] = [tuple(row) for row in boxes.to_numpy()]
    return nodes.drop(columns="weight")


def _drawn(way: Floats, start: Floats, end: Floats, mode: str, pixel: float) -> Floats:
    """The way in the plane, cut at the map's edge, from one cluster's middle to the other's."""
    cut = cut_at_edge(way[:, 0], way[:, 1])
    line = project(cut[:, 0], cut[:, 1])
    pieces = np.split(line, np.flatnonzero(np.isnan(line[:, 0])))
    pieces = [piece[~np.isnan(piece[:, 0])] for piece in pieces]
    if mode == "sea":  # the route stays on the water, only its ends move
        pieces[0][0], pieces[-1][-1] = start, end
    else:
        _shift(pieces, start, end)
    thin = [one_per_pixel(piece, pixel) for piece in pieces]
    gap = np.full((1, 2), np.nan)
    parts = [part for piece in thin for part in (gap, piece)]
    return np.concatenate(parts[1:])


def _shift(pieces: list[Floats], start: Floats, end: Floats) -> None:
    """Move the ends to the middles of their clusters and take along what lies between."""
    at_start, at_end = start - pieces[0][0], end - pieces[-1][-1]
    total, done = sum(map(len, pieces)), 0
    for piece in pieces:
        share = ((done + np.arange(len(piece))) / max(total - 1, 1))[:, None]
        np.add(piece, (1 - share) * at_start + share * at_end, out=piece)
        done += len(piece)
