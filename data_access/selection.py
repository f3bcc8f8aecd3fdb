"""From Filters and Scope to WHERE: the one place where what a user may see becomes SQL."""

from __future__ import annotations

from sqlalchemy import exists, false
from sqlalchemy.sql import ColumnElement

from data_access.filters import Filters, Scope
from data_access.schema import leg_flags, legs

__all__ = ["flagged", "in_scope", "selected"]


def in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions on `legs` that the user's scope sets; an empty scope sees nothing."""
    if scope.supplier_ids is None:
        return []
    if not scope.supplier_ids:
        return [false()]
    return [legs.c.supplier_id.in_(sorted(scope.supplier_ids))]


def selected(filters: Filters, scope: Scope) -> list[ColumnElement[bool]]:
    """All conditions on `legs`: scope first, then what the user asked for."""
    conditions = in_scope(scope)
    if filters.start is not None:
        conditions.append(legs.c.departed_at >= filters.start)
    if filters.end is not None:
        conditions.append(legs.c.departed_at < filters.end)
    for column, wanted in (
        (legs.c.supplier_id, filters.suppliers),
        (legs.c.mode, filters.modes),
        (legs.c.origin_country, filters.origin_countries),
        (legs.c.destination_country, filters.destination_countries),
        (legs.c.product_group, filters.product_groups),
    ):
        if wanted:
            conditions.append(column.in_(wanted))
    if filters.anomalies_only:
        conditions.append(flagged())
    return conditions


def flagged() -> ColumnElement[bool]:
    """Whether a leg carries a flag."""
    return exists().where(leg_flags.c.shipment_id == legs.c.shipment_id, leg_flags.c.leg_no == legs.c.leg_no)
