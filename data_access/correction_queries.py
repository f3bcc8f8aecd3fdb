"""What a fix asks the warehouse, and the writes that keep the originals and put them back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    Delete,
    Insert,
    Table,
    Update,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.sql import ColumnElement, FromClause, TableClause

from data_access.expressions import count_rows
from data_access.filters import Scope
from data_access.questions import Query, Question
from data_access.schema import (
    anomalies,
    corrections,
    emission_factors,
    import_batches,
    leg_flags,
    legs,
    original_legs,
    store_meta,
)
from data_access.selection import flagged, in_scope, values_of

__all__ = [
    "CHANGED",
    "OF_LEGS",
    "active_factor_set",
    "bring_back",
    "correction",
    "drop_originals",
    "factors",
    "findings_of",
    "keep_originals",
    "lane_habits",
    "last_corrected_at",
    "later_corrections",
    "legs_of",
    "originals",
    "put_back",
    "put_in",
    "rows_of",
    "standing_shipments",
    "take_out",
]

# The columns of a leg that a fix can change: what it states, and what follows from that.
CHANGED = (
    "mode", "vehicle_class", "weight_kg", "distance_km", "distance_basis", "distance_source", "tonne_km",
    "factor_id", "ttw_kg", "wtt_kg", "wtw_kg", "low_kg", "high_kg", "calculated_kg", "reported_kg",
    "data_type",
)  # fmt: skip
OF_LEGS = (anomalies, leg_flags)  # what is said about a leg, and changes with it
_NAMES = [column.name for column in legs.columns]


def findings_of(scope: Scope, shipment_ids: Sequence[str]) -> Question:
    """Findings on these shipments that the user may see."""
    same = (anomalies.c.shipment_id == legs.c.shipment_id) & (anomalies.c.leg_no == legs.c.leg_no)
    wanted = legs.c.shipment_id.in_(shipment_ids)
    return Question(
        select(anomalies).join_from(anomalies, legs, same).where(wanted, *in_scope(scope)), values_of(scope)
    )


def legs_of(scope: Scope, shipment_ids: Sequence[str]) -> Question:
    """All columns of these shipments' legs, and the factor set that their import used (`import_set`)."""
    found = (
        select(legs, import_batches.c.factor_set.label("import_set"))
        .join_from(legs, import_batches, import_batches.c.batch_id == legs.c.batch_id, isouter=True)
        .where(legs.c.shipment_id.in_(shipment_ids), *in_scope(scope))
        .order_by(legs.c.shipment_id, legs.c.leg_no)
    )
    return Question(found, values_of(scope))


def standing_shipments(shipment_ids: Sequence[str]) -> Query:
    """Which of these shipments are there."""
    return select(legs.c.shipment_id).where(legs.c.shipment_id.in_(shipment_ids)).distinct()


def lane_habits(scope: Scope, origin: str, destination: str, mode: str) -> Question:
    """How a lane is run by a mode: legs and median distance by vehicle class, distance basis and source.

    Flagged legs are left out.
    """
    keys = (legs.c.vehicle_class, legs.c.distance_basis, legs.c.distance_source)
    middle = func.percentile_cont(0.5).within_group(legs.c.distance_km)
    lane = (legs.c.origin == origin, legs.c.destination == destination, legs.c.mode == mode)
    found = (
        select(*keys, count_rows().label("legs"), middle.label("distance_km"))
        .where(*lane, *in_scope(scope), ~flagged())
        .group_by(*keys)
    )
    return Question(found, values_of(scope))


def factors() -> Query:
    return select(emission_factors)


def active_factor_set() -> Query:
    return select(store_meta.c.value).where(store_meta.c.key == "active_factor_set")


def rows_of(table: Table, staged: TableClause) -> Query:
    """What `anomalies` or `leg_flags` says about the legs under the keys of `staged`."""
    found = select(table).join_from(staged, table, _same_leg(staged, table))
    return found.order_by(table.c.shipment_id, table.c.leg_no, table.c.kind)


def correction(correction_id: str) -> Query:
    return select(corrections).where(corrections.c.correction_id == correction_id)


def last_corrected_at(shipment_ids: Sequence[str]) -> Query:
    """When any of these shipments was last corrected (`last`), null if never."""
    last = func.max(corrections.c.corrected_at).label("last")
    return select(last).where(corrections.c.shipment_id.in_(shipment_ids))


def originals(correction_id: str) -> Query:
    """The legs as they were before a correction that stands."""
    return (
        select(*(original_legs.c[name] for name in _NAMES))
        .where(original_legs.c.correction_id == correction_id)
        .order_by(original_legs.c.shipment_id, original_legs.c.leg_no)
    )


def later_corrections(correction_id: str) -> Query:
    """Corrections of the same legs that were made after this one, and stand."""
    mine, other = original_legs.alias("mine"), original_legs.alias("other")
    this, that = corrections.alias("this"), corrections.alias("that")
    same = (mine.c.shipment_id == other.c.shipment_id) & (mine.c.leg_no == other.c.leg_no)
    return (
        select(that.c.correction_id)
        .select_from(mine.join(other, same))
        .join(this, this.c.correction_id == mine.c.correction_id)
        .join(that, that.c.correction_id == other.c.correction_id)
        .where(mine.c.correction_id == correction_id, that.c.corrected_at > this.c.corrected_at)
        .distinct()
    )


def keep_originals(staged: TableClause) -> Insert:
    """Copy legs as they are; `staged` names them, each under the correction that is about to change it."""
    as_they_are = select(staged.c.correction_id, *legs.columns).join_from(
        staged, legs, _same_leg(staged, legs)
    )
    return insert(original_legs).from_select(["correction_id", *_NAMES], as_they_are)


def put_in(staged: TableClause) -> Update:
    """Give legs the values of `staged`, which has their keys and the columns `CHANGED`."""
    same = (legs.c.shipment_id == staged.c.shipment_id, legs.c.leg_no == staged.c.leg_no)
    return update(legs).where(*same).values({name: staged.c[name] for name in CHANGED})


def put_back(correction_id: str) -> Update:
    """Give legs that are there all that they were before a correction."""
    old = original_legs
    same = (legs.c.shipment_id == old.c.shipment_id, legs.c.leg_no == old.c.leg_no)
    return (
        update(legs)
        .where(*same, old.c.correction_id == correction_id)
        .values({name: old.c[name] for name in CHANGED})
    )


def bring_back(correction_id: str) -> Insert:
    """Legs that a correction took out, as they were."""
    return insert(legs).from_select(_NAMES, originals(correction_id).order_by(None))


def take_out(table: Table, staged: TableClause) -> Delete:
    """Remove the legs under the keys of `staged` from `legs`, `anomalies` or `leg_flags`."""
    return delete(table).where(select(staged.c.leg_no).where(_same_leg(staged, table)).exists())


def drop_originals(correction_id: str) -> Delete:
    return delete(original_legs).where(original_legs.c.correction_id == correction_id)


def _same_leg(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return (one.c.shipment_id == other.c.shipment_id) & (one.c.leg_no == other.c.leg_no)
