"""The app on Postgres alone: both databases there, and a second process that writes while the server runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from access import users
from data_access import Store
from data_access.app_database import AppDatabase
from ingestion import import_file
from tests.e2e.installed import ANALYST
from tests.e2e.screen import kpi, nothing_odd, ready, shows_kg, sign_in
from tests.server import PASSWORD, running_server
from ui import formats

pytestmark = pytest.mark.e2e
# 12 t over 850 km in a truck over 33 t, DESNZ 2025: 969.204 kg
LEG_KG = 969.204


def upload_of(*ids: str) -> bytes:
    day = datetime.now(UTC).date() - timedelta(days=10)
    header = "shipment_id,departed_at,supplier_id,mode,vehicle_class,weight_kg,distance_km\n"
    return (header + "".join(f"{one},{day},Acme,road,articulated >33 t,12000,850\n" for one in ids)).encode()


def test_the_overview_shows_what_another_process_has_just_imported(postgres_url, page, tmp_path):
    with AppDatabase.open(postgres_url) as db:
        users.create(db, ANALYST, "Ann", "analyst", PASSWORD)
    env = {"DATABASE_URL": postgres_url, "APP_DATABASE_URL": postgres_url}
    with Store.open(postgres_url) as store:
        import_file(store, upload_of("P1"))
        with running_server(env, log=tmp_path / "server.log") as url:
            ready(sign_in(page, url, ANALYST))
            shows_kg(page, LEG_KG)
            import_file(store, upload_of("P2", "P3"))
            page.reload()
            ready(page)
            shows_kg(page, 3 * LEG_KG)
            nothing_odd(page)
            assert kpi(page).inner_text() == formats.mass(3 * LEG_KG)
