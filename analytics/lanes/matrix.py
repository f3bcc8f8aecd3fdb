"""From where to where: emissions and transport activity by pairs of countries or regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from analytics.regions import UNKNOWN_REGION, region_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["OTHER", "TOP", "UNKNOWN", "By", "Matrix", "Measure", "od_matrix"]

By = Literal["country", "region"]
Measure = Literal["wtw_kg", "tonne_km", "intensity_g_per_tkm"]
TOP = 15
OTHER, UNKNOWN = "other", "unknown"


@dataclass(frozen=True)
class Matrix:
    """What goes from each origin (row) to each destination (column).

    Attributes
    ----------
    origins, destinations : tuple of str
        Country codes or regions, the largest first; `OTHER` for the rest, `UNKNOWN` without a country.
    origin_codes, destination_codes : tuple of tuple of str
        The known countries that each row and column stands for.
    legs, wtw_kg, tonne_km : ndarray of float, (origins, destinations)
        Sums; all cells together are the whole selection.
    """

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    origin_codes: tuple[tuple[str, ...], ...]
    destination_codes: tuple[tuple[str, ...], ...]
    legs: Floats
    wtw_kg: Floats
    tonne_km: Floats

    @property
    def intensity_g_per_tkm(self) -> Floats:
        """Emissions ÷ tonne-km of each cell; NaN where nothing moved."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            return np.where(self.tonne_km > 0, self.wtw_kg / self.tonne_km * 1000.0, np.nan)

    def values(self, measure: Measure) -> Floats:
        found: Floats = getattr(self, measure)
        return found

    def frame(self) -> pd.DataFrame:
        """The cells in which something goes: origin, destination, legs, tonne_km, wtw_kg, intensity."""
        rows, columns = np.nonzero(self.legs)
        named = {
            "origin": np.array(self.origins, dtype=object)[rows],
            "destination": np.array(self.destinations, dtype=object)[columns],
        }
        sums = {
            name: self.values(name)[rows, columns]  # type: ignore[arg-type]
            for name in ("legs", "tonne_km", "wtw_kg", "intensity_g_per_tkm")
        }
        found = pd.DataFrame(named | sums).astype({"legs": "int64"})
        return found.sort_values(["wtw_kg", "origin"], ascending=[False, True], ignore_index=True)


def od_matrix(pairs: pd.DataFrame, by: By, measure: Measure = "wtw_kg", top: int = TOP) -> Matrix:
    """Lay pairs of countries out as a matrix that sums to their total.

    The `top` origins and destinations with most of the measure stand for themselves (intensity: with the most
    emissions), the rest is one row and one column.

    Parameters
    ----------
    pairs : DataFrame
        origin_country, destination_country (null: unknown), legs, tonne_km, wtw_kg.
    """
    ranked_by = "tonne_km" if measure == "tonne_km" else "wtw_kg"
    names, codes, places = {}, {}, {}
    for end in ("origin", "destination"):
        countries = pairs[f"{end}_country"]
        named = _named(countries, by)
        order = pairs.groupby(named)[ranked_by].sum().sort_values(ascending=False, kind="stable").index
        kept = list(order) if len(order) <= top + 1 else list(order[:top])
        shown = pd.Series(named).where(pd.Series(named).isin(kept), OTHER).to_numpy()
        names[end] = (*kept, *((OTHER,) if len(order) > len(kept) else ()))
        known = countries.notna().to_numpy()
        codes[end] = tuple(
            tuple(sorted(set(countries[(shown == name) & known].astype(str)))) for name in names[end]
        )
        places[end] = pd.Index(names[end]).get_indexer(pd.Index(shown))
    shape = (len(names["origin"]), len(names["destination"]))
    sums = {name: np.zeros(shape) for name in ("legs", "wtw_kg", "tonne_km")}
    for name, cells in sums.items():
        np.add.at(cells, (places["origin"], places["destination"]), pairs[name].to_numpy("float64"))
    return Matrix(names["origin"], names["destination"], codes["origin"], codes["destination"], **sums)


def _named(countries: pd.Series, by: By) -> NDArray[np.object_]:
    if by == "country":
        return countries.astype(object).fillna(UNKNOWN).to_numpy(dtype=object)
    regions = region_of(countries).astype(object)
    return np.where(regions == UNKNOWN_REGION, UNKNOWN, regions)
