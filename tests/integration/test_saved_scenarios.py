"""Scenarios that are kept, on both engines of the app database: whose they are, who may open them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from access import audit, saved_scenarios, users
from access.saved_scenarios import ScenarioNotOpen, ScenarioNotSaved
from data_access.app_database import AppDatabase

NOON = datetime(2026, 3, 2, 12, 0)
LEVERS = {"levers": [{"lever": "shift_mode", "from": "air", "to": "sea", "share_pct": 40.0}]}


@pytest.fixture(params=["sqlite", "postgres"])
def db(request, tmp_path):
    url = f"sqlite:///{tmp_path}/app.sqlite"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    with AppDatabase.open(url) as opened:
        yield opened


@pytest.fixture
def person(db):
    def add(name, role="analyst", **more):
        return users.create(db, f"{name}@example.com", name, role, "quiet harbour crane 47", rounds=4, **more)

    return add


@pytest.fixture
def ann(person):
    return person("ann")


@pytest.fixture
def bob(person):
    return person("bob", "viewer")


@pytest.fixture
def carrier(person):
    return person("carrier", "supplier", supplier_ids={"SUP-1"})


def actions(db):
    return audit.entries(db)["action"].tolist()[::-1]


def test_a_scenario_comes_back_as_it_was_kept(db, ann):
    kept = saved_scenarios.save(db, ann, "  Air to\n sea ", LEVERS, "?mode=Air", now=NOON)
    assert (kept.name, kept.definition, kept.query) == ("Air to sea", LEVERS, "?mode=Air")
    assert (kept.shared, kept.author, kept.created_at, kept.changed_at) == (False, "ann", NOON, NOON)
    assert saved_scenarios.opened(db, ann, kept.scenario_id) == kept
    assert saved_scenarios.list_for(db, ann) == (kept,)


def test_saving_it_again_changes_it_and_keeps_its_link(db, ann):
    first = saved_scenarios.save(db, ann, "Air to sea", LEVERS, now=NOON)
    later = NOON + timedelta(hours=1)
    saved_scenarios.share(db, ann, first.scenario_id, True)
    again = saved_scenarios.save(
        db, ann, "Less air", {"levers": []}, "?a=b", scenario_id=first.scenario_id, now=later
    )
    assert again == replace(
        first, name="Less air", definition={"levers": []}, query="?a=b", changed_at=later, shared=True
    )
    assert actions(db) == ["saved_scenario", "shared_scenario", "changed_scenario"]


def test_two_of_one_name_are_refused_for_one_person_and_not_for_two(db, ann, bob):
    saved_scenarios.save(db, ann, "Plan", LEVERS)
    with pytest.raises(ScenarioNotSaved, match=r"a scenario called Plan already: take another name"):
        saved_scenarios.save(db, ann, "Plan", LEVERS)
    other = saved_scenarios.save(db, ann, "Plan B", LEVERS)
    with pytest.raises(ScenarioNotSaved, match="already"):
        saved_scenarios.save(db, ann, "Plan", LEVERS, scenario_id=other.scenario_id)
    saved_scenarios.save(db, bob, "Plan", LEVERS)
    assert [one.name for one in saved_scenarios.list_for(db, ann)] == ["Plan", "Plan B"]


def test_a_private_scenario_of_another_looks_like_a_missing_one(db, ann, bob, person):
    root, kept = person("root", "administrator"), saved_scenarios.save(db, ann, "Plan", LEVERS)
    said = set()
    for user, which in ((bob, kept.scenario_id), (root, kept.scenario_id), (ann, "no-such-id")):
        for act in (
            lambda u, i: saved_scenarios.opened(db, u, i),
            lambda u, i: saved_scenarios.save(db, u, "Mine", LEVERS, scenario_id=i),
            lambda u, i: saved_scenarios.share(db, u, i, True),
            lambda u, i: saved_scenarios.remove(db, u, i),
        ):
            with pytest.raises(ScenarioNotOpen) as refusal:
                act(user, which)
            said.add(str(refusal.value))
    assert len(said) == 1
    assert saved_scenarios.list_for(db, bob) == ()
    assert saved_scenarios.opened(db, ann, kept.scenario_id) == kept


def test_a_shared_one_opens_for_who_sees_all_legs_and_for_no_supplier(db, ann, bob, carrier):
    kept = saved_scenarios.save(db, ann, "Plan", LEVERS)
    shared = saved_scenarios.share(db, ann, kept.scenario_id, True)
    assert shared == replace(kept, shared=True)
    assert saved_scenarios.opened(db, bob, kept.scenario_id) == shared
    assert saved_scenarios.list_for(db, bob) == (shared,)
    assert not saved_scenarios.may_change(bob, shared)
    for nobody in (carrier, None, replace(bob, must_change_password=True), replace(bob, role="other")):
        with pytest.raises(ScenarioNotOpen):
            saved_scenarios.opened(db, nobody, kept.scenario_id)
        assert saved_scenarios.list_for(db, nobody) == ()
    saved_scenarios.share(db, ann, kept.scenario_id, False)
    with pytest.raises(ScenarioNotOpen):
        saved_scenarios.opened(db, bob, kept.scenario_id)


def test_a_supplier_keeps_its_own(db, carrier):
    kept = saved_scenarios.save(db, carrier, "Ours", LEVERS)
    assert saved_scenarios.opened(db, carrier, kept.scenario_id) == kept
    assert saved_scenarios.may_change(carrier, kept)


def test_ones_own_stand_before_those_of_others(db, ann, bob):
    theirs = saved_scenarios.save(db, ann, "A plan", LEVERS)
    saved_scenarios.share(db, ann, theirs.scenario_id, True)
    saved_scenarios.save(db, bob, "zebra", LEVERS)
    saved_scenarios.save(db, bob, "Yak", LEVERS)
    found = saved_scenarios.list_for(db, bob)
    assert [(one.name, one.belongs_to(bob)) for one in found] == [
        ("Yak", True),
        ("zebra", True),
        ("A plan", False),
    ]


def test_people_change_and_remove_their_own_and_an_administrator_removes_shared_ones(db, ann, bob, person):
    root = person("root", "administrator")
    kept = saved_scenarios.save(db, ann, "Plan", LEVERS)
    saved_scenarios.share(db, ann, kept.scenario_id, True)
    with pytest.raises(ScenarioNotSaved, match=r"ann saved this scenario: only they"):
        saved_scenarios.remove(db, bob, kept.scenario_id)
    for another in (bob, root):
        with pytest.raises(ScenarioNotOpen):
            saved_scenarios.save(db, another, "Mine", LEVERS, scenario_id=kept.scenario_id)
        with pytest.raises(ScenarioNotOpen):
            saved_scenarios.share(db, another, kept.scenario_id, False)
    saved_scenarios.remove(db, root, kept.scenario_id)
    with pytest.raises(ScenarioNotOpen):
        saved_scenarios.opened(db, ann, kept.scenario_id)
    assert actions(db)[-1] == "removed_scenario"


@pytest.mark.parametrize(
    ("name", "definition", "query", "said"),
    [
        (" \n ", LEVERS, "", "Give the scenario a name"),
        ("x" * 81, LEVERS, "", "at most 80 characters"),
        ("a\x00b", LEVERS, "", "in one line"),
        ("Plan", {"x": float("nan")}, "", "cannot be written down"),
        ("Plan", {"x": object()}, "", "cannot be written down"),
        ("Plan", {"x": "y" * 70_000}, "", "too large"),
        ("Plan", LEVERS, "y" * 4_001, "too large"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_sentence(db, ann, name, definition, query, said):
    with pytest.raises(ScenarioNotSaved, match=said):
        saved_scenarios.save(db, ann, name, definition, query)
    assert saved_scenarios.list_for(db, ann) == ()
    assert actions(db) == []


def test_nobody_keeps_more_than_there_is_room_for(db, ann, monkeypatch):
    monkeypatch.setattr(saved_scenarios, "MOST_A_USER", 2)
    for name in ("one", "two"):
        last = saved_scenarios.save(db, ann, name, LEVERS)
    with pytest.raises(ScenarioNotSaved, match="remove one first"):
        saved_scenarios.save(db, ann, "three", LEVERS)
    saved_scenarios.save(db, ann, "renamed", LEVERS, scenario_id=last.scenario_id)


@pytest.mark.parametrize("change", [{"must_change_password": True}, {"role": "unknown"}])
def test_who_may_not_keep_views_keeps_no_scenarios(db, ann, change):
    for user in (replace(ann, **change), None):
        with pytest.raises(ScenarioNotSaved, match="may not keep"):
            saved_scenarios.save(db, user, "Plan", LEVERS)


def test_sharing_what_is_shared_is_not_on_record_twice(db, ann):
    kept = saved_scenarios.save(db, ann, "Plan", LEVERS)
    for shared in (True, True, False, False):
        saved_scenarios.share(db, ann, kept.scenario_id, shared)
    assert actions(db) == ["saved_scenario", "shared_scenario", "unshared_scenario"]
