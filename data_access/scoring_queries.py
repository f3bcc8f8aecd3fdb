"""What a scoring run asks the warehouse: legs to judge, history to judge by, and what stands already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Double,
    Insert,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    insert,
    or_,
    select,
    true,
)
from sqlalchemy.sql import ColumnElement, TableClause

from data_access.expressions import count_rows
from data_access.filters import Scope
from data_access.questions import Query, Question
from data_access.schema import anomalies, import_batches, lane_usual, leg_flags, legs, scorings, store_meta
from data_access.selection import in_scope, values_of

__all__ = [
    "RATE_KEY",
    "Surroundings",
    "broken_rules",
    "data_version",
    "decidable",
    "known_anomalies",
    "last_scoring",
    "legs_owed",
    "meta",
    "newer_whole_scoring",
    "other_history",
    "owed_batches",
    "owed_count",
    "related_history",
    "scored_legs",
    "standing",
    "usual_transit",
]

RATE_KEY = "anomaly_fdr"
LEAST_ARRIVED = 5  # legs of a lane before it has a usual transit time

_NAMES = (
    "shipment_id", "leg_no", "batch_id", "departed_at", "supplier_id", "product_group", "mode",
    "vehicle_class", "temperature_controlled", "origin", "origin_country", "origin_lat", "origin_lon",
    "destination", "destination_country", "destination_lat", "destination_lon", "weight_kg", "distance_km",
    "distance_basis", "distance_source", "wtw_kg", "calculated_kg", "factor_id",
)  # fmt: skip
_SCORED = tuple(legs.c[name] for name in _NAMES)
_OWED = select(import_batches.c.batch_id).where(import_batches.c.scoring_id.is_(None))
_NEW = legs.c.batch_id.in_(_OWED)
_ENDS = (legs.c.origin, legs.c.destination)
_LANE_KEY = (*_ENDS, legs.c.mode)
_NEWEST = (legs.c.departed_at.desc(), legs.c.shipment_id, legs.c.leg_no)


def scored_legs() -> Query:
    """All legs, with the columns that the detector reads."""
    return select(*_SCORED)


def legs_owed() -> Query:
    """The legs of imports that were not scored yet."""
    return select(*_SCORED).where(_NEW)


@dataclass(frozen=True)
class Surroundings:
    """Whose legs, and on which lanes, new legs are compared with; empty: all of them."""

    suppliers: tuple[str, ...]
    origins: tuple[str, ...]
    destinations: tuple[str, ...]

    @property
    def related(self) -> ColumnElement[bool]:
        if not self.suppliers:
            return true()
        of_lane = legs.c.origin.in_(self.origins) & legs.c.destination.in_(self.destinations)
        return func.coalesce(or_(legs.c.supplier_id.in_(self.suppliers), of_lane), false())


def related_history(around: Surroundings, first: datetime, last: datetime, most: int) -> Query:
    """Scored legs of the same suppliers and lanes, the newest first.

    What departed between `first` and `last` goes before the rest: copies of old shipments stand there.
    """
    near = case((legs.c.departed_at.between(first, last), 0), else_=1)
    found = select(*_SCORED).where(~_NEW, around.related)
    return found.order_by(near, *_NEWEST).limit(most)


def other_history(around: Surroundings, modes: Sequence[str], most: int) -> Query:
    """The newest scored legs of these modes by other suppliers on other lanes."""
    found = select(*_SCORED).where(~_NEW, ~around.related, legs.c.mode.in_(modes))
    return found.order_by(*_NEWEST).limit(most)


def owed_batches() -> Query:
    return _OWED


def owed_count() -> Query:
    """How many imports were not scored yet."""
    return select(count_rows().label("batches")).where(import_batches.c.scoring_id.is_(None))


def meta(key: str) -> Query:
    return select(store_meta.c.value).where(store_meta.c.key == key)


def data_version() -> Query:
    return meta("data_version")


def last_scoring(*, whole: bool = False) -> Query:
    """The newest scoring, of all legs where `whole`; where there is one."""
    found = select(scorings).order_by(scorings.c.scored_at.desc(), scorings.c.scoring_id).limit(1)
    return found.where(scorings.c.whole) if whole else found


def newer_whole_scoring(version: int) -> Query:
    """A scoring of all legs that saw later data than `version`."""
    found = select(scorings).where(scorings.c.whole, scorings.c.data_version > version)
    return found.order_by(scorings.c.data_version.desc()).limit(1)


def standing(staged: TableClause) -> Query:
    """The legs under the keys of `staged` as they are now: what the detector judged may have changed."""
    same = (staged.c.shipment_id == legs.c.shipment_id) & (staged.c.leg_no == legs.c.leg_no)
    now = (legs.c.weight_kg, legs.c.distance_km, legs.c.mode, legs.c.wtw_kg)
    return select(staged.c.position, *now).join_from(staged, legs, same)


def known_anomalies(batch_ids: list[str] | None) -> Query:
    """Findings and decisions, of some imports or of all."""
    return _of_batches(select(anomalies), anomalies.c.batch_id, batch_ids)


def decidable(scope: Scope, staged: TableClause) -> Question:
    """Status and note of the findings under the keys of `staged` on legs that the user may see."""
    key = (anomalies.c.shipment_id, anomalies.c.leg_no, anomalies.c.kind)
    wanted = [staged.c[column.name] == column for column in key]
    same = (legs.c.shipment_id == anomalies.c.shipment_id, legs.c.leg_no == anomalies.c.leg_no)
    seen = select(legs.c.leg_no).where(*same, *in_scope(scope)).exists()
    found = select(*key, anomalies.c.status, anomalies.c.note).join_from(staged, anomalies, and_(*wanted))
    return Question(found.where(seen), values_of(scope))


def broken_rules(batch_ids: list[str] | None) -> Query:
    """Flags of legs that are there, with what the leg emits and when it came."""
    same = (leg_flags.c.shipment_id == legs.c.shipment_id) & (leg_flags.c.leg_no == legs.c.leg_no)
    found = select(leg_flags, legs.c.wtw_kg, import_batches.c.imported_at).select_from(
        leg_flags.join(legs, same).join(
            import_batches, import_batches.c.batch_id == leg_flags.c.batch_id, isouter=True
        )
    )
    return _of_batches(found, leg_flags.c.batch_id, batch_ids)


def usual_transit() -> Insert:
    """How long each lane usually takes, from the legs that have arrived."""
    hours = cast(extract("epoch", legs.c.arrived_at - legs.c.departed_at), Double) / 3600.0
    middle = func.percentile_cont(0.5).within_group(hours)
    arrived = count_rows()
    usual = (
        select(*_LANE_KEY, arrived, cast(middle, Double))
        .where(legs.c.arrived_at >= legs.c.departed_at, *(end.is_not(None) for end in _ENDS))
        .group_by(*_LANE_KEY)
        .having(arrived >= LEAST_ARRIVED)
    )
    names = [column.name for column in lane_usual.columns]
    return insert(lane_usual).from_select(names, usual)


def _of_batches(found: Query, column: ColumnElement[str], batch_ids: list[str] | None) -> Query:
    return found if batch_ids is None else found.where(column.in_(batch_ids))
