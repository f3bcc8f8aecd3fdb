"""Lanes that could move to a cleaner mode, ranked by what that saves, within the days that one can spare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from reporting.excel_export import xlsx_bytes
from ui import formats, lane_charts, lane_views, lane_words, tables
from ui.chart_card import show as show_chart
from ui.chart_card import titled
from ui.lane_table import pickable
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from analytics import LaneAnalytics
    from analytics.recommendations import ShiftCandidates
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["SHOWN", "candidates", "rows_of", "show"]

_LIMIT_KEY, _MOST_DAYS = "extra-days", 30
SHOWN = [
    "lane", "move", "saved_kg", "saved_low_kg", "saved_high_kg", "saved_share", "shipments", "days_change",
    "cost_change", "evidence_words", "now_kg",
]  # fmt: skip


def candidates(visit: Visit, chosen: Filters, limit: float | None = None) -> ShiftCandidates:
    from analytics import RecommendationAnalytics

    return visit.ask(RecommendationAnalytics(visit.store).shifts, chosen, max_extra_days=limit)


def show(visit: Visit, lanes: LaneAnalytics, chosen: Filters) -> None:
    limit = _limit()
    with_limit = candidates(visit, chosen, limit)
    titled(
        lane_words.shifts_finding(with_limit),
        "Whole transport chains, kg CO2e saved a year with the 95 % range, coloured by the mode to move to. "
        "Only modes that these data show on the same lane, or between the same countries. Click a bar or "
        "tick a row to open the chain's lanes.",
    )
    if note := lane_words.left_out_words(with_limit, limit):
        st.caption(formats.plain(note))
    if with_limit.frame.empty:
        st.markdown(_nothing(limit))
        return
    show_chart(
        lane_charts.shifts(with_limit),
        key="lane-shifts",
        alt="Bars: the lanes whose move to a cleaner mode saves most",
        on_click=lambda bar: _open(visit, lanes, chosen, bar[0], bar[1]),
    )
    _total(with_limit)
    _table(visit, lanes, chosen, with_limit.frame)


def rows_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows in words, as on screen."""
    columns = (
        "from_mode",
        "to_mode",
        "days_now",
        "days_then",
        "cost_per_t_now",
        "cost_per_t_then",
        "currency",
    )
    parts = [frame[name] for name in columns]
    found = zip(
        *parts, frame["evidence"], frame["evidence_shipments"], frame["evidence_suppliers"], strict=True
    )
    words = [_words(*row) for row in found]
    return frame.assign(**{name: [row[at] for row in words] for at, name in enumerate(_WRITTEN)})


_WRITTEN = ("move", "days_change", "cost_change", "evidence_words")


def _words(*row: object) -> tuple[str, str, str, str]:
    before, after, days_now, days_then, cost_now, cost_then, currency, evidence, shipments, suppliers = row
    return (
        f"{mode_label(str(before))} → {mode_label(str(after))}",
        f"{lane_words.days_words(days_now)} → {lane_words.days_words(days_then)}",
        f"{lane_words.cost_words(cost_now, currency)} → {lane_words.cost_words(cost_then, currency)}",
        f"{str(evidence).capitalize()}: {formats.counted(shipments, 'shipment')} of "
        f"{formats.counted(suppliers, 'supplier')}",
    )


def _limit() -> float | None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="shift-limit"):
        limit = st.number_input(
            "Days longer at most",
            min_value=0,
            max_value=_MOST_DAYS,
            value=None,
            step=1,
            placeholder="No limit",
            key=_LIMIT_KEY,
            bind="query-params",
            width=190,
            help="By how much the median transit time may grow. Empty: no limit.",
        )
    return None if limit is None else float(limit)


def _total(found: ShiftCandidates) -> None:
    kg = formats.emissions_range(found.saved_kg, found.saved_low_kg, found.saved_high_kg)
    with st.container(key="shift-total"):
        st.markdown(
            f"Together **{formats.plain(kg)} CO2e a year**: the sum of "
            f"{formats.counted(len(found.frame), 'row')}, no shipment in two of them; from "
            f"{formats.counted(round(found.days), 'day')} of data."
        )


def _table(visit: Visit, lanes: LaneAnalytics, chosen: Filters, frame: pd.DataFrame) -> None:
    with st.container(horizontal=True):
        tables.download(frame, "shift-candidates.csv", key="download-shifts")
        st.download_button(
            "Download Excel",
            data=lambda: xlsx_bytes(frame, "Shift candidates"),
            file_name="shift-candidates.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key="download-shifts-xlsx",
            icon=":material/download:",
            on_click="ignore",
        )
    ends = list(zip(frame["origin"], frame["destination"], strict=True))
    pickable(
        rows_of(frame),
        SHOWN,
        key="shift-rows",
        alt="Shift candidates, the largest saving first",
        on_pick=lambda row: _open(visit, lanes, chosen, *ends[row]),
    )


def _open(visit: Visit, lanes: LaneAnalytics, chosen: Filters, origin: str, destination: str) -> None:
    """Narrow the page to the lanes that these chains run on."""
    lane_views.open_lanes(visit.ask(lanes.chain_lanes, chosen, origin=origin, destination=destination))


def _nothing(limit: float | None) -> str:
    if limit is None:
        return "A lane is listed when shipments on it, or between its countries, use a cleaner mode already."
    return "Allow more days above, or leave the limit empty, to see more."
