"""Failed sign-ins lock an account and a client address for a while that doubles, and that always ends.

An attempt counts before its password is looked at, so that a burst of parallel guesses meets the lock too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from access.errors import TooManyAttempts
from access.users import fold_email
from data_access import app_schema
from data_access.app_database import AppDatabase

__all__ = ["ACCOUNT", "ADDRESS", "Policy", "begin_attempt", "forgive", "release_account", "wait_after"]

FORGOTTEN_AFTER = timedelta(hours=1)
_attempts = app_schema.sign_in_attempts


@dataclass(frozen=True)
class Policy:
    """The first lock comes with failure number `free`; each further failure doubles it, up to `longest`."""

    kind: str
    free: int
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)


ACCOUNT = Policy("account", free=5)
ADDRESS = Policy("address", free=30)  # an office shares one address


def wait_after(policy: Policy, failures: int) -> timedelta:
    """How long sign-in is locked after so many failures in a row."""
    if failures < policy.free:
        return timedelta(0)
    doublings = min(failures - policy.free, 16)
    return min(policy.first * 2**doublings, policy.longest)


def begin_attempt(db: AppDatabase, email: str, client_address: str, now: datetime) -> None:
    """Count an attempt, as a failure until `forgive` says otherwise.

    Raises
    ------
    TooManyAttempts
        The account or the client is locked; the attempt was not counted.
    """
    with db.write() as connection:
        _forget_old(connection, now)
        # The account always first: two attempts that share both rows cannot wait for each other.
        keys = _keys(email, client_address)
        rows = [(policy, key, _taken(connection, policy, key, now)) for policy, key in keys]
        ends = [row.locked_until for _, _, row in rows if row.locked_until and row.locked_until > now]
        if ends:
            raise TooManyAttempts(max(1, -int((now - max(ends)).total_seconds() // 1)))
        for policy, key, row in rows:
            wait = wait_after(policy, row.failures + 1)
            locked_until = now + wait if wait else None
            _set(connection, policy, key, failures=row.failures + 1, failed_at=now, locked_until=locked_until)


def forgive(db: AppDatabase, email: str, client_address: str) -> None:
    """The attempt succeeded: clear the account, and take back this one attempt of the address.

    The address keeps its other failures, or one valid account would let its owner guess without end.
    """
    (_, account), (_, address) = _keys(email, client_address)
    with db.write() as connection:
        _clear(connection, account)
        row = _row(connection, ADDRESS, address)
        if row is not None:
            others = max(0, row.failures - 1)
            locked_until = row.locked_until if others >= ADDRESS.free else None
            _set(connection, ADDRESS, address, failures=others, locked_until=locked_until)


def release_account(db: AppDatabase, email: str) -> None:
    """Unlock an account, whoever failed on it."""
    with db.write() as connection:
        _clear(connection, _digest(fold_email(email)))


def _keys(email: str, client_address: str) -> list[tuple[Policy, str]]:
    return [(ACCOUNT, _digest(fold_email(email))), (ADDRESS, _digest(_network(client_address)))]


def _network(client_address: str) -> str:
    # One IPv6 customer owns 2^64 addresses, and an IPv4 client may arrive on a dual-stack socket.
    try:
        address = ip_address(client_address)
    except ValueError:
        return client_address
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped) if address.ipv4_mapped else address.exploded[:19]
    return str(address)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _forget_old(connection: Connection, now: datetime) -> None:
    unlocked = or_(_attempts.c.locked_until.is_(None), _attempts.c.locked_until <= now)
    connection.execute(
        delete(_attempts).where(and_(_attempts.c.failed_at <= now - FORGOTTEN_AFTER, unlocked))
    )


def _taken(connection: Connection, policy: Policy, key: str, now: datetime) -> Row[Any]:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    fresh = {"kind": policy.kind, "key_sha256": key, "failures": 0, "failed_at": now}
    connection.execute(dialect.insert(_attempts).values(**fresh).on_conflict_do_nothing())
    row = _row(connection, policy, key)
    assert row is not None  # noqa: S101 - inserted above, and locked
    return row


def _row(connection: Connection, policy: Policy, key: str) -> Row[Any] | None:
    query = select(_attempts).where(_attempts.c.kind == policy.kind, _attempts.c.key_sha256 == key)
    return connection.execute(query.with_for_update()).first()


def _set(connection: Connection, policy: Policy, key: str, **values: Any) -> None:
    its = and_(_attempts.c.kind == policy.kind, _attempts.c.key_sha256 == key)
    connection.execute(update(_attempts).where(its).values(**values))


def _clear(connection: Connection, account: str) -> None:
    its = and_(_attempts.c.kind == ACCOUNT.kind, _attempts.c.key_sha256 == account)
    connection.execute(delete(_attempts).where(its))
