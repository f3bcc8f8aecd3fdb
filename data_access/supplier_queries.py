"""The comparison of suppliers as SQL: sums by supplier and job, by month, and the modes chosen on each lane.

Bands are numbers here; `analytics.suppliers.jobs` names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, func, literal_column, null, select
from sqlalchemy.sql import ColumnElement, Subquery

from data_access.expressions import count_if, count_rows, period, total
from data_access.filters import LANE_ARROW, MODES, Filters, Scope
from data_access.questions import Query, Question, prepared
from data_access.schema import anomalies, legs, suppliers
from data_access.selection import flagged, in_scope, selected

__all__ = [
    "DISTANCE_EDGES_KM",
    "HALF_LOAD_KG",
    "WEIGHT_EDGES_KG",
    "job_sums",
    "known_suppliers",
    "lane_choices",
    "month_sums",
]

# Flights have other factors from 1,500 km on, and sea legs other ships from 4,000 km.
DISTANCE_EDGES_KM = (100, 300, 700, 1_500, 4_000, 9_000)
WEIGHT_EDGES_KG = (500, 2_000, 7_500, 15_000, 25_000)
# Half of what a vehicle carries; 24 t where the class is not known.
HALF_LOAD_KG = {
    "rigid 3.5-7.5 t": 1_500,
    "rigid 7.5-17 t": 4_000,
    "rigid >17 t": 6_500,
    "articulated 3.5-33 t": 9_000,
}
_HALF_OF_ANY_KG = 12_000
_MOVING_MODES = tuple(mode for mode in MODES if mode != "hub")
_FLOW = ("supplier_id", "origin", "origin_country", "destination", "destination_country", "main_mode")
_MASSES = (legs.c.weight_kg, legs.c.wtw_kg)


def _number(value: float) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def _text(value: str) -> ColumnElement[str]:
    """A text of ours in the statement itself."""
    return literal_column(f"'{value}'")


def _band(column: ColumnElement[float], edges: Sequence[int]) -> ColumnElement[int]:
    """0 below the first edge, 1 from there to the second, and so on; an edge belongs to the band above."""
    below = [(column < _number(edge), _number(place)) for place, edge in enumerate(edges)]
    return case(*below, else_=_number(len(edges)))


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
    _band(legs.c.distance_km, DISTANCE_EDGES_KM).label("distance_band"),
    _band(legs.c.weight_kg, WEIGHT_EDGES_KG).label("weight_band"),
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


@prepared
def lane_choices(filters: Filters, scope: Scope) -> Query:
    """Transport chains by supplier, ends and main mode: shipments, weight_kg, weight_sq, wtw_kg.

    A chain runs from its first origin to its last destination; its main mode is the one with most tonne-km,
    so a hub never is, and null where there are none. Filters hold for the chain, its period for the first
    departure. Chains with a flagged leg or without places are left out. `chain_queries.chain_flows` says
    more, and takes longer.
    """
    chains = _chains(filters, scope)
    asked = {
        "modes": chains.c.main_mode,
        "origin_countries": chains.c.origin_country,
        "destination_countries": chains.c.destination_country,
        "lanes": chains.c.origin + _text(LANE_ARROW) + chains.c.destination,
    }
    wanted = [
        column.in_(bindparam(name, expanding=True))
        for name, column in asked.items()
        if getattr(filters, name)
    ]
    known = [chains.c[name].is_not(None) for name in ("origin", "destination")]
    keys = [chains.c[name] for name in _FLOW]
    return (
        select(
            *keys,
            count_rows().label("shipments"),
            total(chains.c.weight_kg).label("weight_kg"),
            total(chains.c.weight_kg * chains.c.weight_kg).label("weight_sq"),
            total(chains.c.wtw_kg).label("wtw_kg"),
        )
        .where(*known, *wanted)
        .group_by(*keys)
    )


def _chains(filters: Filters, scope: Scope) -> Subquery:
    """One row a chain. With `NOT EXISTS` for the flags DuckDB would list all shipments first."""
    of_the_first = replace(
        filters, modes=(), origin_countries=(), destination_countries=(), lanes=(), anomalies_only=False
    )
    counted = anomalies.c.status.in_([_text("open"), _text("confirmed")])
    flags = select(anomalies.c.shipment_id).where(counted).distinct().subquery("flags")
    first = (
        select(*(legs.c[name] for name in ("shipment_id", "mode", "tonne_km", *_FLOW[:5])), *_MASSES)
        .select_from(legs.outerjoin(flags, flags.c.shipment_id == legs.c.shipment_id))
        .where(*selected(of_the_first, scope), legs.c.leg_no == _number(1), flags.c.shipment_id.is_(None))
        .subquery("first")
    )
    later, last = _later_sums(scope), legs.alias("last_legs")
    zero: ColumnElement[float] = literal_column("0.0")
    by_mode = {
        mode: func.coalesce(later.c[mode], zero)
        + case((first.c.mode == _text(mode), first.c.tonne_km), else_=zero)
        for mode in _MOVING_MODES
    }
    single = later.c.shipment_id.is_(None)
    own_mode = case(
        ((first.c.tonne_km > _number(0)) & (first.c.mode != _text("hub")), first.c.mode), else_=null()
    )
    at_the_end = (
        (last.c.shipment_id == later.c.shipment_id)
        & (last.c.leg_no == later.c.last_no)
        & (last.c.leg_no > _number(1))
    )
    return (
        select(
            *(first.c[name] for name in _FLOW[:3]),
            *(case((single, first.c[name]), else_=last.c[name]).label(name) for name in _FLOW[3:5]),
            case((single, own_mode), else_=_largest(by_mode)).label("main_mode"),
            first.c.weight_kg,
            (first.c.wtw_kg + func.coalesce(later.c.wtw_kg, zero)).label("wtw_kg"),
        )
        .select_from(
            first.outerjoin(later, later.c.shipment_id == first.c.shipment_id).outerjoin(last, at_the_end)
        )
        .subquery("chains")
    )


def _later_sums(scope: Scope) -> Subquery:
    """Most shipments have one leg, so only the later legs are grouped."""
    later = legs.alias("later_legs")
    visible = [later.c.supplier_id.in_(bindparam("scope", expanding=True))] if scope.supplier_ids else []
    return (
        select(
            later.c.shipment_id,
            func.max(later.c.leg_no).label("last_no"),
            total(later.c.wtw_kg).label("wtw_kg"),
            *(
                total(later.c.tonne_km).filter(later.c.mode == _text(mode)).label(mode)
                for mode in _MOVING_MODES
            ),
        )
        .where(and_(later.c.leg_no > _number(1), *visible))
        .group_by(later.c.shipment_id)
        .subquery("later")
    )


def _largest(by_mode: dict[str, ColumnElement[float]]) -> ColumnElement[str]:
    """The mode with most tonne-km; null where there are none. The order of MODES decides a tie."""
    most = func.greatest(*by_mode.values())
    return case(
        *(((most > _number(0)) & (amount == most), _text(mode)) for mode, amount in by_mode.items()),
        else_=null(),
    )
