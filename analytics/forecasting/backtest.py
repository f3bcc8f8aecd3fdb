"""How good forecasts made earlier would have been: from several days of the past, against what came."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from access.clock import utc_now
from analytics.forecasting import TooShort, linear_lags, seasonal_naive
from analytics.forecasting.drawn import banded, futures_of
from analytics.forecasting.history import FEWEST_DAYS, History
from analytics.forecasting.results import BACKTEST_COLUMNS, Backtest

__all__ = ["HORIZONS", "METHODS", "Report", "backtested", "measured", "origins_of", "verdicts_of"]

Report = Callable[[float, str], object]
HORIZONS = (1, 7, 14, 30)
METHODS = ("forecast", "seasonal_naive", "linear_lags")
MOST_ORIGINS = 14
FEWEST_ORIGINS = 4
_STEP_DAYS = 30  # no day is tested twice where the history is long enough
_LEAST_STEP_DAYS = 5
_DRAWS = 400
_OFF = 0.05  # a share of days that a band may miss by before it is told
_LEVELS = {"coverage_80": 0.80, "coverage_95": 0.95}
_WEEK = 7


@dataclass(frozen=True, eq=False)
class _Try:
    """One forecast from one origin: `ahead` has mean and bands, `actual` what came (NaN in gaps)."""

    method: str
    ahead: pd.DataFrame
    actual: np.ndarray
    naive_kg: float


def backtested(history: History, *, report: Report | None = None) -> Backtest:
    """Forecast 30 days from up to 14 days of the past, with what was known then.

    A horizon of h days pools the days 1 to h after each origin.

    Raises
    ------
    TooShort
        Where the history leaves fewer than 4 origins.
    """
    origins = origins_of(len(history.kg))
    tries: list[_Try] = []
    for number, origin in enumerate(origins):
        if report is not None:
            report(number / len(origins), f"Forecast {number + 1} of {len(origins)} from earlier days")
        tries += _tries(history, origin)
    counted = len(tries) // len(METHODS)
    if counted < FEWEST_ORIGINS:
        raise _too_short(history.days)
    frame = measured([(one.method, one.ahead, one.actual, one.naive_kg) for one in tries])
    if report is not None:
        report(1.0, "Done")
    days = history.kg.index
    own = [(one.ahead, one.actual) for one in tries if one.method == "forecast"]
    apart = 1 + (origins[-1] - origins[0]) / HORIZONS[-1]
    return Backtest(
        frame=frame,
        origins=counted,
        verdicts=(*verdicts_of(own, apart), _accuracy_verdict(frame)),
        made_at=utc_now(),
        first_origin=days[origins[0]],
        last_origin=days[origins[-1]],
    )


def origins_of(days: int) -> list[int]:
    """How many days each forecast knows: evenly over the last part of the history, at most its later half.

    Raises
    ------
    TooShort
        Where fewer than 4 origins remain, 5 days apart.
    """
    longest = HORIZONS[-1]
    last = days - longest
    least = max(2 * FEWEST_DAYS, days // 2)
    possible = (last - least) // _LEAST_STEP_DAYS + 1 if last >= least else 0
    if possible < FEWEST_ORIGINS:
        raise _too_short(days)
    count = min(MOST_ORIGINS, possible)
    step = min(_STEP_DAYS, (last - least) // (count - 1))
    return [last - step * number for number in range(count)][::-1]


def measured(tries: list[tuple[str, pd.DataFrame, np.ndarray, float]]) -> pd.DataFrame:
    """The measures by method and horizon, with the columns of `Backtest.frame`.

    Parameters
    ----------
    tries : list of (method, ahead, actual, naive_kg)
        `ahead` has mean, lower_80, upper_80, lower_95, upper_95, a row a day; `actual` the same days, NaN
        where not known; `naive_kg` the mean error of the seasonal naive forecast in the days before.
    """
    rows = []
    for method in dict.fromkeys(method for method, *_ in tries):
        own = [one for one in tries if one[0] == method]
        rows += [{"method": method, "horizon_days": days, **_measures(own, days)} for days in HORIZONS]
    return pd.DataFrame(rows, columns=list(BACKTEST_COLUMNS))


def _measures(tries: list[tuple[str, pd.DataFrame, np.ndarray, float]], horizon: int) -> dict[str, float]:
    ahead = pd.concat([one[1].iloc[:horizon] for one in tries], ignore_index=True)
    actual = np.concatenate([one[2][:horizon] for one in tries])
    scale = np.concatenate([np.full(len(one[2][:horizon]), one[3]) for one in tries])
    known = np.isfinite(actual)
    ahead, actual, scale = ahead[known], actual[known], scale[known]
    error = ahead["mean"].to_numpy() - actual
    came = actual.sum()
    scaled = np.abs(error[scale > 0]) / scale[scale > 0]
    return {
        "origins": len(tries),
        "wape": float(np.abs(error).sum() / came) if came > 0 else np.nan,
        "mase": float(scaled.mean()) if len(scaled) else np.nan,
        "bias_share": float(error.sum() / came) if came > 0 else np.nan,
        **{name: float(_inside(ahead, actual, level).mean()) for name, level in _LEVELS.items()},
        "width_80_kg": float((ahead["upper_80"] - ahead["lower_80"]).mean()),
    }


def _inside(ahead: pd.DataFrame, actual: np.ndarray, level: float) -> np.ndarray:
    name = round(level * 100)
    lower, upper = ahead[f"lower_{name}"].to_numpy(), ahead[f"upper_{name}"].to_numpy()
    return np.asarray((actual >= lower - 1e-9) & (actual <= upper + 1e-9))


def _tries(history: History, origin: int) -> list[_Try]:
    """The three forecasts from one origin; none where the method cannot start or nothing came."""
    kg = history.kg.iloc[:origin]
    actual = history.kg.iloc[origin : origin + HORIZONS[-1]].to_numpy()
    if not np.isfinite(actual).any():
        return []
    known = History(kg, history.tonne_km.iloc[:origin], history.kg.index[origin], ())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = {
                "forecast": _own(known),
                "seasonal_naive": seasonal_naive(kg, HORIZONS[-1]),
                "linear_lags": linear_lags(kg, HORIZONS[-1]),
            }
    except TooShort:
        return []
    steps = np.abs(kg.to_numpy()[_WEEK:] - kg.to_numpy()[:-_WEEK])
    naive_kg = float(np.nanmean(steps)) if np.isfinite(steps).any() else 0.0
    return [_Try(method, ahead, actual, naive_kg) for method, ahead in found.items()]


def _own(known: History) -> pd.DataFrame:
    futures = futures_of(known, HORIZONS[-1], draws=_DRAWS)
    return banded(futures.days, futures.mean, futures.draws)


def verdicts_of(tries: list[tuple[pd.DataFrame, np.ndarray]], apart: float | None = None) -> tuple[str, ...]:
    """One sentence a band on all days, and one more for each shorter horizon where it clearly misses.

    Parameters
    ----------
    tries : list of (ahead, actual)
        Of one method, as `measured` takes them.
    apart : float, optional
        As how many starting days that share no day these count; default: all.
    """
    verdicts = []
    for level in _LEVELS.values():
        for horizon in reversed(HORIZONS):
            held = _held(tries, level, horizon, len(tries) if apart is None else apart)
            if held.days and (horizon == HORIZONS[-1] or (abs(held.off) > _OFF and held.certain)):
                verdicts.append(_told(held, level, horizon, len(tries)))
    return tuple(verdicts)


@dataclass(frozen=True)
class _Held:
    """Days that a band held, of how many, by what share that is off, and whether chance cannot explain it."""

    inside: int
    days: int
    off: float
    certain: bool


def _held(tries: list[tuple[pd.DataFrame, np.ndarray]], level: float, horizon: int, apart: float) -> _Held:
    """A t-test of the share of each starting day: the days after it go together.

    Their spread is at least that of independent days. Shorter horizons are asked more strictly, since there
    are several.
    """
    from scipy import stats  # type: ignore[import-untyped]

    shares: list[float] = []
    inside = days = 0
    for ahead, came in tries:
        actual = came[:horizon]
        known = np.isfinite(actual)
        if known.any():
            held = _inside(ahead.iloc[:horizon][known], actual[known], level)
            shares.append(float(held.mean()))
            inside, days = inside + int(held.sum()), days + len(held)
    counted = min(apart, len(shares))
    if not days or counted < FEWEST_ORIGINS:
        return _Held(inside, days, inside / days - level if days else 0.0, certain=False)
    independent = float(np.sqrt(level * (1 - level) * len(shares) / days))
    error = max(float(np.std(shares, ddof=1)), independent) / np.sqrt(counted)
    sure = 1 - (0.05 if horizon == HORIZONS[-1] else 0.01) / 2
    off = inside / days - level
    return _Held(inside, days, off, certain=bool(abs(off) > stats.t.ppf(sure, counted - 1) * error))


def _told(held: _Held, level: float, horizon: int, starts: int) -> str:
    within = "" if horizon == HORIZONS[-1] else f" up to {horizon} day{'s' if horizon > 1 else ''} ahead"
    share = (
        f"The {level * 100:.0f} % band held {held.inside} of {held.days} days{within}, "
        f"{held.inside / held.days * 100:.0f} %"
    )
    if abs(held.off) <= _OFF:
        return f"{share}, as it should."
    what = "too narrow" if held.off < 0 else "too wide"
    if held.certain:
        return f"{share}: it is {what}, by more than chance explains with {starts} starting days."
    return f"{share}: it looks {what}, but with {starts} starting days chance can explain that."


def _accuracy_verdict(frame: pd.DataFrame) -> str:
    at = frame[frame["horizon_days"] == HORIZONS[-1]].set_index("method")["wape"]
    own, naive = at["forecast"], at["seasonal_naive"]
    if not (np.isfinite(own) and np.isfinite(naive)):
        return "Nothing was emitted on the days tested, so no error can be given as a share."
    better = "less than" if own < naive else "not less than"
    return (
        f"The error of a day within 30 days was {own * 100:.1f} % of what came, {better} the "
        f"{naive * 100:.1f} % of taking last week's days again."
    )


def _too_short(days: int) -> TooShort:
    needed = next(n for n in range(FEWEST_DAYS, 1_000) if _enough(n))
    return TooShort(
        f"A backtest needs about {needed} days of history, and the selection has {days}. The forecast is "
        "shown without a test of its band; choose fewer filters for a longer history."
    )


def _enough(days: int) -> bool:
    last, least = days - HORIZONS[-1], max(2 * FEWEST_DAYS, days // 2)
    return last >= least and (last - least) // _LEAST_STEP_DAYS + 1 >= FEWEST_ORIGINS
