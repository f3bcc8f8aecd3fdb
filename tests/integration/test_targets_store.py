"""Targets on both engines of the app database: who sets and reads them, what is refused and recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from access import audit, targets, users
from access.targets import Target, TargetRefused, TargetTerms
from data_access import Filters
from data_access.app_database import AppDatabase

NOON = datetime(2026, 3, 2, 12, 0)
TERMS = TargetTerms("Company", "absolute", 2025, 4.2, 2030)
PASSWORD = "quiet harbour crane 47"


@pytest.fixture(params=["sqlite", "postgres"])
def db(request, tmp_path):
    url = f"sqlite:///{tmp_path}/app.sqlite"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    with AppDatabase.open(url) as opened:
        yield opened


@pytest.fixture
def person(db):
    def add(role, **more):
        return users.create(db, f"{role}@example.com", role, role, PASSWORD, rounds=4, **more)

    return add


@pytest.fixture
def manager(person):
    return person("manager")


def test_a_target_comes_back_as_it_was_set_and_its_legs_are_filters(db, manager):
    terms = replace(TERMS, name=" Air \n only ", modes=("air", "air"), suppliers=("S2", "S1"), base_value=5e6)
    kept = targets.add(db, manager, terms, now=NOON)
    assert kept == Target(
        "Air only",
        "absolute",
        2025,
        4.2,
        2030,
        5e6,
        ("S1", "S2"),
        ("air",),
        kept.target_id,
        manager.email,
        NOON,
    )
    assert targets.list_for(db, manager) == (kept,)
    assert kept.filters == Filters(suppliers=("S1", "S2"), modes=("air",))


@pytest.mark.parametrize("role", ["administrator", "analyst", "manager"])
def test_who_may_set_targets_sets_changes_and_removes_them(db, person, role):
    user = person(role)
    kept = targets.add(db, user, TERMS, now=NOON)
    targets.change(
        db, user, kept.target_id, replace(TERMS, kind="intensity", yearly_pct=2.5, base_value=80.0)
    )
    (changed,) = targets.list_for(db, user)
    assert changed == replace(kept, kind="intensity", yearly_pct=2.5, base_value=80.0)
    targets.remove(db, user, kept.target_id)
    assert targets.list_for(db, user) == ()


def test_a_viewer_reads_and_a_supplier_does_neither(db, person, manager):
    kept = targets.add(db, manager, TERMS)
    viewer, carrier = person("viewer"), person("supplier", supplier_ids={"S1"})
    assert targets.list_for(db, viewer) == (kept,)
    for nobody in (carrier, None, replace(viewer, must_change_password=True)):
        assert targets.list_for(db, nobody) == ()
        assert not targets.may_read(nobody)
    for reader in (viewer, carrier, None, replace(manager, must_change_password=True)):
        assert not targets.may_set(reader)
        for act in (
            lambda u: targets.add(db, u, replace(TERMS, name="Another")),
            lambda u: targets.change(db, u, kept.target_id, TERMS),
            lambda u: targets.remove(db, u, kept.target_id),
        ):
            with pytest.raises(TargetRefused, match="ask an analyst, a manager"):
                act(reader)
    assert targets.list_for(db, manager) == (kept,)


def test_targets_stand_in_the_order_in_which_they_were_set(db, manager):
    for hour, name in enumerate(("Zinc", "Air", "Mill")):
        targets.add(db, manager, replace(TERMS, name=name), now=NOON + timedelta(hours=hour))
    assert [one.name for one in targets.list_for(db, manager)] == ["Zinc", "Air", "Mill"]


def test_a_name_is_taken_once_for_the_company(db, manager, person):
    targets.add(db, manager, TERMS)
    other = targets.add(db, person("analyst"), replace(TERMS, name="Other"))
    with pytest.raises(TargetRefused, match="called Company already: take another name"):
        targets.add(db, manager, TERMS)
    with pytest.raises(TargetRefused, match="called Company already"):
        targets.change(db, manager, other.target_id, TERMS)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "  "}, "Give the target a name"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"kind": "other"}, "emissions or about intensity"),
        ({"base_year": 2027}, "base year from 1990 to 2026"),
        ({"base_year": 1989}, "base year from 1990 to 2026"),
        ({"target_year": 2025}, "2025 is not after the base year 2025"),
        ({"target_year": 2101}, "at most 2100"),
        ({"yearly_pct": 0.0}, "above 0 %"),
        ({"yearly_pct": -4.2}, "above 0 %"),
        ({"yearly_pct": 100.1}, "at most 100 %"),
        ({"yearly_pct": float("nan")}, "above 0 %"),
        ({"base_value": 0.0}, "nothing can be reduced from 0"),
        ({"base_value": float("inf")}, "above 0"),
        ({"modes": ("rocket",)}, "Unknown mode rocket"),
    ],
)
def test_terms_that_are_no_target_are_refused_in_a_sentence(db, manager, wrong, said):
    with pytest.raises(TargetRefused, match=said):
        targets.add(db, manager, replace(TERMS, **wrong), now=NOON)
    kept = targets.add(db, manager, TERMS, now=NOON)
    with pytest.raises(TargetRefused, match=said):
        targets.change(db, manager, kept.target_id, replace(TERMS, **wrong), now=NOON)
    assert targets.list_for(db, manager) == (kept,)


def test_one_that_is_gone_cannot_be_changed_or_removed(db, manager):
    kept = targets.add(db, manager, TERMS)
    targets.remove(db, manager, kept.target_id)
    for act in (lambda i: targets.remove(db, manager, i), lambda i: targets.change(db, manager, i, TERMS)):
        with pytest.raises(TargetRefused, match="somebody has removed it"):
            act(kept.target_id)


def test_every_change_is_on_record_with_the_terms_before_and_after(db, manager):
    kept = targets.add(db, manager, TERMS, now=NOON)
    targets.change(db, manager, kept.target_id, replace(TERMS, yearly_pct=2.5), now=NOON)
    targets.remove(db, manager, kept.target_id, now=NOON)
    with pytest.raises(TargetRefused):
        targets.add(db, manager, replace(TERMS, name=""))
    log = audit.entries(db)
    assert log["action"].tolist() == ["removed_target", "changed_target", "added_target"]
    assert set(log["target"]) == {"Company"}
    assert set(log["email"]) == {manager.email}
    changed = log["details"].iloc[1]
    assert (changed["before"]["yearly_pct"], changed["after"]["yearly_pct"]) == (4.2, 2.5)
    assert log["details"].iloc[0]["yearly_pct"] == 2.5
