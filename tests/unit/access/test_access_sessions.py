from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from access import sessions, users
from data_access import app_schema
from tests.unit.access.people import NOON

STEP = timedelta(seconds=1)


def test_a_token_names_its_user_and_is_256_random_bits(db, ann):
    tokens = {sessions.create(db, ann, now=NOON) for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) == 43 for token in tokens)  # 32 bytes in base64url without padding
    assert {sessions.user_of(token, db, now=NOON) for token in tokens} == {ann}


def test_the_database_never_holds_a_token(db, ann):
    token = sessions.create(db, ann, "192.0.2.1", now=NOON)
    with db.read() as connection:
        row = connection.execute(select(app_schema.sessions)).one()
    assert token not in str(row)


def test_the_stored_hash_is_no_key(db, ann):
    sessions.create(db, ann, now=NOON)
    with db.read() as connection:
        digest = connection.execute(select(app_schema.sessions.c.token_sha256)).scalar_one()
    assert sessions.user_of(digest, db, now=NOON) is None


def test_a_session_ends_after_two_idle_hours(db, ann):
    token = sessions.create(db, ann, now=NOON)
    assert sessions.user_of(token, db, now=NOON + sessions.IDLE - STEP) == ann
    late = NOON + sessions.IDLE - STEP + sessions.IDLE
    assert sessions.user_of(token, db, now=late) is None


def test_a_session_in_use_still_ends_after_twelve_hours(db, ann):
    token = sessions.create(db, ann, now=NOON)
    for hour in range(1, 12):
        assert sessions.user_of(token, db, now=NOON + timedelta(hours=hour)) == ann
    assert sessions.user_of(token, db, now=NOON + sessions.LIFETIME - STEP) == ann
    assert sessions.user_of(token, db, now=NOON + sessions.LIFETIME) is None


def test_signing_out_takes_effect_at_once_and_only_for_this_session(db, ann):
    gone, kept = sessions.create(db, ann, now=NOON), sessions.create(db, ann, now=NOON)
    assert sessions.user_of(gone, db, now=NOON) == ann
    sessions.revoke(db, gone)
    assert sessions.user_of(gone, db, now=NOON) is None
    assert sessions.user_of(kept, db, now=NOON) == ann
    sessions.revoke_all(db, ann.user_id)
    assert sessions.user_of(kept, db, now=NOON) is None


def test_a_new_role_holds_from_the_next_question(db, ann, add_user):
    add_user("root@example.com", "administrator")
    token = sessions.create(db, ann, now=NOON)
    users.set_role(db, ann.user_id, "supplier", ["S1"])
    found = sessions.user_of(token, db, now=NOON)
    assert (found.role, found.supplier_ids) == ("supplier", frozenset({"S1"}))


def test_expired_sessions_are_cleared_away_by_the_next_sign_in(db, ann):
    sessions.create(db, ann, now=NOON)
    sessions.create(db, ann, now=NOON + timedelta(days=1))
    with db.read() as connection:
        assert len(connection.execute(select(app_schema.sessions)).all()) == 1


@pytest.mark.parametrize("token", [None, "", "x", "a" * 10_000])
def test_no_token_and_nonsense_name_nobody(db, ann, token):
    assert sessions.user_of(token, db, now=NOON) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.text())
def test_no_text_that_was_not_issued_names_anybody(db, token):
    assert sessions.user_of(token, db, now=NOON) is None
