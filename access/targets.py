"""Reduction targets of the company: set by who may, read by who may see all legs."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from access import audit
from access.clock import utc_now
from access.errors import AccessError
from access.roles import Permission, may, scope_of
from access.users import User
from data_access import app_schema
from data_access.app_database import AppDatabase
from data_access.filters import MODES, Filters

__all__ = [
    "EARLIEST_YEAR",
    "LATEST_YEAR",
    "LONGEST_NAME",
    "Kind",
    "Target",
    "TargetRefused",
    "TargetTerms",
    "add",
    "change",
    "list_for",
    "may_read",
    "may_set",
    "problems_of",
    "remove",
]

Kind = Literal["absolute", "intensity"]
LONGEST_NAME = 80
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
_LARGEST = 1e15  # kg a year: more than the world emits is a slip of the unit
_targets = app_schema.targets


class TargetRefused(AccessError):
    """The target cannot be set, changed or removed; the message says why."""


@dataclass(frozen=True)
class TargetTerms:
    """What a person decides about a target.

    base_value : kg CO2e a year (absolute) or g CO2e per tonne-km (intensity); None takes it from the data.
    yearly_pct : linear reduction a year, % of the base year's value.
    suppliers, modes : what the target is about; empty is all.
    """

    name: str
    kind: Kind
    base_year: int
    yearly_pct: float
    target_year: int
    base_value: float | None = None
    suppliers: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()

    @property
    def filters(self) -> Filters:
        return Filters(suppliers=self.suppliers, modes=self.modes)


@dataclass(frozen=True)
class Target(TargetTerms):
    """A stored target; `created_by` is an e-mail, `created_at` UTC."""

    target_id: str = ""
    created_by: str = ""
    created_at: datetime | None = None


def may_set(user: User | None) -> bool:
    return may_read(user) and may(user, Permission.SET_TARGETS)


def may_read(user: User | None) -> bool:
    """Whoever may see all legs: a target speaks of all of them, so a supplier has no part in it."""
    return scope_of(user).supplier_ids is None


def problems_of(terms: TargetTerms, this_year: int) -> list[str]:
    """What keeps these terms from being a target, a sentence each; empty where nothing does."""
    found, name = [], " ".join(terms.name.split())
    if not name:
        found.append("Give the target a name.")
    elif len(name) > LONGEST_NAME or not name.isprintable():
        found.append(f"Take a name of at most {LONGEST_NAME} characters in one line.")
    if terms.kind not in ("absolute", "intensity"):
        found.append("Choose whether the target is about emissions or about intensity.")
    if not EARLIEST_YEAR <= terms.base_year <= this_year:
        found.append(f"Enter a base year from {EARLIEST_YEAR} to {this_year}.")
    if terms.target_year <= terms.base_year:
        found.append(
            f"The target year {terms.target_year} is not after the base year {terms.base_year}: enter a "
            "later one."
        )
    elif terms.target_year > LATEST_YEAR:
        found.append(f"Enter a target year of at most {LATEST_YEAR}.")
    if not (math.isfinite(terms.yearly_pct) and 0 < terms.yearly_pct <= 100):
        found.append("Enter a yearly reduction above 0 % and of at most 100 %.")
    base = terms.base_value
    if base is not None and not (math.isfinite(base) and 0 < base <= _LARGEST):
        found.append(
            "Enter a base year's value above 0, or leave it empty to take it from the data: nothing can be "
            "reduced from 0."
        )
    if unknown := set(terms.modes) - set(MODES):
        found.append(f"Unknown mode {', '.join(sorted(unknown))}: use one of {', '.join(MODES)}.")
    return found


def add(db: AppDatabase, user: User | None, terms: TargetTerms, *, now: datetime | None = None) -> Target:
    """Set a new target.

    Raises
    ------
    TargetRefused
    """
    author, moment = _require(user), now or utc_now()
    row = _checked(terms, moment) | {
        "target_id": uuid.uuid4().hex,
        "created_by": author.email,
        "created_at": moment,
    }
    try:
        with db.write() as connection:
            connection.execute(insert(_targets).values(**row))
    except IntegrityError as error:
        raise _taken(row["name"]) from error
    audit.record(db, author, "added_target", row["name"], _on_record(terms), now=now)
    return _of(row)


def change(
    db: AppDatabase, user: User | None, target_id: str, terms: TargetTerms, *, now: datetime | None = None
) -> None:
    """Give a target other terms; the audit log keeps those before.

    Raises
    ------
    TargetRefused
    """
    author, row = _require(user), _checked(terms, now or utc_now())
    this = _targets.c.target_id == target_id
    try:
        with db.write() as connection:
            before = connection.execute(select(_targets).where(this)).mappings().first()
            if before is None:
                raise _gone()
            connection.execute(update(_targets).where(this).values(**row))
    except IntegrityError as error:
        raise _taken(row["name"]) from error
    details = {"before": _on_record(_of(before)), "after": _on_record(terms)}
    audit.record(db, author, "changed_target", row["name"], details, now=now)


def remove(db: AppDatabase, user: User | None, target_id: str, *, now: datetime | None = None) -> None:
    """Take a target away; the audit log keeps its terms.

    Raises
    ------
    TargetRefused
    """
    author, this = _require(user), _targets.c.target_id == target_id
    with db.write() as connection:
        before = connection.execute(select(_targets).where(this)).mappings().first()
        if before is None:
            raise _gone()
        connection.execute(delete(_targets).where(this))
    audit.record(db, author, "removed_target", before["name"], _on_record(_of(before)), now=now)


def list_for(db: AppDatabase, user: User | None) -> tuple[Target, ...]:
    """All targets in the order in which they were set; none for who does not see all legs."""
    if not may_read(user):
        return ()
    with db.read() as connection:
        rows = connection.execute(select(_targets).order_by(_targets.c.created_at, _targets.c.name))
        return tuple(_of(row) for row in rows.mappings())


def _require(user: User | None) -> User:
    if user is None or not may_set(user):
        raise TargetRefused("You may not set targets: ask an analyst, a manager or an administrator.")
    return user


def _checked(terms: TargetTerms, now: datetime) -> dict[str, Any]:
    if problems := problems_of(terms, now.year):
        raise TargetRefused("\n".join(problems))
    return {
        "name": " ".join(terms.name.split()),
        "kind": terms.kind,
        "base_year": int(terms.base_year),
        "base_value": None if terms.base_value is None else float(terms.base_value),
        "yearly_pct": float(terms.yearly_pct),
        "target_year": int(terms.target_year),
        "filters": {"suppliers": sorted(set(terms.suppliers)), "modes": sorted(set(terms.modes))},
    }


def _on_record(terms: TargetTerms) -> dict[str, Any]:
    """The terms as JSON, without the name, which is what the entry is about."""
    kept = asdict(terms)
    return {name: kept[name] for name in TargetTerms.__dataclass_fields__ if name != "name"}


def _taken(name: str) -> TargetRefused:
    return TargetRefused(f"There is a target called {name} already: take another name.")


def _gone() -> TargetRefused:
    return TargetRefused("This target is gone: somebody has removed it. Reload the page.")


def _of(row: Mapping[Any, Any]) -> Target:
    kept: Mapping[str, list[str]] = row["filters"]
    return Target(
        name=row["name"],
        kind=row["kind"],
        base_year=row["base_year"],
        yearly_pct=row["yearly_pct"],
        target_year=row["target_year"],
        base_value=row["base_value"],
        suppliers=tuple(kept.get("suppliers", ())),
        modes=tuple(kept.get("modes", ())),
        target_id=row["target_id"],
        created_by=row["created_by"],
        created_at=row["created_at"],
    )
