"""What drives the figure overall: each feature's importance and direction, and a group against all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.drivers.features import ORDERED, Floats
from analytics.drivers.model import Fitted, Target, Validation, target_of

__all__ = [
    "Comparison",
    "Driver",
    "DriverModel",
    "GroupPart",
    "LevelEffect",
    "compared",
    "drivers_of",
    "effect_pct",
    "level_effects",
    "typical_of",
]

_LEAST_SHARE, _FEWEST = 0.005, 5  # of the explained legs, for a level to be named as the highest or lowest
_CLEAR_TREND = 0.6


@dataclass(frozen=True)
class LevelEffect:
    """The mean effect of one value of a feature, in % of the typical leg's figure."""

    level: str
    effect_pct: float
    legs: int


@dataclass(frozen=True)
class Driver:
    """One feature: how far it moves a leg's figure on average, up or down, and from which value to which.

    average_pct : by how much the figure is typically multiplied or divided: 25 stands for × or ÷ 1.25.
    average_kg : the median leg's kg CO2e, up or down.
    trend : for a feature with an order, whether the figure rises or falls with it; None for neither.
    """

    feature: str
    average_pct: float
    average_kg: float
    lowest: LevelEffect
    highest: LevelEffect
    trend: Literal["rises", "falls"] | None


@dataclass(frozen=True)
class DriverModel:
    """What a page shows of a fitted model; the trees stay behind.

    typical : g CO2e/tkm or kg CO2e, the geometric mean that effects start from.
    mean_log : mean logarithm of the explained legs' own figure, in kg/tkm or kg.
    legs, learnt_from, explained : legs in the selection, in the model's sample, and with rows in `effects`.
    without_emission, without_distance : legs that were left out, as a logarithm needs both.
    constant : features that are the same for all legs.
    levels : feature, level, legs, share, effect_pct, low_pct, high_pct (10th to 90th percentile), kg_per_leg.
    values, effects : one row for each explained leg, one column a feature: words, and log units (exp − 1 is
        the effect; `effect_pct`).
    """

    target: Target
    typical: float
    mean_log: float
    legs: int
    learnt_from: int
    explained: int
    without_emission: int
    without_distance: int
    constant: tuple[str, ...]
    drivers: tuple[Driver, ...]
    levels: pd.DataFrame
    values: pd.DataFrame
    effects: pd.DataFrame
    validation: Validation | None


@dataclass(frozen=True)
class GroupPart:
    """By how much a feature sets a group apart from all legs, in %."""

    feature: str
    effect_pct: float


@dataclass(frozen=True)
class Comparison:
    """One supplier's typical figure against that of all legs, split by feature.

    The parts and the unexplained rest multiply to `difference_pct`. `own_level` is False where the
    model knows too few legs of this supplier to tell it from other small ones.
    """

    supplier_id: str
    target: Target
    legs: int
    group_typical: float
    all_typical: float
    difference_pct: float
    parts: tuple[GroupPart, ...]
    unexplained_pct: float
    own_level: bool


def effect_pct(log_effect: Floats | float) -> Floats | float:
    """A SHAP value in log units as a change in %."""
    return np.expm1(log_effect) * 100.0


def drivers_of(levels: pd.DataFrame, effects: pd.DataFrame, wtw_kg: Floats) -> tuple[Driver, ...]:
    """Rank the features by their mean absolute effect.

    Parameters
    ----------
    levels : DataFrame
        As `level_effects`.
    effects : DataFrame
        SHAP values in log units, shape (legs, features).
    wtw_kg : array
        kg CO2e of these legs.
    """
    found = []
    for feature in effects:
        effect = effects[feature].to_numpy()
        mine = levels[levels["feature"] == feature]
        enough = mine[mine["legs"] >= max(_FEWEST, _LEAST_SHARE * len(effects))]
        rows = (enough if len(enough) else mine).sort_values("effect_pct")
        found.append(
            Driver(
                feature=str(feature),
                average_pct=float(np.expm1(np.abs(effect).mean()) * 100.0),
                average_kg=float(np.median(np.abs(kg_effect(effect, wtw_kg)))),
                lowest=_level(rows.iloc[0]),
                highest=_level(rows.iloc[-1]),
                trend=_trend(str(feature), rows),
            )
        )
    return tuple(sorted(found, key=lambda driver: -driver.average_pct))


def level_effects(values: pd.DataFrame, effects: pd.DataFrame, wtw_kg: Floats) -> pd.DataFrame:
    """The effect of every level of every feature; columns as `DriverModel.levels`."""
    tables = []
    for feature in effects:
        effect = effects[feature]
        kg = pd.Series(kg_effect(effect.to_numpy(), wtw_kg), index=effects.index)
        by = values[feature]
        grouped = effect.groupby(by)
        table = pd.DataFrame(
            {
                "legs": grouped.size(),
                "share": grouped.size() / len(effects),
                "effect_pct": effect_pct(grouped.mean()),
                "low_pct": effect_pct(grouped.quantile(0.1)),
                "high_pct": effect_pct(grouped.quantile(0.9)),
                "kg_per_leg": kg.groupby(by).median(),
            }
        )
        order = ORDERED.get(str(feature))
        ranked = (
            table.loc[[level for level in order if level in table.index]]
            if order
            else table.sort_values("effect_pct", ascending=False)
        )
        tables.append(ranked.rename_axis("level").reset_index().assign(feature=feature))
    return pd.concat(tables, ignore_index=True)[
        ["feature", "level", "legs", "share", "effect_pct", "low_pct", "high_pct", "kg_per_leg"]
    ]


def kg_effect(log_effect: Floats, wtw_kg: Floats) -> Floats:
    """What of a leg's kg CO2e an effect makes: the leg against itself without that effect."""
    return wtw_kg * -np.expm1(-log_effect)


def compared(supplier_id: str, fitted: Fitted, group: pd.DataFrame, everyone: DriverModel) -> Comparison:
    """Split a supplier's distance from all legs by feature: its mean effects minus everybody's.

    Parameters
    ----------
    fitted : Fitted
        The model that `everyone` was made with.
    group : DataFrame
        The supplier's legs, columns as `data_access.driver_queries.LEG_COLUMNS`.
    everyone : DriverModel
        Of all legs of the selection.
    """
    _, effects = fitted.explain(group)
    apart = effects.mean() - everyone.effects.mean()
    group_log = float(target_of(group, everyone.target).mean())
    all_log = everyone.mean_log
    rest = group_log - all_log - float(apart.sum())
    parts = [GroupPart(str(name), float(np.expm1(value) * 100.0)) for name, value in apart.items()]
    levels = fitted.levels(group)
    return Comparison(
        supplier_id=supplier_id,
        target=everyone.target,
        legs=len(group),
        group_typical=typical_of(group_log, everyone.target),
        all_typical=typical_of(all_log, everyone.target),
        difference_pct=float(np.expm1(group_log - all_log) * 100.0),
        parts=tuple(sorted(parts, key=lambda part: -abs(np.log1p(part.effect_pct / 100.0)))),
        unexplained_pct=float(np.expm1(rest) * 100.0),
        own_level="supplier_id" in levels and bool((levels["supplier_id"] == supplier_id).all()),
    )


def typical_of(log: float, target: Target) -> float:
    """What the model predicts (the logarithm of kg/tkm or kg) as shown: g CO2e/tkm or kg CO2e."""
    return float(np.exp(log)) * (1000.0 if target == "intensity" else 1.0)


def _level(row: pd.Series) -> LevelEffect:
    return LevelEffect(str(row["level"]), float(row["effect_pct"]), int(row["legs"]))


def _trend(feature: str, rows: pd.DataFrame) -> Literal["rises", "falls"] | None:
    """By rank correlation of the bands with their effects; a month has an order, but the year is a circle."""
    if feature not in ORDERED or feature == "month" or len(rows) < 3:
        return None
    places = rows["level"].map({level: place for place, level in enumerate(ORDERED[feature])})
    correlation = places.rank().corr(rows["effect_pct"].rank())
    if abs(correlation) < _CLEAR_TREND:
        return None
    return "rises" if correlation > 0 else "falls"
