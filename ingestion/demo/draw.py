"""Draws shipments out of the demo's world, in blocks: when, which flow, how heavy, leg by leg."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from data_access.filters import MODES
from ingestion.demo import anomalies
from ingestion.demo.calendar import Window, day_profile, window_until
from ingestion.demo.frames import MAX_SHIPMENTS, UPLOAD_COLUMNS, Vocabulary, shipment_ids, text
from ingestion.demo.legs import Columns, expand, fill_in
from ingestion.demo.world import Settings, World, build_world

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BLOCK_SHIPMENTS", "Dealer", "Drawn", "draw"]

BLOCK_SHIPMENTS = 20_000  # each has random numbers of its own, so the size of batches changes nothing


@dataclass(frozen=True)
class Drawn:
    """Legs as uploaded (with `emission_ratio`, reported ÷ calculated), labels, and what was true."""

    uploads: pd.DataFrame
    labels: pd.DataFrame
    truth: pd.DataFrame


def draw(
    shipments: int,
    *,
    seed: int = 7,
    until: date | datetime | None = None,
    batch_shipments: int = 100_000,
    settings: Settings | None = None,
) -> Iterator[Drawn]:
    """Batches of shipments in order of departure; the same arguments give the same bytes.

    Raises
    ------
    ValueError
        For fewer than one shipment, or more than the shipment numbers suffice for.
    """
    if not 1 <= shipments <= MAX_SHIPMENTS:
        raise ValueError(f"{shipments} shipments cannot be drawn: choose from 1 to {MAX_SHIPMENTS:,}.")
    settings = settings or Settings()
    dealer = Dealer(
        build_world(seed, settings), window_until(until), settings, seed=seed, shipments=shipments
    )
    blocks = max(1, batch_shipments // BLOCK_SHIPMENTS)
    for first in range(0, dealer.blocks, blocks):
        drawn = [dealer.block(number) for number in range(first, min(first + blocks, dealer.blocks))]
        yield drawn[0] if len(drawn) == 1 else _together(drawn)


def _together(parts: list[Drawn]) -> Drawn:
    return Drawn(
        uploads=pd.concat([part.uploads for part in parts], ignore_index=True),
        labels=pd.concat([part.labels for part in parts], ignore_index=True),
        truth=pd.concat([part.truth for part in parts], ignore_index=True),
    )


class Dealer:
    """Draws one block after the other; holds only what does not change between them."""

    def __init__(
        self, world: World, window: Window, settings: Settings, *, seed: int, shipments: int
    ) -> None:
        self.world, self.window, self.settings, self.seed, self.total = (
            world,
            window,
            settings,
            seed,
            shipments,
        )
        self.blocks = -(-shipments // BLOCK_SHIPMENTS)
        self.month = anomalies.lb_month(world, window.days, settings.anomaly_share)
        profile = day_profile(world, window, np.random.default_rng([seed, 1]))
        self.up_to = np.cumsum(profile.ravel())
        self.n_flows = profile.shape[1]
        self.day_end = self.up_to[self.n_flows - 1 :: self.n_flows]
        self.vocabulary = Vocabulary(world)

    def block(self, number: int) -> Drawn:
        rng = np.random.default_rng([self.seed, 2, number])
        start = number * BLOCK_SHIPMENTS
        stop = min(start + BLOCK_SHIPMENTS, self.total)
        wanted = self._wanted(start, stop)
        ship = self._shipments(start, stop, stop - start - wanted["duplicate"], rng)
        leg = expand(self.world, ship, rng)
        clustered = np.zeros(len(ship["flow"]), dtype=bool)
        if self.settings.anomaly_share > 0:
            clustered = self.month.covers(ship["supplier"], ship["departed_min"])
        chosen = anomalies.choose(wanted, leg, ship, clustered, rng)
        ship["code"], leg["code"] = chosen.of_shipment, chosen.of_leg
        fill_in(self.world, self.settings.noise, ship, leg, rng)
        return self._frames(ship, leg, _with_copies(ship, leg, rng), start)

    def _wanted(self, start: int, stop: int) -> dict[str, int]:
        """Kind -> shipments of this batch, so that the batches together have the share exactly."""
        share = self.settings.anomaly_share
        return {
            kind: round(share * part * stop) - round(share * part * start)
            for kind, part in anomalies.KINDS.items()
        }

    def _shipments(self, start: int, stop: int, n: int, rng: np.random.Generator) -> Columns:
        """Day, flow, minute and true weight of `n` shipments, in order of the day."""
        world, day_end = self.world, self.day_end
        place = (start + (np.arange(n) + rng.random(n)) * (stop - start) / n) / self.total * day_end[-1]
        day = np.minimum(np.searchsorted(day_end, place, side="right"), len(day_end) - 1)
        day_start = np.concatenate([[0.0], day_end])[day]
        spot = day_start + rng.random(n) * (day_end[day] - day_start)
        cell = np.searchsorted(self.up_to, spot, side="right")
        flow = np.minimum(cell - day * self.n_flows, self.n_flows - 1)
        minute = (1440 * rng.beta(4.0, 3.2, n)).astype(np.int64)
        departed = day * 1440 + minute
        after = departed >= self.window.end_min  # only today, which is not over
        departed = np.where(after, day * 1440 + minute * (self.window.end_min - day * 1440) // 1440, departed)
        typical, cap = world.flows["typical_kg"][flow], world.flows["cap_kg"][flow]
        supplier = world.flows["supplier"][flow]
        spread = world.habits["sigma"][supplier] * self.settings.noise
        weight = np.minimum(
            typical * np.exp(spread * rng.standard_normal(n)), cap * (0.96 + 0.04 * rng.random(n))
        )
        return {
            "flow": flow,
            "supplier": supplier,
            "departed_min": departed,
            "weight_kg": weight,
            "repeatable": departed < self.window.end_min - 5 * 1440,
        }

    def _frames(self, ship: Columns, leg: Columns, order: _Order, start: int) -> Drawn:
        """The block as frames: legs that have not left yet are not there, arrivals to come are empty."""
        departed = leg["departed_min"][order.row] + order.shift_min
        order, departed = (
            order.where(departed < self.window.end_min),
            departed[departed < self.window.end_min],
        )
        columns = self.vocabulary.columns(leg, ship, order.row)
        columns["shipment_id"] = shipment_ids(start + order.rank)
        day_zero = np.datetime64(self.window.first_day, "us")
        columns["departed_at"] = day_zero + departed.astype("timedelta64[m]")
        arrived = leg["arrived_min"][order.row] + order.shift_min
        known = leg["arrival_told"][order.row] & (arrived <= self.window.end_min)
        arrived_at = day_zero + arrived.astype("timedelta64[m]")
        columns["arrived_at"] = np.where(known, arrived_at, np.datetime64("NaT"))
        uploads = pd.DataFrame({name: columns[name] for name in UPLOAD_COLUMNS}, copy=False)
        # A copied shipment's own legs are plain; only its copy is the error.
        code = leg["code"][order.row]
        label = np.where((code == anomalies.CODE["duplicate"]) & ~order.copied, 0, code)
        marked = np.flatnonzero(label)
        keys = uploads.loc[marked, ["shipment_id", "leg_no"]].reset_index(drop=True)
        row = order.row[marked]
        truth = keys.assign(
            weight_kg=leg["weight_true"][row],
            distance_km=leg["true_km"][row],
            mode=text(_MODES.take(leg["mode"][row])),
        )
        return Drawn(uploads, keys.assign(kind=text(_KINDS.take(label[marked] - 1))), truth)


_MODES, _KINDS = pa.array(MODES), pa.array(list(anomalies.KINDS))


@dataclass(frozen=True)
class _Order:
    """The legs to write, in order of their shipment's departure; copied shipments come twice."""

    row: NDArray[np.int64]  # of the drawn legs
    rank: NDArray[np.int64]  # of the shipment within its block
    shift_min: NDArray[np.int64]
    copied: NDArray[np.bool_]

    def where(self, kept: NDArray[np.bool_]) -> _Order:
        return _Order(self.row[kept], self.rank[kept], self.shift_min[kept], self.copied[kept])


def _with_copies(ship: Columns, leg: Columns, rng: np.random.Generator) -> _Order:
    """Repeat the shipments to be duplicated, hours or days after the first, and put all in order."""
    copied = np.flatnonzero(ship["code"] == anomalies.CODE["duplicate"])
    n, many = len(ship["code"]), np.bincount(leg["shipment"], minlength=len(ship["code"]))
    same_day = rng.random(len(copied)) < 0.5
    shift = np.where(same_day, rng.integers(1, 180, len(copied)), 1440 * rng.integers(1, 5, len(copied)))
    shift = np.concatenate([np.zeros(n, dtype=np.int64), shift])
    source = np.concatenate([np.arange(n), copied])
    order = np.argsort(ship["departed_min"][source] + shift, kind="stable")
    source = source[order]
    rank = np.repeat(np.arange(len(source)), many[source])
    within = np.arange(len(rank)) - np.repeat(np.cumsum(many[source]) - many[source], many[source])
    row = leg["first"][source][rank] + within
    return _Order(row, rank, shift[order][rank], (order >= n)[rank])
