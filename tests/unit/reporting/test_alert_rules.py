"""What a rule may say, when it fires, and how it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import User, audit, users
from data_access.app_database import AppDatabase
from reporting.alerts import (
    NotAllowed,
    Rule,
    Terms,
    UnusableRule,
    channels,
    delivery,
    history,
    messages,
    rules,
)
from reporting.alerts.evaluation import Measurements, decide, evaluate, holds, state_of
from reporting.alerts.metrics import METRICS, value_of

NOON = datetime(2026, 3, 2, 12, 0)
TERMS = Terms("Too much", "emissions_kg", "above", 50_000.0)
ANN = User("u1", "ann@example.com", "Ann", "analyst")


@pytest.fixture
def db(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as opened:
        yield opened


def figures(**changes):
    """A window of 100 t CO2e, 5 t of them with an anomaly."""
    now = {
        "shipments": 40,
        "legs": 50,
        "wtw_kg": 100_000.0,
        "tonne_km": 1_250_000.0,
        "intensity_g_per_tkm": 80.0,
        "by_mode": pd.DataFrame(),
        "anomalies_detected": 3,
        "flagged_kg": 5_000.0,
        "late_share": 0.25,
    }
    age = changes.pop("age_hours", 2.5)
    return SimpleNamespace(
        current=SimpleNamespace(**{**now, **changes}), freshness=SimpleNamespace(age_hours=age)
    )


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("emissions_kg", 100_000.0),
        ("intensity_g_per_tkm", 80.0),
        ("shipments", 40.0),
        ("anomaly_share", 0.05),
        ("anomalies", 3.0),
        ("late_share", 0.25),
        ("data_age_hours", 2.5),
    ],
)
def test_each_metric_reads_its_figure_in_its_stored_unit(metric, value):
    assert value_of(metric, figures()) == value


def test_every_metric_has_a_value():
    assert all(value_of(metric, figures()) is not None for metric in METRICS)


def test_an_empty_window_has_no_emissions_but_no_intensity_and_no_share_either():
    empty = figures(shipments=0, wtw_kg=0.0, flagged_kg=0.0, intensity_g_per_tkm=None, late_share=None)
    assert value_of("emissions_kg", empty) == value_of("shipments", empty) == 0
    for metric in ("intensity_g_per_tkm", "anomaly_share", "late_share"):
        assert value_of(metric, empty) is None


def test_without_any_departure_nothing_is_known():
    nothing = figures(shipments=0, wtw_kg=0.0, age_hours=None)
    assert all(value_of(metric, nothing) is None for metric in METRICS)


def test_rules_over_the_same_legs_share_a_look():
    asked = []

    class Source:
        def get_real_time_metrics(self, hours_back, *, filters, scope, now):
            asked.append((hours_back, filters.modes, scope.supplier_ids, now))
            return figures()

    measure = Measurements(Source(), NOON)
    for metric in ("emissions_kg", "shipments", "late_share"):
        measure(Rule("r", replace(TERMS, metric=metric)))
    measure(Rule("r", replace(TERMS, modes=("air",))))
    measure(Rule("r", replace(TERMS, metric="data_age_hours", window_hours=500)))
    assert asked == [(24, (), None, NOON), (24, ("air",), None, NOON), (1, (), None, NOON)]


thresholds = st.floats(0, 1e12)


@given(thresholds, thresholds)
def test_above_and_below_never_hold_at_once_and_equality_fires_neither(threshold, value):
    above = Rule("r", replace(TERMS, threshold=threshold))
    below = Rule("r", replace(TERMS, threshold=threshold, comparison="below"))
    assert holds(above, value) + holds(below, value) == (value != threshold)
    assert not holds(above, None) and not holds(below, None)


@given(st.integers(1, 50_000), st.lists(st.integers(1, 2_000), max_size=30))
def test_two_alerts_are_never_closer_than_the_cooldown_and_none_is_missed_after_it(cooldown, steps):
    rule, fired, now = Rule("r", replace(TERMS, cooldown_minutes=cooldown)), [], NOON
    for minutes in steps:
        now += timedelta(minutes=minutes)
        if decide(rule, 60_000.0, now):
            fired.append(now)
            rule = replace(rule, last_fired_at=now)
        else:
            assert now - fired[-1] < timedelta(minutes=cooldown)
    gaps = [later - earlier for earlier, later in pairwise(fired)]
    assert all(gap >= timedelta(minutes=cooldown) for gap in gaps)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"active": False, "last_value": 60_000.0}, "paused"),
        ({"last_evaluated_at": None}, "waiting"),
        ({"last_error": "The warehouse is locked."}, "unknown"),
        ({"last_value": None}, "no data"),
        ({"last_value": 60_000.0}, "firing"),
        ({"last_value": 50_000.0}, "ok"),
    ],
)
def test_a_rule_is_in_one_state(changes, state):
    assert state_of(replace(Rule("r", TERMS, last_evaluated_at=NOON), **changes)) == state


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "  "}, "Give the rule a name."),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"name": "two\nlines"}, "in one line"),
        ({"metric": "vibes"}, "Choose one of the metrics"),
        ({"comparison": "near"}, "above or below"),
        ({"threshold": -1.0}, "0 or more"),
        ({"threshold": float("nan")}, "0 or more"),
        ({"threshold": 0.0, "comparison": "below"}, "Nothing is ever below 0"),
        ({"metric": "late_share", "threshold": 1.01}, "at most 100 %"),
        ({"window_hours": 0}, "1 to 8,760 hours"),
        ({"window_hours": 8_761}, "1 to 8,760 hours"),
        ({"cooldown_minutes": 0}, "1 to 43,200 minutes"),
        ({"modes": ("rocket",)}, "Unknown mode rocket"),
    ],
)
def test_a_rule_that_cannot_be_says_what_to_change(db, changes, told):
    with pytest.raises(UnusableRule, match=told):
        rules.create(db, ANN, replace(TERMS, **changes))
    assert rules.every_rule(db) == []


def test_a_rule_comes_back_as_it_was_stored(db):
    terms = replace(TERMS, suppliers=("A", "B"), modes=("air",), cooldown_minutes=15, window_hours=6)
    rules.create(db, ANN, terms, now=NOON)
    (rule,) = rules.every_rule(db)
    assert (rule.terms, rule.created_by, rule.created_at) == (terms, "ann@example.com", NOON)


def test_two_rules_never_share_a_name(db):
    rules.create(db, ANN, TERMS)
    with pytest.raises(UnusableRule, match="There is a rule called Too much already"):
        rules.create(db, ANN, replace(TERMS, name=" Too much "))


def test_a_rule_that_asks_something_else_starts_anew_and_one_that_is_renamed_does_not(db):
    rule_id = rules.create(db, ANN, TERMS)
    evaluate(db, lambda _rule: 60_000.0, NOON)
    rules.change(db, ANN, rule_id, replace(TERMS, name="Far too much", cooldown_minutes=30))
    (rule,) = rules.every_rule(db)
    assert (rule.last_value, rule.last_fired_at) == (60_000.0, NOON)
    rules.change(db, ANN, rule_id, replace(TERMS, threshold=40_000.0))
    (rule,) = rules.every_rule(db)
    assert (rule.last_evaluated_at, rule.last_value, rule.last_fired_at) == (None, None, None)


def test_a_rule_that_was_changed_while_it_was_measured_does_not_fire_on_the_old_terms(db):
    rule_id = rules.create(db, ANN, TERMS)

    def measure(_rule):
        rules.change(db, ANN, rule_id, replace(TERMS, threshold=90_000.0))
        return 60_000.0

    assert evaluate(db, measure, NOON) == []
    assert rules.every_rule(db)[0].last_evaluated_at is None


def test_a_paused_rule_is_not_measured_and_goes_on_where_it_was(db):
    rule_id = rules.create(db, ANN, TERMS)
    rules.set_active(db, ANN, rule_id, active=False)

    def measure(_rule):
        raise AssertionError("a paused rule was measured")

    assert evaluate(db, measure, NOON) == []
    rules.set_active(db, ANN, rule_id, active=True)
    assert len(evaluate(db, lambda _rule: 60_000.0, NOON)) == 1


def test_a_rule_is_not_looked_at_twice_within_its_turn(db):
    rules.create(db, ANN, TERMS)
    looked = []
    for seconds in (0, 2, 8, 10):
        evaluate(db, looked.append, NOON + timedelta(seconds=seconds))
    assert len(looked) == 2


def test_what_is_managed_is_audited_by_whom(db):
    rule_id = rules.create(db, ANN, TERMS)
    rules.change(db, ANN, rule_id, replace(TERMS, threshold=1.0))
    rules.set_active(db, ANN, rule_id, active=False)
    rules.set_active(db, ANN, rule_id, active=True)
    (alert,) = evaluate(db, lambda _rule: 60_000.0, NOON)
    history.acknowledge(db, ANN, alert.alert_id)
    history.acknowledge(db, ANN, alert.alert_id)
    rules.remove(db, ANN, rule_id)
    found = audit.entries(db).iloc[::-1]
    assert found["action"].tolist() == [
        "created_alert_rule",
        "changed_alert_rule",
        "paused_alert_rule",
        "resumed_alert_rule",
        "acknowledged_alert",
        "deleted_alert_rule",
    ]
    assert set(found["email"]) == {"ann@example.com"} and set(found["target"]) == {"Too much"}
    assert found["details"].iloc[0]["threshold"] == 50_000.0


@pytest.mark.parametrize("role", ["viewer", "supplier", None])
def test_who_may_not_manage_alerts_changes_nothing(db, role):
    rule_id = rules.create(db, ANN, TERMS)
    channel = channels.create(db, ANN, "Operations", "json://127.0.0.1:1")
    (alert,) = evaluate(db, lambda _rule: 60_000.0, NOON)
    other = User("u2", "o@example.com", "O", role, frozenset({"S1"})) if role else None
    for attempt in (
        lambda: rules.create(db, other, replace(TERMS, name="Mine")),
        lambda: rules.change(db, other, rule_id, replace(TERMS, name="Mine")),
        lambda: rules.set_active(db, other, rule_id, active=False),
        lambda: rules.remove(db, other, rule_id),
        lambda: channels.create(db, other, "Mine", "json://127.0.0.1:1"),
        lambda: channels.change(db, other, channel, "Mine", "json://127.0.0.1:1"),
        lambda: channels.remove(db, other, channel),
        lambda: delivery.send_test(db, other, channel),
        lambda: history.acknowledge(db, other, alert.alert_id),
    ):
        with pytest.raises(NotAllowed, match="Ask an administrator"):
            attempt()
    assert [one.terms.name for one in rules.every_rule(db)] == ["Too much"]
    assert [one.name for one in channels.every_channel(db)] == ["Operations"]


def test_an_alert_that_a_user_has_acknowledged_keeps_the_first_name(db):
    rules.create(db, ANN, TERMS)
    (alert,) = evaluate(db, lambda _rule: 60_000.0, NOON)
    history.acknowledge(db, ANN, alert.alert_id, now=NOON)
    history.acknowledge(db, replace(ANN, name="Bob"), alert.alert_id, now=NOON + timedelta(hours=1))
    (kept,) = history.newest(db)
    assert (kept.acknowledged_by, kept.acknowledged_at) == ("Ann", NOON)


def test_what_was_read_by_a_user_who_is_gone_is_no_error(db):
    gone = users.User("nobody", "x@example.com", "X", "viewer")
    history.mark_read(db, gone, NOON)
    assert history.inbox(db, gone).unread == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Emissions above 50 t CO2e within 24 h, at most one alert in 6 h"),
        (
            {"modes": ("inland_waterway", "sea"), "suppliers": ("S1", "S9"), "window_hours": 168},
            "Emissions above 50 t CO2e within 7 days (inland waterway, sea; Acme, S9), "
            "at most one alert in 6 h",
        ),
        (
            {"metric": "late_share", "threshold": 0.125, "cooldown_minutes": 15},
            "Share of late arrivals above 12.5 % within 24 h, at most one alert in 15 min",
        ),
        (
            {"metric": "data_age_hours", "threshold": 36.0, "cooldown_minutes": 2_880},
            "Age of the data above 36 h, at most one alert in 2 days",
        ),
        (
            {"metric": "shipments", "threshold": 1_000.0, "comparison": "below"},
            "Shipments below 1,000 within 24 h, at most one alert in 6 h",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(changes, words):
    assert messages.sentence(replace(TERMS, **changes), {"S1": "Acme"}) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (62_100.0, "Emissions are 62.1 t CO2e: above 50 t CO2e within 24 h."),
        (50_001.0, "Emissions are 50.0 t CO2e: just above 50 t CO2e within 24 h."),
    ],
)
def test_an_alert_says_value_threshold_and_window(value, words):
    assert messages.fired(TERMS, value) == words


def test_a_message_leads_to_the_app(monkeypatch):
    monkeypatch.delenv("APP_URL", raising=False)
    monkeypatch.setenv("PORT", "8600")
    assert messages.message("Found.", NOON).endswith("Look into it: http://localhost:8600/live")
