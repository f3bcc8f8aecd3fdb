"""One supplier: its standing against peers, why, its lanes and modes, what would help, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analytics import OverviewAnalytics, RecommendationAnalytics
from ui import (
    charts,
    filters,
    formats,
    states,
    supplier_notes,
    supplier_recommendations,
    supplier_scorecard,
)
from ui import supplier_profile_gaps as gaps
from ui import supplier_profile_head as head
from ui import supplier_profile_parts as parts
from ui.chart_card import card, titled
from ui.chart_card import show as show_figure
from ui.supplier_subject import Standing, Subject, standing_of

if TYPE_CHECKING:
    from analytics.overview import FilterOptions, Totals
    from analytics.suppliers import Weights
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["show"]

_LANES = 10
_LONGEST_ID = 60


def show(
    visit: Visit, chosen: Filters, options: FilterOptions, supplier_id: str | None, weights: Weights
) -> None:
    """Show the profile of one supplier, or how to choose one.

    Parameters
    ----------
    chosen : Filters
        The selection of the page; which suppliers it names does not matter here.
    supplier_id : str or None
        Who is open; of an id that this user cannot see, the page says that it is not there.
    """
    top = st.container(horizontal=True, vertical_alignment="bottom", key="profile-top")
    with top:
        head.choose(options, supplier_id)
    if supplier_id is None or supplier_id not in options.suppliers:
        with top:
            head.ways_on(None, "")
        _nobody(supplier_id)
        return
    subject = Subject.of(visit, supplier_id, options.suppliers[supplier_id], chosen)
    with states.loading(140):
        totals = subject.alone(OverviewAnalytics(visit.store).totals)
        standing = standing_of(subject, weights) if totals.legs else Standing(None, None)
    with top:
        head.ways_on(standing.ranking, supplier_id)
        if totals.legs:
            supplier_scorecard.button(subject, totals, standing)
    head.title(subject)
    if totals.legs:
        _profile(subject, options, totals, standing)
    else:
        states.empty_selection(options)
    supplier_notes.show(visit, supplier_id)


def _profile(subject: Subject, options: FilterOptions, totals: Totals, standing: Standing) -> None:
    head.kpis(head.cards(standing.score, totals))
    if standing.score is not None:
        left, right = st.columns(2)
        with card(left, "Score"):
            parts.score(standing.score)
        with card(right, "Against peers"):
            parts.trend(subject)
        left, right = st.columns(2)
        with card(left, "Month by month"):
            parts.months(subject)
        with card(right, "Modes"):
            parts.modes(subject)
    else:
        st.info(formats.plain(standing.reason), icon=":material/info:")
        left, right = st.columns([3, 2])
        with card(left, "Month by month"):
            parts.months_alone(subject, options)
        with card(right, "Modes"):
            parts.modes_alone(subject)
    with card(st, "Recommendations"):
        _recommendations(subject)
    if standing.score is not None:
        with card(st, "Jobs"):
            parts.jobs(subject)
    left, right = st.columns([3, 2])
    with card(left, "Lanes"):
        _lanes(subject)
    with card(right, "Anomalies of this supplier"):
        gaps.anomalies(subject, options)
    with card(st, "Data gaps"):
        gaps.show(subject)


def _nobody(supplier_id: str | None) -> None:
    if supplier_id is None:
        st.info("Choose a supplier above, or click one in the ranking.", icon=":material/factory:")
        return
    shown = formats.plain(supplier_id[:_LONGEST_ID])
    st.warning(
        f"There is no supplier {shown} in the data that you may see. Choose one above, or go back to the "
        "ranking.",
        icon=":material/search_off:",
    )


def _recommendations(subject: Subject) -> None:
    with states.loading(300):
        found = subject.among_all(RecommendationAnalytics(subject.visit.store).for_supplier)
    supplier_recommendations.show(found, subject.supplier_id)


def _lanes(subject: Subject) -> None:
    with states.loading(320):
        frame = subject.alone(OverviewAnalytics(subject.visit.store).top_lanes, limit=_LANES)
    if frame.empty:
        titled("No lane", "There is only work in hubs in this selection.")
        return
    heaviest = formats.lane(frame["origin"].iloc[0], frame["destination"].iloc[0])
    titled(
        f"{heaviest} is its heaviest lane, with {formats.share(frame['wtw_share'].iloc[0])} of its emissions",
        "Its heaviest lanes. Click a bar to narrow every page to that lane.",
    )
    show_figure(
        charts.lanes(frame),
        key="profile-lanes",
        alt="Bars: the supplier's lanes with the most emissions",
        on_click=lambda bar: filters.show_lane(bar[0]),
    )
