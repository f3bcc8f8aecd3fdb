"""The questions of the Live page as SQL: a window by departure, what came in, and what arrived late."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Double, bindparam, cast, extract, func, literal_column, select
from sqlalchemy.sql import ColumnElement

from data_access.expressions import count_if, count_rows, total
from data_access.filters import Filters, Scope
from data_access.questions import Query, Question, prepared
from data_access.schema import anomalies, import_batches, lane_usual, legs, suppliers
from data_access.selection import flagged, selected

__all__ = [
    "BIN_SECONDS",
    "LATE_BY",
    "anomalies_of",
    "anomaly_bins",
    "batches_by_kind",
    "batches_seen",
    "import_bins",
    "last_departure",
    "last_import",
    "late_bins",
    "late_legs",
    "leg_imports_bins",
    "leg_imports_by_kind",
    "leg_last_import",
    "legs_of_batches",
    "mode_bins",
    "newest_anomalies",
    "newest_batches",
    "shipments_by_mode",
    "sums",
    "supplier_names",
    "within",
]

LATE_BY = 1.25  # times the lane's usual transit time
# Widths of the chart's bins: a statement holds one as text, so there are few of them.
BIN_SECONDS = (
    60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600,
)  # fmt: skip

_SUMS = (
    count_rows().label("legs"),
    total(legs.c.tonne_km).label("tonne_km"),
    total(legs.c.wtw_kg).label("wtw_kg"),
)
_WINDOW = select(
    legs.c.mode,
    legs.c.factor_id,
    count_if(legs.c.leg_no == 1).label("first_legs"),
    *_SUMS,
    total(legs.c.low_kg).label("low_kg"),
    total(legs.c.high_kg).label("high_kg"),
).group_by(legs.c.mode, legs.c.factor_id)
_COUNTED = anomalies.c.status.in_([literal_column("'open'"), literal_column("'confirmed'")])
_hours = cast(extract("epoch", legs.c.arrived_at - legs.c.departed_at), Double) / 3600.0
_TIMED = legs.join(
    lane_usual,
    (lane_usual.c.origin == legs.c.origin)
    & (lane_usual.c.destination == legs.c.destination)
    & (lane_usual.c.mode == legs.c.mode),
)
_ARRIVED = (legs.c.arrived_at >= bindparam("arrived_from"), legs.c.arrived_at < bindparam("arrived_to"))
_LATE = count_if(_hours > lane_usual.c.transit_hours * LATE_BY).label("late")
_imported_at = import_batches.c.imported_at
_CAME_IN = (_imported_at >= bindparam("imported_from"), _imported_at < bindparam("imported_to"))
_BATCH = (import_batches.c.batch_id, import_batches.c.kind.label("came_by"), _imported_at)
_TO_BATCH = legs.join(import_batches, import_batches.c.batch_id == legs.c.batch_id)


def within(question: Question, **values: Any) -> Question:
    """The question with the values of its own parameters: times of arrival or of import, ids."""
    return Question(question.statement, {**question.values, **values})


def _bin(moment: ColumnElement[Any], seconds: int) -> ColumnElement[int]:
    """Which bin of this width, counted from 1970, a moment falls into.

    The width is a literal in the text: a bound one fails in GROUP BY.
    """
    if seconds not in BIN_SECONDS:
        raise ValueError(f"No bins of {seconds} s: use one of {', '.join(map(str, BIN_SECONDS))}.")
    since_1970 = cast(extract("epoch", moment), Double)
    return cast(func.floor(since_1970 / literal_column(f"{seconds}.0"), type_=Double), BigInteger)


@prepared
def sums(filters: Filters, scope: Scope) -> Query:
    """By mode and factor; the factor is what a range is combined over."""
    return _WINDOW.where(*selected(filters, scope))


@prepared
def shipments_by_mode(filters: Filters, scope: Scope) -> Query:
    """Shipments with at least one leg by the mode; one of several modes counts for each."""
    counted = func.count(legs.c.shipment_id.distinct(), type_=BigInteger).label("shipments")
    return select(legs.c.mode, counted).where(*selected(filters, scope)).group_by(legs.c.mode)


@prepared
def late_legs(filters: Filters, scope: Scope) -> Query:
    """Legs that arrived `arrived_from` to `arrived_to` on a lane of known usual time, and the late ones."""
    return select(count_rows().label("judged"), _LATE).select_from(_TIMED).where(
        *selected(filters, scope), *_ARRIVED
    )  # fmt: skip


@prepared
def late_bins(filters: Filters, scope: Scope, seconds: int) -> Query:
    """As `late_legs`, by the bin of the arrival."""
    arrival = _bin(legs.c.arrived_at, seconds)
    found = select(arrival.label("bin"), count_rows().label("judged"), _LATE).select_from(_TIMED)
    return found.where(*selected(filters, scope), *_ARRIVED).group_by(arrival)


@prepared
def mode_bins(filters: Filters, scope: Scope, seconds: int) -> Query:
    """What departed, by bin and mode."""
    departure = _bin(legs.c.departed_at, seconds)
    first = count_if(legs.c.leg_no == 1).label("shipments")
    found = select(departure.label("bin"), legs.c.mode, first, *_SUMS)
    return found.where(*selected(filters, scope)).group_by(departure, legs.c.mode)


@prepared
def anomaly_bins(filters: Filters, scope: Scope, seconds: int) -> Query:
    """Departed legs with an open or confirmed anomaly, by bin."""
    departure = _bin(legs.c.departed_at, seconds)
    marked = select(departure.label("bin"), count_rows().label("anomalies"))
    return marked.where(*selected(filters, scope), flagged()).group_by(departure)


@prepared
def import_bins(seconds: int) -> Query:
    """Accepted rows that came in `imported_from` to `imported_to`, by the bin of their import."""
    came = _bin(_imported_at, seconds)
    rows = cast(func.sum(import_batches.c.rows_accepted), BigInteger).label("imported")
    return select(came.label("bin"), rows).where(*_CAME_IN).group_by(came)


@prepared
def leg_imports_bins(filters: Filters, scope: Scope, seconds: int) -> Query:
    """As `import_bins`, for a part of the legs."""
    came = _bin(_imported_at, seconds)
    found = select(came.label("bin"), count_rows().label("imported")).select_from(_TO_BATCH)
    return found.where(*selected(filters, scope), *_CAME_IN).group_by(came)


@prepared
def last_departure(filters: Filters, scope: Scope) -> Query:
    return select(func.max(legs.c.departed_at).label("last")).where(*selected(filters, scope))


@prepared
def last_import() -> Query:
    """When legs of any supplier came in last."""
    return select(func.max(_imported_at).label("last")).where(import_batches.c.rows_accepted > 0)


@prepared
def leg_last_import(filters: Filters, scope: Scope) -> Query:
    """As `last_import`, for a part of the legs."""
    theirs = select(legs.c.batch_id).where(*selected(filters, scope)).distinct()
    return select(func.max(_imported_at).label("last")).where(import_batches.c.batch_id.in_(theirs))


@prepared
def newest_batches(most: int) -> Query:
    """Batches that brought legs in, newest first: id, kind, time and number of legs."""
    found = select(*_BATCH, import_batches.c.rows_accepted.label("legs"))
    brought = found.where(import_batches.c.rows_accepted > 0)
    return brought.order_by(_imported_at.desc(), import_batches.c.batch_id).limit(most)


@prepared
def batches_seen(filters: Filters, scope: Scope, most: int) -> Query:
    """As `newest_batches`, for a part of the legs: how many of them each brought."""
    counted = (
        select(legs.c.batch_id, count_rows().label("legs"))
        .where(*selected(filters, scope))
        .group_by(legs.c.batch_id)
        .subquery()
    )
    return (
        select(*_BATCH, counted.c.legs)
        .join(counted, import_batches.c.batch_id == counted.c.batch_id)
        .order_by(_imported_at.desc(), import_batches.c.batch_id)
        .limit(most)
    )


@prepared
def legs_of_batches(filters: Filters, scope: Scope, most: int) -> Query:
    """Legs of `batches`, the latest departures first."""
    shown = (
        "batch_id", "departed_at", "arrived_at", "shipment_id", "leg_no", "supplier_id", "mode", "origin",
        "origin_country", "destination", "destination_country", "product_group", "weight_kg", "distance_km",
        "tonne_km", "wtw_kg",
    )  # fmt: skip
    theirs = (*selected(filters, scope), legs.c.batch_id.in_(bindparam("batches", expanding=True)))
    # First how far back they reach, by one column: sorting whole rows takes DuckDB twice as long.
    moments = select(legs.c.departed_at).where(*theirs).order_by(legs.c.departed_at.desc()).limit(most)
    earliest = select(func.min(moments.subquery().c.departed_at)).scalar_subquery()
    latest = select(*(legs.c[name] for name in shown)).where(*theirs, legs.c.departed_at >= earliest)
    found = latest.cte("latest_legs").prefix_with("MATERIALIZED")
    return select(found).order_by(found.c.departed_at.desc(), found.c.shipment_id, found.c.leg_no).limit(most)


@prepared
def supplier_names() -> Query:
    """Names of the suppliers whose id is one of `ids`."""
    wanted = suppliers.c.supplier_id.in_(bindparam("ids", expanding=True))
    return select(suppliers.c.supplier_id, suppliers.c.name).where(wanted)


@prepared
def anomalies_of() -> Query:
    """Open and confirmed anomalies of the shipments whose id is one of `ids`, the worst of a leg first."""
    columns = ("shipment_id", "leg_no", "kind", "reason", "status", "score")
    found = select(*(anomalies.c[name] for name in columns))
    return found.where(anomalies.c.shipment_id.in_(bindparam("ids", expanding=True)), _COUNTED).order_by(
        anomalies.c.score.desc(), anomalies.c.at_stake_kg.desc(), anomalies.c.kind
    )


@prepared
def newest_anomalies(filters: Filters, scope: Scope, most: int) -> Query:
    """Open and confirmed anomalies, the latest found first, then by the kg CO2e at stake."""
    named = ("kind", "reason", "status", "score", "at_stake_kg", "found_at")
    shown = ("shipment_id", "leg_no", "departed_at", "supplier_id", "mode", "origin", "destination", "wtw_kg")
    # The window first: DuckDB would else read the ids of all legs beside those of the anomalies.
    window = select(*(legs.c[name] for name in shown)).where(*selected(filters, scope)).cte("window_legs")
    window = window.prefix_with("MATERIALIZED")
    same = (anomalies.c.shipment_id == window.c.shipment_id) & (anomalies.c.leg_no == window.c.leg_no)
    order = (anomalies.c.found_at.desc(), anomalies.c.at_stake_kg.desc())
    return (
        select(*(anomalies.c[name] for name in named), *(window.c[name] for name in shown))
        .select_from(window.join(anomalies, same))
        .where(_COUNTED)
        .order_by(*order, anomalies.c.shipment_id, anomalies.c.leg_no, anomalies.c.kind)
        .limit(most)
    )


@prepared
def batches_by_kind() -> Query:
    """How imports of each kind (upload, inbox, feed) went, and their rows since `hour_ago` and `day_ago`."""
    recent, today = _imported_at >= bindparam("hour_ago"), _imported_at >= bindparam("day_ago")
    accepted, rejected = import_batches.c.rows_accepted, import_batches.c.rows_rejected
    return select(
        import_batches.c.kind,
        func.max(_imported_at).label("last_imported_at"),
        cast(func.sum(accepted).filter(recent), BigInteger).label("rows_last_hour"),
        cast(func.sum(rejected).filter(today), BigInteger).label("rejected_last_day"),
    ).group_by(import_batches.c.kind)


@prepared
def leg_imports_by_kind(filters: Filters, scope: Scope) -> Query:
    """As `batches_by_kind`, for a part of the legs; rejected rows belong to nobody. Takes `hour_ago`."""
    return (
        select(
            import_batches.c.kind,
            func.max(_imported_at).label("last_imported_at"),
            count_if(_imported_at >= bindparam("hour_ago")).label("rows_last_hour"),
        )
        .select_from(_TO_BATCH)
        .where(*selected(filters, scope))
        .group_by(import_batches.c.kind)
    )
