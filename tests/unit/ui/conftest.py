"""An app database for each test of a page, so that none of them opens the one of this checkout."""

from __future__ import annotations

import shutil

import pytest

from access import opened
from data_access.app_database import AppDatabase


@pytest.fixture(scope="session")
def empty_app_database(tmp_path_factory):
    file = tmp_path_factory.mktemp("app") / "app.sqlite"
    AppDatabase.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture(autouse=True)
def own_app_database(tmp_path, monkeypatch, empty_app_database):
    file = tmp_path / "own-app.sqlite"
    shutil.copy(empty_app_database, file)
    monkeypatch.setenv("APP_DATABASE_URL", f"sqlite:///{file}")
    _close()
    yield
    _close()


def _close():
    while opened._opened:
        opened._opened.pop().close()
