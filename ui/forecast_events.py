"""Known events that the forecast reckons with: handed over by the Scenarios page, switched on or off here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from analytics.forecasting.events import Event

__all__ = ["active", "add", "clear", "listed", "show", "words"]

_EVENTS, _OFF = "forecast-events", "forecast-events-off"
_MOST = 12


def add(events: Iterable[Event]) -> None:
    """Hand events over to the forecast of this session; one that is there already is not taken twice."""
    st.session_state[_EVENTS] = tuple(dict.fromkeys((*listed(), *events)))[-_MOST:]


def listed() -> tuple[Event, ...]:
    """All events of this session, the oldest first; at most twelve."""
    return tuple(st.session_state.get(_EVENTS, ()))


def active() -> tuple[Event, ...]:
    """The events that are switched on: what the forecast is asked with."""
    off = st.session_state.get(_OFF, frozenset())
    return tuple(event for event in listed() if event not in off)


def clear() -> None:
    """Forget all events; for callbacks too."""
    st.session_state.pop(_EVENTS, None)
    st.session_state.pop(_OFF, None)


def words(event: Event) -> str:
    """One event in words: from 1 Jan 2027 on, 2.1 t CO2e a day less (95 % range 1.5–2.7 t): its label."""
    kg = event.kg_per_day
    ends = sorted((abs(event.low_kg_per_day), abs(event.high_kg_per_day)))
    way = "less" if kg < 0 else "more"
    return (
        f"{event.label}: {_when(event.start, event.end)}, {formats.emissions(abs(kg))} a day {way} "
        f"({formats.range_note(abs(kg), *ends)})"
    )


def show() -> None:
    """The list with a switch each; nothing where no event was handed over."""
    events = listed()
    if not events:
        return
    with st.container(border=True, key="forecast-events-list"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            on = len(active())
            st.markdown(f"**{formats.counted(on, 'known event')} in this forecast**, of {len(events)}")
            st.button("Remove all", key="forecast-events-clear", type="tertiary", on_click=clear)
        for number, event in enumerate(events):
            st.toggle(
                formats.plain(words(event)),
                value=event in active(),
                key=f"forecast-event-{number}-{abs(hash(event))}",
                on_change=_switch,
                args=(event,),
            )


def _switch(event: Event) -> None:
    off = st.session_state.get(_OFF, frozenset())
    st.session_state[_OFF] = off ^ {event}


def _when(start: date, end: date | None) -> str:
    return f"from {formats.day(start)} on" if end is None else f"{formats.day(start)} – {formats.day(end)}"
