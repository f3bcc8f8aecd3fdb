"""What a change of emissions is split from, as SQL: sums by supplier, lane, mode, data type and vehicle.

The lane is that of the whole shipment, from where its first leg starts to where its last one ends: so goods
that change from air to sea stay on their lane, although airport and port are different places.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, and_, bindparam, case, false, func, literal_column, select
from sqlalchemy.sql import ColumnElement

from data_access.expressions import count_rows, total
from data_access.filters import Filters, Scope
from data_access.questions import Query, Question, prepared
from data_access.schema import legs, suppliers
from data_access.selection import selected

__all__ = ["chain_cells", "supplier_names"]

_first, _later, _last = legs.alias("first_legs"), legs.alias("later_legs"), legs.alias("last_legs")
_SECOND = literal_column("2", Integer)
_ENDS = ("origin", "destination")
_KEPT = ("supplier_id", "mode", "vehicle_class", "temperature_controlled", "data_type", "distance_basis")
_SUMMED = ("weight_kg", "tonne_km", "wtw_kg", "calculated_kg")


def chain_cells(filters: Filters, scope: Scope, since: datetime | None = None) -> Question:
    """Sums of the selected legs, flagged ones included.

    Columns late (whether departed at `since` or after it; true without one), supplier_id, origin and
    destination of the whole shipment (null where not known), mode, vehicle_class, temperature_controlled,
    data_type, distance_basis, from_table (whether a factor of the table was used), legs, weight_kg,
    tonne_km, wtw_kg, calculated_kg.
    """
    question = _chain_cells(filters, scope)
    return Question(question.statement, {**question.values, "since": since or datetime(1, 1, 1)})


@prepared
def _chain_cells(filters: Filters, scope: Scope) -> Query:
    chains = _chain_ends(scope).subquery("chains")
    single = chains.c.shipment_id.is_(None)
    each = (
        select(
            (legs.c.departed_at >= bindparam("since")).label("late"),
            *(legs.c[name] for name in _KEPT),
            *(case((single, legs.c[end]), else_=chains.c[end]).label(end) for end in _ENDS),
            legs.c.factor_id.is_not(None).label("from_table"),
            *(legs.c[name] for name in _SUMMED),
        )
        .select_from(legs.outerjoin(chains, chains.c.shipment_id == legs.c.shipment_id))
        .where(*selected(filters, scope))
        .subquery("each")
    )
    keys = [each.c[name] for name in ("late", *_KEPT, *_ENDS, "from_table")]
    sums = (total(each.c[name]).label(name) for name in _SUMMED)
    return select(*keys, count_rows().label("legs"), *sums).group_by(*keys)


@prepared
def supplier_names(scope: Scope) -> Query:
    """supplier_id and name, of the suppliers in scope that have one."""
    return select(suppliers.c.supplier_id, suppliers.c.name).where(*_seen(suppliers.c.supplier_id, scope))


def _chain_ends(scope: Scope) -> Query:
    """Where shipments of several legs start and end; most have one leg, and cost nothing here."""
    several = (
        select(_later.c.shipment_id, func.max(_later.c.leg_no).label("last_no"))
        .where(_later.c.leg_no >= _SECOND, *_seen(_later.c.supplier_id, scope))
        .group_by(_later.c.shipment_id)
        .subquery("several")
    )
    is_first = and_(_first.c.shipment_id == several.c.shipment_id, _first.c.leg_no == literal_column("1"))
    is_last = and_(
        _last.c.shipment_id == several.c.shipment_id,
        _last.c.leg_no == several.c.last_no,
        _last.c.leg_no >= _SECOND,
    )
    return (
        select(several.c.shipment_id, _first.c.origin, _last.c.destination)
        .join_from(several, _first, is_first)
        .join(_last, is_last)
        .where(*_seen(_first.c.supplier_id, scope))
    )


def _seen(supplier: ColumnElement[str], scope: Scope) -> list[ColumnElement[bool]]:
    """The scope on another leg of the shipment: the ends must not tell of legs that are out of it."""
    if scope.supplier_ids is None:
        return []
    return [supplier.in_(bindparam("scope", expanding=True)) if scope.supplier_ids else false()]
