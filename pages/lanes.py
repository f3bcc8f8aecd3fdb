"""Lanes: where on the map do we emit, and which lanes could move to a cleaner mode?"""

from __future__ import annotations

import logging

import streamlit as st

from access import Permission
from analytics import LaneAnalytics, OverviewAnalytics
from analytics.overview import FilterOptions
from analytics.recommendations import ShiftCandidates
from data_access import Filters
from ui import (
    filters,
    lane_alternatives,
    lane_hubs,
    lane_kpis,
    lane_map,
    lane_matrix,
    lane_shifts,
    lane_table,
    lane_views,
    shell,
    states,
)
from ui.chart_card import card
from ui.shell import Visit

_log = logging.getLogger("ui")


def main() -> None:
    visit = shell.guard("lanes")
    lanes = LaneAnalytics(visit.store)
    shell.header(visit.entry)
    with states.boundary("The lanes"):
        options = visit.ask(OverviewAnalytics(visit.store).options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        lane_views.take_up()
        chosen = filters.bar(visit.sidebar, options)
        filters.chips(chosen, options)
        _content(visit, lanes, chosen, options)


def _content(visit: Visit, lanes: LaneAnalytics, chosen: Filters, options: FilterOptions) -> None:
    with states.loading(140):
        summary = visit.ask(lanes.summary, chosen)
        shifts = _shifts(visit, chosen) if summary.totals.current.legs else None
    if not summary.totals.current.legs:
        states.empty_selection(options)
        return
    lane_kpis.row(lane_kpis.cards(summary, shifts))
    with states.boundary("The map"):
        lane_map.show(visit, chosen, options)
    lane_alternatives.show(visit, lanes, chosen)
    _sections(visit, lanes, chosen, summary.totals.current.wtw_kg)


def _shifts(visit: Visit, chosen: Filters) -> ShiftCandidates | None:
    """What could be saved in all; a failure takes down its card alone."""
    try:
        return lane_shifts.candidates(visit, chosen)
    except Exception:
        _log.exception("The shift potential failed")
        return None


@st.fragment
def _sections(visit: Visit, lanes: LaneAnalytics, chosen: Filters, all_kg: float) -> None:
    """Another section, or another limit, runs this part alone; a changed filter the whole page."""
    if lane_views.wanted():
        st.rerun()
    with card(st, "Sections"):
        section = lane_views.section()
        with states.boundary(section), states.loading(440):
            if section == lane_views.SHIFTS:
                lane_shifts.show(visit, lanes, chosen)
            elif section == lane_views.MATRIX:
                lane_matrix.show(visit, lanes, chosen)
            elif section == lane_views.HUBS:
                lane_hubs.show(visit, lanes, chosen, all_kg)
            else:
                lane_table.show(visit, lanes, chosen, all_kg)


main()
