"""The questions of the Overview page as SQL. Each takes what is asked for and what may be seen."""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, func, select

from data_access.expressions import GRAINS, Grain, count_if, count_rows, period, ratio, total
from data_access.filters import Filters, Scope
from data_access.questions import Query, prepared
from data_access.schema import emission_factors, legs, suppliers
from data_access.selection import flagged, in_scope, selected

__all__ = [
    "by_mode",
    "distinct_values",
    "factors_used",
    "flagged_total",
    "leg_rows",
    "over_time",
    "shipment_count",
    "span",
    "suppliers_seen",
    "top_lanes",
    "top_suppliers",
    "totals",
]

# The parts that no filter changes are built once; a question then only adds its WHERE.
_SUMS = (
    count_rows().label("legs"),
    total(legs.c.tonne_km).label("tonne_km"),
    total(legs.c.wtw_kg).label("wtw_kg"),
)
_RANGE = (total(legs.c.low_kg).label("low_kg"), total(legs.c.high_kg).label("high_kg"))
_WTW = total(legs.c.wtw_kg)
_RANKED = (
    *_SUMS,
    (ratio(_WTW, total(legs.c.tonne_km)) * 1000.0).label("intensity_g_per_tkm"),
    # Over all groups, also those that LIMIT cuts off.
    ratio(_WTW, func.sum(_WTW, type_=Double).over()).label("wtw_share"),
)
_KEYS = (legs.c.factor_id, legs.c.data_type, legs.c.distance_source, legs.c.currency)
_TOTALS = select(
    *_KEYS,
    count_if(legs.c.leg_no == 1).label("first_legs"),
    *_SUMS,
    total(legs.c.ttw_kg).label("ttw_kg"),
    total(legs.c.wtt_kg).label("wtt_kg"),
    *_RANGE,
    total(legs.c.cost).label("cost"),
    func.count(legs.c.cost, type_=BigInteger).label("costed_legs"),
).group_by(*_KEYS)
_BY_MODE = select(legs.c.mode, legs.c.factor_id, *_SUMS, *_RANGE).group_by(legs.c.mode, legs.c.factor_id)
_BY_SUPPLIER = select(legs.c.supplier_id, *_RANKED).group_by(legs.c.supplier_id)
_ENDS = (legs.c.origin, legs.c.origin_country, legs.c.destination, legs.c.destination_country)
_HUB = (legs.c.mode == "hub").label("hub")
_BY_LANE = select(*_ENDS, _HUB, *_RANKED).group_by(*_ENDS, _HUB)
_LEG_ROWS = select(
    *(column for column in legs.columns if not column.name.endswith(("_lat", "_lon")))
).order_by(legs.c.wtw_kg.desc(), legs.c.shipment_id, legs.c.leg_no)


def _over_time(grain: Grain) -> Query:
    first_day = period(grain, legs.c.departed_at)
    return (
        select(first_day.label("period"), legs.c.mode, *_SUMS)
        .group_by(first_day, legs.c.mode)
        .order_by(first_day, legs.c.mode)
    )


_OVER_TIME = {grain: _over_time(grain) for grain in GRAINS}


@prepared
def totals(filters: Filters, scope: Scope) -> Query:
    """Sums by factor, data type and currency: enough for the KPIs, the range and the derivation."""
    return _TOTALS.where(*selected(filters, scope))


@prepared
def shipment_count(filters: Filters, scope: Scope) -> Query:
    """Distinct shipments: needed where the filters can leave out a shipment's first leg."""
    # Postgres counts the rows of a DISTINCT faster than it counts distinct values.
    seen = select(legs.c.shipment_id).where(*selected(filters, scope)).distinct().subquery()
    return select(count_rows().label("shipments")).select_from(seen)


@prepared
def flagged_total(filters: Filters, scope: Scope) -> Query:
    """Legs and emissions that carry a flag; the sum is null where there is none."""
    return select(count_rows().label("legs"), _WTW.label("wtw_kg")).where(
        *selected(filters, scope), flagged()
    )


@prepared
def over_time(filters: Filters, scope: Scope, grain: Grain) -> Query:
    return _OVER_TIME[grain].where(*selected(filters, scope))


@prepared
def by_mode(filters: Filters, scope: Scope) -> Query:
    """By mode and factor: the factor is what a mode's range is combined over."""
    return _BY_MODE.where(*selected(filters, scope))


@prepared
def top_suppliers(filters: Filters, scope: Scope, limit: int) -> Query:
    """Heaviest emitters with their share of all emissions of the selection."""
    ranked = (
        _BY_SUPPLIER.where(*selected(filters, scope)).order_by(_WTW.desc(), legs.c.supplier_id).limit(limit)
    )
    top = ranked.subquery()
    return (
        select(top, func.coalesce(suppliers.c.name, top.c.supplier_id).label("name"))
        .join_from(top, suppliers, suppliers.c.supplier_id == top.c.supplier_id, isouter=True)
        .order_by(top.c.wtw_kg.desc(), top.c.supplier_id)
    )


@prepared
def top_lanes(filters: Filters, scope: Scope, limit: int) -> Query:
    """Heaviest pairs of places. Hub legs go nowhere: they count in the whole, and are no lane."""
    lanes = _BY_LANE.where(*selected(filters, scope)).subquery()
    shown = [column for column in lanes.c if column.name != "hub"]
    ends = [lanes.c[column.name] for column in _ENDS]
    return select(*shown).where(~lanes.c.hub).order_by(lanes.c.wtw_kg.desc(), *ends).limit(limit)


@prepared
def leg_rows(filters: Filters, scope: Scope, limit: int | None) -> Query:
    """The legs themselves, heaviest emitters first."""
    return _LEG_ROWS.where(*selected(filters, scope)).limit(limit)


@prepared
def span(scope: Scope) -> Query:
    """First and last departure in scope, and how many legs."""
    ends = (func.min(legs.c.departed_at).label("first"), func.max(legs.c.departed_at).label("last"))
    return select(*ends, count_rows().label("legs")).where(*in_scope(scope))


@prepared
def suppliers_seen(scope: Scope) -> Query:
    """Id and name of every supplier with at least one leg in scope."""
    seen = select(legs.c.supplier_id).where(*in_scope(scope)).distinct().subquery()
    return (
        select(seen.c.supplier_id, func.coalesce(suppliers.c.name, seen.c.supplier_id).label("name"))
        .join_from(seen, suppliers, suppliers.c.supplier_id == seen.c.supplier_id, isouter=True)
        .order_by("name", seen.c.supplier_id)
    )


@prepared
def distinct_values(scope: Scope, column: str) -> Query:
    """The values that a filter on this column of `legs` can take, nulls left out."""
    wanted = legs.c[column]
    present = (*in_scope(scope), wanted.is_not(None))
    return select(wanted.label("value")).where(*present).distinct().order_by(wanted)


def factors_used(factor_ids: list[str]) -> Query:
    return select(emission_factors).where(emission_factors.c.factor_id.in_(factor_ids))
