"""Building a scenario: the year it starts from, the levers at the left, what they come to at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from access import Permission
from ui import (
    formats,
    scenario_draft,
    scenario_export,
    scenario_forecast,
    scenario_forms,
    scenario_kpis,
    scenario_levers,
    scenario_result,
    scenario_saved,
    scenario_views,
    states,
)
from ui import scenario_words as words

if TYPE_CHECKING:
    from analytics.overview import FilterOptions
    from analytics.scenarios import Baseline, Options
    from data_access import Filters, Scope, Store
    from ui.shell import Visit

__all__ = ["baseline", "show"]


def show(visit: Visit, chosen: Filters, options: FilterOptions) -> None:
    from analytics.scenarios import run

    with states.loading(140):
        base, possible = visit.ask(_Years(visit.store).year, chosen)
    if base.now_kg <= 0:
        states.empty_selection(options)
        return
    scenario_saved.bar(visit, options)
    draft = scenario_draft.current()
    scenario_views.write_url(draft.scenario_id)
    _base(base)
    result = words.named(run(base, draft.scenario()), base.names)
    scenario_kpis.row(scenario_kpis.cards(result))
    left, right = st.columns([5, 8], gap="medium")
    with left:
        scenario_levers.show(draft, result, base.names)
        scenario_forms.show(possible, base.names, first=not draft.cards)
    with right:
        if draft.cards:
            scenario_result.warned(result)
            scenario_result.show(result)
        else:
            _nothing_yet()
    if draft.cards:
        scenario_result.tables_of(result)
        scenario_forecast.show(result)
    if visit.may(Permission.EXPORT):
        scenario_export.show(draft, result, base, scenario_views.query_now(options))


def baseline(visit: Visit, chosen: Filters) -> Baseline:
    """The year that every scenario of this selection starts from."""
    return visit.ask(_Years(visit.store).year, chosen)[0]


class _Years:
    """Asks for the baseline once: what the levers can choose follows from it without the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def year(self, filters: Filters, scope: Scope) -> tuple[Baseline, Options]:
        from analytics.scenarios import ScenarioAnalytics, options_of

        base = ScenarioAnalytics(self._store).baseline(filters, scope)
        return base, options_of(base)


def _base(base: Baseline) -> None:
    st.markdown(formats.plain(words.base_words(base)))
    if base.notes:
        st.caption(formats.plain(" ".join(base.notes)))


def _nothing_yet() -> None:
    with st.container(border=True, key="scenario-none"):
        st.markdown("### :material/tune: No lever yet")
        st.markdown(
            "Choose at the left what to change. Each list holds only what these data show to be possible. "
            "Levers act in their order, each on what the ones before it have left, so nothing counts twice."
        )
