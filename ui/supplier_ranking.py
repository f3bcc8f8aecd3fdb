"""The ranking of suppliers: headline, ratios with intervals, expected against observed, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import formats, states, supplier_charts, supplier_views, tables
from ui import supplier_words as words
from ui.chart_card import card, titled
from ui.chart_card import show as show_chart

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from streamlit.delta_generator import DeltaGenerator

    from data_access import Filters
    from ui.shell import Visit

__all__ = ["BEST", "EVERY", "SHOWN", "WORST", "part_of", "show", "with_ranges"]

WORST, BEST, EVERY = "Worst", "Best", "All"
_MOST_ROWS, _PART_ROWS = 25, 20
_SCROLL_PX = 560
_WHICH = "suppliers-shown"
_POINTS = [f"{part}_points" for part in words.PART_LABELS]
SHOWN = [
    "rank", "rank_range", "name", "score", "score_range", "ratio", "ratio_range", "legs", "observed_kg",
    "expected_kg", *_POINTS,
]  # fmt: skip
_RANGES = ["rank_range", "score_range", "ratio_range"]  # made for the screen
_NOTE = "A part that is unknown shows –, and its weight goes to the others."


def show(visit: Visit, frame: pd.DataFrame, chosen: Filters) -> None:
    """Draw the ranking; `frame` as `analytics.suppliers.scored` gives it, sorted by rank."""
    _cards(frame)
    compared = frame[frame["ratio"].notna()]
    left, right = st.columns([3, 2])
    with card(left, "Suppliers against peers"):
        _ratios(visit, compared, chosen)
    with card(right, "Expected and observed"):
        _scatter(visit, compared, chosen)
    _table(visit, frame, chosen)


def part_of(frame: pd.DataFrame, which: str) -> pd.DataFrame:
    """The suppliers with the highest ratios (worst), with the lowest (best), or all, the highest on top."""
    ordered = frame.sort_values(["ratio", "supplier_id"], ascending=[False, True], kind="stable")
    if which == EVERY or len(frame) <= _MOST_ROWS:
        return ordered
    return ordered.head(_PART_ROWS) if which == WORST else ordered.iloc[::-1].head(_PART_ROWS)


def with_ranges(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with each interval in words beside its figure."""
    found = {
        "rank_range": ("rank_low", "rank_high", 0),
        "score_range": ("score_low", "score_high", 0),
        "ratio_range": ("ratio_low", "ratio_high", 2),
    }
    return frame.assign(
        **{
            name: [
                words.interval(one, other, digits) for one, other in zip(frame[low], frame[high], strict=True)
            ]
            for name, (low, high, digits) in found.items()
        }
    )


def _cards(frame: pd.DataFrame) -> None:
    with st.container(key="supplier-kpis"):
        for figure, label, value, note in words.cards(frame):
            with st.container(key=f"kpi-{figure}"):
                st.metric(label, value)
                st.caption(formats.plain(note))


def _ratios(visit: Visit, frame: pd.DataFrame, chosen: Filters) -> None:
    head = st.container()
    which = EVERY
    if len(frame) > _MOST_ROWS:
        which = st.segmented_control(
            "Suppliers shown", [WORST, BEST, EVERY], default=WORST, required=True, key=_WHICH,
            label_visibility="collapsed",
        )  # fmt: skip
    rows = part_of(frame, which)
    with head:
        shown = "" if len(rows) == len(frame) else f" The {len(rows)} {which.lower()} of {len(frame)}."
        titled(
            words.ranking_finding(frame),
            f"Dot: observed ÷ expected emissions; line: 95 % interval.{shown} Click a dot to open it.",
            legend=supplier_charts.ratios_legend(rows),
        )
    with _scrolled(len(rows)):
        if len(rows) > _MOST_ROWS:  # what scrolls must hold something that takes the keyboard's focus
            fewer = f"Show the {_PART_ROWS} worst only"
            st.button(fewer, key="suppliers-fewer", type="tertiary", on_click=_show_worst)
        show_chart(
            visit.draw(_drawn, frame, chosen, which=which),
            key="supplier-ratios",
            alt="Dots with intervals: each supplier's emissions against what peers emit for the same jobs",
            on_click=lambda dot: supplier_views.open_one(dot[0]),
        )


def _show_worst() -> None:
    st.session_state[_WHICH] = WORST


def _drawn(frame: pd.DataFrame, which: str) -> go.Figure:
    return supplier_charts.ratios(part_of(frame, which))


def _scrolled(rows: int) -> DeltaGenerator:
    """A place for the chart; many rows scroll within it, and the page stays short."""
    tall = rows > _MOST_ROWS
    return st.container(height=_SCROLL_PX if tall else "content", border=False, key="supplier-ratios-rows")


def _scatter(visit: Visit, frame: pd.DataFrame, chosen: Filters) -> None:
    titled(
        words.excess_finding(frame),
        "Each mark is a supplier, larger with more legs; above the line it emits more than peers would. "
        "Click one to open it.",
        legend=supplier_charts.ratios_legend(frame),
    )
    show_chart(
        visit.draw(supplier_charts.expected_observed, frame, chosen),
        key="supplier-scatter",
        alt="Scatter: kg CO2e observed over kg expected, a mark for each supplier",
        on_click=lambda mark: supplier_views.open_one(mark[0]),
        fill=True,
    )


def _table(visit: Visit, frame: pd.DataFrame, chosen: Filters) -> None:
    with st.container(border=True, key="card-supplier-table"), states.boundary("The table"):
        head = st.container(
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
            key="supplier-bar",
        )
        ids = frame["supplier_id"].astype(str).tolist()
        picked = [ids[row] for row in _ticked(visit, frame, chosen) if row < len(ids)]
        with head:
            _bar(picked, len(ids))
            tables.download(frame, "suppliers.csv", key="download-suppliers")
        st.caption(f"All intervals are 95 %. {_NOTE}")


def _ticked(visit: Visit, frame: pd.DataFrame, chosen: Filters) -> list[int]:
    # A new order of rows is a new table: ticks stand by row number, and would slip to other suppliers.
    order = hash((visit.version, chosen, tuple(frame["supplier_id"])))
    state: Any = st.dataframe(
        tables.worded(with_ranges(frame)[SHOWN]),
        hide_index=True,
        column_config=tables.column_config(SHOWN),
        height=tables.height_of(frame),
        key=f"supplier-table-{order}",
        placeholder=formats.MISSING,
        on_select="rerun",
        selection_mode="multi-row",
        alt="Suppliers by rank, with score, ratio and the points of each part",
    )
    return list(state["selection"]["rows"])


def _bar(picked: list[str], suppliers: int) -> None:
    """What can be done with the ticked suppliers."""
    most = min(supplier_views.MOST_COMPARED, suppliers)
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="supplier-acts"):
        ticked = f"**{len(picked)} ticked.**" if picked else f"Tick one to open it, 2 to {most} to compare."
        st.markdown(ticked if suppliers > 1 or picked else "Tick the supplier to open it.", width="content")
        st.button(
            "Open", key="supplier-open-ticked", icon=":material/factory:", disabled=len(picked) != 1,
            on_click=supplier_views.open_one, args=(picked[0] if picked else "",),
        )  # fmt: skip
        st.button(
            "Compare", key="supplier-compare-ticked", icon=":material/compare_arrows:",
            disabled=not 2 <= len(picked) <= supplier_views.MOST_COMPARED,
            on_click=supplier_views.compare, args=(tuple(picked),),
        )  # fmt: skip
        if len(picked) > supplier_views.MOST_COMPARED:
            st.markdown(f"At most {supplier_views.MOST_COMPARED} can be compared.", width="content")
