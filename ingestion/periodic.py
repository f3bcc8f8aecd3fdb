"""Work that is done again and again beside the server: each in a daemon thread that no error ends."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from access.clock import utc_now

__all__ = ["Periodic", "PeriodicState", "until_signalled"]

log = logging.getLogger(__name__)

_REMEMBERED = 100  # errors that were logged; a message with a number in it would go on for ever


@dataclass(frozen=True)
class PeriodicState:
    """How the work is doing: when a run last ended (UTC), and why the last run failed, if it did."""

    running: bool = False
    last_run_at: datetime | None = None
    last_error: str | None = None


class Periodic:
    """Calls `work` at once and then `seconds` after each end of it, until it is stopped.

    An error is logged with its traceback, once until a run goes well again, and the next run comes as ever.
    It can be started again after a stop; two runs never overlap.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        self.name = name
        self._seconds = seconds
        self._work = work
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._state = PeriodicState()
        self._logged: set[tuple[type[Exception], str]] = set()

    @property
    def state(self) -> PeriodicState:
        with self._guard:
            return replace(self._state, running=self._is_on())

    def start(self) -> Self:
        """Begin, unless it runs already."""
        with self._guard:
            if not self._is_on():
                self._ended = threading.Event()
                self._thread = threading.Thread(
                    target=self._run, args=(self._ended, self._thread), name=self.name, daemon=True
                )
                self._thread.start()
        return self

    def stop(self, timeout: float | None = None) -> bool:
        """End it, after the run that is under way; False when that takes longer than `timeout` seconds."""
        with self._guard:
            self._ended.set()
            thread = self._thread
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout)
        return not thread.is_alive()

    def _is_on(self) -> bool:
        return self._thread is not None and self._thread.is_alive() and not self._ended.is_set()

    def _run(self, ended: threading.Event, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()  # stopped, but perhaps still at its last run
        while not ended.is_set():
            self._once()
            ended.wait(self._seconds)

    def _once(self) -> None:
        problem: str | None = None
        try:
            self._work()
        except Exception as error:
            self._report(error)
            problem = str(error) or type(error).__name__
        else:
            self._logged.clear()
        with self._guard:
            self._state = PeriodicState(last_run_at=utc_now(), last_error=problem)

    def _report(self, error: Exception) -> None:
        seen = (type(error), str(error))
        if seen not in self._logged and len(self._logged) < _REMEMBERED:
            self._logged.add(seen)
            log.exception("%s failed; it goes on and says this once", self.name)


@contextmanager
def until_signalled() -> Iterator[threading.Event]:
    """Within the block Ctrl+C and SIGTERM end nothing but set the event; for the main thread of a command."""
    ended = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
