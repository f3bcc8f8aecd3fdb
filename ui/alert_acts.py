"""Doing something with alerts as the user who is signed in now, and saying how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

import access
from data_access.errors import StoreError
from reporting.alerts import AlertError
from ui import formats, states

__all__ = ["act", "done", "me", "problem_of", "told"]

_DONE, _PROBLEM = "alert-done", "alert-problem"


def me() -> access.User | None:
    """The user, asked anew: who has lost the permission since the page was drawn may not use its buttons."""
    return access.user_of(st.context.cookies.get(access.COOKIE))


def act(said: str, work: Callable[..., object], *what: Any, **named: Any) -> None:
    """Call ``work(db, user, *what, **named)``; for callbacks. The next run says how it went."""
    if problem := problem_of(work, *what, **named):
        st.session_state[_PROBLEM] = problem
    else:
        done(said)


def problem_of(work: Callable[..., object], *what: Any, **named: Any) -> str | None:
    """Call it likewise, and return the sentence that it refused with."""
    try:
        work(access.database(), me(), *what, **named)
    except (AlertError, StoreError) as error:
        return str(error)
    return None


def done(said: str) -> None:
    st.session_state[_DONE] = said


def told() -> None:
    """Say how the last one went."""
    if said := st.session_state.pop(_DONE, None):
        st.toast(formats.plain(said), icon=":material/check:")
    if problem := st.session_state.pop(_PROBLEM, None):
        states.refused(problem)
