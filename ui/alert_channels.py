"""Where alerts go: the channels with how they are doing, a test of each, and the form of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from reporting.alerts import channels, delivery
from ui import acts, bell, formats, states

if TYPE_CHECKING:
    from reporting.alerts.channels import Channel

__all__ = ["ask_for", "asked_for", "form", "is_asked_for", "show"]

_ASKED, _TURN = "alert-channel-asked", "alert-channel-turn"
_KINDS = {
    "mail": ":material/mail: Mail",
    "slack": ":material/chat: Slack",
    "teams": ":material/groups: Teams",
    "webhook": ":material/webhook: Webhook",
}


def show(known: list[Channel], *, manages: bool) -> None:
    """List the channels; never with their address."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("## Channels", width="content")
        if manages:
            st.button(
                "New channel",
                icon=":material/add:",
                key="alert-new-channel",
                on_click=ask_for,
                args=(None,),
            )
    if not known:
        st.markdown(
            "No channel yet: alerts are shown in the app only. A channel is mail, Slack, Teams or a webhook."
        )
    for channel in known:
        _one(channel, manages=manages)


def ask_for(channel: Channel | None) -> None:
    """Open the form at the next run of the page; for callbacks."""
    st.session_state[_ASKED] = (channel,)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def is_asked_for() -> bool:
    return _ASKED in st.session_state


def asked_for() -> None:
    """Open the form if it was asked for."""
    if asked := st.session_state.pop(_ASKED, None):
        (channel,) = asked
        st.dialog("Edit the channel" if channel else "New channel")(form)(channel)


def _one(channel: Channel, *, manages: bool) -> None:
    state = "fails" if channel.last_error else "ok"
    when = channel.last_sent_at
    sent = f"Last sent {formats.day(when)}, {when:%H:%M} UTC" if when else "Nothing has been sent yet"
    lines = [f"**{formats.plain(channel.name)}** {_KINDS.get(channel.kind, '')}", f":small[{sent}]"]
    if channel.last_error:
        lines.insert(1, f":material/error: Fails: {formats.plain(channel.last_error)}")
    with st.container(key=f"alert-channel-{state}-{channel.channel_id}", gap="small"):
        st.markdown("  \n".join(lines))
        st.text(channel.shown)  # Markdown would turn an address into a link
        if manages:
            _actions(channel)


def _actions(channel: Channel) -> None:
    key, name = channel.channel_id, channel.name
    with st.container(horizontal=True, gap="small"):
        if st.button("Send a test", key=f"alert-test-{key}", icon=":material/send:", type="tertiary"):
            _test(channel)
        st.button(
            "Edit",
            key=f"alert-channel-edit-{key}",
            icon=":material/edit:",
            type="tertiary",
            on_click=ask_for,
            args=(channel,),
        )
        with st.popover("Delete", icon=":material/delete:", type="tertiary", key=f"alert-channel-drop-{key}"):
            st.markdown(f"Delete **{formats.plain(name)}**? Rules that use it go on without it.")
            st.button(
                "Delete this channel",
                key=f"alert-channel-drop-yes-{key}",
                type="primary",
                on_click=acts.act,
                args=(f"Deleted {name}.", channels.remove, key),
            )


def _test(channel: Channel) -> None:
    with st.spinner("Sending …"):
        problem = acts.problem_of(delivery.send_test, channel.channel_id)
    bell.forget()
    if problem:
        states.refused(problem)
    else:
        st.toast(f"Sent a test to {formats.plain(channel.name)}.", icon=":material/check:")


def form(channel: Channel | None) -> None:
    """Ask for a new channel, or for the changes of one whose address is not shown."""
    turn = st.session_state.get(_TURN, 0)  # never shows what was typed for another channel
    name = st.text_input(
        "Name", value=channel.name if channel else "", max_chars=80, key=f"channel-name-{turn}"
    )
    url = st.text_input(
        "Address",
        type="password",
        key=f"channel-url-{turn}",
        autocomplete="off",
        placeholder="Empty: the address stays as it is" if channel else None,
        help="It may hold a password or a token, so it is never shown again.",
    )
    st.markdown("\n".join(f"- {kind}: `{example}`" for kind, example in channels.EXAMPLES.items()))
    if st.button("Save" if channel else "Create channel", type="primary", key="channel-save"):
        if channel:
            problem = acts.problem_of(channels.change, channel.channel_id, name, url)
        else:
            problem = acts.problem_of(channels.create, name, url)
        if problem:
            states.refused(problem)
            return
        acts.done(f"{'Changed' if channel else 'Created'} {name.strip()}. Send a test to try it.")
        st.rerun()
