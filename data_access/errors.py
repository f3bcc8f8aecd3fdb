"""What can go wrong with the two databases, each error named and saying what to do."""

from __future__ import annotations

__all__ = [
    "NotAStore",
    "StoreConflict",
    "StoreError",
    "StoreLocked",
    "StoreTooNew",
    "StoreUnreachable",
    "UnknownMode",
    "UnsupportedUrl",
]


class StoreError(Exception):
    """Base of every error the warehouse or the app database raises on purpose."""


class StoreLocked(StoreError):
    """Another process holds the DuckDB file."""


class StoreTooNew(StoreError):
    """The store was written by a later release of this app."""


class NotAStore(StoreError):
    """The file or database exists, but it is not one of our warehouses."""


class StoreUnreachable(StoreError):
    """The server does not answer, or the file cannot be opened."""


class StoreConflict(StoreError):
    """Two writers met on the same rows; the write was retried and still lost."""


class UnsupportedUrl(StoreError):
    """DATABASE_URL names an engine that the app does not run on."""


class UnknownMode(ValueError):
    """A transport mode outside the six of the data model."""
