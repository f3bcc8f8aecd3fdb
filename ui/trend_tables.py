"""Tables of the Trends page: their columns, and the CSV of the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import formats, tables
from ui.theme import mode_label

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

__all__ = ["COLUMNS", "pickable", "show"]

_WIDE_PX, _TEXT_PX, _REASON_PX = 255, 130, 470
# Column → title, format of the numbers (None: text, "date"), explanation.
COLUMNS: dict[str, tuple[str, str | None, str | None]] = {
    "name": ("What", None, None),
    "note": ("Remark", None, None),
    "kg": ("Change, kg CO2e", "%+,.0f", "What it added to or took off this part of the change"),
    "part_label": ("Part", None, None),
    "means": ("What it means", None, None),
}


def show(frame: pd.DataFrame, columns: list[str], *, key: str, alt: str) -> None:
    """Show these columns of a frame."""
    st.dataframe(
        _worded(frame[columns]),
        hide_index=True,
        column_config=_config(columns),
        height=tables.height_of(frame),
        key=key,
        placeholder=formats.MISSING,
        alt=alt,
    )


def pickable(
    frame: pd.DataFrame, columns: list[str], *, key: str, alt: str, on_pick: Callable[[int], None]
) -> None:
    """Show these columns; ticking a row calls `on_pick` with its place."""
    name = f"{key}-{abs(hash((len(frame), *map(str, frame.iloc[:, 0]))))}"

    def picked() -> None:
        ticked: Any = st.session_state[name]["selection"]["rows"]
        if ticked and ticked[0] < len(frame):
            on_pick(ticked[0])

    st.dataframe(
        _worded(frame[columns]),
        hide_index=True,
        column_config=_config(columns),
        height=tables.height_of(frame),
        key=name,
        placeholder=formats.MISSING,
        on_select=picked,
        selection_mode="single-row",
        alt=alt,
    )


def _worded(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(mode=frame["mode"].map(mode_label, na_action="ignore")) if "mode" in frame else frame


def _config(columns: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in columns:
        title, numbers, why = COLUMNS[column]
        if numbers == "date":
            found[column] = st.column_config.DateColumn(title, format="YYYY-MM-DD", help=why)
        elif numbers:
            found[column] = st.column_config.NumberColumn(title, format=numbers, help=why)
        else:
            width = {"name": _WIDE_PX, "means": _REASON_PX, "cause": _REASON_PX}.get(column, _TEXT_PX)
            found[column] = st.column_config.TextColumn(title, help=why, width=width)
    return found
