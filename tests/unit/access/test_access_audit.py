from __future__ import annotations

import pytest

from access import audit, reset_password, sign_in, users
from access.errors import TooManyAttempts, WrongCredentials
from data_access.app_database import AppDatabase
from tests.unit.access.people import NOON


def test_entries_say_who_did_what_newest_first(db, ann):
    audit.record(db, ann, "imported_file", "batch-1", {"rows": 12}, now=NOON)
    audit.record(db, None, "reset_password", "ann@example.com", now=NOON)
    entries = audit.entries(db)
    assert list(entries["action"]) == ["reset_password", "imported_file"]
    first = entries.iloc[1]
    assert (first["email"], first["target"], first["details"]) == (ann.email, "batch-1", {"rows": 12})
    assert first["happened_at"] == NOON


def test_a_limit_keeps_the_newest(db, ann):
    for number in range(5):
        audit.record(db, ann, f"did_{number}")
    assert list(audit.entries(db, limit=2)["action"]) == ["did_4", "did_3"]


def test_an_empty_log_has_its_columns(db):
    assert list(audit.entries(db).columns) == [
        "entry_id",
        "happened_at",
        "user_id",
        "email",
        "action",
        "target",
        "details",
    ]


def test_the_console_resets_a_password_unlocks_the_account_and_leaves_a_trace(tmp_path, monkeypatch, capsys):
    url = f"sqlite:///{tmp_path}/console.sqlite"
    monkeypatch.setenv("APP_DATABASE_URL", url)
    with AppDatabase.open(url) as db:
        users.create(db, "ann@example.com", "Ann", "viewer", "quiet harbour crane 47", rounds=4)
        for _ in range(5):
            with pytest.raises(WrongCredentials):
                sign_in.authenticate(db, "ann@example.com", "wrong", "192.0.2.1")
        with pytest.raises(TooManyAttempts):
            sign_in.authenticate(db, "ann@example.com", "wrong", "192.0.2.1")
        assert reset_password.main(["ann@example.com"]) == 0
        password = capsys.readouterr().out.split("One-time password")[-1].split()[0]
        signed_in = sign_in.authenticate(db, "ann@example.com", password, "192.0.2.1")
        assert signed_in.must_change_password
        assert list(audit.entries(db)["action"]) == ["reset_password"]
        assert password not in audit.entries(db).to_json()


def test_the_console_says_when_nobody_has_the_email(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("APP_DATABASE_URL", f"sqlite:///{tmp_path}/console.sqlite")
    assert reset_password.main(["nobody@example.com"]) == 1
    assert "nobody@example.com" in capsys.readouterr().err
