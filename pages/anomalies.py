"""Anomalies: which shipments are wrong or unusual, why, what to do with each?"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from access import Permission
from analytics import AnomalyAnalytics, OverviewAnalytics, findings
from analytics.anomalies.review import AnomalySummary
from analytics.overview import FilterOptions
from data_access import Filters
from ui import (
    anomaly_charts,
    anomaly_kpis,
    anomaly_open,
    anomaly_sensitivity,
    anomaly_table,
    anomaly_views,
    filters,
    formats,
    shell,
    states,
)
from ui.anomaly_words import kind_label
from ui.chart_card import card, show, titled
from ui.shell import Visit


def main() -> None:
    visit = shell.guard("anomalies")
    anomalies = AnomalyAnalytics(visit.store)
    shell.header(visit.entry)
    with states.boundary("The anomalies"):
        options = visit.ask(OverviewAnalytics(visit.store).options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        anomaly_open.read_url()
        # All legs are asked about here: "Flagged only" has nothing to narrow.
        chosen = replace(filters.bar(visit.sidebar, options), anomalies_only=False)
        filters.chips(chosen, options)
        with states.loading(140):
            summary = visit.ask(anomalies.summary, chosen)
        if not summary.legs:
            states.empty_selection(options)
            return
        _found(visit, chosen, options, summary)


def _found(visit: Visit, chosen: Filters, options: FilterOptions, summary: AnomalySummary) -> None:
    anomalies = AnomalyAnalytics(visit.store)
    nothing = summary.by_kind.empty
    if nothing and summary.last_scoring is None and not anomaly_sensitivity.running():
        anomaly_sensitivity.offer(visit)
        return
    if not nothing:
        anomaly_kpis.row(summary)
    anomaly_sensitivity.show(visit, summary)
    if nothing:
        states.empty(
            f"Nothing unusual among {formats.counted(summary.legs, 'leg')}",
            "No leg of this selection breaks a rule or stands out from those like it.",
        )
        return
    kinds, when = st.columns([2, 3])
    with card(kinds, "Anomalies by kind"):
        _by_kind(visit, summary, chosen)
    with card(when, "Anomalies over time"):
        anomaly_views.show(visit, anomalies, chosen, options)
    anomaly_table.show(visit, anomalies, chosen, summary)


def _by_kind(visit: Visit, summary: AnomalySummary, chosen: Filters) -> None:
    frame = summary.flagged_by_kind
    labelled = frame.assign(label=frame["kind"].map(kind_label))
    titled(findings.anomaly_kinds_finding(labelled), "kg CO2e in doubt. Click a bar to list that kind.")
    show(
        visit.draw(anomaly_charts.by_kind, frame, chosen),
        key="by-kind",
        alt="Bars: kg CO2e at stake by kind of anomaly",
        on_click=lambda bar: anomaly_table.show_kind(bar[0]),
        fill=True,
    )


main()
