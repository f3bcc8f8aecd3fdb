"""Answers about the last hours: they move with the clock, so they are kept briefly and in a place apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from data_access import Filters
from ui.cache import answer_key

if TYPE_CHECKING:
    from ui.shell import Visit

__all__ = ["EVERYTHING", "Look", "moment"]

T = TypeVar("T")
EVERYTHING = Filters()
_STEP = timedelta(seconds=5)


@dataclass(frozen=True)
class Look:
    """One look at the last hours: who looks, how far back, until when, and at which legs."""

    visit: Visit
    hours: float
    now: datetime
    filters: Filters = EVERYTHING

    def ask(self, question: Callable[..., T], **named: Any) -> T:
        """Put a question about the window within the user's scope; all of that scope share the answer."""
        return self._kept(question, hours_back=self.hours, now=self.now, **named)

    def ask_now(self, question: Callable[..., T], **named: Any) -> T:
        """Put a question that looks back by a time of its own."""
        return self._kept(question, now=self.now, **named)

    def _kept(self, question: Callable[..., T], **named: Any) -> T:
        visit, named = self.visit, {**named, "filters": self.filters}
        key = answer_key(question, (visit.store.where, visit.version), visit.scope, (), named)
        return _answers(key, lambda: question(scope=visit.scope, **named))


def moment(now: datetime | None = None) -> datetime:
    """The end of a window: the clock rounded up to the next five seconds, naive UTC.

    So people who look at the same time ask the same question, and what has just departed is inside.
    """
    present = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    midnight = present.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - (midnight - present) // _STEP * _STEP


# Not with the other answers: a page that asks every five seconds would push those out.
@st.cache_data(max_entries=240, ttl="3m", show_spinner=False)
def _answers(key: str, _ask: Callable[[], Any]) -> Any:
    return _ask()
