"""What an engine must offer the Store: Arrow out of a query, and one transaction at a time for writes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

import pyarrow as pa

__all__ = ["Connection", "Engine"]


class Connection(Protocol):
    """One open transaction. Not shared between threads."""

    def execute(self, sql: str, parameters: list[Any] | None = None) -> None: ...

    def arrow(self, sql: str, parameters: list[Any] | None = None) -> pa.Table: ...

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows that have all columns of the table, in its order."""

    def stage(self, name: str, rows: pa.Table) -> None:
        """Make `rows` readable as a table of that name, for this transaction only."""

    def unstage(self, name: str) -> None: ...


class Engine(Protocol):
    """DuckDB or Postgres. Errors come out as `data_access.errors`."""

    kind: str
    where: str

    def arrow(self, sql: str, parameters: list[Any] | None = None) -> pa.Table: ...

    def transaction(self) -> AbstractContextManager[Connection]:
        """Commit on leaving, roll back on any exception."""

    def close(self) -> None: ...
