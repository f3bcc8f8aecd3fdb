"""Sums out of the warehouse, made ready for the decomposition, and its result with names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.decomposition import PARTS, contributions
from data_access.filters import LANE_ARROW

__all__ = ["CONTRIBUTION", "as_legs", "split"]

CONTRIBUTION = ("part", "supplier_id", "supplier_name", "lane", "mode", "kg")
_UNKNOWN = "unknown place"


def as_legs(cells: pd.DataFrame) -> pd.DataFrame:
    """The columns that `decompose` takes, out of those of `decomposition_queries.chain_cells`.

    A factor is what the table gave for the activity, DAF included: calculated_kg ÷ tonne-km, or ÷ tonnes
    for hubs. Legs with a figure of their own are kept apart from those calculated with the table.
    """
    tonnes = cells["weight_kg"] / 1000.0
    activity = cells["tonne_km"].where(cells["tonne_km"] > 0, tonnes)
    from_table = cells["from_table"].to_numpy(dtype=bool)
    cold = np.where(cells["temperature_controlled"].to_numpy(dtype=bool), " cold", "")
    vehicle = cells["vehicle_class"].astype("object").fillna("").to_numpy() + cold
    return pd.DataFrame(
        {
            "weight_kg": cells["weight_kg"],
            "distance_km": cells["tonne_km"] / tonnes,
            "mode": cells["mode"],
            "supplier_id": cells["supplier_id"],
            "lane": _place(cells["origin"]) + LANE_ARROW + _place(cells["destination"]),
            "factor": (cells["calculated_kg"] / activity).where(from_table),
            "wtw_kg": cells["wtw_kg"],
            # With another distance basis the factor's uplift (DAF) differs: that is a matter of data too.
            "data_type": cells["data_type"] + " " + cells["distance_basis"],
            "vehicle_class": np.where(from_table, vehicle, "own figure"),
        }
    )


def split(
    before: pd.DataFrame, after: pd.DataFrame, names: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Parts and what contributed to each, of two frames of `chain_cells`.

    Returns
    -------
    (DataFrame, DataFrame)
        part, kg in the order of `PARTS`; and `CONTRIBUTION`, the largest effect first. Both sum to the same.
    """
    found = contributions(as_legs(before), as_legs(after))
    keys = ["part", "supplier_id", "lane", "mode"]
    summed = found.groupby(keys, as_index=False, sort=False)["kg"].sum()
    summed["supplier_name"] = [names.get(one, one) for one in summed["supplier_id"]]
    order = np.argsort(-summed["kg"].abs().to_numpy(), kind="stable")
    kg = summed.groupby("part")["kg"].sum()
    parts = pd.DataFrame({"part": PARTS, "kg": [float(kg.get(part, 0.0)) for part in PARTS]})
    return parts, summed[list(CONTRIBUTION)].iloc[order].reset_index(drop=True)


def _place(column: pd.Series) -> pd.Series:
    return column.astype("object").fillna(_UNKNOWN)
