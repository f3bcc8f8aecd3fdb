"""The path of a target: a straight line down from the base year's value.

SBTi's absolute contraction takes off the same share of the base year's value each year. Source: SBTi
Corporate Net-Zero Standard and SBTi Criteria: at least 4.2 % a year for 1.5 °C, 2.5 % for well below 2 °C.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["PRESETS", "path", "point_of"]

PRESETS: dict[str, float] = {"1.5 °C": 4.2, "Well below 2 °C": 2.5}


def path(base_value: float, yearly_pct: float, base_year: int, target_year: int) -> pd.DataFrame:
    """The value that each year may reach, never below 0.

    Parameters
    ----------
    base_value : float
        In kg CO2e a year, or g CO2e per tonne-km.
    yearly_pct : float
        Reduction a year in % of `base_value`.

    Returns
    -------
    pandas.DataFrame
        year, target_value, from base year to target year, both included.
    """
    years = np.arange(base_year, target_year + 1)
    left = np.clip(1.0 - yearly_pct / 100.0 * (years - base_year), 0.0, None)
    return pd.DataFrame({"year": years, "target_value": base_value * left})


def point_of(way: pd.DataFrame, year: int | None) -> float | None:
    """The path's value for a year; None where the path does not reach it."""
    found = way.loc[way["year"] == year, "target_value"]
    return None if found.empty else float(found.iloc[0])
