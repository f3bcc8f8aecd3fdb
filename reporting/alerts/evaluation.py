"""When a rule fires: the decision, and the one process that may act on it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, insert, select, update

from data_access import app_schema
from data_access.app_database import AppDatabase
from data_access.errors import StoreError
from data_access.filters import Filters, Scope
from reporting.alerts.history import Alert
from reporting.alerts.messages import fired
from reporting.alerts.metrics import METRICS, value_of
from reporting.alerts.rules import Rule, every_rule

__all__ = ["OFTEN", "SELDOM", "Measurements", "decide", "evaluate", "holds", "state_of"]

log = logging.getLogger(__name__)

Measure = Callable[[Rule], float | None]
Names = Callable[[tuple[str, ...]], Mapping[str, str]]
# How often a rule is looked at; the first is a bit less than the pause between two runs, to skip none.
OFTEN, SELDOM = timedelta(seconds=9), timedelta(minutes=1)

_rules, _links = app_schema.alert_rules, app_schema.alert_rule_channels
_alerts, _deliveries = app_schema.alerts, app_schema.alert_deliveries


class Source(Protocol):
    """What answers for a window: `analytics.RealTimeAnalytics`."""

    def get_real_time_metrics(
        self, hours_back: float, *, filters: Filters, scope: Scope, now: datetime | None
    ) -> object: ...


class Measurements:
    """The values of rules at one moment; rules that look at the same legs share a look."""

    def __init__(self, source: Source, now: datetime) -> None:
        self._source = source
        self._now = now
        self._found: dict[tuple[int, Filters], object] = {}

    def __call__(self, rule: Rule) -> float | None:
        terms = rule.terms
        hours = terms.window_hours if METRICS[terms.metric].windowed else 1
        key = (hours, terms.filters)
        if key not in self._found:
            self._found[key] = self._source.get_real_time_metrics(
                hours, filters=terms.filters, scope=Scope.all(), now=self._now
            )
        return value_of(terms.metric, self._found[key])  # type: ignore[arg-type]


def holds(rule: Rule, value: float | None) -> bool:
    """Whether the condition is true; without data it is not."""
    if value is None:
        return False
    return value > rule.terms.threshold if rule.terms.comparison == "above" else value < rule.terms.threshold


def decide(rule: Rule, value: float | None, now: datetime) -> bool:
    """Whether to fire: the condition holds, and the last alert is at least a cool-down ago."""
    rested = rule.last_fired_at is None or now - rule.last_fired_at >= rule.cooldown
    return rule.active and rested and holds(rule, value)


def state_of(rule: Rule) -> str:
    """One of: paused, waiting (not evaluated yet), unknown (it failed), no data, firing, ok."""
    if not rule.active:
        return "paused"
    if rule.last_error:
        return "unknown"
    if rule.last_evaluated_at is None:
        return "waiting"
    if rule.last_value is None:
        return "no data"
    return "firing" if holds(rule, rule.last_value) else "ok"


def evaluate(
    db: AppDatabase,
    measure: Measure,
    now: datetime,
    names: Names | None = None,
    *,
    every: timedelta = OFTEN,
) -> list[Alert]:
    """Measure the active rules whose turn it is, and store an alert for each that fires.

    A rule that cannot be measured says so and keeps no other from its turn. Of several processes that see the
    same, one stores the alert.

    Parameters
    ----------
    measure : callable
        Rule to value in the metric's stored unit, None where there are no data.
    names : callable, optional
        Supplier ids to names, asked for alerts that name suppliers.
    every : timedelta
        How long a rule waits for its next turn.
    """
    found = []
    for rule in every_rule(db, active_only=True):
        if rule.last_evaluated_at is not None and now - every < rule.last_evaluated_at <= now:
            continue
        value, error = _measured(rule, measure)
        _remember(db, rule, value, error, now)
        if decide(rule, value, now) and value is not None:
            words = fired(rule.terms, value, names(rule.terms.suppliers) if names else {})
            if alert := _claim(db, rule, value, words, now):
                found.append(alert)
    return found


def _measured(rule: Rule, measure: Measure) -> tuple[float | None, str | None]:
    try:
        return measure(rule), None
    except Exception as error:  # a rule that cannot be measured must not stop the others
        told = str(error) if isinstance(error, StoreError) else "It could not be evaluated; the log says why."
        if told != rule.last_error:
            log.exception("The alert rule %r could not be evaluated", rule.terms.name)
        return None, told


def _remember(db: AppDatabase, rule: Rule, value: float | None, error: str | None, now: datetime) -> None:
    values = {"last_evaluated_at": now, "last_value": value, "last_error": error}
    with db.write() as connection:
        connection.execute(
            update(_rules).where(_rules.c.rule_id == rule.rule_id, *_unchanged(rule)).values(**values)
        )


def _claim(db: AppDatabase, rule: Rule, value: float, words: str, now: datetime) -> Alert | None:
    """Store the alert and what is to be sent, if nobody else has fired this rule meanwhile."""
    alert = Alert(uuid.uuid4().hex, rule.rule_id, rule.terms.name, now, value, words)
    free = (
        _rules.c.last_fired_at.is_(None)
        if rule.last_fired_at is None
        else _rules.c.last_fired_at == rule.last_fired_at
    )
    with db.write() as connection:
        taken = connection.execute(
            update(_rules)
            .where(_rules.c.rule_id == rule.rule_id, _rules.c.active, free, *_unchanged(rule))
            .values(last_fired_at=now)
        )
        if taken.rowcount != 1:
            return None
        connection.execute(
            insert(_alerts).values(
                alert_id=alert.alert_id,
                rule_id=rule.rule_id,
                rule_name=alert.rule_name,
                fired_at=now,
                value=value,
                message=words,
            )
        )
        channels = connection.execute(
            select(_links.c.channel_id).where(_links.c.rule_id == rule.rule_id)
        ).scalars()
        to_send = [
            {
                "delivery_id": uuid.uuid4().hex,
                "alert_id": alert.alert_id,
                "channel_id": channel,
                "attempts": 0,
                "status": "pending",
                "next_attempt_at": now,
            }
            for channel in channels
        ]
        if to_send:
            connection.execute(insert(_deliveries), to_send)
    return alert


def _unchanged(rule: Rule) -> tuple[ColumnElement[bool], ...]:
    """Conditions that the rule still asks what was measured; who changed it meanwhile gets a fresh look."""
    terms = rule.terms
    return (
        _rules.c.metric == terms.metric,
        _rules.c.comparison == terms.comparison,
        _rules.c.threshold == terms.threshold,
        _rules.c.window_hours == terms.window_hours,
    )
