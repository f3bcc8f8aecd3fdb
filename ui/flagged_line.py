"""One quiet line under the headline figures: how much of them rests on legs that look implausible."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from ui import filters, formats

if TYPE_CHECKING:
    from analytics.overview import OverviewAnalytics, Totals
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["show", "words"]


def show(visit: Visit, overview: OverviewAnalytics, chosen: Filters, totals: Totals) -> None:
    """Say it where there is something to say; a click shows the flagged legs alone, or all again."""
    if not totals.flagged_legs:
        return
    only = chosen.anomalies_only
    # Without the flag it is the view that most users come from, so the cache knows the answer.
    whole = visit.ask(overview.summary, replace(chosen, anomalies_only=False)).current if only else totals
    st.button(
        words(totals, whole, only=only),
        key="flagged-share",
        type="tertiary",
        icon=":material/flag:",
        on_click=filters.only_flagged,
        args=(not only,),
        help="Show all legs again" if only else "Show the flagged legs only",
    )


def words(totals: Totals, whole: Totals, *, only: bool) -> str:
    """The line for `totals`, whose flagged legs are a part of `whole`."""
    share = formats.percent(totals.flagged_kg / whole.wtw_kg if whole.wtw_kg else None)
    legs = formats.counted(totals.flagged_legs, "flagged leg")
    if only:
        return f"Only flagged legs are shown: {share} of the emissions of this selection. Show all"
    return f"{share} of these emissions rest on {legs}. Show them only"
