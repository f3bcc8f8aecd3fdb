"""The warehouse of this process, opened once, for the server and for every page."""

from __future__ import annotations

import threading

from data_access.store import Store

__all__ = ["close_warehouse", "warehouse"]

_opening = threading.Lock()
_opened: list[Store] = []


def warehouse() -> Store:
    """The process-wide store: one, so that its writers queue up; the first call opens it.

    Raises
    ------
    data_access.errors.StoreError
        When it cannot be opened; the next call tries again.
    """
    with _opening:
        if not _opened:
            _opened.append(Store.open())
        return _opened[0]


def close_warehouse() -> None:
    with _opening:
        while _opened:
            _opened.pop().close()
