"""The warehouse's tables, once, for DDL and queries. A row of `legs` is one ISO 14083 chain element."""

from __future__ import annotations

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

__all__ = [
    "SCHEMA_VERSION",
    "anomalies",
    "corrections",
    "demo_labels",
    "emission_factors",
    "import_batches",
    "lane_usual",
    "leg_flags",
    "legs",
    "metadata",
    "original_legs",
    "place_aliases",
    "rejected_rows",
    "scorings",
    "store_meta",
    "suppliers",
]

SCHEMA_VERSION = 3

metadata = MetaData()

store_meta = Table(
    "store_meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="schema_version, data_version (changes with every write), active_factor_set, store_id",
)

suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", CHAR(2)),
    Column("sector", Text),
    Column("tier", SmallInteger),
    Column("target_pct", Double, comment="its own target: reduction of emissions against the base year, %"),
    Column("target_base_year", SmallInteger),
    Column("target_year", SmallInteger),
)

emission_factors = Table(
    "emission_factors",
    metadata,
    Column("factor_id", Text, primary_key=True),
    Column("factor_set", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("vehicle_class", Text, nullable=False),
    Column("temperature_controlled", Boolean, nullable=False),
    Column("with_rf", Boolean, nullable=False, comment="aviation: radiative forcing included"),
    Column("distance_basis", Text, comment="the distance the factor is per: actual, sfd, gcd"),
    Column("ttw_kg_per_unit", Double, nullable=False),
    Column("wtt_kg_per_unit", Double, nullable=False),
    Column("unit", Text, nullable=False, comment="tkm, or t for hubs"),
    Column("source", Text, nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("region", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("note", Text),
)

import_batches = Table(
    "import_batches",
    metadata,
    Column("batch_id", Text, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text),
    Column("kind", Text, nullable=False, comment="upload, demo, inbox, feed"),
    Column("imported_at", DateTime, nullable=False),
    Column("imported_by", Text, nullable=False),
    Column("factor_set", Text),
    Column("rows_read", BigInteger, nullable=False),
    Column("rows_accepted", BigInteger, nullable=False),
    Column("rows_rejected", BigInteger, nullable=False),
    Column("rows_duplicate", BigInteger, nullable=False),
    Column("rows_flagged", BigInteger, nullable=False),
    Column("mapping_json", Text),
    Column("scoring_id", Text, comment="null: its legs have not been scored for anomalies yet"),
)

rejected_rows = Table(
    "rejected_rows",
    metadata,
    Column("batch_id", Text, nullable=False, index=True),
    Column("row_number", BigInteger, nullable=False),
    Column("column_name", Text),
    Column("value", Text),
    Column("problem", Text, nullable=False),
)

place_aliases = Table(
    "place_aliases",
    metadata,
    Column("name", Text, primary_key=True, comment="as written in uploads, folded"),
    Column(
        "place", Text, nullable=False, comment="what the user says it is: 'Waltham, US', a code, coordinates"
    ),
    Column("added_by", Text, nullable=False),
    Column("added_at", DateTime, nullable=False),
)

legs = Table(
    "legs",
    metadata,
    Column("shipment_id", Text, primary_key=True),
    Column("leg_no", SmallInteger, primary_key=True, autoincrement=False),
    Column("departed_at", DateTime, nullable=False),
    Column("arrived_at", DateTime),
    Column("supplier_id", Text, nullable=False),
    Column("carrier", Text),
    Column("product_group", Text),
    Column("incoterm", Text),
    Column("mode", Text, nullable=False),
    Column("vehicle_class", Text),
    Column("temperature_controlled", Boolean, nullable=False),
    Column("origin", Text),
    Column("origin_country", CHAR(2)),
    Column("origin_lat", Double),
    Column("origin_lon", Double),
    Column("destination", Text),
    Column("destination_country", CHAR(2)),
    Column("destination_lat", Double),
    Column("destination_lon", Double),
    Column("weight_kg", Double, nullable=False),
    Column("distance_km", Double, nullable=False),
    Column("distance_basis", Text, nullable=False, comment="actual, sfd, gcd"),
    Column("distance_source", Text, nullable=False, comment="reported, places, countries"),
    Column("tonne_km", Double, nullable=False),
    Column("cost", Double),
    Column("currency", CHAR(3)),
    Column("factor_id", Text, comment="null: a hub intensity or an emission came with the row"),
    Column("hub_kg_per_t", Double, comment="kg CO2e per outbound tonne, given by the user"),
    Column("ttw_kg", Double, nullable=False),
    Column("wtt_kg", Double, nullable=False),
    Column("wtw_kg", Double, nullable=False),
    Column("low_kg", Double, nullable=False),
    Column("high_kg", Double, nullable=False),
    Column("calculated_kg", Double, comment="what the engine says, kept beside a reported emission"),
    Column("reported_kg", Double, comment="the upload's own wtw_kg"),
    Column("data_type", Text, nullable=False, comment="primary, modelled, default"),
    Column("batch_id", Text, nullable=False),
    CheckConstraint("weight_kg > 0 AND distance_km >= 0", name="legs_positive"),
)

# Postgres reads recent periods and one supplier through these; DuckDB has zone maps instead.
POSTGRES_INDEXES = (
    Index("legs_departed_at", legs.c.departed_at),
    Index("legs_supplier", legs.c.supplier_id, legs.c.departed_at),
    Index("legs_batch", legs.c.batch_id),
    Index("legs_arrived_at", legs.c.arrived_at),
)

leg_flags = Table(
    "leg_flags",
    metadata,
    Column("shipment_id", Text, primary_key=True),
    Column("leg_no", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("batch_id", Text, nullable=False, index=True),
    comment="what the import found implausible; `anomalies` holds what becomes of it",
)

anomalies = Table(
    "anomalies",
    metadata,
    Column("shipment_id", Text, primary_key=True),
    Column("leg_no", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("found_by", Text, nullable=False, comment="rule (at import), score"),
    Column("score", Double, nullable=False, comment="0..1; 1 where a rule of the import was broken"),
    Column("reason", Text, nullable=False),
    Column("column_name", Text, comment="which column looks wrong"),
    Column("value", Double, comment="what stands in that column, where it is a number"),
    Column("expected", Double),
    Column("expected_low", Double),
    Column("expected_high", Double),
    Column("at_stake_kg", Double, nullable=False, comment="kg CO2e of the leg that are in doubt"),
    Column("second_opinion", Double, comment="0..1, what other detectors say"),
    Column("fix_column", Text, comment="weight_kg, distance_km, mode, remove; null: no clear repair"),
    Column("fix_value", Text, comment="the value to put there; for remove: the shipment that it repeats"),
    Column("status", Text, nullable=False, comment="open, confirmed, fixed, dismissed"),
    Column("note", Text),
    Column("decided_by", Text),
    Column("decided_at", DateTime),
    Column("found_at", DateTime, nullable=False),
    Column("scoring_id", Text, index=True),
    Column("batch_id", Text, nullable=False, index=True),
    CheckConstraint("status IN ('open', 'confirmed', 'fixed', 'dismissed')", name="anomalies_status"),
    comment="what is wrong or unusual, and what was decided; open and confirmed ones count as flagged",
)

scorings = Table(
    "scorings",
    metadata,
    Column("scoring_id", Text, primary_key=True),
    Column("method", Text, nullable=False),
    Column("false_discovery_rate", Double, nullable=False),
    Column("data_version", BigInteger, nullable=False, comment="of the data that were scored"),
    Column("whole", Boolean, nullable=False, comment="all legs, or new ones against history"),
    Column("legs", BigInteger, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("scored_at", DateTime, nullable=False),
    Column("scored_by", Text, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("correction_id", Text, primary_key=True),
    Column("shipment_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False, comment="of the anomaly that was fixed"),
    Column("column_name", Text, nullable=False, comment="weight_kg, distance_km, mode, remove"),
    Column("old_value", Text),
    Column("new_value", Text),
    Column("legs", SmallInteger, nullable=False),
    Column("before_kg", Double, nullable=False, comment="wtw_kg of these legs"),
    Column("after_kg", Double, nullable=False),
    Column("before_json", Text, nullable=False, comment="flags and anomalies as they were"),
    Column("corrected_by", Text, nullable=False),
    Column("corrected_at", DateTime, nullable=False),
    Column("undone_by", Text),
    Column("undone_at", DateTime),
    Column("batch_id", Text, nullable=False, index=True),
)

original_legs = Table(
    "original_legs",
    metadata,
    Column("correction_id", Text, primary_key=True),
    *(
        Column(column.name, column.type, primary_key=column.primary_key, nullable=column.nullable)
        for column in legs.columns
    ),
    Index("original_legs_batch", "batch_id"),
    comment="legs as they were before a correction that stands; undoing puts them back",
)

lane_usual = Table(
    "lane_usual",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("destination", Text, primary_key=True),
    Column("mode", Text, primary_key=True),
    Column("legs", BigInteger, nullable=False, comment="that have arrived"),
    Column("transit_hours", Double, nullable=False, comment="median"),
    comment="how long a lane usually takes; written when all legs are scored",
)

demo_labels = Table(
    "demo_labels",
    metadata,
    Column("shipment_id", Text, primary_key=True),
    Column("leg_no", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    comment="the truth about the demo's injected anomalies; for tests only, analytics never reads it",
)
