"""What can go wrong with users and signing in, each error named and saying what to do."""

from __future__ import annotations

__all__ = [
    "AccessError",
    "EmailTaken",
    "InvalidUser",
    "LastAdministrator",
    "TooManyAttempts",
    "UnknownUser",
    "WeakPassword",
    "WrongCredentials",
]


class AccessError(Exception):
    """Base of every error access raises on purpose; its message may be shown to the user."""


class WeakPassword(AccessError):
    """The new password is too short, too long or too common."""


class WrongCredentials(AccessError):
    """E-mail and password do not belong together; the message never says which of them is wrong."""


class TooManyAttempts(AccessError):
    """Sign-in is locked for this account or this client for a while."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(f"Too many failed attempts. Try again in {_in_words(wait_s)}.")


class UnknownUser(AccessError):
    """No user has this e-mail or id."""


class EmailTaken(AccessError):
    """Another user has this e-mail."""


class InvalidUser(AccessError):
    """An e-mail, role or supplier list that a user cannot have."""


class LastAdministrator(AccessError):
    """The change would leave nobody who can manage users."""


def _in_words(wait_s: int) -> str:
    if wait_s < 60:
        return f"{wait_s} second{'s' if wait_s != 1 else ''}"
    minutes = -(-wait_s // 60)
    return f"{minutes} minute{'s' if minutes != 1 else ''}"
