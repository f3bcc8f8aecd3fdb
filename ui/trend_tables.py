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
    "week": ("Week from", "date", "First of seven days"),
    "wtw_kg": ("kg CO2e", "%,.0f", "Well-to-wheel; of weeks: a day"),
    "trend_kg": ("Trend, kg a day", "%,.0f", None),
    "trend_low": ("Trend, low", "%,.0f", "Lower end of the 95 % interval"),
    "trend_high": ("Trend, high", "%,.0f", "Upper end of the 95 % interval"),
    "share_pct": ("Share, %", "%.1f", "Of weekdays: 100 is an average day"),
    "effect_pct": ("Effect, %", "%+.1f", "Against the average month, trend removed"),
    "low": ("Low", "%,.4g", "Lower end of the 95 % interval"),
    "high": ("High", "%,.4g", "Upper end of the 95 % interval"),
    "date": ("From", "date", "First day of the new level"),
    "change_kg_per_day": ("Step, kg a day", "%+,.0f", None),
    "kg_per_day": ("Step, kg a day", "%+,.0f", None),
    "change_pct": ("Change, %", "%+.1f", None),
    "p_value": ("p", "%.3f", "How likely by chance alone"),
    "cause": ("What moved", None, None),
    "by": ("Kind", None, None),
    "this_kg": ("Now, kg", "%,.0f", None),
    "last_kg": ("A year earlier, kg", "%,.0f", None),
    "change_kg": ("Change, kg", "%+,.0f", None),
    "calendar_pct": ("Calendar, %", "%+.1f", "What the days of the month alone would change"),
    "adjusted_pct": ("Without calendar, %", "%+.1f", "The change without what the calendar does"),
    "working_days": ("Working days", "%.0f", "Monday to Friday; holidays are not known"),
    "working_days_last": ("… a year earlier", "%.0f", "Monday to Friday; holidays are not known"),
    "days": ("Days", "%d", "That are compared"),
    "month": ("Month", "date", "First day of the month"),
    "mode": ("Mode", None, None),
    "wtw_pct": ("Emissions, %", "%.1f", "Share of the month's emissions"),
    "wtw_low": ("… low", "%.1f", "Lower end of the 95 % interval"),
    "wtw_high": ("… high", "%.1f", "Upper end of the 95 % interval"),
    "tonne_km_pct": ("Tonne-km, %", "%.1f", "Share of the month's tonne-km"),
    "tonne_km_low": ("… low", "%.1f", "Lower end of the 95 % interval"),
    "tonne_km_high": ("… high", "%.1f", "Upper end of the 95 % interval"),
    "tonne_km": ("Tonne-km", "%,.0f", None),
    "intensity_g_per_tkm": ("g CO2e/tkm", "%,.1f", None),
    "measure": ("Measure", None, None),
    "per_year": ("Change a year", "%+.3g", "Grams per tonne-km, or percentage points"),
    "sentence": ("In words", None, None),
}


def show(frame: pd.DataFrame, columns: list[str], *, key: str, alt: str) -> None:
    """Show these columns of a frame."""
    st.dataframe(
        _worded(frame[columns]),
        hide_index=True,
        column_config=_config(columns),
        height=tables.height_of(frame),
        row_height=tables.WRAPPED_PX if "means" in columns else None,
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
