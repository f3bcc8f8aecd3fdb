"""The total's forecast split by mode, supplier or lane, so that the parts sum to it in every draw.

The total stays as it is: what the parts' own forecasts miss of it goes to them by the variance of their
errors (projection of Wickramasinghe, Athanasopoulos and Hyndman 2019, JASA 114, with the total held fixed).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.forecasting.drawn import Futures
from analytics.forecasting.history import History
from analytics.forecasting.smoothing import smoothed_paths

__all__ = ["LARGEST_PARTS", "OTHERS", "PartFutures", "PartHistory", "part_futures", "part_history", "split"]

LARGEST_PARTS = 8
OTHERS = "others"
_YEAR_DAYS = 365
_ROUNDS = 50
_DRAWS = 400  # of those of the total: the draws of nine parts take memory


@dataclass(frozen=True, eq=False)
class PartHistory:
    """kg CO2e by day (rows, as the total's history) and part (columns, largest first, `others` last).

    `gathered` names what the others are.
    """

    kg: pd.DataFrame
    gathered: frozenset[str]


@dataclass(frozen=True, eq=False)
class PartFutures:
    """`names` (k,), `mean` (days, k), `draws` (draws, days, k): each sums over the parts to the total's."""

    names: tuple[str, ...]
    mean: np.ndarray
    draws: np.ndarray


def part_history(daily: pd.DataFrame, total: History) -> PartHistory:
    """The largest parts of the last year, and the others with what has no name.

    Parameters
    ----------
    daily : DataFrame
        day, part (null where not known), wtw_kg.
    """
    known = daily.assign(day=pd.to_datetime(daily["day"]))
    known = known[(known["day"] < total.end) & (known["day"] >= total.kg.index[0])]
    recent = known[known["day"] >= total.end - pd.Timedelta(days=_YEAR_DAYS)]
    largest = recent.dropna(subset=["part"]).groupby("part")["wtw_kg"].sum().sort_values(ascending=False)
    names = [str(name) for name in largest.index[:LARGEST_PARTS]]
    part = known["part"].where(known["part"].isin(names), OTHERS)
    table = known.assign(part=part).pivot_table(
        index="day", columns="part", values="wtw_kg", aggfunc="sum", fill_value=0.0
    )
    order = [*names, *([OTHERS] if OTHERS in table.columns else [])]
    kg = table.reindex(index=total.kg.index, columns=order, fill_value=0.0).astype(float)
    kg[total.kg.isna().to_numpy()] = np.nan
    gathered = frozenset(map(str, known["part"].dropna().unique())) - set(names)
    return PartHistory(kg, gathered)


def part_futures(parts: PartHistory, total: Futures) -> PartFutures:
    """Forecast each part by itself, then bring them to the total."""
    some = total.draws[:_DRAWS]
    own = smoothed_paths(parts.kg.to_numpy(), len(total.days), len(some))
    weights = own.error_sd**2
    return PartFutures(
        tuple(map(str, parts.kg.columns)),
        split(own.mean, total.mean, weights),
        split(own.draws, some, weights).astype(np.float32),
    )


def split(parts: np.ndarray, total: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Change `parts` so that they sum to `total`, none below zero.

    Parameters
    ----------
    parts : ndarray, shape (..., k)
    total : ndarray, shape (...)
        At least 0.
    weights : ndarray, shape (k,)
        Who takes how much of the difference.
    """
    k = parts.shape[-1]
    weights = weights + 1e-9 * max(float(weights.max(initial=0.0)), 1.0) if weights.any() else np.ones(k)
    found = parts + (total - parts.sum(axis=-1))[..., None] * (weights / weights.sum())
    for _ in range(_ROUNDS):
        if (found >= 0).all():
            return found
        # What is below zero becomes zero, and those above pay for it.
        found = np.maximum(found, 0.0)
        over = found.sum(axis=-1) - total
        able = (found > 0) * weights
        share = able / np.maximum(able.sum(axis=-1, keepdims=True), 1e-300)
        found = found - over[..., None] * share
    found = np.maximum(found, 0.0)
    sums = found.sum(axis=-1)
    return found * np.where(sums > 0, total / np.where(sums > 0, sums, 1.0), 0.0)[..., None]
