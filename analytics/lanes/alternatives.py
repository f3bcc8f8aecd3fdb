"""What one lane emits by each mode: as observed there, else modelled for the modes that could run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.distances import DETOUR, estimate, great_circle_km, sea_route
from analytics.emissions import calculate, total_range
from analytics.lanes.table import lane_table
from analytics.plausibility import flags

__all__ = ["LEAST_KM", "LaneOptions", "Modelled", "lane_options", "modelled_modes"]

_TRIED = ("road", "rail", "sea", "air")  # which waterways join two places, no table of ours says
# As the crow flies; our own bounds, below which a mode is hardly ever offered for freight.
LEAST_KM = {"road": 0.0, "rail": 150.0, "sea": 100.0, "air": 300.0}
_PORT_IN_TOWN_KM = 25.0  # a port this near needs no road leg of its own
_ENDS = ("origin_lat", "origin_lon", "destination_lat", "destination_lon")
_PLACES = ("origin", "destination")
_NO_PLACE = "The coordinates of the lane's ends are not known, so no other mode can be modelled."


@dataclass(frozen=True)
class Modelled:
    """One mode that could run between two places, for a tonne.

    Attributes
    ----------
    distance_km : float
        Shortest feasible distance of the mode itself.
    by_road_km : float
        What road adds to and from the ports (0 for other modes); its emission is part of the figures.
    kg_per_t, low_kg_per_t, high_kg_per_t : float
        kg CO2e (WTW) per tonne, with its 95 % range.
    days, days_legs : float, int
        Median days of this mode's legs over a like distance, and how many these are; NaN and 0: unknown.
    """

    mode: str
    distance_km: float
    by_road_km: float
    kg_per_t: float
    low_kg_per_t: float
    high_kg_per_t: float
    days: float = float("nan")
    days_legs: int = 0


@dataclass(frozen=True)
class LaneOptions:
    """What a lane's goods emit now, and would emit by each feasible mode.

    Attributes
    ----------
    lane : str
        "origin → destination".
    weight_kg, wtw_kg : float
        Of the selection on this lane.
    modes : DataFrame
        One row per mode, cleanest first: mode, basis ("observed" or "modelled"), legs (behind an observed
        figure), mass_share (of the selection's mass that goes by this mode now), distance_km, by_road_km,
        kg_per_t, low_kg_per_t, high_kg_per_t; kg, low_kg, high_kg (if all of the selection's mass went so);
        change_kg (kg less wtw_kg); days, days_basis ("observed", "like distance" or null), days_legs;
        cost_per_t, currency, other_costs (observed only).
    not_feasible : tuple of (str, str)
        Each mode that cannot run here, with the reason as a sentence.
    """

    lane: str
    weight_kg: float
    wtw_kg: float
    modes: pd.DataFrame
    not_feasible: tuple[tuple[str, str], ...]


def lane_options(
    lane: str,
    now: pd.DataFrame,
    observed: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    modelled: tuple[Modelled, ...],
    not_feasible: tuple[tuple[str, str], ...] = (),
) -> LaneOptions:
    """Put what was observed and what was modelled side by side, for the selection's mass.

    Parameters
    ----------
    now : DataFrame
        mode, weight_kg, wtw_kg of the selection on this lane.
    observed : tuple of DataFrame
        `lane_sums`, `lane_costs` and `lane_days` of the lane, flagged legs left out.
    modelled : tuple of Modelled
        A mode that was observed too is left out.
    not_feasible : tuple of (str, str)
        Modes with the reason why they cannot run.
    """
    weight_kg, wtw_kg = float(now["weight_kg"].sum()), float(now["wtw_kg"].sum())
    mass_of = now.groupby("mode")["weight_kg"].sum()
    seen = _observed(*observed)
    known = {row["mode"] for row in seen}
    rows = [*seen, *(_modelled(one) for one in modelled if one.mode not in known)]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    tonnes = weight_kg / 1000.0
    frame = frame.assign(
        mass_share=frame["mode"].map(mass_of).fillna(0.0).astype("float64") / (weight_kg or 1.0),
        kg=frame["kg_per_t"] * tonnes,
        low_kg=frame["low_kg_per_t"] * tonnes,
        high_kg=frame["high_kg_per_t"] * tonnes,
        change_kg=(frame["kg_per_t"] * tonnes - wtw_kg).where(lambda kg: kg.abs() > _ROUNDING * wtw_kg, 0.0),
    )
    ranked = frame.sort_values(["kg_per_t", "mode"], ignore_index=True)
    shown = set(ranked["mode"])
    return LaneOptions(
        lane, weight_kg, wtw_kg, ranked, tuple(one for one in not_feasible if one[0] not in shown)
    )


def modelled_modes(
    ends: pd.Series, factors: pd.DataFrame, factor_set: str
) -> tuple[tuple[Modelled, ...], tuple[tuple[str, str], ...]]:
    """The modes that could run between two places, and those that could not with the reason.

    Road and rail run on joined landmasses only, road up to 5,000 km; ships need a seaport within 300 km of
    each end (the rules of `analytics.plausibility`) and two different ports. Distances are those of
    `analytics.distances`, factors the mode's default of the active set: DESNZ's average vehicle, as for an
    upload that names no vehicle class. Goods reach and leave a port by road, which is counted.

    Parameters
    ----------
    ends : Series
        origin, destination, origin_country, destination_country, origin_lat, origin_lon, destination_lat,
        destination_lon (null: unknown), temperature_controlled.
    factors : DataFrame
        All sets, as in the warehouse.
    """
    if pd.isna(ends[list(_ENDS)].to_numpy(dtype=float)).any():
        return (), tuple((mode, _NO_PLACE) for mode in _TRIED)
    legs = pd.DataFrame([{**ends.to_dict(), "mode": mode} for mode in _TRIED])
    legs = legs.assign(shipment_id=list(_TRIED), leg_no=1, weight_kg=1000.0, distance_source="places").join(
        estimate(legs[["mode", *_ENDS]])
    )
    reasons = _reasons(legs)
    found = []
    for leg in legs.to_dict("records"):
        mode = str(leg["mode"])
        if mode not in reasons:
            found.append(_per_tonne(leg, factors, factor_set))
    return tuple(found), tuple((mode, reasons[mode]) for mode in _TRIED if mode in reasons)


_ROUNDING = 1e-9  # of the kg: less is no change
_COLUMNS = [
    *("mode", "basis", "legs", "distance_km", "by_road_km", "kg_per_t", "low_kg_per_t", "high_kg_per_t"),
    *("days", "days_basis", "days_legs", "cost_per_t", "currency", "other_costs"),
]


def _observed(sums: pd.DataFrame, costs: pd.DataFrame, days: pd.DataFrame) -> list[dict[str, object]]:
    """A row per mode. Several spellings of a country for one place are one lane."""
    same = dict.fromkeys(["origin", "origin_country", "destination", "destination_country"], "")
    one_place = days.sort_values("arrived").drop_duplicates("mode", keep="last")
    table = lane_table(sums.assign(**same), _merged(costs.assign(**same)), one_place.assign(**same))
    tonnes = table["weight_kg"] / 1000.0
    rows = table.assign(
        basis="observed",
        distance_km=table["tonne_km"] / tonnes,
        by_road_km=0.0,
        kg_per_t=table["wtw_kg"] / tonnes,
        low_kg_per_t=table["low_kg"] / tonnes,
        high_kg_per_t=table["high_kg"] / tonnes,
        days_basis=table["days"].notna().map({True: "observed", False: None}),
        days_legs=table["arrived"],
    )
    return rows[_COLUMNS].to_dict("records")


def _merged(costs: pd.DataFrame) -> pd.DataFrame:
    keys = ["origin", "origin_country", "destination", "destination_country", "mode", "currency"]
    return costs.groupby(keys, dropna=False)[["costed_legs", "cost", "costed_weight_kg"]].sum().reset_index()


def _modelled(one: Modelled) -> dict[str, object]:
    """A row as `_observed` gives them; what a model cannot know, such as cost, is missing."""
    return {
        "mode": one.mode,
        "basis": "modelled",
        "legs": 0,
        "distance_km": one.distance_km,
        "by_road_km": one.by_road_km,
        "kg_per_t": one.kg_per_t,
        "low_kg_per_t": one.low_kg_per_t,
        "high_kg_per_t": one.high_kg_per_t,
        "days": one.days,
        "days_basis": "like distance" if one.days_legs else None,
        "days_legs": one.days_legs,
    }


def _reasons(legs: pd.DataFrame) -> dict[str, str]:
    """Why a mode cannot run, by mode."""
    found = flags(legs)
    reasons = dict(zip(found["shipment_id"], found["reason"], strict=True))
    at = [float(legs[column].iloc[0]) for column in _ENDS]
    direct_km = float(great_circle_km(*at))
    for mode, least_km in LEAST_KM.items():
        if direct_km < least_km:
            reasons.setdefault(
                mode, f"{direct_km:,.0f} km as the crow flies: too short for freight by {mode} to be offered."
            )
    route = sea_route(*at)
    if route.origin_port == route.destination_port:
        reasons.setdefault("sea", f"The nearest seaport to both ends is the same, {route.origin_port}.")
    for leg in legs.itertuples():
        if not np.isfinite(leg.distance_km):
            reasons.setdefault(str(leg.mode), "No distance by this mode can be worked out.")
    return reasons


def _per_tonne(leg: dict[str, object], factors: pd.DataFrame, factor_set: str) -> Modelled:
    mode = str(leg["mode"])
    snaps = [float(str(leg[f"{end}_snap_km"])) for end in _PLACES] if mode == "sea" else []
    road_km = sum(km * DETOUR["road"] for km in snaps if km > _PORT_IN_TOWN_KM)
    rows = [leg] + ([{**leg, "mode": "road", "distance_km": road_km}] if road_km else [])
    known = ("weight_kg", "distance_km", "distance_basis", "distance_source", "temperature_controlled")
    kg = calculate(pd.DataFrame(rows)[["mode", *known]], factors, factor_set=factor_set)
    low, high = total_range(kg["wtw_kg"], kg["low_kg"], kg["high_kg"], kg["factor_id"])
    return Modelled(mode, float(str(leg["distance_km"])), road_km, float(kg["wtw_kg"].sum()), low, high)
