"""Fair timing on a machine that is never quite still: two ways by turns, medians, ratios within each turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

__all__ = ["Pair", "compare", "median_ms", "seconds"]


@dataclass(frozen=True)
class Pair:
    """Medians of both ways, and the median of the ratios of neighbouring runs."""

    ours_ms: float
    by_hand_ms: float
    ratio: float


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare(ours: Callable[[int], object], by_hand: Callable[[int], object], runs: int) -> Pair:
    """Run A B A B … with the number of the turn, after one warm-up of each (turn 0).

    What disturbs the machine disturbs both sides of a ratio.
    """
    times = [(seconds(partial(ours, turn)), seconds(partial(by_hand, turn))) for turn in range(runs + 1)][1:]
    return Pair(
        statistics.median(a for a, _ in times) * 1000,
        statistics.median(b for _, b in times) * 1000,
        statistics.median(a / b for a, b in times),
    )


def median_ms(work: Callable[[], object], runs: int) -> float:
    """Median of `runs`, after one warm-up."""
    work()
    return statistics.median(seconds(work) for _ in range(runs)) * 1000
