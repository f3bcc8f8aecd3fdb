"""Suppliers: who ships worse than the same job done by others, and what would help?"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from access import Permission
from analytics import OverviewAnalytics, SupplierAnalytics
from analytics.overview import FilterOptions
from analytics.suppliers import SuppliersUnavailable, Weights, scored
from data_access import Filters
from ui import (
    filters,
    formats,
    shell,
    states,
    supplier_choice,
    supplier_compare,
    supplier_master,
    supplier_profile,
    supplier_ranking,
    supplier_views,
    supplier_weights,
    supplier_words,
)
from ui.shell import Visit


def main() -> None:
    visit = shell.guard("suppliers")
    shell.header(visit.entry)
    with states.boundary("The suppliers"):
        options = visit.ask(OverviewAnalytics(visit.store).options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        supplier_views.read_url()
        supplier_weights.read_url()
        # Flagged legs are never compared: "Flagged only" has nothing to narrow.
        chosen = replace(filters.bar(visit.sidebar, options), anomalies_only=False)
        filters.chips(chosen, options)
        supplier_weights.say_unread()
        view, weights = _head(visit)
        if view == supplier_views.MASTER:
            supplier_master.show(visit)
        elif view == supplier_views.ONE:
            _one(visit, chosen, options, weights)
        else:
            _many(visit, chosen, options, weights, view)
        supplier_views.write_url()
        supplier_weights.write_url()


def _head(visit: Visit) -> tuple[str, Weights]:
    """The switch between the views, and what the score is made of."""
    views = [supplier_views.RANKING, supplier_views.ONE, supplier_views.COMPARE]
    if visit.may(Permission.EDIT_SUPPLIERS):
        views.append(supplier_views.MASTER)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="supplier-head"):
        view = supplier_choice.view(views)
        scores = view != supplier_views.MASTER
        return view, supplier_weights.control() if scores else supplier_weights.current()


def _many(visit: Visit, chosen: Filters, options: FilterOptions, weights: Weights, view: str) -> None:
    """The ranking, or some suppliers side by side; peers are the same whoever is shown."""
    try:
        with states.loading(620):
            frame = _frame(visit, chosen, weights)
    except SuppliersUnavailable as reason:
        _nothing(visit, chosen, options, reason)
        return
    names = supplier_choice.names(options)
    if view == supplier_views.COMPARE:
        supplier_compare.show(visit, frame, chosen, names)
        return
    shown = frame[frame["supplier_id"].isin(chosen.suppliers)] if chosen.suppliers else frame
    if shown.empty:
        states.empty_selection(options)
    else:
        supplier_ranking.show(visit, shown, chosen)


def _frame(visit: Visit, chosen: Filters, weights: Weights) -> pd.DataFrame:
    everyone = replace(chosen, suppliers=())
    measured = visit.ask(SupplierAnalytics(visit.store).measured, everyone)
    return supplier_words.known_parts(scored(measured, weights))


def _one(visit: Visit, chosen: Filters, options: FilterOptions, weights: Weights) -> None:
    """The opened supplier; before one is opened, the last of the ranking is of most use."""

    def last() -> str | None:
        try:
            return str(_frame(visit, chosen, weights)["supplier_id"].iloc[-1])
        except SuppliersUnavailable:
            return next(iter(options.suppliers), None)

    supplier_profile.show(visit, chosen, options, supplier_choice.one(chosen, last), weights)


def _nothing(visit: Visit, chosen: Filters, options: FilterOptions, reason: Exception) -> None:
    """No ranking: because nothing is selected, or for a reason that comes as a sentence."""
    if not visit.ask(OverviewAnalytics(visit.store).totals, chosen).legs:
        states.empty_selection(options)
        return
    st.info(formats.plain(reason), icon=":material/info:")
    st.caption("“One supplier” shows what is known about each of them.")


main()
