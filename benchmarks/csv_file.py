"""A CSV as a carrier would send it: canonical columns, 300 lanes, some bad rows, some rows twice. Seeded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

__all__ = ["LANES", "CsvFile", "lanes", "write"]

LANES = 300
_PLACES = Path(__file__).resolve().parent.parent / "assets" / "demo" / "places.csv"
_CLASSES = {
    "road": "articulated >33 t",
    "rail": "freight train",
    "sea": "container ship average",
    "air": "long-haul",
}
_MOST_KG = {"road": 24_000.0, "rail": 60_000.0, "sea": 250_000.0, "air": 20_000.0}
_CONTINENT = ("AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FR", "HU", "IT", "NL", "PL", "PT")
_BAD_SHARE, _TWICE_SHARE, _REPORTED_SHARE = 0.005, 0.01, 0.85
_CHUNK = 100_000


@dataclass(frozen=True)
class CsvFile:
    path: Path
    rows: int
    megabytes: float


def lanes(count: int = LANES, seed: int = 7) -> pd.DataFrame:
    """Lanes between real places: mode, origin, origin_country, destination, destination_country, km.

    Land lanes stay within continental Europe, sea lanes join coasts, so that each one can be routed.
    """
    from analytics.distances import estimate

    rng = np.random.default_rng(seed)
    places = pd.read_csv(_PLACES, keep_default_na=False)
    coast, europe = places["coastal"] == 1, places["country"].isin(_CONTINENT)
    ends = {"road": europe, "rail": europe, "sea": coast, "air": coast | True}
    modes = rng.choice(list(ends), size=count, p=[0.45, 0.1, 0.3, 0.15])
    pairs = np.array([rng.choice(np.flatnonzero(ends[mode]), size=2, replace=False) for mode in modes])
    found = pd.DataFrame({"mode": modes})
    for end, at in zip(("origin", "destination"), pairs.T, strict=True):
        for column, name in (
            ("place", end),
            ("country", f"{end}_country"),
            ("lat", f"{end}_lat"),
            ("lon", f"{end}_lon"),
        ):
            found[name] = places[column].to_numpy()[at]
    found["km"] = estimate(found)["distance_km"]
    return found.drop(columns=[name for name in found if name.endswith(("_lat", "_lon"))])


def write(path: Path, rows: int, seed: int = 7) -> CsvFile:
    """Write `rows` rows: 0.5 % cannot be read or are impossible, 1 % are earlier rows again."""
    rng = np.random.default_rng(seed)
    lane_table = lanes(seed=seed)
    writer = None
    for first in range(0, rows, _CHUNK):
        table = pa.table(_chunk(first, min(_CHUNK, rows - first), lane_table, rng))
        writer = writer or arrow_csv.CSVWriter(
            path, table.schema, write_options=arrow_csv.WriteOptions(quoting_style="none")
        )
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return CsvFile(path, rows, path.stat().st_size / 1e6)


def _chunk(first: int, rows: int, lane_table: pd.DataFrame, rng: np.random.Generator) -> dict[str, Any]:
    of_lane = lane_table.iloc[rng.integers(0, len(lane_table), rows)].reset_index(drop=True)
    mode = of_lane["mode"]
    start = np.datetime64("2024-01-01T00:00:00")
    departed = start + 60 * rng.integers(0, 600 * 1_440, rows).astype("timedelta64[s]")
    arrived = departed + 60 * rng.integers(60, 20 * 1_440, rows).astype("timedelta64[s]")
    supplier = rng.integers(1, 81, rows)
    reported = rng.random(rows) < _REPORTED_SHARE
    km = of_lane["km"].to_numpy() * rng.uniform(0.97, 1.08, rows)
    weight_kg = np.minimum(rng.lognormal(8.5, 0.8, rows), mode.map(_MOST_KG).to_numpy())
    found = {
        "shipment_id": np.char.mod("S%08d", np.arange(first, first + rows)),
        "leg_no": np.full(rows, "1"),
        "departed_at": departed.astype(str),
        "arrived_at": arrived.astype(str),
        "supplier_id": np.char.mod("S-%03d", supplier),
        "carrier": np.char.mod("Line %d", supplier % 25),
        "product_group": np.array(["chemicals", "machinery", "automotive", "textiles"])[supplier % 4],
        "incoterm": np.array(["FCA", "DAP", "CIF", "EXW"])[rng.integers(0, 4, rows)],
        "vehicle_class": mode.map(_CLASSES).to_numpy(dtype=str),
        "temperature_controlled": np.where(supplier % 10 == 0, "yes", "no"),
        **{name: of_lane[name].to_numpy(dtype=str) for name in lane_table.columns.drop("km")},
        "weight_kg": np.char.mod("%.1f", weight_kg),
        "distance_km": np.where(reported, np.char.mod("%.0f", km), ""),
        "cost": np.char.mod("%.0f", rng.lognormal(7, 0.7, rows)),
        "currency": np.array(["EUR", "USD"])[supplier % 2],
    }
    return _spoilt(found, rows, rng)


def _spoilt(found: dict[str, Any], rows: int, rng: np.random.Generator) -> dict[str, Any]:
    """Some weights that are none, some dates that are none, and some rows that stand there already."""
    bad = rng.choice(rows, size=int(rows * _BAD_SHARE), replace=False)
    wrong = np.array(["0.0", "-12.5", "see ASN-93", "nan"])
    found["weight_kg"] = found["weight_kg"].astype("U24")
    found["weight_kg"][bad[::2]] = wrong[np.arange(len(bad[::2])) % len(wrong)]
    found["departed_at"] = found["departed_at"].astype("U24")
    found["departed_at"][bad[1::2]] = "some day"
    again = rng.choice(np.arange(rows // 2, rows), size=int(rows * _TWICE_SHARE), replace=False)
    for column in found.values():
        column[again] = column[again - rows // 2]
    return found
