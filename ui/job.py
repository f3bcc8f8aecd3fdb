"""Work that runs beside the page, in a thread of its own: a click elsewhere does not break it off."""

from __future__ import annotations

import logging
import secrets
import threading
from typing import Generic, Self, TypeVar

from data_access.errors import StoreError

__all__ = ["Cancelled", "Job"]

_log = logging.getLogger("ui.job")
T = TypeVar("T")


class Cancelled(Exception):
    """Raised inside the work when it was asked to stop: what it has begun is rolled back."""


class Job(Generic[T]):
    """One piece of work with its progress, and a way to stop it. A subclass gives `work` and its name.

    Attributes
    ----------
    what : str
        How a sentence about it begins: "The import".
    expected : tuple of exception types
        Errors whose message tells the user what to do; any other one gets a reference, and the log the rest.
    fraction, text : float, str
        How far it is.
    result : T or None
        Set when it is done.
    problem : str or None
        One sentence for the user, set when it failed or was cancelled: then nothing was written.
    """

    what = "The work"
    expected: tuple[type[Exception], ...] = (StoreError,)

    def __init__(self, text: str) -> None:
        self.fraction = 0.0
        self.text = text
        self.result: T | None = None
        self.problem: str | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    def work(self) -> T:
        raise NotImplementedError

    def start(self) -> Self:
        self._thread.start()
        return self

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def join(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    @property
    def cancelling(self) -> bool:
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask it to stop; it does at the next report of progress."""
        self._stop.set()

    def report(self, fraction: float, text: str) -> None:
        """Take the progress that the work reports; the last report comes too late to stop.

        Raises
        ------
        Cancelled
        """
        if self._stop.is_set() and fraction < 1:
            raise Cancelled
        self.fraction, self.text = min(max(fraction, 0.0), 1.0), text

    def _run(self) -> None:
        try:
            self.result = self.work()
        except Cancelled:
            self.problem = f"{self.what} was cancelled; nothing of it was kept."
        except self.expected as error:
            self.problem = str(error)
        except Exception:
            reference = secrets.token_hex(3).upper()
            _log.exception("%s failed, reference %s", self.what, reference)
            self.problem = (
                f"{self.what} failed and nothing was kept. Tell an administrator the reference {reference}."
            )
