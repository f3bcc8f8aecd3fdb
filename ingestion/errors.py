"""What can be wrong with an upload as a whole; each message is one sentence to show as it stands."""

from __future__ import annotations

__all__ = [
    "ImportCancelled",
    "IngestionError",
    "UnknownBatch",
    "UnknownPlace",
    "UnreadableFile",
    "UnusableMapping",
]


class IngestionError(Exception):
    """Base of every error that the way in raises on purpose."""


class UnreadableFile(IngestionError):
    """The file cannot be trusted as a table: its content, header or encoding is not what it should be."""


class UnusableMapping(IngestionError):
    """The columns of the file do not cover what an import needs, or the mapping names unknown ones."""


class UnknownPlace(IngestionError):
    """An alias points to a place that cannot be found either."""


class UnknownBatch(IngestionError):
    """The import to undo is not there."""


class ImportCancelled(IngestionError):
    """The user stopped the import: nothing of it was written."""
