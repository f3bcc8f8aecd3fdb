"""Notes on suppliers: who may write, read and remove them, and what is kept on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import audit, supplier_notes
from access.supplier_notes import NoteRefused
from tests.unit.access.people import NOON


def test_notes_come_back_newest_first_and_only_those_of_the_supplier(db, ann):
    supplier_notes.add(db, ann, "SUP-1", "first", now=NOON)
    supplier_notes.add(db, ann, "SUP-1", "second", now=NOON + timedelta(minutes=1))
    supplier_notes.add(db, ann, "SUP-2", "elsewhere", now=NOON)
    found = supplier_notes.list_for(db, "SUP-1")
    assert [(note.text, note.written_by, note.written_at) for note in found] == [
        ("second", ann.email, NOON + timedelta(minutes=1)),
        ("first", ann.email, NOON),
    ]
    assert len(supplier_notes.list_for(db, "SUP-1", limit=1)) == 1


def test_a_note_keeps_its_lines_and_loses_control_characters(db, ann):
    note = supplier_notes.add(db, ann, "SUP-1", "  one\r\ntwo\x00\x1b  ")
    assert note.text == "one\ntwo"


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "x" * 2_001])
def test_an_empty_or_too_long_note_is_refused(db, ann, text):
    with pytest.raises(NoteRefused):
        supplier_notes.add(db, ann, "SUP-1", text)
    assert supplier_notes.list_for(db, "SUP-1") == ()


@pytest.mark.parametrize(("role", "more"), [("viewer", {}), ("supplier", {"supplier_ids": {"SUP-1"}})])
def test_who_may_not_edit_suppliers_writes_no_notes(db, add_user, role, more):
    with pytest.raises(NoteRefused):
        supplier_notes.add(db, add_user("bob@example.com", role, **more), "SUP-1", "text")


def test_people_remove_their_own_notes_and_an_administrator_any(db, ann, add_user):
    bob, root = add_user("bob@example.com", "manager"), add_user("root@example.com", "administrator")
    mine, another = (supplier_notes.add(db, ann, "SUP-1", text) for text in ("mine", "another"))
    with pytest.raises(NoteRefused, match=r"ann@.* wrote this note"):
        supplier_notes.remove(db, bob, mine.note_id)
    assert not supplier_notes.may_remove(bob, mine)
    supplier_notes.remove(db, ann, mine.note_id)
    supplier_notes.remove(db, root, another.note_id)
    assert supplier_notes.list_for(db, "SUP-1") == ()
    with pytest.raises(NoteRefused, match="not there any more"):
        supplier_notes.remove(db, ann, mine.note_id)


def test_a_writer_who_lost_the_right_may_not_remove(db, ann, add_user):
    from dataclasses import replace

    note = supplier_notes.add(db, ann, "SUP-1", "mine")
    with pytest.raises(NoteRefused):
        supplier_notes.remove(db, replace(ann, role="viewer"), note.note_id)


def test_writing_and_removing_are_on_record_without_the_text(db, ann):
    note = supplier_notes.add(db, ann, "SUP-1", "a secret")
    supplier_notes.remove(db, ann, note.note_id)
    entries = audit.entries(db)
    assert entries["action"].tolist() == ["removed_supplier_note", "added_supplier_note"]
    assert set(entries["target"]) == {"SUP-1"}
    assert "secret" not in str(entries["details"].tolist())
