"""The Scenarios page against a small warehouse: build, save, open by link, who may, and empty states."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import access
from access import User, saved_scenarios, users
from access.users import by_email
from analytics.scenarios import Growth, Scenario
from data_access import Store
from tests.legs import put
from tests.unit.ui.test_ui_pages import values, warehouse
from ui import formats

__all__ = ["warehouse"]  # a fixture

PASSWORD = "quiet harbour crane 47"


@pytest.fixture
def legs(warehouse) -> Store:
    """12 t and 6 t from Hamburg to Vienna by road (ACME), 30 t by rail (Other); last week."""
    day = {"departed_at": datetime.combine(date.today(), datetime.min.time()) - timedelta(days=7)}
    put(
        warehouse,
        {**day, "supplier_id": "ACME"},
        {**day, "supplier_id": "ACME", "weight_kg": 6_000.0},
        {**day, "supplier_id": "Other", "mode": "rail", "vehicle_class": "freight train",
         "weight_kg": 30_000.0},
    )  # fmt: skip
    return warehouse


@pytest.fixture
def people(own_app_database) -> dict[str, User]:
    """An analyst, a viewer and a supplier who are in the app database, so that they can save."""
    db = access.database()
    roles = {"analyst": (), "viewer": (), "supplier": ("ACME",)}
    for role, suppliers in roles.items():
        users.create(db, f"{role}@example.com", role.title(), role, PASSWORD, supplier_ids=suppliers)
    return {role: by_email(db, f"{role}@example.com") for role in roles}


def open_scenarios(monkeypatch, user: User, **query: str) -> AppTest:
    """The page inside the app: it links to other pages."""
    monkeypatch.setattr(access, "user_of", lambda _token: user)
    page = AppTest.from_file(str(Path("Home.py").resolve()), default_timeout=120)
    page.run()
    page.switch_page("pages/scenarios.py")
    for key, value in query.items():
        page.query_params[key] = value
    return page.run()


def words(page: AppTest) -> str:
    shown = (*page.markdown, *page.header, *page.info, *page.warning, *page.error, *page.caption)
    return " ".join(str(one.value) for one in shown).replace("\\", "")


def clean(page: AppTest) -> bool:
    assert not page.exception and not page.error, words(page)
    return not any(odd in words(page) for odd in (" nan", "None", "Traceback", "could not be shown"))


def add_growth(page: AppTest, pct: int = 10) -> AppTest:
    page.selectbox(key="lever-new-kind").set_value("growth").run()
    page.slider(key="lever-growth-pct").set_value(pct).run()
    return page.button(key="lever-add").click().run()


def save(page: AppTest, name: str) -> AppTest:
    page.text_input(key="scenario-name").set_value(name)
    return page.button(key="scenario-save-new").click().run()


def test_the_page_begins_with_a_year_as_it_is(legs, people, monkeypatch):
    page = open_scenarios(monkeypatch, people["analyst"])
    assert clean(page)
    found = values(page)
    assert found["Now, CO2e a year"] == found["Then, CO2e a year"]
    assert "Base:" in words(page) and "No lever yet" in words(page)


def test_growth_by_a_tenth_adds_a_tenth(legs, people, monkeypatch):
    page = add_growth(open_scenarios(monkeypatch, people["analyst"]))
    assert clean(page)
    assert "+10.0 %" in [metric.delta for metric in page.metric]
    assert "The lever adds" in words(page) and "Not saved yet" in words(page)
    number = next(
        one.key for one in page.slider if one.key.startswith("lever-growth-") and "pct" not in one.key
    )
    page.slider(key=number).set_value(20).run()
    assert "+20.0 %" in [metric.delta for metric in page.metric]


def test_levers_move_and_go(legs, people, monkeypatch):
    page = add_growth(add_growth(open_scenarios(monkeypatch, people["analyst"]), 10), 30)
    order = [one.value for one in page.markdown if "Freight grows" in one.value]
    assert "10 %" in order[0] and "30 %" in order[1]
    page.button(key=next(one.key for one in page.button if one.key.startswith("lever-later-"))).click().run()
    order = [one.value for one in page.markdown if "Freight grows" in one.value]
    assert "30 %" in order[0] and "10 %" in order[1]
    page.button(key=next(one.key for one in page.button if one.key.startswith("lever-remove-"))).click().run()
    assert "+10.0 %" in [metric.delta for metric in page.metric]


def test_a_saved_scenario_says_when_it_was_changed(legs, people, monkeypatch):
    page = save(add_growth(open_scenarios(monkeypatch, people["analyst"])), "More freight")
    assert clean(page) and "Saved as shown" in words(page)
    (kept,) = saved_scenarios.list_for(access.database(), people["analyst"])
    assert (
        page.query_params["scenario"] == [kept.scenario_id]
        or page.query_params["scenario"] == kept.scenario_id
    )
    add_growth(page, 5)
    assert "Unsaved changes" in words(page)
    page.button(key="scenario-save").click().run()
    assert "Saved as shown" in words(page)
    assert (
        len(
            saved_scenarios.opened(access.database(), people["analyst"], kept.scenario_id).definition[
                "levers"
            ]
        )
        == 2
    )


def test_a_link_opens_for_whoever_has_the_rights(legs, people, monkeypatch):
    db, scenario = access.database(), Scenario("More", (Growth(pct=10.0),))
    kept = saved_scenarios.save(db, people["analyst"], "More", scenario.to_dict(), "mode=Rail")
    private = open_scenarios(monkeypatch, people["viewer"], scenario=kept.scenario_id)
    assert "not shared with you" in words(private) and "No lever yet" in words(private)

    saved_scenarios.share(db, people["analyst"], kept.scenario_id, True)
    shared = open_scenarios(monkeypatch, people["viewer"], scenario=kept.scenario_id)
    assert clean(shared)
    assert "+10.0 %" in [metric.delta for metric in shared.metric]
    assert "Mode: Rail" in [
        one.label.replace(chr(92), "") for one in shared.button
    ]  # the filters that it was saved with
    assert "Saved by Analyst" in words(shared)
    assert not [one for one in shared.button if one.key == "scenario-delete-yes"]

    carrier = open_scenarios(monkeypatch, people["supplier"], scenario=kept.scenario_id)
    assert "not shared with you" in words(carrier)


def test_a_link_to_nothing_says_so(legs, people, monkeypatch):
    page = open_scenarios(monkeypatch, people["analyst"], scenario="0" * 32)
    assert not page.exception and "not there, or is not shared" in words(page)


def test_a_supplier_sees_a_year_of_its_own(legs, people, monkeypatch):
    everything = values(open_scenarios(monkeypatch, people["analyst"]))["Now, CO2e a year"]
    own = open_scenarios(monkeypatch, people["supplier"])
    assert clean(own) and values(own)["Now, CO2e a year"] != everything
    own.segmented_control(key="plan").set_value("Targets").run()
    assert clean(own) and "for who may see all shipments" in words(own)


def test_two_scenarios_are_compared(legs, people, monkeypatch):
    db = access.database()
    for name, pct in (("Less", -10.0), ("More", 10.0)):
        scenario = Scenario(name, (Growth(pct=pct),))
        saved_scenarios.save(db, people["analyst"], name, scenario.to_dict(), "")
    page = open_scenarios(monkeypatch, people["analyst"])
    page.segmented_control(key="plan").set_value("Compare").run()
    assert clean(page) and "“Less” emits" in words(page)
    table = next(one.value for one in page.dataframe if "Second − first" in one.value)
    assert table.loc["Levers"].tolist() == ["1", "1", formats.MISSING]


def test_nothing_to_compare_says_what_to_do(legs, people, monkeypatch):
    page = open_scenarios(monkeypatch, people["analyst"])
    page.segmented_control(key="plan").set_value("Compare").run()
    assert clean(page) and "There is none yet" in words(page)


@pytest.mark.parametrize(
    "kind", ["shift_mode", "join_loads", "change_vehicle", "switch_fuel", "move_volume", "growth"]
)
def test_every_form_says_what_is_possible(legs, people, monkeypatch, kind):
    page = open_scenarios(monkeypatch, people["analyst"])
    page.selectbox(key="lever-new-kind").set_value(kind).run()
    assert clean(page)
    if any(one.key == "lever-add" for one in page.button):
        page.button(key="lever-add").click().run()
        assert clean(page) and "No lever yet" not in words(page)


def test_empty_warehouse_and_empty_period(warehouse, people, monkeypatch):
    assert "No shipments yet" in words(open_scenarios(monkeypatch, people["analyst"]))
    put(warehouse, {"departed_at": pd.Timestamp("2020-01-01")})
    page = open_scenarios(monkeypatch, people["analyst"])
    assert not page.exception and "Nothing in this period" in words(page)
