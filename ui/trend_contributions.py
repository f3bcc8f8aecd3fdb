"""A part of a change opened up: which suppliers, lanes or modes it came from, and a way to see one alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from analytics import LaneAnalytics
from data_access.filters import LANE_ARROW
from ui import formats, tables, trend_tables, trend_views, trend_waterfall, trend_words
from ui.chart_card import show as show_chart
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from analytics.trends import Change
    from data_access import Filters
    from ui.shell import Visit

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


def finding(frame: pd.DataFrame, label: str) -> str:
    """Who contributed most, and the sum: a title."""
    total = float(frame["kg"].sum())
    top = frame.iloc[0]
    if len(frame) == 1:
        return f"{label}, {trend_words.signed(total)}: all of it is {top['name']}"
    return f"{label}, {trend_words.signed(total)}: {top['name']} moved most, {trend_words.signed(top['kg'])}"


def show(visit: Visit, chosen: Filters, change: Change, options: dict[str, str]) -> None:
    """The choice of a part and of who, then the bars and the table.

    Parameters
    ----------
    options : dict
        What can be opened up and how it is called, as `trend_words.options_of`.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = trend_views.part(list(options), options)
        what = trend_views.dimension()
    by, _ = trend_views.DIMENSIONS[what]
    frame = contributed(change.contributions, part, by)
    if frame.empty:
        st.markdown("Nothing contributed to this part.")
        return
    words = trend_words.part_words(part)
    whole = part == trend_words.WHOLE
    st.subheader(formats.plain(finding(frame, "The whole change" if whole else words.label)), anchor=False)
    st.caption(formats.plain(_says(frame, "" if whole else words.means, what)))
    keys = frame["key"].tolist()
    show_chart(
        trend_waterfall.contributions(frame, by=by),
        key="trend-contributions",
        alt=f"Bars: kg that each of the {what.lower()} brought to the change",
        on_click=lambda bar: _narrow(visit, chosen, change, what, bar[0]),
    )
    trend_tables.pickable(
        frame,
        SHOWN if frame["note"].any() else SHOWN[:2],
        key=f"trend-contributed-{part}-{by}",
        alt=f"{what} by what they brought to the change, the largest first",
        on_pick=lambda row: _narrow(visit, chosen, change, what, keys[row]),
    )
    tables.download(frame, f"{part}-by-{by}.csv".replace("_", "-"), key="download-contributions")


def _narrow(visit: Visit, chosen: Filters, change: Change, what: str, key: str) -> None:
    """Filter the page by one supplier or mode, or by the lanes that shipments between two places run on."""
    _, name = trend_views.DIMENSIONS[what]
    trend_views.narrow(name, _legs_lanes(visit, chosen, change, key) if what == "Lanes" else [key])


def _legs_lanes(visit: Visit, chosen: Filters, change: Change, lane: str) -> list[str]:
    """A shipment's lane as those of its legs, in both periods: filters know legs."""
    origin, _, destination = lane.partition(LANE_ARROW)
    if not destination:
        return []
    both = replace(chosen, start=change.before[0] if change.before else chosen.start)
    found = visit.ask(LaneAnalytics(visit.store).chain_lanes, both, origin=origin, destination=destination)
    return list(found)


def _says(frame: pd.DataFrame, means: str, what: str) -> str:
    top = trend_waterfall.TOP
    many = (
        f"The {top} largest of {len(frame):,} {what.lower()}; the table has all. " if len(frame) > top else ""
    )
    route = "A lane is where a shipment starts and ends. " if what == "Lanes" else ""
    return f"{means} {route}{many}Click a bar or tick a row to filter the page by it.".strip()


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
