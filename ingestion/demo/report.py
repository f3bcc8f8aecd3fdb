"""What a run of the demo brought: its distribution by mode, and the checks that its data must pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_access.filters import MODES
from ingestion.demo.anomalies import KINDS

if TYPE_CHECKING:
    from ingestion.demo.calendar import Window

__all__ = ["Check", "DemoReport", "Tally"]

_ENOUGH_SHIPMENTS = 2_000  # fewer cannot show every kind of anomaly, nor a share to two digits
_TOTALS = ["shipments", "legs", "tonnes", "tonne_km", "t_co2e"]


@dataclass(frozen=True)
class Check:
    """One law of the demo data, whether it held, and what was seen."""

    name: str
    holds: bool
    seen: str


@dataclass(frozen=True)
class DemoReport:
    """The outcome of one run.

    distribution : one row a mode, columns shipments, legs, tonnes, tonne_km, t_co2e; a shipment counts
    once in each mode that it uses.
    anomalies : labelled shipments by kind.
    """

    batch_id: str
    shipments: int
    legs: int
    flagged: int
    seconds: float
    distribution: pd.DataFrame
    anomalies: pd.Series
    checks: tuple[Check, ...]

    @property
    def sound(self) -> bool:
        return all(check.holds for check in self.checks)


class Tally:
    """Adds up batches and watches the laws; keeps no rows, only the shipments' numbers."""

    def __init__(self, window: Window, suppliers: set[str], anomaly_share: float) -> None:
        self._window, self._suppliers, self._share = window, suppliers, anomaly_share
        self._numbers: list[np.ndarray] = []
        self._by_mode = pd.DataFrame(0.0, index=list(MODES), columns=_TOTALS)
        self._by_kind = pd.Series(0, index=list(KINDS))
        self._labelled = 0
        self._broken = dict.fromkeys(("chains", "order", "weights", "dates", "suppliers", "labels"), 0)

    def add(self, legs: pd.DataFrame, labels: pd.DataFrame) -> None:
        """Take in one batch; legs of a shipment lie together, leg_no rising."""
        first = ~legs["shipment_id"].duplicated().to_numpy()
        self._numbers.append(legs["shipment_id"][first].str[4:].astype("int64").to_numpy())
        self._add_totals(legs)
        self._labelled += labels["shipment_id"].nunique()
        kinds = labels.groupby("kind", observed=True)["shipment_id"].nunique()
        self._by_kind = self._by_kind.add(kinds, fill_value=0).astype(int)
        self._watch_chains(legs, first)
        broken = self._broken
        broken["weights"] += int((~(legs["weight_kg"] > 0)).sum())
        departed, end = legs["departed_at"], self._window.end
        broken["dates"] += int(((departed < pd.Timestamp(self._window.first_day)) | (departed >= end)).sum())
        broken["dates"] += int((legs["arrived_at"] > end).sum() + (legs["arrived_at"] < departed).sum())
        broken["suppliers"] += int((~legs["supplier_id"].isin(self._suppliers)).sum())
        known = pd.MultiIndex.from_frame(legs.loc[legs["shipment_id"].isin(labels["shipment_id"]), _KEY])
        broken["labels"] += int((~pd.MultiIndex.from_frame(labels[_KEY]).isin(known)).sum())

    def _add_totals(self, legs: pd.DataFrame) -> None:
        by_mode = legs.groupby("mode", observed=True)
        own = legs.drop_duplicates(["shipment_id", "mode"]).groupby("mode", observed=True).size()
        sums = by_mode[["weight_kg", "tonne_km", "wtw_kg"]].sum()
        totals = pd.concat([own, by_mode.size(), sums / [1000.0, 1.0, 1000.0]], axis=1).set_axis(
            _TOTALS, axis=1
        )
        self._by_mode = self._by_mode.add(totals, fill_value=0.0)

    def _watch_chains(self, legs: pd.DataFrame, first: np.ndarray) -> None:
        follows = ~first[1:]
        before, after = legs.iloc[:-1], legs.iloc[1:]
        start = after["leg_no"].to_numpy() != before["leg_no"].to_numpy() + 1
        place = after["origin"].to_numpy() != before["destination"].to_numpy()
        self._broken["chains"] += int((follows & (start | place)).sum()) + int(
            (legs["leg_no"][first] != 1).sum()
        )
        departed = legs["departed_at"].to_numpy()
        early = departed[1:] < departed[:-1]
        early |= departed[1:] < legs["arrived_at"].to_numpy()[:-1]  # an unknown arrival compares false
        self._broken["order"] += int((follows & early).sum())

    def report(self, batch_id: str, flagged: int, seconds: float) -> DemoReport:
        distribution = self._by_mode.loc[list(MODES)]
        distribution = distribution.astype({"shipments": int, "legs": int})
        shipments = sum(map(len, self._numbers))
        return DemoReport(
            batch_id, shipments, int(distribution["legs"].sum()), flagged, seconds, distribution,
            self._by_kind, self._checks(shipments),
        )  # fmt: skip

    def _checks(self, shipments: int) -> tuple[Check, ...]:
        distinct = len(np.unique(np.concatenate(self._numbers))) if self._numbers else 0
        share, absent = self._labelled / max(shipments, 1), list(self._by_kind.index[self._by_kind == 0])
        small = shipments < _ENOUGH_SHIPMENTS or self._share == 0
        near = abs(share - self._share) <= 0.2 * self._share

        def none(name: str, count: int, of: str) -> Check:
            return Check(name, count == 0, f"{count:,} {of}")

        return (
            Check("shipment ids are unique", distinct == shipments, f"{distinct:,} of {shipments:,}"),
            none("legs chain up from place to place", self._broken["chains"], "breaks"),
            none("legs follow one another in time", self._broken["order"], "out of order"),
            none("weights are above zero", self._broken["weights"], "are not"),
            none("dates lie inside the window", self._broken["dates"], "outside"),
            none("suppliers are known", self._broken["suppliers"], "unknown"),
            none("labels belong to legs", self._broken["labels"], "without a leg"),
            Check(
                "the share of anomalies is as wanted", small or near, f"{share:.2%}, wanted {self._share:.2%}"
            ),
            Check(
                "every kind of anomaly occurs",
                small or not absent,
                ", ".join(absent) or f"{len(KINDS)} kinds",
            ),
        )


_KEY = ["shipment_id", "leg_no"]
