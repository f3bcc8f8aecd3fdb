"""Changes of supplier data into the warehouse: checked again where they are written, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import delete, select

from access import audit
from access.roles import Permission, may
from access.users import User
from data_access import Store
from data_access.app_database import AppDatabase
from data_access.schema import suppliers
from data_access.statements import arrow_schema
from data_access.store import Transaction
from ingestion.supplier_data.values import COLUMNS, SupplierDataRefused, Value, as_text, at_odds, read_value

__all__ = ["Change", "apply", "changes_of", "stored", "update_one"]

_LISTED = 200  # changes in one audit entry


@dataclass(frozen=True)
class Change:
    """One value of one supplier; None is "not known". `name` is the supplier's, for people."""

    supplier_id: str
    name: str
    column: str
    old: Value
    new: Value


class _NothingToDo(Exception):
    """Rolls the transaction back, so that the version of the warehouse stays as it is."""


def apply(
    store: Store, changes: Sequence[Change], *, user: User, audit_db: AppDatabase
) -> tuple[Change, ...]:
    """Make the changes, all or none, and say which were made; what stands there already is left out.

    Raises
    ------
    SupplierDataRefused
        The user may not, a supplier is gone, or a value is neither the old nor the new one any more.
    """
    _require_editing(user)

    def work(tx: Transaction) -> tuple[Change, ...]:
        now = stored(tx, {change.supplier_id for change in changes})
        due = tuple(change for change in changes if _is_due(change, now))
        if not due:
            raise _NothingToDo
        _write(tx, now, due)
        _record(audit_db, user, due)
        return due

    try:
        return store.transact(work)
    except _NothingToDo:
        return ()


def update_one(
    store: Store, supplier_id: str, values: Mapping[str, object], *, user: User, audit_db: AppDatabase
) -> tuple[Change, ...]:
    """Set columns of one supplier as a form gives them; None or "" clears, what is not named stays.

    Raises
    ------
    SupplierDataRefused
        With one sentence: an unknown supplier or column, or a value that cannot be.
    """
    _require_editing(user)
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise SupplierDataRefused(f"A supplier has no {sorted(unknown)[0]!r}: use {', '.join(COLUMNS)}.")
    new = {column: read_value(column, as_text(value)) for column, value in values.items()}
    now = stored(store, {supplier_id})
    if supplier_id not in now:
        raise SupplierDataRefused(
            f"There is no supplier {supplier_id!r}: suppliers come with their shipments."
        )
    return apply(store, changes_of(now[supplier_id], new), user=user, audit_db=audit_db)


def changes_of(row: Mapping[str, Any], new: Mapping[str, Value]) -> tuple[Change, ...]:
    """What differs between a supplier as it is stored and the new values.

    Raises
    ------
    SupplierDataRefused
        The result would not fit together.
    """
    changes = tuple(
        Change(row["supplier_id"], row["name"], column, row[column], new[column])
        for column in COLUMNS
        if column in new and new[column] != row[column]
    )
    problem = at_odds({**row, **new}) if changes else None
    if problem:
        raise SupplierDataRefused(problem)
    return changes


def stored(
    reader: Store | Transaction, supplier_ids: Iterable[str] | None = None
) -> dict[str, dict[str, Any]]:
    """The suppliers as they are stored, by id; all of them by default."""
    rows = {row["supplier_id"]: row for row in reader.arrow(select(suppliers)).to_pylist()}
    return rows if supplier_ids is None else {one: rows[one] for one in supplier_ids if one in rows}


def _is_due(change: Change, now: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the change still has to be made."""
    if change.supplier_id not in now:
        raise SupplierDataRefused(
            f"The supplier {change.supplier_id!r} is not there any more: read the changes again."
        )
    found = now[change.supplier_id][change.column]
    if found == change.new:
        return False
    if found != change.old:
        raise SupplierDataRefused(
            f"Somebody changed {change.column} of {change.supplier_id} meanwhile, to {_shown(found)}: "
            "read the changes again. Nothing was changed."
        )
    return True


def _write(tx: Transaction, now: Mapping[str, dict[str, Any]], due: Sequence[Change]) -> None:
    rows = {change.supplier_id: dict(now[change.supplier_id]) for change in due}
    for change in due:
        rows[change.supplier_id][change.column] = change.new
    for supplier_id, row in rows.items():
        problem = at_odds(row)
        if problem:
            raise SupplierDataRefused(f"{supplier_id}: {problem}")
    with tx.staged(pa.table({"supplier_id": pa.array(list(rows), pa.string())})) as staged:
        tx.execute(delete(suppliers).where(suppliers.c.supplier_id.in_(select(staged.c.supplier_id))))
    tx.append(suppliers, pa.Table.from_pylist(list(rows.values()), schema=arrow_schema(suppliers)))


def _record(audit_db: AppDatabase, user: User, due: Sequence[Change]) -> None:
    ids = sorted({change.supplier_id for change in due})
    listed = [
        {key: value for key, value in asdict(change).items() if key != "name"} for change in due[:_LISTED]
    ]
    details = {"suppliers": len(ids), "values": len(due), "changes": listed}
    if len(ids) == 1:
        audit.record(audit_db, user, "changed_supplier", ids[0], details)
    else:
        audit.record(audit_db, user, "changed_suppliers", None, details)


def _require_editing(user: User) -> None:
    if not may(user, Permission.EDIT_SUPPLIERS):
        raise SupplierDataRefused(
            "You may not change supplier data: ask an analyst, a manager or an administrator."
        )


def _shown(value: Value) -> str:
    return "nothing" if value is None else repr(value)
