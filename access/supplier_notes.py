"""Notes that people keep on a supplier: written, read, and removed by who wrote them."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from access import audit
from access.clock import utc_now
from access.errors import AccessError
from access.roles import Permission, Role, may
from access.users import User, fold_email
from data_access import app_schema
from data_access.app_database import AppDatabase

__all__ = ["LONGEST", "Note", "NoteRefused", "add", "list_for", "may_remove", "remove"]

LONGEST = 2_000
_notes = app_schema.supplier_notes


class NoteRefused(AccessError):
    """The note cannot be written or removed; the message says why."""


@dataclass(frozen=True)
class Note:
    """A note on a supplier; `written_at` is UTC, `written_by` an e-mail."""

    note_id: str
    supplier_id: str
    text: str
    written_by: str
    written_at: datetime


def add(db: AppDatabase, user: User, supplier_id: str, text: str, *, now: datetime | None = None) -> Note:
    """Write a note.

    Raises
    ------
    NoteRefused
        The user may not, or the text is empty or too long.
    """
    _require_editing(user)
    tidy = _tidy(text)
    if not tidy:
        raise NoteRefused("The note is empty: write a text.")
    if len(tidy) > LONGEST:
        raise NoteRefused(f"The note has {len(tidy):,} characters: shorten it to {LONGEST:,}.")
    note = Note(uuid.uuid4().hex, supplier_id, tidy, user.email, now or utc_now())
    with db.write() as connection:
        connection.execute(insert(_notes).values(**vars(note)))
    audit.record(db, user, "added_supplier_note", supplier_id, {"note_id": note.note_id}, now=now)
    return note


def list_for(db: AppDatabase, supplier_id: str, limit: int = 100) -> tuple[Note, ...]:
    """The newest notes on a supplier, newest first. The caller sees to it that the user may read them."""
    wanted = (
        select(_notes)
        .where(_notes.c.supplier_id == supplier_id)
        .order_by(_notes.c.written_at.desc(), _notes.c.note_id)
        .limit(limit)
    )
    with db.read() as connection:
        return tuple(Note(**row) for row in connection.execute(wanted).mappings())


def may_remove(user: User | None, note: Note) -> bool:
    """One's own notes; an administrator any."""
    if user is None or not may(user, Permission.EDIT_SUPPLIERS):
        return False
    return user.role == Role.ADMINISTRATOR or fold_email(user.email) == fold_email(note.written_by)


def remove(db: AppDatabase, user: User, note_id: str, *, now: datetime | None = None) -> None:
    """Remove a note.

    Raises
    ------
    NoteRefused
        It is gone, or somebody else's.
    """
    _require_editing(user)
    with db.read() as connection:
        row = connection.execute(select(_notes).where(_notes.c.note_id == note_id)).mappings().first()
    if row is None:
        raise NoteRefused("This note is not there any more: reload the page.")
    if not may_remove(user, Note(**row)):
        raise NoteRefused(
            f"{row['written_by']} wrote this note: only they or an administrator can remove it."
        )
    with db.write() as connection:
        connection.execute(delete(_notes).where(_notes.c.note_id == note_id))
    audit.record(
        db,
        user,
        "removed_supplier_note",
        row["supplier_id"],
        {"note_id": note_id, "by": row["written_by"]},
        now=now,
    )


def _tidy(text: str) -> str:
    """Without control characters and white space around it; line breaks stay."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def _require_editing(user: User) -> None:
    if not may(user, Permission.EDIT_SUPPLIERS):
        raise NoteRefused(
            "You may not keep notes on suppliers: ask an analyst, a manager or an administrator."
        )
