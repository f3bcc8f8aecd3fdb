"""Opening a saved scenario, by link or from the list: levers onto the bench, filters into the bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import access
from access import saved_scenarios
from access.errors import AccessError
from data_access.errors import StoreError
from ui import acts, scenario_draft, scenario_views

if TYPE_CHECKING:
    from analytics.overview import FilterOptions
    from ui.shell import Visit

__all__ = ["ask_for", "take_up", "wanted"]

_WANTED = "scenario-wanted"


def ask_for(scenario_id: str) -> None:
    """Open a scenario in the next run of the whole page; for callbacks of a fragment."""
    st.session_state[_WANTED] = scenario_id


def wanted() -> bool:
    """Whether a scenario was asked for that the page does not show yet."""
    return _WANTED in st.session_state


def take_up(visit: Visit, options: FilterOptions) -> None:
    """Open what a link or the list asks for; before the filters are drawn.

    A link with filters of its own keeps them; from the list, the filters that were saved come along.
    """
    by_link = scenario_views.asked()
    listed = st.session_state.pop(_WANTED, None)
    scenario_id = listed or by_link
    if scenario_id is None or (by_link and not listed and scenario_draft.current().scenario_id == by_link):
        return
    from analytics.scenarios import Scenario, ScenarioRefused

    try:
        found = saved_scenarios.opened(access.database(), visit.user, scenario_id)
        levers = Scenario.from_dict(found.definition).levers
    except (AccessError, ScenarioRefused, StoreError) as error:
        acts.refused(str(error))
        return
    scenario_draft.load(found, levers, mine=saved_scenarios.may_change(visit.user, found))
    if listed or not scenario_views.filters_in_url():
        scenario_views.show_selection(found.query, options)
