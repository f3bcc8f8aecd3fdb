"""Bell and alerts panel run for real: who sees what, what the buttons do, and what is refused."""

from __future__ import annotations

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

import access
from access import User, audit, users
from data_access import opened
from reporting.alerts import Terms, channels, evaluation, history, rules
from ui import bell

PASSWORD = "quiet harbour crane 47"
LONG_AGO = datetime(2026, 3, 2, 12, 0)
TERMS = Terms("Too much", "emissions_kg", "above", 50_000.0)


@pytest.fixture(autouse=True)
def warehouse(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"duckdb:///{tmp_path / 'warehouse.duckdb'}")
    opened.close_warehouse()
    bell.forget()
    yield opened.warehouse()
    opened.close_warehouse()


@pytest.fixture
def signed_in(monkeypatch):
    """Signs a new user of a role in, and returns them."""

    def sign_in(role: str) -> User:
        more = {"supplier_ids": ("ACME",)} if role == "supplier" else {}
        user = users.create(
            access.database(), f"{role}@example.com", role, role, PASSWORD, rounds=4, now=LONG_AGO, **more
        )
        monkeypatch.setattr(access, "user_of", lambda _token: user)
        return user

    return sign_in


def panel() -> AppTest:
    def script() -> None:
        from ui import alert_rules, shell

        alert_rules.show(shell.guard("live"))

    return AppTest.from_function(script, default_timeout=60).run()


def rule_form(number: int | None = None) -> AppTest:
    """The form as its dialog shows it: a rerun of AppTest, other than a browser's, would close the dialog."""

    def script(number: int | None) -> None:
        import access
        from reporting.alerts import rules
        from ui import acts, alert_form

        acts.told()
        found = rules.every_rule(access.database())
        alert_form.form(None if number is None else found[number], {"ACME": "Acme Ltd"})

    return AppTest.from_function(script, args=(number,), default_timeout=60).run()


def channel_form() -> AppTest:
    def script() -> None:
        from ui import alert_channels

        alert_channels.form(None)

    return AppTest.from_function(script, default_timeout=60).run()


def words(page: AppTest) -> str:
    shown = (*page.markdown, *page.caption, *page.text, *page.info, *page.warning, *page.error, *page.toast)
    return " ".join(str(one.value) for one in shown).replace("\\", "")


def button(page: AppTest, label: str, number: int = 0):
    return [one for one in page.button if one.label == label][number]


def labels(page: AppTest) -> set[str]:
    return {one.label for one in page.button}


def fire(value_kg: float = 62_000.0) -> None:
    evaluation.evaluate(access.database(), lambda _rule: value_kg, datetime(2026, 3, 3, 9, 5))


def test_a_rule_is_created_with_its_defaults_and_named_after_what_it_watches(signed_in):
    signed_in("analyst")
    page = rule_form()
    assert not page.exception
    sentence = "Emissions above 50 t CO2e within 24 h, at most one alert in 6 h"
    assert sentence in words(page)
    button(page, "Create rule").click().run()
    (rule,) = rules.every_rule(access.database())
    assert rule.terms == Terms("Emissions above 50 t CO2e within 24 h", "emissions_kg", "above", 50_000.0)
    assert "Created" in words(page)
    assert sentence in words(panel())
    assert audit.entries(access.database())["action"].tolist() == ["created_alert_rule"]


def test_thresholds_are_entered_in_the_unit_that_people_use(signed_in):
    signed_in("manager")
    page = rule_form()
    page.selectbox[0].select("late_share").run()
    assert [one.label for one in page.number_input] == ["Threshold, %", "Within, hours"]
    page.number_input[0].set_value(12.5).run()
    assert "Share of late arrivals above 12.5 % within 24 h" in words(page)
    page.text_input[0].set_value("Late").run()
    button(page, "Create rule").click().run()
    (rule,) = rules.every_rule(access.database())
    assert rule.terms.threshold == pytest.approx(0.125)


def test_a_rule_that_cannot_be_is_refused_with_what_to_change(signed_in):
    user = signed_in("analyst")
    rules.create(access.database(), user, TERMS)
    page = rule_form()
    page.text_input[0].set_value("Too much").run()
    button(page, "Create rule").click().run()
    assert "There is a rule called Too much already" in words(page)
    assert len(rules.every_rule(access.database())) == 1


def test_a_rule_is_edited_paused_and_deleted(signed_in):
    user = signed_in("analyst")
    rules.create(access.database(), user, TERMS)
    form = rule_form(0)
    assert form.text_input[0].value == "Too much"
    form.number_input[0].set_value(80.0).run()
    button(form, "Save").click().run()
    (rule,) = rules.every_rule(access.database())
    assert rule.terms.threshold == 80_000
    page = panel()
    button(page, "Pause").click().run()
    assert "Paused" in words(page)
    assert not rules.every_rule(access.database())[0].active
    button(page, "Resume").click().run()
    assert rules.every_rule(access.database())[0].active
    button(page, "Delete this rule").click().run()
    assert rules.every_rule(access.database()) == []
    assert not page.exception


def test_the_form_of_one_rule_never_shows_what_was_typed_for_another(signed_in):
    user = signed_in("analyst")
    rules.create(access.database(), user, TERMS)
    rules.create(access.database(), user, Terms("Silent", "data_age_hours", "above", 30.0))
    page = panel()
    button(page, "Edit", 1).click().run()
    page.text_input[0].set_value("half typed").run()
    button(page, "Edit", 0).click().run()
    assert page.text_input[0].value == "Silent"
    assert page.number_input[0].value == 30.0


@pytest.mark.parametrize(
    ("value_kg", "state"), [(62_000.0, "Firing"), (12_000.0, "OK"), (None, "No data to say it")]
)
def test_a_rule_says_how_it_stands(signed_in, value_kg, state):
    rules.create(access.database(), signed_in("analyst"), TERMS)
    fire(value_kg)
    page = panel()
    assert state in words(page)
    assert "None" not in words(page) and "nan" not in words(page).lower()


def test_a_viewer_reads_rules_and_history_and_changes_nothing(signed_in):
    rules.create(access.database(), signed_in("analyst"), TERMS)
    fire()
    signed_in("viewer")
    page = panel()
    assert "Too much" in words(page) and "Emissions are 62 t CO2e" in words(page)
    assert not labels(page) & {"New rule", "New channel", "Edit", "Pause", "Acknowledge", "Delete this rule"}


def test_a_supplier_sees_neither_bell_nor_panel_as_rules_are_over_all_data(signed_in):
    rules.create(access.database(), signed_in("analyst"), TERMS)
    fire()
    signed_in("supplier")
    page = panel()
    assert not page.exception
    assert "Too much" not in words(page) and "Rules" not in words(page)


def test_who_has_lost_the_permission_meanwhile_changes_nothing(signed_in, monkeypatch):
    user = signed_in("analyst")
    rules.create(access.database(), user, TERMS)
    page = panel()
    demoted = User(user.user_id, user.email, user.name, "viewer")
    monkeypatch.setattr(access, "user_of", lambda _token: demoted)
    button(page, "Pause").click().run()
    assert rules.every_rule(access.database())[0].active
    assert "Your role does not include managing alerts" in words(page)


def test_the_bell_counts_what_is_new_until_it_is_read(signed_in):
    rules.create(access.database(), signed_in("analyst"), TERMS)
    fire()
    signed_in("viewer")
    page = panel()
    assert "Emissions are 62 t CO2e: above 50 t CO2e within 24 h." in words(page)
    button(page, "Mark all as read").click().run()
    assert "Mark all as read" not in labels(page)


def test_an_alert_is_acknowledged_from_the_history_and_from_the_bell(signed_in):
    rules.create(access.database(), signed_in("analyst"), TERMS)
    fire()
    page = panel()
    assert len([one for one in page.button if one.label == "Acknowledge"]) == 2
    button(page, "Acknowledge").click().run()
    assert history.newest(access.database())[0].acknowledged_by == "analyst"
    assert "Acknowledge" not in labels(panel())


def test_a_channel_is_added_without_its_address_ever_being_shown(signed_in):
    signed_in("analyst")
    form = channel_form()
    form.text_input[0].set_value("Operations").run()
    form.text_input[1].set_value("ftp://somewhere").run()
    button(form, "Create channel").click().run()
    assert "Nothing can be sent to this address" in words(form)
    form.text_input[1].set_value("https://hooks.example.com/hidden-word").run()
    button(form, "Create channel").click().run()
    page = panel()
    assert "Operations" in words(page) and "https://hooks.example.com/…" in words(page)
    assert "hidden-word" not in words(page)
    button(page, "Edit").click().run()
    assert page.text_input[1].value == ""


def test_a_channel_that_fails_is_told_on_the_page_and_in_the_bell(signed_in):
    user = signed_in("analyst")
    channels.create(access.database(), user, "Operations", "json://127.0.0.1:1/hidden-word")
    page = panel()
    button(page, "Send a test").click().run()
    assert "The test did not go out: the connection was refused" in words(page)
    page = panel()
    assert "Channel Operations fails: the connection was refused" in words(page)
    assert "Fails: the connection was refused" in words(page)
    assert "hidden-word" not in words(page)


def test_a_database_that_fails_leaves_the_page_standing(signed_in, monkeypatch, caplog):
    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("secret detail")

    signed_in("analyst")
    monkeypatch.setattr(rules, "every_rule", broken)
    monkeypatch.setattr(history, "inbox", broken)
    page = panel()
    assert not page.exception
    assert "The bell could not be shown" in words(page) and "The alerts could not be shown" in words(page)
    assert "secret detail" not in words(page)
