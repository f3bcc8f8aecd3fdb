"""`python scripts/build_map.py FOLDER`: assets/map/land.json out of the npm package `world-atlas` in FOLDER.

Land is projected once, thinned, and written as SVG paths: one for the world and one for nearer views.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics.flows.projection import CENTRAL_LON, HEIGHT, WIDTH, cut_at_edge, project, unwrapped  # noqa: E402
from analytics.flows.thinning import thinned  # noqa: E402

OUTPUT = ROOT / "assets" / "map" / "land.json"
UNITS = 20_000  # of the drawing, across the equator: 2 km each
NO_LAND_SOUTH_OF = -60.0  # no freight goes to Antarctica
# Finest step and smallest island in km, for the world and for what is nearer.
LEVELS = {"world": (14.0, 60.0), "near": (3.5, 22.0)}
EARTH_KM = 6371.0
Line = NDArray[np.float64]


def main(folder: Path) -> int:
    topology = json.loads((folder / "countries-50m.json").read_text(encoding="utf-8"))
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    uses = _uses(topology["objects"]["countries"])
    rings = [_ring(ring, arcs) for ring in _rings(topology["objects"]["land"])]
    shared = [arcs[arc] for arc, countries in uses.items() if len(countries) > 1]
    drawn = {
        name: {
            "land": _paths((_placed(ring) for ring in rings), step_km, island_km, closed=True),
            "borders": _paths((_placed(line) for line in shared), step_km, 0.0, closed=False),
        }
        for name, (step_km, island_km) in LEVELS.items()
    }
    document = {
        "source": "Natural Earth 1:50m, public domain, by way of world-atlas 2.0.2 (ISC)",
        "width": UNITS,
        "height": round(UNITS * HEIGHT / WIDTH),
        **drawn,
    }
    OUTPUT.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
    for name, paths in drawn.items():
        print(name, {what: f"{len(path) / 1000:.0f} kB" for what, path in paths.items()})
    return 0


def _decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> Line:
    """Degrees of an arc: TopoJSON writes steps of whole numbers (TopoJSON specification 1.0, section 2.1)."""
    return np.cumsum(np.array(arc), axis=0) * transform["scale"] + transform["translate"]


def _rings(collection: dict[str, Any]) -> list[list[int]]:
    found: list[list[int]] = []
    for shape in collection["geometries"]:
        polygons = shape.get("arcs", [])
        for polygon in [polygons] if shape["type"] == "Polygon" else polygons:
            found += polygon
    return found


def _uses(countries: dict[str, Any]) -> dict[int, set[int]]:
    """Which countries each arc bounds: one that bounds two is a border, not a coast."""
    uses: dict[int, set[int]] = defaultdict(set)
    for number, shape in enumerate(countries["geometries"]):
        for ring in _rings({"geometries": [shape]}):
            for arc in ring:
                uses[arc if arc >= 0 else ~arc].add(number)
    return uses


def _ring(ring: list[int], arcs: list[Line]) -> Line:
    """A ring out of arcs; a negative number means its complement, backwards."""
    lines = [arcs[arc] if arc >= 0 else arcs[~arc][::-1] for arc in ring]
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])


def _placed(line: Line) -> list[Line]:
    """The line in the plane, its pieces apart; empty for Antarctica."""
    if line[:, 1].min() < NO_LAND_SOUTH_OF:
        return []
    lon = unwrapped(line[:, 0])
    west = CENTRAL_LON - 180.0
    # What lies beyond the edge as a whole, as the Chukchi Peninsula does, moves to the other side.
    lon = lon - 360.0 * np.floor((np.median(lon) - west) / 360.0)
    if lon.min() < west or lon.max() > west + 360.0:
        cut = cut_at_edge(lon, line[:, 1])
        parts = np.split(cut, np.flatnonzero(np.isnan(cut[:, 0])))
        return [project(*part[~np.isnan(part[:, 0])].T) for part in parts]
    return [project(lon, line[:, 1])]


def _paths(lines: Any, step_km: float, least_km: float, *, closed: bool) -> str:
    """SVG path data: relative steps in whole units, which take half the bytes of absolute ones."""
    out = []
    for piece in (piece for line in lines for piece in line):
        if np.ptp(piece, axis=0).max() * EARTH_KM < least_km:
            continue
        if closed:  # the two halves by themselves: a ring that begins where it ends is thin already
            half, step = len(piece) // 2, step_km / EARTH_KM
            line = np.concatenate([thinned(piece[: half + 1], step), thinned(piece[half:], step)[1:]])
        else:
            line = thinned(piece, step_km / EARTH_KM)
        units = np.rint((line * [1, -1] + [WIDTH / 2, HEIGHT / 2]) * UNITS / WIDTH).astype(int)
        units = units[np.r_[True, np.any(np.diff(units, axis=0), axis=1)]]
        if len(units) < (4 if closed else 2):
            continue
        steps = "".join(f"{x} {y} ".replace(" -", "-") for x, y in (b - a for a, b in pairwise(units)))
        out.append(f"M{units[0][0]} {units[0][1]}l{steps.rstrip()}{'z' if closed else ''}".replace(" -", "-"))
    return "".join(out)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Say where the unpacked npm package world-atlas 2.0.2 lies.")
    sys.exit(main(Path(sys.argv[1])))
