"""A fresh app database a test, and users whose passwords are cheap to verify."""

from __future__ import annotations

import pytest

from access import users
from data_access.app_database import AppDatabase
from tests.unit.access.people import CHEAP, NOON, PASSWORD


@pytest.fixture
def db(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as database:
        yield database


@pytest.fixture
def add_user(db):
    def add(email="ann@example.com", role="analyst", **more):
        return users.create(db, email, "Ann", role, PASSWORD, rounds=CHEAP, now=NOON, **more)

    return add


@pytest.fixture
def ann(add_user):
    return add_user()
