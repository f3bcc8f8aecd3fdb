"""Which section of the Lanes page is open, and which lane: the section and the limit stand in the URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import filters

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "HUBS",
    "LANES",
    "MATRIX",
    "SECTIONS",
    "SHIFTS",
    "narrow",
    "open_lanes",
    "section",
    "take_up",
    "turn",
    "wanted",
]

LANES, SHIFTS, MATRIX, HUBS = "Lanes", "Shift candidates", "Origin–destination", "Hubs"
SECTIONS = (LANES, SHIFTS, MATRIX, HUBS)
_SECTION, _WANTED, _TURN = "section", "lanes-wanted", "lanes-table-turn"


def section() -> str:
    """Draw the choice of a section."""
    return str(
        st.segmented_control(
            "What to look at", SECTIONS, default=LANES, required=True, key=_SECTION, bind="query-params"
        )
    )


def open_lanes(names: Sequence[str]) -> None:
    """Narrow the whole page to these lanes; for callbacks. One lane opens its detail."""
    if names:
        narrow({filters.LANES: list(names)})


def narrow(wanted: dict[str, list[str]]) -> None:
    """Choose filters, by their key, from a part of the page; for callbacks.

    They are taken up when the whole page runs next: a fragment cannot change a widget that it did not draw.
    """
    st.session_state[_WANTED] = wanted
    st.session_state[_TURN] = turn() + 1


def wanted() -> bool:
    """Whether filters were chosen that the page does not show yet."""
    return _WANTED in st.session_state


def take_up() -> None:
    """Set the filters that a part of the page chose; before they are drawn."""
    for key, values in st.session_state.pop(_WANTED, {}).items():
        st.session_state[key] = values


def turn() -> int:
    """A number for the keys of tables: after a pick the table starts without a ticked row."""
    return int(st.session_state.get(_TURN, 0))
