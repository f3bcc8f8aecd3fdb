"""Do the bands hold what they promise? Three hundred series whose makers are known, and what came after."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.forecasting import paths, seasonal_naive

SERIES_A_KIND = 25
LENGTHS = (24, 60, 120, 240, 365)
HORIZON = 30
WEEK = np.array([1.15, 1.1, 1.05, 1.0, 1.1, 0.55, 0.4])
Maker = Callable[[np.ndarray, int, np.random.Generator], np.ndarray]


def remembered(many: int, memory: float, size: float, chance: np.random.Generator) -> np.ndarray:
    shocks = chance.normal(0, size, many)
    found = np.empty(many)
    found[0] = shocks[0] / np.sqrt(1 - memory**2)
    for step in range(1, many):
        found[step] = memory * found[step - 1] + shocks[step]
    return found


def with_gaps(t: np.ndarray, known: int, chance: np.random.Generator) -> np.ndarray:
    values = 1000 * WEEK[t % 7] + remembered(len(t), 0.5, 80, chance)
    values[:known][chance.random(known) < 0.1] = np.nan
    return values


def parcels(t: np.ndarray, _known: int, chance: np.random.Generator) -> np.ndarray:
    """A small supplier: some shipments on each working day, of very unequal size, none at the weekend."""
    many = chance.poisson(np.where(t % 7 < 5, 6, 0))
    return np.array([chance.lognormal(5, 0.8, one).sum() for one in many])


def shifted(t: np.ndarray, known: int, chance: np.random.Generator) -> np.ndarray:
    """A lane that moved to another mode for good, at some time in the middle."""
    moved = np.where(t > known * chance.uniform(0.3, 0.8), 1.5, 1.0)
    return 1000 * WEEK[t % 7] * moved + remembered(len(t), 0.3, 80, chance)


KINDS: dict[str, Maker] = {
    "memory": lambda t, n, r: 1000 * WEEK[t % 7] + remembered(len(t), 0.5, 80, r),
    "trend": lambda t, n, r: (800 + 300 * t / 365) * WEEK[t % 7] + remembered(len(t), 0.3, 80, r),
    "random walk": lambda t, n, r: (
        1000 + np.cumsum(r.normal(0, 20, len(t))) + 500 * WEEK[t % 7] + r.normal(0, 80, len(t))
    ),
    "swings in per cent": lambda t, n, r: 1000 * WEEK[t % 7] * np.exp(remembered(len(t), 0.5, 0.15, r)),
    "parcels": parcels,
    "level shift": shifted,
    "heavy tails": lambda t, n, r: 1000 * WEEK[t % 7] + 80 * r.standard_t(4, len(t)),
    "gaps": with_gaps,
    "noise": lambda t, n, r: 500 + r.normal(0, 100, len(t)),
    "season of the year": lambda t, n, r: (
        (1000 + 250 * np.sin(2 * np.pi * t / 365.25)) * WEEK[t % 7] + remembered(len(t), 0.4, 80, r)
    ),
    "lumps": lambda t, n, r: np.where(r.random(len(t)) < 0.15, r.lognormal(6, 1, len(t)), 0.0),
    "weeks": lambda t, n, r: 5000 + np.cumsum(r.normal(0, 60, len(t))) + r.normal(0, 400, len(t)),
}


def held(kind: str, number: int) -> dict[str, float]:
    """For one series, the shares of days in the bands, whether the sum was, and errors against naive."""
    known = LENGTHS[number % len(LENGTHS)]
    chance = np.random.default_rng([number, list(KINDS).index(kind)])
    values = np.maximum(KINDS[kind](np.arange(known + HORIZON), known, chance), 0)
    dates = pd.date_range("2025-01-06", periods=known, freq="7D" if kind == "weeks" else "D")
    y, came = pd.Series(values[:known], index=dates), values[known:]
    found = paths(y, HORIZON)
    naive = seasonal_naive(y, HORIZON)["mean"].to_numpy()
    sums = found.draws.sum(axis=1)
    share = {
        "error": float(np.abs(came - found.mean).sum()),
        "naive_error": float(np.abs(came - naive).sum()),
    }
    for level in (80, 95):
        tails = [(100 - level) / 200, (100 + level) / 200]
        lower, upper = np.quantile(found.draws, tails, axis=0)
        share[f"days_{level}"] = 100 * float(((came >= lower) & (came <= upper)).mean())
        low, high = np.quantile(sums, tails)
        share[f"sum_{level}"] = 100.0 * float(low <= came.sum() <= high)
    return share


def test_bands_of_days_and_of_sums_hold_what_they_promise_over_300_series():
    rows = [{"kind": kind} | held(kind, number) for kind in KINDS for number in range(SERIES_A_KIND)]
    assert len(rows) == 300
    by_kind = pd.DataFrame(rows).groupby("kind").mean()
    over_all = by_kind.mean()
    for level in (80, 95):
        assert abs(over_all[f"days_{level}"] - level) <= 5, over_all
        assert abs(over_all[f"sum_{level}"] - level) <= 7, over_all
        assert (abs(by_kind[f"days_{level}"] - level) <= 12).all(), by_kind
    # A forecast that knows no more than last week would be no forecast: better on average, for every kind.
    assert (by_kind["error"] < by_kind["naive_error"]).all(), by_kind[["error", "naive_error"]]
