"""What can go wrong with alerts, each error named and saying what to do."""

from __future__ import annotations

__all__ = ["AlertError", "DeliveryFailed", "NotAllowed", "UnknownAlert", "UnusableChannel", "UnusableRule"]


class AlertError(Exception):
    """Base of every error that alerts raise on purpose; its message may be shown to the user."""


class NotAllowed(AlertError):
    """The user's role does not include managing alerts."""


class UnusableRule(AlertError):
    """A rule that cannot be stored; a sentence on each line says what to change."""


class UnusableChannel(AlertError):
    """An address that nothing can be sent to, or a name that is taken. Never holds the address."""


class UnknownAlert(AlertError):
    """A rule, channel or alert that is gone."""


class DeliveryFailed(AlertError):
    """A message did not go out; the reason holds no secret of the channel."""
