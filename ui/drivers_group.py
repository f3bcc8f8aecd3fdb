"""One supplier against all: which features set its legs apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analytics.drivers import DriversUnavailable
from ui import drivers_charts as charts
from ui import drivers_words as words
from ui import formats, states
from ui.chart_card import show as show_figure
from ui.chart_card import titled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.drivers import DriverAnalytics, DriverModel
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["show"]


@st.fragment
def show(
    visit: Visit, drivers: DriverAnalytics, chosen: Filters, model: DriverModel, names: Mapping[str, str]
) -> None:
    """Choose a supplier; only this part of the page runs again."""
    with states.boundary("The comparison"):
        ids = [one for one in names if not chosen.suppliers or one in chosen.suppliers]
        if "supplier_id" in model.constant or len(ids) < 2:
            st.header("One supplier against all", anchor=False)
            st.info("There is only one supplier in this selection, so there is none to compare it with.")
            return
        most = next((one.highest.level for one in model.drivers if one.feature == "supplier_id"), None)
        supplier = st.selectbox(
            "Supplier to compare with all legs",
            ids,
            index=ids.index(most) if most in ids else 0,
            format_func=lambda one: names[one],
            key="drivers-supplier",
        )
        try:
            with states.loading(360):
                found = visit.ask(drivers.compare, chosen, supplier_id=supplier, target=model.target)
        except DriversUnavailable as reason:
            st.info(formats.plain(reason))
            return
        small = "" if found.own_level else " It is too small for an effect of its own as a supplier."
        titled(
            words.comparison_finding(found, names[supplier]),
            f"Mean effects of {formats.counted(found.legs, 'leg')} less those of all. Parts multiply.{small}",
        )
        show_figure(
            charts.apart(found),
            key="drivers-apart",
            alt="Bars: by how much each feature sets the supplier apart",
        )
