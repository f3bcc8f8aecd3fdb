"""What was fired: the newest alerts with their delivery, acknowledging, and what each user has not read."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from access import audit
from access.clock import utc_now
from access.users import User
from data_access import app_schema
from data_access.app_database import AppDatabase
from reporting.alerts.allowed import require
from reporting.alerts.errors import UnknownAlert

__all__ = ["Alert", "Delivered", "Inbox", "acknowledge", "inbox", "mark_read", "newest"]

_alerts, _deliveries = app_schema.alerts, app_schema.alert_deliveries
_channels, _seen, _users = app_schema.alert_channels, app_schema.alert_seen, app_schema.users


@dataclass(frozen=True)
class Delivered:
    """How one channel did with an alert; status is pending, sent or failed."""

    channel: str
    status: str
    attempts: int
    last_error: str | None = None


@dataclass(frozen=True)
class Alert:
    """A rule that fired; value in the metric's stored unit, times naive UTC."""

    alert_id: str
    rule_id: str | None
    rule_name: str
    fired_at: datetime
    value: float
    message: str
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    deliveries: tuple[Delivered, ...] = ()


@dataclass(frozen=True)
class Inbox:
    """What a bell shows: the number of unread alerts, the newest ones, (name, reason) of failing channels."""

    unread: int
    alerts: tuple[Alert, ...]
    failing: tuple[tuple[str, str], ...]


def newest(db: AppDatabase, *, limit: int = 50) -> list[Alert]:
    """The latest alerts, latest first, with how they were delivered."""
    with db.read() as connection:
        rows = connection.execute(select(_alerts).order_by(_alerts.c.fired_at.desc()).limit(limit)).all()
        sent = connection.execute(
            select(_deliveries, _channels.c.name)
            .join(_channels, _channels.c.channel_id == _deliveries.c.channel_id)
            .where(_deliveries.c.alert_id.in_([row.alert_id for row in rows]))
            .order_by(_channels.c.name)
        ).all()
    deliveries: dict[str, list[Delivered]] = {}
    for one in sent:
        found = Delivered(one.name, one.status, one.attempts, one.last_error)
        deliveries.setdefault(one.alert_id, []).append(found)
    return [_alert(row, tuple(deliveries.get(row.alert_id, ()))) for row in rows]


def inbox(db: AppDatabase, user: User, *, limit: int = 5) -> Inbox:
    """What the bell of this user shows. Unread is what fired since they last read, and nobody has
    acknowledged; a new user has read what fired before they came.
    """
    seen = select(_seen.c.seen_at).where(_seen.c.user_id == user.user_id).scalar_subquery()
    came = select(_users.c.created_at).where(_users.c.user_id == user.user_id).scalar_subquery()
    unread = select(func.count()).where(
        _alerts.c.fired_at > func.coalesce(seen, came), _alerts.c.acknowledged_at.is_(None)
    )
    failing = (
        select(_channels.c.name, _channels.c.last_error)
        .where(_channels.c.last_error.is_not(None))
        .order_by(_channels.c.name)
    )
    with db.read() as connection:
        rows = connection.execute(select(_alerts).order_by(_alerts.c.fired_at.desc()).limit(limit)).all()
        return Inbox(
            connection.execute(unread).scalar_one(),
            tuple(_alert(row) for row in rows),
            tuple((str(name), str(error)) for name, error in connection.execute(failing)),
        )


def mark_read(db: AppDatabase, user: User, until: datetime) -> None:
    """Remember that the user has read every alert up to this moment; what fired after it stays unread."""
    with suppress(IntegrityError), db.write() as connection:  # two tabs at once, or a user who is gone
        known = connection.execute(
            update(_seen)
            .where(_seen.c.user_id == user.user_id, _seen.c.seen_at < until)
            .values(seen_at=until)
        )
        there = select(func.count()).where(_seen.c.user_id == user.user_id)
        if known.rowcount == 0 and not connection.execute(there).scalar_one():
            connection.execute(insert(_seen).values(user_id=user.user_id, seen_at=until))


def acknowledge(db: AppDatabase, user: User | None, alert_id: str, *, now: datetime | None = None) -> None:
    """Note that this user takes care of an alert; the first one who does so stays.

    Raises
    ------
    NotAllowed, UnknownAlert
    """
    person = require(user)
    with db.write() as connection:
        name = connection.execute(select(_alerts.c.rule_name).where(_alerts.c.alert_id == alert_id)).scalar()
        if name is None:
            raise UnknownAlert("This alert is gone. Reload the page.")
        first = connection.execute(
            update(_alerts)
            .where(_alerts.c.alert_id == alert_id, _alerts.c.acknowledged_at.is_(None))
            .values(acknowledged_by=person.name or person.email, acknowledged_at=now or utc_now())
        )
    if first.rowcount:
        audit.record(db, person, "acknowledged_alert", str(name), {"alert": alert_id}, now=now)


def _alert(row: Row[Any], deliveries: tuple[Delivered, ...] = ()) -> Alert:
    return Alert(
        row.alert_id,
        row.rule_id,
        row.rule_name,
        row.fired_at,
        row.value,
        row.message,
        row.acknowledged_by,
        row.acknowledged_at,
        deliveries,
    )
