"""From what was measured to score and rank, for any weights: quick, and the same each time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.suppliers.evidence import evidence_of
from analytics.suppliers.results import PARTS, Part, SupplierScore, SuppliersUnavailable, Weights
from analytics.suppliers.shrinkage import Z95

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.suppliers.measuring import Measured

__all__ = ["score_of", "scored"]

_DRAWS, _SEED = 1_000, 14_083
_ENDS = (0.025, 0.975)
_BASE = [
    "supplier_id", "name", "country", "sector", "tier", "legs", "shipments", "tonne_km", "observed_kg",
    "expected_kg", "ratio_raw", "ratio", "ratio_low", "ratio_high",
]  # fmt: skip
_PART_COLUMNS = ("points", "low", "high", "weight", "value")


def scored(measured: Measured, weights: Weights | None = None) -> pd.DataFrame:
    """The ranking: one row per supplier, the best first.

    Columns: supplier_id, name, country, sector, tier, legs, shipments, tonne_km, observed_kg, expected_kg
    (kg CO2e of the compared legs), ratio_raw, ratio, ratio_low, ratio_high, score, score_low, score_high,
    rank, rank_low, rank_high, peers, compared_share, and for each part p of `PARTS` p_points, p_low, p_high
    (0..100), p_weight (0..1), p_value (NaN where not known).

    Intervals are 95 %. Those of score and rank come from 1,000 draws of all parts of all suppliers. Ranks are
    among all suppliers, also where the filters ask for some.
    """
    weights = weights or Weights()
    frame = measured.frame
    centre, deviation = _stacked(frame, "centre"), _stacked(frame, "deviation")
    known = _stacked(frame, "known").astype(bool)
    share = _shares(known, weights)
    points = np.clip(centre, 0, 100)
    nothing = share.sum(axis=0) == 0
    score = np.where(nothing, 50.0, (share * points).sum(axis=0))
    draws = _drawn_scores(centre, deviation, share)
    low, high = np.quantile(draws, _ENDS, axis=0)
    ratio = frame["ratio"].to_numpy(dtype=float)
    order = np.lexsort((frame["supplier_id"].to_numpy(dtype=str), ratio, -score))
    rank = _places(order)
    rank_low, rank_high = np.quantile(_ranks(draws), _ENDS, axis=0, method="nearest").astype(np.int64)
    columns = {
        "score": score,
        "score_low": np.where(nothing, 0.0, np.minimum(low, score)),
        "score_high": np.where(nothing, 100.0, np.maximum(high, score)),
        "rank": rank,
        "rank_low": np.minimum(rank_low, rank),
        "rank_high": np.maximum(rank_high, rank),
        "peers": frame["peers"].to_numpy(),
        "compared_share": frame["compared_share"].to_numpy(),
    }
    for place, part in enumerate(PARTS):
        there = known[place]
        ends = np.clip(centre[place] + np.array([[-Z95], [Z95]]) * deviation[place], 0, 100)
        columns[f"{part}_points"] = np.where(there, points[place], 50.0)
        columns[f"{part}_low"] = np.where(there, ends[0], 0.0)
        columns[f"{part}_high"] = np.where(there, ends[1], 100.0)
        columns[f"{part}_weight"] = share[place]
        columns[f"{part}_value"] = frame[f"{part}_value"].to_numpy(dtype=float)
    ranked = pd.concat([frame[_BASE], pd.DataFrame(columns)], axis=1).iloc[order]
    if measured.chosen:
        ranked = ranked[ranked["supplier_id"].isin(measured.chosen)]
    return ranked.reset_index(drop=True)


def score_of(measured: Measured, supplier_id: str, weights: Weights | None = None) -> SupplierScore:
    """One supplier's score with its parts and their evidence.

    Raises
    ------
    SuppliersUnavailable
        When none of its legs could be compared.
    """
    ranked = scored(replace(measured, chosen=()), weights)
    found = ranked[ranked["supplier_id"] == supplier_id]
    if found.empty:
        raise SuppliersUnavailable(
            "This supplier has no leg in the selection that others also run by the same mode, so it cannot "
            "be compared. Choose a longer period or fewer filters."
        )
    row = found.iloc[0]
    figures = measured.frame[measured.frame["supplier_id"] == supplier_id].iloc[0]
    return SupplierScore(
        supplier_id=supplier_id,
        name=str(row["name"]),
        sustainability_score=float(row["score"]),
        score_low=float(row["score_low"]),
        score_high=float(row["score_high"]),
        rank=int(row["rank"]),
        rank_low=int(row["rank_low"]),
        rank_high=int(row["rank_high"]),
        suppliers=len(ranked),
        n=int(row["legs"]),
        compared_share=float(row["compared_share"]),
        observed_kg=float(row["observed_kg"]),
        expected_kg=float(row["expected_kg"]),
        ratio_raw=float(row["ratio_raw"]),
        ratio=float(row["ratio"]),
        ratio_low=float(row["ratio_low"]),
        ratio_high=float(row["ratio_high"]),
        parts=tuple(_part(name, row, figures) for name in PARTS),
    )


def _part(name: str, row: pd.Series, figures: pd.Series) -> Part:
    known = bool(figures[f"{name}_known"])
    weight, points = float(row[f"{name}_weight"]), float(row[f"{name}_points"])
    return Part(
        name=name,
        points=points,
        points_low=float(row[f"{name}_low"]),
        points_high=float(row[f"{name}_high"]),
        weight=weight,
        contribution=weight * (points - 50),
        value=float(row[f"{name}_value"]) if known else None,
        known=known,
        evidence=evidence_of(name, figures),
    )


def _stacked(frame: pd.DataFrame, figure: str) -> NDArray[np.float64]:
    return np.stack([frame[f"{part}_{figure}"].to_numpy(dtype=float) for part in PARTS])


def _shares(known: NDArray[np.bool_], weights: Weights) -> NDArray[np.float64]:
    """Of the score, by part and supplier: what unknown parts would weigh is spread over the known ones."""
    given = np.array([weights.as_dict()[part] for part in PARTS])[:, None] * known
    total = given.sum(axis=0)
    return np.asarray(given / np.where(total > 0, total, 1.0))


def _drawn_scores(
    centre: NDArray[np.float64], deviation: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Scores of all suppliers, drawn; shape (draws, suppliers). Other weights meet the same draws."""
    drawn = np.random.default_rng(_SEED).standard_normal((_DRAWS, *centre.shape), dtype=np.float32)
    drawn *= deviation.astype(np.float32)
    drawn += centre.astype(np.float32)
    np.clip(drawn, 0, 100, out=drawn)
    return np.asarray((drawn * share.astype(np.float32)).sum(axis=1))


def _ranks(draws: NDArray[np.float32]) -> NDArray[np.int64]:
    order = np.argsort(-draws, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, draws.shape[1] + 1)[None, :], axis=1)
    return ranks


def _places(order: NDArray[np.int64]) -> NDArray[np.int64]:
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    return rank
