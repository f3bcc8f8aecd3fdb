"""The form of an alert rule: what to watch, when to warn, whom to tell, in one sentence at its foot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

import access
from reporting.alerts import Terms, channels, rules
from reporting.alerts.messages import sentence, span
from reporting.alerts.metrics import METRICS
from ui import acts, formats, states
from ui.legs_chosen import legs_chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reporting.alerts.rules import Rule

__all__ = ["ask_for", "asked_for", "form", "is_asked_for"]

_ASKED, _TURN = "alert-form-asked", "alert-form-turn"
_COOLDOWNS = (15, 60, 360, 1_440, 10_080)
_SIDES = {"above": "Above", "below": "Below"}
_NEW = Terms("", "emissions_kg", "above", 50_000.0)


def ask_for(rule: Rule | None) -> None:
    """Open the form at the next run of the page, for a rule or for a new one; for callbacks."""
    st.session_state[_ASKED] = (rule,)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def is_asked_for() -> bool:
    return _ASKED in st.session_state


def asked_for(names: Mapping[str, str]) -> None:
    """Open the form if it was asked for; called from the page itself, so that the panel's own refreshing
    leaves it open.
    """
    if asked := st.session_state.pop(_ASKED, None):
        (rule,) = asked
        st.dialog("Edit the rule" if rule else "New alert rule")(form)(rule, names)


def form(rule: Rule | None, names: Mapping[str, str]) -> None:
    """Ask for the terms of a new rule, or for other ones of a rule; `names` are the suppliers' by id."""
    old = rule.terms if rule else _NEW
    terms = _terms(old, names)
    st.markdown(f":material/notifications: {formats.plain(sentence(terms, names))}.")
    if st.button("Save" if rule else "Create rule", type="primary", key="alert-form-save"):
        named = terms if terms.name.strip() else _with_name(terms)
        if rule:
            problem = acts.problem_of(rules.change, rule.rule_id, named)
        else:
            problem = acts.problem_of(rules.create, named)
        if problem:
            states.refused(problem)
            return
        acts.done(f"{'Changed' if rule else 'Created'} {named.name}.")
        st.rerun()


def _terms(old: Terms, names: Mapping[str, str]) -> Terms:
    metric = st.selectbox(
        "Watch",
        list(METRICS),
        index=list(METRICS).index(old.metric),
        format_func=lambda key: METRICS[key].label,
        key=_key("metric"),
    )
    known = METRICS[metric]
    same = metric == old.metric and old.name
    left, right = st.columns([2, 3])
    side = left.segmented_control(
        "Warn when",
        list(_SIDES),
        default=old.comparison if same else known.comparison,
        format_func=_SIDES.get,
        required=True,
        key=_key("side", metric),
    )
    threshold = right.number_input(
        f"Threshold, {known.unit}" if known.unit else "Threshold",
        value=float(f"{old.threshold / known.per_unit:.12g}") if same else float(known.default),
        min_value=0.0,
        max_value=known.most,
        key=_key("threshold", metric),
    )
    left, right = st.columns([2, 3])
    hours = old.window_hours
    if known.windowed:
        hours = left.number_input(
            "Within, hours",
            value=old.window_hours,
            min_value=1,
            max_value=rules.LONGEST_WINDOW_HOURS,
            key=_key("window"),
            help="By departure: the legs that departed in the hours up to now.",
        )
    pauses = sorted({*_COOLDOWNS, old.cooldown_minutes})
    pause = right.selectbox(
        "At most one alert in",
        pauses,
        index=pauses.index(old.cooldown_minutes),
        format_func=span,
        key=_key("cooldown"),
    )
    chosen = _narrowed(old, names)
    name = st.text_input(
        "Name",
        value=old.name,
        max_chars=rules.LONGEST_NAME,
        key=_key("name"),
        placeholder="Empty: named after what it watches",
    )
    return Terms(name, metric, side or known.comparison, threshold * known.per_unit, hours, pause, **chosen)


def _narrowed(old: Terms, names: Mapping[str, str]) -> dict[str, Any]:
    """Which legs, and whom to tell."""
    found = {one.channel_id: one.name for one in channels.every_channel(access.database())}
    tells = st.multiselect(
        "Tell",
        list(found),
        default=[one for one in old.channel_ids if one in found],
        format_func=lambda one: found.get(one, one),
        key=_key("channels"),
        placeholder="Nobody: shown in the app only" if found else "No channel yet: add one beside the rules",
    )
    suppliers, modes = legs_chosen(old.suppliers, old.modes, names, _key)
    return {"suppliers": suppliers, "modes": modes, "channel_ids": tuple(tells)}


def _key(*parts: str) -> str:
    """Another one each time the form is opened: it never shows what was typed for another rule."""
    return "-".join(("alert", *parts, str(st.session_state.get(_TURN, 0))))


def _with_name(terms: Terms) -> Terms:
    """Named after its condition: "Emissions above 50 t CO2e within 24 h"."""
    return replace(terms, name=sentence(terms).partition(", at most")[0][: rules.LONGEST_NAME])
