"""Notes on one supplier: who agreed what with it, in the words of those who work with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import access
from access import Permission, supplier_notes
from access.errors import AccessError
from data_access.errors import StoreError
from ui import formats, states
from ui.chart_card import card
from ui.shell import current_user

if TYPE_CHECKING:
    from access.supplier_notes import Note
    from ui.shell import Visit

__all__ = ["may_read", "show"]

_MOST = 100
_TEXT, _PROBLEM = "supplier-note-text", "supplier-note-problem"


def may_read(visit: Visit) -> bool:
    """Whether the user may read notes: they are about the suppliers, so a supplier does not."""
    return visit.scope.supplier_ids is None


def show(visit: Visit, supplier_id: str) -> None:
    """The notes, newest first, and a field for the next one for who may write."""
    if may_read(visit):
        with card(st, "Notes"):
            _notes(visit, supplier_id)


@st.fragment
def _notes(visit: Visit, supplier_id: str) -> None:
    with states.boundary("The notes"):
        found = supplier_notes.list_for(access.database(), supplier_id, limit=_MOST)
        count = formats.counted(len(found), "note") if found else "No notes yet"
        st.header(count, anchor=False)
        st.caption("Read by everybody in the company who may see this page, never by the supplier.")
        if problem := st.session_state.pop(_PROBLEM, None):
            states.refused(problem)
        if visit.may(Permission.EDIT_SUPPLIERS):
            _write(supplier_id)
        for note in found:
            _note(visit, note)


def _write(supplier_id: str) -> None:
    st.text_area(
        "New note",
        key=f"{_TEXT}-{supplier_id}",
        max_chars=supplier_notes.LONGEST,
        height=90,
        placeholder="What was agreed, asked or promised",
    )
    st.button(
        "Add note",
        key="supplier-note-add",
        icon=":material/add_comment:",
        on_click=_add,
        args=(supplier_id,),
    )


def _note(visit: Visit, note: Note) -> None:
    with st.container(key=f"note-{note.note_id}", horizontal=True, horizontal_alignment="distribute"):
        by = f"{note.written_by}, {formats.day(note.written_at)} {note.written_at:%H:%M} UTC"
        with st.container(width="stretch", gap=None):
            st.markdown("  \n".join(formats.plain(line) for line in note.text.splitlines()))
            st.caption(formats.plain(by))
        if supplier_notes.may_remove(visit.user, note):
            st.button(
                "Remove",
                key=f"note-remove-{note.note_id}",
                icon=":material/delete:",
                type="tertiary",
                on_click=_remove,
                args=(note.note_id,),
            )


def _add(supplier_id: str) -> None:
    key = f"{_TEXT}-{supplier_id}"
    try:
        supplier_notes.add(access.database(), current_user(), supplier_id, st.session_state.get(key) or "")
    except (AccessError, StoreError) as error:
        st.session_state[_PROBLEM] = str(error)
    else:
        st.session_state[key] = ""


def _remove(note_id: str) -> None:
    try:
        supplier_notes.remove(access.database(), current_user(), note_id)
    except (AccessError, StoreError) as error:
        st.session_state[_PROBLEM] = str(error)
