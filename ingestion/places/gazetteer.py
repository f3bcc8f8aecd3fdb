"""The places we know, read once from assets/locations and airportsdata: countries, cities, codes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.distances import great_circle_km
from ingestion.places.text import folded

__all__ = ["Gazetteer", "Place", "gazetteer"]

LOCATIONS = Path(__file__).resolve().parents[2] / "assets" / "locations"
BARE_CITY_PEOPLE = 100_000  # smaller, a name without its country is a guess
CITY_STATES = frozenset({"GI", "HK", "MC", "MO", "SG", "VA"})  # the country is as precise as a city
CLEARLY_LARGER = 10  # how many times larger a city must be than the next of its name
_SAME_TOWN_KM = 50.0
_NEAR_KM = 100.0


@dataclass(frozen=True)
class Place:
    """A place found: canonical text, country (ISO 3166-1 alpha-2), degrees, and how precisely it is known."""

    place: str
    country: str | None
    lat: float
    lon: float
    precision: str


class Gazetteer:
    """Look-ups by code and by folded name; nothing here reads free text."""

    def __init__(self) -> None:
        countries = pd.read_csv(LOCATIONS / "countries.csv", keep_default_na=False)
        self.centres = {
            code: Place(name, code, lat, lon, "city" if code in CITY_STATES else "country")
            for code, name, lat, lon in countries[["alpha2", "name", "lat", "lon"]].itertuples(index=False)
        }
        self.alpha3: dict[str, str] = dict(zip(countries["alpha3"], countries["alpha2"], strict=True))
        self.country_names: dict[str, str] = {}
        for code, name, aliases in zip(
            countries["alpha2"], countries["name"], countries["aliases"], strict=True
        ):
            self.country_names |= dict.fromkeys({folded(name), *aliases.split("|")} - {""}, code)
        states = pd.read_csv(LOCATIONS / "us_states.csv", keep_default_na=False)
        self.states: dict[str, str] = dict(zip(states["code"], states["code"], strict=True))
        self.state_names: dict[str, str] = {
            folded(n): c for n, c in zip(states["name"], states["code"], strict=True)
        }
        self._read_cities()

    def _read_cities(self) -> None:
        cities = pd.read_csv(LOCATIONS / "cities.csv", keep_default_na=False)
        self._country = cities["country"].to_list()
        self._state = cities["state"].to_list()
        self._name = cities["name"].to_list()
        self._lat, self._lon = cities["lat"].to_numpy(), cities["lon"].to_numpy()
        self._people, self._rival = cities["population"].to_list(), cities["rival"].to_list()
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for i, (name, alternates) in enumerate(zip(self._name, cities["alternates"], strict=True)):
            for spelling in {folded(name), *alternates.split("|")} - {""}:
                self._by_name[spelling].append(i)

    def country(self, text: str) -> str | None:
        """Alpha-2 of a country's name, common alias or ISO code."""
        name, code = folded(text), text.strip().upper()
        if name in self.country_names:
            return self.country_names[name]
        return code if code in self.centres else self.alpha3.get(code)

    def city(self, name: str, country: str, state: str | None = None, people: int = 0) -> Place | None:
        """The city of a folded name in a country; None when unknown, too small or not the only one."""
        candidates = [
            i
            for i in self._by_name.get(name, ())
            if self._country[i] == country and (state is None or self._state[i] == state)
        ]
        return self._clear_winner(name, candidates, people, within_state=state is not None)

    def large_city(self, name: str) -> Place | None:
        """A city so large that its name needs no country, and so much larger than the others of its name."""
        return self._clear_winner(name, self._by_name.get(name, []), BARE_CITY_PEOPLE)

    def _clear_winner(
        self, name: str, candidates: list[int], people: int, *, within_state: bool = False
    ) -> Place | None:
        if not candidates:
            return None
        first, *others = sorted(candidates, key=lambda i: -self._people[i])
        rivals = [self._people[i] for i in others if self._km(first, i) > _SAME_TOWN_KM]
        if not within_state and folded(self._name[first]) == name:
            rivals.append(self._rival[first])
        if self._people[first] < max(people, CLEARLY_LARGER * max(rivals, default=0)):
            return None
        country = self._country[first]
        where = f"{self._name[first]}, {country}"
        return Place(where, country, float(self._lat[first]), float(self._lon[first]), "city")

    def _km(self, one: int, other: int) -> float:
        return float(
            great_circle_km(self._lat[one], self._lon[one], self._lat[other], self._lon[other]).item()
        )

    def country_at(self, lat: float, lon: float) -> str | None:
        """Country of the nearest city within 100 km, for coordinates that came alone."""
        cells = self._cells()
        row, column = int(lat // 1), int(lon // 1)
        near = [i for r in (-1, 0, 1) for c in (-1, 0, 1) for i in cells.get((row + r, column + c), ())]
        if not near:
            return None
        km = great_circle_km(lat, lon, self._lat[near], self._lon[near])
        return self._country[near[int(km.argmin())]] if km.min() <= _NEAR_KM else None

    def _cells(self) -> dict[tuple[int, int], list[int]]:
        if not hasattr(self, "_cell_of"):
            cell_of = defaultdict(list)
            for i, cell in enumerate(zip(np.floor(self._lat), np.floor(self._lon), strict=True)):
                cell_of[int(cell[0]), int(cell[1])].append(i)
            self._cell_of = dict(cell_of)
        return self._cell_of

    def port_named(self, name: str, country: str) -> Place | None:
        """A seaport by its folded name: Nhava Sheva, Jebel Ali and others that are no city."""
        locode = _port_names().get((country, name))
        return self.port(locode) if locode else None

    def port(self, locode: str) -> Place | None:
        """A port by its UN/LOCODE."""
        found = _ports().get(locode)
        if found is None or locode[:2] not in self.centres:
            return None
        name, lat, lon = found
        return Place(f"{name} ({locode}), {locode[:2]}", locode[:2], lat, lon, "locode")

    def airport(self, iata: str) -> Place | None:
        """An airport by its IATA code."""
        found = _airports().get(iata)
        if found is None:
            return None
        country = found["country"]
        name = found["city"] or found["name"]
        return Place(f"{name} ({iata}), {country}", country, found["lat"], found["lon"], "iata")


@cache
def gazetteer() -> Gazetteer:
    """The one gazetteer of the process, read on first use."""
    return Gazetteer()


@cache
def _ports() -> dict[str, tuple[str, float, float]]:
    ports = pd.read_csv(LOCATIONS / "ports.csv", keep_default_na=False)
    rows = zip(ports["locode"], ports["name"], ports["lat"], ports["lon"], strict=True)
    return {str(code): (str(name), float(lat), float(lon)) for code, name, lat, lon in rows}


@cache
def _port_names() -> dict[tuple[str, str], str]:
    ports = pd.read_csv(LOCATIONS / "ports.csv", keep_default_na=False)
    ports = ports[ports["sea"] == 1]
    return {
        (code[:2], spelling): code
        for code, name, others in zip(ports["locode"], ports["name"], ports["other_names"], strict=True)
        for spelling in {folded(name), *others.split("|")} - {""}
    }


@cache
def _airports() -> dict[str, Any]:
    import airportsdata

    return dict(airportsdata.load("IATA"))
