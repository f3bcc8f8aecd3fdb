"""Drivers: what drives intensity, overall and for one shipment?"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from access import Permission
from analytics import DriverAnalytics, OverviewAnalytics
from analytics.drivers import DriverModel, DriversUnavailable
from analytics.overview import FilterOptions
from data_access import Filters
from ui import drivers_charts as charts
from ui import (
    drivers_dependence,
    drivers_group,
    drivers_leg,
    drivers_levels,
    drivers_quality,
    filters,
    formats,
    shell,
    states,
)
from ui import drivers_words as words
from ui.chart_card import card, show, titled
from ui.shell import Visit


def main() -> None:
    visit = shell.guard("drivers")
    drivers, overview = DriverAnalytics(visit.store), OverviewAnalytics(visit.store)
    shell.header(visit.entry)
    with states.boundary("The drivers"):
        options = visit.ask(overview.options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        chosen = filters.bar(visit.sidebar, options)
        filters.chips(chosen, options)
        target = st.segmented_control(
            "What is explained",
            list(words.FIGURES),
            format_func=words.FIGURES.get,
            default="intensity",
            required=True,
            key="drivers-target",
        )
        try:
            with states.loading(620):
                model = visit.ask(drivers.drivers, chosen, target=target)
        except DriversUnavailable as reason:
            _nothing(visit, overview, chosen, options, reason)
            return
        names = options.suppliers
        drivers_quality.show(model)
        left, right = st.columns(2)
        with card(left, "Importance"):
            _importance(visit, model, chosen, names)
        with card(right, "Dependence"):
            drivers_dependence.show(visit, model, chosen, names)
        drivers_levels.show(model, names)
        with card(st, "One supplier against all"):
            drivers_group.show(visit, drivers, chosen, model, names)
        with card(st, "One shipment"):
            drivers_leg.show(visit, drivers, overview, chosen, names)
        st.info(words.CAVEAT, icon=":material/info:")


def _importance(visit: Visit, model: DriverModel, chosen: Filters, names: Mapping[str, str]) -> None:
    shows = "From the value that lowers most to the one that raises most; the strongest feature is on top."
    titled(words.headline(model, names), shows)
    figure = visit.draw(charts.importance, (model, names), chosen, target=model.target)
    show(
        figure, key="drivers-importance", alt="Bars: how far each feature moves a leg's figure, and which way"
    )


def _nothing(
    visit: Visit, overview: OverviewAnalytics, chosen: Filters, options: FilterOptions, reason: Exception
) -> None:
    """No model: because nothing is selected, or for a reason that comes as a sentence."""
    if visit.ask(overview.totals, chosen).legs:
        wider = "Clear all and show all time"
        states.empty("Nothing to explain here", formats.plain(reason), wider, filters.widen)
    else:
        states.empty_selection(options)


main()
