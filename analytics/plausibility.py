"""Legs that are kept although something about them cannot be right, each with the reason in a sentence.

Pure and vectorised: sentences are written only for the rows that a rule catches.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.distances import great_circle_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Rule = Callable[[pd.DataFrame, pd.Timestamp], tuple[Mask, Callable[[pd.DataFrame], pd.Series]]]

__all__ = ["KINDS", "LARGEST_LOAD_T", "flags"]

# What the largest vehicle of a mode carries, in tonnes; one shipment above it is a slip of the decimal
# point, of the unit, or several vehicles in one row.
LARGEST_LOAD_T = {
    "air": 140.0,  # Boeing 747-8F: about 137 t; the few An-124 (150 t) fly special loads
    "road": 60.0,  # Finland allows 76 t gross (decree 407/2013), some 52 t of goods
    "rail": 40_000.0,  # iron ore trains: about 30,000 t (Carajás, Daqin), 40,000 t as one test load
    "sea": 400_000.0,  # Valemax ore carriers: 400,000 dwt
    "inland_waterway": 70_000.0,  # 40 barges of 1,600 t in one tow on the lower Mississippi
}
_VEHICLE = {
    "air": "freighter aircraft",
    "road": "truck",
    "rail": "train",
    "sea": "ship",
    "inland_waterway": "tow of barges",
}
ROAD_LIMIT_KM = 5_000.0
PORT_LIMIT_KM = 300.0
SHORTEST_OF_GREAT_CIRCLE = 0.9
LONGEST_OF_GREAT_CIRCLE, LONGEST_EXTRA_KM = 3.0, 500.0
TOWN_KM = 25.0  # two points of one town; smaller differences from the great circle mean nothing
_TEXTS = ("mode", "origin_country", "destination_country")
_NUMBERS = (
    "weight_kg",
    "distance_km",
    "origin_lat",
    "origin_lon",
    "destination_lat",
    "destination_lon",
    "origin_snap_km",
    "destination_snap_km",
)
_MOMENTS = ("departed_at", "arrived_at")
_UNKNOWN = ("", "", float("nan"), float("nan"))
ANCIENT = pd.Timestamp(2000, 1, 1)
_COUNTRIES_FILE = Path(__file__).resolve().parents[1] / "assets" / "locations" / "countries.csv"

# Borders that trucks cross although they lie between two of our landmasses, or that a country's islands have.
_MIDDLE_EAST = ("AE", "BH", "IL", "IQ", "JO", "KW", "LB", "OM", "PS", "QA", "SA", "SY", "TR", "YE")
_NEIGHBOURS = frozenset(
    {frozenset(("EG", other)) for other in _MIDDLE_EAST}
    | {frozenset(pair) for pair in (("GB", "IE"), ("ID", "MY"), ("BN", "MY"), ("BN", "ID"), ("ID", "TL"))}
    | {frozenset(("ID", "PG"))}
)


def flags(legs: pd.DataFrame, now: datetime | None = None) -> pd.DataFrame:
    """Find implausible legs; a rule whose columns are missing or null stays silent.

    Parameters
    ----------
    legs : DataFrame
        shipment_id and leg_no, and of the columns of `legs` those that are known: mode, weight_kg,
        distance_km, distance_source, origin, destination, origin_country, destination_country (alpha-2),
        the coordinates, departed_at, arrived_at (UTC). Beside them origin_snap_km and destination_snap_km of
        sea legs as `distances.estimate` returns them.
    now : datetime, optional
        The present, UTC if naive; the clock's by default.

    Returns
    -------
    DataFrame
        shipment_id, leg_no, kind (one of `KINDS`), reason; a leg has a row for each kind it is caught by.
    """
    moment = pd.Timestamp(now if now is not None else datetime.now(UTC))
    moment = moment.tz_convert("UTC").tz_localize(None) if moment.tz is not None else moment
    known = _prepared(legs.reset_index(drop=True))
    parts = []
    for kind, rule in _RULES.items():
        caught, reason = rule(known, moment)
        if caught.any():
            rows = known.loc[caught]
            keys = rows[["shipment_id", "leg_no"]].reset_index(drop=True)
            parts.append(keys.assign(kind=kind, reason=reason(rows).to_numpy(dtype=object)))
    if not parts:
        return pd.DataFrame(columns=["shipment_id", "leg_no", "kind", "reason"])
    return pd.concat(parts, ignore_index=True)


def _road_over_ocean(legs: pd.DataFrame, _: pd.Timestamp) -> tuple[Mask, Callable]:
    starts, ends = legs["origin_country"].cat, legs["destination_country"].cat
    from_names, to_names = starts.categories, ends.categories
    ground = legs["mode"].isin(["road", "rail"]).to_numpy()
    apart = np.zeros(
        (len(from_names) + 1, len(to_names) + 1), dtype=bool
    )  # the last row and column are "null"
    for i, start in enumerate(from_names):
        for j, end in enumerate(to_names):
            apart[i, j] = _no_link(start, end)
    return ground & apart[starts.codes.to_numpy(), ends.codes.to_numpy()], _ocean_reason


def _no_link(start: str, end: str) -> bool:
    mass = _countries()
    if start == end or start not in mass or end not in mass or frozenset((start, end)) in _NEIGHBOURS:
        return False
    return mass[start][1] != mass[end][1]


def _ocean_reason(rows: pd.DataFrame) -> pd.Series:
    countries = _countries()

    def sentence(mode: str, start: str, end: str) -> str:
        (from_name, from_mass, *_), (to_name, to_mass, *_) = countries[start], countries[end]
        return (
            f"By {mode} from {from_name} to {to_name}: no road or rail joins "
            f"{_mass_name(from_mass)} and {_mass_name(to_mass)}."
        )

    ends = zip(rows["mode"], rows["origin_country"], rows["destination_country"], strict=True)
    return pd.Series([sentence(*end) for end in ends])


def _mass_name(mass: str) -> str:
    countries = _countries()
    return countries[mass][0] if mass in countries else mass


def _road_too_far(legs: pd.DataFrame, now: pd.Timestamp) -> tuple[Mask, Callable]:
    caught = ((legs["mode"] == "road") & (legs["distance_km"] > ROAD_LIMIT_KM)).to_numpy(copy=True)
    caught &= ~_road_over_ocean(legs, now)[0]  # one cause, one flag
    return caught, lambda rows: rows["distance_km"].map(
        lambda km: (
            f"{km:,.0f} km by road; beyond {ROAD_LIMIT_KM:,.0f} km goods usually change to rail, sea or air."
        )
    )


def _too_heavy(legs: pd.DataFrame, _: pd.Timestamp) -> tuple[Mask, Callable]:
    limit_kg = legs["mode"].map(LARGEST_LOAD_T).astype(float) * 1000

    def reason(rows: pd.DataFrame) -> pd.Series:
        return pd.Series(
            [
                f"{kg:,.0f} kg in one shipment by {mode.replace('_', ' ')}; "
                f"the largest {_VEHICLE[mode]} carries about {LARGEST_LOAD_T[mode] * 1000:,.0f} kg."
                for kg, mode in zip(rows["weight_kg"], rows["mode"], strict=True)
            ]
        )

    return (legs["weight_kg"] > limit_kg).to_numpy(), reason


def _no_port_nearby(legs: pd.DataFrame, _: pd.Timestamp) -> tuple[Mask, Callable]:
    snaps = {"origin_snap_km": "origin", "destination_snap_km": "destination"}
    far = (legs[list(snaps)] > PORT_LIMIT_KM).any(axis=1)

    def reason(rows: pd.DataFrame) -> pd.Series:
        ends = rows[list(snaps)].rename(columns=snaps)
        return pd.Series(
            [
                "The nearest seaport is "
                + " and ".join(
                    f"{km:,.0f} km from the {end}" for end, km in row.items() if km > PORT_LIMIT_KM
                )
                + "; a leg over land seems to be missing."
                for row in ends.to_dict("records")
            ]
        )

    return ((legs["mode"] == "sea") & far).to_numpy(), reason


def _far_too_short(legs: pd.DataFrame, _: pd.Timestamp) -> tuple[Mask, Callable]:
    km, direct_km = legs["distance_km"], legs["direct_km"]
    caught = (km < SHORTEST_OF_GREAT_CIRCLE * direct_km) & (direct_km - km > TOWN_KM)
    return caught.to_numpy(), _distance_reason


def _far_too_long(legs: pd.DataFrame, _: pd.Timestamp) -> tuple[Mask, Callable]:
    # Ships go round continents: Istanbul-Hamburg is 3.4 x its great circle, and right.
    over_land_or_air = (legs["mode"] != "sea").to_numpy()
    longest_km = LONGEST_OF_GREAT_CIRCLE * legs["direct_km"] + LONGEST_EXTRA_KM
    return over_land_or_air & (legs["distance_km"] > longest_km).to_numpy(), _distance_reason


def _distance_reason(rows: pd.DataFrame) -> pd.Series:
    ends = [rows[end].astype(object).fillna(f"the {end}") for end in ("origin", "destination")]
    return pd.Series(
        [
            f"{km:,.0f} km reported; from {start} to {end} it is {direct_km:,.0f} km as the crow flies."
            for km, direct_km, start, end in zip(rows["distance_km"], rows["direct_km"], *ends, strict=True)
        ]
    )


def _future_date(legs: pd.DataFrame, now: pd.Timestamp) -> tuple[Mask, Callable]:
    caught = (legs["departed_at"] > now + pd.Timedelta(days=1)).to_numpy()
    return caught, lambda rows: rows["departed_at"].map(
        lambda day: f"Departs on {day:%Y-%m-%d}, {(day - now).days:,} days from now."
    )


def _ancient_date(legs: pd.DataFrame, _: pd.Timestamp) -> tuple[Mask, Callable]:
    caught = (legs["departed_at"] < ANCIENT).to_numpy()
    return caught, lambda rows: rows["departed_at"].map(
        lambda day: f"Departed on {day:%Y-%m-%d}, before {ANCIENT:%Y}: the year is probably wrong."
    )


def _arrives_before_departure(legs: pd.DataFrame, _: pd.Timestamp) -> tuple[Mask, Callable]:
    caught = (legs["arrived_at"] < legs["departed_at"]).to_numpy()

    def reason(rows: pd.DataFrame) -> pd.Series:
        moments = zip(rows["arrived_at"], rows["departed_at"], strict=True)
        return pd.Series(
            [
                f"Arrived on {end:%Y-%m-%d %H:%M}, before it departed on {start:%Y-%m-%d %H:%M}."
                for end, start in moments
            ]
        )

    return caught, reason


_RULES: dict[str, Rule] = {
    "road_over_ocean": _road_over_ocean,
    "road_too_far": _road_too_far,
    "too_heavy": _too_heavy,
    "no_port_nearby": _no_port_nearby,
    "far_too_short": _far_too_short,
    "far_too_long": _far_too_long,
    "future_date": _future_date,
    "ancient_date": _ancient_date,
    "arrives_before_departure": _arrives_before_departure,
}
KINDS = tuple(_RULES)


def _prepared(legs: pd.DataFrame) -> pd.DataFrame:
    """Every column the rules read, null where the caller has none, and the great circle between the ends."""
    known = legs[["shipment_id", "leg_no"]].copy()
    for column in ("origin", "destination", *_TEXTS, *_NUMBERS, *_MOMENTS):
        known[column] = legs.get(column)
    known = known.astype({**dict.fromkeys(_TEXTS, "category"), **dict.fromkeys(_NUMBERS, "float64")})
    for column in _MOMENTS:
        known[column] = _utc(known[column])
    at = (known[c].to_numpy() for c in ("origin_lat", "origin_lon", "destination_lat", "destination_lon"))
    judged = (
        (known["mode"] != "hub").to_numpy() & ~_on_centre(known, "origin") & ~_on_centre(known, "destination")
    )
    if "distance_source" in legs:  # an estimate follows from the places and cannot contradict them
        judged = judged & (legs["distance_source"] == "reported").to_numpy(dtype=bool, na_value=False)
    return known.assign(direct_km=np.where(judged, great_circle_km(*at), np.nan))


def _on_centre(legs: pd.DataFrame, end: str) -> Mask:
    """Whether an end lies on its country's centre: known by country only, it says nothing on distances."""
    countries = legs[f"{end}_country"].cat
    centres = [_countries().get(name, _UNKNOWN)[2:] for name in [*countries.categories, None]]
    lat, lon = np.array(centres, dtype=float)[countries.codes.to_numpy()].T
    near = (legs[f"{end}_lat"] - lat).abs().lt(1e-6) & (legs[f"{end}_lon"] - lon).abs().lt(1e-6)
    return near.to_numpy()


def _utc(moments: pd.Series) -> pd.Series:
    if moments.dtype.kind == "M" and moments.dt.tz is None:
        return moments
    return pd.to_datetime(moments, errors="coerce", utc=True, format="mixed").dt.tz_localize(None)


@cache
def _countries() -> dict[str, tuple[str, str, float, float]]:
    """Name, landmass and centre of each country; a landmass of one country bears the country's code."""
    table = pd.read_csv(_COUNTRIES_FILE, keep_default_na=False)
    return {
        code: (name, mass, lat, lon)
        for code, name, mass, lat, lon in table[["alpha2", "name", "landmass", "lat", "lon"]].itertuples(
            index=False
        )
    }
