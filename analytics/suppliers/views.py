"""One supplier against its peers by job, by month and by mode; plain ratios with 95 % intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.suppliers.jobs import JOB, named_bands
from analytics.suppliers.shrinkage import Z95

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.suppliers.measuring import Comparison

__all__ = ["by_job", "by_mode", "by_month"]

# In the order of jobs.LEVELS.
_WORDS = ("same mode", "same distance and temperature", "same job, any region", "same job")
_NO_PEERS = "no peers"


def by_job(comparison: Comparison, supplier_id: str) -> pd.DataFrame:
    """Its jobs, those first that emit most beyond what peers would.

    Columns: mode, distance_band, weight_band, origin_region, destination_region, temperature_controlled,
    legs, tonne_km, observed_kg, expected_kg, ratio (NaN without peers), peers (other suppliers behind the
    expectation), compared_with.
    """
    own = comparison.sums.supplier == comparison.suppliers.get_loc(supplier_id)
    rows = named_bands(comparison.jobs[own].reset_index(drop=True))
    peers = comparison.found.rows
    expected = peers.rate[own] * rows["tonne_km"].to_numpy()
    rows = rows.rename(columns={"wtw_kg": "observed_kg"})
    rows["expected_kg"] = expected
    rows["ratio"] = _ratio(rows["observed_kg"].to_numpy(), expected)
    rows["peers"] = peers.count[own]
    rows["compared_with"] = [_WORDS[level] if level >= 0 else _NO_PEERS for level in peers.level[own]]
    beyond = (rows["observed_kg"] - rows["expected_kg"]).rename("beyond")
    order = beyond.sort_values(ascending=False, na_position="last", kind="stable").index
    columns = [
        "mode", "distance_band", "weight_band", "origin_region", "destination_region",
        "temperature_controlled", "legs", "tonne_km", "observed_kg", "expected_kg", "ratio",
        "peers", "compared_with",
    ]  # fmt: skip
    return rows.loc[order, columns].reset_index(drop=True)


def by_mode(comparison: Comparison, supplier_id: str) -> pd.DataFrame:
    """mode, legs, tonne_km, observed_kg, expected_kg, ratio, ratio_low, ratio_high; the most kg first."""
    own = comparison.sums.supplier == comparison.suppliers.get_loc(supplier_id)
    found = _by(_rated(comparison.jobs[own], comparison, supplier_id), "mode", comparison, supplier_id)
    return found.sort_values("observed_kg", ascending=False, kind="stable").reset_index(drop=True)


def by_month(comparison: Comparison, supplier_id: str, months: pd.DataFrame) -> pd.DataFrame:
    """period, legs, observed_kg, expected_kg, ratio, ratio_low, ratio_high; the first month first.

    Peers are those of the whole selection: a month has few. `months` has period, the columns of a job and
    the sums of `supplier_queries.month_sums`.
    """
    rows = _rated(months, comparison, supplier_id)
    found = _by(rows, "period", comparison, supplier_id).drop(columns="tonne_km")
    return found.assign(period=pd.to_datetime(found["period"])).sort_values("period").reset_index(drop=True)


def _rated(rows: pd.DataFrame, comparison: Comparison, supplier_id: str) -> pd.DataFrame:
    """Rows by job with the peers' rate, kg per tonne-km; rows without peers are left out."""
    own = comparison.sums.supplier == comparison.suppliers.get_loc(supplier_id)
    rates = comparison.jobs.loc[own, list(JOB)].assign(rate=comparison.found.rows.rate[own])
    rated = rows.merge(rates, on=list(JOB), how="left")
    return rated[rated["rate"].notna()]


def _by(rows: pd.DataFrame, column: str, comparison: Comparison, supplier_id: str) -> pd.DataFrame:
    place = comparison.suppliers.get_loc(supplier_id)
    found = comparison.found
    expected = rows["rate"] * rows["tonne_km"]
    rows = rows.assign(expected_kg=expected, expected_sq=rows["rate"] ** 2 * rows["tkm_sq"])
    rows = rows.rename(columns={"wtw_kg": "observed_kg"})
    sums = ["legs", "tonne_km", "observed_kg", "expected_kg", "expected_sq"]
    each = rows.groupby(column, as_index=False)[sums].sum()
    observed, expected_kg = each["observed_kg"].to_numpy(), each["expected_kg"].to_numpy()
    ratio = _ratio(observed, expected_kg)
    drawn = found.leg_spread[place] * each["expected_sq"].to_numpy() / expected_kg**2
    deviation = np.sqrt(drawn + found.peer_variance[place])
    each["ratio"] = ratio
    each["ratio_low"] = ratio * np.exp(-Z95 * deviation)
    each["ratio_high"] = ratio * np.exp(Z95 * deviation)
    return each.drop(columns="expected_sq")


def _ratio(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(observed, expected, out=np.full(len(observed), np.nan), where=expected > 0)
