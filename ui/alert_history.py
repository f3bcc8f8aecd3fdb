"""What fired: each alert with how it was delivered and who takes care of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import access
from reporting.alerts import history
from ui import acts, bell, formats

if TYPE_CHECKING:
    from reporting.alerts.history import Alert, Delivered

__all__ = ["show"]

_SHOWN, _MOST = 10, 100
_ALL = "alert-history-all"


def show(*, manages: bool) -> None:
    """List the latest alerts, ten of them or a hundred."""
    st.markdown("## History")
    wide = st.session_state.get(_ALL, False)
    found = history.newest(access.database(), limit=_MOST if wide else _SHOWN + 1)
    if not found:
        st.markdown("No alert has fired yet.")
    for alert in found if wide else found[:_SHOWN]:
        _one(alert, manages=manages)
    if len(found) > _SHOWN:
        st.button("Show fewer" if wide else "Show more", key="alert-history-more", on_click=_turn)


def _one(alert: Alert, *, manages: bool) -> None:
    with st.container(
        key=f"alert-fired-{alert.alert_id}",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    ):
        when = f"{formats.day(alert.fired_at)}, {alert.fired_at:%H:%M} UTC"
        lines = [f"{when} · **{formats.plain(alert.rule_name)}**", formats.plain(alert.message)]
        if alert.deliveries:
            lines.append(" ".join(_delivered(one) for one in alert.deliveries))
        st.markdown("  \n".join(lines))
        if alert.acknowledged_at:
            st.markdown(f":material/check: {formats.plain(alert.acknowledged_by)}", width="content")
        elif manages:
            st.button(
                "Acknowledge",
                key=f"alert-ack-{alert.alert_id}",
                icon=":material/check:",
                on_click=_acknowledge,
                args=(alert,),
            )


def _delivered(one: Delivered) -> str:
    name = formats.plain(one.channel)
    if one.status == "sent":
        return f":material/done: {name}: sent."
    why = f" ({formats.plain(one.last_error)})" if one.last_error else ""
    if one.status == "failed":
        return f":material/error: {name}: given up after {formats.counted(one.attempts, 'attempt')}{why}."
    return f":material/schedule: {name}: {'will be tried again' if why else 'waiting'}{why}."


def _acknowledge(alert: Alert) -> None:
    acts.act(f"Acknowledged {alert.rule_name}.", history.acknowledge, alert.alert_id)
    bell.forget()


def _turn() -> None:
    st.session_state[_ALL] = not st.session_state.get(_ALL, False)
