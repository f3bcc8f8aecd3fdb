"""What the Live page shows and how often it looks: the window, the interval, and the pause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import streamlit as st

__all__ = ["INTERVALS", "WINDOWS", "Controls", "bar", "offer_wider", "widen", "widened", "words"]

WINDOWS = {"1 hour": 1, "6 hours": 6, "24 hours": 24, "7 days": 168}
DEFAULT = "24 hours"
INTERVALS = {"5 s": 5, "10 s": 10, "30 s": 30, "1 min": 60}
WINDOW, EVERY, _PAUSED_AT, _WIDER = "window", "every", "live-paused-at", "live-wider"


@dataclass(frozen=True)
class Controls:
    """What was chosen; `paused_at` is None while the page refreshes itself."""

    window: str
    seconds: int
    paused_at: datetime | None

    @property
    def hours(self) -> int:
        return WINDOWS[self.window]

    @property
    def run_every(self) -> int | None:
        return None if self.paused_at else self.seconds


def bar() -> Controls:
    """Draw the controls; window and interval stand in the URL."""
    if wider := st.session_state.pop(_WIDER, None):
        st.session_state[WINDOW] = wider
    with st.container(horizontal=True, vertical_alignment="bottom", key="live-controls"):
        window = st.segmented_control(
            "Window", list(WINDOWS), default=DEFAULT, required=True, key=WINDOW, bind="query-params"
        )
        every = st.segmented_control(
            "Refresh every", list(INTERVALS), default="5 s", required=True, key=EVERY, bind="query-params"
        )
        paused = st.session_state.get(_PAUSED_AT)
        st.button(
            "Resume" if paused else "Pause",
            icon=":material/play_arrow:" if paused else ":material/pause:",
            key="live-pause",
            on_click=_turn,
            help="Refresh by itself again" if paused else "Hold the page still to read it",
        )
    return Controls(window or DEFAULT, INTERVALS.get(every or "", 5), paused)


def words(controls: Controls, now: datetime) -> str:
    """The line that says how current the page is."""
    if controls.paused_at:
        return f"Paused at {controls.paused_at:%H:%M:%S} UTC. Resume to go on."
    every = next(name for name, seconds in INTERVALS.items() if seconds == controls.seconds)
    return f"Live, updated at {now:%H:%M:%S} UTC, again every {every}"


def offer_wider(last: datetime | None, now: datetime) -> str | None:
    """The shortest window that would show the latest departure; None where no window would."""
    if last is None:
        return None
    return next((name for name, hours in WINDOWS.items() if last >= now - timedelta(hours=hours)), None)


def widen(window: str) -> None:
    """Choose a window from a button of the board; for callbacks.

    It is taken up when the whole page runs next: a fragment cannot change a widget that it did not draw.
    """
    st.session_state[_WIDER] = window


def widened() -> bool:
    """Whether a window was chosen that the page does not show yet."""
    return _WIDER in st.session_state


def _turn() -> None:
    paused = st.session_state.pop(_PAUSED_AT, None)
    if paused is None:
        st.session_state[_PAUSED_AT] = datetime.now(UTC).replace(tzinfo=None)
