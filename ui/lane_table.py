"""The table of lanes by mode; a ticked row opens its lane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import formats, lane_views, lane_words, tables
from ui.chart_card import titled

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from analytics import LaneAnalytics
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["ROWS", "SHOWN", "caption", "lane_rows", "pickable", "show"]

ROWS = 1_000
_LANE_PX = 255
SHOWN = [
    "lane", "mode", "wtw_kg", "low_kg", "high_kg", "weight_kg", "intensity_g_per_tkm", "cost_per_t",
    "currency", "other_costs", "days", "legs", "tonne_km", "wtw_share",
]  # fmt: skip


def show(visit: Visit, lanes: LaneAnalytics, chosen: Filters, all_kg: float) -> None:
    """`all_kg` is the selection's total, hubs included."""
    table = visit.ask(lanes.table, chosen)
    titled(lane_words.lane_finding(table), "A row for each lane and mode. Tick one to open its lane.")
    if table.empty:
        st.markdown("Only hub operations are in this selection: see Hubs.")
        return
    tables.download(table, "lanes.csv", key="download-lanes")
    rows = lane_rows(table)
    names = table["lane"].head(ROWS).tolist()
    pickable(
        rows,
        SHOWN,
        key="lane-rows",
        alt="Lanes by mode, the largest emission first",
        on_pick=lambda row: _open(names[row]),
    )
    st.caption(formats.plain(caption(table, all_kg)))


def lane_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The rows on screen; a lane with an unnamed end says so."""
    top = table.head(ROWS)
    names = [formats.lane(*ends) for ends in zip(top["origin"], top["destination"], strict=True)]
    return top.assign(lane=names)


def caption(table: pd.DataFrame, all_kg: float) -> str:
    """What the rows add up to, and what is not among them."""
    kg = float(table["wtw_kg"].sum())
    said = f"{formats.counted(len(table), 'row')} in all: {formats.emissions(kg)}"
    if len(table) > ROWS:
        rest = float(table["wtw_kg"].iloc[ROWS:].sum())
        said = (
            f"The {ROWS:,} heaviest of {formats.counted(len(table), 'row')}; the others emit "
            f"{formats.emissions(rest)}, and the file has them all. Together: {formats.emissions(kg)}"
        )
    hubs = all_kg - kg
    return said + (f", and {formats.emissions(hubs)} at hubs." if hubs > 1e-6 * max(all_kg, 1.0) else ".")


def pickable(
    rows: pd.DataFrame, columns: list[str], *, key: str, alt: str, on_pick: Callable[[int], None]
) -> None:
    """A table of lanes; ticking a row calls `on_pick` with its place."""
    name = f"{key}-{lane_views.turn()}-{abs(hash((len(rows), *rows['lane'])))}"

    def picked() -> None:
        ticked: Any = st.session_state[name]["selection"]["rows"]
        if ticked and ticked[0] < len(rows):
            on_pick(ticked[0])

    st.dataframe(
        tables.worded(rows[columns]),
        hide_index=True,
        column_config=_with_wide_lanes(columns),
        height=tables.height_of(rows),
        key=name,
        placeholder=formats.MISSING,
        on_select=picked,
        selection_mode="single-row",
        alt=alt,
    )


def _with_wide_lanes(columns: list[str]) -> dict[str, Any]:
    """Both ends of a lane in full: here it is what a row is about."""
    config = tables.column_config(columns)
    return {**config, "lane": {**config["lane"], "width": _LANE_PX}}


def _open(lane: object) -> None:
    """A lane with an unnamed end has nothing to filter by."""
    if isinstance(lane, str):
        lane_views.open_lanes([lane])
