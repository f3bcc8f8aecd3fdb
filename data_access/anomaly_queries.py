"""The questions of the Anomalies page as SQL: findings on legs, also on those that a fix has taken out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Select,
    Text,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import ColumnElement, FromClause
from sqlalchemy.sql.visitors import replacement_traverse

from data_access.expressions import Grain, count_if, count_rows, period, ratio, total
from data_access.filters import Filters, Scope
from data_access.questions import Query, Question, prepared
from data_access.schema import (
    anomalies,
    corrections,
    emission_factors,
    import_batches,
    legs,
    original_legs,
    suppliers,
)
from data_access.selection import flagged, in_scope, selected

__all__ = [
    "at_stake",
    "by_kind",
    "by_period",
    "chain",
    "corrections_of",
    "factor",
    "findings_on",
    "like",
    "marked_legs",
    "normal_legs",
    "ranked",
    "whole",
]

_COUNTED = ("open", "confirmed")
_MOVED = legs.c.tonne_km > 0
_INTENSITY = (ratio(legs.c.wtw_kg, legs.c.tonne_km) * 1000.0).label("intensity_g_per_tkm")
# A leg's place in the sample is a hash of its key: the same on both engines, and without an order of its own.
_PLACE = func.md5(legs.c.shipment_id + literal_column("'/'") + cast(legs.c.leg_no, Text))
_FINDING = tuple(
    anomalies.c[name]
    for name in (
        "shipment_id", "leg_no", "kind", "reason", "found_by", "score", "column_name", "value", "expected",
        "expected_low", "expected_high", "at_stake_kg", "second_opinion", "fix_column", "fix_value", "status",
        "note", "decided_by", "decided_at", "found_at",
    )
)  # fmt: skip
_LEG = (
    "departed_at", "supplier_id", "mode", "vehicle_class", "product_group", "origin", "origin_country",
    "destination", "destination_country", "weight_kg", "distance_km", "tonne_km", "wtw_kg",
)  # fmt: skip
_COMPARED = (
    "shipment_id", "leg_no", "departed_at", "origin", "destination", "mode", "vehicle_class",
    "temperature_controlled", "supplier_id", "product_group", "weight_kg", "distance_km", "distance_basis",
    "distance_source", "tonne_km", "wtw_kg", "calculated_kg", "reported_kg", "factor_id", "data_type",
)  # fmt: skip


@prepared
def ranked(
    filters: Filters, scope: Scope, status: tuple[str, ...], kinds: tuple[str, ...], limit: int | None
) -> Query:
    """Findings with their legs, largest stake first."""
    found = _found(filters, scope, status, kinds)
    name = func.coalesce(suppliers.c.name, found.c.supplier_id).label("supplier")
    return (
        select(found, name)
        .join_from(found, suppliers, suppliers.c.supplier_id == found.c.supplier_id, isouter=True)
        .order_by(found.c.at_stake_kg.desc(), found.c.shipment_id, found.c.leg_no, found.c.kind)
        .limit(limit)
    )


@prepared
def by_kind(filters: Filters, scope: Scope) -> Query:
    """Findings by kind and status, and those of them that one click would fix."""
    found = _found(filters, scope)
    keys = (found.c.kind, found.c.status)
    return (
        select(
            *keys,
            count_rows().label("legs"),
            total(found.c.at_stake_kg).label("at_stake_kg"),
            count_if(found.c.fix_column.is_not(None)).label("fixable"),
        )
        .group_by(*keys)
        .order_by(*keys)
    )


@prepared
def at_stake(filters: Filters, scope: Scope) -> Query:
    """Kg CO2e in doubt in open and confirmed findings, each leg with its largest stake."""
    found = _found(filters, scope, _COUNTED)
    largest = func.max(found.c.at_stake_kg, type_=Double).label("kg")
    by_leg = select(largest).group_by(found.c.shipment_id, found.c.leg_no).subquery()
    return select(total(by_leg.c.kg).label("at_stake_kg"))


@prepared
def whole(filters: Filters, scope: Scope) -> Query:
    """All legs of the selection and what they emit; null where there is none."""
    return select(count_rows().label("legs"), total(legs.c.wtw_kg).label("wtw_kg")).where(
        *selected(filters, scope)
    )


@prepared
def by_period(filters: Filters, scope: Scope, grain: Grain, status: tuple[str, ...]) -> Query:
    found = _found(filters, scope, status)
    departed_at: Any = found.c.departed_at
    first_day = period(grain, departed_at)
    return (
        select(
            first_day.label("period"),
            found.c.kind,
            count_rows().label("legs"),
            total(found.c.at_stake_kg).label("at_stake_kg"),
        )
        .group_by(first_day, found.c.kind)
        .order_by(first_day, found.c.kind)
    )


@prepared
def normal_legs(filters: Filters, scope: Scope, most: int) -> Query:
    """Legs without an open or confirmed finding, drawn evenly."""
    return (
        _point(false(), cast(literal_column("NULL"), Text))
        .where(*selected(filters, scope), _MOVED, ~flagged())
        .order_by(_PLACE, legs.c.shipment_id, legs.c.leg_no)
        .limit(most)
    )


@prepared
def marked_legs(filters: Filters, scope: Scope, most: int) -> Query:
    """Legs with open or confirmed findings, each once with its largest stake."""
    place = func.row_number().over(
        partition_by=(anomalies.c.shipment_id, anomalies.c.leg_no),
        order_by=(anomalies.c.at_stake_kg.desc(), anomalies.c.kind),
    )
    first = (
        select(anomalies, place.label("place")).where(anomalies.c.status.in_(_COUNTED)).subquery("finding")
    )
    return (
        _point(true(), first.c.kind)
        .join_from(legs, first, _same_leg(first, legs))
        .where(*selected(filters, scope), _MOVED, first.c.place == 1)
        .order_by(first.c.at_stake_kg.desc(), legs.c.shipment_id, legs.c.leg_no)
        .limit(most)
    )


def chain(scope: Scope, shipment_id: str) -> Question:
    """All legs of a shipment with the supplier's name; those that a fix has taken out are `removed`."""
    return _with(_chain(scope), shipment_id=shipment_id)


def findings_on(shipment_id: str, leg_no: int) -> Query:
    """All that is said about one leg; ask only after its `chain` has shown that the user may see it."""
    return (
        select(anomalies)
        .where(anomalies.c.shipment_id == shipment_id, anomalies.c.leg_no == leg_no)
        .order_by(anomalies.c.at_stake_kg.desc(), anomalies.c.kind)
    )


def corrections_of(shipment_id: str) -> Query:
    """The fixes of a shipment, newest first; ask only after its `chain`, as `findings_on`."""
    hidden = ("before_json", "batch_id", "shipment_id")
    return (
        select(*(column for column in corrections.columns if column.name not in hidden))
        .where(corrections.c.shipment_id == shipment_id)
        .order_by(corrections.c.corrected_at.desc())
    )


def factor(factor_id: str) -> Query:
    return select(emission_factors).where(emission_factors.c.factor_id == factor_id)


def like(scope: Scope, leg: dict[str, Any], most: int) -> Question:
    """Legs to compare one with: its supplier's and its lane's, by the same mode first, then the newest."""
    return _with(
        _like(scope, most), **{name: leg[name] for name in ("supplier_id", "mode", "origin", "destination")}
    )


@prepared
def _chain(scope: Scope) -> Query:
    wanted = legs.c.shipment_id == bindparam("shipment_id")
    conditions = [wanted, *in_scope(scope)]
    there = select(*legs.columns, _bool(False).label("removed")).where(*conditions)
    gone = select(*(original_legs.c[column.name] for column in legs.columns), _bool(True).label("removed"))
    both = union_all(there, _taken_out(gone, conditions)).subquery("seen")
    name = func.coalesce(suppliers.c.name, both.c.supplier_id).label("supplier")
    return (
        select(both, name, import_batches.c.file_name, import_batches.c.imported_at)
        .join_from(both, suppliers, suppliers.c.supplier_id == both.c.supplier_id, isouter=True)
        .join(import_batches, import_batches.c.batch_id == both.c.batch_id, isouter=True)
        .order_by(both.c.leg_no)
    )


@prepared
def _like(scope: Scope, most: int) -> Query:
    of_supplier = legs.c.supplier_id == bindparam("supplier_id")
    of_lane = (legs.c.origin == bindparam("origin")) & (legs.c.destination == bindparam("destination"))
    by_mode = case((legs.c.mode == bindparam("mode"), 0), else_=1)
    return (
        select(*(legs.c[name] for name in _COMPARED))
        .where(*in_scope(scope), of_supplier | of_lane)
        .order_by(by_mode, legs.c.departed_at.desc(), legs.c.shipment_id, legs.c.leg_no)
        .limit(most)
    )


def _found(
    filters: Filters, scope: Scope, status: tuple[str, ...] = (), kinds: tuple[str, ...] = ()
) -> FromClause:
    """Findings with what the page shows of their legs, from the legs that are there and those taken out."""
    conditions = selected(filters, scope)
    wanted = [anomalies.c.status.in_(status)] if status else []
    wanted += [anomalies.c.kind.in_(kinds)] if kinds else []
    there = (
        select(*_FINDING, *(legs.c[name] for name in _LEG), _INTENSITY, _bool(False).label("removed"))
        .join_from(anomalies, legs, _same_leg(anomalies, legs))
        .where(*conditions, *wanted)
    )
    old = [original_legs.c[name] for name in _LEG]
    intensity = _moved_to_originals(_INTENSITY).label("intensity_g_per_tkm")
    gone = (
        select(*_FINDING, *old, intensity, _bool(True).label("removed"))
        .join_from(anomalies, original_legs, _same_leg(anomalies, original_legs))
        .where(*wanted)
    )
    return union_all(there, _taken_out(gone, conditions)).subquery("found")


def _taken_out(found: Select[Any], conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """`found` among the originals of legs that a standing fix took out, under conditions set for `legs`."""
    removal = exists().where(
        corrections.c.correction_id == original_legs.c.correction_id, corrections.c.column_name == "remove"
    )
    return found.where(removal, *(_moved_to_originals(one) for one in conditions))


def _moved_to_originals(expression: Any) -> Any:
    """The same expression on `original_legs`, which has the columns of `legs`."""

    def other(element: Any, **_: Any) -> Any:
        if isinstance(element, Column) and element.table is legs:
            return original_legs.c[element.name]
        return None

    return replacement_traverse(expression, {}, other)


def _point(marked: ColumnElement[bool], kind: ColumnElement[Any]) -> Select[Any]:
    key = (legs.c.shipment_id, legs.c.leg_no, legs.c.mode, legs.c.weight_kg)
    return select(*key, _INTENSITY, marked.label("is_anomaly"), kind.label("kind"))


def _same_leg(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return (one.c.shipment_id == other.c.shipment_id) & (one.c.leg_no == other.c.leg_no)


def _bool(value: bool) -> ColumnElement[bool]:
    return cast(literal_column("TRUE" if value else "FALSE"), Boolean)


def _with(question: Question, **values: object) -> Question:
    return Question(question.statement, {**question.values, **values})
