"""The import without the app: staging as text, validation, dedup and insert, as SQL alone does it best.

The table is the app's own, with its primary key (and, on Postgres, its indexes). Emissions are one constant a
mode: placing, routing, factors, ranges, reasons for each refused row and plausibility are what the app adds.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

__all__ = ["on_duckdb", "on_postgres"]

_COLUMNS = (
    "shipment_id", "leg_no", "departed_at", "arrived_at", "supplier_id", "carrier", "product_group",
    "incoterm", "vehicle_class", "temperature_controlled", "mode", "origin", "origin_country", "destination",
    "destination_country", "weight_kg", "distance_km", "cost", "currency",
)  # fmt: skip
_TYPES = {
    "leg_no": "smallint", "departed_at": "timestamp", "arrived_at": "timestamp",
    "temperature_controlled": "boolean", "weight_kg": "double precision",
    "distance_km": "double precision", "cost": "double precision",
}  # fmt: skip
_MODES = "('road', 'rail', 'sea', 'air', 'inland_waterway', 'hub')"
_VALID = f"""
shipment_id IS NOT NULL AND supplier_id IS NOT NULL AND departed_at IS NOT NULL AND leg_no >= 1
AND weight_kg > 0 AND weight_kg < 1e9 AND mode IN {_MODES}
AND (distance_km IS NULL OR distance_km BETWEEN 0 AND 1e5)"""
_KG = "weight_kg / 1000 * coalesce(distance_km, 0)"
_FACTOR = "CASE mode WHEN 'road' THEN 0.095 WHEN 'rail' THEN 0.03 WHEN 'sea' THEN 0.02 ELSE 0.9 END"
_CALCULATED = f"""
'actual' AS distance_basis, 'reported' AS distance_source, {_KG} AS tonne_km,
{_KG} * {_FACTOR} AS ttw_kg, 0 AS wtt_kg, {_KG} * {_FACTOR} AS wtw_kg, {_KG} * {_FACTOR} * 0.9 AS low_kg,
{_KG} * {_FACTOR} * 1.1 AS high_kg, 'modelled' AS data_type, 'bare' AS batch_id"""
_INSERT = f"""
INSERT INTO legs (
  {", ".join(_COLUMNS)}, distance_basis, distance_source, tonne_km, ttw_kg, wtt_kg, wtw_kg, low_kg, high_kg,
  data_type, batch_id)
SELECT {", ".join(_COLUMNS).replace("distance_km", "coalesce(distance_km, 0)")}, {_CALCULATED}
FROM (SELECT {{typed}} FROM staged) t WHERE {_VALID} ON CONFLICT DO NOTHING"""


def on_duckdb(url: str, csv: Path) -> int:
    """Rows that went in: read_csv into a staging table of text, then one validating insert."""
    import duckdb

    typed = ", ".join(
        f"TRY_CAST({name} AS {_TYPES[name]}) AS {name}" if name in _TYPES else name for name in _COLUMNS
    )
    with closing(duckdb.connect(url.removeprefix("duckdb:///"))) as connection:
        connection.begin()
        connection.execute(
            f"CREATE TEMP TABLE staged AS FROM read_csv('{csv}', all_varchar = true, header = true)"
        )
        # The fastest dedup: a window or a join on the first row of each key took longer.
        connection.execute(_INSERT.format(typed=typed))
        connection.commit()
        return _only(connection.execute("SELECT count(*) FROM legs"))


def on_postgres(url: str, csv: Path) -> int:
    """Rows that went in: COPY into a staging table of text, then an upsert."""
    import psycopg

    typed = ", ".join(_cast(name) for name in _COLUMNS)
    names = ", ".join(csv.open(encoding="utf-8").readline().strip().split(","))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE staged ({', '.join(f'{n} text' for n in names.split(', '))})")
        with (
            csv.open("rb") as file,
            cursor.copy(f"COPY staged ({names}) FROM STDIN (FORMAT csv, HEADER true)") as copy,
        ):
            while block := file.read(1 << 20):
                copy.write(block)
        cursor.execute(_INSERT.format(typed=typed))
        connection.commit()
        cursor.execute("SELECT count(*) FROM legs")
        return _only(cursor)


def _cast(name: str) -> str:
    kind = _TYPES.get(name)
    if kind is None:
        return name
    return f"CASE WHEN pg_input_is_valid({name}, '{kind}') THEN {name}::{kind} END AS {name}"


def _only(found: Any) -> int:
    row = found.fetchone()
    return int(row[0])
