"""How shipments come in: feed, inbox, uploads; and the administrators' switch that replays demo shipments."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

import access
from access import Permission, audit
from ingestion.feed import the_feed
from ui import formats, live_words, shell, states

if TYPE_CHECKING:
    from analytics import RealTimeAnalytics
    from ui.live_data import Look
    from ui.shell import Visit

__all__ = ["RATES", "may_switch", "switch", "ways_in"]

RATES = (6, 30, 60, 120, 300)
_ON, _RATE = "live-feed-on", "live-feed-rate"
_STOP_S = 10.0  # for the import that is under way


def ways_in(look: Look, live: RealTimeAnalytics) -> None:
    """One line for each way in: when something came last, how much of late, what was refused."""
    lines = [live_words.way_in(one, look.now) for one in look.ask_now(live.feed_state)]
    feed = _running(look.visit)
    lines = [(name, f"{feed}, {text}" if name == "Feed" else text) for name, text in lines]
    items = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in lines)
    st.html(f'<dl class="ways-in">{items}</dl>')


def may_switch(visit: Visit) -> bool:
    """Whether this user may switch the feed, and this process can run it: DuckDB serves one process only."""
    return visit.may(Permission.VIEW_SYSTEM) and visit.store.kind == "duckdb"


@st.fragment
def switch(visit: Visit) -> None:
    """Offer administrators the replay of demo shipments, where this process can run it."""
    if not visit.refreshed().may(Permission.VIEW_SYSTEM):
        return
    with st.container(border=True, key="card-live-feed"), states.boundary("The demo feed"):
        if visit.store.kind != "duckdb":
            st.caption(
                "To replay demo shipments into this Postgres warehouse, run `python -m ingestion.feed` "
                "beside the server."
            )
            return
        now = the_feed(visit.store).state
        st.session_state[_ON] = now.running  # somebody else may have switched it
        st.session_state.setdefault(_RATE, min(RATES, key=lambda rate: abs(rate - now.rate)))
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.toggle(
                "Replay demo shipments",
                key=_ON,
                on_change=_switched,
                args=(visit,),
                help="They come in through the import, as a carrier's feed would, and stay until undone.",
            )
            st.segmented_control(
                "Shipments per minute",
                RATES,
                key=_RATE,
                required=True,
                on_change=_rate_chosen,
                args=(visit,),
            )
        if now.last_error:
            st.warning(
                f"The last delivery failed: {formats.plain(now.last_error)}", icon=":material/warning:"
            )


def _running(visit: Visit) -> str:
    """Whether the feed of this process runs; another process' feed shows by what it sends."""
    state = the_feed(visit.store).state if visit.store.kind == "duckdb" else None
    if state is None or not state.running:
        return "off" if state else "beside the server"
    return f"on with {state.rate:g} shipments a minute"


def _switched(visit: Visit) -> None:
    user = _administrator()
    if user is None:
        return
    feed, rate = the_feed(visit.store), st.session_state[_RATE]
    if st.session_state[_ON]:
        feed.start(rate)
        audit.record(access.database(), user, "started_demo_feed", None, {"per_minute": rate})
    else:
        feed.stop(_STOP_S)
        audit.record(access.database(), user, "stopped_demo_feed", None, {"sent": feed.state.sent_shipments})


def _rate_chosen(visit: Visit) -> None:
    feed = the_feed(visit.store)
    user = _administrator() if feed.state.running else None
    if user is not None:
        feed.start(st.session_state[_RATE])
        audit.record(
            access.database(), user, "started_demo_feed", None, {"per_minute": st.session_state[_RATE]}
        )


def _administrator() -> access.User | None:
    """The user behind this click, asked anew: a callback runs before the page has looked who is there."""
    user = shell.current_user()
    return user if access.may(user, Permission.VIEW_SYSTEM) else None
