"""Alert rules: what is watched, when it fires, whom it tells; created, changed, paused and deleted here."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from access import audit
from access.clock import utc_now
from access.users import User
from data_access import app_schema
from data_access.app_database import AppDatabase
from data_access.filters import MODES, Filters
from reporting.alerts.allowed import require
from reporting.alerts.errors import UnknownAlert, UnusableRule
from reporting.alerts.metrics import METRICS

__all__ = [
    "LONGEST_COOLDOWN_MINUTES",
    "LONGEST_NAME",
    "LONGEST_WINDOW_HOURS",
    "Rule",
    "Terms",
    "change",
    "create",
    "every_rule",
    "name_problem",
    "problems_of",
    "remove",
    "set_active",
]

LONGEST_WINDOW_HOURS = 8_760
LONGEST_COOLDOWN_MINUTES = 43_200  # 30 days
LONGEST_NAME = 80
COMPARISONS = ("above", "below")

_rules, _links = app_schema.alert_rules, app_schema.alert_rule_channels
# With another one of these it is another question: values and cool-down begin anew.
_QUESTION = ("metric", "comparison", "threshold", "window_hours", "filters")
_ANEW = dict.fromkeys(("last_evaluated_at", "last_value", "last_error", "last_fired_at"))


@dataclass(frozen=True)
class Terms:
    """What a person decides about a rule; the threshold is in the stored unit: kg, g/tkm, 0..1, h."""

    name: str
    metric: str
    comparison: str
    threshold: float
    window_hours: int = 24
    cooldown_minutes: int = 360
    suppliers: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    channel_ids: tuple[str, ...] = ()

    @property
    def filters(self) -> Filters:
        return Filters(suppliers=self.suppliers, modes=self.modes)


@dataclass(frozen=True)
class Rule:
    """A stored rule and what its last evaluation found; `last_value` None is no data. Times are naive UTC."""

    rule_id: str
    terms: Terms
    active: bool = True
    created_by: str = ""
    created_at: datetime | None = None
    last_evaluated_at: datetime | None = None
    last_value: float | None = None
    last_error: str | None = None
    last_fired_at: datetime | None = None

    @property
    def cooldown(self) -> timedelta:
        return timedelta(minutes=self.terms.cooldown_minutes)


def name_problem(name: str, what: str) -> str | None:
    """Why a name will not do: it goes into subject lines, so it is one short line."""
    if not name.strip():
        return f"Give the {what} a name."
    if len(name.strip()) > LONGEST_NAME or not name.isprintable():
        return f"Take a name of at most {LONGEST_NAME} characters in one line."
    return None


def problems_of(terms: Terms) -> list[str]:
    """What keeps these terms from being a rule, a sentence each; empty where nothing does."""
    found = [problem] if (problem := name_problem(terms.name, "rule")) else []
    metric = METRICS.get(terms.metric)
    if metric is None:
        return [*found, f"Choose one of the metrics {', '.join(METRICS)}."]
    if terms.comparison not in COMPARISONS:
        found.append("Choose whether to warn above or below the threshold.")
    if not math.isfinite(terms.threshold) or terms.threshold < 0:
        found.append("Enter a threshold of 0 or more.")
    elif metric.most is not None and terms.threshold > metric.most * metric.per_unit:
        found.append(f"Enter a threshold of at most {metric.most:g} {metric.unit}.")
    elif terms.comparison == "below" and terms.threshold == 0:
        found.append("Nothing is ever below 0: enter a larger threshold, or warn above it.")
    if not 1 <= terms.window_hours <= LONGEST_WINDOW_HOURS:
        found.append(f"Enter a window of 1 to {LONGEST_WINDOW_HOURS:,} hours.")
    if not 1 <= terms.cooldown_minutes <= LONGEST_COOLDOWN_MINUTES:
        found.append(f"Enter a pause between two alerts of 1 to {LONGEST_COOLDOWN_MINUTES:,} minutes.")
    if unknown := set(terms.modes) - set(MODES):
        found.append(f"Unknown mode {', '.join(sorted(unknown))}: use one of {', '.join(MODES)}.")
    return found


def create(db: AppDatabase, user: User | None, terms: Terms, *, now: datetime | None = None) -> str:
    """Store a new rule and return its id.

    Raises
    ------
    NotAllowed, UnusableRule
    """
    author, row, rule_id = require(user), _checked(terms), uuid.uuid4().hex
    row |= {"rule_id": rule_id, "active": True, "created_by": author.email, "created_at": now or utc_now()}
    try:
        with db.write() as connection:
            connection.execute(insert(_rules).values(**row))
            _link(connection, rule_id, terms.channel_ids)
    except IntegrityError as error:
        raise _refused(terms) from error
    audit.record(db, author, "created_alert_rule", terms.name.strip(), asdict(terms), now=now)
    return rule_id


def change(
    db: AppDatabase, user: User | None, rule_id: str, terms: Terms, *, now: datetime | None = None
) -> None:
    """Give a rule other terms; one that now asks another question starts as if it were new.

    Raises
    ------
    NotAllowed, UnusableRule, UnknownAlert
    """
    author, row = require(user), _checked(terms)
    try:
        with db.write() as connection:
            before = connection.execute(select(_rules).where(_rules.c.rule_id == rule_id)).one_or_none()
            if before is None:
                raise _gone()
            if any(getattr(before, name) != row[name] for name in _QUESTION):
                row |= _ANEW
            connection.execute(update(_rules).where(_rules.c.rule_id == rule_id).values(**row))
            connection.execute(delete(_links).where(_links.c.rule_id == rule_id))
            _link(connection, rule_id, terms.channel_ids)
    except IntegrityError as error:
        raise _refused(terms) from error
    audit.record(db, author, "changed_alert_rule", terms.name.strip(), asdict(terms), now=now)


def set_active(
    db: AppDatabase, user: User | None, rule_id: str, *, active: bool, now: datetime | None = None
) -> None:
    """Pause a rule, or let it go on.

    Raises
    ------
    NotAllowed, UnknownAlert
    """
    author = require(user)
    with db.write() as connection:
        name = _name(connection, rule_id)
        connection.execute(update(_rules).where(_rules.c.rule_id == rule_id).values(active=active))
    audit.record(db, author, "resumed_alert_rule" if active else "paused_alert_rule", name, now=now)


def remove(db: AppDatabase, user: User | None, rule_id: str, *, now: datetime | None = None) -> None:
    """Delete a rule; the alerts that it fired stay.

    Raises
    ------
    NotAllowed, UnknownAlert
    """
    author = require(user)
    with db.write() as connection:
        name = _name(connection, rule_id)
        connection.execute(delete(_rules).where(_rules.c.rule_id == rule_id))
    audit.record(db, author, "deleted_alert_rule", name, now=now)


def every_rule(db: AppDatabase, *, active_only: bool = False) -> list[Rule]:
    """All rules by name."""
    query = select(_rules).order_by(_rules.c.name)
    with db.read() as connection:
        rows = connection.execute(query.where(_rules.c.active) if active_only else query).all()
        links = connection.execute(select(_links)).all()
    channels: dict[str, list[str]] = {}
    for link in links:
        channels.setdefault(link.rule_id, []).append(link.channel_id)
    return [_rule(row, tuple(sorted(channels.get(row.rule_id, ())))) for row in rows]


def _checked(terms: Terms) -> dict[str, Any]:
    if problems := problems_of(terms):
        raise UnusableRule("\n".join(problems))
    return {
        "name": terms.name.strip(),
        "metric": terms.metric,
        "comparison": terms.comparison,
        "threshold": float(terms.threshold),
        "window_hours": int(terms.window_hours),
        "filters": {"suppliers": sorted(set(terms.suppliers)), "modes": sorted(set(terms.modes))},
        "cooldown_minutes": int(terms.cooldown_minutes),
    }


def _link(connection: Connection, rule_id: str, channel_ids: tuple[str, ...]) -> None:
    links = [{"rule_id": rule_id, "channel_id": one} for one in sorted(set(channel_ids))]
    if links:
        connection.execute(insert(_links), links)


def _refused(terms: Terms) -> UnusableRule:
    return UnusableRule(
        f"There is a rule called {terms.name.strip()} already, or one of the channels is gone: "
        "take another name, or choose the channels again."
    )


def _name(connection: Connection, rule_id: str) -> str:
    name = connection.execute(select(_rules.c.name).where(_rules.c.rule_id == rule_id)).scalar()
    if name is None:
        raise _gone()
    return str(name)


def _gone() -> UnknownAlert:
    return UnknownAlert("This rule is gone: somebody has deleted it. Reload the page.")


def _rule(row: Row[Any], channel_ids: tuple[str, ...]) -> Rule:
    filters: Mapping[str, list[str]] = row.filters
    terms = Terms(
        row.name,
        row.metric,
        row.comparison,
        row.threshold,
        row.window_hours,
        row.cooldown_minutes,
        tuple(filters.get("suppliers", ())),
        tuple(filters.get("modes", ())),
        channel_ids,
    )
    return Rule(
        row.rule_id,
        terms,
        row.active,
        row.created_by,
        row.created_at,
        row.last_evaluated_at,
        row.last_value,
        row.last_error,
        row.last_fired_at,
    )
