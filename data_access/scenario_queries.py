"""Legs in cells, each with the transport chain that it belongs to: what scenarios change.

A chain is a shipment with a first leg in the period; its ends, main mode and supplier are those of
`chain_queries`. Unlike there, flagged chains stay in, marked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CTE,
    Double,
    Integer,
    Text,
    case,
    cast,
    exists,
    extract,
    false,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.sql import ColumnElement, Subquery

from data_access.bands import DISTANCE_BAND, WEIGHT_BAND
from data_access.expressions import count_if, count_rows, total
from data_access.filters import MODES, Filters, Scope
from data_access.questions import Query, Question, prepared
from data_access.schema import anomalies, emission_factors, legs, store_meta
from data_access.selection import flagged, selected

__all__ = ["CELL", "CHAIN", "active_factors", "cells", "joinable_legs"]

CHAIN = (
    "supplier_id", "origin", "origin_country", "destination", "destination_country", "main_mode", "flagged",
)  # fmt: skip
_OF_LEG = ("mode", "vehicle_class", "temperature_controlled", "data_type", "factor_id")
CELL = (*CHAIN, *_OF_LEG)
_MEASURES = ("leg_no", "weight_kg", "tonne_km", "wtw_kg", "low_kg", "high_kg", "calculated_kg")
_MOVING = tuple(mode for mode in MODES if mode != "hub")
_END = ("destination", "destination_country")
_last = legs.alias("last_legs")


def cells(filters: Filters, scope: Scope) -> Question:
    """All legs of the period and product groups, summed by `CELL`.

    The other fields of the filters have no effect: they select whole chains, by what the cells say. Columns:
    `CELL` (supplier_id of the chain's first leg; main_mode null where a chain moves nothing or has no first
    leg in the period, its ends then too; flagged: a leg of the chain is); shipments and weight_kg of the
    chains whose first leg is in the cell; legs, tonne_km, wtw_kg, low_kg, high_kg; calculated_kg and
    calculated_tkm, sums over the legs that have a calculated figure.
    """
    return _cells(_whole(filters), scope)


def joinable_legs(filters: Filters, scope: Scope, mode: str) -> Question:
    """The single-leg chains of one mode: what could share a vehicle.

    Columns: supplier_id, origin, destination, their countries, temperature_controlled, product_group,
    vehicle_class, data_type, factor_id, day (of departure, in days since 1970), weight_kg, wtw_kg,
    distance_band and weight_band. Legs that are flagged or have no place at one end are left out.
    """
    return _joinable_legs(_whole(filters), scope, mode)


def active_factors() -> Query:
    """All emission factors; `active` says which are of the active set."""
    meta = store_meta
    active = select(meta.c.value).where(meta.c.key == "active_factor_set").scalar_subquery()
    return select(emission_factors, (emission_factors.c.factor_set == active).label("active"))


@prepared
def _cells(filters: Filters, scope: Scope) -> Query:
    chains = _chains(filters, scope).cte("chains").prefix_with("MATERIALIZED")
    first = select(*(chains.c[name] for name in (*CELL, *_MEASURES)))
    # A leg whose chain began before the period, or with another supplier's leg, stands for itself.
    of_chain = [_or_its_own(chains, name) for name in CHAIN]
    further = (
        select(*of_chain, *(legs.c[name] for name in (*_OF_LEG, *_MEASURES)))
        .select_from(legs.outerjoin(chains, chains.c.shipment_id == legs.c.shipment_id))
        .where(*selected(filters, scope), legs.c.leg_no > _number(1))
    )
    rows = union_all(first, further).subquery("rows_of_cells")
    keys = [rows.c[name] for name in CELL]
    heads = rows.c.leg_no == _number(1)
    return select(
        *keys,
        count_rows().label("legs"),
        count_if(heads).label("shipments"),
        total(case((heads, rows.c.weight_kg), else_=_ZERO)).label("weight_kg"),
        *(total(rows.c[name]).label(name) for name in ("tonne_km", "wtw_kg", "low_kg", "high_kg")),
        total(func.coalesce(rows.c.calculated_kg, _ZERO)).label("calculated_kg"),
        total(case((rows.c.calculated_kg.is_not(None), rows.c.tonne_km), else_=_ZERO)).label(
            "calculated_tkm"
        ),
    ).group_by(*keys)


@prepared
def _joinable_legs(filters: Filters, scope: Scope, mode: str) -> Query:
    later = legs.alias("later_legs")
    follows = exists().where(later.c.shipment_id == legs.c.shipment_id, later.c.leg_no > _number(1))
    shown = (
        *CHAIN[:5], "temperature_controlled", "product_group", "vehicle_class", "data_type", "factor_id",
        "weight_kg", "wtw_kg",
    )  # fmt: skip
    seconds: ColumnElement[float] = cast(extract("epoch", legs.c.departed_at), Double)
    return select(
        *(legs.c[name] for name in shown),
        (seconds / literal_column("86400.0", Double)).label("day"),
        DISTANCE_BAND,
        WEIGHT_BAND,
    ).where(
        *selected(filters, scope),
        legs.c.mode == _text(mode),
        legs.c.leg_no == _number(1),
        legs.c.tonne_km > _ZERO,
        legs.c.origin.is_not(None),
        legs.c.destination.is_not(None),
        ~follows,
        ~flagged(),
    )


def _chains(filters: Filters, scope: Scope) -> Query:
    """One row a chain, with the measures of its first leg."""
    first = select(legs).where(*selected(filters, scope), legs.c.leg_no == _number(1)).subquery("first_legs")
    later = _later_sums(filters, scope)
    marked = (
        select(anomalies.c.shipment_id)
        .where(anomalies.c.status.in_([_text("open"), _text("confirmed")]))
        .distinct()
        .subquery("marked")
    )
    single = later.c.shipment_id.is_(None)
    joined = (
        first.outerjoin(later, later.c.shipment_id == first.c.shipment_id)
        .outerjoin(
            _last,
            (_last.c.shipment_id == later.c.shipment_id)
            & (_last.c.leg_no == later.c.last_no)
            & (_last.c.leg_no > _number(1)),
        )
        .outerjoin(marked, marked.c.shipment_id == first.c.shipment_id)
    )
    return select(
        *(first.c[name] for name in ("shipment_id", *CHAIN[:3])),
        *(case((single, first.c[name]), else_=_last.c[name]).label(name) for name in _END),
        _main_mode(first, later),
        marked.c.shipment_id.is_not(None).label("flagged"),
        *(first.c[name] for name in (*_OF_LEG, *_MEASURES)),
    ).select_from(joined)


def _later_sums(filters: Filters, scope: Scope) -> Subquery:
    return (
        select(
            legs.c.shipment_id,
            func.max(legs.c.leg_no).label("last_no"),
            *(
                total(legs.c.tonne_km).filter(legs.c.mode == _text(mode)).label(f"{mode}_tkm")
                for mode in _MOVING
            ),
        )
        .where(*selected(filters, scope), legs.c.leg_no > _number(1))
        .group_by(legs.c.shipment_id)
        .subquery("later")
    )


def _main_mode(first: Subquery, later: Subquery) -> ColumnElement[Any]:
    """The mode with most tonne-km; the order of MODES decides a tie, as in `chain_queries`."""
    by_mode = {
        mode: func.coalesce(later.c[f"{mode}_tkm"], _ZERO, type_=Double)
        + case((first.c.mode == _text(mode), first.c.tonne_km), else_=_ZERO)
        for mode in _MOVING
    }
    most = func.greatest(*by_mode.values(), type_=Double)
    found = [((most > _ZERO) & (amount == most), _text(mode)) for mode, amount in by_mode.items()]
    return case(*found, else_=null()).label("main_mode")


def _or_its_own(chains: CTE, name: str) -> ColumnElement[Any]:
    if name == "supplier_id":
        return func.coalesce(chains.c.supplier_id, legs.c.supplier_id, type_=Text).label(name)
    if name == "flagged":
        return func.coalesce(chains.c.flagged, false()).label(name)
    return chains.c[name].label(name)


def _whole(filters: Filters) -> Filters:
    return replace(
        filters,
        suppliers=(),
        modes=(),
        origin_countries=(),
        destination_countries=(),
        lanes=(),
        anomalies_only=False,
    )


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def _text(value: str) -> ColumnElement[str]:
    """A text of ours in the statement itself."""
    return literal_column(f"'{value}'")


_ZERO: ColumnElement[float] = cast(literal_column("0.0"), Double)
