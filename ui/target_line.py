"""One quiet line on the Overview: how much of this year's point on the target path is used up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

import access
from access import targets
from analytics.targets import TargetAnalytics, TargetStatus, status_of
from ui import formats

if TYPE_CHECKING:
    from analytics.targets import Years
    from ui.shell import Visit

__all__ = ["show", "words"]


def show(visit: Visit) -> None:
    """Say it for the first target, where there is one and the year has a point; a click opens the targets.

    It asks for no forecast, which takes seconds: the share that is used up beside the share of the year.
    """
    found = targets.list_for(access.database(), visit.user)
    if not found:
        return
    years = visit.ask(TargetAnalytics(visit.store).years, found[0].filters)
    if line := words(status_of(found[0], years, None), years):
        st.page_link(
            "pages/scenarios.py", label=line, icon=":material/flag:", query_params={"plan": "Targets"}
        )


def words(status: TargetStatus, years: Years) -> str:
    """The line; empty where the year has no point, or the data end before today's year."""
    point, so_far, to = status.point, status.so_far, status.so_far_to
    if not point or so_far is None or to is None or to.year != years.today.year:
        return ""
    name = formats.plain(status.target.name)
    if status.unit != "kg":
        side = "above" if so_far > point else "below"
        now, goal = formats.intensity(so_far), formats.intensity(point)
        return f"{name}: {now} so far in {to.year}, {side} the point of {goal}"
    gone = ((to - date(to.year, 1, 1)).days + 1) / ((date(to.year, 12, 31) - date(to.year, 1, 1)).days + 1)
    return (
        f"{name}: {formats.share(so_far / point)} of the {formats.mass(point)} for {to.year} used up, "
        f"{formats.share(gone)} of the year gone"
    )
