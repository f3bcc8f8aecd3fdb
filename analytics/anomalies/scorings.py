"""The state of the scoring: which run was the last, how strict it is, and whether another is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

from analytics.anomalies.kinds import DEFAULT_FDR, METHOD
from data_access import scoring_queries as queries

__all__ = ["Reader", "Scoring", "ScoringState", "current_rate", "owed", "scoring_of", "state"]


class Reader(Protocol):
    """A store, or a transaction of it."""

    def frame(self, statement: Any) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Scoring:
    """One run of the detector; `legs` were scored, `found` of them stand out; `scored_at` is naive UTC."""

    scoring_id: str
    method: str
    false_discovery_rate: float
    data_version: int
    whole: bool
    legs: int
    found: int
    seconds: float
    scored_at: datetime
    scored_by: str


@dataclass(frozen=True)
class ScoringState:
    """The latest scoring, the latest of all legs, imports that wait, the rate, and whether one is due."""

    last: Scoring | None
    last_whole: Scoring | None
    owed: int
    rate: float

    @property
    def stale(self) -> bool:
        """Whether scoring all legs may change something: an import waits, or method or rate are others."""
        whole = self.last_whole
        if self.owed or whole is None:
            return True
        return whole.method != METHOD or whole.false_discovery_rate != self.rate


def state(reader: Reader) -> ScoringState:
    last, whole = (
        scoring_of(reader.frame(queries.last_scoring(whole=only_whole))) for only_whole in (False, True)
    )
    return ScoringState(last, whole, owed(reader), current_rate(reader))


def owed(reader: Reader) -> int:
    """How many imports were not scored yet."""
    return int(reader.frame(queries.owed_count())["batches"].iloc[0])


def current_rate(reader: Reader) -> float:
    """The expected share of false alarms that scoring uses: what a user chose, else the default."""
    chosen = reader.frame(queries.meta(queries.RATE_KEY))["value"]
    return float(chosen.iloc[0]) if len(chosen) else DEFAULT_FDR


def scoring_of(found: pd.DataFrame) -> Scoring | None:
    """The first row of `scorings`, None where there is none."""
    if found.empty:
        return None
    row = found.iloc[0]
    return Scoring(
        scoring_id=str(row["scoring_id"]),
        method=str(row["method"]),
        false_discovery_rate=float(row["false_discovery_rate"]),
        data_version=int(row["data_version"]),
        whole=bool(row["whole"]),
        legs=int(row["legs"]),
        found=int(row["found"]),
        seconds=float(row["seconds"]),
        scored_at=row["scored_at"].to_pydatetime(),
        scored_by=str(row["scored_by"]),
    )
