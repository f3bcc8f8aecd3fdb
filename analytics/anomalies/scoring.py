"""`score`: all evidence on each leg, its largest surprise, and a threshold by false discovery rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.anomalies.clusters import find_runs
from analytics.anomalies.duplicates import find_twins
from analytics.anomalies.evidence import distance_evidence, intensity_evidence, weight_evidence
from analytics.anomalies.kinds import DEFAULT_FDR
from analytics.anomalies.modes import mode_evidence
from analytics.anomalies.reading import Legs, read
from analytics.anomalies.reasons import sentences
from analytics.anomalies.second_opinion import consensus
from analytics.anomalies.tails import threshold
from analytics.anomalies.verdicts import Findings, judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["score"]

_HALF_WAY = 3.0  # −log10 p of a score of 0.5
_DOUBTFUL = 1.5  # −log10 p from which a leg's mode is too doubtful to choose its weight's group by
_TESTS = 5  # columns that each leg is judged by


def score(
    legs: pd.DataFrame,
    *,
    history: pd.DataFrame | None = None,
    false_discovery_rate: float = DEFAULT_FDR,
    second_opinion: bool = True,
) -> pd.DataFrame:
    """How anomalous each leg is, and of those that stand out: what is wrong, why, and how to put it right.

    Parameters
    ----------
    legs : DataFrame
        departed_at, origin, destination, mode, supplier_id, product_group, weight_kg, distance_km, wtw_kg;
        any other columns of `legs` sharpen the verdict. Without shipment_id every row is a shipment.
    history : DataFrame, optional
        Earlier legs with the same columns: learnt from, not scored.
    false_discovery_rate : float
        In 0..1: the share of the flagged legs that may be chance.
    second_opinion : bool
        Ask PyOD's detectors as well (about 0.3 s).

    Returns
    -------
    DataFrame
        With the index of `legs`: `score` (0..1), `is_anomaly`, and for anomalies, else null: `kind` (of
        `KINDS`), `reason`, `column`, `value`, `expected`, `expected_low`, `expected_high` (95 %, in the
        column's unit; kg CO2e of this leg for wtw_kg), `second_opinion` (0..1), `fix_column` (weight_kg,
        distance_km, mode, or remove) and `fix_value`. `at_stake_kg` is how much of the leg's kg CO2e is in
        doubt, 0 for legs that are not flagged.

    Raises
    ------
    MissingColumns
        When a required column is missing.
    ValueError
        When the rate is not between 0 and 1.

    Notes
    -----
    Robust residuals of log weight, distance and intensity within nested groups, rarity of the mode on the
    lane, and repeated shipments each give a tail probability that is calibrated on the data's own core. The
    smallest, times the number of columns, decides, after Benjamini & Hochberg 1995.
    """
    if not 0 < false_discovery_rate < 1:
        raise ValueError(
            f"A false discovery rate of {false_discovery_rate} makes no sense: choose one between 0 and 1."
        )
    table = read(legs, history)
    n = len(legs)
    if not n:
        return _frame(legs.index, np.zeros(0), np.zeros(0, dtype=bool))
    found = _findings(table)
    columns = _surprises(found)[:n]
    surprise = np.maximum(columns.max(axis=1) - np.log10(_TESTS), 0.0)
    flagged = surprise >= threshold(surprise, false_discovery_rate)
    scored = _frame(legs.index, _ranking(columns), flagged)
    rows = np.flatnonzero(flagged)
    if len(rows):
        _fill_in(scored, table, found, rows, second_opinion=second_opinion)
    return scored


def _findings(table: Legs) -> Findings:
    mode = mode_evidence(table)
    weight = weight_evidence(table, mode.surprise > _DOUBTFUL, mode.usual)
    return Findings(
        weight=weight,
        distance=distance_evidence(table),
        intensity=intensity_evidence(table),
        mode=mode,
        twins=find_twins(table),
        runs=find_runs(table, weight),
    )


def _surprises(found: Findings) -> Floats:
    """−log10 p by leg and column: weight, distance, intensity, mode, copy."""
    weight = np.maximum(found.weight.surprise, found.runs.surprise)
    others = (found.distance.surprise, found.intensity.surprise, found.mode.surprise, found.twins.surprise)
    return np.column_stack([weight, *others])


def _ranking(columns: Floats) -> Floats:
    """0..1; the other columns break ties of the largest."""
    total = 0.98 * columns.max(axis=1) + 0.02 * columns.sum(axis=1)
    return total / (total + _HALF_WAY)


def _frame(index: pd.Index, ranking: Floats, flagged: NDArray[np.bool_]) -> pd.DataFrame:
    n = len(ranking)
    frame = {"score": ranking, "is_anomaly": flagged}
    frame |= {name: np.full(n, None, dtype=object) for name in ("kind", "reason", "column")}
    frame |= {name: np.full(n, np.nan) for name in ("value", "expected", "expected_low", "expected_high")}
    frame |= {"at_stake_kg": np.zeros(n), "second_opinion": np.full(n, np.nan)}
    frame |= {name: np.full(n, None, dtype=object) for name in ("fix_column", "fix_value")}
    return pd.DataFrame(
        {name: pd.Series(values, index=index, dtype=values.dtype) for name, values in frame.items()}
    )


def _fill_in(
    scored: pd.DataFrame, table: Legs, found: Findings, rows: NDArray[np.int64], *, second_opinion: bool
) -> None:
    verdicts = judge(table, found, rows)
    filled = {
        "kind": verdicts.kind,
        "reason": np.array(sentences(table, found, verdicts), dtype=object),
        "column": verdicts.column,
        "value": verdicts.value,
        "expected": verdicts.expected,
        "expected_low": verdicts.low,
        "expected_high": verdicts.high,
        "at_stake_kg": np.nan_to_num(verdicts.at_stake_kg),
        "fix_column": verdicts.fix_column,
        "fix_value": verdicts.fix_value,
    }
    if second_opinion:
        filled["second_opinion"] = consensus(_features(found), rows)
    for name, values in filled.items():
        whole = scored[name].to_numpy(copy=True)
        whole[rows] = values
        scored[name] = pd.Series(whole, index=scored.index, dtype=whole.dtype)


def _features(found: Findings) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        residuals = [one.log_ratio / one.spread for one in (found.weight, found.distance, found.intensity)]
    return np.column_stack([*residuals, found.mode.surprise, found.twins.surprise])
