"""The audit log: who did what to which thing, and when. Entries are added and read, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from access.clock import utc_now
from access.users import User
from data_access import app_schema
from data_access.app_database import AppDatabase

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["entries", "record"]

_log = app_schema.audit_log


def record(
    db: AppDatabase,
    user: User | None,
    action: str,
    target: str | None = None,
    details: Mapping[str, Any] | None = None,
    *,
    now: datetime | None = None,
) -> None:
    """Add an entry.

    Parameters
    ----------
    user : User or None
        Who did it; None for somebody who is not signed in, or the console.
    action : str
        A verb in the past tense: `signed_in`, `imported_file`, `changed_role`.
    target : str, optional
        What it was done to: a batch id, a user's e-mail, a factor set.
    details : mapping, optional
        JSON values. No password, token or file content: the log is exported.
    """
    row = {
        "happened_at": now or utc_now(),
        "user_id": user.user_id if user else None,
        "email": user.email if user else None,
        "action": action,
        "target": target,
        "details": dict(details or {}),
    }
    with db.write() as connection:
        connection.execute(insert(_log).values(**row))


def entries(db: AppDatabase, *, limit: int = 1000) -> pd.DataFrame:
    """The newest entries, newest first.

    Returns
    -------
    pandas.DataFrame
        entry_id, happened_at (UTC), user_id, email, action, target, details.
    """
    import pandas as pd

    with db.read() as connection:
        rows = connection.execute(select(_log).order_by(_log.c.entry_id.desc()).limit(limit)).mappings().all()
    return pd.DataFrame(rows, columns=list(_log.c.keys()))
