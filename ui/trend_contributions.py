"""A part of a change opened up: which suppliers, lanes or modes it came from, and a way to see one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, tables, trend_tables, trend_views, trend_waterfall, trend_words
from ui.chart_card import show as show_chart
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SHOWN", "contributed", "finding", "show"]

SHOWN = ["name", "kg", "note"]
_NOTES = {"new_suppliers": "New", "lost_suppliers": "Gone"}
_NOTHING = 1e-9


def contributed(contributions: pd.DataFrame, part: str, by: str) -> pd.DataFrame:
    """Kg that each supplier, lane or mode brought to a part, the largest first.

    Parameters
    ----------
    contributions : DataFrame
        part, supplier_id, supplier_name, lane, mode, kg.
    part : str
        A part, or `trend_words.WHOLE`.
    by : str
        supplier_id, lane or mode.

    Returns
    -------
    DataFrame
        key (what a filter takes; empty where there is none), name, kg, note (New or Gone).
    """
    rows = contributions if part == trend_words.WHOLE else contributions[contributions["part"] == part]
    keys = rows[by].astype("object").where(rows[by].notna(), "").rename("key")
    found = rows.groupby(keys)["kg"].sum().reset_index()
    found["name"] = _named(rows, keys, found["key"], by)
    found["note"] = _notes(rows, keys, found["key"]) if by == "supplier_id" else ""
    scale = max(float(found["kg"].abs().sum()), 1.0)
    found = found[found["kg"].abs() > _NOTHING * scale]
    return found.sort_values("kg", key=lambda kg: -kg.abs(), ignore_index=True)


def finding(frame: pd.DataFrame, label: str, what: str) -> str:
    """Who contributed most, and the sum: a title."""
    total = float(frame["kg"].sum())
    top = frame.iloc[0]
    if len(frame) == 1:
        return f"{label}: all of {trend_words.signed(total)} is {top['name']}"
    return f"{label}: {trend_words.signed(top['kg'])} of {trend_words.signed(total)} is {top['name']}"


@st.fragment
def show(contributions: pd.DataFrame, options: dict[str, str]) -> None:
    """The choice of a part and of who, then the bars and the table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = trend_views.part(list(options), options)
        what = trend_views.dimension()
    by, key = trend_views.DIMENSIONS[what]
    words = trend_words.part_words(part)
    label = "The whole change" if part == trend_words.WHOLE else words.label
    frame = contributed(contributions, part, by)
    if frame.empty:
        st.markdown("Nothing contributed to this part.")
        return
    st.subheader(formats.plain(finding(frame, label, what)), anchor=False)
    _say(frame, words.means if part != trend_words.WHOLE else "", what)
    show_chart(
        trend_waterfall.contributions(frame, by=by),
        key="trend-contributions",
        alt=f"Bars: kg that each of the {what.lower()} brought to the change",
        on_click=lambda bar: trend_views.narrow(key, bar[0]),
    )
    trend_tables.pickable(
        frame,
        SHOWN if frame["note"].any() else SHOWN[:2],
        key=f"trend-contributed-{part}-{by}",
        alt=f"{what} by what they brought to the change, the largest first",
        on_pick=lambda row: trend_views.narrow(key, str(frame["key"].iloc[row])),
    )
    tables.download(frame, f"{part}-by-{by}.csv".replace("_", "-"), key="download-contributions")


def _say(frame: pd.DataFrame, means: str, what: str) -> None:
    shown = min(len(frame), trend_waterfall.TOP)
    of = f"The {shown} largest of {formats.counted(len(frame), what.lower()[:-1])}; the table has all. "
    click = f"Click a bar or tick a row to see only it: the page is then filtered by it."
    st.caption(formats.plain(f"{means} {of if len(frame) > shown else ''}{click}".strip()))


def _named(rows: pd.DataFrame, keys: pd.Series, found: pd.Series, by: str) -> list[str]:
    if by == "mode":
        return [mode_label(key) for key in found]
    if by == "lane":
        return [key or "a lane with an unnamed end" for key in found]
    names = rows["supplier_name"].groupby(keys).first()
    return [str(names.get(key) or key) for key in found]


def _notes(rows: pd.DataFrame, keys: pd.Series, found: pd.Series) -> list[str]:
    marked = {key: note for name, note in _NOTES.items() for key in keys[rows["part"] == name].unique()}
    return [marked.get(key, "") for key in found]
