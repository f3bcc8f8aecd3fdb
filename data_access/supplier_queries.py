"""The comparison of suppliers as SQL: sums by supplier and job, and by month.

Bands are numbers here; `analytics.suppliers.jobs` names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, case, literal_column, select
from sqlalchemy.sql import ColumnElement

from data_access.bands import DISTANCE_BAND, WEIGHT_BAND
from data_access.expressions import count_if, count_rows, period, total
from data_access.filters import Filters, Scope
from data_access.questions import Query, Question, prepared
from data_access.schema import legs, suppliers
from data_access.selection import flagged, in_scope, selected

__all__ = [
    "HALF_LOAD_KG",
    "job_sums",
    "known_suppliers",
    "month_sums",
]

# Half of what a vehicle carries; 24 t where the class is not known.
HALF_LOAD_KG = {
    "rigid 3.5-7.5 t": 1_500,
    "rigid 7.5-17 t": 4_000,
    "rigid >17 t": 6_500,
    "articulated 3.5-33 t": 9_000,
}
_HALF_OF_ANY_KG = 12_000


def _number(value: float) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def _text(value: str) -> ColumnElement[str]:
    """A text of ours in the statement itself."""
    return literal_column(f"'{value}'")


_HALF_LOAD = case(
    *((legs.c.vehicle_class == _text(name), _number(kg)) for name, kg in HALF_LOAD_KG.items()),
    else_=_number(_HALF_OF_ANY_KG),
)
_MOVING = (legs.c.mode != _text("hub")) & (legs.c.tonne_km > _number(0))
_JOB = (
    legs.c.mode,
    legs.c.temperature_controlled,
    legs.c.origin_country,
    legs.c.destination_country,
    DISTANCE_BAND,
    WEIGHT_BAND,
)
_SUMS = (
    count_rows().label("legs"),
    count_if(legs.c.leg_no == _number(1)).label("shipments"),
    total(legs.c.wtw_kg).label("wtw_kg"),
    total(legs.c.tonne_km).label("tonne_km"),
    total(legs.c.weight_kg).label("weight_kg"),
    total(legs.c.wtw_kg * legs.c.wtw_kg).label("kg_sq"),
    total(legs.c.wtw_kg * legs.c.tonne_km).label("kg_tkm"),
    total(legs.c.tonne_km * legs.c.tonne_km).label("tkm_sq"),
    total(legs.c.weight_kg * legs.c.weight_kg).label("weight_sq"),
    count_if(legs.c.weight_kg < _HALF_LOAD).label("part_loads"),
)


def job_sums(
    filters: Filters,
    scope: Scope,
    *,
    chosen: datetime,
    recent: datetime,
    before: tuple[datetime, datetime],
    only_flagged: bool,
) -> Question:
    """Sums by supplier, job, product group, data type and stretch of time: of all legs, or of flagged ones.

    Flagged legs come apart, to be taken away: joining them to all legs costs more than summing twice.

    Columns: supplier_id, mode, temperature_controlled, origin_country, destination_country, distance_band,
    weight_band, product_group, data_type, moving (no hub, and some tonne-km), stretch; legs,
    shipments (first legs), wtw_kg, tonne_km, weight_kg, kg_sq, kg_tkm, tkm_sq, weight_sq, part_loads.

    Parameters
    ----------
    chosen, recent : datetime
        From when on a leg belongs to the selection, and to its last year. stretch: 1 the last year, 2 the
        year before within the selection, 3 the rest of the selection, 0 the year before outside of it, -1
        what belongs to neither.
    before : two datetimes
        Start and end of the year before.
    """
    wider = replace(filters, start=min(filters.start, before[0]) if filters.start else None)
    asked = _job_sums(wider, scope, only_flagged=only_flagged)
    moments = {"chosen": chosen, "recent": recent, "before": before[0], "before_end": before[1]}
    return Question(asked.statement, {**asked.values, **moments})


@prepared
def _job_sums(filters: Filters, scope: Scope, *, only_flagged: bool) -> Query:
    moment = legs.c.departed_at
    year_before = (moment >= bindparam("before")) & (moment < bindparam("before_end"))
    stretch = case(
        (moment >= bindparam("recent"), _number(1)),
        (year_before & (moment >= bindparam("chosen")), _number(2)),
        (year_before, _number(0)),
        (moment >= bindparam("chosen"), _number(3)),
        else_=_number(-1),
    )
    more = (legs.c.product_group, legs.c.data_type, _MOVING.label("moving"), stretch.label("stretch"))
    only = [flagged()] if only_flagged else []
    return _summed((legs.c.supplier_id, *_JOB, *more), filters, scope, only)


def _summed(
    keys: Sequence[Any], filters: Filters, scope: Scope, more: Sequence[ColumnElement[bool]]
) -> Query:
    """Sums by keys; grouped by their places, since a key with parameters is not recognised again."""
    places: list[ColumnElement[int]] = [literal_column(str(place)) for place in range(1, len(keys) + 1)]
    return select(*keys, *_SUMS).where(*selected(filters, scope), *more).group_by(*places)


def month_sums(filters: Filters, scope: Scope, supplier_id: str) -> Question:
    """One supplier's comparable legs by month (period) and job, with the sums of `job_sums`."""
    asked = _month_sums(filters, scope)
    return Question(asked.statement, {**asked.values, "supplier_id": supplier_id})


@prepared
def _month_sums(filters: Filters, scope: Scope) -> Query:
    month = period("month", legs.c.departed_at).label("period")
    own = (legs.c.supplier_id == bindparam("supplier_id"), _MOVING, ~flagged())
    return _summed((legs.c.supplier_id, month, *_JOB), filters, scope, own)


@prepared
def known_suppliers(scope: Scope) -> Query:
    """supplier_id, name, country, sector, tier of the suppliers that the user may see."""
    visible = [] if scope.supplier_ids is None else in_scope(scope)
    table = select(
        suppliers.c.supplier_id, suppliers.c.name, suppliers.c.country, suppliers.c.sector, suppliers.c.tier
    )
    if not visible:
        return table
    return table.where(suppliers.c.supplier_id.in_(select(legs.c.supplier_id).where(*visible)))
