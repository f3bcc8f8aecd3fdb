"""The forecast of one series: what is expected each day or week, with bands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.forecasting.paths import paths

__all__ = ["LEVELS", "forecast"]

LEVELS = (0.80, 0.95)
_DRAWS = 1000


def forecast(y: pd.Series, horizon: int, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
    """What comes in the `horizon` days (or weeks) after the series.

    Parameters
    ----------
    y : Series
        Values of 0 or more by day or by week, 14 to 2,000 of them; a gap is a missing date or NaN.
    horizon : int
        Steps after the last date of `y`.
    levels : sequence of float
        The share of outcomes that each band is to hold, between 0 and 1.

    Returns
    -------
    DataFrame
        By future date: mean, then lower_80, upper_80, … for each level; never below 0.

    Raises
    ------
    TooShort
        With fewer than 14 values.
    ValueError
        When the series, the horizon or a level cannot be used.
    """
    if not all(0 < level < 1 for level in levels):
        raise ValueError("Choose levels between 0 and 1, such as 0.8.")
    found = paths(y, horizon, draws=_DRAWS)
    columns = {"mean": found.mean}
    for level in levels:
        name = f"{level * 100:g}"
        lower, upper = np.quantile(found.draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
        columns[f"lower_{name}"], columns[f"upper_{name}"] = lower, upper
    return pd.DataFrame(columns, index=found.dates)
