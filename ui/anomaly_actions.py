"""What can be done with anomalies: confirm, dismiss with a note, fix by one click, reopen, take it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

import access
from access.errors import AccessError
from data_access.errors import StoreError
from ingestion import corrections, triage
from ingestion.errors import IngestionError
from ingestion.triage import AnomalyKey
from ui import formats

if TYPE_CHECKING:
    import pandas as pd

    from ui.shell import Visit

__all__ = [
    "Done",
    "ask_dismiss",
    "ask_fix",
    "fix",
    "keys_of",
    "settle",
    "show_done",
    "signed",
    "summary_of",
    "take_back",
]

_DONE = "anomaly-done"
_VERBS = {"open": "Reopened", "confirmed": "Confirmed", "dismissed": "Dismissed"}
_NOTE_CHARS = 300
_QUICKLY = 20  # fixes that are made in the blink of an eye
_REFUSALS = (IngestionError, AccessError, StoreError)


@dataclass(frozen=True)
class Done:
    """What was just done, and what taking it back needs: corrections, or each row's status before."""

    text: str
    corrections: tuple[str, ...] = ()
    decisions: tuple[tuple[AnomalyKey, str, str | None], ...] = ()
    problem: bool = False


def keys_of(rows: pd.DataFrame) -> list[AnomalyKey]:
    columns = zip(rows["shipment_id"], rows["leg_no"], rows["kind"], strict=True)
    return [AnomalyKey(str(shipment), int(leg), str(kind)) for shipment, leg, kind in columns]


def settle(visit: Visit, rows: pd.DataFrame, status: str, note: str | None = None) -> None:
    """Give these anomalies a status; rows are shipment_id, leg_no, kind, and status and note as they are."""
    rows = rows[rows["status"] != "fixed"]
    keys = keys_of(rows)

    def work() -> Done:
        number = triage.decide(
            visit.store, keys, status, note=note or None, user=visit.user, audit_db=access.database()
        )
        before = tuple(
            (key, str(was), said if isinstance(said, str) else None)
            for key, was, said in zip(keys, rows["status"], rows["note"], strict=True)
        )
        return Done(f"{_VERBS[status]}: {_anomalies(number)}.", decisions=before)

    _do(work)


def fix(visit: Visit, keys: list[AnomalyKey]) -> None:
    """Apply the clear repair of each of these anomalies, all or none."""

    def work() -> Done:
        made = corrections.apply_many(visit.store, keys, user=visit.user, audit_db=access.database())
        legs = sum(one.legs for one in made)
        change = sum(one.after_kg - one.before_kg for one in made)
        return Done(
            f"Fixed {formats.counted(legs, 'leg')}: {signed(change)}.",
            corrections=tuple(one.correction_id for one in made),
        )

    many = len(keys) > _QUICKLY
    _do(work, f"Fixing {_anomalies(len(keys))}: this takes some seconds …" if many else "Saving …")


def take_back(visit: Visit, correction_id: str) -> None:
    """Undo one fix, from the history of its leg."""
    _undo(visit, Done("", corrections=(correction_id,)))


def show_done(visit: Visit) -> None:
    """The line that follows an action, with its undo; it stays until the next action, or is closed."""
    done: Done | None = st.session_state.get(_DONE)
    if done is None:
        return
    if done.problem:
        st.error(formats.plain(done.text), icon=":material/error:")
        del st.session_state[_DONE]
        return
    with st.container(
        key="anomaly-done", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown(f":material/check_circle: {formats.plain(done.text)}", width="content")
        with st.container(horizontal=True, width="content"):
            if (done.corrections or done.decisions) and st.button(
                "Undo", icon=":material/undo:", key="anomaly-undo", type="tertiary"
            ):
                _undo(visit, done)
            st.button("Close", key="anomaly-done-close", type="tertiary", on_click=_forget)


@st.dialog("Dismiss as not a fault?")
def ask_dismiss(visit: Visit, rows: pd.DataFrame) -> None:
    """Ask for the reason: it tells others, and later oneself, why this is right as it stands."""
    st.markdown(
        f"{_anomalies(len(rows))} will count as normal: they leave the flagged totals and do not come back "
        "when the legs are scored again."
    )
    note = st.text_input(
        "Note", key="dismiss-note", max_chars=_NOTE_CHARS, placeholder="Why this is right as it stands"
    )
    if st.button("Dismiss", type="primary", key="dismiss-yes"):
        settle(visit, rows, "dismissed", note.strip())


@st.dialog("Fix these legs?")
def ask_fix(visit: Visit, rows: pd.DataFrame) -> None:
    """Ask once, with what it will do to the total; each fix can be undone."""
    keys = keys_of(rows)
    try:
        with st.spinner("Working out what will change …"):
            found = corrections.preview_many(visit.store, visit.scope, keys)
    except _REFUSALS as error:
        st.error(formats.plain(error), icon=":material/error:")
        return
    legs, before, after = summary_of(found)
    st.markdown(f"**{formats.counted(legs, 'leg')}, {formats.plain(signed(after - before))}**")
    st.markdown(
        f"From {formats.emissions(before)} to {formats.emissions(after)}. The values as they came are kept: "
        "each fix stands in the history of its leg, and can be undone."
    )
    if st.button("Fix them", type="primary", key="fix-yes"):
        fix(visit, keys)


def summary_of(previews: list[corrections.FixPreview]) -> tuple[int, float, float]:
    """Legs, kg CO2e before and after; a repair that several anomalies share counts once."""
    legs, before, after = 0, 0.0, 0.0
    for one in {(one.shipment_id, one.column, one.kind): one for one in previews}.values():
        legs += len(one.legs)
        before += one.before_kg
        after += one.after_kg
    return legs, before, after


def signed(change_kg: float) -> str:
    """A change of emissions with its sign: −38.2 t CO2e."""
    text = formats.emissions(change_kg)
    return text if change_kg <= 0 else f"+{text}"


def _undo(visit: Visit, done: Done) -> None:
    def work() -> Done:
        for correction_id in reversed(done.corrections):
            corrections.undo(visit.store, correction_id, user=visit.user, audit_db=access.database())
        for status, note in {(status, note) for _, status, note in done.decisions}:
            keys = [key for key, was, said in done.decisions if (was, said) == (status, note)]
            triage.decide(visit.store, keys, status, note=note, user=visit.user, audit_db=access.database())
        return Done("Undone: everything is as it was before.")

    _do(work)


def _do(work: Callable[[], Done], doing: str = "Saving …") -> None:
    """Run it, keep what it says for the next run of the page, and run that."""
    try:
        with st.spinner(doing):
            st.session_state[_DONE] = work()
    except _REFUSALS as error:
        st.session_state[_DONE] = Done(str(error), problem=True)
    st.rerun()


def _forget() -> None:
    st.session_state.pop(_DONE, None)


def _anomalies(number: int) -> str:
    return "1 anomaly" if number == 1 else f"{formats.count(number)} anomalies"
