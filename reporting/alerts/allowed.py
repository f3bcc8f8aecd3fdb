"""Who may see alerts and who may manage them. Rules look at all legs, so alerts are for those who see all."""

from __future__ import annotations

from access.roles import Permission, may, scope_of
from access.users import User
from data_access.filters import Scope
from reporting.alerts.errors import NotAllowed

__all__ = ["may_manage", "may_see", "require"]


def may_see(user: User | None) -> bool:
    return scope_of(user) == Scope.all()


def may_manage(user: User | None) -> bool:
    return may_see(user) and may(user, Permission.MANAGE_ALERTS)


def require(user: User | None) -> User:
    """Return the user, if they may manage alerts.

    Raises
    ------
    NotAllowed
    """
    if user is None or not may_manage(user):
        raise NotAllowed("Your role does not include managing alerts. Ask an administrator for it.")
    return user
