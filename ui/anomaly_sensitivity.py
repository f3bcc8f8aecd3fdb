"""The state of the scoring: when, how many legs, how strict; and scoring again, with its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import access
from access import Permission, audit
from ingestion import scoring
from ui import formats, states
from ui.anomaly_words import ago
from ui.job import Job

if TYPE_CHECKING:
    from analytics.anomalies.review import AnomalySummary
    from data_access import Store
    from ui.shell import Visit

__all__ = ["ScoringJob", "offer", "running", "show", "state_words"]

_JOB = "scoring-job"
_RATE = "anomaly-rate"
_LEAST_PCT, _MOST_PCT = 1, 30


class ScoringJob(Job[scoring.Scoring]):
    """All legs scored anew."""

    what = "The scoring"

    def __init__(self, store: Store, user: access.User, false_discovery_rate: float | None) -> None:
        super().__init__("Reading the legs")
        self._store = store
        self._user = user
        self._rate = false_discovery_rate

    def work(self) -> scoring.Scoring:
        done = scoring.score_all(
            self._store, user=self._user.email, false_discovery_rate=self._rate, progress=self.report
        )
        details = {
            "legs": done.legs,
            "found": done.found,
            "method": done.method,
            "false_discovery_rate": done.false_discovery_rate,
        }
        audit.record(access.database(), self._user, "scored_legs", done.scoring_id, details)
        return done


def running() -> bool:
    job: ScoringJob | None = st.session_state.get(_JOB)
    return job is not None and job.running


def show(visit: Visit, summary: AnomalySummary) -> None:
    """One line under the headline figures; what can be changed about it stands behind its button."""
    job: ScoringJob | None = st.session_state.get(_JOB)
    if job is not None and job.running:
        _progress()
        return
    if job is not None and job.problem:
        states.refused(job.problem)
    if summary.owed:
        _waiting(visit)
    with st.container(
        horizontal=True, key="scoring-state", vertical_alignment="center", horizontal_alignment="distribute"
    ):
        # How many legs there are in all is not for who sees some suppliers only.
        words = state_words(summary, with_legs=visit.scope.supplier_ids is None)
        st.caption(formats.plain(words), width="content")
        if visit.may(Permission.CORRECT_DATA):
            with st.popover("Sensitivity", icon=":material/tune:", key="sensitivity"):
                _sensitivity(visit, summary)


def offer(visit: Visit) -> None:
    """Nothing has been scored yet: say so, and offer it."""
    if visit.may(Permission.CORRECT_DATA):
        states.empty(
            "Not scored yet",
            "These legs have not been compared with each other yet. It takes about a second for 25,000 legs.",
            "Score now",
            lambda: _start(visit, None),
        )
    else:
        states.empty(
            "Not scored yet",
            "These legs have not been compared with each other yet. Ask an analyst to score them.",
        )


def state_words(summary: AnomalySummary, *, with_legs: bool = True) -> str:
    """When, what and how: "Scored 2 minutes ago: 24,812 legs, method …; 3 new imports are being scored"."""
    last = summary.last_scoring
    if last is None:
        return "Not scored yet: only what breaks a rule at import is shown."
    words = f"Scored {ago(last.scored_at)}"
    if with_legs:
        words += f": {formats.counted(last.legs, 'leg')}"
        words += "" if last.whole else ", new ones against history"
    words += (
        f", method {last.method}, at most {formats.percent(last.false_discovery_rate)} false alarms expected"
    )
    if summary.owed:
        return f"{words}; {formats.counted(summary.owed, 'new import')} waiting to be scored."
    return f"{words}; the method or the rate changed since: score again." if summary.stale else f"{words}."


def _sensitivity(visit: Visit, summary: AnomalySummary) -> None:
    if _RATE not in st.session_state:
        st.session_state[_RATE] = min(max(round(summary.rate * 100), _LEAST_PCT), _MOST_PCT)
    pct = st.slider(
        "Expected share of false alarms", _LEAST_PCT, _MOST_PCT, key=_RATE, format="%d %%", step=1
    )
    st.caption(
        f"Of 100 legs that are marked, about {pct} may be right as they are. A smaller share marks fewer "
        "legs, a larger one finds more faults."
    )
    st.button(
        "Score again",
        type="primary",
        key="score-again",
        icon=":material/refresh:",
        on_click=_start,
        args=(visit, pct / 100),
        help="Compares all legs anew; decisions stay as they are.",
    )


def _start(visit: Visit, false_discovery_rate: float | None) -> None:
    st.session_state[_JOB] = ScoringJob(visit.store, visit.user, false_discovery_rate).start()


@st.fragment(run_every=2.0)
def _waiting(visit: Visit) -> None:
    """New imports are scored beside the page: show what was found as soon as it is there."""
    if visit.store.version != visit.version:
        st.rerun()


@st.fragment(run_every=0.5)
def _progress() -> None:
    job: ScoringJob = st.session_state[_JOB]
    if not job.running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.fraction, text=f"**Scoring** – {formats.plain(job.text)}")
        label = "Stopping …" if job.cancelling else "Cancel"
        st.button(label, key="scoring-cancel", on_click=job.cancel, disabled=job.cancelling)
