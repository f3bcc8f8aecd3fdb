"""One-click fixes: preview, apply with everything kept for undo, undo exactly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import update

from access import audit
from access.roles import scope_of
from access.users import User
from analytics.repair_plans import FixPreview, Plan
from analytics.repairs import NoRepair, Repairs
from data_access import Scope, Store
from data_access import correction_queries as queries
from data_access.app_database import AppDatabase
from data_access.schema import corrections
from data_access.store import Transaction
from ingestion.correction_writing import Correction, correction_of, make, restore
from ingestion.errors import IngestionError
from ingestion.triage import AnomalyKey, require_correcting

__all__ = ["Correction", "FixPreview", "FixRefused", "apply", "apply_many", "preview", "preview_many", "undo"]


class FixRefused(IngestionError):
    """There is nothing to fix, or not any more, or the user may not; the message says why."""


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
        done = make(tx, [plan], user)[0]
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
        done = make(tx, plans, user)
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
        restore(tx, row)
        now = datetime.now(UTC).replace(tzinfo=None)
        mine = corrections.c.correction_id == correction_id
        tx.execute(update(corrections).where(mine).values(undone_by=user.email, undone_at=now))
        done = correction_of(row)
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
