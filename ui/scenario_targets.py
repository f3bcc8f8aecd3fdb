"""The targets' section of the Scenarios page: which of the user's scenarios closes the gap."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import streamlit as st

import access
from access import saved_scenarios
from ui import scenario_build, scenario_draft, scenario_views

if TYPE_CHECKING:
    from analytics.overview import FilterOptions
    from analytics.scenarios import ScenarioResult
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["results", "show"]

_log = logging.getLogger("ui")
_MOST = 12


def show(visit: Visit, chosen: Filters, options: FilterOptions) -> None:
    from ui import target_section

    if visit.scope.supplier_ids is not None:
        st.info("Targets of the company are for who may see all shipments.", icon=":material/flag:")
        st.page_link("pages/suppliers.py", label="Your own target", icon=":material/factory:")
        return
    with st.spinner("Working out the scenarios …"):
        found = results(visit, chosen, options)
    target_section.show(visit, chosen, options, scenarios=found)


def results(visit: Visit, chosen: Filters, options: FilterOptions) -> tuple[tuple[str, ScenarioResult], ...]:
    """The scenario on the bench, and the saved ones on the shipments that each was built on."""
    from analytics.scenarios import Scenario, run

    draft = scenario_draft.current()
    wanted: list[tuple[str, Scenario, Filters]] = []
    if draft.cards and draft.changed:
        wanted.append((f"{draft.name} (not saved)", draft.scenario(), chosen))
    for one in saved_scenarios.list_for(access.database(), visit.user)[:_MOST]:
        try:
            selection = scenario_views.filters_of(one.query, options)
            wanted.append((one.name, Scenario.from_dict(one.definition), selection))
        except ValueError:
            _log.warning("The saved scenario %s cannot be read", one.scenario_id)
    based = ((name, one, scenario_build.baseline(visit, on)) for name, one, on in wanted if one.levers)
    return tuple((name, run(base, one)) for name, one, base in based if base.now_kg > 0)
