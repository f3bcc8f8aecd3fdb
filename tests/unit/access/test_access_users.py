from __future__ import annotations

from datetime import timedelta

import pytest

from access import errors, sessions, users
from tests.unit.access.people import CHEAP, NOON, PASSWORD


def test_a_created_user_is_found_by_any_spelling_of_the_email(db, ann):
    assert users.by_email(db, "  ANN@Example.COM ") == ann
    assert users.by_id(db, ann.user_id) == ann
    assert users.everyone(db) == [ann]


def test_two_users_cannot_share_an_email(db, ann):
    with pytest.raises(errors.EmailTaken, match="a user already"):
        users.create(db, "Ann@EXAMPLE.com", "Other", "viewer", PASSWORD, rounds=CHEAP)
    assert len(users.everyone(db)) == 1


@pytest.mark.parametrize(
    "email", ["", "ann", "@example.com", "ann@", "a b@example.com", "a\n@x.com", "a" * 255]
)
def test_what_is_no_email_is_refused(db, email):
    with pytest.raises(errors.InvalidUser, match="no e-mail address"):
        users.create(db, email, "Ann", "viewer", PASSWORD, rounds=CHEAP)


def test_an_unknown_role_is_refused_and_only_suppliers_are_limited_to_suppliers(db):
    with pytest.raises(errors.InvalidUser, match="Unknown role 'owner'"):
        users.create(db, "a@example.com", "A", "owner", PASSWORD, rounds=CHEAP)
    with pytest.raises(errors.InvalidUser, match="Only the role supplier"):
        users.create(db, "a@example.com", "A", "viewer", PASSWORD, supplier_ids=["S1"], rounds=CHEAP)


def test_a_supplier_keeps_its_supplier_ids(db, add_user):
    add_user("s@example.com", "supplier", supplier_ids=["S2", "S1"])
    assert users.by_email(db, "s@example.com").supplier_ids == frozenset({"S1", "S2"})


def test_the_first_administrator_is_created_once_and_must_change_the_password(db):
    password = users.create_first_administrator(db, "admin@localhost")
    assert len(password) >= 12
    created = users.by_email(db, "admin@localhost")
    assert (created.role, created.must_change_password) == ("administrator", True)
    assert users.create_first_administrator(db, "second@localhost") is None
    assert len(users.everyone(db)) == 1


def test_no_first_administrator_where_any_user_exists(db, ann):
    assert users.create_first_administrator(db, "admin@localhost") is None


def test_a_new_password_ends_every_session_of_this_user_and_of_nobody_else(db, ann, add_user):
    bob = add_user("bob@example.com")
    tokens = [sessions.create(db, ann, now=NOON) for _ in range(2)]
    other = sessions.create(db, bob, now=NOON)
    users.set_password(db, ann.user_id, "another harbour crane 48", rounds=CHEAP, now=NOON)
    assert [sessions.user_of(token, db, now=NOON) for token in tokens] == [None, None]
    assert sessions.user_of(other, db, now=NOON) == bob


def test_a_reset_password_must_be_changed(db, ann):
    assert users.reset_password(db, "ANN@example.com") != users.reset_password(db, "ann@example.com")
    assert users.by_id(db, ann.user_id).must_change_password
    with pytest.raises(errors.UnknownUser, match=r"nobody@example\.com"):
        users.reset_password(db, "nobody@example.com")


def test_the_last_administrator_can_neither_be_demoted_nor_shut_out(db, add_user):
    only = add_user("root@example.com", "administrator")
    with pytest.raises(errors.LastAdministrator):
        users.set_role(db, only.user_id, "viewer")
    with pytest.raises(errors.LastAdministrator):
        users.set_active(db, only.user_id, False)
    assert users.by_id(db, only.user_id) == only
    add_user("second@example.com", "administrator")
    users.set_role(db, only.user_id, "viewer")
    assert users.by_id(db, only.user_id).role == "viewer"


def test_a_shut_account_loses_its_sessions_at_once(db, ann, add_user):
    add_user("root@example.com", "administrator")
    token = sessions.create(db, ann, now=NOON)
    users.set_active(db, ann.user_id, False)
    assert sessions.user_of(token, db, now=NOON) is None
    users.set_active(db, ann.user_id, True)
    assert sessions.user_of(token, db, now=NOON + timedelta(seconds=1)) is None


def test_changing_a_user_who_is_gone_says_so(db):
    with pytest.raises(errors.UnknownUser):
        users.set_password(db, "0" * 32, PASSWORD, rounds=CHEAP)
