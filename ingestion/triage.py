"""Decisions on anomalies: confirm, dismiss, reopen; each with who, when and an audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa
from sqlalchemy import update

from access import audit
from access.roles import Permission, may, scope_of
from access.users import User
from data_access import Store
from data_access.app_database import AppDatabase
from data_access.schema import anomalies
from data_access.scoring_queries import decidable
from data_access.store import Transaction
from ingestion.errors import IngestionError

__all__ = ["AnomalyKey", "DecisionRefused", "decide", "require_correcting"]

_ACTION = {
    "open": "reopened_anomalies",
    "confirmed": "confirmed_anomalies",
    "dismissed": "dismissed_anomalies",
}
LONGEST_NOTE = 2_000
_LISTED = 200  # keys in one audit entry


class AnomalyKey(NamedTuple):
    """Names one finding."""

    shipment_id: str
    leg_no: int
    kind: str


class DecisionRefused(IngestionError):
    """The user may not decide this, or it cannot be decided so; the message says why."""


def require_correcting(user: User) -> None:
    """Return if the user may correct data.

    Raises
    ------
    DecisionRefused
    """
    if not may(user, Permission.CORRECT_DATA):
        raise DecisionRefused(
            "Your role may look at anomalies, not settle them: ask an analyst or an administrator."
        )


def decide(
    store: Store,
    rows: Sequence[AnomalyKey],
    status: str,
    *,
    note: str | None = None,
    user: User,
    audit_db: AppDatabase,
) -> int:
    """Set findings to confirmed or dismissed, or open them again.

    Findings that a fix has settled stay as they are: undo the fix instead. So do those outside of what the
    user may see, and those that have this status and note already. Without an audit entry nothing is written.

    Parameters
    ----------
    note : str, optional
        Why; an empty one is none. Opening again forgets it.

    Returns
    -------
    int
        How many changed.

    Raises
    ------
    DecisionRefused
        The user may not, the status cannot be set by hand, the note is too long, or none of them can change.
    """
    require_correcting(user)
    if status not in _ACTION:
        raise DecisionRefused(
            f"A finding can be set to {', '.join(_ACTION)}, not to {status!r}; a fix sets it to fixed."
        )
    why = (note or "").strip() or None
    if why and len(why) > LONGEST_NOTE:
        raise DecisionRefused(f"The note has {len(why):,} characters; keep it below {LONGEST_NOTE:,}.")
    if not rows:
        return 0

    def work(tx: Transaction) -> int:
        changed = _change(tx, list(dict.fromkeys(rows)), status, None if status == "open" else why, user)
        if changed:
            details = {"findings": len(changed), "kinds": sorted({key.kind for key in changed})}
            details |= {"keys": [list(key) for key in changed[:_LISTED]], "note": why}
            target = f"{changed[0].shipment_id}/{changed[0].leg_no}" if len(changed) == 1 else None
            audit.record(audit_db, user, _ACTION[status], target, details)
        return len(changed)

    return store.transact(work)


def _change(
    tx: Transaction, rows: list[AnomalyKey], status: str, note: str | None, user: User
) -> list[AnomalyKey]:
    with tx.staged(_staged(rows)) as wanted:
        found = tx.frame(decidable(scope_of(user), wanted))
    if found.empty:
        raise DecisionRefused("These findings are not there any more: reload the page.")
    fixed = found["status"] == "fixed"
    if fixed.all():
        raise DecisionRefused("This is fixed: undo the fix to decide anew.")
    noted = found["note"].astype(object).where(found["note"].notna(), None)
    same = (found["status"] == status) & (noted.isna() if note is None else noted == note)
    able = found[~fixed & ~same]
    changed = [AnomalyKey(str(one.shipment_id), int(one.leg_no), str(one.kind)) for one in able.itertuples()]
    if not changed:
        return []
    by, moment = (None, None) if status == "open" else (user.email, datetime.now(UTC).replace(tzinfo=None))
    with tx.staged(_staged(changed)) as chosen:
        these = [chosen.c[name] == anomalies.c[name] for name in AnomalyKey._fields]
        values = {"status": status, "note": note, "decided_by": by, "decided_at": moment}
        tx.execute(update(anomalies).where(chosen.select().where(*these).exists()).values(values))
    return changed


def _staged(rows: Sequence[AnomalyKey]) -> pa.Table:
    return pa.table(
        {
            "shipment_id": pa.array([key.shipment_id for key in rows], pa.string()),
            "leg_no": pa.array([key.leg_no for key in rows], pa.int16()),
            "kind": pa.array([key.kind for key in rows], pa.string()),
        }
    )
