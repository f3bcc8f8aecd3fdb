"""The legs that one leg is compared with, for a picture of where it lies among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.anomalies.kinds import UNIT
from analytics.anomalies.reasons import by_mode

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Comparison", "comparison"]

_ENOUGH = 8
_TO_95_PERCENT = 1.96 * 1.4826


@dataclass(frozen=True)
class Comparison:
    """One leg among its like.

    Attributes
    ----------
    column, unit : str
        What is compared: weight_kg in kg, distance_km in km, or wtw_kg in g CO2e per tonne-km (per tonne at
        a hub, then in kg).
    words : str
        The group, such as "SUP-017's chemicals by road".
    values : Series
        The group's values, without the leg; may be empty.
    value, low, high : float
        The leg's own value, and the usual range (95 %); NaN where the group is empty.
    """

    column: str
    unit: str
    words: str
    values: pd.Series
    value: float
    low: float
    high: float


def comparison(legs: pd.DataFrame, leg: Mapping[str, Any], column: str = "weight_kg") -> Comparison:
    """The narrowest group with at least 8 other legs, or the widest there is.

    Parameters
    ----------
    legs : DataFrame
        Candidates, such as all legs of the leg's supplier and of its lane; the leg itself may be among them.
    leg : mapping
        The leg with its columns: a row of such a frame.
    column : str
        weight_kg, distance_km or wtw_kg; for anything else (mode, copies) weight_kg is compared.
    """
    column = column if column in UNIT else "weight_kg"
    values, unit = _values(legs, column)
    own = float(_values(pd.DataFrame([dict(leg)]), column)[0].iloc[0])
    others = values[_finite(values) & ~_itself(legs, leg)]
    best: tuple[pd.Series, str] = others.iloc[:0], _words(leg, ("mode",))
    for keys in _GROUPS[column]:
        group = others[_same(legs, leg, keys).loc[others.index]]
        if len(group) > len(best[0]) or best[0].empty:
            best = group, _words(leg, keys)
        if len(group) >= _ENOUGH:
            break
    low, high = _usual(best[0])
    return Comparison(column, unit, best[1], best[0], own, low, high)


_GROUPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "weight_kg": (
        ("mode", "supplier_id", "product_group", "origin", "destination"),
        ("mode", "supplier_id", "product_group"),
        ("mode", "product_group"),
        ("mode",),
    ),
    "distance_km": (("mode", "origin", "destination"), ("origin", "destination")),
    "wtw_kg": (
        ("mode", "supplier_id", "vehicle_class", "temperature_controlled"),
        ("mode", "vehicle_class", "temperature_controlled"),
        ("mode", "supplier_id"),
        ("mode",),
    ),
}


def _values(legs: pd.DataFrame, column: str) -> tuple[pd.Series, str]:
    """The column as numbers; emissions per tonne-km, at hubs per tonne."""
    if column != "wtw_kg":
        return legs[column].astype("float64"), UNIT[column]
    hubs = legs["mode"].eq("hub")
    km = legs["distance_km"].astype("float64").where(~hubs, 1000.0)
    tonne_km = legs["weight_kg"].astype("float64") / 1000 * km
    per_tkm = 1000 * legs["wtw_kg"].astype("float64") / tonne_km.where(tonne_km > 0)
    return per_tkm, "kg CO2e per tonne" if len(hubs) and hubs.all() else "g CO2e per tonne-km"


def _finite(values: pd.Series) -> pd.Series:
    return pd.Series(np.isfinite(values.to_numpy(dtype="float64", na_value=np.nan)), index=values.index)


def _itself(legs: pd.DataFrame, leg: Mapping[str, Any]) -> pd.Series:
    if "shipment_id" not in legs or "shipment_id" not in leg:
        return pd.Series(False, index=legs.index)
    return legs["shipment_id"].eq(leg["shipment_id"])  # its other legs bear the same weight


def _same(legs: pd.DataFrame, leg: Mapping[str, Any], keys: tuple[str, ...]) -> pd.Series:
    same = pd.Series(True, index=legs.index)
    for key in keys:
        if key in legs:
            value = leg.get(key)
            same &= legs[key].isna() if pd.isna(value) else legs[key].eq(value)
    return same


def _words(leg: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    def named(key: str, otherwise: str) -> str:
        value = leg.get(key)
        return otherwise if value is None or pd.isna(value) else str(value)

    words = named("product_group", "goods") if "product_group" in keys else "legs"
    if "supplier_id" in keys:
        words = f"{named('supplier_id', 'the supplier')}'s {words}"
    if "mode" in keys:
        words += f" {by_mode(named('mode', ''))}"
    if "vehicle_class" in keys and named("vehicle_class", ""):
        words += f" ({named('vehicle_class', '')})"
    if "origin" in keys:
        words += f" from {named('origin', 'an unknown place')} to {named('destination', 'an unknown place')}"
    return words


def _usual(values: pd.Series) -> tuple[float, float]:
    """Median and MAD of the logarithms, as the score's own range; of few values it says little."""
    above = values[values > 0].to_numpy(dtype="float64")
    if not len(above):
        return float("nan"), float("nan")
    logs = np.log(above)
    middle = float(np.median(logs))
    wide = _TO_95_PERCENT * max(float(np.median(np.abs(logs - middle))), 0.01)
    return float(np.exp(middle - wide)), float(np.exp(middle + wide))
