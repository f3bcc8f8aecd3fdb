"""The alerts on the Live page: rules with their state, channels, and what fired."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

import access
from analytics.overview import OverviewAnalytics
from reporting.alerts import allowed, channels, evaluation, rules
from reporting.alerts.messages import sentence
from reporting.alerts.metrics import written
from ui import acts, alert_channels, alert_form, alert_history, formats, states

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reporting.alerts.channels import Channel
    from reporting.alerts.rules import Rule
    from ui.shell import Visit

__all__ = ["show"]

_EVERY_S = 10  # as the server looks at the rules
_STATES = {
    "ok": ":material/check_circle: OK",
    "firing": ":material/notifications_active: Firing",
    "no data": ":material/help: No data",
    "paused": ":material/pause_circle: Paused",
    "waiting": ":material/schedule: Waiting",
    "unknown": ":material/error: Unknown",
}


def show(visit: Visit) -> None:
    """Draw the panel; rules and history refresh by themselves. Who may not manage alerts can read them.

    Rules look at all legs, so who sees some suppliers only has no panel.
    """
    if not allowed.may_see(visit.user):
        return
    st.header("Alerts", anchor="alerts")
    with states.boundary("The alerts"):
        names = visit.ask(OverviewAnalytics(visit.store).options).suppliers
        alert_form.asked_for(names)
        alert_channels.asked_for()
        st.fragment(_panel, run_every=_EVERY_S)(visit, names)


def _panel(visit: Visit, names: Mapping[str, str]) -> None:
    if alert_form.is_asked_for() or alert_channels.is_asked_for():
        st.rerun()  # the page opens the form: in here, the next refresh would close it
    visit = visit.refreshed()
    if not allowed.may_see(visit.user):
        return
    with states.boundary("The alerts"):
        manages = allowed.may_manage(visit.user)
        acts.told()
        known = channels.every_channel(access.database())
        left, right = st.columns([3, 2])
        with left.container(border=True, key="card-alert-rules"):
            _rules(known, names, manages=manages)
        with right.container(border=True, key="card-alert-channels"):
            alert_channels.show(known, manages=manages)
        with st.container(border=True, key="card-alert-history"):
            alert_history.show(manages=manages)


def _rules(known: list[Channel], names: Mapping[str, str], *, manages: bool) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("## Rules", width="content")
        if manages:
            st.button(
                "New rule",
                icon=":material/add:",
                key="alert-new-rule",
                on_click=alert_form.ask_for,
                args=(None,),
            )
    found = rules.every_rule(access.database())
    if not found:
        st.markdown(
            "No rule yet. A rule watches one figure, such as emissions within 24 h, and tells people when it "
            "passes a threshold." + ("" if manages else " Ask an analyst or a manager to add one.")
        )
    by_id = {one.channel_id: one.name for one in known}
    for rule in found:
        _rule(rule, by_id, names, manages=manages)


def _rule(rule: Rule, channel_names: Mapping[str, str], names: Mapping[str, str], *, manages: bool) -> None:
    state, terms = evaluation.state_of(rule), rule.terms
    with st.container(key=f"alert-rule-{state.replace(' ', '-')}-{rule.rule_id}", gap="small"):
        tells = ", ".join(channel_names[one] for one in terms.channel_ids if one in channel_names)
        where = f"Tells {formats.plain(tells)}." if tells else "Shown in the app only."
        lines = (
            f"**{formats.plain(terms.name)}** {_STATES[state]}",
            f"{formats.plain(sentence(terms, names))}. {where}",
            f":small[{formats.plain(_last(rule))}]",
        )
        st.markdown("  \n".join(lines))
        if manages:
            _actions(rule)


def _last(rule: Rule) -> str:
    """What the last look found, and when it fired."""
    fired = f"Last alert {_when(rule.last_fired_at)}." if rule.last_fired_at else "Has not fired yet."
    if rule.last_error:
        return f"{rule.last_error} {fired}"
    if rule.last_evaluated_at is None:
        return "Not looked at yet." if rule.active else "Not looked at while paused."
    if rule.last_value is None:
        return f"No data to say it, looked at {_when(rule.last_evaluated_at)}. {fired}"
    value = written(rule.terms.metric, rule.last_value)
    return f"Now {value}, looked at {_when(rule.last_evaluated_at)}. {fired}"


def _when(moment: datetime) -> str:
    return f"{formats.day(moment)}, {moment:%H:%M} UTC"


def _actions(rule: Rule) -> None:
    name = rule.terms.name
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Edit",
            key=f"alert-edit-{rule.rule_id}",
            icon=":material/edit:",
            type="tertiary",
            on_click=alert_form.ask_for,
            args=(rule,),
        )
        st.button(
            "Pause" if rule.active else "Resume",
            key=f"alert-pause-{rule.rule_id}",
            icon=":material/pause:" if rule.active else ":material/play_arrow:",
            type="tertiary",
            on_click=acts.act,
            args=(f"{'Paused' if rule.active else 'Resumed'} {name}.", rules.set_active, rule.rule_id),
            kwargs={"active": not rule.active},
        )
        with st.popover(
            "Delete", icon=":material/delete:", type="tertiary", key=f"alert-drop-{rule.rule_id}"
        ):
            st.markdown(f"Delete **{formats.plain(name)}**? The alerts that it fired stay in the history.")
            st.button(
                "Delete this rule",
                key=f"alert-drop-yes-{rule.rule_id}",
                type="primary",
                on_click=acts.act,
                args=(f"Deleted {name}.", rules.remove, rule.rule_id),
            )
