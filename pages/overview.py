"""Overview: what do we emit, where, and how does it compare with the period before?"""

from __future__ import annotations

from datetime import date

import streamlit as st

from access import Permission
from analytics import OverviewAnalytics, findings
from analytics.overview import FilterOptions
from data_access import Filters
from ui import (
    charts,
    derivation,
    filters,
    flagged_line,
    kpis,
    overview_table,
    periods,
    shell,
    states,
    target_line,
)
from ui.chart_card import card, show, titled
from ui.shell import Visit

_ALL = 1_000  # rows asked for: the table below shows them, the charts their first ten


def main() -> None:
    visit = shell.guard("overview")
    overview = OverviewAnalytics(visit.store)
    shell.header(visit.entry)
    with states.boundary("The overview"):
        options = visit.ask(overview.options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        chosen = filters.bar(visit.sidebar, options)
        filters.chips(chosen, options)
        with states.loading(140):
            summary = visit.ask(overview.summary, chosen)
        if not summary.current.legs:
            states.empty_selection(options)
            return
        asked = kpis.row(kpis.headline(summary))
        flagged_line.show(visit, overview, chosen, summary.current)
        target_line.show(visit)
        time, modes = st.columns([3, 2])
        with card(time, "Emissions over time"):
            _over_time(visit, overview, chosen, options)
        with card(modes, "Emissions by mode"):
            _by_mode(visit, overview, chosen)
        suppliers, lanes = st.columns(2)
        with card(suppliers, "Top suppliers"):
            _suppliers(visit, overview, chosen)
        with card(lanes, "Top lanes"):
            _lanes(visit, overview, chosen)
        overview_table.show(visit, overview, chosen)
        if asked:
            derivation.show(asked, visit.ask(overview.derivation, chosen))


def _over_time(visit: Visit, overview: OverviewAnalytics, chosen: Filters, options: FilterOptions) -> None:
    with states.loading(380):
        frame = visit.ask(overview.over_time, chosen)
    grain = frame.attrs["grain"]
    within = periods.covered(chosen.start, chosen.end, options.first, options.last)
    shows = f"Emissions by {grain} and mode. Click a bar to open its {grain}."
    titled(findings.time_finding(frame), shows, legend=charts.legend(frame, grain, within))
    show(
        visit.draw(charts.over_time, frame, chosen, grain=grain, within=within),
        key="over-time",
        alt=f"Stacked bars: emissions by mode and {grain}",
        on_click=lambda bar: filters.show_days(date.fromisoformat(bar[0]), grain),
        fill=True,
    )


def _by_mode(visit: Visit, overview: OverviewAnalytics, chosen: Filters) -> None:
    with states.loading(380):
        frame = visit.ask(overview.by_mode, chosen)
    titled(findings.mode_finding(frame), "Solid: emissions, hatched: tonne-km. Click a bar to filter.")
    show(
        visit.draw(charts.share_by_mode, frame, chosen),
        key="by-mode",
        alt="Bars: each mode's share of emissions and of tonne-km",
        on_click=lambda bar: filters.add("mode", bar[0]),
        fill=True,
    )


def _suppliers(visit: Visit, overview: OverviewAnalytics, chosen: Filters) -> None:
    with states.loading(440):
        frame = visit.ask(overview.top_suppliers, chosen, limit=_ALL)
    finding = findings.suppliers_finding(frame.head(charts.TOP), len(frame))
    titled(finding, "Largest emitters. Click a bar to filter.")
    show(
        visit.draw(charts.suppliers, frame, chosen),
        key="top-suppliers",
        alt="Bars: the suppliers with the most emissions",
        on_click=lambda bar: filters.add("supplier", bar[0]),
    )


def _lanes(visit: Visit, overview: OverviewAnalytics, chosen: Filters) -> None:
    with states.loading(440):
        frame = visit.ask(overview.top_lanes, chosen, limit=_ALL)
    titled(findings.lanes_finding(frame), "Heaviest lanes. Click a bar to filter by it.")
    show(
        visit.draw(charts.lanes, frame, chosen),
        key="top-lanes",
        alt="Bars: the lanes with the most emissions",
        on_click=lambda bar: filters.show_lane(bar[0]),
    )


main()
