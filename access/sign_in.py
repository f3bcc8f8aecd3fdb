"""E-mail and password in, user out: one bcrypt verification whether or not the user exists, and a lockout."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from access import lockout, passwords, users
from access.clock import utc_now
from access.errors import WeakPassword, WrongCredentials
from access.users import User
from data_access import app_schema
from data_access.app_database import AppDatabase

__all__ = ["authenticate", "change_password"]

_users = app_schema.users


def authenticate(
    db: AppDatabase, email: str, password: str, client_address: str, *, now: datetime | None = None
) -> User:
    """The active user with this e-mail and password.

    Takes one password verification in every case, so that its time does not tell which e-mails exist.

    Raises
    ------
    WrongCredentials
        Unknown e-mail, wrong password or shut account: the same sentence for all.
    TooManyAttempts
        The account or the client address is locked; nothing was verified.
    """
    moment = now or utc_now()
    lockout.begin_attempt(db, email, client_address, moment)
    with db.read() as connection:
        row = connection.execute(
            select(_users).where(_users.c.email_folded == users.fold_email(email))
        ).first()
    right = passwords.verify(password, row.password_hash if row else None)
    if row is None or not right or not row.active:
        raise WrongCredentials("E-mail or password is wrong.")
    lockout.forgive(db, email, client_address)
    with db.write() as connection:
        connection.execute(update(_users).where(_users.c.user_id == row.user_id).values(signed_in_at=moment))
    return User.of(row)


def change_password(
    db: AppDatabase,
    user: User,
    current: str,
    new: str,
    client_address: str,
    *,
    rounds: int = passwords.ROUNDS,
    now: datetime | None = None,
) -> None:
    """Replace the user's own password; every session of theirs ends.

    Raises
    ------
    WeakPassword
        The new password does not do, or is the current one.
    WrongCredentials, TooManyAttempts
        As `authenticate`: guessing the current password from a stolen session is locked out too.
    """
    passwords.check_strength(new)
    if new == current:
        raise WeakPassword("The new password is the current one: choose another.")
    try:
        authenticate(db, user.email, current, client_address, now=now)
    except WrongCredentials as error:
        raise WrongCredentials("The current password is wrong.") from error
    users.set_password(db, user.user_id, new, rounds=rounds, now=now)
