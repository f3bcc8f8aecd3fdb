"""A feed that runs beside the server: every few seconds it imports the shipments that are due by its rate."""

from __future__ import annotations

import io
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from sqlalchemy import select

from access.clock import utc_now
from data_access import Store
from data_access.errors import StoreError
from data_access.schema import import_batches
from ingestion.feed.shipments import Shipments
from ingestion.periodic import Periodic
from ingestion.pipeline import import_file

if TYPE_CHECKING:
    import pandas as pd


__all__ = ["MAX_PER_MINUTE", "Feed", "FeedState", "end_the_feed", "the_feed"]

MAX_PER_MINUTE = 600
_MOST_TICKS = 12  # so many ticks' worth at once; a machine that slept all night does not flood the warehouse
_DEMO_SEED = 7


@dataclass(frozen=True)
class FeedState:
    """Of this process's feed. `rate` is in shipments a minute, `last_batch_at` UTC."""

    running: bool
    rate: float
    sent_shipments: int
    last_batch_at: datetime | None
    last_error: str | None


@dataclass(frozen=True)
class _Delivery:
    legs: pd.DataFrame
    shipments: int
    now: datetime

    def as_file(self) -> io.BytesIO:
        """A carrier's file, in memory."""
        file = io.BytesIO(self.legs.to_csv(index=False).encode())
        file.name = f"feed {self.now:%Y-%m-%d %H:%M:%S}.csv"
        return file


class Feed:
    """Demo shipments at a rate, sent through `import_file` as batches of kind feed. Safe between threads.

    Parameters
    ----------
    shipments_per_minute : float
        Over 0, at most `MAX_PER_MINUTE`. The rate holds over time: a late tick sends what has become due.
    every_s : float
        Seconds between two deliveries.
    seed : int, optional
        The same seed draws the same shipments; without one they differ each time.
    clock : callable, optional
        The time now, naive UTC.
    """

    def __init__(
        self,
        store: Store,
        *,
        shipments_per_minute: float = 30.0,
        every_s: float = 5.0,
        seed: int | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.store = store
        self._every_s = every_s
        self._seed = secrets.randbits(31) if seed is None else seed
        self._clock = clock
        self._guard = threading.Lock()
        self._delivering = threading.Lock()
        self._periodic = Periodic("feed", every_s, self.deliver)
        self._rate = _checked(shipments_per_minute)
        self._shipments: Shipments | None = None
        self._held: _Delivery | None = None
        self._sent = 0
        self._last_batch_at: datetime | None = None
        self._anchor = self._since = clock()
        self._counted = 0  # since the anchor

    @property
    def state(self) -> FeedState:
        of_thread = self._periodic.state
        with self._guard:
            return FeedState(
                of_thread.running, self._rate, self._sent, self._last_batch_at, of_thread.last_error
            )

    def start(self, shipments_per_minute: float | None = None) -> Self:
        """Send from now on, at a new rate if one is given; also while it runs.

        Raises
        ------
        ValueError
            For a rate that is not over 0 and at most `MAX_PER_MINUTE`.
        """
        rate = self._rate if shipments_per_minute is None else _checked(shipments_per_minute)
        with self._guard:
            if not self._periodic.state.running or rate != self._rate:
                self._rate = rate
                self._restart()
        self._periodic.start()
        return self

    def stop(self, timeout: float | None = None) -> bool:
        """Send no more, after the import that is under way; False when that takes over `timeout` seconds."""
        return self._periodic.stop(timeout)

    def deliver(self) -> int:
        """Import what is due now, and return the number of shipments; the thread calls this.

        Raises
        ------
        data_access.errors.StoreError
            When it cannot be written; the same delivery is sent again next time.
        """
        with self._delivering:
            delivery = self._held or self._next_delivery()
            if delivery.legs.empty:
                return 0
            self._held = delivery
            try:
                import_file(self.store, delivery.as_file(), user="feed", kind="feed")
            except StoreError:
                raise
            except Exception:
                self._held = None  # it would fail for ever
                raise
            self._held = None
            with self._guard:
                self._sent += delivery.shipments
                self._last_batch_at = self._clock()
            return delivery.shipments

    def _next_delivery(self) -> _Delivery:
        if self._shipments is None:
            self._shipments = self._supply()
            self._shipments.ready(self._clock())
        with self._guard:
            now = self._clock()
            since, self._since = min(self._since, now), now
            many = self._due(now)
        return _Delivery(self._shipments.leaving(many, since, now), many, now)

    def _restart(self) -> None:
        """Count what is due from now on."""
        self._anchor = self._since = self._clock()
        self._counted = 0

    def _due(self, now: datetime) -> int:
        """How many shipments to send now, counted as sent."""
        due = int((now - self._anchor).total_seconds() * self._rate / 60) - self._counted
        if due < 0:  # the clock was set back
            self._anchor, self._counted = now, 0
            return 0
        self._counted += due
        return min(due, max(1, int(_MOST_TICKS * self._every_s * self._rate / 60)))

    def _supply(self) -> Shipments:
        stamp = f"{self._clock():%Y%m%d%H%M%S}-{secrets.token_hex(2)}"
        return Shipments(world=_seed_of_demo(self.store), seed=self._seed, stamp=stamp)


_the_one: list[Feed] = []
_choosing = threading.Lock()


def the_feed(store: Store) -> Feed:
    """The feed of this process into this warehouse: one, which every page sees and switches."""
    with _choosing:
        if not _the_one or _the_one[0].store is not store:
            while _the_one:
                _the_one.pop().stop(0)
            _the_one.append(Feed(store))
        return _the_one[0]


def end_the_feed(timeout: float | None = None) -> None:
    """Stop the feed of this process, if it has one, before its warehouse is closed."""
    with _choosing:
        while _the_one:
            _the_one.pop().stop(timeout)


def _checked(rate: float) -> float:
    if not 0 < rate <= MAX_PER_MINUTE:
        raise ValueError(
            f"A feed cannot send {rate:g} shipments a minute: choose over 0 and at most {MAX_PER_MINUTE}."
        )
    return float(rate)


def _seed_of_demo(store: Store) -> int:
    """The seed in the name of the demo's batch, demo-SEED-SHIPMENTS-TIME."""
    found = store.frame(select(import_batches.c.batch_id).where(import_batches.c.kind == "demo"))
    parts = str(found["batch_id"].iloc[0]).split("-") if len(found) else []
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else _DEMO_SEED
