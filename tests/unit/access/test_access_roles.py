from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import Permission, Role, User, may, scope_of
from data_access import Scope


def someone(role, **more):
    return User("u1", "a@example.com", "A", role, **more)


def test_an_administrator_may_do_everything_and_nobody_nothing():
    assert all(may(someone(Role.ADMINISTRATOR), permission) for permission in Permission)
    assert not any(may(None, permission) for permission in Permission)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_an_administrator_manages_users_and_reads_the_audit_log(role):
    for permission in (Permission.MANAGE_USERS, Permission.VIEW_AUDIT, Permission.VIEW_SYSTEM):
        assert not may(someone(role), permission)


def test_who_may_bring_data_in():
    allowed = {role for role in Role if may(someone(role), Permission.IMPORT_DATA)}
    assert allowed == {Role.ADMINISTRATOR, Role.ANALYST}


def test_who_may_edit_what_is_known_of_suppliers():
    allowed = {role for role in Role if may(someone(role), Permission.EDIT_SUPPLIERS)}
    assert allowed == {Role.ADMINISTRATOR, Role.ANALYST, Role.MANAGER}


@pytest.mark.parametrize("role", list(Role))
def test_nothing_is_allowed_before_a_given_password_is_changed(role):
    waiting = someone(role, must_change_password=True)
    assert not any(may(waiting, permission) for permission in Permission)
    assert scope_of(waiting) == Scope.suppliers(())


@given(st.text(), st.text())
def test_a_role_or_permission_that_is_not_known_is_denied(role, permission):
    if role not in set(Role) or permission not in set(Permission):
        assert not may(someone(role), permission)


@given(st.frozensets(st.text(min_size=1), max_size=4))
def test_a_supplier_sees_its_own_legs_only(supplier_ids):
    assert scope_of(someone(Role.SUPPLIER, supplier_ids=supplier_ids)) == Scope.suppliers(supplier_ids)


def test_a_supplier_without_suppliers_and_an_unknown_role_see_nothing():
    for user in (someone(Role.SUPPLIER), someone("owner"), None):
        assert scope_of(user).supplier_ids == frozenset()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SUPPLIER])
def test_everyone_else_sees_all_legs(role):
    assert scope_of(someone(role)) == Scope.all()
