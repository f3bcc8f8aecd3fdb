"""An import that runs beside the page: it says how far it is, and stops between two chunks when asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import access
from access import audit
from data_access.errors import StoreError
from ingestion import ImportResult, import_file
from ingestion.errors import IngestionError
from ui.job import Job

if TYPE_CHECKING:
    from data_access import Store

__all__ = ["ImportJob", "ImportOrder"]


@dataclass(frozen=True)
class ImportOrder:
    """What the user asked for. The file is kept, to be imported again with its places named."""

    file: Any
    name: str
    decimal: str = "."
    date_order: str | None = None
    aliases: dict[str, str] = field(default_factory=dict)


class ImportJob(Job[ImportResult]):
    """One import; cancelled, it leaves nothing behind."""

    what = "The import"
    expected = (IngestionError, StoreError)

    def __init__(self, order: ImportOrder, store: Store, user: access.User) -> None:
        super().__init__("Reading the file")
        self.order = order
        self._store = store
        self._user = user

    def work(self) -> ImportResult:
        self.order.file.seek(0)
        result = import_file(
            self._store,
            self.order.file,
            aliases=self.order.aliases or None,
            decimal=self.order.decimal,
            date_order=self.order.date_order,
            user=self._user.email,
            progress=self.report,
        )
        details = {
            "file": self.order.name,
            "rows_read": result.rows_read,
            "rows_accepted": result.rows_accepted,
        }
        audit.record(access.database(), self._user, "imported_file", result.batch_id, details)
        return result
