"""The part of the world that a country lies in: the continents of assets/locations/countries.csv."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["REGIONS", "UNKNOWN_REGION", "region_of"]

UNKNOWN_REGION = "Unknown"
_CONTINENTS = {
    "AF": "Africa",
    "AN": "Antarctica",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
}
REGIONS = (*_CONTINENTS.values(), UNKNOWN_REGION)
_COUNTRIES_FILE = Path(__file__).resolve().parents[1] / "assets" / "locations" / "countries.csv"


def region_of(country_codes: ArrayLike) -> NDArray[np.str_]:
    """The continent of each country, "Unknown" where the code is missing or is none.

    Parameters
    ----------
    country_codes : array of str or null
        ISO 3166-1 alpha-2, upper case.

    Returns
    -------
    array of str
        As long as `country_codes`, values of `REGIONS`.
    """
    regions = _regions()
    codes, found = pd.factorize(np.asarray(country_codes, dtype=object))
    named = np.array([*(regions.get(str(code), UNKNOWN_REGION) for code in found), UNKNOWN_REGION])
    return named[codes]  # a null has the code -1: the last one


@cache
def _regions() -> dict[str, str]:
    table = pd.read_csv(_COUNTRIES_FILE, keep_default_na=False)  # "NA" is Namibia
    return {
        str(code): _CONTINENTS.get(str(part), UNKNOWN_REGION)
        for code, part in zip(table["alpha2"], table["continent"], strict=True)
    }
