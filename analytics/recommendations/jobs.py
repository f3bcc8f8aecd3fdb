"""What a job (mode, distance band, temperature control, weight band) emits per tonne-km in the data."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.recommendations.savings import Range, mean_spread, widened
from data_access.recommendation_queries import JOB

__all__ = ["LEAST_LEGS", "job_table"]

LEAST_LEGS = 20  # of a job, before its rate is evidence
_SUMS = ["legs", "tonne_km", "wtw_kg", "low_kg", "high_kg", "tkm_sq", "kg_tkm", "kg_sq"]


def job_table(rates: pd.DataFrame, *more: str) -> pd.DataFrame:
    """One row per job and `more` keys with at least `LEAST_LEGS` legs.

    Parameters
    ----------
    rates : DataFrame
        `recommendation_queries.job_rates`, or a part of it.
    more : str
        Further keys, as vehicle_class.

    Returns
    -------
    DataFrame
        The keys, legs, suppliers, weight_most_kg, rate, rate_low, rate_high (kg CO2e per tonne-km).
    """
    grouped = rates.groupby([*JOB, *more])
    sums = grouped[_SUMS].sum()
    sums["suppliers"] = grouped["supplier_id"].nunique()
    sums["weight_most_kg"] = grouped["weight_max_kg"].max()
    sums = sums[(sums["legs"] >= LEAST_LEGS) & (sums["tonne_km"] > 0)]
    tonne_km = sums["tonne_km"].to_numpy()
    observed = Range(*(sums[name].to_numpy() / tonne_km for name in ("wtw_kg", "low_kg", "high_kg")))
    names = {"legs": "shipments", "tonne_km": "weight_kg", "tkm_sq": "weight_sq", "kg_tkm": "kg_weight"}
    spread = np.nan_to_num(mean_spread(sums.rename(columns=names)))
    rate = widened(observed, spread)
    table = sums[["legs", "suppliers", "weight_most_kg"]].assign(
        rate=rate.mid, rate_low=rate.low, rate_high=rate.high
    )
    return table.reset_index()
