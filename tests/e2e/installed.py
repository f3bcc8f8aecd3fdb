"""What the browser tests run against: a real server, its data, and a copy of them to ask by hand-written SQL."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from access import users
from data_access import Store
from data_access.app_database import AppDatabase
from ingestion import demo
from tests.server import PASSWORD, environment

__all__ = ["ANALYST", "CARRIER", "VIEWER", "Site", "a_year_until_today", "fill", "people_and_data"]

ANALYST, VIEWER, CARRIER = "ann@example.com", "vic@example.com", "sue@example.com"
SHIPMENTS, SEED = 25_000, 7
HEAVIEST = "SELECT supplier_id FROM legs GROUP BY 1 ORDER BY sum(wtw_kg) DESC, 1"


@dataclass(frozen=True)
class Site:
    """One running server; `twin` is its warehouse as it was at the start, since DuckDB serves one process."""

    url: str
    log: Path
    twin: Path
    carrier: str  # the supplier that CARRIER may see

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a hand-written question to the twin."""
        with duckdb.connect(str(self.twin), read_only=True) as connection:
            return connection.execute(sql, list(values)).fetchall()

    def wtw_kg(self, where: str = "true", *values: Any) -> float:
        """Emissions of the legs that a condition selects."""
        return float(self.ask(f"SELECT sum(wtw_kg) FROM legs WHERE {where}", *values)[0][0])

    def log_tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def fill(url: str) -> None:
    with Store.open(url) as store:
        demo.fill(store, SHIPMENTS, seed=SEED)


def people_and_data(folder: Path) -> tuple[dict[str, str], Path, str]:
    """Databases in `folder` with a user of each role and demo data.

    Returns the server's variables, the twin of its warehouse, and the supplier that CARRIER may see.
    """
    env = environment(folder, {ANALYST: "analyst", VIEWER: "viewer"})
    fill(env["DATABASE_URL"])
    twin = folder / "twin.duckdb"
    shutil.copy(env["DATABASE_URL"].removeprefix("duckdb:///"), twin)
    with duckdb.connect(str(twin), read_only=True) as connection:
        supplier = str(connection.execute(f"{HEAVIEST} LIMIT 1 OFFSET 4").fetchall()[0][0])
    with AppDatabase.open(env["APP_DATABASE_URL"]) as db:
        users.create(db, CARRIER, "Sue", "supplier", PASSWORD, supplier_ids=(supplier,))
    return env, twin, supplier


def a_year_until_today() -> tuple[date, date]:
    """What "Last 12 months" means: first day, and the day after the last one."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    if (tomorrow.month, tomorrow.day) == (2, 29):
        return date(tomorrow.year - 1, 3, 1), tomorrow
    return tomorrow.replace(year=tomorrow.year - 1), tomorrow
