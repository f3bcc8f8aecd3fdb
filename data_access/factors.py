"""The emission factors that ship with the app: assets/factors, with source, licence and year on every row."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

__all__ = ["DEFAULT_FACTOR_SET", "read_factors"]

DEFAULT_FACTOR_SET = "DESNZ 2025"
_FILE = Path(__file__).parent.parent / "assets" / "factors" / "freight_emission_factors.csv"


@cache
def _shipped() -> pd.DataFrame:
    return pd.read_csv(_FILE, keep_default_na=False, dtype={"note": "str"})


def read_factors() -> pd.DataFrame:
    """All shipped factors, with the columns of `schema.emission_factors`; kg CO2e per `unit`."""
    return _shipped().copy()
