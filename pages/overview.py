"""Overview: what do we emit, where, and how does it compare with the period before?"""

from __future__ import annotations

from datetime import date

import streamlit as st

from access import Permission
from analytics import OverviewAnalytics, findings
from data_access import Filters
from ui import charts, derivation, filters, formats, kpis, overview_table, shell, states
from ui.chart_card import card, show, titled
from ui.shell import Visit

_TOP = 10
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
        time, modes = st.columns([3, 2])
        with card(time, "Emissions over time"):
            _over_time(visit, overview, chosen)
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


def _over_time(visit: Visit, overview: OverviewAnalytics, chosen: Filters) -> None:
    with states.loading(380):
        frame = visit.ask(overview.over_time, chosen)
    grain = frame.attrs["grain"]
    titled(findings.time_finding(frame), f"Emissions by {grain} and mode. Click a bar to open its {grain}.")
    show(
        charts.over_time(frame, grain),
        key="over-time",
        alt=f"Stacked bars: emissions by mode and {grain}",
        on_click=lambda bar: filters.show_days(date.fromisoformat(bar[0]), grain),
    )


def _by_mode(visit: Visit, overview: OverviewAnalytics, chosen: Filters) -> None:
    with states.loading(380):
        frame = visit.ask(overview.by_mode, chosen)
    titled(findings.mode_finding(frame), "Solid: emissions, hatched: tonne-km. Click a bar to filter.")
    show(
        charts.share_by_mode(frame),
        key="by-mode",
        alt="Bars: each mode's share of emissions and of tonne-km",
        on_click=lambda bar: filters.add("mode", bar[0]),
    )


def _suppliers(visit: Visit, overview: OverviewAnalytics, chosen: Filters) -> None:
    with states.loading(440):
        frame = visit.ask(overview.top_suppliers, chosen, limit=_ALL)
    top = frame.head(_TOP)
    titled(findings.suppliers_finding(top, len(frame)), "Largest emitters. Click a bar to filter.")
    show(
        charts.ranking(top, top["name"].tolist(), [(one,) for one in top["supplier_id"]]),
        key="top-suppliers",
        alt="Bars: the suppliers with the most emissions",
        on_click=lambda bar: filters.add("supplier", bar[0]),
    )


def _lanes(visit: Visit, overview: OverviewAnalytics, chosen: Filters) -> None:
    with states.loading(440):
        frame = visit.ask(overview.top_lanes, chosen, limit=_ALL)
    top = frame.head(_TOP)
    names = [formats.lane(*ends) for ends in zip(top["origin"], top["destination"], strict=True)]
    countries = top[["origin_country", "destination_country"]].fillna("")
    titled(findings.lanes_finding(top), "Heaviest lanes. Click a bar to filter by its countries.")
    show(
        charts.ranking(top, names, list(countries.itertuples(index=False, name=None))),
        key="top-lanes",
        alt="Bars: the lanes with the most emissions",
        on_click=lambda bar: filters.add_lane(bar[0], bar[1]),
    )


main()
