"""Who is signed in: opaque random tokens whose hash stands in the app database; every check asks there.

Nothing is cached, so signing out, a new role or a shut account holds from the next request.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from access.clock import utc_now
from access.opened import database
from access.users import User
from data_access import app_schema
from data_access.app_database import AppDatabase

__all__ = ["COOKIE", "IDLE", "LIFETIME", "create", "revoke", "revoke_all", "user_of"]

COOKIE = "scca_session"
LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 64
_SEEN_EVERY = timedelta(minutes=1)  # a page makes dozens of requests; one write a minute is enough

_sessions, _users = app_schema.sessions, app_schema.users


def create(db: AppDatabase, user: User, client_address: str = "", *, now: datetime | None = None) -> str:
    """Start a session and return its token, which exists nowhere else. Expired sessions are cleared away."""
    moment = now or utc_now()
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = {
        "token_sha256": _sha256(token),
        "user_id": user.user_id,
        "created_at": moment,
        "seen_at": moment,
        "client_address": client_address,
    }
    with db.write() as connection:
        over = or_(_sessions.c.created_at <= moment - LIFETIME, _sessions.c.seen_at <= moment - IDLE)
        connection.execute(delete(_sessions).where(over))
        connection.execute(insert(_sessions).values(**row))
    return token


def user_of(token: str | None, db: AppDatabase | None = None, *, now: datetime | None = None) -> User | None:
    """The user whose session this is; None for no, an unknown or an expired session, or a shut account.

    A session ends 12 hours after sign-in, or after 2 hours without a request.
    """
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    db = db or database()
    moment = now or utc_now()
    digest = _sha256(token)
    query = (
        select(_users, _sessions.c.seen_at)
        .join(_sessions, _sessions.c.user_id == _users.c.user_id)
        .where(
            _sessions.c.token_sha256 == digest,
            _sessions.c.created_at > moment - LIFETIME,
            _sessions.c.seen_at > moment - IDLE,
            _users.c.active,
        )
    )
    with db.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    if moment - row.seen_at >= _SEEN_EVERY:
        with db.write() as connection:
            connection.execute(
                update(_sessions).where(_sessions.c.token_sha256 == digest).values(seen_at=moment)
            )
    return User.of(row)


def revoke(db: AppDatabase, token: str) -> None:
    """End one session at once. An unknown token is ignored."""
    with db.write() as connection:
        connection.execute(delete(_sessions).where(_sessions.c.token_sha256 == _sha256(token)))


def revoke_all(db: AppDatabase, user_id: str) -> None:
    """End every session of a user at once."""
    with db.write() as connection:
        connection.execute(delete(_sessions).where(_sessions.c.user_id == user_id))


def _sha256(token: str) -> str:
    # A plain hash is enough: 256 random bits cannot be guessed, unlike a password.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
