"""Three models of a series, each a linear filter of its own shocks: level with memory, seasonal ARIMA, ETS.

All are fitted by conditional least squares: the filter turns the series into one-step errors, and what the
series starts from (its level, its week) is solved for at each step rather than searched. Sources: Box,
Jenkins, Reinsel and Ljung (2015), Time Series Analysis, ch. 7; for ETS as a filter, Hyndman, Koehler, Ord
and Snyder (2008), Forecasting with Exponential Smoothing, ch. 11. Maximum likelihood of the same orders takes
several times as long (`make bench`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Fitted", "fit", "fitted", "level", "short_level"]

_RIDGE = 1e-8
_ITERATIONS = 60


@dataclass(frozen=True)
class Model:
    """A filter with open parameters: (ar, ma) polynomials in the backshift, and where to search."""

    name: str
    filter: Callable[[Floats], tuple[Floats, Floats]]
    start: tuple[float, ...]
    bounds: tuple[tuple[float, float], ...]
    weekly: bool  # whether the days of the week are solved for
    trend: bool = False  # whether a damped slope is (its damping is the last parameter)


@dataclass(frozen=True)
class Fitted:
    """A fitted model: what it expects, and how shocks and unsure starts move that.

    mean (h,); psi (h,): what a shock of 1 adds 0, 1, 2… steps later; shocks (n,): past one-step errors;
    unsure (h, k): what one standard error of each start (uncorrelated) adds, in standard deviations of the
    shocks; many: parameters estimated.
    """

    name: str
    mean: Floats
    psi: Floats
    shocks: Floats
    unsure: Floats
    sse: float
    many: int
    parameters: tuple[float, ...]

    @property
    def aicc(self) -> float:
        n = len(self.shocks)
        room = max(n - self.many - 1, 1e-3)
        penalty = 2.0 * self.many + 2.0 * self.many * (self.many + 1) / room
        return n * float(np.log(max(self.sse, 1e-300) / n)) + penalty


def fitted(values: Floats, horizon: int, season: int, extra: Floats | None = None) -> list[Fitted]:
    """The models that the length of the series allows, one of each kind.

    extra (n + horizon, k): further columns to be solved for with the starts, such as steps of the level.
    """
    n = len(values)
    weekly = [False, True] if season > 1 and n >= 2 * season else [False]
    kinds = [[short_level(week) for week in weekly], [_simple(week) for week in weekly]]
    if season > 1 and n >= 3 * season:
        kinds[1].append(_ets(season))
    if n >= 6 * max(season, 5):
        kinds[0] = [level(week) for week in weekly]
        kinds[1].append(_damped(season if season > 1 else 0))
    best = []
    for kind in kinds:
        tried = [fit(values, horizon, one, season=season, extra=extra) for one in kind]
        best.append(min(tried, key=lambda one: one.aicc))
    seasonal = season > 1 and any(one.name.endswith("week") for one in best)
    if n >= 6 * max(season, 5):
        best.append(fit(values, horizon, _sarima(season if seasonal else 1), season=season, extra=extra))
    return best


def short_level(weekly: bool) -> Model:
    def filters(p: Floats) -> tuple[Floats, Floats]:
        return np.array([1.0, -p[0]]), np.array([1.0])

    return Model("ar1 week" if weekly else "ar1", filters, (0.3,), ((-0.5, 0.95),), weekly)


def level(weekly: bool) -> Model:
    """Local level + AR(1): ARIMA(1, 1, 2)."""

    def filters(p: Floats) -> tuple[Floats, Floats]:
        return np.convolve([1.0, -1.0], [1.0, -p[0]]), np.convolve([1.0, -p[1]], [1.0, -p[2]])

    name = "level week" if weekly else "level"
    return Model(name, filters, (0.4, 0.95, 0.0), ((-0.9, 0.95), (0.0, 1.0), (-0.9, 0.9)), weekly)


def _simple(weekly: bool) -> Model:
    def filters(p: Floats) -> tuple[Floats, Floats]:
        return np.array([1.0, -1.0]), np.array([1.0, p[0] - 1.0])

    return Model("ses week" if weekly else "ses", filters, (0.2,), ((0.0, 1.0),), weekly)


def _ets(season: int) -> Model:
    def filters(p: Floats) -> tuple[Floats, Floats]:
        ar = np.zeros(season + 1)
        ar[0], ar[season] = 1.0, -1.0
        ma = ar.copy()
        ma[1:] += p[0]
        ma[season] += p[1] * (1 - p[0])
        return ar, ma

    return Model("ets week", filters, (0.2, 0.05), ((0.0, 1.0), (0.0, 1.0)), True)


def _damped(season: int) -> Model:
    """ETS(A, Ad, A), or (A, Ad, N) without a season."""

    def filters(p: Floats) -> tuple[Floats, Floats]:
        a, b, c, phi = p[0], p[1] * p[0], p[2] * (1 - p[0]) if season else 0.0, p[-1]
        whole = np.zeros(max(season, 1) + 1)
        whole[0], whole[-1] = 1.0, -1.0
        ar = np.convolve(whole, [1.0, -phi])
        j = np.arange(1, len(ar))
        psi = np.concatenate([[1.0], a + b * phi * (1 - phi**j) / (1 - phi)])
        if season:
            psi[season::season] += c
        return ar, np.convolve(ar, psi)[: len(ar)]

    start = (0.2, 0.05, 0.05, 0.95) if season else (0.2, 0.05, 0.95)
    bounds = ((0.0, 1.0),) * (len(start) - 1) + ((0.8, 0.98),)
    return Model("damped week" if season else "damped", filters, start, bounds, season > 0, trend=True)


def _sarima(season: int) -> Model:
    """ARIMA(1, 1, 1)(0, 1, 1) of the week; (1, 1, 1) without one."""

    def filters(p: Floats) -> tuple[Floats, Floats]:
        ar, ma = np.convolve([1.0, -1.0], [1.0, -p[0]]), np.array([1.0, -p[1]])
        if season > 1:
            whole = np.zeros(season + 1)
            whole[0] = 1.0
            seasonal = whole.copy()
            whole[-1], seasonal[-1] = -1.0, -p[2]
            ar, ma = np.convolve(ar, whole), np.convolve(ma, seasonal)
        return ar, ma

    start, bounds = (0.3, 0.8, 0.8), ((-0.9, 0.95), (-0.9, 1.0), (0.0, 1.0))
    many = 3 if season > 1 else 2
    return Model("sarima week" if season > 1 else "arima", filters, start[:many], bounds[:many], season > 1)


def _starts(steps: Floats, season: int, model: Model) -> Floats:
    """What the series may start from, a column each: a level, or one for each day of the week."""
    if not model.weekly:
        return np.ones((len(steps), 1))
    return np.column_stack([(steps % season == day).astype(float) for day in range(season)])


def _slope(steps: Floats, damping: float) -> Floats:
    """What a slope of 1 at the start has added by each step."""
    return np.asarray((1 - damping ** (steps + 1)) / (1 - damping))


def fit(
    values: Floats,
    horizon: int,
    model: Model,
    *,
    season: int,
    extra: Floats | None = None,
    start: Sequence[float] = (),
) -> Fitted:
    """One model by conditional least squares, searched from its own start or a nearer one."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]
    from scipy.signal import lfilter  # type: ignore[import-untyped]

    n = len(values)
    steps = np.arange(n + horizon, dtype=float)
    if extra is None:
        extra = np.zeros((n + horizon, 0))

    whole = np.column_stack([_starts(steps, season, model), extra])

    def errors(p: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        columns = whole[:n]
        if model.trend:
            columns = np.column_stack([columns, _slope(steps[:n], p[-1])])
        ar, ma = model.filter(p)
        both = lfilter(ar, ma, np.column_stack([values, columns]), axis=0)
        y, x = both[:, 0], both[:, 1:]
        gram = x.T @ x
        gram[np.diag_indices_from(gram)] += _RIDGE * (1.0 + np.trace(gram) / len(gram))
        b = np.linalg.solve(gram, x.T @ y)
        return y - x @ b, b, gram, columns

    def loss(p: Floats) -> float:
        e = errors(p)[0]
        sse = float(e @ e)
        return float(np.log(sse + 1e-12)) if np.isfinite(sse) and sse < 1e100 else 1e3

    with np.errstate(all="ignore"):
        options = {"maxiter": _ITERATIONS}
        found = minimize(loss, start or model.start, method="L-BFGS-B", bounds=model.bounds, options=options)
        p = np.asarray(found.x if np.isfinite(found.fun) else model.start, dtype=float)
        e, b, gram, columns = errors(p)
    ar, ma = model.filter(p)
    later = whole[n:]
    if model.trend:
        later = np.column_stack([later, _slope(steps[n:], p[-1])])

    def ahead(past: Floats) -> Floats:
        """What the filter expects after what it saw (n, k), when no more shocks come."""
        shocks = lfilter(ar, ma, past, axis=0)
        order = max(len(ar), len(ma)) - 1
        _, state = lfilter(ma, ar, shocks, axis=0, zi=np.zeros((order, past.shape[1])))
        expected: Floats = lfilter(ma, ar, np.zeros((horizon, past.shape[1])), axis=0, zi=state)[0]
        return expected

    both = ahead(np.column_stack([values - columns @ b, columns]))
    unsure = (later - both[:, 1:]) @ np.linalg.cholesky(np.linalg.inv(gram))
    impulse = np.zeros(horizon)
    impulse[0] = 1.0
    return Fitted(
        name=model.name,
        mean=later @ b + both[:, 0],
        psi=lfilter(ma, ar, impulse),
        shocks=e,
        unsure=unsure,
        sse=float(e @ e),
        many=len(p) + columns.shape[1],
        parameters=tuple(map(float, p)),
    )
