"""The targets on screen: who sees and sets them, what is said where nothing is known."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import access
from access import User, targets, users
from access.targets import TargetTerms
from data_access import Filters
from tests.unit.ui.test_target_words import YEARS, outlook
from tests.unit.ui.test_ui_pages import shipments, warehouse
from ui import target_form, target_section

__all__ = ["shipments", "warehouse"]  # fixtures

TERMS = TargetTerms("Company", "absolute", 2025, 4.2, 2030, base_value=1e7)
RESULT = SimpleNamespace(
    by_mode=pd.DataFrame(
        {"mode": ["air"], "now_kg": [9e5], "then_kg": [1e5], "now_tonne_km": [1e6], "then_tonne_km": [1e6]}
    )
)


@pytest.fixture
def person():
    """Adds users to the app database of this test."""

    def add(role, **more) -> User:
        password = "quiet harbour crane 47"
        return users.create(access.database(), f"{role}@example.com", role, role, password, rounds=4, **more)

    return add


def visit(store, user):
    return SimpleNamespace(
        store=store,
        user=user,
        version=store.version,
        scope=access.scope_of(user),
        may=lambda permission: access.may(user, permission),
        ask=lambda question, *filters, **named: question(*filters, access.scope_of(user), **named),
    )


def section(visit, options, scenarios=()):
    from data_access import Filters
    from ui import target_section

    target_section.show(visit, Filters(), options, scenarios)


def opened(monkeypatch, store, user, scenarios=()) -> AppTest:
    monkeypatch.setattr(access, "user_of", lambda _token: user)
    given = {"visit": visit(store, user), "options": SimpleNamespace(suppliers={"ACME": "Acme"})}
    return AppTest.from_function(section, default_timeout=60, kwargs={**given, "scenarios": scenarios}).run()


@pytest.fixture
def known_year(monkeypatch):
    """A year that is known without a forecast: 9,900 t where 9,580 t would be on the path."""
    monkeypatch.setattr(target_section.TargetAnalytics, "years", lambda *_, **__: YEARS)
    monkeypatch.setattr(target_section, "outlook_of", lambda _ask: (outlook(), ""))


def text(page: AppTest) -> str:
    every = [*page.markdown, *page.header, *page.caption, *page.error, *page.info]
    return " ".join(str(one.value) for one in every).replace("\\", "")


def test_without_a_target_the_next_step_is_named(shipments, person, monkeypatch):
    page = opened(monkeypatch, shipments, person("manager"))
    assert not page.exception
    assert "No target yet" in text(page) and "“New target”" in text(page)
    assert [one.label for one in page.button] == ["New target"]
    page = opened(monkeypatch, shipments, person("viewer"))
    assert "Ask an analyst or a manager to set one" in text(page)
    assert not page.button


def test_a_supplier_sees_no_targets_of_the_company(shipments, person, monkeypatch):
    targets.add(access.database(), person("analyst"), TERMS)
    page = opened(monkeypatch, shipments, person("supplier", supplier_ids={"ACME"}))
    assert not page.exception
    assert text(page) == ""


def test_a_target_says_where_the_year_heads_its_chance_and_which_scenario_closes_the_gap(
    shipments, person, monkeypatch, known_year
):
    targets.add(access.database(), person("analyst"), TERMS)
    page = opened(monkeypatch, shipments, person("viewer"), [("Less air", RESULT)])
    assert not page.exception
    said = text(page)
    assert "Company: 2026 heads for 9.9 kt CO2e, 320 t above its point on the path" in said
    assert "Less air closes the gap: it saves 800 t CO2e a year" in said
    assert {one.label: one.value for one in page.metric} == {
        "Chance to meet 2026": "10 %",
        "Gap in 2026, CO2e": "+320 t",
    }
    assert not [one for one in page.button if one.label in {"New target", "Change", "Remove this target"}]


def test_too_little_data_are_a_sentence(shipments, person, monkeypatch):
    targets.add(access.database(), person("analyst"), replace(TERMS, base_value=None))
    page = opened(monkeypatch, shipments, person("viewer"))
    assert not page.exception and not page.error
    assert "Company: no path without a base value" in text(page)
    assert "do not cover the base year 2025" in text(page)
    assert "nan" not in text(page).lower().split()


def form(target=None) -> AppTest:
    """The form as its dialog shows it: a rerun of AppTest, other than a browser's, would close the dialog."""

    def script(target):
        from ui import target_form

        target_form.form(target, {"ACME": "Acme"})

    return AppTest.from_function(script, default_timeout=60, kwargs={"target": target}).run()


def field(page: AppTest, label: str):
    every = (*page.text_input, *page.number_input, *page.selectbox, *page.multiselect, *page.button_group)
    return next(one for one in every if one.label.startswith(label))


def save(page: AppTest) -> AppTest:
    return page.button(key="target-form-save").click().run()


def terms_of(target):
    return {name: getattr(target, name) for name in TargetTerms.__dataclass_fields__}


def test_a_new_target_begins_at_the_rate_for_a_degree_and_a_half(person, monkeypatch):
    analyst = person("analyst")
    monkeypatch.setattr(access, "user_of", lambda _token: analyst)
    page = save(form())
    assert "Give the target a name" in text(page)
    field(page, "Name").set_value("Trucks")
    field(page, "Only these modes").set_value(["road"])
    save(page)
    assert not page.exception
    this_year = target_form.utc_now().year
    (kept,) = targets.list_for(access.database(), analyst)
    expected = TargetTerms("Trucks", "absolute", this_year - 1, 4.2, this_year + 5, None, (), ("road",))
    assert terms_of(kept) == terms_of(expected)


def test_a_target_is_changed_to_a_rate_and_a_base_of_ones_own(person, monkeypatch):
    analyst = person("analyst")
    monkeypatch.setattr(access, "user_of", lambda _token: analyst)
    page = form(targets.add(access.database(), analyst, TERMS))
    assert field(page, "Base year's value, t CO2e").value == 10_000.0
    field(page, "Reduction a year").set_value("Own rate").run()
    field(page, "Own rate").set_value(6.0)
    field(page, "Base year's value").set_value(8_000.0).run()
    assert "6 % of 2025 less each year until 2030, 30 % in all" in text(page)
    save(page)
    (kept,) = targets.list_for(access.database(), analyst)
    assert terms_of(kept) == terms_of(replace(TERMS, yearly_pct=6.0, base_value=8e6))


def test_years_that_do_not_fit_are_refused_in_a_sentence(person, monkeypatch):
    analyst = person("analyst")
    monkeypatch.setattr(access, "user_of", lambda _token: analyst)
    page = form(targets.add(access.database(), analyst, TERMS))
    field(page, "Target year").set_value(2024)
    save(page)
    assert "The target year 2024 is not after the base year 2025" in text(page)
    assert targets.list_for(access.database(), analyst)[0].target_year == 2030


def test_removing_asks_first_and_holds(shipments, person, monkeypatch, known_year):
    analyst = person("analyst")
    kept = targets.add(access.database(), analyst, TERMS)
    page = opened(monkeypatch, shipments, analyst)
    page.button(key=f"target-drop-yes-{kept.target_id}").click().run()
    assert not page.exception
    assert "No target yet" in text(page)


def test_who_lost_the_right_meanwhile_is_told(shipments, person, monkeypatch, known_year):
    analyst = person("analyst")
    kept = targets.add(access.database(), analyst, TERMS)
    page = opened(monkeypatch, shipments, analyst)
    monkeypatch.setattr(access, "user_of", lambda _token: replace(analyst, role="viewer"))
    page.button(key=f"target-drop-yes-{kept.target_id}").click().run()
    assert "You may not set targets" in text(page)
    assert len(targets.list_for(access.database(), analyst)) == 1


def test_a_chart_of_the_year_gets_the_target_about_the_same_legs(shipments, person, known_year):
    analyst, db = person("analyst"), access.database()
    targets.add(db, analyst, replace(TERMS, name="By intensity", kind="intensity", base_value=50.0))
    targets.add(db, analyst, TERMS)
    targets.add(db, analyst, replace(TERMS, name="Air", modes=("air",)))
    here = visit(shipments, analyst)
    assert target_section.pick(here, Filters()).target.name == "Company"
    assert target_section.pick(here, Filters(start=YEARS.first, end=YEARS.last)).target.name == "Company"
    assert target_section.pick(here, Filters(modes=("air",))).target.name == "Air"
    for other in (
        Filters(modes=("sea",)),
        Filters(suppliers=("ACME",)),
        Filters(origin_countries=("DE",)),
        Filters(lanes=("a → b",)),
    ):
        assert target_section.pick(here, other) is None
    carrier = visit(shipments, person("supplier", supplier_ids={"ACME"}))
    assert target_section.pick(carrier, Filters()) is None
