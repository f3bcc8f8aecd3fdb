"""The part of the Live page that runs by itself: figures, rolling chart, arrivals, anomalies, ways in."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from access import Permission
from analytics import RealTimeAnalytics
from ui import (
    chart_card,
    filters,
    formats,
    live_chart,
    live_controls,
    live_feed,
    live_kpis,
    live_tables,
    live_words,
    states,
)
from ui.live_data import Look, moment

if TYPE_CHECKING:
    from analytics.real_time import RealTimeMetrics
    from data_access import Filters
    from ui.live_controls import Controls
    from ui.shell import Visit

__all__ = ["show"]

_DRAWN = "live-drawn"
_SKELETON_PX = 560


def show(visit: Visit, controls: Controls, chosen: Filters) -> None:
    """Draw the board, and let it run again by itself, unless it is paused."""
    st.fragment(_board, run_every=controls.run_every)(visit, controls, chosen)


def _board(visit: Visit, controls: Controls, chosen: Filters) -> None:
    if live_controls.widened():
        st.rerun()
    visit = visit.refreshed()
    with st.container(key="live-board"), states.boundary("The live view"):
        look = Look(visit, controls.hours, moment(), chosen)
        live = RealTimeAnalytics(visit.store)
        # The skeleton's place stays when it has gone: what stands below would else move up and be drawn anew.
        with st.container():
            metrics = _asked_first(look, live)
        _status(controls)
        if metrics.freshness.last_imported_at is None:
            if filters.narrowed():
                states.empty("Nothing fits these filters", "Remove one of them above to see more.")
                return
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        if metrics.current.legs:
            _window(look, live, metrics, controls.window)
        else:
            _nothing_departed(look, metrics, controls.window)
            with chart_card.card(st.container(), "Ways in"):
                _ways_in(look, live)
        _came_in(look, live)


def _asked_first(look: Look, live: RealTimeAnalytics) -> RealTimeMetrics:
    """The figures; until they are known for the first time in a session, a skeleton holds their place."""
    if _DRAWN in st.session_state:
        return look.ask(live.get_real_time_metrics)
    with states.loading(_SKELETON_PX):
        metrics = look.ask(live.get_real_time_metrics)
    st.session_state[_DRAWN] = True
    return metrics


def _status(controls: Controls) -> None:
    running = "paused" if controls.paused_at else "running"
    text = escape(live_controls.words(controls, datetime.now(UTC)))
    st.html(f'<p class="live-status {running}"><span aria-hidden="true"></span>{text}</p>')


def _window(look: Look, live: RealTimeAnalytics, metrics: RealTimeMetrics, window: str) -> None:
    pulse = look.ask(live.pulse)
    live_kpis.row(live_kpis.ticks(metrics, pulse), window, pulse.attrs["seconds"])
    chart, aside = st.columns([3, 2])
    with chart_card.card(chart, "Emissions as they depart"):
        series = look.ask(live.series)
        every = live_words.bin_name(series.attrs["seconds"])
        chart_card.titled(
            live_words.rolling_finding(series, window),
            f"Emissions by departure and mode, per {every}, the last {window.removeprefix('1 ')}",
            live_chart.legend(series),
        )
        figure = live_chart.rolling(series, metrics.start, metrics.end)
        chart_card.show(figure, key="live-rolling", alt=f"Emissions per {every} by mode", fill=True)
    with chart_card.card(aside, "Anomalies of the window"):
        _anomalies(look, live, metrics, window)
    with chart_card.card(aside, "Ways in"):
        _ways_in(look, live)


def _anomalies(look: Look, live: RealTimeAnalytics, metrics: RealTimeMetrics, window: str) -> None:
    detected = metrics.anomalies_detected
    last = f"the last {window.removeprefix('1 ')}"
    if not detected:
        chart_card.titled("Nothing looks wrong", f"No anomaly among the legs that departed in {last}.")
        return
    chart_card.titled(
        f"{formats.counted(detected, 'leg')} of {formats.count(metrics.current.legs)} "
        f"{'looks' if detected == 1 else 'look'} wrong",
        f"Departed in {last}, the latest findings first",
    )
    found = look.ask(live.anomalies, limit=live_tables.ANOMALIES)
    live_tables.anomalies(found, detected, look.now)


def _nothing_departed(look: Look, metrics: RealTimeMetrics, window: str) -> None:
    last = metrics.freshness.last_departed_at
    wider = live_controls.offer_wider(last, look.now)
    since = f"The latest shipment departed on {formats.day(last)}"
    reason = f"{since}, {live_words.ago(last, look.now)}." if last else "All departures lie in the future."
    title = f"Nothing departed in the last {window.removeprefix('1 ')}"
    if wider is None:
        states.empty(title, f"{reason} The Overview shows longer periods.{_way_out(look)}")
        return
    action = f"Show the last {wider.removeprefix('1 ')}"
    states.empty(title, reason, action, partial(live_controls.widen, wider))


def _way_out(look: Look) -> str:
    """What an administrator can do about a page without shipments."""
    return " The switch below replays demo shipments." if live_feed.may_switch(look.visit) else ""


def _came_in(look: Look, live: RealTimeAnalytics) -> None:
    with chart_card.card(st.container(), "Latest arrivals"):
        newest = look.visit.ask(live.arrivals, look.filters, limit=live_tables.ARRIVALS)
        chart_card.titled(
            live_tables.arrivals_finding(newest, look.now),
            f"The {live_tables.ARRIVALS} legs that were imported last, by import and then by departure",
        )
        live_tables.arrivals(newest)


def _ways_in(look: Look, live: RealTimeAnalytics) -> None:
    chart_card.titled("How shipments come in", "Feed, watched folder and uploads")
    live_feed.ways_in(look, live)
