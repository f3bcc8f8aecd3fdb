"""Who the user is, and what they may do and see. Pages ask here; server.py lets nobody in without it.

`database()` is the one app database of the process. `user_of(token)` names the user behind a session cookie,
`may(user, permission)` answers what they may do, `scope_of(user)` which legs they may see.
"""

from __future__ import annotations

from access.errors import (
    AccessError,
    EmailTaken,
    InvalidUser,
    LastAdministrator,
    TooManyAttempts,
    UnknownUser,
    WeakPassword,
    WrongCredentials,
)
from access.opened import database
from access.roles import Permission, Role, may, scope_of
from access.sessions import COOKIE, user_of
from access.users import User

__all__ = [
    "COOKIE",
    "AccessError",
    "EmailTaken",
    "InvalidUser",
    "LastAdministrator",
    "Permission",
    "Role",
    "TooManyAttempts",
    "UnknownUser",
    "User",
    "WeakPassword",
    "WrongCredentials",
    "database",
    "may",
    "scope_of",
    "user_of",
]
