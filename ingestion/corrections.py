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
        done = _make(tx, plan, user)
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
        done = [_make(tx, plan, user) for plan in plans]
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


def _make(tx: Transaction, plan: Plan, user: User) -> Correction:
    shipment, numbers = plan.shipment_id, plan.leg_nos
    said = {table.name: tx.arrow(queries.rows_of(table, shipment, numbers)) for table in queries.OF_LEGS}
    done = Correction(
        correction_id=uuid.uuid4().hex,
        shipment_id=shipment,
        kind=plan.key[2],
        column=plan.column,
        old_value=plan.old_value,
        new_value=plan.new_value,
        legs=len(numbers),
        before_kg=plan.before_kg,
        after_kg=plan.after_kg,
        corrected_by=user.email,
        corrected_at=_next_moment(tx, shipment),
    )
    tx.execute(queries.keep_originals(done.correction_id, shipment, numbers))
    if plan.column == "remove":
        tx.execute(queries.take_out(legs, shipment, numbers))
    else:
        _put_in(tx, plan.after)
    flags = said[leg_flags.name].to_pandas()
    flags_now = rejudged(plan.after, flags, done.corrected_at)
    found = settled(
        said[anomalies.name].to_pandas(), plan, flags, flags_now, by=user.email, moment=done.corrected_at
    )
    for table, rows in ((leg_flags, flags_now), (anomalies, found)):
        tx.execute(queries.take_out(table, shipment, numbers))
        tx.append(table, rows)
    row = asdict(done) | {
        "column_name": done.column,
        "before_json": _as_json(said),
        "batch_id": str(plan.before["batch_id"].iloc[0]),
    }
    tx.append(corrections, pd.DataFrame([row]))
    return done


def _put_in(tx: Transaction, after: pd.DataFrame) -> None:
    wanted = [arrow_schema(legs).field(name) for name in ("shipment_id", "leg_no", *queries.CHANGED)]
    rows = pa.Table.from_pandas(
        after[[field.name for field in wanted]], schema=pa.schema(wanted), preserve_index=False
    )
    with tx.staged(rows) as staged:
        tx.execute(queries.put_in(staged))


def _next_moment(tx: Transaction, shipment_id: str) -> datetime:
    """Now, and after every earlier fix of this shipment: their order decides what can be undone."""
    now = datetime.now(UTC).replace(tzinfo=None)
    last = tx.frame(queries.last_corrected_at(shipment_id))["last"].iloc[0]
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
    correction_id, shipment = str(row["correction_id"]), str(row["shipment_id"])
    numbers = [int(number) for number in tx.frame(queries.originals(correction_id))["leg_no"]]
    removed = row["column_name"] == "remove"
    tx.execute(queries.bring_back(correction_id) if removed else queries.put_back(correction_id))
    before = _from_json(row["before_json"])
    since = tx.arrow(queries.rows_of(anomalies, shipment, numbers))
    for table in queries.OF_LEGS:
        tx.execute(queries.take_out(table, shipment, numbers))
        rows = before[table.name]
        tx.append(table, _with_later_decisions(rows, since, row) if table is anomalies else rows)
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


def _as_json(said: dict[str, pa.Table]) -> str:
    rows = {name: table.to_pylist() for name, table in said.items()}
    return json.dumps(rows, default=lambda moment: moment.isoformat(), ensure_ascii=False)


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
