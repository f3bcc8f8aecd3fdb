"""The questions of the Overview page as SQL. Each takes what is asked for and what may be seen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, func, select

from data_access.expressions import Grain, count_distinct, count_if, count_rows, period, ratio, total
from data_access.filters import Filters, Scope
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

Query = Select[*tuple[Any, ...]]

_TONNE_KM = total(legs.c.tonne_km).label("tonne_km")
_WTW = total(legs.c.wtw_kg).label("wtw_kg")
_LOW = total(legs.c.low_kg).label("low_kg")
_HIGH = total(legs.c.high_kg).label("high_kg")
_LEGS = count_rows().label("legs")
_INTENSITY = (ratio(total(legs.c.wtw_kg), total(legs.c.tonne_km)) * 1000.0).label("intensity_g_per_tkm")


def totals(filters: Filters, scope: Scope) -> Query:
    """Sums by factor, data type and currency: enough for the KPIs, the range and the derivation."""
    keys = (legs.c.factor_id, legs.c.data_type, legs.c.distance_source, legs.c.currency)
    return (
        select(
            *keys,
            _LEGS,
            count_if(legs.c.leg_no == 1).label("first_legs"),
            _TONNE_KM,
            total(legs.c.ttw_kg).label("ttw_kg"),
            total(legs.c.wtt_kg).label("wtt_kg"),
            _WTW,
            _LOW,
            _HIGH,
            total(legs.c.cost).label("cost"),
            count_if(legs.c.cost.is_not(None)).label("costed_legs"),
        )
        .where(*selected(filters, scope))
        .group_by(*keys)
    )


def shipment_count(filters: Filters, scope: Scope) -> Query:
    """Distinct shipments: needed where the filters can leave out a shipment's first leg."""
    return select(count_distinct(legs.c.shipment_id).label("shipments")).where(*selected(filters, scope))


def flagged_total(filters: Filters, scope: Scope) -> Query:
    return select(_LEGS, _WTW).where(*selected(filters, scope), flagged())


def over_time(filters: Filters, scope: Scope, grain: Grain) -> Query:
    first_day = period(grain, legs.c.departed_at)
    return (
        select(first_day.label("period"), legs.c.mode, _LEGS, _TONNE_KM, _WTW)
        .where(*selected(filters, scope))
        .group_by(first_day, legs.c.mode)
        .order_by(first_day, legs.c.mode)
    )


def by_mode(filters: Filters, scope: Scope) -> Query:
    """By mode and factor: the factor is what a mode's range is combined over."""
    return (
        select(legs.c.mode, legs.c.factor_id, _LEGS, _TONNE_KM, _WTW, _LOW, _HIGH)
        .where(*selected(filters, scope))
        .group_by(legs.c.mode, legs.c.factor_id)
    )


def top_suppliers(filters: Filters, scope: Scope, limit: int) -> Query:
    ranked = (
        select(legs.c.supplier_id, _LEGS, _TONNE_KM, _WTW, _INTENSITY)
        .where(*selected(filters, scope))
        .group_by(legs.c.supplier_id)
        .order_by(_WTW.desc(), legs.c.supplier_id)
        .limit(limit)
        .subquery()
    )
    return (
        select(ranked, func.coalesce(suppliers.c.name, ranked.c.supplier_id).label("name"))
        .join_from(ranked, suppliers, suppliers.c.supplier_id == ranked.c.supplier_id, isouter=True)
        .order_by(ranked.c.wtw_kg.desc(), ranked.c.supplier_id)
    )


def top_lanes(filters: Filters, scope: Scope, limit: int) -> Query:
    """Lanes are pairs of places; hub legs go nowhere and are left out."""
    ends = (legs.c.origin, legs.c.origin_country, legs.c.destination, legs.c.destination_country)
    return (
        select(*ends, _LEGS, _TONNE_KM, _WTW, _INTENSITY)
        .where(*selected(filters, scope), legs.c.mode != "hub")
        .group_by(*ends)
        .order_by(_WTW.desc(), *ends)
        .limit(limit)
    )


def leg_rows(filters: Filters, scope: Scope, limit: int | None) -> Query:
    """The legs themselves, heaviest emitters first."""
    shown = [column for column in legs.columns if not column.name.endswith(("_lat", "_lon"))]
    return (
        select(*shown)
        .where(*selected(filters, scope))
        .order_by(legs.c.wtw_kg.desc(), legs.c.shipment_id, legs.c.leg_no)
        .limit(limit)
    )


def span(scope: Scope) -> Query:
    return select(
        func.min(legs.c.departed_at).label("first"), func.max(legs.c.departed_at).label("last"), _LEGS
    ).where(*in_scope(scope))


def suppliers_seen(scope: Scope) -> Query:
    """Id and name of every supplier with at least one leg in scope."""
    seen = select(legs.c.supplier_id).where(*in_scope(scope)).distinct().subquery()
    return (
        select(seen.c.supplier_id, func.coalesce(suppliers.c.name, seen.c.supplier_id).label("name"))
        .join_from(seen, suppliers, suppliers.c.supplier_id == seen.c.supplier_id, isouter=True)
        .order_by("name", seen.c.supplier_id)
    )


def distinct_values(scope: Scope, column: str) -> Query:
    """The values that a filter on this column of `legs` can take, nulls left out."""
    wanted = legs.c[column]
    return (
        select(wanted.label("value"))
        .where(and_(*in_scope(scope), wanted.is_not(None)))
        .distinct()
        .order_by(wanted)
    )


def factors_used(factor_ids: list[str]) -> Query:
    return select(emission_factors).where(emission_factors.c.factor_id.in_(factor_ids))
