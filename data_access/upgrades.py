"""Create a warehouse, or bring an older one up to date; a newer or foreign one is refused."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping

import pyarrow as pa
from sqlalchemy import Table

from data_access import schema
from data_access.engine import Connection, Engine
from data_access.errors import NotAStore, StoreTooNew
from data_access.factors import DEFAULT_FACTOR_SET, read_factors
from data_access.statements import arrow_schema, create_index, create_table

__all__ = ["UPGRADES", "bring_up_to_date"]

log = logging.getLogger(__name__)

_FLAGS_AS_ANOMALIES = """
INSERT INTO anomalies
    (shipment_id, leg_no, kind, found_by, score, reason, at_stake_kg, status, found_at, batch_id)
SELECT f.shipment_id, f.leg_no, f.kind, 'rule', 1.0, f.reason, l.wtw_kg, 'open', b.imported_at, f.batch_id
FROM leg_flags f
JOIN legs l ON l.shipment_id = f.shipment_id AND l.leg_no = f.leg_no
JOIN import_batches b ON b.batch_id = f.batch_id
"""


def _add_anomalies(engine: Engine, connection: Connection) -> None:
    """1 → 2: what becomes of flags, and what scoring finds. Flags of earlier imports are open anomalies."""
    added = (schema.anomalies, schema.scorings, schema.corrections, schema.original_legs, schema.lane_usual)
    for table in added:
        _create_table(engine, connection, table)
    connection.execute("ALTER TABLE import_batches ADD COLUMN scoring_id TEXT")
    _create_table(engine, connection, schema.legs)  # it is there, but lacks an index on Postgres
    connection.execute(_FLAGS_AS_ANOMALIES)


def _add_supplier_targets(engine: Engine, connection: Connection) -> None:
    """2 → 3: what a supplier has set itself as its target."""
    for column in ("target_pct DOUBLE PRECISION", "target_base_year SMALLINT", "target_year SMALLINT"):
        connection.execute(f"ALTER TABLE suppliers ADD COLUMN {column}")


# From the version it starts at to the step that leads one further; each in a transaction of its own. A step
# uses today's tables: who changes one of them later gives the older steps their own.
UPGRADES: Mapping[int, Callable[[Engine, Connection], None]] = {1: _add_anomalies, 2: _add_supplier_targets}

_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
_VERSION = "SELECT value FROM store_meta WHERE key = 'schema_version'"


def bring_up_to_date(engine: Engine) -> None:
    """Create, upgrade or accept the warehouse behind `engine`. The second run changes nothing.

    Raises
    ------
    StoreTooNew
        Written by a later release.
    NotAStore
        Tables are there, but not ours.
    """
    found = set(engine.arrow(_TABLES).column(0).to_pylist())
    if schema.store_meta.name not in found:
        _refuse_foreign(engine, found)
        with engine.transaction() as connection:
            _create(engine, connection)
        return
    version = int(engine.arrow(_VERSION).column(0)[0].as_py())
    if version > schema.SCHEMA_VERSION:
        raise StoreTooNew(
            f"The warehouse {engine.where} has schema {version}; this release knows {schema.SCHEMA_VERSION}. "
            "Update the app, or point DATABASE_URL at another warehouse. Nothing was changed."
        )
    for start in range(version, schema.SCHEMA_VERSION):
        with engine.transaction() as connection:
            UPGRADES[start](engine, connection)
            connection.execute(
                "UPDATE store_meta SET value = $1 WHERE key = 'schema_version'",
                [str(start + 1)],
            )
        log.warning("Warehouse %s upgraded from schema %d to %d.", engine.where, start, start + 1)


def _refuse_foreign(engine: Engine, found: set[str]) -> None:
    ours = found & set(schema.metadata.tables)
    # A DuckDB file is ours alone; a Postgres database may hold other things beside the warehouse.
    if ours or (engine.kind == "duckdb" and found):
        raise NotAStore(
            f"{engine.where} holds other tables ({', '.join(sorted(found)[:5])}) "
            "and is no warehouse of this app. "
            "Point DATABASE_URL at an empty database."
        )


def _create(engine: Engine, connection: Connection) -> None:
    if engine.kind == "postgres":
        # Two processes that start together on an empty database: the second waits, then finds it done.
        connection.execute("SELECT pg_advisory_xact_lock(20261121)")
        if schema.store_meta.name in connection.arrow(_TABLES).column(0).to_pylist():
            return
    for table in schema.metadata.sorted_tables:
        _create_table(engine, connection, table)
    factors = arrow_schema(schema.emission_factors)
    connection.append(
        schema.emission_factors.name,
        pa.Table.from_pandas(read_factors(), schema=factors, preserve_index=False),
    )
    meta = {
        "schema_version": str(schema.SCHEMA_VERSION),
        "data_version": "1",
        "active_factor_set": DEFAULT_FACTOR_SET,
        "store_id": uuid.uuid4().hex,
    }
    rows = pa.table({"key": list(meta), "value": list(meta.values())}, schema=arrow_schema(schema.store_meta))
    connection.append(schema.store_meta.name, rows)


def _create_table(engine: Engine, connection: Connection, table: Table) -> None:
    connection.execute(create_table(table))
    if engine.kind == "postgres":
        for index in create_index(table):
            connection.execute(index)
