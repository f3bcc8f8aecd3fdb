"""The questions behind the drivers of emissions as SQL: a sample of legs, one leg, what else runs there."""

from __future__ import annotations

from sqlalchemy import Text, bindparam, cast, func, literal_column, select

from data_access.expressions import count_if, count_rows
from data_access.filters import Filters, Scope
from data_access.questions import Query, Question, prepared
from data_access.schema import legs
from data_access.selection import flagged, in_scope, selected

__all__ = ["LEG_COLUMNS", "leg_counts", "modes_between", "one_leg", "sampled_legs"]

_LEG = (
    legs.c.shipment_id,
    legs.c.leg_no,
    legs.c.departed_at,
    legs.c.mode,
    legs.c.vehicle_class,
    legs.c.temperature_controlled,
    legs.c.origin,
    legs.c.origin_country,
    legs.c.destination,
    legs.c.destination_country,
    legs.c.distance_km,
    legs.c.weight_kg,
    legs.c.supplier_id,
    legs.c.product_group,
    legs.c.tonne_km,
    legs.c.wtw_kg,
)
LEG_COLUMNS = tuple(column.name for column in _LEG)
_EMITTED = legs.c.wtw_kg > 0
_MOVED = legs.c.tonne_km > 0
# A leg's place in the sample is a hash of its key: the same on both engines, and without an order of its own.
_PLACE = func.md5(legs.c.shipment_id + literal_column("'/'") + cast(legs.c.leg_no, Text))


def sampled_legs(filters: Filters, scope: Scope, most: int, *, of: int, with_hubs: bool = False) -> Question:
    """At most `most` of the `of` legs that emit something, drawn evenly; hub legs have no intensity.

    Only the hashes below a bound are sorted: it lets through a quarter more than are wanted.
    """
    share = min(1.0, 1.25 * most / max(of, 1))
    below = f"{int(share * (16**6 - 1)):06x}" if share < 1.0 else "g"  # after every hexadecimal digit
    return _with(_sampled_legs(filters, scope, most, with_hubs=with_hubs), below=below)


@prepared
def leg_counts(filters: Filters, scope: Scope) -> Query:
    """All legs of the selection, those with an emission, and those of them with tonne-km as well."""
    return select(
        count_rows().label("legs"),
        count_if(_EMITTED).label("emitting"),
        count_if(_EMITTED & _MOVED).label("moved"),
    ).where(*selected(filters, scope))


def one_leg(scope: Scope, shipment_id: str, leg_no: int) -> Question:
    """The leg with this key, if the user may see it."""
    return _with(_one_leg(scope), shipment_id=shipment_id, leg_no=leg_no)


def modes_between(scope: Scope, origin_country: str, destination_country: str) -> Question:
    """Modes and vehicle classes that run between two countries, place by place, with their median distance.

    Flagged legs are left out: a truck over an ocean is no alternative.
    """
    return _with(
        _modes_between(scope), origin_country=origin_country, destination_country=destination_country
    )


@prepared
def _sampled_legs(filters: Filters, scope: Scope, most: int, *, with_hubs: bool) -> Query:
    wanted = (_EMITTED,) if with_hubs else (_EMITTED, _MOVED)
    return (
        select(*_LEG)
        .where(*selected(filters, scope), *wanted, bindparam("below") > _PLACE)
        .order_by(_PLACE, legs.c.shipment_id, legs.c.leg_no)
        .limit(most)
    )


@prepared
def _one_leg(scope: Scope) -> Query:
    key = (legs.c.shipment_id == bindparam("shipment_id"), legs.c.leg_no == bindparam("leg_no"))
    return select(*_LEG).where(*in_scope(scope), *key)


@prepared
def _modes_between(scope: Scope) -> Query:
    ends = (
        legs.c.origin_country == bindparam("origin_country"),
        legs.c.destination_country == bindparam("destination_country"),
    )
    keys = (
        legs.c.origin,
        legs.c.destination,
        legs.c.mode,
        legs.c.vehicle_class,
        legs.c.temperature_controlled,
    )
    middle = func.percentile_cont(0.5).within_group(legs.c.distance_km)
    return (
        select(*keys, count_rows().label("legs"), middle.label("distance_km"))
        .where(*in_scope(scope), *ends, _MOVED, _EMITTED, ~flagged())
        .group_by(*keys)
    )


def _with(question: Question, **values: object) -> Question:
    return Question(question.statement, {**question.values, **values})
