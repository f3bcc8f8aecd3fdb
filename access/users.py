"""The people who may sign in: create and change them, and the first administrator of a new installation."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from access import passwords
from access.clock import utc_now
from access.errors import EmailTaken, InvalidUser, LastAdministrator, UnknownUser
from access.roles import Role
from data_access import app_schema
from data_access.app_database import AppDatabase

__all__ = [
    "User",
    "by_email",
    "by_id",
    "create",
    "create_first_administrator",
    "everyone",
    "fold_email",
    "reset_password",
    "set_active",
    "set_password",
    "set_role",
]

_users = app_schema.users
_LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3


@dataclass(frozen=True)
class User:
    """A user as the rest of the app knows them; `supplier_ids` is what a supplier may see."""

    user_id: str
    email: str
    name: str
    role: str
    supplier_ids: frozenset[str] = field(default=frozenset())
    must_change_password: bool = False
    active: bool = True

    @classmethod
    def of(cls, row: Row[Any]) -> User:
        return cls(
            row.user_id,
            row.email,
            row.name,
            row.role,
            frozenset(row.supplier_ids),
            row.must_change_password,
            row.active,
        )


def fold_email(email: str) -> str:
    """The form in which two spellings of one address are equal."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def create(
    db: AppDatabase,
    email: str,
    name: str,
    role: str,
    password: str,
    *,
    supplier_ids: Iterable[str] = (),
    must_change_password: bool = False,
    rounds: int = passwords.ROUNDS,
    now: datetime | None = None,
) -> User:
    """Add a user.

    Raises
    ------
    EmailTaken, InvalidUser, WeakPassword
        With a sentence for the person who fills in the form.
    """
    _check_email(email)
    suppliers = _checked_suppliers(role, supplier_ids)
    hashed = passwords.hash_password(password, rounds=rounds)
    moment = now or utc_now()
    user = User(uuid.uuid4().hex, email.strip(), name.strip() or email, role, suppliers, must_change_password)
    row = {
        "user_id": user.user_id,
        "email": user.email,
        "email_folded": fold_email(email),
        "name": user.name,
        "role": str(role),
        "supplier_ids": sorted(suppliers),
        "password_hash": hashed,
        "must_change_password": must_change_password,
        "active": True,
        "created_at": moment,
        "password_changed_at": moment,
    }
    try:
        with db.write() as connection:
            connection.execute(insert(_users).values(**row))
    except IntegrityError as error:
        raise EmailTaken(f"{user.email} is a user already.") from error
    return user


def create_first_administrator(db: AppDatabase, email: str) -> str | None:
    """Create an administrator if there is no user yet; the one-time password, or None if there was one."""
    with db.read() as connection:
        if connection.execute(select(func.count()).select_from(_users)).scalar_one():
            return None
    password = passwords.one_time_password()
    try:
        create(db, email, "Administrator", Role.ADMINISTRATOR, password, must_change_password=True)
    except EmailTaken:  # another process of a new installation was faster
        return None
    return password


def by_email(db: AppDatabase, email: str) -> User | None:
    with db.read() as connection:
        row = connection.execute(select(_users).where(_users.c.email_folded == fold_email(email))).first()
    return User.of(row) if row else None


def by_id(db: AppDatabase, user_id: str) -> User | None:
    with db.read() as connection:
        row = connection.execute(select(_users).where(_users.c.user_id == user_id)).first()
    return User.of(row) if row else None


def everyone(db: AppDatabase) -> list[User]:
    """All users, the inactive ones too, by e-mail."""
    with db.read() as connection:
        return [User.of(row) for row in connection.execute(select(_users).order_by(_users.c.email_folded))]


def set_password(
    db: AppDatabase,
    user_id: str,
    password: str,
    *,
    must_change_password: bool = False,
    rounds: int = passwords.ROUNDS,
    now: datetime | None = None,
) -> None:
    """Replace a password and end every session of the user, in one transaction.

    Raises
    ------
    WeakPassword, UnknownUser
    """
    values = {
        "password_hash": passwords.hash_password(password, rounds=rounds),
        "must_change_password": must_change_password,
        "password_changed_at": now or utc_now(),
    }
    with db.write() as connection:
        _change(connection, user_id, values)
        _end_sessions(connection, user_id)


def reset_password(db: AppDatabase, email: str) -> str:
    """Give a user a new one-time password, to be changed at the next sign-in, and return it.

    Raises
    ------
    UnknownUser
    """
    user = by_email(db, email)
    if user is None:
        raise UnknownUser(f"No user has the e-mail {email}.")
    password = passwords.one_time_password()
    set_password(db, user.user_id, password, must_change_password=True)
    return password


def set_role(db: AppDatabase, user_id: str, role: str, supplier_ids: Iterable[str] = ()) -> None:
    """Change what a user may do and see; it holds from their next click.

    Raises
    ------
    InvalidUser, LastAdministrator, UnknownUser
    """
    suppliers = _checked_suppliers(role, supplier_ids)
    with db.write() as connection:
        _change(connection, user_id, {"role": str(role), "supplier_ids": sorted(suppliers)})
        _require_administrator(connection)


def set_active(db: AppDatabase, user_id: str, active: bool) -> None:
    """Let a user in again, or shut them out and end their sessions.

    Raises
    ------
    LastAdministrator, UnknownUser
    """
    with db.write() as connection:
        _change(connection, user_id, {"active": active})
        _require_administrator(connection)
        if not active:
            _end_sessions(connection, user_id)


def _change(connection: Connection, user_id: str, values: dict[str, Any]) -> None:
    changed = connection.execute(update(_users).where(_users.c.user_id == user_id).values(**values))
    if not changed.rowcount:
        raise UnknownUser("This user does not exist any more. Reload the list of users.")


def _end_sessions(connection: Connection, user_id: str) -> None:
    connection.execute(delete(app_schema.sessions).where(app_schema.sessions.c.user_id == user_id))


def _require_administrator(connection: Connection) -> None:
    # Locked, so that two administrators who demote each other at once meet here.
    left = select(_users.c.user_id).where(_users.c.role == Role.ADMINISTRATOR, _users.c.active)
    if connection.execute(left.with_for_update()).first() is None:
        raise LastAdministrator("This is the last administrator. Make another user administrator first.")


def _check_email(email: str) -> None:
    address = email.strip()
    name, _, domain = address.rpartition("@")
    clean = address.isprintable() and " " not in address and len(address) <= _LONGEST_EMAIL
    if not (name and domain and clean):
        raise InvalidUser(f"{address!r} is no e-mail address. It looks like name@example.com.")


def _checked_suppliers(role: str, supplier_ids: Iterable[str]) -> frozenset[str]:
    if role not in set(Role):
        raise InvalidUser(f"Unknown role {role!r}: use one of {', '.join(Role)}.")
    suppliers = frozenset(supplier_ids)
    if suppliers and role != Role.SUPPLIER:
        raise InvalidUser(f"Only the role supplier is limited to suppliers; {role} sees all of them.")
    return suppliers
