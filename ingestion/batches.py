"""Import batches: what one import brought in, the list of them, and undoing exactly one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd
from sqlalchemy import delete, func, select

from data_access import Store
from data_access.schema import (
    anomalies,
    corrections,
    demo_labels,
    import_batches,
    leg_flags,
    legs,
    original_legs,
    rejected_rows,
)
from data_access.store import Transaction
from ingestion.errors import UnknownBatch

__all__ = [
    "MAX_LISTED",
    "REJECTED_COLUMNS",
    "ImportResult",
    "has_feed",
    "list_batches",
    "rejected_of",
    "undo_import",
]

MAX_LISTED = 1_000
REJECTED_COLUMNS = ["row_number", "column", "value", "problem"]


def _nothing(*columns: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class ImportResult:
    """What became of each row of a file: rows_read = rows_accepted + rows_rejected + rows_duplicate.

    batch_id is None when nothing was new, so that nothing was written.
    rejected : row_number (the header is row 1), column, value, problem; a row may have several problems.
    flagged : shipment_id, leg_no, kind, reason; rows that went in and look implausible.
    unresolved : column, name, rows; places that kept legs out, most rows first.
    notices : column, value, rows; optional values that were not readable and went in as missing.
    notes : sentences about how the file was read.
    """

    batch_id: str | None
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    rejected: pd.DataFrame
    rows_flagged: int = 0
    flagged: pd.DataFrame = field(default_factory=lambda: _nothing("shipment_id", "leg_no", "kind", "reason"))
    unresolved: pd.DataFrame = field(default_factory=lambda: _nothing("column", "name", "rows"))
    notices: pd.DataFrame = field(default_factory=lambda: _nothing("column", "value", "rows"))
    notes: tuple[str, ...] = ()
    first_departed_at: datetime | None = None
    last_departed_at: datetime | None = None
    wtw_kg: float = 0.0
    suppliers: int = 0


def undo_import(store: Store, batch_id: str) -> int:
    """Remove exactly the rows of one batch, and the batch; return how many legs went.

    Raises
    ------
    UnknownBatch
        When there is no such batch, or it was undone before.
    """

    def work(tx: Transaction) -> int:
        known = tx.frame(select(import_batches.c.batch_id).where(import_batches.c.batch_id == batch_id))
        if known.empty:
            raise UnknownBatch(f"There is no import {batch_id!r}; it may have been undone already.")
        count = int(tx.frame(select(func.count().label("n")).where(legs.c.batch_id == batch_id))["n"].iloc[0])
        labelled = select(legs.c.shipment_id).where(legs.c.batch_id == batch_id)
        tx.execute(delete(demo_labels).where(demo_labels.c.shipment_id.in_(labelled)))
        for table in (
            anomalies, corrections, original_legs, leg_flags, rejected_rows, legs, import_batches,
        ):  # fmt: skip
            tx.execute(delete(table).where(table.c.batch_id == batch_id))
        return count

    return store.transact(work)


def list_batches(store: Store, *, with_feed: bool = False) -> pd.DataFrame:
    """The imports with the columns of `schema.import_batches`, newest first.

    A feed makes one every few seconds, so its own are left out; `with_feed` lists the last `MAX_LISTED` of
    all kinds.
    """
    newest = select(import_batches).order_by(import_batches.c.imported_at.desc(), import_batches.c.batch_id)
    if with_feed:
        return store.frame(newest.limit(MAX_LISTED))
    return store.frame(newest.where(import_batches.c.kind != "feed"))


def has_feed(store: Store) -> bool:
    """Whether any import came from a feed."""
    one = select(import_batches.c.batch_id).where(import_batches.c.kind == "feed").limit(1)
    return not store.frame(one).empty


def rejected_of(store: Store, batch_id: str) -> pd.DataFrame:
    """The rows that one import set aside: row_number, column, value, problem."""
    found = store.frame(
        select(rejected_rows).where(rejected_rows.c.batch_id == batch_id).order_by(rejected_rows.c.row_number)
    )
    return found.rename(columns={"column_name": "column"})[REJECTED_COLUMNS]
