"""Doing something in the app database as the user who is signed in now, and saying how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

import access
from access.errors import AccessError
from data_access.errors import StoreError
from reporting.alerts import AlertError
from ui import formats, states
from ui.shell import current_user

__all__ = ["act", "done", "problem_of", "refused", "told"]

_DONE, _PROBLEM = "act-done", "act-problem"


def act(said: str, work: Callable[..., object], *what: Any, **named: Any) -> None:
    """Call ``work(db, user, *what, **named)``; for callbacks. The next run says how it went."""
    if problem := problem_of(work, *what, **named):
        refused(problem)
    else:
        done(said)


def problem_of(work: Callable[..., object], *what: Any, **named: Any) -> str | None:
    """Call it likewise, and return the sentence that it refused with."""
    try:
        work(access.database(), current_user(), *what, **named)
    except (AccessError, AlertError, StoreError) as error:
        return str(error)
    return None


def done(said: str) -> None:
    st.session_state[_DONE] = said


def refused(problem: str) -> None:
    """Keep a sentence for the next run to show."""
    st.session_state[_PROBLEM] = problem


def told() -> None:
    """Say how the last one went."""
    if said := st.session_state.pop(_DONE, None):
        st.toast(formats.plain(said), icon=":material/check:")
    if problem := st.session_state.pop(_PROBLEM, None):
        states.refused(problem)
