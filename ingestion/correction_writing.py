"""What a fix writes and what its undo puts back: legs, flags, findings, and the correction itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa

from access.users import User
from analytics.repair_plans import Plan
from data_access import correction_queries as queries
from data_access.schema import anomalies, corrections, leg_flags, legs
from data_access.statements import arrow_schema
from data_access.store import Transaction
from ingestion.aftermath import rejudged, settled

__all__ = ["Correction", "correction_of", "make", "restore"]

Leg = tuple[str, int]  # shipment_id, leg_no
Said = dict[str, list[dict[str, Any]]]  # rows by table
_LEG = ["shipment_id", "leg_no"]
_KEPT = ("confirmed", "dismissed")


@dataclass(frozen=True)
class Correction:
    """A fix that was made; `legs` were changed, from before_kg to after_kg (wtw_kg)."""

    correction_id: str
    shipment_id: str
    kind: str
    column: str
    old_value: str | None
    new_value: str | None
    legs: int
    before_kg: float
    after_kg: float
    corrected_by: str
    corrected_at: datetime


def make(tx: Transaction, plans: Sequence[Plan], user: User) -> list[Correction]:
    """Write all of them, in few statements however many there are; no leg is in two plans."""
    moment = _next_moment(tx, [plan.shipment_id for plan in plans])
    done = [_planned_correction(plan, user, moment) for plan in plans]
    keys = [
        (one.correction_id, plan.shipment_id, number)
        for one, plan in zip(done, plans, strict=True)
        for number in plan.leg_nos
    ]
    owner = {(shipment, number): correction_id for correction_id, shipment, number in keys}
    after = pd.concat([plan.after for plan in plans])
    gone = [key for key, plan in _by_leg(plans) if plan.column == "remove"]
    with tx.staged(_staged(keys)) as staged:
        said = {table.name: tx.arrow(queries.rows_of(table, staged)) for table in queries.OF_LEGS}
        tx.execute(queries.keep_originals(staged))
        for table in queries.OF_LEGS:
            tx.execute(queries.take_out(table, staged))
    if gone:
        with tx.staged(_staged([("", *key) for key in gone])) as staged:
            tx.execute(queries.take_out(legs, staged))
    if len(after):
        _put_in(tx, after)
    flags, found = (said[table.name].to_pandas() for table in (leg_flags, anomalies))
    flags_now = rejudged(after, flags[~_of(flags, gone)], moment)
    tx.append(leg_flags, flags_now)
    tx.append(anomalies, _settled(plans, found, flags, flags_now, by=user.email, moment=moment))
    listed = _listed(said, owner)
    rows = [
        asdict(one)
        | {
            "column_name": one.column,
            "before_json": _as_json(listed[one.correction_id]),
            "batch_id": str(plan.before["batch_id"].iloc[0]),
        }
        for one, plan in zip(done, plans, strict=True)
    ]
    tx.append(corrections, pd.DataFrame(rows))
    return done


def restore(tx: Transaction, row: pd.Series) -> None:
    """Put back what this row of `corrections` changed; decisions made since stay."""
    correction_id = str(row["correction_id"])
    old = tx.frame(queries.originals(correction_id))
    keys = [(correction_id, *key) for key in zip(old["shipment_id"], old["leg_no"], strict=True)]
    removed = row["column_name"] == "remove"
    tx.execute(queries.bring_back(correction_id) if removed else queries.put_back(correction_id))
    before = _from_json(row["before_json"])
    with tx.staged(_staged(keys)) as staged:
        since = tx.arrow(queries.rows_of(anomalies, staged))
        for table in queries.OF_LEGS:
            tx.execute(queries.take_out(table, staged))
    tx.append(leg_flags, before[leg_flags.name])
    tx.append(anomalies, _with_later_decisions(before[anomalies.name], since, row))
    tx.execute(queries.drop_originals(correction_id))


def correction_of(row: pd.Series) -> Correction:
    """A row of `corrections` with its types."""
    texts = {name: None if pd.isna(row[name]) else str(row[name]) for name in ("old_value", "new_value")}
    return Correction(
        correction_id=str(row["correction_id"]),
        shipment_id=str(row["shipment_id"]),
        kind=str(row["kind"]),
        column=str(row["column_name"]),
        **texts,
        legs=int(row["legs"]),
        before_kg=float(row["before_kg"]),
        after_kg=float(row["after_kg"]),
        corrected_by=str(row["corrected_by"]),
        corrected_at=row["corrected_at"].to_pydatetime(),
    )


def _planned_correction(plan: Plan, user: User, moment: datetime) -> Correction:
    return Correction(
        correction_id=uuid.uuid4().hex,
        shipment_id=plan.shipment_id,
        kind=plan.key[2],
        column=plan.column,
        old_value=plan.old_value,
        new_value=plan.new_value,
        legs=len(plan.leg_nos),
        before_kg=plan.before_kg,
        after_kg=plan.after_kg,
        corrected_by=user.email,
        corrected_at=moment,
    )


def _by_leg(plans: Sequence[Plan]) -> list[tuple[Leg, Plan]]:
    return [((plan.shipment_id, number), plan) for plan in plans for number in plan.leg_nos]


def _settled(
    plans: Sequence[Plan],
    found: pd.DataFrame,
    flags: pd.DataFrame,
    flags_now: pd.DataFrame,
    *,
    by: str,
    moment: datetime,
) -> pd.DataFrame:
    """The findings on all these legs, plan by plan."""
    place = {leg: number for number, plan in enumerate(plans) for leg, _ in _by_leg([plan])}
    parts = [
        dict(iter(rows.groupby(rows[_LEG].apply(tuple, axis=1).map(place)))) if len(rows) else {}
        for rows in (found, flags, flags_now)
    ]
    nothing = (found.iloc[:0], flags.iloc[:0], flags_now.iloc[:0])
    done = [
        settled(mine, plan, before, now, by=by, moment=moment)
        for number, plan in enumerate(plans)
        for mine, before, now in [
            tuple(part.get(number, none) for part, none in zip(parts, nothing, strict=True))
        ]
    ]
    return pd.concat(done, ignore_index=True)


def _listed(said: dict[str, pa.Table], owner: dict[Leg, str]) -> dict[str, Said]:
    """What was said about the legs of each correction, as rows by table."""
    listed: dict[str, Said] = {one: {name: [] for name in said} for one in owner.values()}
    for name, rows in said.items():
        for row in rows.to_pylist():
            listed[owner[row["shipment_id"], row["leg_no"]]][name].append(row)
    return listed


def _of(rows: pd.DataFrame, keys: Sequence[Leg]) -> pd.Series:
    wanted = set(keys)
    hit = [leg in wanted for leg in zip(rows["shipment_id"], rows["leg_no"], strict=True)]
    return pd.Series(hit, index=rows.index, dtype=bool)


def _staged(keys: Sequence[tuple[str, str, int]]) -> pa.Table:
    """Legs, each with the correction that it belongs to."""
    corrected, shipments, numbers = zip(*keys, strict=True)
    return pa.table(
        {
            "correction_id": pa.array(corrected, pa.string()),
            "shipment_id": pa.array(shipments, pa.string()),
            "leg_no": pa.array(numbers, pa.int16()),
        }
    )


def _put_in(tx: Transaction, after: pd.DataFrame) -> None:
    wanted = [arrow_schema(legs).field(name) for name in ("shipment_id", "leg_no", *queries.CHANGED)]
    rows = pa.Table.from_pandas(
        after[[field.name for field in wanted]], schema=pa.schema(wanted), preserve_index=False
    )
    with tx.staged(rows) as staged:
        tx.execute(queries.put_in(staged))


def _next_moment(tx: Transaction, shipment_ids: Sequence[str]) -> datetime:
    """Now, and after every earlier fix of these shipments: the order decides what can be undone."""
    now = datetime.now(UTC).replace(tzinfo=None)
    last = tx.frame(queries.last_corrected_at(shipment_ids))["last"].iloc[0]
    return now if pd.isna(last) else max(now, last.to_pydatetime() + timedelta(microseconds=1))


def _with_later_decisions(before: pa.Table, since: pa.Table, row: pd.Series) -> pa.Table:
    """What stood before the fix, but with the decisions that people made after it."""
    decided = {
        (one["leg_no"], one["kind"]): one
        for one in since.to_pylist()
        if one["status"] in _KEPT and one["decided_at"] and one["decided_at"] > row["corrected_at"]
    }
    stood = [one for one in before.to_pylist() if (one["leg_no"], one["kind"]) not in decided]
    return pa.Table.from_pylist([*stood, *decided.values()], schema=arrow_schema(anomalies))


def _as_json(said: Said) -> str:
    return json.dumps(said, default=lambda moment: moment.isoformat(), ensure_ascii=False)


def _from_json(text: str) -> dict[str, pa.Table]:
    """Tables with their types: moments come back from ISO text, numbers as exact as they were."""
    found = json.loads(text)
    tables = {}
    for table in queries.OF_LEGS:
        schema = arrow_schema(table)
        moments = {one.name for one in schema if pa.types.is_timestamp(one.type)}
        rows = [
            {
                name: datetime.fromisoformat(value) if name in moments and value else value
                for name, value in row.items()
            }
            for row in found[table.name]
        ]
        tables[table.name] = pa.Table.from_pylist(rows, schema=schema)
    return tables
