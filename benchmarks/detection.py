"""How well anomalies are found among the demo's hidden ones, beside two general detectors, and how fast."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics import anomalies
from benchmarks.report import Limit, Row, Table, doing
from benchmarks.servers import ROOT
from benchmarks.warehouses import SEED, Bench
from ingestion.demo import generate
from ingestion.demo.world import Settings

__all__ = ["measure"]

SHIPMENTS = 25_000
LEAST_AP, LEAST_PRECISION, LEAST_RECALL, LEAST_ELSEWHERE = 0.90, 0.80, 0.80, 0.70
MOST_CLEAN_PCT = 0.5
MOST_S = {25_000: 1.0, 1_000_000: 30.0}
MOST_PEAK_MB = 4_000.0
WORLDS: dict[str, Settings] = {
    "default": Settings(),
    "clean": Settings(anomaly_share=0.0),
    "noise x 2": Settings(noise=2.0),
    "5 suppliers": Settings(suppliers=5),
    "road only": Settings(modes=("road",)),
}
_RAW = ("weight_kg", "distance_km", "wtw_kg")
_RAW_CODES = ("mode", "supplier_id", "product_group", "origin", "destination")


def measure(bench: Bench) -> list[Table]:
    return [_quality(bench), _recall(bench), _speed(bench)]


def _quality(bench: Bench) -> Table:
    rows: list[Row] = []
    for world, settings in WORLDS.items():
        doing("detecting", world)
        legs, wrong, _ = _labelled(SHIPMENTS, bench.until, settings, SEED)
        found = anomalies.score(legs)
        flagged = found["is_anomaly"].to_numpy()
        rankings = {"ours": found["score"].to_numpy(), **_general(legs)}
        for name, ranking in rankings.items():
            top = flagged if name == "ours" else _highest(ranking, int(flagged.sum()))
            rows += _lines(world, name, ranking, top, wrong)
    note = (
        f"{SHIPMENTS:,} demo shipments, seed {SEED}, against the demo's hidden labels, by leg. Ours at the "
        f"default false discovery rate of {anomalies.DEFAULT_FDR:g}. IsolationForest (scikit-learn, 200 "
        "trees) and ECOD (PyOD) see the raw columns, text as codes; they have no threshold of their own, so "
        "they flag as many legs as ours. AP: average precision of the ranking."
    )
    head = ("demo", "detector", "what", "value")
    return Table("Anomalies: detection", head, rows, note)


def _lines(world: str, name: str, ranking: Any, flagged: Any, wrong: Any) -> list[Row]:
    judged = name == "ours"
    if world == "clean":
        share = 100 * float(flagged.mean())
        limit = Limit(share, MOST_CLEAN_PCT, "%")
        return [((world, name, "flagged %", share), limit)] if judged else []
    precision = float(wrong[flagged].mean()) if flagged.any() else 0.0
    recall = float(flagged[wrong].mean())
    ap = _average_precision(ranking, wrong)
    least = LEAST_PRECISION if world == "default" else LEAST_ELSEWHERE
    return [
        (
            (world, name, "AP", ap),
            Limit(ap, LEAST_AP, at_least=True) if judged and world == "default" else None,
        ),
        ((world, name, "precision", precision), Limit(precision, least, at_least=True) if judged else None),
        ((world, name, "recall", recall), None),
    ]


def _recall(bench: Bench) -> Table:
    """Recall of each kind over four seeds, the worst one judged."""
    rows: list[Row] = []
    found: dict[str, list[tuple[float, float]]] = {}
    for seed in (SEED, 1, 2, 3):
        doing("detecting", f"seed {seed}")
        legs, wrong, kind = _labelled(SHIPMENTS, bench.until, Settings(), seed)
        scored = anomalies.score(legs, second_opinion=False)
        for one in sorted(set(kind[wrong])):
            here = kind == one
            named = float((scored["kind"].to_numpy()[here] == one).mean())
            found.setdefault(one, []).append((float(scored["is_anomaly"].to_numpy()[here].mean()), named))
    for one, shares in found.items():
        recalls, named = zip(*shares, strict=True)
        worst = min(recalls)
        cells = (anomalies.KINDS[one], float(np.mean(recalls)), worst, float(np.mean(named)))
        rows.append((cells, Limit(worst, LEAST_RECALL, at_least=True)))
    note = f"Seeds {SEED}, 1, 2, 3. `named` is the share of legs that are found and called by their kind."
    return Table("Anomalies: recall by kind", ("kind", "recall", "worst seed", "named"), rows, note)


def _speed(bench: Bench) -> Table:
    rows: list[Row] = []
    for size in bench.sizes:
        doing("scoring", f"{size:,} legs")
        file = bench.folder / f"scoring-{size}.parquet"
        legs = _labelled(size, bench.until, Settings(), SEED)[0].head(size)
        legs.to_parquet(file, index=False)
        took = _run(file)
        file.unlink()
        name = f"{size:,} legs"
        rows.append(((name, "seconds", took["seconds"]), Limit(took["seconds"], MOST_S.get(size, 30.0), "s")))
        rows.append(((name, "CPU seconds", took["cpu_seconds"]), None))
        rows.append(((name, "peak MB", took["peak_mb"]), Limit(took["peak_mb"], MOST_PEAK_MB, "MB")))
        rows.append(((name, "peak MB before scoring", took["before_mb"]), None))
    note = (
        "`score` with the second opinion, in a fresh process with its libraries loaded; the frame is in the "
        "peak. CPU seconds are those of all cores: where they are far fewer, the machine was busy."
    )
    return Table("Anomalies: speed", ("size", "what", "value"), rows, note)


def _run(file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.scoring_run", str(file)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The scoring failed:\n{done.stderr}")
    return dict(json.loads(done.stdout))


def _labelled(
    shipments: int, until: datetime, settings: Settings, seed: int
) -> tuple[pd.DataFrame, Any, Any]:
    """Legs, whether each is wrong, and its kind."""
    batches = list(generate(shipments, seed=seed, until=until, settings=settings))
    legs = pd.concat([batch.legs for batch in batches], ignore_index=True)
    labels = pd.concat([batch.labels for batch in batches], ignore_index=True)
    kind = legs[["shipment_id", "leg_no"]].merge(labels, how="left", on=["shipment_id", "leg_no"])["kind"]
    return legs, kind.notna().to_numpy(), kind.astype(object).to_numpy()


def _general(legs: pd.DataFrame) -> dict[str, Any]:
    """Rankings (more is odder) by detectors that see only the raw columns."""
    from pyod.models.ecod import ECOD
    from sklearn.ensemble import IsolationForest

    codes = [pd.factorize(legs[name], sort=True)[0] for name in _RAW_CODES]
    raw = np.column_stack([*(legs[name].to_numpy() for name in _RAW), *codes]).astype(float)
    forest = IsolationForest(n_estimators=200, random_state=SEED).fit(raw)
    return {"IsolationForest": -forest.score_samples(raw), "ECOD": ECOD().fit(raw).decision_scores_}


def _highest(ranking: Any, count: int) -> Any:
    chosen = np.zeros(len(ranking), dtype=bool)
    chosen[np.argsort(-ranking, kind="stable")[:count]] = True
    return chosen


def _average_precision(ranking: Any, wrong: Any) -> float:
    ranked = wrong[np.argsort(-ranking, kind="stable")]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float(precision[ranked].mean())
