"""What the browser tests run against: a server, its data, and a twin of these to ask by hand-written SQL."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from access import users
from data_access import Store
from data_access.app_database import AppDatabase
from ingestion import ImportResult, demo, import_file
from tests.server import PASSWORD, environment

__all__ = ["ANALYST", "CARRIER", "VIEWER", "Prepared", "Site", "a_year_until_today", "prepared"]

ANALYST, VIEWER, CARRIER = "ann@example.com", "vic@example.com", "sue@example.com"
SHIPMENTS, SEED = 25_000, 7
FIFTH_SUPPLIER = "SELECT supplier_id FROM legs GROUP BY 1 ORDER BY sum(wtw_kg) DESC LIMIT 1 OFFSET 4"


@dataclass(frozen=True)
class Prepared:
    """Databases that wait for a server; `carrier` is the supplier whose legs CARRIER may see."""

    env: Mapping[str, str]
    twin: Path
    carrier: str


@dataclass(frozen=True)
class Site:
    """A running server; `twin` is its warehouse as it was at the start, as DuckDB serves one process only."""

    url: str
    log: Path
    twin: Path | None = None
    carrier: str = ""

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a hand-written question."""
        with duckdb.connect(str(self.twin), read_only=True) as connection:
            return connection.execute(sql, list(values)).fetchall()

    def wtw_kg(self, where: str = "true", *values: Any) -> float:
        """Emissions of the legs that a condition selects."""
        return float(self.ask(f"SELECT sum(wtw_kg) FROM legs WHERE {where}", *values)[0][0])

    def import_into_copy(self, file: Path, folder: Path) -> tuple[ImportResult, float]:
        """What the same import does to the same data, and the emissions that it brings in by SQL."""
        copy = folder / "copy.duckdb"
        shutil.copy(str(self.twin), copy)
        with Store.open(f"duckdb:///{copy}") as store:
            result = import_file(store, file)
        with duckdb.connect(str(copy), read_only=True) as connection:
            sql = "SELECT sum(wtw_kg) FROM legs WHERE batch_id = ?"
            return result, float(connection.execute(sql, [result.batch_id]).fetchall()[0][0])

    def log_tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def prepared(folder: Path) -> Prepared:
    """Demo data, and one user for each of three roles."""
    env = environment(folder, {ANALYST: "analyst", VIEWER: "viewer"})
    with Store.open(env["DATABASE_URL"]) as store:
        demo.fill(store, SHIPMENTS, seed=SEED)
    twin = folder / "twin.duckdb"
    shutil.copy(env["DATABASE_URL"].removeprefix("duckdb:///"), twin)
    with duckdb.connect(str(twin), read_only=True) as connection:
        carrier = str(connection.execute(FIFTH_SUPPLIER).fetchall()[0][0])
    with AppDatabase.open(env["APP_DATABASE_URL"]) as db:
        users.create(db, CARRIER, "Sue", "supplier", PASSWORD, supplier_ids=(carrier,))
    return Prepared(env, twin, carrier)


def a_year_until_today() -> tuple[date, date]:
    """What "Last 12 months" means: the first day, and the day after the last one."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    if (tomorrow.month, tomorrow.day) == (2, 29):
        return date(tomorrow.year - 1, 3, 1), tomorrow
    return tomorrow.replace(year=tomorrow.year - 1), tomorrow
