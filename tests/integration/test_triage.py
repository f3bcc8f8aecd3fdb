"""Decisions on findings: who may make them, what they leave behind, and that each has its audit entry."""

from __future__ import annotations

import pytest

from access import audit
from analytics import OverviewAnalytics
from data_access import Filters, Scope
from data_access.app_database import AppDatabase
from ingestion.scoring import score_all
from ingestion.triage import AnomalyKey, DecisionRefused, decide
from tests.findings import ANALYST, CARRIER, VIEWER, heavy, set_status, statuses, table
from tests.legs import put

ONE = AnomalyKey("S1", 1, "weight_in_lb")
TWO = AnomalyKey("S2", 1, "weight_in_lb")


@pytest.fixture
def app(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as opened:
        yield opened


@pytest.fixture
def found(store):
    """Three heavy trucks, the third by another supplier, all found."""
    put(store, {"weight_kg": 120_000.0}, {"weight_kg": 130_000.0},
        {"weight_kg": 140_000.0, "supplier_id": "Bolt"})  # fmt: skip
    score_all(store, scorer=heavy)
    return store


def flagged(store) -> int:
    return OverviewAnalytics(store).totals(Filters(), Scope.all()).flagged_legs


def test_a_dismissal_says_who_when_and_why_and_stops_counting(found, app):
    assert flagged(found) == 3
    assert decide(found, [ONE], "dismissed", note=" a full train ", user=ANALYST, audit_db=app) == 1
    row = table(found, "anomalies").set_index("shipment_id").loc["S1"]
    assert (row["status"], row["note"], row["decided_by"]) == ("dismissed", "a full train", "ann@example.com")
    assert row["decided_at"] >= row["found_at"]
    assert flagged(found) == 2
    entry = audit.entries(app).iloc[0]
    assert (entry["action"], entry["target"], entry["email"]) == (
        "dismissed_anomalies", "S1/1", "ann@example.com",
    )  # fmt: skip
    assert entry["details"] == {
        "findings": 1, "kinds": ["weight_in_lb"], "keys": [["S1", 1, "weight_in_lb"]], "note": "a full train",
    }  # fmt: skip


def test_what_was_dismissed_stays_so_after_scoring_again(found, app):
    decide(found, [ONE, TWO], "dismissed", note="known", user=ANALYST, audit_db=app)
    score_all(found, scorer=heavy)
    assert statuses(found)[ONE] == statuses(found)[TWO] == "dismissed"
    assert set(table(found, "anomalies")["note"].dropna()) == {"known"}


def test_confirmed_findings_still_count(found, app):
    assert decide(found, [ONE, TWO], "confirmed", user=ANALYST, audit_db=app) == 2
    assert flagged(found) == 3
    entry = audit.entries(app).iloc[0]
    assert (entry["action"], entry["target"], entry["details"]["findings"]) == (
        "confirmed_anomalies", None, 2,
    )  # fmt: skip


def test_opening_again_forgets_the_decision(found, app):
    before = table(found, "anomalies")
    decide(found, [ONE], "dismissed", note="no", user=ANALYST, audit_db=app)
    assert decide(found, [ONE], "open", user=ANALYST, audit_db=app) == 1
    assert table(found, "anomalies").equals(before)
    assert audit.entries(app)["action"].tolist() == ["reopened_anomalies", "dismissed_anomalies"]


def test_a_decision_that_changes_nothing_leaves_no_entry(found, app):
    assert decide(found, [ONE], "open", user=ANALYST, audit_db=app) == 0
    assert decide(found, [], "dismissed", user=ANALYST, audit_db=app) == 0
    assert decide(found, [ONE, ONE], "confirmed", user=ANALYST, audit_db=app) == 1
    assert decide(found, [ONE], "confirmed", user=ANALYST, audit_db=app) == 0
    assert len(audit.entries(app)) == 1


def test_a_fix_is_not_decided_by_hand_and_not_undone_by_a_decision(found, app):
    with pytest.raises(DecisionRefused, match="a fix sets it to fixed"):
        decide(found, [ONE], "fixed", user=ANALYST, audit_db=app)
    set_status(found, "S1", "weight_in_lb", "fixed")
    with pytest.raises(DecisionRefused, match="undo the fix"):
        decide(found, [ONE], "open", user=ANALYST, audit_db=app)
    assert decide(found, [ONE, TWO], "dismissed", user=ANALYST, audit_db=app) == 1
    assert (statuses(found)[ONE], statuses(found)[TWO]) == ("fixed", "dismissed")


@pytest.mark.parametrize("user", [VIEWER, CARRIER])
def test_who_may_not_correct_data_decides_nothing(found, app, user):
    with pytest.raises(DecisionRefused, match="ask an analyst"):
        decide(found, [ONE], "dismissed", user=user, audit_db=app)
    assert statuses(found)[ONE] == "open"
    assert audit.entries(app).empty


def test_findings_that_are_gone_are_named_as_such(found, app):
    with pytest.raises(DecisionRefused, match="not there any more"):
        decide(found, [AnomalyKey("S9", 1, "duplicate")], "dismissed", user=ANALYST, audit_db=app)


def test_a_note_has_an_end(found, app):
    with pytest.raises(DecisionRefused, match="2,001 characters"):
        decide(found, [ONE], "dismissed", note="x" * 2_001, user=ANALYST, audit_db=app)


def test_without_an_audit_entry_there_is_no_decision(found, app):
    app.close()
    with app._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE app_audit_log")
    with pytest.raises(Exception, match="audit"):
        decide(found, [ONE], "dismissed", user=ANALYST, audit_db=app)
    assert statuses(found)[ONE] == "open"


def test_a_note_with_quotes_is_a_value_not_sql(found, app):
    decide(found, [ONE], "dismissed", note="it's; DROP TABLE legs", user=ANALYST, audit_db=app)
    assert table(found, "anomalies")["note"].dropna().tolist() == ["it's; DROP TABLE legs"]
