"""Scenarios that people keep under a name: their own, and those that others share by a link."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from access import audit
from access.clock import utc_now
from access.errors import AccessError
from access.roles import Permission, Role, may, scope_of
from access.users import User
from data_access import app_schema
from data_access.app_database import AppDatabase

__all__ = [
    "LONGEST_NAME",
    "SavedScenario",
    "ScenarioNotOpen",
    "ScenarioNotSaved",
    "list_for",
    "may_change",
    "opened",
    "remove",
    "save",
    "share",
]

LONGEST_NAME = 80
MOST_A_USER = 200
_LONGEST_QUERY = 4_000
_LARGEST_BYTES = 64_000  # a definition is a list of levers, not data
_scenarios, _users = app_schema.saved_scenarios, app_schema.users


class ScenarioNotOpen(AccessError):
    """There is no such scenario that this user may open; it does not say which of both."""


class ScenarioNotSaved(AccessError):
    """The scenario cannot be kept as it is; the message says why."""


@dataclass(frozen=True)
class SavedScenario:
    """A scenario as it was kept: `definition` as `analytics.scenarios` writes it, `query` the filters' URL.

    `author` is the name of who saved it, `changed_at` UTC.
    """

    scenario_id: str
    name: str
    definition: dict[str, Any]
    query: str
    shared: bool
    user_id: str
    author: str
    created_at: datetime
    changed_at: datetime

    def belongs_to(self, user: User | None) -> bool:
        return user is not None and user.user_id == self.user_id


def save(  # noqa: PLR0917 - what a scenario is, in the order of its columns
    db: AppDatabase,
    user: User | None,
    name: str,
    definition: Mapping[str, Any],
    query: str = "",
    scenario_id: str | None = None,
    *,
    now: datetime | None = None,
) -> SavedScenario:
    """Keep a scenario under a name, or with `scenario_id` change one's own; a new one is private.

    Raises
    ------
    ScenarioNotSaved
        The user may not, or name, definition or query will not do.
    ScenarioNotOpen
        `scenario_id` is gone or not the user's.
    """
    author = _author(user)
    moment = now or utc_now()
    row = {**_checked(name, definition, query), "changed_at": moment}
    try:
        with db.write() as connection:
            if scenario_id is None:
                _require_room(connection, author)
                known = uuid.uuid4().hex
                fixed = {"scenario_id": known, "shared": False, "user_id": author.user_id}
                connection.execute(insert(_scenarios).values(**row, **fixed, created_at=moment))
            else:
                known = _own(connection, author, scenario_id).scenario_id
                connection.execute(update(_scenarios).where(_scenarios.c.scenario_id == known).values(**row))
    except IntegrityError as error:
        raise ScenarioNotSaved(
            f"You have a scenario called {row['name']} already: take another name, or open it and save that."
        ) from error
    action = "saved_scenario" if scenario_id is None else "changed_scenario"
    audit.record(db, author, action, row["name"], {"scenario_id": known}, now=now)
    return opened(db, author, known)


def opened(db: AppDatabase, user: User | None, scenario_id: str) -> SavedScenario:
    """One's own scenario, or one that is shared, for who may see all legs.

    Raises
    ------
    ScenarioNotOpen
    """
    with db.read() as connection:
        row = connection.execute(_seen_by(user).where(_scenarios.c.scenario_id == scenario_id)).first()
    if row is None:
        raise _not_open()
    return _of(row)


def list_for(db: AppDatabase, user: User | None) -> tuple[SavedScenario, ...]:
    """What the user may open: their own by name, then those that others share."""
    with db.read() as connection:
        found = [_of(row) for row in connection.execute(_seen_by(user))]
    return tuple(sorted(found, key=lambda one: (not one.belongs_to(user), one.name.casefold(), one.author)))


def may_change(user: User | None, scenario: SavedScenario) -> bool:
    """Whether the user may save, share and remove it: only who made it may save and share it."""
    return may(user, Permission.SAVE_VIEWS) and scenario.belongs_to(user)


def share(
    db: AppDatabase, user: User | None, scenario_id: str, shared: bool, *, now: datetime | None = None
) -> SavedScenario:
    """Let whoever may see all legs open one's own scenario by its link, or end that.

    Raises
    ------
    ScenarioNotOpen, ScenarioNotSaved
    """
    author = _author(user)
    with db.write() as connection:
        before = _own(connection, author, scenario_id)
        mine = _scenarios.c.scenario_id == scenario_id
        connection.execute(update(_scenarios).where(mine).values(shared=bool(shared)))
    if before.shared != bool(shared):
        action = "shared_scenario" if shared else "unshared_scenario"
        audit.record(db, author, action, before.name, {"scenario_id": scenario_id}, now=now)
    return opened(db, author, scenario_id)


def remove(db: AppDatabase, user: User | None, scenario_id: str, *, now: datetime | None = None) -> None:
    """Remove one's own scenario; an administrator also one that is shared.

    Raises
    ------
    ScenarioNotOpen, ScenarioNotSaved
    """
    author = _author(user)
    with db.write() as connection:
        row = connection.execute(_seen_by(author).where(_scenarios.c.scenario_id == scenario_id)).first()
        if row is None:
            raise _not_open()
        if row.user_id != author.user_id and author.role != Role.ADMINISTRATOR:
            raise ScenarioNotSaved(
                f"{row.author} saved this scenario: only they or an administrator can remove it."
            )
        connection.execute(delete(_scenarios).where(_scenarios.c.scenario_id == scenario_id))
    details = {"scenario_id": scenario_id, "by": row.author}
    audit.record(db, author, "removed_scenario", row.name, details, now=now)


def _seen_by(user: User | None) -> Select[Any]:
    """The scenarios that the user may open; nobody without the right to view opens any."""
    joined = select(_scenarios, _users.c.name.label("author")).join(
        _users, _users.c.user_id == _scenarios.c.user_id
    )
    if user is None or not may(user, Permission.VIEW):
        return joined.where(_scenarios.c.user_id.is_(None))  # never true
    own = _scenarios.c.user_id == user.user_id
    everything = scope_of(user).supplier_ids is None
    return joined.where(own | _scenarios.c.shared if everything else own)


def _own(connection: Connection, user: User, scenario_id: str) -> Row[Any]:
    wanted = select(_scenarios).where(
        _scenarios.c.scenario_id == scenario_id, _scenarios.c.user_id == user.user_id
    )
    row = connection.execute(wanted).first()
    if row is None:
        raise _not_open()
    return row


def _require_room(connection: Connection, user: User) -> None:
    mine = select(_scenarios.c.scenario_id).where(_scenarios.c.user_id == user.user_id)
    if len(connection.execute(mine.limit(MOST_A_USER)).all()) >= MOST_A_USER:
        raise ScenarioNotSaved(f"You keep {MOST_A_USER} scenarios, which is the most: remove one first.")


def _checked(name: str, definition: Mapping[str, Any], query: str) -> dict[str, Any]:
    tidy = " ".join(name.split())
    if not tidy:
        raise ScenarioNotSaved("Give the scenario a name.")
    if len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise ScenarioNotSaved(f"Take a name of at most {LONGEST_NAME} characters in one line.")
    try:
        size = len(json.dumps(dict(definition), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ScenarioNotSaved("This scenario cannot be written down: build its levers anew.") from error
    if size > _LARGEST_BYTES or len(query) > _LONGEST_QUERY:
        raise ScenarioNotSaved("The scenario is too large to keep: use fewer levers or fewer filters.")
    return {"name": tidy, "definition": dict(definition), "query": query}


def _author(user: User | None) -> User:
    if user is None or not may(user, Permission.SAVE_VIEWS):
        raise ScenarioNotSaved("You may not keep scenarios: sign in again, or ask an administrator.")
    return user


def _not_open() -> ScenarioNotOpen:
    return ScenarioNotOpen(
        "This scenario is not there, or is not shared with you: ask who sent the link to share it."
    )


def _of(row: Row[Any]) -> SavedScenario:
    return SavedScenario(**row._mapping)
