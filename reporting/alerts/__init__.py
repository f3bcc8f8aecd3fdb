"""Alerts: rules over the Live figures, what fired, and the way to mail, Slack, Teams or a webhook.

`run_due(db, store)` is called every few seconds beside the server: it evaluates the rules, and
sends what waits.
"""

from __future__ import annotations

from reporting.alerts.allowed import may_manage, may_see
from reporting.alerts.errors import (
    AlertError,
    DeliveryFailed,
    NotAllowed,
    UnknownAlert,
    UnusableChannel,
    UnusableRule,
)
from reporting.alerts.history import Alert
from reporting.alerts.rules import Rule, Terms
from reporting.alerts.running import run_due

__all__ = [
    "Alert",
    "AlertError",
    "DeliveryFailed",
    "NotAllowed",
    "Rule",
    "Terms",
    "UnknownAlert",
    "UnusableChannel",
    "UnusableRule",
    "may_manage",
    "may_see",
    "run_due",
]
