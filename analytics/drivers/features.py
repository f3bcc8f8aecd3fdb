"""What a leg is described by for the model, as words that people use, and their codes.

The codes are ordinal: SHAP values of native categories are silently wrong (shap 0.51, scikit-learn 1.9).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["FEATURES", "ORDERED", "OTHER", "Codes", "band_labels", "features_of"]

FEATURES = (
    "mode",
    "vehicle_class",
    "lane",
    "distance_km",
    "weight_kg",
    "supplier_id",
    "product_group",
    "month",
)
OTHER = "other"
UNKNOWN = "not given"
REFRIGERATED = ", refrigerated"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DISTANCE_EDGES_KM = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_WEIGHT_EDGES_KG = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_FEWEST_OF_A_LEVEL = 20  # a rarer value is learnt together with the other rare ones

Floats = npt.NDArray[np.float64]


def band_labels(edges: tuple[int, ...], unit: str) -> tuple[str, ...]:
    """Names of the bands between edges, from below the first to above the last."""
    between = [f"{low:,}-{high:,} {unit}" for low, high in pairwise(edges)]
    return (f"under {edges[0]:,} {unit}", *between, f"over {edges[-1]:,} {unit}")


_DISTANCES = band_labels(_DISTANCE_EDGES_KM, "km")
_WEIGHTS = band_labels(_WEIGHT_EDGES_KG, "kg")
# Features whose levels have an order of their own; the others are ordered by what they emit.
ORDERED = {"distance_km": _DISTANCES, "weight_kg": _WEIGHTS, "month": _MONTHS}


def features_of(legs: pd.DataFrame) -> pd.DataFrame:
    """Describe legs by one word per feature.

    Parameters
    ----------
    legs : DataFrame
        Columns as `data_access.driver_queries.LEG_COLUMNS`; any text may be missing.

    Returns
    -------
    DataFrame
        Index as given, one column of text for each of `FEATURES`: distance and mass as bands (km, kg), the
        lane as "DE → AT" by countries, the month of departure (UTC).
    """
    return pd.DataFrame(
        {
            "mode": _words(legs["mode"]),
            "vehicle_class": _vehicle_classes(legs),
            "lane": _lanes(legs),
            "distance_km": _bands(legs["distance_km"], _DISTANCE_EDGES_KM, _DISTANCES),
            "weight_kg": _bands(legs["weight_kg"], _WEIGHT_EDGES_KG, _WEIGHTS),
            "supplier_id": _words(legs["supplier_id"]),
            "product_group": _words(legs["product_group"]),
            "month": np.array(_MONTHS, dtype=object)[pd.to_datetime(legs["departed_at"]).dt.month - 1],
        },
        index=legs.index,
        dtype=object,
    )


@dataclass(frozen=True)
class Codes:
    """From words to numbers: for each feature its levels and their places in an order.

    Learnt from some legs; a level that these had too rarely or never goes by `OTHER`.
    """

    places: dict[str, dict[str, float]]

    @classmethod
    def learnt(cls, words: pd.DataFrame, target: Floats) -> Codes:
        """Order the levels of each feature by the mean of the target (log units), if they have no order."""
        return cls(
            {
                name: dict(zip(ORDERED[name], map(float, range(len(ORDERED[name]))), strict=True))
                if name in ORDERED
                else _by_target(words[name], target)
                for name in words
            }
        )

    def levels(self, words: pd.DataFrame) -> pd.DataFrame:
        """The words as the model knows them: what is rare or new becomes `OTHER`."""
        return pd.DataFrame(
            {name: words[name].where(words[name].isin(self.places[name]), OTHER) for name in words}
        )

    def coded(self, words: pd.DataFrame) -> Floats:
        """Numbers for the model, shape (legs, features)."""
        columns = [
            words[name].map(places).fillna(places.get(OTHER, 0.0)).to_numpy(dtype=float)
            for name, places in self.places.items()
        ]
        return np.column_stack(columns)


def _by_target(words: pd.Series, target: Floats) -> dict[str, float]:
    counts = words.value_counts()
    kept = words.where(words.map(counts) >= _FEWEST_OF_A_LEVEL, OTHER)
    means = pd.Series(target, index=words.index).groupby(kept).mean()
    if OTHER not in means:
        means[OTHER] = float(np.mean(target))  # a new level is taken for an average one
    ordered = sorted(means.items(), key=lambda pair: (pair[1], str(pair[0])))
    return {str(level): float(place) for place, (level, _) in enumerate(ordered)}


def _words(column: pd.Series) -> pd.Series:
    text = column.astype(object)
    return text.where(text.notna() & (text != ""), UNKNOWN)


def _vehicle_classes(legs: pd.DataFrame) -> pd.Series:
    named = _words(legs["vehicle_class"])
    return named.where(~legs["temperature_controlled"].astype(bool), named + REFRIGERATED)


def _lanes(legs: pd.DataFrame) -> pd.Series:
    """By countries; a lane with an unknown end is not given."""
    known = legs["origin_country"].notna() & legs["destination_country"].notna()
    ends = legs["origin_country"].astype(object) + " → " + legs["destination_country"].astype(object)
    return ends.where(known, UNKNOWN)


def _bands(amounts: pd.Series, edges: tuple[int, ...], names: tuple[str, ...]) -> npt.NDArray[np.object_]:
    return np.array(names, dtype=object)[np.digitize(amounts.to_numpy(dtype=float), edges)]
