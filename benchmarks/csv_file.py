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
_KM = {"road": 600.0, "rail": 800.0, "sea": 12_000.0, "air": 7_000.0}
_BAD_SHARE, _TWICE_SHARE, _REPORTED_SHARE = 0.005, 0.01, 0.85
_CHUNK = 100_000


@dataclass(frozen=True)
class CsvFile:
    path: Path
    rows: int
    megabytes: float


def lanes(count: int = LANES, seed: int = 7) -> pd.DataFrame:
    """Lanes between real places: mode, origin, origin_country, destination, destination_country.

    Land lanes stay on one landmass of known places; sea lanes join coasts, so that each one can be routed.
    """
    rng = np.random.default_rng(seed)
    places = pd.read_csv(_PLACES, keep_default_na=False)
    europe = places["lon"].between(-10, 30) & places["lat"].between(36, 60)
    ends = {"road": europe, "rail": europe, "sea": places["coastal"] == 1, "air": places["coastal"] >= 0}
    modes = rng.choice(list(ends), size=count, p=[0.45, 0.1, 0.3, 0.15])
    rows = []
    for mode in modes:
        start, stop = rng.choice(np.flatnonzero(ends[mode]), size=2, replace=False)
        rows.append((mode, *places.loc[start, ["place", "country"]], *places.loc[stop, ["place", "country"]]))
    columns = ["mode", "origin", "origin_country", "destination", "destination_country"]
    return pd.DataFrame(rows, columns=columns)


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
    departed = np.datetime64("2024-01-01", "s") + rng.integers(0, 600 * 86_400, rows).astype("timedelta64[s]")
    arrived = departed + rng.integers(3_600, 20 * 86_400, rows).astype("timedelta64[s]")
    supplier = rng.integers(1, 81, rows)
    reported = rng.random(rows) < _REPORTED_SHARE
    km = np.char.mod("%.1f", mode.map(_KM).to_numpy() * rng.lognormal(0, 0.3, rows))
    found = {
        "shipment_id": np.char.mod("SHP-%09d", np.arange(first, first + rows)),
        "leg_no": np.full(rows, "1"),
        "departed_at": departed.astype(str),
        "arrived_at": arrived.astype(str),
        "supplier_id": np.char.mod("SUP-%03d", supplier),
        "carrier": np.char.mod("Carrier %d", supplier % 25),
        "product_group": np.array(["chemicals", "machinery", "automotive", "textiles"])[supplier % 4],
        "incoterm": np.array(["FCA", "DAP", "CIF", "EXW"])[rng.integers(0, 4, rows)],
        "vehicle_class": mode.map(_CLASSES).to_numpy(dtype=str),
        "temperature_controlled": np.where(supplier % 10 == 0, "true", "false"),
        **{name: of_lane[name].to_numpy(dtype=str) for name in lane_table},
        "weight_kg": np.char.mod("%.1f", rng.lognormal(8.5, 0.8, rows)),
        "distance_km": np.where(reported, km, ""),
        "cost": np.char.mod("%.2f", rng.lognormal(7, 0.7, rows)),
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
