"""What the map draws: the heaviest lanes with their ways, the places they join, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.flows.routes import routes
from data_access import Filters, Scope, Store
from data_access import flow_queries as queries

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FlowAnalytics", "Flows", "heaviest"]

_LANE = ["origin", "origin_country", "destination", "destination_country"]
_COORDINATES = ["origin_lat", "origin_lon", "destination_lat", "destination_lon"]
_SUMS = ["legs", "weight_kg", "tonne_km", "wtw_kg"]


@dataclass(frozen=True, eq=False)
class Flows:
    """The lanes of a selection for a map. A lane is a pair of places; hub operations are no lane.

    Attributes
    ----------
    frame : DataFrame
        Drawn lanes by mode, heaviest first: origin, origin_country, destination, destination_country, mode,
        start and end (positions in `places`), legs, weight_kg, tonne_km, wtw_kg, intensity_g_per_tkm.
    lines : tuple of ndarray, shape (n, 2)
        The way of each row, as `analytics.flows.routes` gives it.
    places : DataFrame
        What the drawn lanes join: place, country, lat, lon, hub_kg (operations there).
    by_mode : DataFrame
        mode, tonne_km, wtw_kg of all lanes, also of those that are not drawn.
    lanes, drawn_lanes, rest_lanes, unlocated_lanes : int
        All lanes, and how they divide: drawn, lighter than those, without a place on the map.
    drawn_kg, rest_kg, unlocated_kg, hub_kg : float
        kg CO2e (WTW); the four add up to the selection's emissions.
    """

    frame: pd.DataFrame
    lines: tuple[NDArray[np.float64], ...]
    places: pd.DataFrame
    by_mode: pd.DataFrame
    lanes: int
    drawn_lanes: int
    rest_lanes: int
    unlocated_lanes: int
    drawn_kg: float
    rest_kg: float
    unlocated_kg: float
    hub_kg: float

    @property
    def lanes_kg(self) -> float:
        """Emissions of all lanes, without hub operations."""
        return self.drawn_kg + self.rest_kg + self.unlocated_kg


class FlowAnalytics:
    """Feeds the map from a store. Every call takes the filters and the user's scope."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def flows(self, filters: Filters, scope: Scope, *, limit: int = 150) -> Flows:
        """Return the `limit` heaviest lanes with all their modes, and what the others sum to."""
        return heaviest(self._store.frame(queries.lane_flows(filters, scope)), limit)


def heaviest(sums: pd.DataFrame, limit: int) -> Flows:
    """Take the heaviest lanes out of sums by place pair and mode.

    Parameters
    ----------
    sums : DataFrame
        As `data_access.flow_queries.lane_flows` returns it.
    limit : int
        How many lanes at most; a lane keeps all its modes.

    Raises
    ------
    ValueError
        For a limit below 1.
    """
    if limit < 1:
        raise ValueError(f"A map of {limit} lanes shows nothing: draw at least 1.")
    hubs, moved = sums[sums["mode"] == "hub"], sums[sums["mode"] != "hub"]
    moved = moved.assign(lane=moved.groupby(_LANE, dropna=False, sort=False).ngroup())
    located = moved[_COORDINATES].notna().all(axis=1) & moved[["origin", "destination"]].notna().all(axis=1)
    # By one mode a lane may have coordinates, by another none: then the lane is drawn without that one.
    on_map = moved[located]
    by_lane = on_map.groupby("lane")["wtw_kg"].sum().sort_index()
    top = by_lane.sort_values(ascending=False, kind="stable").index[:limit]
    drawn = on_map[on_map["lane"].isin(top)].sort_values(
        ["wtw_kg", *_LANE, "mode"], ascending=[False, *[True] * 5], ignore_index=True
    )
    places, start, end = _places(drawn)
    places = places.assign(hub_kg=_hub_kg(places, hubs))
    at = places[["lat", "lon"]].to_numpy()
    ends = np.concatenate([at[start], at[end]], axis=1)
    rest = on_map[~on_map["lane"].isin(top)]
    unlocated = moved[~located]
    frame = drawn[[*_LANE, "mode", *_SUMS]].assign(
        start=start,
        end=end,
        intensity_g_per_tkm=drawn["wtw_kg"] / drawn["tonne_km"].where(drawn["tonne_km"] > 0) * 1000.0,
    )
    return Flows(
        frame=frame,
        lines=routes(pd.DataFrame(ends, columns=_COORDINATES).assign(mode=frame["mode"])),
        places=places,
        by_mode=moved.groupby("mode", as_index=False)[["tonne_km", "wtw_kg"]].sum(),
        lanes=int(moved["lane"].nunique()),
        drawn_lanes=len(top),
        rest_lanes=len(by_lane) - len(top),
        unlocated_lanes=int(moved["lane"].nunique()) - len(by_lane),
        drawn_kg=float(drawn["wtw_kg"].sum()),
        rest_kg=float(rest["wtw_kg"].sum()),
        unlocated_kg=float(unlocated["wtw_kg"].sum()),
        hub_kg=float(hubs["wtw_kg"].sum()),
    )


def _places(drawn: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.int64]]:
    """The places of these lanes, at the mean of their legs' coordinates, and which two each lane joins."""
    columns = ["place", "country", "lat", "lon"]
    sides = [
        drawn[[side, f"{side}_country", f"{side}_lat", f"{side}_lon"]].set_axis(columns, axis=1)
        for side in ("origin", "destination")
    ]
    both = pd.concat([side.assign(legs=drawn["legs"]) for side in sides], ignore_index=True)
    number = both.groupby(["place", "country"], dropna=False, sort=False).ngroup().to_numpy()
    weighted = both[["lat", "lon"]].mul(both["legs"], axis=0).groupby(number).sum()
    means = weighted.div(both["legs"].groupby(number).sum(), axis=0)
    names = both.loc[~pd.Series(number).duplicated().to_numpy(), ["place", "country"]].reset_index(drop=True)
    return names.join(means), number[: len(drawn)], number[len(drawn) :]


def _hub_kg(places: pd.DataFrame, hubs: pd.DataFrame) -> NDArray[np.float64]:
    known = hubs.groupby(["origin", "origin_country"], dropna=False)["wtw_kg"].sum()
    pairs = zip(places["place"], places["country"], strict=True)
    return np.array([known.get(pair, 0.0) for pair in pairs], dtype=float)
