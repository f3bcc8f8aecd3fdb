"""The Trends page itself, against a small warehouse."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from access import User
from data_access import Store
from tests.legs import put
from tests.unit.ui.test_ui_pages import ANALYST, SUPPLIER, VIEWER, open_page, values, warehouse
from ui import formats

__all__ = ["warehouse"]  # a fixture

TODAY = datetime.combine(date.today(), datetime.min.time())
OPENED = ["Why", "Season and trend", "Breaks", "Year on year", "Modes and intensity"]


@pytest.fixture
def legs(warehouse) -> Store:
    """ACME: 12 t by air 100 days ago, 12 t by road since; Other: 6 t before, 24 t since; old legs of both."""
    now, before = {"departed_at": TODAY - timedelta(days=40)}, {"departed_at": TODAY - timedelta(days=100)}
    old = {"departed_at": TODAY - timedelta(days=190)}
    air = {"mode": "air", "vehicle_class": None}
    put(
        warehouse,
        {**before, "supplier_id": "ACME", **air},
        {**now, "supplier_id": "ACME"},
        {**before, "supplier_id": "Other", "weight_kg": 6_000.0},
        {**now, "supplier_id": "Other", "weight_kg": 24_000.0},
        {**old, "supplier_id": "Other"},
        {**old, "supplier_id": "ACME"},
    )
    return warehouse


def open_trends(monkeypatch, user: User = ANALYST, **query: str) -> AppTest:
    """The last 90 days, if nothing else is asked for."""
    return open_page(monkeypatch, user, {"period": "Last 90 days", **query}, file="pages/trends.py")


def words(page: AppTest) -> str:
    parts = (*page.markdown, *page.header, *page.subheader, *page.info, *page.warning, *page.error)
    return " ".join(str(one.value) for one in (*parts, *page.caption)).replace("\\", "")


def clean(page: AppTest) -> bool:
    assert not page.exception and not page.error, words(page)
    return not any(odd in words(page) for odd in (" nan", "NaN", "None", "Traceback"))


def rows(page: AppTest):
    """The table of contributions."""
    return next(one.value for one in page.dataframe if list(one.value.columns)[:2] == ["name", "kg"])


def test_change_is_that_of_the_overview_and_its_parts_add_up(legs, monkeypatch):
    page = open_trends(monkeypatch)
    assert clean(page)
    shown = values(page)
    parts = next(one.value for one in page.dataframe if "part_label" in one.value)
    change = parts["kg"].sum()
    now, before = sums(legs)
    assert shown["Emissions WTW, CO2e"] == formats.mass(now)
    assert shown["Change, CO2e"] == formats.mass(now - before)
    assert change == pytest.approx(now - before, rel=1e-9)
    assert rows(page)["kg"].sum() == pytest.approx(change, rel=1e-6)
    assert "Emissions fell by" in words(page) and "cleaner modes" in words(page)


def test_a_part_is_opened_by_keyboard_and_by_who_where_and_how(legs, monkeypatch):
    page = open_trends(monkeypatch)
    page.selectbox(key="trends-part").set_value("mode_mix").run()
    assert clean(page) and rows(page)["name"].tolist() == ["ACME"]
    page.segmented_control(key="trends-by").set_value("Modes").run()
    assert set(rows(page)["name"]) == {"Air", "Road"}
    page.segmented_control(key="trends-by").set_value("Lanes").run()
    assert rows(page)["name"].tolist() == ["Hamburg, DE → Vienna, AT"]
    assert clean(page) and "moved from one mode to another" in words(page)


def test_without_data_a_year_earlier_the_page_says_why_and_offers_the_period_before(legs, monkeypatch):
    page = open_trends(monkeypatch)
    page.segmented_control(key="against").set_value("The same days a year earlier").run()
    assert clean(page) and "Nothing to compare with" in words(page)
    page.button(key="empty-action").click().run()
    assert clean(page) and "Emissions fell by" in words(page)


def test_all_time_has_nothing_before_it_and_offers_a_year(legs, monkeypatch):
    page = open_trends(monkeypatch, period="All time")
    assert clean(page) and "Nothing to compare with" in words(page)
    assert values(page)["Change"] == "–"
    assert page.button(key="empty-action").label == "Show the last 12 months"


@pytest.mark.parametrize("name", OPENED)
@pytest.mark.parametrize("period", ["Last 90 days", "All time", "Last 12 months"])
def test_every_section_stands_with_few_legs(legs, monkeypatch, name, period):
    page = open_trends(monkeypatch, period=period)
    page.segmented_control(key="section").set_value(name).run()
    assert clean(page)


@pytest.mark.parametrize("name", OPENED)
def test_every_section_stands_for_one_day_of_one_supplier(legs, monkeypatch, name):
    day = (date.today() - timedelta(days=40)).isoformat()
    page = open_trends(monkeypatch, period="Custom range", days=day, supplier="ACME")
    assert values(page)["Emissions WTW, CO2e"] != "–"
    page.segmented_control(key="section").set_value(name).run()
    assert clean(page)


def test_a_supplier_sees_its_own_change_only(legs, monkeypatch):
    page = open_trends(monkeypatch, SUPPLIER)
    assert clean(page) and rows(page)["name"].tolist() == ["ACME"]
    assert "Other" not in words(page)


def test_empty_warehouse_and_empty_period(warehouse, monkeypatch):
    assert "No shipments yet" in words(open_trends(monkeypatch, VIEWER))
    put(warehouse, {"departed_at": TODAY - timedelta(days=2_000)})
    assert "Nothing in this period" in words(open_trends(monkeypatch))


def sums(store: Store) -> tuple[float, float]:
    """Emissions of the last 90 days and of the 90 before, added up by hand."""
    from sqlalchemy import select

    from data_access import schema

    frame = store.frame(select(schema.legs.c.departed_at, schema.legs.c.wtw_kg))
    age = (TODAY + timedelta(days=1) - frame["departed_at"]).dt.days
    return frame["wtw_kg"][age <= 90].sum(), frame["wtw_kg"][(age > 90) & (age <= 180)].sum()
