"""Mode shares and intensity by month with intervals, and whether they have a trend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.trends import words
from analytics.trends.design import YEAR_WEEKS, Slope, harmonics, inflation, slope, yearly_terms
from analytics.trends.history import blocks
from analytics.trends.results import Shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FRAME", "INTENSITY", "SLOPES", "shares_of"]

FRAME = (
    "month", "mode", "tonne_km", "wtw_kg", "tonne_km_pct", "wtw_pct", "tonne_km_low", "tonne_km_high",
    "wtw_low", "wtw_high",
)  # fmt: skip
INTENSITY = ("month", "tonne_km", "wtw_kg", "intensity_g_per_tkm", "low", "high")
SLOPES = ("measure", "mode", "per_year", "low", "high", "p_value", "significant", "sentence")
_FEWEST_DAYS = 14
_FEWEST_WEEKS = 26
_WORTH_SAYING = 0.005  # of all tonne-km or kg: modes below it get no slope


def shares_of(tonne_km: pd.DataFrame, wtw_kg: pd.DataFrame) -> Shares:
    """From daily tonne-km and kg, a column a mode, days alike; hubs have kg alone."""
    if tonne_km.empty or not tonne_km.to_numpy().sum() > 0:
        return Shares(
            pd.DataFrame(columns=list(FRAME)),
            pd.DataFrame(columns=list(INTENSITY)),
            pd.DataFrame(columns=list(SLOPES)),
            reason="No goods moved in this selection: hubs have no tonne-km.",
        )
    activity, emitted = tonne_km.sum(axis=1), wtw_kg.sum(axis=1)
    slopes = _slopes(tonne_km, wtw_kg)
    certain = slopes[slopes["significant"]]
    if slopes.empty:
        finding = "Half a year of data is needed to say whether shares and intensity have a trend."
    elif certain.empty:
        finding = "Neither the intensity nor any mode's share has a certain trend."
    else:
        finding = str(certain.sort_values("p_value", kind="stable")["sentence"].iloc[0])
    return Shares(
        _months(tonne_km, wtw_kg),
        _intensity(emitted, activity),
        slopes,
        finding=finding,
        notes=(words.ALL_HISTORY,),
    )


def _months(tonne_km: pd.DataFrame, wtw_kg: pd.DataFrame) -> pd.DataFrame:
    tables = []
    for mode in wtw_kg.columns:
        of_km, of_kg = (
            _ratios(tonne_km[mode], tonne_km.sum(axis=1)),
            _ratios(wtw_kg[mode], wtw_kg.sum(axis=1)),
        )
        tables.append(
            pd.DataFrame(
                {
                    "month": of_km["month"],
                    "mode": mode,
                    "tonne_km": of_km["above"],
                    "wtw_kg": of_kg["above"],
                    "tonne_km_pct": of_km["ratio"] * 100.0,
                    "wtw_pct": of_kg["ratio"] * 100.0,
                    "tonne_km_low": (of_km["low"] * 100.0).clip(0, 100),
                    "tonne_km_high": (of_km["high"] * 100.0).clip(0, 100),
                    "wtw_low": (of_kg["low"] * 100.0).clip(0, 100),
                    "wtw_high": (of_kg["high"] * 100.0).clip(0, 100),
                }
            )
        )
    return pd.concat(tables).sort_values(["month", "mode"], ignore_index=True)


def _intensity(emitted: pd.Series, activity: pd.Series) -> pd.DataFrame:
    found = _ratios(emitted, activity)
    return pd.DataFrame(
        {
            "month": found["month"],
            "tonne_km": found["below"],
            "wtw_kg": found["above"],
            "intensity_g_per_tkm": found["ratio"] * 1000.0,
            "low": (found["low"] * 1000.0).clip(lower=0.0),
            "high": found["high"] * 1000.0,
        }
    )


def _ratios(above: pd.Series, below: pd.Series) -> pd.DataFrame:
    """Σ above ÷ Σ below by month with a 95 % interval: the delta method over its days."""
    months = above.index.to_period("M").start_time
    table = pd.DataFrame({"above": above, "below": below, "month": months})
    sums = table.groupby("month")[["above", "below"]].sum()
    ratio = sums["above"] / sums["below"].where(sums["below"] > 0)
    apart = (table["above"] - ratio.reindex(months).to_numpy() * table["below"]).fillna(0.0)
    counts = apart.groupby(months).size()
    spread = np.sqrt((apart**2).groupby(months).sum() * counts / (counts - 1).clip(lower=1))
    wide = 2.0 * spread / sums["below"].where(sums["below"] > 0) * np.sqrt(inflation(apart.to_numpy()))
    wide = wide.where(table.groupby("month").size() >= _FEWEST_DAYS)
    return sums.assign(ratio=ratio, low=ratio - wide, high=ratio + wide).reset_index()


def _slopes(tonne_km: pd.DataFrame, wtw_kg: pd.DataFrame) -> pd.DataFrame:
    """A slope each for intensity and the modes that matter; p-values after Holm (1979)."""
    activity, emitted = (blocks(one) for one in (tonne_km, wtw_kg))
    looked: list[tuple[str, str, Floats]] = [
        ("intensity", "", _divided(emitted.sum(axis=1), activity.sum(axis=1)) * 1000.0)
    ]
    for measure, table in (("tonne_km_share", activity), ("wtw_share", emitted)):
        whole = table.sum(axis=1)
        kept = [mode for mode in table if _WORTH_SAYING <= table[mode].sum() / whole.sum() < 1]
        looked += [(measure, str(mode), _divided(table[mode], whole) * 100.0) for mode in kept]
    looked = [one for one in looked if np.isfinite(one[2]).sum() >= _FEWEST_WEEKS]
    found = [_slope(values) for _, _, values in looked]
    rows = []
    for (measure, mode, _), one, p in zip(looked, found, _holm([one.p_value for one in found]), strict=True):
        certain = p <= words.SIGNIFICANT
        said = words.slope_sentence(measure, mode, one, significant=certain)
        rows.append((measure, mode, one.size, one.low, one.high, p, certain, said))
    return pd.DataFrame(rows, columns=list(SLOPES)).astype({"significant": bool})


def _slope(values: Floats) -> Slope:
    """A year's change of a weekly series, NaN left out; the time of year taken out where it is known."""
    known, n = np.isfinite(values), len(values)
    beside = np.column_stack([np.ones(n), harmonics(n, yearly_terms(n))])[known]
    return slope(values[known], (np.arange(n) / YEAR_WEEKS)[known], beside)


def _divided(above: pd.Series, below: pd.Series) -> Floats:
    """NaN where nothing is below."""
    found: Floats = (above / below.where(below > 0)).to_numpy(dtype=float)
    return found


def _holm(p_values: list[float]) -> list[float]:
    """p-values adjusted for how many were looked at."""
    order, adjusted, largest = np.argsort(p_values), [1.0] * len(p_values), 0.0
    for place, chosen in enumerate(order):
        largest = max(largest, min(1.0, p_values[chosen] * (len(p_values) - place)))
        adjusted[chosen] = largest
    return adjusted
