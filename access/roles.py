"""What each role may do, asked in one place (`may`), and which legs a user may see (`scope_of`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from data_access.filters import Scope

if TYPE_CHECKING:
    from access.users import User

__all__ = ["Permission", "Role", "may", "scope_of"]


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    ANALYST = "analyst"
    MANAGER = "manager"
    VIEWER = "viewer"
    SUPPLIER = "supplier"


class Permission(StrEnum):
    VIEW = "view"  # the analysis pages, within the user's scope
    EXPORT = "export"  # CSV, Excel, PDF, JSON of what they see
    SAVE_VIEWS = "save_views"
    IMPORT_DATA = "import_data"  # upload, load the demo, undo a batch
    CORRECT_DATA = "correct_data"  # settle anomalies and place names
    EDIT_FACTORS = "edit_factors"
    SET_TARGETS = "set_targets"
    EDIT_SUPPLIERS = "edit_suppliers"  # their country, sector, tier, target, and notes on them
    MANAGE_ALERTS = "manage_alerts"  # alert rules and channels, acknowledging alerts
    MANAGE_USERS = "manage_users"
    VIEW_AUDIT = "view_audit"
    VIEW_SYSTEM = "view_system"


_READING = frozenset({Permission.VIEW, Permission.EXPORT, Permission.SAVE_VIEWS})
_PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.ANALYST: _READING
    | {
        Permission.IMPORT_DATA,
        Permission.CORRECT_DATA,
        Permission.EDIT_FACTORS,
        Permission.SET_TARGETS,
        Permission.EDIT_SUPPLIERS,
        Permission.MANAGE_ALERTS,
    },
    Role.MANAGER: _READING
    | {
        Permission.CORRECT_DATA,
        Permission.SET_TARGETS,
        Permission.EDIT_SUPPLIERS,
        Permission.MANAGE_ALERTS,
    },
    Role.VIEWER: _READING,
    Role.SUPPLIER: _READING,
}


def may(user: User | None, permission: Permission) -> bool:
    """Whether `user` may do this.

    No, where nothing says yes: no user, an unknown role or permission, a password still to be changed.
    """
    if user is None or user.must_change_password:
        return False
    return permission in _PERMISSIONS.get(user.role, frozenset())


def scope_of(user: User | None) -> Scope:
    """The legs that `user` may see: a supplier its own, who else may view all of them, anyone else none."""
    if user is None or not may(user, Permission.VIEW):
        return Scope.suppliers(())
    return Scope.suppliers(user.supplier_ids) if user.role == Role.SUPPLIER else Scope.all()
