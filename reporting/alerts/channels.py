"""Where alerts go: mail, Slack, Teams or a webhook, each an address that apprise understands.

An address holds secrets. It is stored, and given to apprise; neither screen, log nor audit ever gets it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from access import audit
from access.clock import utc_now
from access.users import User
from data_access import app_schema
from data_access.app_database import AppDatabase
from reporting.alerts.allowed import require
from reporting.alerts.errors import UnknownAlert, UnusableChannel
from reporting.alerts.rules import name_problem

if TYPE_CHECKING:
    from apprise import NotifyBase

__all__ = ["EXAMPLES", "Channel", "address_of", "change", "create", "every_channel", "opened", "remove"]

EXAMPLES = {
    "Mail": "mailtos://user:password@smtp.example.com?from=app@example.com&to=ann@example.com",
    "Slack": "https://hooks.slack.com/services/T…/B…/…",
    "Teams": "the address that a Teams workflow gives for its webhook",
    "Webhook": "https://example.com/hook (gets JSON by POST)",
}
# What apprise calls them; it knows many more, of which some act on the server itself, and no one has tested.
_KINDS = {
    "NotifyEmail": "mail",
    "NotifySlack": "slack",
    "NotifyMSTeams": "teams",
    "NotifyWorkflows": "teams",
    "NotifyJSON": "webhook",
}
_CONNECT_S, _READ_S = 5.0, 10.0
_LONGEST_URL = 2_000
_channels = app_schema.alert_channels


@dataclass(frozen=True)
class Channel:
    """A channel without its address; `shown` says where it leads. It fails while `last_error` stands."""

    channel_id: str
    name: str
    kind: str
    shown: str
    created_by: str = ""
    last_sent_at: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None


def opened(url: str) -> NotifyBase:
    """Turn an address into what sends to it, with our time limits and without following redirects.

    Raises
    ------
    UnusableChannel
        For an address that apprise does not know, or of a kind that is not offered.
    """
    from reporting.alerts.apprise_quiet import apprise

    asset = apprise.AppriseAsset(
        app_id="Supply Chain Carbon Analytics",
        app_desc="Supply Chain Carbon Analytics",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
    )
    plugin = None
    if len(url) <= _LONGEST_URL and url.isprintable():
        plugin = apprise.Apprise.instantiate(_as_apprise(url.strip()), asset=asset, suppress_exceptions=True)
    if plugin is None or type(plugin).__name__ not in _KINDS or not _has_port(plugin):
        raise UnusableChannel(
            "Nothing can be sent to this address. Use mailto:// or mailtos:// for mail, the webhook address "
            "of Slack or Teams, or https:// for a webhook of your own."
        )
    plugin.socket_connect_timeout, plugin.socket_read_timeout = _CONNECT_S, _READ_S
    plugin.redirects = False  # an address answers for itself, and does not send us elsewhere in the network
    return plugin


def create(db: AppDatabase, user: User | None, name: str, url: str, *, now: datetime | None = None) -> str:
    """Store a channel and return its id.

    Raises
    ------
    NotAllowed, UnusableChannel
    """
    author, channel_id = require(user), uuid.uuid4().hex
    row = _row(name, url)
    row |= {"channel_id": channel_id, "created_by": author.email, "created_at": now or utc_now()}
    try:
        with db.write() as connection:
            connection.execute(insert(_channels).values(**row))
    except IntegrityError as error:
        raise _taken(name) from error
    audit.record(db, author, "created_alert_channel", row["name"], _told(row), now=now)
    return channel_id


def change(
    db: AppDatabase, user: User | None, channel_id: str, name: str, url: str, *, now: datetime | None = None
) -> None:
    """Give a channel another name, and another address unless `url` is empty.

    Raises
    ------
    NotAllowed, UnusableChannel, UnknownAlert
    """
    author = require(user)
    if url.strip():
        row = _row(name, url) | {"last_error": None, "last_error_at": None}
    else:
        row = {"name": _checked_name(name)}
    try:
        with db.write() as connection:
            _named(connection, channel_id)
            connection.execute(update(_channels).where(_channels.c.channel_id == channel_id).values(**row))
    except IntegrityError as error:
        raise _taken(name) from error
    audit.record(db, author, "changed_alert_channel", row["name"], _told(row), now=now)


def remove(db: AppDatabase, user: User | None, channel_id: str, *, now: datetime | None = None) -> None:
    """Delete a channel; rules that use it go on without it, what waits for it is not sent.

    Raises
    ------
    NotAllowed, UnknownAlert
    """
    author = require(user)
    with db.write() as connection:
        name = _named(connection, channel_id)
        connection.execute(delete(_channels).where(_channels.c.channel_id == channel_id))
    audit.record(db, author, "deleted_alert_channel", name, now=now)


def every_channel(db: AppDatabase) -> list[Channel]:
    """All channels by name."""
    with db.read() as connection:
        rows = connection.execute(select(_channels).order_by(_channels.c.name)).all()
    return [_channel(row) for row in rows]


def address_of(db: AppDatabase, channel_id: str) -> tuple[str, str]:
    """Name and address of a channel, for sending only.

    Raises
    ------
    UnknownAlert
    """
    with db.read() as connection:
        query = select(_channels.c.name, _channels.c.url).where(_channels.c.channel_id == channel_id)
        row = connection.execute(query).one_or_none()
    if row is None:
        raise _gone()
    return str(row.name), str(row.url)


def _as_apprise(url: str) -> str:
    """The address as apprise takes it: a plain web address that is no known service is a JSON webhook."""
    from reporting.alerts.apprise_quiet import apprise

    scheme, found, rest = url.partition("://")
    if not found or scheme.lower() not in ("http", "https"):
        return url
    known = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    return url if known is not None else ("jsons://" if scheme.lower() == "https" else "json://") + rest


def _has_port(plugin: NotifyBase) -> bool:
    return plugin.port is None or 0 < plugin.port < 65_536


def _row(name: str, url: str) -> dict[str, Any]:
    clean = _checked_name(name)
    plugin = opened(url)
    kind = _KINDS[type(plugin).__name__]
    return {"name": clean, "kind": kind, "url": url.strip(), "shown": _shown(kind, plugin, url)}


def _shown(kind: str, plugin: NotifyBase, url: str) -> str:
    """Where the channel leads, of which nothing helps to send to it."""
    if kind == "mail":
        people = [address for _, address in getattr(plugin, "targets", ())]
        server = getattr(plugin, "smtp_host", plugin.host)
        return f"{', '.join(people[:3])}{' …' if len(people) > 3 else ''} by {server}"
    if kind == "webhook":
        secure = urlsplit(url).scheme.lower() in ("https", "jsons")
        port = f":{plugin.port}" if plugin.port else ""
        return f"{'https' if secure else 'http'}://{plugin.host}{port}/…"
    return "hooks.slack.com/…" if kind == "slack" else "a Teams workflow"


def _checked_name(name: str) -> str:
    if problem := name_problem(name, "channel"):
        raise UnusableChannel(problem)
    return name.strip()


def _told(row: dict[str, Any]) -> dict[str, str]:
    """What the audit log may hold."""
    return {key: str(row[key]) for key in ("kind", "shown") if key in row}


def _named(connection: Connection, channel_id: str) -> str:
    name = connection.execute(select(_channels.c.name).where(_channels.c.channel_id == channel_id)).scalar()
    if name is None:
        raise _gone()
    return str(name)


def _taken(name: str) -> UnusableChannel:
    return UnusableChannel(f"There is a channel called {name.strip()} already: take another name.")


def _gone() -> UnknownAlert:
    return UnknownAlert("This channel is gone: somebody has deleted it. Reload the page.")


def _channel(row: Row[Any]) -> Channel:
    return Channel(
        row.channel_id,
        row.name,
        row.kind,
        row.shown,
        row.created_by,
        row.last_sent_at,
        row.last_error,
        row.last_error_at,
    )
