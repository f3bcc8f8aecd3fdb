"""The pages run for real against a small warehouse: who sees what, and what stands there when empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import access
from access import User
from analytics import OverviewAnalytics
from data_access import Filters, Scope, Store, opened
from ingestion import import_file
from ui import cache, derivation

ANALYST = User("u1", "ana@example.com", "Ana", "analyst")
VIEWER = User("u2", "vic@example.com", "Vic", "viewer")
SUPPLIER = User("u3", "sue@example.com", "Sue", "supplier", frozenset({"ACME"}))
HEADER = "shipment_id,departed_at,supplier_id,mode,weight_kg,distance_km\n"


@pytest.fixture
def warehouse(tmp_path, monkeypatch) -> Iterator[Store]:
    """An empty warehouse that the pages open."""
    url = f"duckdb:///{tmp_path / 'warehouse.duckdb'}"
    monkeypatch.setenv("DATABASE_URL", url)
    opened.close_warehouse()
    yield opened.warehouse()
    opened.close_warehouse()


@pytest.fixture
def shipments(warehouse) -> Store:
    """Two shipments of ACME and one of Other, ten days ago: 12 t × 850 km, twice, and 1 t × 100 km."""
    day = (date.today() - timedelta(days=10)).isoformat()
    rows = [f"A1,{day},ACME,road,12000,850", f"A2,{day},ACME,rail,12000,850", f"B1,{day},Other,road,1000,100"]
    import_file(warehouse, (HEADER + "\n".join(rows)).encode())
    return warehouse


def open_page(
    monkeypatch, user: User | None, query: dict[str, str] | None = None, file: str = "Home.py"
) -> AppTest:
    monkeypatch.setattr(access, "user_of", lambda _token: user)
    page = AppTest.from_file(str(Path(file).resolve()), default_timeout=60)
    for key, value in (query or {}).items():
        page.query_params[key] = value
    return page.run()


def values(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def words(page: AppTest) -> str:
    return " ".join(str(one.value) for one in (*page.markdown, *page.info, *page.warning, *page.error))


def test_nobody_sees_a_figure_without_a_session(shipments, monkeypatch):
    for file in ("Home.py", "pages/overview.py", "pages/upload.py"):
        page = open_page(monkeypatch, None, file=file)
        assert not page.exception and not page.metric and not page.button


def test_a_password_still_to_be_changed_opens_nothing(shipments, monkeypatch):
    fresh = User("u4", "new@example.com", "New", "administrator", must_change_password=True)
    assert not open_page(monkeypatch, fresh, file="pages/overview.py").metric


def test_a_session_that_another_user_takes_over_starts_anew(shipments, monkeypatch):
    page = open_page(monkeypatch, ANALYST)
    page.session_state["import-job"] = "what the analyst imported"
    monkeypatch.setattr(access, "user_of", lambda _token: SUPPLIER)
    page.run()
    assert not page.exception
    assert "import-job" not in page.session_state


def test_overview_adds_up_all_shipments(shipments, monkeypatch):
    found = values(open_page(monkeypatch, ANALYST))
    # 2 × 12 t × 850 km + 1 t × 100 km = 20,500 tkm
    assert (found["Shipments"], found["Transport activity"]) == ("3", "20.5 k tkm")


def test_supplier_sees_its_own_shipments_only(shipments, monkeypatch):
    assert values(open_page(monkeypatch, SUPPLIER))["Shipments"] == "2"


def test_url_filters_the_view(shipments, monkeypatch):
    page = open_page(monkeypatch, ANALYST, {"mode": "Road", "supplier": "ACME"})
    # One truck: 12 t × 850 km = 10,200 tkm
    assert values(page)["Transport activity"] == "10.2 k tkm"
    chips = [one.label.replace("\\", "") for one in page.button if one.key.startswith("chip-")]
    assert chips == ["Supplier: ACME", "Mode: Road"]


def test_chip_removes_its_filter(shipments, monkeypatch):
    page = open_page(monkeypatch, ANALYST, {"mode": "Road"})
    page.button(key="chip-mode-road").click().run()
    assert values(page)["Shipments"] == "3"


def test_value_of_a_url_that_is_gone_is_said_and_left_out(shipments, monkeypatch):
    page = open_page(monkeypatch, ANALYST, {"supplier": "Ghost Ltd", "period": "Whenever"})
    assert not page.exception
    assert values(page)["Shipments"] == "3"
    assert "Ghost Ltd" in words(page) and "Whenever" in words(page)


def test_link_to_some_days_shows_those_days(shipments, monkeypatch):
    day = (date.today() - timedelta(days=10)).isoformat()
    shown = open_page(monkeypatch, ANALYST, {"period": "Custom range", "days": day})
    assert values(shown)["Shipments"] == "3"


def test_empty_period_says_what_there_is_and_offers_all_time(shipments, monkeypatch):
    page = open_page(monkeypatch, ANALYST, {"period": "Last year"})
    assert not page.metric
    assert "The data run from" in words(page)
    page.button(key="empty-action").click().run()
    assert values(page)["Shipments"] == "3"


def test_empty_warehouse_leads_to_upload(warehouse, monkeypatch):
    page = open_page(monkeypatch, ANALYST)
    assert not page.exception
    assert "No shipments yet" in words(page)
    assert "Upload a CSV" in words(page)


def test_viewer_is_told_to_ask_instead_of_uploading(warehouse, monkeypatch):
    assert "Ask an analyst" in words(open_page(monkeypatch, VIEWER))
    page = open_page(monkeypatch, VIEWER, file="pages/upload.py")
    assert "does not include" in words(page)
    assert not page.button


def test_derivation_opens_from_its_figure(shipments, monkeypatch):
    opened = []
    monkeypatch.setattr(derivation, "show", lambda figure, found: opened.append((figure, found.totals.legs)))
    page = open_page(monkeypatch, ANALYST)
    assert opened == []
    page.button(key="derive-emissions").click().run()
    assert opened == [("emissions", 3)]


def test_derivation_names_formula_factors_and_range(shipments):
    found = OverviewAnalytics(shipments).derivation(Filters(), Scope.all())

    def script(found: object) -> None:
        from ui import derivation

        derivation.show("emissions", found)

    page = AppTest.from_function(script, args=(found,)).run()
    assert not page.exception
    shown = [one.value for block in page._tree.children.values() for one in block.markdown]
    assert any("Σ over 3 legs of mass × distance × factor" in text for text in shown)
    assert any("The 2 factors behind it" in text for text in shown)
    assert any("root of the sum of squares" in text for text in shown)


def test_failure_shows_a_reference_and_no_traceback(shipments, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    cache._kept.clear()
    monkeypatch.setattr(OverviewAnalytics, "by_mode", broken)
    page = open_page(monkeypatch, ANALYST)
    assert values(page)["Shipments"] == "3"
    assert "reference" in words(page) and "secret detail" not in words(page)
    assert "secret detail" in caplog.text
