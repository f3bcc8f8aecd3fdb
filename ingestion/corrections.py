"""One-click fixes: preview, apply with everything kept for undo, undo exactly."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import update

from access import audit
from access.roles import scope_of
from access.users import User
from analytics.repairs import FixPreview, NoRepair, Plan, Repairs
from data_access import Scope, Store
from data_access import correction_queries as queries
from data_access.app_database import AppDatabase
from data_access.schema import anomalies, corrections, leg_flags, legs
from data_access.statements import arrow_schema
from data_access.store import Transaction
from ingestion.aftermath import rejudged, settled
from ingestion.errors import IngestionError
from ingestion.triage import AnomalyKey, require_correcting

__all__ = ["Correction", "FixPreview", "FixRefused", "apply", "apply_many", "preview", "preview_many", "undo"]

Leg = tuple[str, int]  # shipment_id, leg_no
Said = dict[str, list[dict[str, Any]]]  # rows by table
_LEG = ["shipment_id", "leg_no"]
_KEPT = ("confirmed", "dismissed")


class FixRefused(IngestionError):
    """There is nothing to fix, or not any more, or the user may not; the message says why."""


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


def preview(store: Store, scope: Scope, key: AnomalyKey) -> FixPreview:
    """What the fix would change.

    Raises
    ------
    FixRefused
        There is no clear repair, or not any more.
    """
    return _planned(Repairs(store, scope, [key.shipment_id]), key).preview


def preview_many(store: Store, scope: Scope, keys: Sequence[AnomalyKey]) -> list[FixPreview]:
    """What `apply_many` would change: those that can be fixed, no leg twice."""
    return [plan.preview for plan in _repairs(store, scope, keys).plans(keys)]


def apply(store: Store, key: AnomalyKey, *, user: User, audit_db: AppDatabase) -> Correction:
    """Make the fix: emissions are calculated anew, the originals kept, the findings settled.

    Raises
    ------
    FixRefused, DecisionRefused
        There is no clear repair (any more), or the user may not correct data.
    """
    require_correcting(user)

    def work(tx: Transaction) -> Correction:
        plan = _planned(Repairs(tx, scope_of(user), [key.shipment_id]), key)
        done = _make(tx, [plan], user)[0]
        audit.record(audit_db, user, "fixed_anomaly", _target(key), _details([done]))
        return done

    return store.transact(work)


def apply_many(
    store: Store, keys: Sequence[AnomalyKey], *, user: User, audit_db: AppDatabase
) -> list[Correction]:
    """All fixes in one transaction, each a correction of its own; what cannot be fixed is left out.

    Raises
    ------
    FixRefused, DecisionRefused
        None of them has a repair, or the user may not correct data.
    """
    require_correcting(user)

    def work(tx: Transaction) -> list[Correction]:
        plans = _repairs(tx, scope_of(user), keys).plans(keys)
        if not plans:
            raise FixRefused("None of these has a clear repair: confirm or dismiss them instead.")
        done = _make(tx, plans, user)
        audit.record(audit_db, user, "fixed_anomalies", None, _details(done))
        return done

    return store.transact(work)


def undo(store: Store, correction_id: str, *, user: User, audit_db: AppDatabase) -> Correction:
    """Put legs, flags and findings back as they were before the fix.

    A decision that was made since on another finding of these legs stays.

    Raises
    ------
    FixRefused, DecisionRefused
        It was undone before, its import was undone, or a later fix of the same leg stands.
    """
    require_correcting(user)

    def work(tx: Transaction) -> Correction:
        row = _standing(tx, correction_id, scope_of(user))
        _restore(tx, row)
        now = datetime.now(UTC).replace(tzinfo=None)
        mine = corrections.c.correction_id == correction_id
        tx.execute(update(corrections).where(mine).values(undone_by=user.email, undone_at=now))
        done = _correction_of(row)
        audit.record(audit_db, user, "undid_fix", done.shipment_id, _details([done]))
        return done

    return store.transact(work)


def _repairs(reader: Store | Transaction, scope: Scope, keys: Sequence[AnomalyKey]) -> Repairs:
    return Repairs(reader, scope, [key.shipment_id for key in keys])


def _planned(repairs: Repairs, key: AnomalyKey) -> Plan:
    try:
        return repairs.plan(key)
    except NoRepair as error:
        raise FixRefused(str(error)) from error


def _make(tx: Transaction, plans: Sequence[Plan], user: User) -> list[Correction]:
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


def _standing(tx: Transaction, correction_id: str, scope: Scope) -> pd.Series:
    """The correction, if it can be undone."""
    found = tx.frame(queries.correction(correction_id))
    if found.empty:
        raise FixRefused("This fix is not there any more: the import of its shipment was undone.")
    row = found.iloc[0]
    if not pd.isna(row["undone_at"]):
        raise FixRefused(f"This fix was undone already, by {row['undone_by']}.")
    originals = tx.frame(queries.originals(correction_id))
    allowed = scope.supplier_ids is None or set(originals["supplier_id"]) <= scope.supplier_ids
    if originals.empty or not allowed:
        raise FixRefused("The legs of this fix are not there any more, so there is nothing to put back.")
    if len(tx.frame(queries.later_corrections(correction_id))):
        raise FixRefused("A later fix of the same leg stands: undo that one first.")
    return row


def _restore(tx: Transaction, row: pd.Series) -> None:
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


def _correction_of(row: pd.Series) -> Correction:
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


def _target(key: AnomalyKey) -> str:
    return f"{key.shipment_id}/{key.leg_no}"


def _details(done: Sequence[Correction]) -> dict[str, Any]:
    listed = [
        {
            "correction_id": one.correction_id,
            "shipment_id": one.shipment_id,
            "kind": one.kind,
            "column": one.column,
            "from": one.old_value,
            "to": one.new_value,
        }
        for one in done
    ]
    change = sum(one.after_kg - one.before_kg for one in done)
    return {"change_kg": round(change, 3), "legs": sum(one.legs for one in done), "fixes": listed}
