"""Which leg is open and which ones the chart has marked: kept in the session, and the open leg in the URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import formats

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "close", "default_rows", "first_ticks", "is_open", "lasso", "lasso_chip", "lasso_turn", "leg", "mark",
    "open_next", "parsed", "pick", "read_url", "within_lasso", "write_url",
]  # fmt: skip

Leg = tuple[str, int]

PARAMETER = "leg"  # ?leg=SHIPMENT/1
_TICKS = "anomaly-first-ticks"
_LEG, _WRITTEN, _LASSO, _TURN = "anomaly-leg", "anomaly-leg-in-url", "anomaly-lasso", "anomaly-lasso-turn"


def read_url() -> None:
    """Open the leg that a link names; what is no leg is left alone."""
    asked = st.query_params.get(PARAMETER)
    if asked != st.session_state.get(_WRITTEN):
        found = parsed(asked)
        st.session_state[_LEG] = found
        st.session_state[_WRITTEN] = asked


def write_url() -> None:
    opened = leg()
    wanted = f"{opened[0]}/{opened[1]}" if opened else None
    if wanted == st.query_params.get(PARAMETER):
        return
    if wanted:
        st.query_params[PARAMETER] = wanted
    else:
        st.query_params.pop(PARAMETER, None)
    st.session_state[_WRITTEN] = wanted


def parsed(text: str | None) -> Leg | None:
    """Shipment and leg number out of "SHIPMENT/1"; a shipment alone is its first leg."""
    if not text:
        return None
    shipment, slash, number = text.rpartition("/")
    if slash and number.isdecimal() and len(number) < 5:
        return shipment, int(number)
    return text, 1


def leg() -> Leg | None:
    return st.session_state.get(_LEG)


def is_open() -> bool:
    return leg() is not None


def open_next(key: Leg) -> None:
    """Open another leg from a button, and tick its row."""
    st.session_state[_LEG] = key
    _turn()


def close() -> None:
    st.session_state[_LEG] = None
    _turn()


def pick(keys: list[Leg], ticked: list[int]) -> None:
    """One ticked row opens its leg; none, or several, close it."""
    st.session_state[_LEG] = keys[ticked[0]] if len(ticked) == 1 and ticked[0] < len(keys) else None


def mark(points: list[dict[str, Any]]) -> None:
    """What was clicked or encircled in the chart: one leg is opened, several select their rows."""
    found = [point["customdata"] for point in points if point.get("customdata")]
    keys = list(dict.fromkeys((str(one[0]), int(one[1])) for one in found))
    _turn()
    st.session_state[_LASSO] = keys if len(keys) > 1 else []
    st.session_state[_LEG] = keys[0] if len(keys) == 1 else None


def lasso() -> list[Leg]:
    return st.session_state.get(_LASSO, [])


def lasso_turn() -> int:
    return st.session_state.get(_TURN, 0)


def within_lasso(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the legs that the chart has marked; all rows where it has not."""
    marked = set(lasso())
    if not marked:
        return rows
    kept = [key in marked for key in zip(rows["shipment_id"], rows["leg_no"].astype(int), strict=True)]
    return rows[kept].reset_index(drop=True)


def default_rows(keys: list[Leg]) -> list[int]:
    """The rows that a newly drawn table has ticked."""
    if lasso():
        return list(range(len(keys)))
    return [keys.index(opened)] if (opened := leg()) in keys else []


def first_ticks(table: str, keys: list[Leg]) -> list[int]:
    """What a table has ticked when it is drawn first: it stays so while the user ticks other rows."""
    known, ticks = st.session_state.get(_TICKS, (None, []))
    if known != table:
        ticks = default_rows(keys)
        st.session_state[_TICKS] = table, ticks
    return ticks


def lasso_chip(rows: int) -> None:
    if lasso():
        st.button(
            f"{formats.counted(rows, 'row')} of {formats.counted(len(lasso()), 'leg')} chosen in the chart",
            key="chip-lasso",
            icon=":material/close:",
            icon_position="right",
            on_click=_clear,
        )


def _clear() -> None:
    st.session_state[_LASSO] = []
    _turn()


def _turn() -> None:
    """Draw table and chart anew, without what was ticked in them."""
    st.session_state[_TURN] = lasso_turn() + 1
