"""Sending: each delivery by one process, tried again with growing pauses, and never given up in silence."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from access import audit
from access.clock import utc_now
from access.users import User
from data_access import app_schema
from data_access.app_database import AppDatabase
from reporting.alerts import channels
from reporting.alerts.allowed import require
from reporting.alerts.errors import DeliveryFailed, UnusableChannel
from reporting.alerts.messages import message, title

__all__ = ["MOST_ATTEMPTS", "PAUSES", "next_pause", "send", "send_due", "send_test"]

log = logging.getLogger(__name__)

# After the first, the second … failed attempt: about nine hours in all.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 30, 120, 360))
MOST_ATTEMPTS = len(PAUSES) + 1
_WAIT_S = 20.0  # for one message, whatever the other end does meanwhile
_LEASE = timedelta(minutes=2)  # longer than a message takes: then its sender is gone
_AT_ONCE = 8

_deliveries, _alerts, _channels = app_schema.alert_deliveries, app_schema.alerts, app_schema.alert_channels

Send = Callable[[str, str, str], None]


@dataclass(frozen=True)
class Delivery:
    """One alert on its way to one channel; `attempts` have been begun."""

    delivery_id: str
    channel_id: str
    channel: str
    url: str
    title: str
    body: str
    attempts: int


def next_pause(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None to give up."""
    return PAUSES[attempts - 1] if attempts < MOST_ATTEMPTS else None


def send(url: str, subject: str, body: str) -> None:
    """Send one message and wait until the other end has taken it.

    Raises
    ------
    DeliveryFailed, UnusableChannel
        Without anything of the address but its host.
    """
    from reporting.alerts.apprise_quiet import apprise, said, scrubbed

    plugin = channels.opened(url)
    text = apprise.NotifyFormat.TEXT
    with said() as reason:
        # Not by Apprise.notify: its own pool of threads would wait for a hanging one when the server ends.
        taken = plugin.notify(
            title=subject,
            body=apprise.conversion.convert_between(text, plugin.notify_format, content=body),
            body_format=text,
        )
    if not taken:
        raise DeliveryFailed(scrubbed(reason[0] if reason else "the other end did not take it", url))


def send_due(db: AppDatabase, now: datetime, send: Send = send, *, wait_s: float = _WAIT_S) -> int:
    """Send what is waiting and due, each channel beside the others; the number of messages that went out.

    A delivery belongs to the process that counts its attempt up first. If that process ends before it has
    noted the outcome, another one tries again after the lease, so a message may come twice, but is not lost.
    """
    mine = [one for one in _due(db, now) if _claim(db, one, now)]
    outcomes: dict[str, str | None] = {}
    threads = [
        threading.Thread(target=_attempt, args=(one, send, outcomes), name="alert-delivery", daemon=True)
        for one in mine
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + wait_s
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    sent = 0
    for one in mine:
        problem = outcomes.get(one.delivery_id, f"no answer within {wait_s:g} s")
        _note(db, one, problem, now)
        sent += problem is None
    return sent


def send_test(db: AppDatabase, user: User | None, channel_id: str, *, now: datetime | None = None) -> None:
    """Send a test message, and note on the channel how it went.

    Raises
    ------
    NotAllowed, UnknownAlert, DeliveryFailed
    """
    person, moment = require(user), now or utc_now()
    name, url = channels.address_of(db, channel_id)
    body = message(f"This is a test of the channel {name}; nothing is wrong.", moment)
    delivery = Delivery("", channel_id, name, url, "Test of an alert channel", body, 1)
    outcomes: dict[str, str | None] = {}
    thread = threading.Thread(target=_attempt, args=(delivery, send, outcomes), daemon=True)
    thread.start()
    thread.join(_WAIT_S)
    problem = outcomes.get("", f"no answer within {_WAIT_S:g} s")
    _note_on_channel(db, delivery, problem, moment)
    audit.record(db, person, "tested_alert_channel", name, {"outcome": problem or "sent"}, now=now)
    if problem:
        raise DeliveryFailed(f"The test did not go out: {problem}")


def _due(db: AppDatabase, now: datetime) -> list[Delivery]:
    query = (
        select(_deliveries, _alerts, _channels.c.name, _channels.c.url)
        .join(_alerts, _alerts.c.alert_id == _deliveries.c.alert_id)
        .join(_channels, _channels.c.channel_id == _deliveries.c.channel_id)
        .where(_deliveries.c.status == "pending", _deliveries.c.next_attempt_at <= now)
        .order_by(_deliveries.c.next_attempt_at)
        .limit(_AT_ONCE)
    )
    with db.read() as connection:
        rows = connection.execute(query).all()
    return [
        Delivery(
            row.delivery_id,
            row.channel_id,
            row.name,
            row.url,
            title(row.rule_name),
            message(row.message, row.fired_at),
            row.attempts,
        )
        for row in rows
    ]


def _claim(db: AppDatabase, one: Delivery, now: datetime) -> bool:
    with db.write() as connection:
        taken = connection.execute(
            update(_deliveries)
            .where(
                _deliveries.c.delivery_id == one.delivery_id,
                _deliveries.c.status == "pending",
                _deliveries.c.attempts == one.attempts,
            )
            .values(attempts=one.attempts + 1, next_attempt_at=now + _LEASE)
        )
    return taken.rowcount == 1


def _attempt(one: Delivery, send: Send, outcomes: dict[str, str | None]) -> None:
    if one.attempts >= MOST_ATTEMPTS:
        outcomes[one.delivery_id] = "the server stopped while it was sending"
        return
    try:
        send(one.url, one.title, one.body)
    except (DeliveryFailed, UnusableChannel) as error:
        outcomes[one.delivery_id] = str(error)
    except Exception as error:  # whatever a library raises: its text may hold the address
        log.warning("The channel %r failed with %s", one.channel, type(error).__name__)
        outcomes[one.delivery_id] = f"it failed with {type(error).__name__}"
    else:
        outcomes[one.delivery_id] = None


def _note(db: AppDatabase, one: Delivery, problem: str | None, now: datetime) -> None:
    """Write down how an attempt ended, on the delivery and on its channel."""
    attempts = one.attempts + 1
    pause = next_pause(attempts)
    values: dict[str, Any]
    if problem is None:
        values = {"status": "sent", "last_error": None}
    elif pause is None:
        values = {"status": "failed", "last_error": problem}
    else:
        values = {"last_error": problem, "next_attempt_at": now + pause}
    if problem is not None:
        log.warning("Alert not sent to channel %r, attempt %d: %s", one.channel, attempts, problem)
    with db.write() as connection:
        connection.execute(
            update(_deliveries)
            .where(_deliveries.c.delivery_id == one.delivery_id, _deliveries.c.attempts == attempts)
            .values(**values)
        )
    _note_on_channel(db, one, problem, now)


def _note_on_channel(db: AppDatabase, one: Delivery, problem: str | None, now: datetime) -> None:
    values: dict[str, Any] = {"last_error": problem, "last_error_at": now}
    if problem is None:
        values = {"last_error": None, "last_error_at": None, "last_sent_at": now}
    with db.write() as connection:
        connection.execute(update(_channels).where(_channels.c.channel_id == one.channel_id).values(**values))
