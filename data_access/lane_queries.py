"""The questions of the Lanes page as SQL: legs by lane and mode, their cost and days, country pairs, hubs.

A lane is a pair of places between which legs run; hub legs go nowhere and are asked for apart.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Double,
    and_,
    bindparam,
    cast,
    extract,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql import ColumnElement

from data_access.expressions import count_rows, total
from data_access.filters import Filters, Scope
from data_access.questions import Query, Question, prepared
from data_access.schema import legs
from data_access.selection import flagged, in_scope, selected

__all__ = [
    "chain_lanes",
    "country_pairs",
    "days_of_like_distance",
    "hub_neighbours",
    "hubs",
    "lane_costs",
    "lane_count",
    "lane_days",
    "lane_ends",
    "lane_sums",
    "shipped_kg",
]

_ENDS = (legs.c.origin, legs.c.origin_country, legs.c.destination, legs.c.destination_country)
_SUMS = (
    count_rows().label("legs"),
    total(legs.c.weight_kg).label("weight_kg"),
    total(legs.c.tonne_km).label("tonne_km"),
    total(legs.c.wtw_kg).label("wtw_kg"),
    total(legs.c.low_kg).label("low_kg"),
    total(legs.c.high_kg).label("high_kg"),
)
_MOVES = legs.c.mode != literal_column("'hub'")
_IS_HUB = legs.c.mode == literal_column("'hub'")
_DAYS = cast(extract("epoch", legs.c.arrived_at - legs.c.departed_at), Double) / 86_400.0
_ARRIVED = legs.c.arrived_at >= legs.c.departed_at
_MEDIAN_DAYS = func.percentile_cont(0.5).within_group(_DAYS)
_BY_LANE = select(*_ENDS, legs.c.mode, legs.c.factor_id, *_SUMS).group_by(
    *_ENDS, legs.c.mode, legs.c.factor_id
)


@prepared
def lane_sums(filters: Filters, scope: Scope, *, sound: bool = False) -> Query:
    """By lane, mode and factor: the factor is what a range is combined over. `sound` leaves flags out."""
    return _BY_LANE.where(*_asked(filters, scope, sound=sound))


@prepared
def lane_costs(filters: Filters, scope: Scope, *, sound: bool = False) -> Query:
    """By lane, mode and currency, of the legs whose cost is known: legs, cost, costed_weight_kg."""
    keys = (*_ENDS, legs.c.mode, legs.c.currency)
    return (
        select(
            *keys,
            count_rows().label("costed_legs"),
            total(legs.c.cost).label("cost"),
            total(legs.c.weight_kg).label("costed_weight_kg"),
        )
        .where(*_asked(filters, scope, sound=sound), legs.c.cost.is_not(None))
        .group_by(*keys)
    )


@prepared
def lane_days(filters: Filters, scope: Scope, *, sound: bool = False) -> Query:
    """By lane and mode: the median days from departure to arrival, and of how many legs."""
    keys = (*_ENDS, legs.c.mode)
    return (
        select(*keys, count_rows().label("arrived"), _MEDIAN_DAYS.label("days"))
        .where(*_asked(filters, scope, sound=sound), _ARRIVED)
        .group_by(*keys)
    )


@prepared
def lane_count(filters: Filters, scope: Scope) -> Query:
    """How many lanes: distinct pairs of places, their countries included."""
    seen = select(*_ENDS).where(*selected(filters, scope), _MOVES).distinct().subquery()
    return select(count_rows().label("lanes")).select_from(seen)


@prepared
def shipped_kg(filters: Filters, scope: Scope) -> Query:
    """Mass of the shipments, each counted once however many legs it takes: by its heaviest leg."""
    if not filters.by_leg:  # then all legs of a shipment are selected, and the first one will do
        return select(total(legs.c.weight_kg).label("weight_kg")).where(
            *selected(filters, scope), legs.c.leg_no == 1
        )
    most = func.max(legs.c.weight_kg, type_=Double).label("weight_kg")
    each = select(most).where(*selected(filters, scope)).group_by(legs.c.shipment_id).subquery()
    return select(total(each.c.weight_kg).label("weight_kg"))


@prepared
def lane_ends(filters: Filters, scope: Scope) -> Query:
    """Where the selected legs start and end, by countries: mean coordinates; what mass is kept cold."""
    places = ("origin_lat", "origin_lon", "destination_lat", "destination_lon")
    chilled = total(legs.c.weight_kg).filter(legs.c.temperature_controlled)
    countries = (legs.c.origin_country, legs.c.destination_country)
    return (
        select(
            *countries,
            *(func.avg(legs.c[name], type_=Double).label(name) for name in places),
            total(legs.c.weight_kg).label("weight_kg"),
            func.coalesce(chilled, cast(0.0, Double)).label("chilled_kg"),
        )
        .where(*selected(filters, scope), _MOVES)
        .group_by(*countries)
    )


def chain_lanes(filters: Filters, scope: Scope, origin: str, destination: str) -> Question:
    """Origin and destination of the legs of all shipments that start and end at these places."""
    question = _chain_lanes(filters, scope)
    return Question(question.statement, {**question.values, "starts_at": origin, "ends_at": destination})


def days_of_like_distance(filters: Filters, scope: Scope, mode: str, distance_km: float) -> Question:
    """Median days of a mode's legs that go three quarters to four thirds as far; null without any."""
    question = _days_of_like_distance(filters, scope)
    bounds = {"from_km": distance_km * 0.75, "to_km": distance_km / 0.75, "of_mode": mode}
    return Question(question.statement, {**question.values, **bounds})


@prepared
def country_pairs(filters: Filters, scope: Scope) -> Query:
    """Sums by country of origin and of destination."""
    keys = (legs.c.origin_country, legs.c.destination_country)
    return select(*keys, *_SUMS[:4]).where(*selected(filters, scope), _MOVES).group_by(*keys)


@prepared
def hubs(filters: Filters, scope: Scope) -> Query:
    """Hub operations by place and by what their figure rests on."""
    keys = (legs.c.origin, legs.c.origin_country, legs.c.factor_id)
    return select(*keys, *_SUMS).where(*selected(filters, scope), _IS_HUB).group_by(*keys)


@prepared
def hub_neighbours(filters: Filters, scope: Scope) -> Query:
    """By hub, mode, and whether before or after it: the legs that bring goods to it and take them away."""
    wanted = (legs.c.shipment_id, legs.c.leg_no, legs.c.origin, legs.c.origin_country)
    at_hub = select(*wanted).where(*selected(filters, scope), _IS_HUB).subquery("at_hub")
    beside = and_(
        legs.c.shipment_id == at_hub.c.shipment_id,
        (legs.c.leg_no == at_hub.c.leg_no - 1) | (legs.c.leg_no == at_hub.c.leg_no + 1),
    )
    comes_in = (legs.c.leg_no < at_hub.c.leg_no).label("comes_in")
    keys = (at_hub.c.origin, at_hub.c.origin_country, legs.c.mode, comes_in)
    return (
        select(*keys, count_rows().label("legs"), total(legs.c.weight_kg).label("weight_kg"))
        .join_from(at_hub, legs, beside)
        .where(*in_scope(scope), _MOVES)
        .group_by(*keys)
    )


@prepared
def _chain_lanes(filters: Filters, scope: Scope) -> Query:
    begins = (legs.c.origin == bindparam("starts_at"), legs.c.leg_no == 1)
    starting = select(legs.c.shipment_id).where(*selected(filters, scope), *begins)
    ending = select(legs.c.shipment_id).where(
        *in_scope(scope), legs.c.destination == bindparam("ends_at"), _MOVES
    )
    both = (legs.c.shipment_id.in_(starting), legs.c.shipment_id.in_(ending))
    return (
        select(legs.c.origin, legs.c.destination)
        .where(*in_scope(scope), _MOVES, *both)
        .distinct()
        .order_by(legs.c.origin, legs.c.destination)
    )


@prepared
def _days_of_like_distance(filters: Filters, scope: Scope) -> Query:
    return select(
        _MEDIAN_DAYS.label("days"), func.count(legs.c.arrived_at, type_=BigInteger).label("legs")
    ).where(
        *selected(filters, scope),
        legs.c.mode == bindparam("of_mode"),
        legs.c.distance_km >= bindparam("from_km"),
        legs.c.distance_km <= bindparam("to_km"),
        _ARRIVED,
    )


def _asked(filters: Filters, scope: Scope, *, sound: bool) -> list[ColumnElement[bool]]:
    conditions = [*selected(filters, scope), _MOVES]
    return [*conditions, ~flagged()] if sound else conditions
