"""Weeks in which a supplier wrote pounds: each row is a weak sign, the run of rows is a strong one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.anomalies.evidence import Evidence
from analytics.anomalies.reading import Legs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

__all__ = ["LOG_LB_PER_KG", "Runs", "find_runs"]

LOG_LB_PER_KG = float(np.log(2.2046226))
_LEAST_SHIPMENTS = 5
_MOST_PER_ROW = 2.0  # of log-likelihood: no single row decides on a run
_RUNS_PER_SUPPLIER = 3


@dataclass(frozen=True)
class Runs:
    """Per leg: shift of its run (0: in none), surprise (−log10 p) and the shipments in the run."""

    shift: Floats
    surprise: Floats
    shipments: Codes


def find_runs(legs: Legs, weight: Evidence) -> Runs:
    """Runs of a supplier's shipments whose weights all lie 2.2046 × too high or too low.

    Notes
    -----
    The best stretch of log-likelihood ratios (shifted against not; Page 1954, "Continuous Inspection
    Schemes", Biometrika 41). By chance a stretch reaches h with a probability of at most n e^−h. A stretch
    counts only if its median sits at the shift: a supplier that turned to heavier goods is no error.
    """
    n = len(legs)
    shift, surprise, many = np.zeros(n), np.zeros(n), np.zeros(n, dtype=np.int64)
    usable = np.isfinite(weight.log_ratio) & ~np.isnan(legs.day)
    rows = np.flatnonzero(usable & _first_of_shipment(legs, usable))
    supplier = legs.codes["supplier_id"][rows]
    # A value far beyond any lb slip says nothing on one.
    order = np.lexsort((weight.log_ratio[rows], legs.day[rows], supplier))
    rows, supplier = rows[order], supplier[order]
    of_shipment = np.full(int(legs.shipment.max(initial=0)) + 1, -1, dtype=np.int64)
    of_shipment[legs.shipment[rows]] = np.arange(len(rows))
    for step in (LOG_LB_PER_KG, -LOG_LB_PER_KG):
        for begin, end in _segments(supplier):
            found = _stretches(weight.log_ratio[rows[begin:end]], weight.spread[rows[begin:end]], step)
            for first, last, likely in found:
                hit = rows[begin + first : begin + last]
                closer = hit[np.sign(step) * weight.log_ratio[hit] > abs(step) / 2]
                in_run = np.zeros(len(of_shipment), dtype=bool)
                in_run[legs.shipment[closer]] = True
                legs_in_run = in_run[legs.shipment] & usable
                shift[legs_in_run] = step
                surprise[legs_in_run] = max((likely - np.log(len(rows))) / np.log(10), 0.0)
                many[legs_in_run] = len(closer)
    return Runs(shift, surprise, many)


def _first_of_shipment(legs: Legs, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows = np.flatnonzero(usable)
    order = rows[np.lexsort((legs.leg_no[rows], legs.shipment[rows]))]
    first = np.zeros(len(legs), dtype=bool)
    first[order[np.flatnonzero(np.diff(legs.shipment[order], prepend=-1))]] = True
    return first


def _segments(sorted_codes: Codes) -> list[tuple[int, int]]:
    starts = np.flatnonzero(np.diff(sorted_codes, prepend=-1)) if len(sorted_codes) else np.array([], int)
    return list(zip(starts.tolist(), [*starts[1:].tolist(), len(sorted_codes)], strict=True))


def _stretches(log_ratio: Floats, spread: Floats, step: float) -> list[tuple[int, int, float]]:
    """The stretches (first, last + 1, log-likelihood ratio) of one supplier that lie at the step."""
    gain = np.clip((log_ratio - step / 2) * step / spread**2, -_MOST_PER_ROW, _MOST_PER_ROW)
    gain = np.where(np.sign(step) * log_ratio > 2 * abs(step), -_MOST_PER_ROW, gain)
    found = []
    for _ in range(_RUNS_PER_SUPPLIER):
        first, last, total = _best_stretch(gain)
        if last - first < _LEAST_SHIPMENTS or total < np.log(max(len(gain), 2)) + 4:
            break
        middle = float(np.median(log_ratio[first:last]))
        error = 1.25 * float(np.median(spread[first:last])) / np.sqrt(last - first)
        if abs(middle - step) < 2.5 * error + 0.08:
            found.append((first, last, total))
        gain[first:last] = -_MOST_PER_ROW
    return found


def _best_stretch(gain: Floats) -> tuple[int, int, float]:
    """The stretch of the largest sum."""
    total = np.concatenate([[0.0], np.cumsum(gain)])
    lowest = np.minimum.accumulate(total)
    last = int(np.argmax(total - lowest))
    first = int(np.argmin(total[: last + 1]))
    return first, last, float(total[last] - lowest[last])
