"""Forecast: where are our emissions heading, how sure is that, and how good was the last one?"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from access import Permission
from analytics import OverviewAnalytics
from analytics.forecasting import TooShort
from analytics.overview import FilterOptions
from data_access import Filters
from ui import filters, forecast_answers, forecast_board, formats, shell, states
from ui.shell import Visit


def main() -> None:
    visit = shell.guard("forecast")
    shell.header(visit.entry)
    with states.boundary("The forecast"):
        options = visit.ask(OverviewAnalytics(visit.store).options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        # A forecast needs every leg of the days before: flagged ones alone have no course of their own.
        asked = filters.bar(visit.sidebar, options)
        chosen = replace(asked, anomalies_only=False)
        filters.chips(chosen, options)
        if asked.anomalies_only:
            st.caption("A forecast counts all legs, whether they are flagged or not.")
        _content(visit, chosen, options)


def _content(visit: Visit, chosen: Filters, options: FilterOptions) -> None:
    try:
        with states.loading(620):
            forecast_answers.by_day(visit, chosen)
    except TooShort as reason:
        _too_short(visit, chosen, options, reason)
        return
    forecast_board.show(visit, chosen)


def _too_short(visit: Visit, chosen: Filters, options: FilterOptions, reason: TooShort) -> None:
    """No forecast: because nothing is selected, or because there is too little of it."""
    before = visit.ask(OverviewAnalytics(visit.store).totals, replace(chosen, start=None))
    if not before.legs:
        states.empty_selection(options)
        return
    narrowed = filters.narrowed()
    ends_early = chosen.end is not None and options.last is not None and chosen.end <= options.last
    action = "Clear all filters" if narrowed else "Show all time" if ends_early else None
    clears = filters.clear_all if narrowed else filters.show_all_time
    states.empty(
        "Too little history for a forecast", formats.plain(reason), action, clears if action else None
    )
    known = f"Known so far: {formats.counted(before.legs, 'leg')}, {formats.emissions(before.wtw_kg)}."
    st.caption(formats.plain(known))


main()
