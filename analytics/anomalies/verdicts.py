"""From surprise to a verdict: which column is wrong, what kind of slip it looks like, and its repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.anomalies.clusters import LOG_LB_PER_KG, Runs
from analytics.anomalies.duplicates import Twins
from analytics.anomalies.evidence import Evidence
from analytics.anomalies.modes import ModeEvidence
from analytics.anomalies.reading import Legs
from analytics.anomalies.robust import group_medians

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

__all__ = ["Findings", "Verdicts", "judge"]

_TO_95_PERCENT = 1.96
_CLEAR = 2.0  # a repair is offered if the repaired value lies within so many spreads of the usual
_FITS = np.log(1.15)  # a distance that belongs to another mode's lane
_CERTAIN = 3.0  # −log10 p: a copy or a rare mode explains what else is odd about the leg
_CAPPED = 12.0
_SLIP_SD = 0.03
_SLIP_WIDTH = 0.4  # log: so far from a slip's size, people would not believe in it
_LOG_KM_PER_MILE, _LOG_10, _LOG_1000 = (float(np.log(one)) for one in (1.609344, 10.0, 1000.0))
# kind, what stands there ÷ what is meant (log). The first is the common way round.
_WEIGHT_SLIPS = (
    ("weight_in_lb", LOG_LB_PER_KG),
    ("weight_in_lb", -LOG_LB_PER_KG),
    ("tonnes_as_kg", -_LOG_1000),
    ("unusual_weight", _LOG_1000),  # grams, or a thousands separator read as a decimal point
)
_DISTANCE_SLIPS = (
    ("distance_in_miles", -_LOG_KM_PER_MILE),
    ("distance_in_miles", _LOG_KM_PER_MILE),
    ("distance_typo", _LOG_10),
    ("distance_typo", -_LOG_10),
    ("distance_typo", 2 * _LOG_10),
    ("distance_typo", -2 * _LOG_10),
    ("distance_typo", _LOG_1000),
    ("distance_typo", -_LOG_1000),
)
_SLIPS = {"weight_kg": _WEIGHT_SLIPS, "distance_km": _DISTANCE_SLIPS}
_UNEXPLAINED = 0.2  # density (per log unit) of errors of no known size


@dataclass(frozen=True)
class Findings:
    """All evidence on the legs."""

    weight: Evidence
    distance: Evidence
    intensity: Evidence
    mode: ModeEvidence
    twins: Twins
    runs: Runs


@dataclass(frozen=True)
class Verdicts:
    """Arrays over the flagged legs (`row`); texts are object arrays with None, numbers NaN where unknown."""

    row: Codes
    kind: NDArray[np.object_]
    column: NDArray[np.object_]
    value: Floats
    expected: Floats
    low: Floats
    high: Floats
    at_stake_kg: Floats
    fix_column: NDArray[np.object_]
    fix_value: NDArray[np.object_]


def judge(legs: Legs, found: Findings, rows: Codes) -> Verdicts:
    """Kind, expected range, emission at stake and repair of the legs in `rows`."""
    n = len(rows)
    texts = {name: np.full(n, None, dtype=object) for name in ("kind", "column", "fix_column", "fix_value")}
    numbers = {name: np.full(n, np.nan) for name in ("value", "expected", "low", "high")}
    stake = np.abs(np.nan_to_num(legs.wtw_kg[rows]))
    verdicts = Verdicts(rows, at_stake_kg=stake, **texts, **numbers)
    cause = _cause(found, rows)
    _of_duplicates(verdicts, legs, found.twins, cause == 0)
    _of_modes(verdicts, legs, found.mode, cause == 1)
    _of_slips(verdicts, legs.distance_km, found.distance, cause == 2, "distance_km")
    _of_slips(verdicts, legs.weight_kg, found.weight, cause == 3, "weight_kg")
    _of_runs(verdicts, found.runs, cause == 3)
    _of_intensity(verdicts, legs, found.intensity, cause == 4)
    return verdicts


def _cause(found: Findings, rows: Codes) -> Codes:
    """0 copy, 1 mode, 2 distance, 3 weight, 4 intensity: what explains most comes first."""
    weight = np.maximum(found.weight.surprise[rows], found.runs.surprise[rows])
    columns = (found.twins.surprise, found.mode.surprise, found.distance.surprise)
    surprise = np.column_stack([*(one[rows] for one in columns), weight, found.intensity.surprise[rows]])
    # A wrong distance or weight makes the intensity odd as well, never the other way round.
    cause = np.minimum(surprise, _CAPPED).argmax(axis=1)
    cause = np.where(surprise[:, 1] >= _CERTAIN, 1, cause)
    return np.where(surprise[:, 0] >= _CERTAIN, 0, cause)


def _of_duplicates(verdicts: Verdicts, legs: Legs, twins: Twins, here: Mask) -> None:
    verdicts.kind[here], verdicts.column[here] = "duplicate", "shipment_id"
    if legs.shipment_ids is None:
        return
    earlier = legs.shipment[twins.twin[verdicts.row[here]]]
    named = earlier < len(legs.shipment_ids)
    verdicts.fix_column[here] = _text_where(named, "remove")
    verdicts.fix_value[here] = [
        str(legs.shipment_ids[one]) if ok else None for one, ok in zip(earlier, named, strict=True)
    ]


def _of_modes(verdicts: Verdicts, legs: Legs, modes: ModeEvidence, here: Mask) -> None:
    """A mode that cannot be is put right where the stated distance is that of the lane's usual mode."""
    if not here.any():
        return
    rows = verdicts.row[here]
    verdicts.column[here] = "mode"
    verdicts.kind[here] = np.where(modes.impossible[rows], "impossible_mode", "unusual_mode")
    usual = modes.usual[rows]
    many = len(legs.names["mode"])
    group = legs.lane * many + legs.codes["mode"]
    with np.errstate(invalid="ignore", divide="ignore"):
        log_km = np.log(legs.distance_km)
        per_tkm = legs.wtw_kg / (legs.weight_kg / 1000 * legs.distance_km)
    wanted = legs.lane[rows] * many + np.maximum(usual, 0)
    lane_log_km, lane_per_tkm = (group_medians(group, one, wanted) for one in (log_km, per_tkm))
    fits = np.abs(log_km[rows] - lane_log_km) < _FITS
    km = np.where(fits, legs.distance_km[rows], np.exp(lane_log_km))
    otherwise_kg = legs.weight_kg[rows] / 1000 * km * lane_per_tkm
    doubt = np.abs(legs.wtw_kg[rows] - otherwise_kg)
    known = (usual >= 0) & np.isfinite(doubt)
    verdicts.at_stake_kg[here] = np.where(known, doubt, verdicts.at_stake_kg[here])
    sure = (usual >= 0) & fits & modes.impossible[rows]
    names = np.array(legs.names["mode"], dtype=object)
    verdicts.fix_column[here] = _text_where(sure, "mode")
    verdicts.fix_value[here] = _text_where(sure, names[np.maximum(usual, 0)])


def _of_slips(verdicts: Verdicts, values: Floats, evidence: Evidence, here: Mask, column: str) -> None:
    """The slip whose size fits best, if it fits better than an error of any size; its repair if clear."""
    slips = _SLIPS[column]
    rows = verdicts.row[here]
    if not len(rows):
        return
    ratio, spread = evidence.log_ratio[rows], np.hypot(evidence.spread[rows], _SLIP_SD)
    sizes = np.array([size for _, size in slips])
    apart = (ratio[:, None] - sizes) / spread[:, None]
    density = np.exp(-0.5 * apart**2) / (spread[:, None] * np.sqrt(2 * np.pi))
    best = density.argmax(axis=1)
    pick = np.arange(len(rows))
    far = np.abs(ratio - sizes[best])
    near = far < np.maximum(_SLIP_WIDTH, 0.1 * np.abs(sizes[best]))
    explained = near & (density[pick, best] > _UNEXPLAINED)
    other = "unusual_weight" if column == "weight_kg" else "unusual_distance"
    kinds = np.array([kind for kind, _ in slips], dtype=object)[best]
    value = values[rows]
    _describe(verdicts, here, evidence, column, value)
    verdicts.kind[here] = np.where(explained & (value > 0), kinds, other)
    clear = explained & (value > 0) & (np.abs(apart[pick, best]) <= _CLEAR)
    _repair(verdicts, here, clear, value, sizes[best])


def _of_runs(verdicts: Verdicts, runs: Runs, here: Mask) -> None:
    """In a stretch of weeks in lb the single row need not look like lb by itself."""
    run = here & (runs.shift[verdicts.row] != 0) & (verdicts.value > 0)
    if not run.any():
        return
    verdicts.kind[run] = "weight_in_lb"
    _repair(
        verdicts, run, np.ones(int(run.sum()), dtype=bool), verdicts.value[run], runs.shift[verdicts.row[run]]
    )


def _of_intensity(verdicts: Verdicts, legs: Legs, evidence: Evidence, here: Mask) -> None:
    verdicts.kind[here] = "unusual_intensity"
    value = legs.wtw_kg[verdicts.row[here]]
    _describe(verdicts, here, evidence, "wtw_kg", value)
    verdicts.at_stake_kg[here] = np.abs(value - verdicts.expected[here])


def _describe(verdicts: Verdicts, here: Mask, evidence: Evidence, column: str, value: Floats) -> None:
    rows = verdicts.row[here]
    centre, wide = evidence.log_expected[rows], _TO_95_PERCENT * evidence.spread[rows]
    verdicts.column[here] = column
    verdicts.value[here] = value
    verdicts.expected[here] = np.exp(centre)
    verdicts.low[here], verdicts.high[here] = np.exp(centre - wide), np.exp(centre + wide)
    if column != "wtw_kg":  # the emission is proportional to weight and to distance
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(value > 0, np.abs(1 - verdicts.expected[here] / value), 1.0)
        verdicts.at_stake_kg[here] = verdicts.at_stake_kg[here] * share


def _repair(verdicts: Verdicts, here: Mask, clear: Mask, value: Floats, slip: Floats) -> None:
    where = np.flatnonzero(here)[clear]
    meant = [_rounded(one) for one in value[clear] / np.exp(slip[clear])]
    verdicts.fix_column[where] = verdicts.column[where]
    verdicts.fix_value[where] = [repr(one) for one in meant]
    share = np.array([abs(1 - new / old) for new, old in zip(meant, value[clear], strict=True)])
    if len(where):
        before = np.maximum(np.abs(1 - verdicts.expected[where] / value[clear]), 1e-12)
        verdicts.at_stake_kg[where] *= share / before


def _rounded(value: float) -> float:
    """As precise as people write weights and distances: to a hundredth where small, a tenth where large."""
    return round(float(value), 2 if value < 10_000 else 1)


def _text_where(rows: Mask, text: object) -> NDArray[np.object_]:
    found = np.full(len(rows), None, dtype=object)
    found[rows] = text[rows] if isinstance(text, np.ndarray) else text
    return found
