"""What one supplier's legs leave unsaid, as SQL: sums by what is known, and the legs to ask about."""

from __future__ import annotations

from sqlalchemy import Double, Select, case, exists, func, literal_column, select

from data_access.expressions import count_if, count_rows, total
from data_access.filters import Filters, Scope
from data_access.questions import Query, prepared
from data_access.schema import anomalies, emission_factors, legs, store_meta, suppliers
from data_access.selection import selected

__all__ = ["asked_total", "known_classes", "legs_to_ask", "sums", "supplier", "under_question"]

_MOVES = legs.c.mode != literal_column("'hub'")
_CALCULATED = legs.c.data_type != literal_column("'primary'")
_NO_CLASS = legs.c.data_type == literal_column("'default'")
_NO_DISTANCE = _MOVES & _CALCULATED & (legs.c.distance_source != literal_column("'reported'"))
_NO_ARRIVAL = _MOVES & legs.c.arrived_at.is_(None)
_NO_COST = legs.c.cost.is_(None)
_OPEN = exists().where(
    anomalies.c.shipment_id == legs.c.shipment_id,
    anomalies.c.leg_no == legs.c.leg_no,
    anomalies.c.status == literal_column("'open'"),
)
# A leg is asked about where an answer would make a figure better; a missing cost alone is no reason.
_ASKED = _CALCULATED | _NO_ARRIVAL | _OPEN
_KEYS = (legs.c.factor_id, legs.c.data_type, legs.c.distance_source, _MOVES.label("moves"))
_SUMS = select(
    *_KEYS,
    count_rows().label("legs"),
    *(total(legs.c[name]).label(name) for name in ("wtw_kg", "low_kg", "high_kg")),
    count_if(_NO_ARRIVAL).label("no_arrival_legs"),
    func.sum(legs.c.wtw_kg, type_=Double).filter(_NO_ARRIVAL).label("no_arrival_kg"),
    count_if(_NO_COST).label("no_cost_legs"),
    func.sum(legs.c.wtw_kg, type_=Double).filter(_NO_COST).label("no_cost_kg"),
).group_by(*_KEYS)
_ROWS = (
    "shipment_id", "leg_no", "departed_at", "arrived_at", "origin", "origin_country", "destination",
    "destination_country", "mode", "vehicle_class", "temperature_controlled", "weight_kg", "distance_km",
    "distance_basis", "distance_source", "data_type", "wtw_kg", "cost", "currency", "supplier_id",
)  # fmt: skip
_LEGS = (
    select(
        *(legs.c[name] for name in _ROWS),
        _NO_CLASS.label("asks_class"),
        _NO_DISTANCE.label("asks_distance"),
        _CALCULATED.label("asks_emission"),
        _NO_ARRIVAL.label("asks_arrival"),
        _NO_COST.label("asks_cost"),
        _OPEN.label("asks_check"),
    )
    .where(_ASKED)
    .order_by(legs.c.wtw_kg.desc(), legs.c.shipment_id, legs.c.leg_no)
)


@prepared
def sums(filters: Filters, scope: Scope) -> Query:
    """Legs and kg by factor, data type, source of the distance and whether it moves; what else is missing."""
    return _SUMS.where(*selected(filters, scope))


@prepared
def under_question(filters: Filters, scope: Scope) -> Query:
    """Legs with an open finding, their kg, and the kg at stake: of each leg the largest stake."""
    stakes = (
        select(
            legs.c.wtw_kg,
            func.max(anomalies.c.at_stake_kg, type_=Double).label("at_stake_kg"),
        )
        .join_from(
            legs,
            anomalies,
            (anomalies.c.shipment_id == legs.c.shipment_id) & (anomalies.c.leg_no == legs.c.leg_no),
        )
        .where(*selected(filters, scope), anomalies.c.status == literal_column("'open'"))
        .group_by(legs.c.shipment_id, legs.c.leg_no, legs.c.wtw_kg)
        .subquery()
    )
    return select(
        count_rows().label("legs"),
        total(stakes.c.wtw_kg).label("wtw_kg"),
        total(stakes.c.at_stake_kg).label("at_stake_kg"),
    )


@prepared
def asked_total(filters: Filters, scope: Scope) -> Query:
    """How many legs `legs_to_ask` would give without a limit, and their kg."""
    return select(count_rows().label("legs"), total(legs.c.wtw_kg).label("wtw_kg")).where(
        *selected(filters, scope), _ASKED
    )


@prepared
def legs_to_ask(filters: Filters, scope: Scope, limit: int) -> Query:
    """Legs that an answer would make better, largest kg first, with what to ask about each."""
    return _LEGS.where(*selected(filters, scope)).limit(limit)


def supplier(supplier_id: str) -> Select[tuple[str, str]]:
    """Name of a supplier."""
    return select(suppliers.c.supplier_id, suppliers.c.name).where(suppliers.c.supplier_id == supplier_id)


def known_classes() -> Query:
    """The vehicle classes of each mode, with `active` 1 for those of the active factor set."""
    active = select(store_meta.c.value).where(store_meta.c.key == "active_factor_set").scalar_subquery()
    mine = case((emission_factors.c.factor_set == active, 1), else_=0)
    keys = (emission_factors.c.mode, emission_factors.c.vehicle_class)
    return select(*keys, func.max(mine).label("active")).group_by(*keys).order_by(*keys)
