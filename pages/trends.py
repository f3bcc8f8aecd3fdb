"""Trends: why did our emissions change, and what is season, trend or a real break?"""

from __future__ import annotations

import streamlit as st

from access import Permission
from analytics import OverviewAnalytics
from data_access import Filters
from ui import (
    filters,
    shell,
    states,
    trend_breaks,
    trend_kpis,
    trend_season,
    trend_shares,
    trend_views,
    trend_why,
    trend_years,
)
from ui.chart_card import card
from ui.shell import Visit

_SHOWN = {
    trend_views.WHY: trend_why.show,
    trend_views.SEASON: trend_season.show,
    trend_views.BREAKS: trend_breaks.show,
    trend_views.YEARS: trend_years.show,
    trend_views.SHARES: trend_shares.show,
}


def main() -> None:
    visit = shell.guard("trends")
    overview = OverviewAnalytics(visit.store)
    shell.header(visit.entry)
    with states.boundary("The trends"):
        options = visit.ask(overview.options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        trend_views.take_up()
        chosen = filters.bar(visit.sidebar, options)
        filters.chips(chosen, options)
        with states.loading(140):
            summary = visit.ask(overview.summary, chosen)
        if not summary.current.legs:
            states.empty_selection(options)
            return
        later = trend_kpis.row(visit, chosen, summary)
        _sections(visit, chosen)
        later()


@st.fragment
def _sections(visit: Visit, chosen: Filters) -> None:
    """Another section runs this part alone; a changed filter the whole page."""
    if trend_views.wanted():
        st.rerun()
    with card(st, "Sections"):
        section = trend_views.section()
        with states.boundary(section), states.loading(440):
            _SHOWN[section](visit, chosen)


main()
