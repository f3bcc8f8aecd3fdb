"""Whole transport chains, from first origin to last destination, summed by supplier, lane and main mode.

A chain is a shipment with a first leg. Its main mode is the one with most tonne-km, so a hub never is;
its mass is that of the first leg. Chains with a flagged leg, without a place at one end or without any
tonne-km are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Double,
    Integer,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.sql import ColumnElement, Subquery

from data_access.expressions import count_if, count_rows, total
from data_access.filters import LANE_ARROW, MODES, Filters, Scope
from data_access.questions import Query, prepared
from data_access.schema import anomalies, legs
from data_access.selection import selected

__all__ = ["FLOW_KEYS", "chain_flows", "lane_choices"]

FLOW_KEYS = ("supplier_id", "origin", "origin_country", "destination", "destination_country", "main_mode")
_MOVING = tuple(mode for mode in MODES if mode != "hub")
_SUMS = ("tonne_km", "wtw_kg", "low_kg", "high_kg")
_OF_FIRST = (
    "shipment_id", "mode", "temperature_controlled", "departed_at", "arrived_at", *FLOW_KEYS[:5],
    "origin_lat", "origin_lon", "destination_lat", "destination_lon", "weight_kg", *_SUMS, "cost", "currency",
)  # fmt: skip
_END = ("destination", "destination_country", "destination_lat", "destination_lon")
_later = legs.alias("later_legs")
_last = legs.alias("last_legs")


@prepared
def chain_flows(filters: Filters, scope: Scope) -> Query:
    """One row per supplier, ends and main mode of whole transport chains.

    The period is that of the first leg's departure; modes, countries and lanes of the filters are those of
    the chain: main mode and ends. `anomalies_only` has no effect.

    Columns: `FLOW_KEYS`; shipments; weight_kg, weight_max_kg and weight_p95_kg (of one chain), tonne_km,
    wtw_kg, low_kg, high_kg (sums over the chains' legs, hubs included); weight_sq, kg_weight, kg_sq (sums
    over chains of weight², kg × weight and kg², for the spread of kg per tonne); cold_shipments (with any
    temperature controlled leg); transit_hours (median, first departure to last arrival) over
    timed_shipments; currency, cost, costed_weight_kg (chains whose every leg has a cost, all in the one
    currency that covers most mass); origin_lat, origin_lon, destination_lat, destination_lon.
    """
    chains = _chains(filters, scope).cte("chains").prefix_with("MATERIALIZED")
    keys = [chains.c[name] for name in FLOW_KEYS]
    wanted = _wanted(chains, filters)
    flows = _flows(chains, keys).where(*wanted).group_by(*keys).subquery("flows")
    costs = _main_currency(chains, keys, wanted)
    # `IS NOT DISTINCT FROM`: a country may be null.
    same = and_(*(flows.c[name].is_not_distinct_from(costs.c[name]) for name in FLOW_KEYS))
    return (
        select(flows, costs.c.currency, costs.c.cost, costs.c.costed_weight_kg)
        .select_from(flows.outerjoin(costs, same))
        .order_by(*(flows.c[name] for name in FLOW_KEYS))
    )


@prepared
def lane_choices(filters: Filters, scope: Scope) -> Query:
    """Less of the same, and faster: `FLOW_KEYS`, shipments, weight_kg, weight_sq, wtw_kg."""
    chains = _chains(filters, scope).subquery("chains")
    keys = [chains.c[name] for name in FLOW_KEYS]
    weight = chains.c.weight_kg
    return (
        select(
            *keys,
            count_rows().label("shipments"),
            total(weight).label("weight_kg"),
            total(weight * weight).label("weight_sq"),
            total(chains.c.wtw_kg).label("wtw_kg"),
        )
        .where(*_wanted(chains, filters))
        .group_by(*keys)
    )


def _chains(filters: Filters, scope: Scope) -> Query:
    """One row a chain: its first leg, the sums of its later ones, and the end of its last one.

    Most chains have one leg, so only the later legs are grouped. The flagged ones go before the joins: after
    them DuckDB takes several times as long.
    """
    first, later = _first_legs(filters, scope), _later_sums(scope)
    single, one_currency = later.c.shipment_id.is_(None), _in_one_currency(first, later)
    joined = first.outerjoin(later, later.c.shipment_id == first.c.shipment_id).outerjoin(
        _last,
        (_last.c.shipment_id == later.c.shipment_id)
        & (_last.c.leg_no == later.c.last_no)
        & (_last.c.leg_no > _number(1)),
    )
    by_mode = {
        mode: _or_zero(later.c[f"{mode}_tkm"])
        + case((first.c.mode == _text(mode), first.c.tonne_km), else_=literal_column("0.0"))
        for mode in _MOVING
    }
    return select(
        *(first.c[name] for name in FLOW_KEYS[:3]),
        *(case((single, first.c[name]), else_=_last.c[name]).label(name) for name in _END),
        _largest(by_mode).label("main_mode"),
        *(first.c[name] for name in ("origin_lat", "origin_lon", "weight_kg", "currency")),
        *((first.c[name] + _or_zero(later.c[name])).label(name) for name in _SUMS),
        (first.c.temperature_controlled | (func.coalesce(later.c.cold_legs, _number(0)) > _number(0))).label(
            "cold"
        ),
        _hours(first, case((single, first.c.arrived_at), else_=_last.c.arrived_at)).label("hours"),
        case((single, first.c.cost), (one_currency, first.c.cost + later.c.cost), else_=null()).label("cost"),
    ).select_from(joined)


def _first_legs(filters: Filters, scope: Scope) -> Subquery:
    """The first legs of chains without a flag."""
    of_the_first = replace(
        filters, modes=(), origin_countries=(), destination_countries=(), lanes=(), anomalies_only=False
    )
    flags = select(anomalies.c.shipment_id).where(
        anomalies.c.shipment_id == legs.c.shipment_id,
        anomalies.c.status.in_([_text("open"), _text("confirmed")]),
    )
    heads = (*selected(of_the_first, scope), legs.c.leg_no == _number(1), ~flags.exists())
    return select(*(legs.c[name] for name in _OF_FIRST)).where(*heads).subquery("first")


def _in_one_currency(first: Subquery, later: Subquery) -> ColumnElement[bool]:
    """Whether every leg of the chain has a cost, all of them in the first leg's currency."""
    return (
        (later.c.costed_legs == later.c.legs)
        & (later.c.first_currency == first.c.currency)
        & (later.c.last_currency == first.c.currency)
    )


def _later_sums(scope: Scope) -> Subquery:
    return (
        select(
            _later.c.shipment_id,
            func.max(_later.c.leg_no).label("last_no"),
            *(total(_later.c[name]).label(name) for name in _SUMS),
            *(
                total(_later.c.tonne_km).filter(_later.c.mode == _text(mode)).label(f"{mode}_tkm")
                for mode in _MOVING
            ),
            count_if(_later.c.temperature_controlled).label("cold_legs"),
            total(_later.c.cost).label("cost"),
            count_rows().label("legs"),
            func.count(_later.c.cost, type_=BigInteger).label("costed_legs"),
            func.min(_later.c.currency).label("first_currency"),
            func.max(_later.c.currency).label("last_currency"),
        )
        .where(*_later_ones(scope))
        .group_by(_later.c.shipment_id)
        .subquery("later")
    )


def _later_ones(scope: Scope) -> Sequence[ColumnElement[bool]]:
    later = _later.c.leg_no > 1
    if not scope.supplier_ids:
        return (later,)  # an empty scope has no first leg to begin with
    return later, _later.c.supplier_id.in_(bindparam("scope", expanding=True))


def _hours(first: Subquery, arrival: ColumnElement[Any]) -> ColumnElement[float]:
    seconds: ColumnElement[float] = cast(extract("epoch", arrival - first.c.departed_at), Double)
    return seconds / literal_column("3600.0", type_=Double)


def _or_zero(column: ColumnElement[float]) -> ColumnElement[float]:
    return func.coalesce(column, literal_column("0.0"), type_=Double)


def _largest(by_mode: dict[str, ColumnElement[float]]) -> ColumnElement[str]:
    """The mode with most tonne-km; null where there are none. The order of MODES decides a tie."""
    most = func.greatest(*by_mode.values(), type_=Double)
    found = [((most > 0) & (amount == most), _text(mode)) for mode, amount in by_mode.items()]
    return case(*found, else_=null())


def _wanted(chains: CTE | Subquery, filters: Filters) -> Sequence[ColumnElement[bool]]:
    """What the filters ask of a whole chain."""
    asked = {
        "modes": chains.c.main_mode,
        "origin_countries": chains.c.origin_country,
        "destination_countries": chains.c.destination_country,
        "lanes": chains.c.origin + _text(LANE_ARROW) + chains.c.destination,
    }
    known = [chains.c[name].is_not(None) for name in ("origin", "destination", "main_mode")]
    return known + [
        column.in_(bindparam(name, expanding=True))
        for name, column in asked.items()
        if getattr(filters, name)
    ]


def _flows(chains: CTE, keys: Sequence[ColumnElement[Any]]) -> Query:
    weight, kg = chains.c.weight_kg, chains.c.wtw_kg
    places = ("origin_lat", "origin_lon", "destination_lat", "destination_lon")
    return select(
        *keys,
        count_rows().label("shipments"),
        total(weight).label("weight_kg"),
        func.max(weight).label("weight_max_kg"),
        func.percentile_cont(literal_column("0.95")).within_group(weight).label("weight_p95_kg"),
        *(total(chains.c[name]).label(name) for name in _SUMS),
        total(weight * weight).label("weight_sq"),
        total(kg * weight).label("kg_weight"),
        total(kg * kg).label("kg_sq"),
        count_if(chains.c.cold).label("cold_shipments"),
        func.percentile_cont(literal_column("0.5")).within_group(chains.c.hours).label("transit_hours"),
        func.count(chains.c.hours, type_=BigInteger).label("timed_shipments"),
        *(func.min(chains.c[name]).label(name) for name in places),
    )


def _main_currency(
    chains: CTE, keys: Sequence[ColumnElement[Any]], wanted: Sequence[ColumnElement[bool]]
) -> Subquery:
    """Cost and mass by flow, in the currency that covers most of its mass."""
    mass = total(chains.c.weight_kg)
    order = func.row_number().over(partition_by=keys, order_by=(mass.desc(), chains.c.currency))
    each = (
        select(
            *keys,
            chains.c.currency,
            total(chains.c.cost).label("cost"),
            mass.label("costed_weight_kg"),
            order.label("place"),
        )
        .where(*wanted, chains.c.cost.is_not(None), chains.c.currency.is_not(None))
        .group_by(*keys, chains.c.currency)
        .subquery("by_currency")
    )
    return select(each).where(each.c.place == 1).subquery("costs")


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def _text(value: str) -> ColumnElement[str]:
    """A text of ours in the statement itself."""
    return literal_column(f"'{value}'")
