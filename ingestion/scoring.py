"""Scoring runs: the detector over the warehouse's legs, its findings merged with what was decided.

The legs are read as one snapshot and judged outside of any transaction; only the result is written in one.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

import pandas as pd
import pyarrow as pa
from sqlalchemy import delete, update

from analytics.anomalies import METHOD
from analytics.anomalies import score as detector
from analytics.anomalies.scorings import Scoring, current_rate, owed, scoring_of, state
from data_access import Store
from data_access import scoring_queries as queries
from data_access.schema import anomalies, import_batches, lane_usual, scorings, store_meta
from data_access.store import Transaction
from ingestion.findings import FINDING, changed, to_open
from ingestion.flagging import KEY, RULE_COLUMN

__all__ = ["Scoring", "current_rate", "is_stale", "owed", "score_all", "score_new"]

Scorer = Callable[..., pd.DataFrame]
Progress = Callable[[float, str], object]  # 0..1, what is being done

# Of what stood before, so many legs judge new ones: enough for every group, and soon read.
LEAST_HISTORY, MOST_HISTORY, HISTORY_PER_LEG = 30_000, 200_000, 100
MOST_NAMES = 2_000  # in one statement
NEIGHBOUR_DAYS = 45  # a copy stands within some weeks of its twin
_JUDGED = ["weight_kg", "distance_km", "mode", "wtw_kg"]
_OF_DETECTOR = [
    "score", "kind", "reason", "column", "value", "expected", "expected_low", "expected_high", "at_stake_kg",
    "second_opinion", "fix_column", "fix_value",
]  # fmt: skip


def score_all(
    store: Store,
    *,
    user: str = "system",
    false_discovery_rate: float | None = None,
    progress: Progress | None = None,
    scorer: Scorer = detector,
) -> Scoring:
    """Judge all legs anew. Decisions stay; on unchanged data no finding changes.

    Parameters
    ----------
    false_discovery_rate : float, optional
        Expected share of false alarms, in 0..1; it is kept for later scorings. Default: the present one.
    progress : callable(fraction, text), optional
    scorer : callable
        As `analytics.anomalies.score`, for tests.

    Returns
    -------
    Scoring
        This run, or the one that saw later data and was faster: then nothing is written.
    """
    report = progress or (lambda _fraction, _text: None)
    started = time.perf_counter()
    rate = current_rate(store) if false_discovery_rate is None else false_discovery_rate
    report(0.02, "Reading the legs")
    seen = _read(store, whole=True)
    report(0.15, f"Comparing {len(seen.legs):,} legs")
    found = _judged(seen, rate, scorer)
    report(0.9, f"Writing {len(found):,} findings")
    run = _Run(seen, found, rate, user, started, keeps_rate=false_discovery_rate is not None)
    done = store.transact(run.write)
    report(1.0, "Done")
    return done


def score_new(store: Store, *, user: str = "system", scorer: Scorer = detector) -> Scoring | None:
    """Judge the legs of imports that were not scored yet, against a history of the others.

    Where no scoring of all legs by today's method stands, or the new legs outweigh the rest, all are scored.

    Returns
    -------
    Scoring or None
        None where nothing was owed.
    """
    started = time.perf_counter()
    now = state(store)
    if not now.owed:
        return None
    if now.last_whole is None or now.last_whole.method != METHOD:
        return score_all(store, user=user, scorer=scorer)
    seen = _read(store, whole=False)
    if seen.history is None or len(seen.legs) > max(len(seen.history), 1):
        return score_all(store, user=user, scorer=scorer)
    found = _judged(seen, now.rate, scorer)
    return store.transact(_Run(seen, found, now.rate, user, started).write)


def is_stale(store: Store) -> bool:
    """Whether scoring all legs may change something."""
    return state(store).stale


@dataclass(frozen=True)
class _Seen:
    """What a run has read; `batches` are the imports whose legs it judges, the owed ones among them."""

    version: int
    whole: bool
    legs: pd.DataFrame
    history: pd.DataFrame | None
    owed: tuple[str, ...]

    @property
    def batches(self) -> set[str]:
        return {*self.owed, *self.legs["batch_id"].unique()}


def _read(store: Store, *, whole: bool) -> _Seen:
    with store.snapshot() as tx:
        version = int(tx.frame(queries.data_version())["value"].iloc[0])
        waiting = tuple(tx.frame(queries.owed_batches())["batch_id"])
        legs = _compact(tx.arrow(queries.scored_legs() if whole else queries.legs_owed()))
        return _Seen(version, whole, legs, None if whole else _history(tx, legs), waiting)


def _history(tx: Transaction, legs: pd.DataFrame) -> pd.DataFrame | None:
    if legs.empty:
        return legs
    margin = timedelta(days=NEIGHBOUR_DAYS)
    first, last = (
        moment.to_pydatetime() for moment in (legs["departed_at"].min(), legs["departed_at"].max())
    )
    most = min(max(HISTORY_PER_LEG * len(legs), LEAST_HISTORY), MOST_HISTORY)
    around = _surroundings(legs)
    related = tx.arrow(queries.related_history(around, first - margin, last + margin, most))
    rest = most - related.num_rows
    others = [tx.arrow(queries.other_history(around, _values(legs["mode"]), rest))] if rest else []
    found = _compact(pa.concat_tables([related, *others]))
    return found if len(found) else None


def _surroundings(legs: pd.DataFrame) -> queries.Surroundings:
    """Suppliers and lanes of new legs; of very many all legs are taken for related."""
    values = [_values(legs[name]) for name in ("supplier_id", "origin", "destination")]
    return queries.Surroundings(*(((),) * 3 if max(map(len, values)) > MOST_NAMES else values))


def _values(column: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(column.dropna().unique()))


def _compact(rows: pa.Table) -> pd.DataFrame:
    """Texts that repeat as categories: a million legs take some 250 MB so."""
    columns = [
        rows.column(name).dictionary_encode()
        if pa.types.is_string(rows.schema.field(name).type) and name != "shipment_id"
        else rows.column(name)
        for name in rows.column_names
    ]
    return pa.table(columns, names=rows.column_names).to_pandas()


def _judged(seen: _Seen, rate: float, scorer: Scorer) -> pd.DataFrame:
    """The findings as rows of `schema.anomalies`, beside them what the leg looked like (`_JUDGED`)."""
    legs = seen.legs
    scored = scorer(legs, history=seen.history, false_discovery_rate=rate)
    rows = scored["is_anomaly"].to_numpy(dtype=bool)
    of_legs = legs.loc[rows, [*KEY, "batch_id", *_JUDGED]].astype({"batch_id": "str", "mode": "str"})
    found = pd.concat([of_legs, scored.loc[rows, _OF_DETECTOR]], axis=1).reset_index(drop=True)
    return found.rename(columns={"column": "column_name"}).assign(found_by="score")


@dataclass(frozen=True)
class _Run:
    """The write of one scoring. It may run again after a conflict, so it changes nothing outside."""

    seen: _Seen
    found: pd.DataFrame
    rate: float
    user: str
    started: float
    keeps_rate: bool = False
    scoring_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def write(self, tx: Transaction) -> Scoring:
        later = scoring_of(tx.frame(queries.newer_whole_scoring(self.seen.version)))
        if later is not None and not self.keeps_rate:
            return later
        waiting = set(tx.frame(queries.owed_batches())["batch_id"])
        batches = self.seen.batches if self.seen.whole else self.seen.batches & waiting
        now = datetime.now(UTC).replace(tzinfo=None)
        self._write_findings(tx, batches, now)
        self._mark(tx, sorted(waiting & set(self.seen.owed)))
        if self.seen.whole:
            tx.execute(delete(lane_usual))
            tx.execute(queries.usual_transit())
        if self.keeps_rate:
            tx.execute(delete(store_meta).where(store_meta.c.key == queries.RATE_KEY))
            tx.append(store_meta, pd.DataFrame({"key": [queries.RATE_KEY], "value": [repr(self.rate)]}))
        done = Scoring(
            scoring_id=self.scoring_id,
            method=METHOD,
            false_discovery_rate=self.rate,
            data_version=self.seen.version,
            whole=self.seen.whole,
            legs=len(self.seen.legs),
            found=len(self.found),
            seconds=time.perf_counter() - self.started,
            scored_at=now,
            scored_by=self.user,
        )
        tx.append(scorings, pd.DataFrame([asdict(done)]))
        return done

    def _write_findings(self, tx: Transaction, batches: set[str], now: datetime) -> None:
        # A scoring of all legs reads all and picks: there may be more imports than parameters.
        wanted_ids = None if self.seen.whole else sorted(batches)
        known, rules = (
            _of(tx.frame(ask(wanted_ids)), batches) for ask in (queries.known_anomalies, queries.broken_rules)
        )
        opened = known["status"] == "open"
        found = self._still_so(tx, _of(self.found, batches))
        wanted = to_open(found, as_findings(rules), known[~opened])
        gone, fresh = changed(known[opened], wanted)
        if len(gone):
            with tx.staged(pa.Table.from_pandas(gone[FINDING], preserve_index=False)) as staged:
                same = [staged.c[name] == anomalies.c[name] for name in FINDING]
                tx.execute(delete(anomalies).where(staged.select().where(*same).exists()))
        if len(fresh):
            tx.append(anomalies, self._dated(fresh, rules, now))

    def _still_so(self, tx: Transaction, found: pd.DataFrame) -> pd.DataFrame:
        """Without legs that were removed or corrected since they were read."""
        if found.empty:
            return found
        keys = pa.table(
            {
                "position": pa.array(range(len(found)), pa.int64()),
                "shipment_id": pa.array(found["shipment_id"], pa.string()),
                "leg_no": pa.array(found["leg_no"], pa.int16()),
            }
        )
        with tx.staged(keys) as staged:
            now = tx.frame(queries.standing(staged)).set_index("position").sort_index()
        before = found.iloc[now.index]
        same = (before[_JUDGED].to_numpy(dtype=object) == now[_JUDGED].to_numpy(dtype=object)).all(axis=1)
        return before[same]

    def _dated(self, fresh: pd.DataFrame, rules: pd.DataFrame, now: datetime) -> pd.DataFrame:
        """A finding that stood before keeps its date; a rule was broken when its import came."""
        came = rules.set_index(FINDING)["imported_at"]
        by_rule = fresh["found_by"] == "rule"
        imported = pd.Series(came.reindex(pd.MultiIndex.from_frame(fresh[FINDING])).to_numpy(), fresh.index)
        found_at = fresh["found_at"].astype("datetime64[us]").fillna(imported.where(by_rule)).fillna(now)
        scoring_id = pd.Series(self.scoring_id, fresh.index, dtype=object).where(~by_rule, None)
        return fresh.assign(status="open", found_at=found_at, scoring_id=scoring_id)

    def _mark(self, tx: Transaction, batches: list[str]) -> None:
        if batches:
            with tx.staged(pa.table({"batch_id": pa.array(batches, pa.string())})) as staged:
                done = import_batches.c.batch_id.in_(staged.select())
                tx.execute(update(import_batches).where(done).values(scoring_id=self.scoring_id))


def as_findings(rules: pd.DataFrame) -> pd.DataFrame:
    """Broken rules (columns of `leg_flags`, and wtw_kg) as findings: all of the leg's kg are at stake."""
    return rules[[*FINDING, "reason", "batch_id"]].assign(
        found_by="rule",
        score=1.0,
        column_name=rules["kind"].map(RULE_COLUMN).fillna("departed_at").astype("str"),
        at_stake_kg=rules["wtw_kg"],
        **dict.fromkeys(
            ("value", "expected", "expected_low", "expected_high", "second_opinion"), float("nan")
        ),
        **dict.fromkeys(("fix_column", "fix_value")),
    )


def _of(rows: pd.DataFrame, batches: set[str]) -> pd.DataFrame:
    return rows[rows["batch_id"].isin(batches)].reset_index(drop=True)
