"""The shipments that a feed sends: drawn in the demo's world, errors included, and dated to leave just now.

A leg is sent once it has left. So a shipment comes with its first leg, and those that leave within a day
follow when they do. Later ones do not come, nor do those that still wait when the feed ends.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from analytics import emissions
from ingestion.columns import CANONICAL
from ingestion.demo.calendar import window_until
from ingestion.demo.draw import Dealer
from ingestion.demo.world import Settings, build_world

__all__ = ["Shipments"]

_DRAWN = 20_000  # over 24 months; the last of them are sent
_RECENT = timedelta(days=60)
_WAITS = timedelta(days=1)
_LEG = ["shipment_id", "leg_no"]


class Shipments:
    """An endless supply of shipments like those of the demo's last 60 days, each drawn once.

    Parameters
    ----------
    world : int
        The seed of the demo in the warehouse: suppliers keep their habits.
    seed : int
        What is drawn in it.
    stamp : str
        Part of every shipment's number, so that no two feeds ever send the same one.
    """

    def __init__(self, *, world: int, seed: int, stamp: str) -> None:
        self._world, self._seed, self._stamp = world, seed, stamp
        self._rng = np.random.default_rng([seed, 3])
        self._pool = pd.DataFrame()
        self._left = 0  # shipments of the pool that were not sent yet
        self._numbered = 0
        self._waiting = pd.DataFrame()

    def ready(self, now: datetime) -> None:
        """Draw ahead, so that the first delivery is not late."""
        if not self._left:
            self._draw(now)

    def leaving(self, shipments: int, since: datetime, until: datetime) -> pd.DataFrame:
        """Legs that leave from `since` to `until`: first ones of so many new shipments, and due later ones.

        Returns
        -------
        DataFrame
            Columns as an upload has them, without arrivals, which are all to come. Times are naive UTC.
        """
        parts = [self._waiting, self._new(shipments, since, until)]
        legs = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        if legs.empty:
            return legs
        due = legs["departed_at"] <= until
        self._waiting = legs[~due & (legs["departed_at"] <= until + _WAITS)]
        return legs[due].sort_values(_LEG, ignore_index=True)

    def _new(self, shipments: int, since: datetime, until: datetime) -> pd.DataFrame:
        """Whole chains, the first legs spread evenly over the time."""
        legs = self._next(shipments, until)
        if legs.empty:
            return legs
        nth = legs["nth"].to_numpy() - legs["nth"].iloc[0]
        span = (until - since).total_seconds()
        left = np.sort(self._rng.random(shipments)) * span
        leaves = pd.Timestamp(since) + pd.to_timedelta(np.floor(left), unit="s")
        shift = leaves.to_numpy()[nth] - legs["first_departed_at"].to_numpy()
        number = pd.Series(nth + self._numbered + 1, index=legs.index).astype("str")
        self._numbered += shipments
        return legs.drop(columns=["nth", "first_departed_at"]).assign(
            shipment_id=f"FEED-{self._stamp}-" + number,
            departed_at=(legs["departed_at"] + shift).astype("datetime64[us]"),
        )

    def _next(self, shipments: int, now: datetime) -> pd.DataFrame:
        """The next so many shipments of the pool, which is drawn anew when it runs out."""
        parts = []
        while shipments > 0:
            self.ready(now)
            many = min(shipments, self._left)
            first = int(self._pool["nth"].iloc[-1]) + 1 - self._left
            parts.append(self._pool[self._pool["nth"].between(first, first + many - 1)])
            self._left -= many
            shipments -= many
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def _draw(self, now: datetime) -> None:
        pool = _uploads(self._world, self._seed, now)
        number = pd.factorize(pool["shipment_id"])[0]
        start = int(self._pool["nth"].iloc[-1]) + 1 if len(self._pool) else 0
        first = pool.groupby("shipment_id")["departed_at"].transform("min")
        self._pool = pool.assign(nth=number + start, first_departed_at=first)
        self._left = int(number.max()) + 1
        self._seed += 1


def _uploads(world: int, seed: int, now: datetime) -> pd.DataFrame:
    """The recent part of a drawn demo as a carrier would write it down, in order of departure."""
    settings = Settings()
    # Beyond now, since a chain that the end of the window cuts off would never be complete.
    window = window_until((now + 2 * _WAITS).replace(tzinfo=UTC))
    dealer = Dealer(build_world(world, settings), window, settings, seed=seed, shipments=_DRAWN)
    legs = dealer.block(0).uploads
    recent = (legs["leg_no"] == 1) & legs["departed_at"].between(now - _RECENT, now)
    legs = legs[legs["shipment_id"].isin(legs.loc[recent, "shipment_id"])]
    return _as_written(legs.reset_index(drop=True))


def _as_written(legs: pd.DataFrame) -> pd.DataFrame:
    """Only what a sender knows: distances that it states, and its emission where it reports one."""
    told = legs["emission_ratio"].notna()
    calculated = emissions.calculate(legs[told], emissions.load_factors())["calculated_kg"]
    wtw_kg = (calculated * legs.loc[told, "emission_ratio"]).round(3).reindex(legs.index)
    stated = legs["distance_source"] == "reported"
    written = legs.assign(
        wtw_kg=wtw_kg,
        distance_km=legs["distance_km"].where(stated),
        distance_basis=legs["distance_basis"].where(stated),
    )
    return written[[name for name in CANONICAL if name in written and name != "arrived_at"]]
