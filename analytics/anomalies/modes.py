"""How rare a mode is on its lane, and where it cannot be: no truck crosses an ocean, no ship sails inland."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics import plausibility
from analytics.anomalies.reading import Legs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

__all__ = ["ModeEvidence", "mode_evidence"]

_RARE, _ENOUGH_LEGS = 0.05, 10  # shares above this show how lanes mix their modes
_LEAST_MIXING = 0.05
_ALLOWED_ERRORS = 0.01  # so many legs may bear a wrong mode; more rare modes than that are this data's way
_GROUND, _WATER = ("road", "rail"), ("sea", "inland_waterway")
_IMPOSSIBLE_SURPRISE = 6.0
_USUAL_SHARE = 0.1  # of a lane's legs: so often, ground transport is a fact and no slip
_LANDLOCKED_LEGS = 8  # of other modes at a place before "no ship ever called here" says something


@dataclass(frozen=True)
class ModeEvidence:
    """What each leg's lane says of its mode.

    Attributes
    ----------
    surprise : array of float
        −log10 p.
    impossible : array of bool
    usual : array of int
        The mode of the lane's other legs (code), if it is clear and another one; else −1.
    on_lane, alike : array of int
        The lane's other legs, and how many of them go by the leg's own mode.
    """

    surprise: Floats
    impossible: Mask
    usual: Codes
    on_lane: Codes
    alike: Codes


def mode_evidence(legs: Legs) -> ModeEvidence:
    """Judge each leg's mode by the other legs of its lane, and by geography where countries are known."""
    moving = legs.moves & legs.lane_known
    lane, mode = legs.lane, legs.codes["mode"]
    table = _counted(lane, mode, moving, len(legs.names["mode"]))
    on_lane = np.where(moving, table.sum(axis=1)[lane] - 1, 0)
    alike = np.where(moving, table[lane, mode] - 1, 0)
    surprise = _rarity(moving, on_lane, alike)
    rare = moving & (alike <= _USUAL_SHARE * on_lane)
    no_port = np.where(rare, _no_ship_calls(legs, lane, moving), 0.0)
    no_road = rare & (_no_road_joins(legs) | _unconnected(legs, table, lane, moving))
    surprise = surprise + no_port + np.where(no_road, _IMPOSSIBLE_SURPRISE, 0.0)
    impossible = no_road | (no_port > 0)
    return ModeEvidence(surprise, impossible, _usual_mode(table, lane, mode, on_lane), on_lane, alike)


def _counted(lane: Codes, mode: Codes, rows: Mask, modes: int) -> Codes:
    lanes = int(lane.max(initial=0)) + 1
    flat = np.bincount(lane[rows] * modes + mode[rows], minlength=lanes * modes)
    return flat.reshape(lanes, modes)


def _rarity(moving: Mask, on_lane: Codes, alike: Codes) -> Floats:
    """−log10 of the chance that a leg goes by a mode with so small a share of its lane.

    Lanes that mix modes do so in all proportions: how many do, is read from shares above 5 %, where errors
    do not reach, and continued evenly to zero (density f: a leg lies below x with f x²/2).
    """
    share = (alike + 0.5) / (on_lane + 1)
    judged = moving & (on_lane >= _ENOUGH_LEGS)
    if not judged.any():
        return np.where(moving, -np.log10(np.clip(_LEAST_MIXING * share**2 / 2, 1e-12, 1.0)), 0.0)
    mixed = float(np.mean((share[judged] > _RARE) & (share[judged] < 0.5)))
    density = max(2 * mixed / (0.25 - _RARE**2), _LEAST_MIXING)
    ranked = np.sort(share[judged])
    seen = np.searchsorted(ranked, share, side="right") / len(ranked)
    chance = np.minimum(density, 8.0) * share**2 / 2 + np.maximum(seen - _ALLOWED_ERRORS, 0.0)
    return np.where(moving & (share < 0.5), -np.log10(np.clip(chance, 1e-12, 1.0)), 0.0)


def _usual_mode(table: Codes, lane: Codes, mode: Codes, on_lane: Codes) -> Codes:
    """The mode of at least four in five of the lane's other legs, if it is another than the leg's."""
    top = table.argmax(axis=1)[lane]
    clear = (top != mode) & (on_lane >= 3) & (table[lane, top] >= 0.8 * on_lane)
    return np.where(clear, top, -1)


def _no_ship_calls(legs: Legs, lane: Codes, moving: Mask) -> Floats:
    """Surprise at a leg by water from or to places where, on other lanes, no ship is ever seen."""
    water = legs.has_mode(*_WATER) & moving
    surprise = np.zeros(len(legs))
    if not water.any():
        return surprise
    places = len(legs.names["place"])
    by_water = np.bincount(lane[water], minlength=int(lane.max()) + 1)
    regular = water & (by_water > _USUAL_SHARE * np.bincount(lane[moving], minlength=len(by_water)))[lane]
    own = np.bincount(lane[regular], minlength=len(by_water))[lane]
    ends = (legs.codes["origin"], legs.codes["destination"])
    both = np.concatenate(ends)
    calls = np.bincount(both[np.tile(regular, 2)], minlength=places)
    seen = np.bincount(both[np.tile(moving & ~water, 2)], minlength=places)
    for end in ends:
        dry = (calls[end] <= own) & (seen[end] >= _LANDLOCKED_LEGS)
        surprise += np.where(dry, np.log10(1 + seen[end]), 0.0)
    return np.where(water, surprise, 0.0)


def _no_road_joins(legs: Legs) -> Mask:
    """Legs by road or rail between countries on landmasses that no road or rail joins."""
    ground = legs.has_mode(*_GROUND)
    starts, ends = legs.codes["origin_country"], legs.codes["destination_country"]
    from_names, to_names = legs.names["origin_country"], legs.names["destination_country"]
    pairs = np.unique(starts[ground] * len(to_names) + ends[ground])
    if not len(pairs):
        return ground
    start, end = np.divmod(pairs, len(to_names))
    frame = pd.DataFrame(
        {
            "shipment_id": np.arange(len(pairs)),
            "leg_no": 1,
            "mode": "road",
            "origin_country": [from_names[i] for i in start],
            "destination_country": [to_names[i] for i in end],
        }
    )
    found = plausibility.flags(frame)
    apart = pairs[found.loc[found["kind"] == "road_over_ocean", "shipment_id"].to_numpy(dtype=np.int64)]
    return ground & np.isin(starts * len(to_names) + ends, apart)


def _unconnected(legs: Legs, table: Codes, lane: Codes, moving: Mask) -> Mask:
    """Legs between places that the ground transport of all other lanes does not join, on lanes by sea or air.

    For data without countries: the roads that are in use show which places lie on one landmass.
    """
    ground = legs.has_mode(*_GROUND) & moving
    named = [name is not None for name in legs.names["origin_country"]]
    if any(named) or not ground.any():
        return np.zeros(len(legs), dtype=bool)
    from scipy.sparse import coo_array  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

    by_ground = np.bincount(lane[ground], minlength=len(table))
    fact = ground & (by_ground > _USUAL_SHARE * table.sum(axis=1))[lane]
    places = len(legs.names["place"])
    starts, ends = legs.codes["origin"], legs.codes["destination"]
    joined = coo_array((np.ones(int(fact.sum())), (starts[fact], ends[fact])), shape=(places, places))
    part = connected_components(joined, directed=False)[1]
    size = np.bincount(part)
    return ground & (part[starts] != part[ends]) & (size[part[starts]] >= 3) & (size[part[ends]] >= 3)
