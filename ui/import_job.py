"""An import that runs beside the page: it says how far it is, and stops between two chunks when asked."""

from __future__ import annotations

import logging
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import access
from access import audit
from data_access.errors import StoreError
from ingestion import import_file
from ingestion.errors import ImportCancelled, IngestionError

if TYPE_CHECKING:
    from data_access import Store
    from ingestion import ImportResult

__all__ = ["ImportJob", "ImportOrder"]

_log = logging.getLogger("ui.import_job")


@dataclass(frozen=True)
class ImportOrder:
    """What the user asked for. The file is kept, to be imported again with its places named."""

    file: Any
    name: str
    decimal: str = "."
    date_order: str | None = None
    aliases: dict[str, str] = field(default_factory=dict)


class ImportJob:
    """One import in a thread of its own, so that a click elsewhere on the page does not break it off.

    Attributes
    ----------
    fraction, text : float, str
        How far it is.
    result : ImportResult or None
        Set when it is done.
    problem : str or None
        One sentence for the user, set when it failed or was cancelled: then nothing was imported.
    """

    def __init__(self, order: ImportOrder, store: Store, user: access.User) -> None:
        self.order = order
        self.fraction = 0.0
        self.text = "Reading the file"
        self.result: ImportResult | None = None
        self.problem: str | None = None
        self._store = store
        self._user = user
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="import", daemon=True)

    def start(self) -> ImportJob:
        self._thread.start()
        return self

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def cancelling(self) -> bool:
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask it to stop; it does at the next report of progress, and leaves nothing behind."""
        self._stop.set()

    def join(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self.result = self._import()
        except ImportCancelled:
            self.problem = "The import was cancelled; nothing of it was kept."
        except (IngestionError, StoreError) as error:
            self.problem = str(error)
        except Exception:
            reference = secrets.token_hex(3).upper()
            _log.exception("Import failed, reference %s", reference)
            self.problem = (
                f"The import failed and nothing was kept. Tell an administrator the reference {reference}."
            )

    def _import(self) -> ImportResult:
        self.order.file.seek(0)
        result = import_file(
            self._store,
            self.order.file,
            aliases=self.order.aliases or None,
            decimal=self.order.decimal,
            date_order=self.order.date_order,
            user=self._user.email,
            progress=self._report,
        )
        details = {
            "file": self.order.name,
            "rows_read": result.rows_read,
            "rows_accepted": result.rows_accepted,
        }
        audit.record(access.database(), self._user, "imported_file", result.batch_id, details)
        return result

    def _report(self, fraction: float, text: str) -> None:
        if self._stop.is_set() and fraction < 1:
            raise ImportCancelled("cancelled")
        self.fraction, self.text = min(max(fraction, 0.0), 1.0), text
