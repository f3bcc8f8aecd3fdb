"""How near the forecast comes beside simpler models and each one alone, what its bands hold, its time."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.report import Limit, Row, Table, doing
from benchmarks.stopwatch import median_ms, seconds
from benchmarks.warehouses import Bench

__all__ = ["measure"]

HORIZON, ORIGINS, LEAST_KNOWN = 30, 2, 40
RUNS, TWO_YEARS, ALLOWED_MS = 5, 730, 1_000.0
OURS = "forecast"
WEEK = np.array([1.15, 1.1, 1.05, 1.0, 1.1, 0.55, 0.4])
Floats = np.ndarray
Model = Callable[[pd.Series, int], pd.DataFrame]


@dataclass(frozen=True)
class Result:
    """One forecast against what came: errors, shares of steps in the bands (NaN without), and its time."""

    mae: float
    wape: float
    days_80: float
    days_95: float
    took_s: float


def measure(bench: Bench) -> list[Table]:
    """Accuracy and coverage of each model over the series, and what two years of days take."""
    series = dict(_series())
    # The two models of statsmodels take seconds a series: they run with the full benchmark only.
    models = _models(slow=max(bench.sizes) >= 1_000_000)
    found: dict[str, list[list[Result]]] = {name: [] for name in models}
    naive: list[list[Result]] = []
    for name, y in series.items():
        doing("forecasting", name)
        cuts = _cuts(y)
        naive.append([_result(_naive2, *cut) for cut in cuts])
        for model, function in models.items():
            found[model].append([_result(function, *cut) for cut in cuts])
    return [_accuracy(found, naive, len(series)), _times()]


def _accuracy(found: dict[str, list[list[Result]]], naive: list[list[Result]], many: int) -> Table:
    owa = {model: float(np.mean(list(_relative(results, naive)))) for model, results in found.items()}
    best_other = min(value for model, value in owa.items() if model != OURS)
    rows: list[Row] = []
    for model, results in sorted(found.items(), key=lambda one: owa[one[0]]):
        every = [one for of_series in results for one in of_series]
        held = [
            100 * float(np.mean([getattr(one, name) for one in every])) for name in ("days_80", "days_95")
        ]
        shown = [share if np.isfinite(share) else "–" for share in held]
        cells = (model, owa[model], *shown, 1000 * float(np.median([one.took_s for one in every])))
        rows.append((cells, Limit(owa[model], best_other) if model == OURS else None))
    return Table(
        f"Forecast: accuracy over {many} series",
        ("model", "OWA", "in the 80 % band, %", "in the 95 % band, %", "ms a series"),
        rows,
        f"Up to {HORIZON} steps ahead from {ORIGINS} origins. OWA: the mean of MASE and WAPE, each relative "
        "to Naive2 (the last value, adjusted for the day of the week), averaged over the series; WAPE, not "
        "sMAPE, which zeros break. Generated daily series, and the data sets of statsmodels (yearly, "
        "quarterly and monthly ones dated as weeks: no model is told their season). `our …`: members of the "
        "forecast alone; `statsmodels …` the models of that library by maximum likelihood.",
    )


def _relative(results: list[list[Result]], naive: list[list[Result]]) -> Iterator[float]:
    for ours, theirs in zip(results, naive, strict=True):
        ratios = [
            float(np.mean([getattr(one, name) for one in ours]))
            / max(float(np.mean([getattr(one, name) for one in theirs])), 1e-12)
            for name in ("mae", "wape")
        ]
        yield sum(ratios) / 2


def _times() -> Table:
    from analytics.forecasting import forecast

    rows: list[Row] = []
    for kind, values in _generated(TWO_YEARS, np.random.default_rng(7)):
        y = pd.Series(values, index=pd.date_range("2024-01-01", periods=TWO_YEARS))
        for horizon in (30, 365):
            took = median_ms(lambda y=y, horizon=horizon: forecast(y, horizon), RUNS)  # type: ignore[misc]
            rows.append(((kind, horizon, took), Limit(took, ALLOWED_MS, "ms")))
    return Table("Forecast: two years of days", ("series", "days ahead", "ms"), rows, "Medians.")


def _cuts(y: pd.Series) -> list[tuple[pd.Series, Floats]]:
    """Known and later values from each origin; the later ones are the last, without overlap."""
    horizon = min(HORIZON, max((len(y) - LEAST_KNOWN) // ORIGINS, 5))
    ends = [len(y) - horizon * (back + 1) for back in range(ORIGINS)]
    cuts = [(y.iloc[:end], y.iloc[end : end + horizon].to_numpy()) for end in ends]
    return [(known, later) for known, later in cuts if np.isfinite(later).any()]


def _result(model: Model, known: pd.Series, later: Floats) -> Result:
    said: list[pd.DataFrame] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        took = seconds(lambda: said.append(model(known, len(later))))
    frame, seen = said[0].reset_index(drop=True), np.isfinite(later)
    off = np.abs(frame["mean"].to_numpy() - later)[seen]
    held = {
        level: float(
            ((later >= frame[f"lower_{level}"]) & (later <= frame[f"upper_{level}"])).to_numpy()[seen].mean()
        )
        if f"lower_{level}" in frame
        else float("nan")
        for level in (80, 95)
    }
    total = float(np.abs(later[seen]).sum())
    return Result(float(off.mean()), float(off.sum()) / max(total, 1e-12), held[80], held[95], took)


def _models(*, slow: bool) -> dict[str, Model]:
    from analytics.forecasting import forecast, linear_lags, seasonal_naive

    models: dict[str, Model] = {
        OURS: forecast,
        "seasonal naive": seasonal_naive,
        "linear lags 1, 7, 14": linear_lags,
        "statsmodels ETS by AICc": _ets,
        "our level and memory": lambda y, h: _member(y, h, 0),
        "our ETS": lambda y, h: _member(y, h, 1),
        "our seasonal ARIMA": lambda y, h: _member(y, h, -1),
    }
    if slow:
        models["statsmodels components"] = _components
        models["statsmodels SARIMAX"] = _sarimax
        models["statsmodels, the three together"] = _together
    return models


def _closed(y: pd.Series) -> tuple[Floats, int]:
    from analytics.forecasting.series import filled, regular, season_length

    known = regular(y)
    return filled(known.to_numpy(), season_length(known)), season_length(known)


def _naive2(y: pd.Series, horizon: int) -> pd.DataFrame:
    values, season = _closed(y)
    phase = np.arange(len(values) + horizon) % season
    usual = np.array([values[phase[: len(values)] == one].mean() for one in range(season)])[phase]
    mean = np.maximum(values[-1] - usual[len(values) - 1] + usual[len(values) :], 0)
    return pd.DataFrame({"mean": mean})


def _member(y: pd.Series, horizon: int, which: int) -> pd.DataFrame:
    from analytics.forecasting.members import fitted

    values, season = _closed(y)
    unit = values.mean() or 1.0
    return pd.DataFrame({"mean": np.maximum(fitted(values / unit, horizon, season)[which].mean * unit, 0)})


def _gaussian(mean: Floats, spread: Floats) -> pd.DataFrame:
    bands = {
        f"{side}_{level}": np.maximum(mean + sign * z * spread, 0)
        for level, z in ((80, 1.2816), (95, 1.96))
        for side, sign in (("lower", -1), ("upper", 1))
    }
    return pd.DataFrame({"mean": np.maximum(mean, 0), **bands})


def _ets(y: pd.Series, horizon: int) -> pd.DataFrame:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    values, season = _closed(y)
    dated = pd.Series(values, index=pd.date_range("2020-01-01", periods=len(values)))
    seasons = [(None, None)] + ([("add", season)] if season > 1 else [])
    fits = [
        ETSModel(
            dated, error="add", trend=trend, damped_trend=bool(trend), seasonal=kind, seasonal_periods=length
        ).fit(disp=False, maxiter=200)
        for trend in (None, "add")
        for kind, length in seasons
    ]
    best = min(fits, key=lambda one: one.aicc)
    said = best.get_prediction(start=len(values), end=len(values) + horizon - 1).summary_frame(alpha=0.2)
    spread = (said["pi_upper"] - said["pi_lower"]).to_numpy() / 2 / 1.2816
    return _gaussian(said["mean"].to_numpy(), spread)


def _components(y: pd.Series, horizon: int) -> pd.DataFrame:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    values, season = _closed(y)
    model = UnobservedComponents(
        values, level="local level", seasonal=season if season > 1 else None, autoregressive=1
    )
    said = model.fit(disp=0, maxiter=60, cov_type="none").get_forecast(horizon)
    return _gaussian(said.predicted_mean, np.sqrt(said.var_pred_mean))


def _sarimax(y: pd.Series, horizon: int) -> pd.DataFrame:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    values, season = _closed(y)
    seasonal = (0, 1, 1, season) if season > 1 else (0, 0, 0, 0)
    model = SARIMAX(values, order=(1, 1, 1), seasonal_order=seasonal)
    said = model.fit(disp=0, maxiter=40, cov_type="none").get_forecast(horizon)
    return _gaussian(said.predicted_mean, np.sqrt(said.var_pred_mean))


def _together(y: pd.Series, horizon: int) -> pd.DataFrame:
    """The median of what the three of statsmodels expect, and the mean of their bands' half-widths."""
    said = [model(y, horizon) for model in (_components, _sarimax, _ets)]
    mean = np.median([one["mean"] for one in said], axis=0)
    spread = np.mean([one["upper_80"] - one["mean"] for one in said], axis=0) / 1.2816
    return _gaussian(mean, spread)


def _series() -> Iterator[tuple[str, pd.Series]]:
    """Series by name: what comes with statsmodels, and made ones of one and of two years or less."""
    from statsmodels.datasets import co2, elec_equip, elnino, macrodata, nile, sunspots

    macro = macrodata.load_pandas().data
    shipped = {
        "CO2 in the air": co2.load_pandas().data["co2"].iloc[-500:],
        "sunspots": sunspots.load_pandas().data["SUNACTIVITY"],
        "Nile": nile.load_pandas().data["volume"],
        "El Niño": elnino.load_pandas().data.drop(columns="YEAR").stack(),
        "electrical equipment": elec_equip.load_pandas().data.iloc[:, 0],
        **{name: macro[name] for name in ("unemp", "tbilrate", "realinv", "cpi")},
    }
    for name, values in shipped.items():
        index = pd.date_range("2000-01-03", periods=len(values), freq="7D")
        yield name, pd.Series(values.to_numpy(dtype=float), index=index)
    for days in (120, 425):
        for name, values in _generated(days, np.random.default_rng(days)):
            yield f"{name}, {days} days", pd.Series(values, index=pd.date_range("2025-01-06", periods=days))


def _generated(days: int, chance: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    t = np.arange(days)
    week = 1000 * WEEK[t % 7]
    memory = np.zeros(days)
    for step, shock in enumerate(chance.normal(0, 1, days)):
        memory[step] = 0.5 * memory[step - 1] * (step > 0) + shock
    many = chance.poisson(np.where(t % 7 < 5, 6, 0))
    made = {
        "memory": week + 80 * memory,
        "trend": week * (0.8 + 0.3 * t / 365) + 80 * memory,
        "random walk": week / 2 + 1000 + np.cumsum(chance.normal(0, 20, days)),
        "swings in per cent": week * np.exp(0.15 * memory),
        "parcels": np.array([chance.lognormal(5, 0.8, one).sum() for one in many]),
        "level shift": week * np.where(t > days * 0.6, 1.5, 1.0) + 80 * memory,
        "gaps": np.where(chance.random(days) < 0.1, np.nan, week + 80 * memory),
        "lumps": np.where(chance.random(days) < 0.15, chance.lognormal(6, 1, days), 0.0),
    }
    for name, values in made.items():
        yield name, np.where(np.isnan(values), np.nan, np.maximum(values, 0))
