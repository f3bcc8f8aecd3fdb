"""A piece of advice before it is scaled to a year, with the legs that it takes, so that no other does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Rows = NDArray[np.intp]

__all__ = ["Proposal", "counted", "lanes_of", "merged", "mode_name", "shipments_in"]


@dataclass(frozen=True, eq=False)
class Proposal:
    """As `Recommendation`, with kg CO2e and cost of the selection, not of a year.

    rows : positions in the supplier's leg frame that it takes; for primary data, that it is about.
    """

    kind: str
    title: str
    lanes: tuple[str, ...]
    rows: Rows
    shipments: int
    now_kg: float
    saved_kg: float
    saved_low_kg: float
    saved_high_kg: float
    evidence: str
    in_doubt_kg: float = 0.0
    extra_days: float | None = None
    extra_cost: float | None = None
    currency: str | None = None


def merged(proposals: Sequence[Proposal], title: str, evidence: str) -> Proposal:
    """Several of one kind as one. Ranges add up at their ends: the factors behind them are the same."""
    first = proposals[0]
    added: dict[str, Any] = {
        name: float(sum(getattr(one, name) for one in proposals))
        for name in ("now_kg", "saved_kg", "saved_low_kg", "saved_high_kg", "in_doubt_kg")
    }
    return Proposal(
        kind=first.kind,
        title=title,
        lanes=tuple(dict.fromkeys(lane for one in proposals for lane in one.lanes)),
        rows=np.concatenate([one.rows for one in proposals]),
        shipments=sum(one.shipments for one in proposals),
        evidence=evidence,
        **added,
    )


def lanes_of(legs: pd.DataFrame, most: int = 20) -> tuple[str, ...]:
    """The lanes of these legs, those with most kg CO2e first."""
    by_lane = legs.groupby("lane")["wtw_kg"].sum().sort_values(ascending=False, kind="stable")
    return tuple(str(lane) for lane in by_lane.index[:most])


def shipments_in(legs: pd.DataFrame) -> int:
    return int(legs["shipment_id"].nunique())


def counted(number: int, thing: str) -> str:
    """As "1 supplier" or "1,204 shipments"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def mode_name(mode: str) -> str:
    return mode.replace("_", " ")
