"""Which view of the Suppliers page is open, for whom: kept in the session and in the URL."""

from __future__ import annotations

import streamlit as st

__all__ = [
    "COMPARE",
    "MASTER",
    "MOST_COMPARED",
    "ONE",
    "RANKING",
    "VIEW_KEY",
    "compare",
    "compared",
    "open_one",
    "opened",
    "read_url",
    "remember",
    "view",
    "write_url",
]

RANKING, ONE, COMPARE, MASTER = "Ranking", "One supplier", "Compare", "Supplier data"
MOST_COMPARED = 5
_PARAMETER, _COMPARED = "id", "with"  # ?id=SUP-001&with=SUP-002&with=SUP-003
VIEW_KEY = "suppliers-view"
_ONE, _MANY, _WRITTEN = "suppliers-one", "suppliers-many", "suppliers-in-url"


def read_url() -> None:
    """Open what a link names, once for each link."""
    asked = (st.query_params.get(_PARAMETER), tuple(st.query_params.get_all(_COMPARED))[:MOST_COMPARED])
    if asked == st.session_state.get(_WRITTEN) or asked == (None, ()):
        return
    if asked[0]:
        open_one(asked[0])
    if len(asked[1]) > 1:
        compare(asked[1])
    st.session_state[_WRITTEN] = asked


def write_url() -> None:
    """Put what is open into the URL; for the end of the page."""
    one = opened() if view() == ONE else None
    many = compared() if view() == COMPARE else ()
    for name, values in ((_PARAMETER, (one,) if one else ()), (_COMPARED, many)):
        if tuple(st.query_params.get_all(name)) != values:
            if values:
                st.query_params[name] = values
            else:
                st.query_params.pop(name, None)
    st.session_state[_WRITTEN] = (one, many)


def view() -> str:
    return str(st.session_state.get(VIEW_KEY) or RANKING)


def opened() -> str | None:
    """The supplier_id of the supplier that is open."""
    return st.session_state.get(_ONE)


def compared() -> tuple[str, ...]:
    """The supplier_ids that are compared, in the order of choice."""
    return tuple(st.session_state.get(_MANY) or ())


def open_one(supplier_id: str) -> None:
    """Open one supplier; for callbacks, which run before the widgets."""
    st.session_state[_ONE] = supplier_id
    st.session_state[VIEW_KEY] = ONE


def remember(supplier_id: str) -> None:
    """Take what the page shows as opened, so that the URL names it."""
    st.session_state[_ONE] = supplier_id


def compare(supplier_ids: tuple[str, ...]) -> None:
    """Put these suppliers side by side; for callbacks."""
    st.session_state[_MANY] = list(dict.fromkeys(supplier_ids))[:MOST_COMPARED]
    st.session_state[VIEW_KEY] = COMPARE
