"""The bell beside the user's menu: how many alerts are new, the latest ones, and channels that fail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

import access
from reporting.alerts import AlertError, allowed, history
from ui import formats, states

if TYPE_CHECKING:
    from reporting.alerts.history import Alert, Inbox

__all__ = ["forget", "show"]

_KEPT_S = 3  # the same answer for all tabs of a user
_PROBLEM = "bell-problem"


def show(user: access.User, *, every_s: float | None = None) -> None:
    """Draw the bell where the caller is; it looks again every `every_s` seconds, or when the page runs.

    Alerts are over all data, so who sees some suppliers only has no bell.
    """
    if allowed.may_see(user):
        st.fragment(_draw, run_every=every_s)()


def forget() -> None:
    """Ask anew at the next look, after something has changed."""
    _inbox.clear()


def _draw() -> None:
    user = _me()
    if user is None or not allowed.may_see(user):
        return
    with states.boundary("The bell"):
        found = _inbox(access.database().where, user.user_id, user)
        icon = ":material/notifications_active:" if found.unread else ":material/notifications:"
        with st.popover(_label(found), icon=icon, key="bell", width="stretch"):
            _content(found, user)


def _label(found: Inbox) -> str:
    if found.unread:
        return formats.counted(found.unread, "new alert")
    return f"Alerts: {formats.counted(len(found.failing), 'channel')} failing" if found.failing else "Alerts"


def _content(found: Inbox, user: access.User) -> None:
    if problem := st.session_state.pop(_PROBLEM, None):
        st.error(formats.plain(problem), icon=":material/error:")
    for name, reason in found.failing:
        st.warning(f"Channel {formats.plain(name)} fails: {formats.plain(reason)}", icon=":material/warning:")
    if not found.alerts:
        st.markdown("No alert has fired yet.")
    for alert in found.alerts:
        _one(alert, may_acknowledge=allowed.may_manage(user))
    if found.unread:
        st.button(
            "Mark all as read",
            key="bell-read",
            icon=":material/done_all:",
            type="tertiary",
            on_click=_read,
            args=(found.alerts[0].fired_at,),
        )
    st.html(
        '<p class="user-links"><a href="/live#alerts" target="_self">All alerts, rules and channels</a></p>'
    )


def _one(alert: Alert, *, may_acknowledge: bool) -> None:
    with st.container(key=f"bell-alert-{alert.alert_id}", gap="small"):
        st.markdown(
            f"**{formats.plain(alert.rule_name)}**  \n{formats.plain(alert.message)}  \n"
            f"{formats.day(alert.fired_at)}, {alert.fired_at:%H:%M} UTC"
        )
        if alert.acknowledged_at:
            st.caption(f"Acknowledged by {formats.plain(alert.acknowledged_by)}")
        elif may_acknowledge:
            st.button(
                "Acknowledge",
                key=f"bell-ack-{alert.alert_id}",
                icon=":material/check:",
                type="tertiary",
                on_click=_acknowledge,
                args=(alert.alert_id,),
            )


def _me() -> access.User | None:
    """Who looks, asked anew: the bell goes on by itself, and the role may have changed meanwhile."""
    return access.user_of(st.context.cookies.get(access.COOKIE))


def _read(until: datetime) -> None:
    if user := _me():
        history.mark_read(access.database(), user, until)
        forget()


def _acknowledge(alert_id: str) -> None:
    try:
        history.acknowledge(access.database(), _me(), alert_id)
    except AlertError as error:
        st.session_state[_PROBLEM] = str(error)
    forget()


@st.cache_data(ttl=_KEPT_S, max_entries=500, show_spinner=False)
def _inbox(where: str, user_id: str, _user: access.User) -> Inbox:
    return history.inbox(access.database(), _user)
