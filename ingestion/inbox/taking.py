"""One look into the inbox: what stands still is claimed, imported once, and filed away with a report."""

from __future__ import annotations

import logging
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import access
from access import audit
from access.clock import utc_now
from data_access import Store
from data_access.errors import StoreConflict, StoreError, StoreLocked, StoreUnreachable
from ingestion.batches import ImportResult
from ingestion.errors import IngestionError
from ingestion.inbox import claims
from ingestion.inbox.filing import file_away, readable_name, report_of
from ingestion.pipeline import import_file

__all__ = ["DEFAULT_FOLDER", "Inbox", "InboxBlocked", "InboxResult"]

log = logging.getLogger(__name__)

DEFAULT_FOLDER = "var/inbox"
_UNFINISHED = (".part", ".tmp", ".crdownload", "~")
_LATER = (StoreConflict, StoreLocked, StoreUnreachable)  # the warehouse's trouble, not the file's
# Imported, but impossible to file away: kept open, so locked, so that nobody imports them again and again.
_stuck: list[BinaryIO] = []


class InboxBlocked(IngestionError):
    """A file or folder of the inbox cannot be used; the sentence says which, and why."""


@dataclass(frozen=True)
class InboxResult:
    """What became of one file. `problem` is a sentence where it was rejected; batch_id None: nothing new."""

    name: str
    outcome: str  # done, rejected
    moved_to: Path
    batch_id: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    rows_duplicate: int = 0
    problem: str | None = None


class Inbox:
    """A folder that is watched: `take` imports what lies in it, once, and moves it to done/ or rejected/.

    Several processes may watch one folder. A file of a process that was killed is taken up again by the next
    look of any other; an import is all or nothing, and its rows never go in twice.

    Parameters
    ----------
    folder : path, optional
        Default: INBOX, else var/inbox. It is created.
    settle_s : float
        So long a file must keep its size and its time before it is touched: it may still be copied.
    """

    def __init__(self, folder: str | Path | None = None, *, settle_s: float = 1.0) -> None:
        self.folder = Path(folder or os.environ.get("INBOX") or DEFAULT_FOLDER)
        self._settle_s = settle_s

    @property
    def done(self) -> Path:
        return self.folder / "done"

    @property
    def rejected(self) -> Path:
        return self.folder / "rejected"

    @property
    def processing(self) -> Path:
        return self.folder / "processing"

    def take(self, store: Store, *, user: str = "inbox") -> list[InboxResult]:
        """Import what stands still, oldest first. Folders, and names that say "unfinished", are left alone.

        Raises
        ------
        StoreError
            When the warehouse does not answer: the file waits for another look.
        InboxBlocked
            After the other files were taken: one could not be moved, so it was not imported, or not again.
        """
        self._prepare()
        waiting = self._standing_still()
        if not waiting:
            return []
        _ = store.version  # raises before anything is moved
        taken, blocked = [], []
        for path in waiting:
            try:
                found = self._take_one(path, store, user)
            except OSError as error:
                log.debug("Inbox: %s", path, exc_info=True)
                blocked.append(f"{readable_name(path)} cannot be moved out of the inbox ({_reason(error)}).")
                continue
            if found is not None:
                taken.append(found)
        if blocked:
            raise InboxBlocked(
                " ".join(blocked) + " Check the rights of the folder and the room on its disk."
            )
        return taken

    def _prepare(self) -> None:
        for folder in (self.processing, self.done, self.rejected):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InboxBlocked(
                    f"The inbox folder {folder} cannot be made ({_reason(error)}): set INBOX to another one."
                ) from error
            if not os.access(folder, os.W_OK | os.X_OK):
                raise InboxBlocked(f"The inbox folder {folder} cannot be written to: check its rights.")

    def _standing_still(self) -> list[Path]:
        """Dropped and left over files that did not change for a while."""
        seen = {
            path: claims.stamp_of(path) for path in (*claims.left_over(self.processing), *self._dropped())
        }
        if not seen:
            return []
        # The clock of a network drive may differ from ours, so at least a little.
        wait_s = self._settle_s - min(map(claims.age_s, seen))
        time.sleep(min(max(wait_s, self._settle_s / 4), self._settle_s))
        still = [(stamp[1], path) for path, stamp in seen.items() if stamp and claims.stamp_of(path) == stamp]
        return [path for _, path in sorted(still)]

    def _dropped(self) -> list[Path]:
        with os.scandir(self.folder) as entries:
            return [
                Path(entry.path)
                for entry in entries
                if (entry.is_file(follow_symlinks=False) or entry.is_symlink())
                and not entry.name.startswith(".")
                and not entry.name.lower().endswith(_UNFINISHED)
            ]

    def _take_one(self, path: Path, store: Store, user: str) -> InboxResult | None:
        """None where another process has the file, or it changes after all: the next look tries again."""
        if path.parent == self.folder:
            claimed = claims.move_aside(path, self.processing)
            if claimed is None:
                return None
            path = claimed
        name = readable_name(path)
        if path.is_symlink():
            return self._reject(path, f"{name} is a link, which is not followed: drop the file itself.")
        try:
            file = claims.locked(path)
        except OSError as error:
            return self._reject(path, f"{name} cannot be opened ({_reason(error)}): check its rights.")
        return None if file is None else self._take_locked(path, name, file, store, user)

    def _take_locked(
        self, path: Path, name: str, file: BinaryIO, store: Store, user: str
    ) -> InboxResult | None:
        before = claims.stamp_of(path)
        try:
            result, problem = _imported(name, file, store, user)
            if claims.stamp_of(path) != before:
                log.info("Inbox: %s is still being written and is taken up again.", name)
                file.close()
                return None
            found = self._file_away(path, name, result, problem)
        except OSError:
            _stuck.append(file)
            raise
        except BaseException:
            file.close()
            raise
        file.close()
        claims.clear(path.parent)
        return found

    def _reject(self, path: Path, problem: str) -> InboxResult | None:
        try:
            found = self._file_away(path, readable_name(path), None, problem)
        except FileNotFoundError:
            return None  # another process was faster
        claims.clear(path.parent)
        return found

    def _file_away(
        self, path: Path, name: str, result: ImportResult | None, problem: str | None
    ) -> InboxResult:
        useful = result is not None and (result.rows_accepted > 0 or result.rows_duplicate > 0)
        if result is not None and not useful:
            problem = f"None of the {result.rows_read:,} rows of {name} could be used."
        moved = file_away(
            path,
            self.done if useful else self.rejected,
            report_of(name, result, problem, utc_now()),
            None if result is None else result.rejected,
        )
        log.log(logging.INFO if useful else logging.WARNING, "Inbox: %s", problem or f"{name} is in {moved}.")
        if result is None:
            return InboxResult(name, "rejected", moved, problem=problem)
        return InboxResult(
            name,
            "done" if useful else "rejected",
            moved,
            result.batch_id,
            result.rows_read,
            result.rows_accepted,
            result.rows_rejected,
            result.rows_duplicate,
            problem,
        )


def _imported(name: str, file: BinaryIO, store: Store, user: str) -> tuple[ImportResult | None, str | None]:
    """The result of the import, or the sentence on why there is none."""
    file.raw.name = name  # type: ignore[attr-defined]  # what the import calls it
    try:
        result = import_file(store, file, user=user, kind="inbox")
    except _LATER:
        raise
    except (IngestionError, StoreError) as error:
        return None, str(error)
    except Exception:
        reference = secrets.token_hex(3).upper()
        log.exception("The import of %s failed, reference %s", name, reference)
        return None, f"The import of {name} failed. Tell an administrator the reference {reference}."
    _audit(name, result, user)
    return result, None


def _audit(name: str, result: ImportResult, user: str) -> None:
    details = {
        "file": name, "by": user, "rows_read": result.rows_read, "rows_accepted": result.rows_accepted,
    }  # fmt: skip
    try:
        audit.record(access.database(), None, "imported_file", result.batch_id, details)
    except Exception:  # the rows are in already; the file must not come again for this
        log.exception("The import of %s is not in the audit log", name)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
