"""What a calendar year comes to: the days that are known and draws of the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.forecasting.drawn import Futures
from analytics.forecasting.events import Event
from analytics.forecasting.history import History
from analytics.forecasting.results import YearOutlook
from analytics.forecasting.smoothing import smoothed_paths

__all__ = ["year_outlook"]

_BLOCK_DAYS = 28


def year_outlook(history: History, futures: Futures, events: Sequence[Event] = ()) -> YearOutlook:
    """The outlook for the year of the last known day.

    Parameters
    ----------
    futures : Futures
        From the history's end on, with the events in it, at least to the year's end.
    """
    last_day = history.end - pd.Timedelta(days=1)
    start, end = pd.Timestamp(last_day.year, 1, 1), pd.Timestamp(last_day.year + 1, 1, 1)
    known = history.kg[history.kg.index >= start].fillna(0.0)
    rest = int((end - history.end).days)
    so_far = float(known.sum())
    mean = so_far + np.cumsum(futures.mean[:rest])
    draws = so_far + np.cumsum(futures.draws[:, :rest], axis=1)
    totals = draws[:, -1] if rest else np.full(len(futures.draws), so_far)
    mean_kg = float(mean[-1]) if rest else so_far
    low_95, low_80, high_80, high_95 = np.quantile(totals, [0.025, 0.1, 0.9, 0.975])
    tonne_km = history.tonne_km[history.tonne_km.index >= start].fillna(0.0).sum()
    tkm_mean, tkm_draws = _tonne_km(history, rest, totals)
    before = history.kg[(history.kg.index >= start - pd.DateOffset(years=1)) & (history.kg.index < start)]
    whole = history.kg.index[0] <= start - pd.DateOffset(years=1) and not before.isna().any()
    return YearOutlook(
        year=int(last_day.year),
        so_far_kg=so_far,
        so_far_to=last_day.date(),
        mean_kg=mean_kg,
        low_80=min(float(low_80), mean_kg),
        high_80=max(float(high_80), mean_kg),
        low_95=min(float(low_95), mean_kg),
        high_95=max(float(high_95), mean_kg),
        draws=totals,
        cumulative=_cumulative(known, futures.days[:rest], mean, draws),
        last_year_kg=float(before.sum()) if whole else None,
        from_day=max(start, history.kg.index[0]).date(),
        tonne_km_so_far=float(tonne_km),
        tonne_km_mean=float(tonne_km) + tkm_mean,
        tonne_km_draws=float(tonne_km) + tkm_draws,
        history_end=history.end,
        notes=_notes(history, start),
        events=tuple(events),
    )


def _cumulative(
    known: pd.Series, days: pd.DatetimeIndex, mean: np.ndarray, draws: np.ndarray
) -> pd.DataFrame:
    frame = pd.DataFrame({"day": known.index.append(days)})
    nothing = np.full(len(known), np.nan)
    frame["actual_kg"] = np.concatenate([known.cumsum(), np.full(len(days), np.nan)])
    frame["mean_kg"] = np.concatenate([nothing, mean])
    for name, share in (("lower_80", 0.1), ("upper_80", 0.9), ("lower_95", 0.025), ("upper_95", 0.975)):
        band = np.quantile(draws, share, axis=0) if len(days) else np.empty(0)
        band = np.minimum(band, mean) if name.startswith("lower") else np.maximum(band, mean)
        frame[name] = np.concatenate([nothing, band])
    return frame


def _tonne_km(history: History, rest: int, kg_draws: np.ndarray) -> tuple[float, np.ndarray]:
    """Tonne-km of the rest of the year, mean and draws, paired with the draws of kg.

    The pairing gives their ranks the correlation that the sums of four weeks had (Iman and Conover 1982).
    """
    if not rest:
        return 0.0, np.zeros(len(kg_draws))
    smoothed = smoothed_paths(history.tonne_km.to_numpy()[:, None], rest, len(kg_draws), seed=1)
    sums = smoothed.draws[:, :, 0].sum(axis=1)
    together = _correlation(history)
    rng = np.random.default_rng(2)
    ranks = kg_draws.argsort().argsort()
    normal = np.sort(rng.standard_normal(len(kg_draws)))[ranks]
    order = together * normal + np.sqrt(1 - together**2) * rng.standard_normal(len(kg_draws))
    return float(smoothed.mean.sum()), np.sort(sums)[order.argsort().argsort()]


def _correlation(history: History) -> float:
    both = pd.DataFrame({"kg": history.kg, "tonne_km": history.tonne_km})
    blocks = np.arange(len(both))[::-1] // _BLOCK_DAYS
    found = both.groupby(blocks).mean().diff().corr().iloc[0, 1]
    return float(np.clip(found, -0.99, 0.99)) if np.isfinite(found) else 0.0


def _notes(history: History, start: pd.Timestamp) -> tuple[str, ...]:
    notes = list(history.notes)
    first = history.kg.index[0]
    if first > start:
        notes.append(f"The data begin on {first:%Y-%m-%d}: the year's sum holds nothing before that.")
    return tuple(notes)
