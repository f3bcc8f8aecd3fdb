from __future__ import annotations

import threading
from datetime import timedelta

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from access import lockout, passwords, sessions, sign_in, users
from access.errors import TooManyAttempts, WeakPassword, WrongCredentials
from data_access import app_schema
from tests.unit.access.people import CHEAP, NOON, PASSWORD

HOME = "192.0.2.7"


@pytest.fixture(autouse=True)
def cheap_dummy(monkeypatch):
    monkeypatch.setattr(
        passwords, "DUMMY_HASH", bcrypt.hashpw(b"thrown away", bcrypt.gensalt(CHEAP)).decode()
    )


def fail(db, times, *, email="ann@example.com", address=HOME, now=NOON):
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            sign_in.authenticate(db, email, "wrong", address, now=now)


def test_the_right_password_signs_in_and_the_moment_is_kept(db, ann):
    assert sign_in.authenticate(db, " Ann@Example.com", PASSWORD, HOME, now=NOON) == ann
    with db.read() as connection:
        assert connection.execute(select(app_schema.users.c.signed_in_at)).scalar_one() == NOON


def test_unknown_wrong_and_shut_accounts_get_the_same_sentence(db, ann, add_user):
    add_user("root@example.com", "administrator")
    shut = add_user("shut@example.com")
    users.set_active(db, shut.user_id, False)
    sentences = set()
    for email, password in (
        ("nobody@example.com", PASSWORD),
        ("ann@example.com", "wrong"),
        ("shut@example.com", PASSWORD),
        ("ann@example.com", "x" * 500),
    ):
        with pytest.raises(WrongCredentials) as refusal:
            sign_in.authenticate(db, email, password, HOME, now=NOON)
        sentences.add(str(refusal.value))
    assert sentences == {"E-mail or password is wrong."}


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
def test_the_fifth_failure_locks_known_and_unknown_accounts_alike(db, ann, email):
    fail(db, 5, email=email)
    with pytest.raises(TooManyAttempts, match="Try again in 30 seconds") as refusal:
        sign_in.authenticate(db, email, PASSWORD, HOME, now=NOON)
    assert refusal.value.wait_s == 30


def test_the_lock_ends_by_itself_and_the_right_password_clears_it(db, ann):
    fail(db, 5)
    later = NOON + timedelta(seconds=31)
    assert sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=later) == ann
    fail(db, 4, now=later)
    assert sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=later) == ann


def test_each_failure_after_a_lock_doubles_the_next(db, ann):
    fail(db, 5)
    fail(db, 1, now=NOON + timedelta(seconds=31))
    with pytest.raises(TooManyAttempts, match="Try again in 1 minute"):
        sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=NOON + timedelta(seconds=31))


def test_attempts_during_a_lock_do_not_lengthen_it(db, ann):
    fail(db, 5)
    for second in range(30):
        with pytest.raises(TooManyAttempts):
            sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=NOON + timedelta(seconds=second))
    assert sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=NOON + timedelta(seconds=30)) == ann


def test_a_locked_account_locks_nobody_else_at_the_same_address(db, ann, add_user):
    bob = add_user("bob@example.com")
    fail(db, 5)
    assert sign_in.authenticate(db, bob.email, PASSWORD, HOME, now=NOON) == bob


def test_an_address_that_tries_many_accounts_is_locked_and_others_are_not(db, ann):
    for number in range(lockout.ADDRESS.free):
        fail(db, 1, email=f"user{number}@example.com")
    with pytest.raises(TooManyAttempts):
        sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=NOON)
    assert sign_in.authenticate(db, ann.email, PASSWORD, "198.51.100.9", now=NOON) == ann


def test_signing_in_oneself_does_not_wipe_the_guesses_from_that_address(db, ann):
    for number in range(lockout.ADDRESS.free - 1):
        fail(db, 1, email=f"user{number}@example.com")
    assert sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=NOON) == ann
    fail(db, 1, email="victim@example.com")
    with pytest.raises(TooManyAttempts):
        sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=NOON)


def test_one_ipv6_customer_is_one_client(db, ann):
    for number in range(lockout.ADDRESS.free):
        fail(db, 1, email=f"user{number}@example.com", address=f"2001:db8:1:2::{number:x}")
    with pytest.raises(TooManyAttempts):
        sign_in.authenticate(db, ann.email, PASSWORD, "2001:db8:1:2:ffff::1", now=NOON)
    assert sign_in.authenticate(db, ann.email, PASSWORD, "2001:db8:1:3::1", now=NOON) == ann


def test_an_hour_without_failures_starts_afresh(db, ann):
    fail(db, 4)
    fail(db, 4, now=NOON + timedelta(minutes=61))
    assert sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=NOON + timedelta(minutes=61)) == ann


def test_parallel_guesses_meet_the_lock_too(db, ann):
    outcomes = []

    def guess():
        try:
            sign_in.authenticate(db, ann.email, "wrong", HOME, now=NOON)
        except (WrongCredentials, TooManyAttempts) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["TooManyAttempts"] * 7 + ["WrongCredentials"] * 5


def test_neither_emails_nor_passwords_stand_in_the_attempts(db):
    fail(db, 1, email="my secret typed into the wrong field")
    with db.read() as connection:
        assert "secret" not in str(connection.execute(select(app_schema.sign_in_attempts)).all())


@given(st.integers(0, 200))
def test_the_wait_never_shrinks_never_ends_beyond_its_limit_and_spares_the_first_failures(failures):
    wait = lockout.wait_after(lockout.ACCOUNT, failures)
    assert wait <= lockout.wait_after(lockout.ACCOUNT, failures + 1) <= lockout.ACCOUNT.longest
    assert (wait == timedelta(0)) == (failures < lockout.ACCOUNT.free)


def test_the_wait_doubles_from_half_a_minute_to_a_quarter_of_an_hour():
    waits = [lockout.wait_after(lockout.ACCOUNT, failures).total_seconds() for failures in range(4, 12)]
    assert waits == [0, 30, 60, 120, 240, 480, 900, 900]


def test_changing_the_password_needs_the_current_one_and_ends_the_sessions(db, ann):
    token = sessions.create(db, ann, now=NOON)
    new = "another harbour crane 48"
    with pytest.raises(WrongCredentials, match="current password"):
        sign_in.change_password(db, ann, "wrong", new, HOME, rounds=CHEAP, now=NOON)
    assert sessions.user_of(token, db, now=NOON) == ann
    sign_in.change_password(db, ann, PASSWORD, new, HOME, rounds=CHEAP, now=NOON)
    assert sessions.user_of(token, db, now=NOON) is None
    assert sign_in.authenticate(db, ann.email, new, HOME, now=NOON) == ann
    fail(db, 1)


def test_a_new_password_may_be_neither_weak_nor_the_current_one(db, ann):
    for new in ("short", PASSWORD):
        with pytest.raises(WeakPassword):
            sign_in.change_password(db, ann, PASSWORD, new, HOME, rounds=CHEAP, now=NOON)
    assert sign_in.authenticate(db, ann.email, PASSWORD, HOME, now=NOON) == ann


def test_choosing_a_password_lifts_the_duty_to_change_it(db, add_user):
    fresh = add_user(must_change_password=True)
    sign_in.change_password(db, fresh, PASSWORD, "another harbour crane 48", HOME, rounds=CHEAP, now=NOON)
    assert not users.by_id(db, fresh.user_id).must_change_password


def test_guessing_the_current_password_from_a_stolen_session_is_locked_out(db, ann):
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            sign_in.change_password(
                db, ann, "wrong", "another harbour crane 48", HOME, rounds=CHEAP, now=NOON
            )
    with pytest.raises(TooManyAttempts):
        sign_in.change_password(db, ann, PASSWORD, "another harbour crane 48", HOME, rounds=CHEAP, now=NOON)
