"""From Filters and Scope to WHERE: the one place where what a user may see becomes SQL.

The conditions name their parameters and hold no values, so that a statement serves all filters of one shape.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, exists, false, literal_column
from sqlalchemy.sql import ColumnElement

from data_access.filters import LANE_ARROW, Filters, Scope
from data_access.schema import anomalies, legs

__all__ = ["flagged", "in_scope", "selected", "values_of"]

_LISTS = {
    "suppliers": legs.c.supplier_id,
    "modes": legs.c.mode,
    "origin_countries": legs.c.origin_country,
    "destination_countries": legs.c.destination_country,
    "product_groups": legs.c.product_group,
    # Both ends first: putting each leg's name together is what takes time.
    "lane_origins": legs.c.origin,
    "lane_destinations": legs.c.destination,
    "lanes": legs.c.origin + literal_column(f"'{LANE_ARROW}'") + legs.c.destination,
}
_FLAGGED = exists().where(
    anomalies.c.shipment_id == legs.c.shipment_id,
    anomalies.c.leg_no == legs.c.leg_no,
    anomalies.c.status.in_([literal_column("'open'"), literal_column("'confirmed'")]),
)


def in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions on `legs` that the user's scope sets; an empty scope sees nothing."""
    if scope.supplier_ids is None:
        return []
    if not scope.supplier_ids:
        return [false()]
    return [legs.c.supplier_id.in_(bindparam("scope", expanding=True))]


def selected(filters: Filters, scope: Scope) -> list[ColumnElement[bool]]:
    """All conditions on `legs`: scope first, then what the user asked for."""
    conditions = in_scope(scope)
    if filters.start is not None:
        conditions.append(legs.c.departed_at >= bindparam("start"))
    if filters.end is not None:
        conditions.append(legs.c.departed_at < bindparam("end"))
    conditions += [
        column.in_(bindparam(name, expanding=True))
        for name, column in _LISTS.items()
        if getattr(filters, "lanes" if name.startswith("lane_") else name)
    ]
    return [*conditions, flagged()] if filters.anomalies_only else conditions


def flagged() -> ColumnElement[bool]:
    """Whether a leg has an anomaly that is open or confirmed: what is fixed or dismissed counts no more."""
    return _FLAGGED


def values_of(*given: Filters | Scope) -> dict[str, Any]:
    """The values of the parameters that `selected` and `in_scope` name."""
    values: dict[str, Any] = {}
    for one in given:
        if isinstance(one, Scope):
            values["scope"] = sorted(one.supplier_ids or ())
        else:
            values |= {"start": one.start, "end": one.end, **_lists(one)}
    return {name: value for name, value in values.items() if value}


def _lists(filters: Filters) -> dict[str, tuple[str, ...]]:
    ends = [lane.partition(LANE_ARROW) for lane in filters.lanes]
    found = {name: getattr(filters, name) for name in _LISTS if not name.startswith("lane_")}
    found["lane_origins"] = tuple(sorted({origin for origin, _, _ in ends}))
    found["lane_destinations"] = tuple(sorted({destination for _, _, destination in ends}))
    return found
