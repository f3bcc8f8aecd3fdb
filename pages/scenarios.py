"""Scenarios: what if we shift, join loads or change fuel, and does it bring us onto our target path?"""

from __future__ import annotations

import streamlit as st

from access import Permission
from analytics import OverviewAnalytics
from analytics.overview import FilterOptions
from data_access import Filters
from ui import (
    acts,
    filters,
    scenario_build,
    scenario_compare,
    scenario_open,
    scenario_targets,
    scenario_views,
    shell,
    states,
)
from ui.shell import Visit


def main() -> None:
    visit = shell.guard("scenarios")
    shell.header(visit.entry)
    with states.boundary("The scenarios"):
        options = visit.ask(OverviewAnalytics(visit.store).options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        scenario_open.take_up(visit, options)
        chosen = filters.bar(visit.sidebar, options)
        filters.chips(chosen, options)
        _sections(visit, chosen, options)


@st.fragment
def _sections(visit: Visit, chosen: Filters, options: FilterOptions) -> None:
    """A lever or another section runs this part alone; an opened scenario, which brings filters, the page."""
    if scenario_open.wanted():
        st.rerun()
    section = scenario_views.section()
    acts.told()
    with states.boundary(section):
        if section == scenario_views.TARGETS:
            scenario_targets.show(visit, chosen, options)
        elif section == scenario_views.COMPARE:
            scenario_compare.show(visit, chosen, options)
        else:
            scenario_build.show(visit, chosen, options)


main()
