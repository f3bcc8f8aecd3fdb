"""The app database of this process, opened once, for the server and for every page."""

from __future__ import annotations

import threading

from data_access.app_database import AppDatabase

__all__ = ["database"]

_opening = threading.Lock()
_opened: list[AppDatabase] = []


def database() -> AppDatabase:
    """The process-wide app database; the first call opens it (and migrates it).

    Raises
    ------
    data_access.errors.StoreError
        When it cannot be opened; the next call tries again.
    """
    with _opening:
        if not _opened:
            _opened.append(AppDatabase.open())
        return _opened[0]
