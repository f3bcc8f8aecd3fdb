"""Why did emissions change? An exact split of the difference between two sets of legs: additive LMDI-I.

Source: Ang (2015), "LMDI decomposition approach: a guide for implementation", Energy Policy 86; zero values
after Ang and Liu (2007), "Handling zero values in the logarithmic mean Divisia index decomposition approach",
Energy Policy 35, whose analytical limits are taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["COLUMNS", "PARTS", "contributions", "decompose"]

COLUMNS = ("weight_kg", "distance_km", "mode", "supplier_id", "lane", "factor", "wtw_kg", "data_type")
PARTS = (
    "volume",
    "supplier_lane_mix",
    "new_suppliers",
    "lost_suppliers",
    "mode_mix",
    "distance",
    "data_quality",
    "factor_set",
    "operating_intensity",
)
_LANE = ["supplier_id", "lane"]
_MODE = [*_LANE, "mode"]
_CELL = [*_MODE, "data_type"]


def decompose(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Split the change of kg CO2e between two sets of legs into what caused it.

    Parameters
    ----------
    before, after : DataFrame
        A row a leg, or a row a group of legs: weight_kg, distance_km (of a group: its tonne-km × 1000 ÷
        weight_kg), mode, supplier_id, lane, factor (kg CO2e per tonne-km out of the factor table, DAF
        included; NaN where there is none), wtw_kg, data_type. Extra columns are left alone.

    Returns
    -------
    DataFrame
        part (`PARTS`, in this order) and kg; the kg sum to Σ after − Σ before.

    Raises
    ------
    KeyError
        When a column is missing.
    ValueError
        When a mass, a distance or an emission is negative or not a number.

    Notes
    -----
    A cell k is a supplier, lane, mode and data type. Its emission is the product of

    - volume: all tonnes W;
    - supplier and lane mix: the share of W on supplier and lane;
    - mode mix: the share of those tonnes by this mode;
    - distance: km per tonne on it (1 for hubs, which move nothing);
    - data quality: the share of that activity with this data type;
    - factor set: the table's factor, tonne-km weighted;
    - operating intensity: kg per tonne-km against the table's factor.

    Each part is Σ_k L(after_k, before_k) · ln(x_after ÷ x_before), with the logarithmic mean L. A cell that
    is new or gone has its whole emission in the factor that went from or to zero; where that is the share of
    a supplier that had no leg before, or has none after, it is shown as a new or a lost supplier.
    """
    split = contributions(before, after)
    sums = split.groupby("part")["kg"].sum()
    return pd.DataFrame({"part": PARTS, "kg": [float(sums.get(part, 0.0)) for part in PARTS]})


def contributions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The same split cell by cell: part, supplier_id, lane, mode, data_type, kg; what is 0 is left out.

    Raises
    ------
    KeyError, ValueError
        As `decompose`.
    """
    old, new = _cells(before), _cells(after)
    both = old.join(new, how="outer", lsuffix="_0", rsuffix="_1").fillna(0.0)
    if both.empty:
        return pd.DataFrame(columns=["part", *_CELL, "kg"])
    factors_0, factors_1 = _factors(both, "_0"), _factors(both, "_1")
    kg_0, kg_1 = both["wtw_kg_0"].to_numpy(), both["wtw_kg_1"].to_numpy()
    mean = _log_mean(kg_1, kg_0)
    kept = (kg_0 > 0) & (kg_1 > 0)
    effects: dict[str, Floats] = {}
    open_kg = np.where(kept, 0.0, kg_1 - kg_0)  # whole cells that come or go, still without a cause
    for name in factors_0:
        x_0, x_1 = factors_0[name], factors_1[name]
        came_or_went = (x_0 > 0) != (x_1 > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = np.where(kept, mean * np.log(x_1 / x_0), 0.0)
        effects[name] = np.where(came_or_went, open_kg, moved)
        open_kg = np.where(came_or_went, 0.0, open_kg)
    effects["operating_intensity"] = effects["operating_intensity"] + open_kg
    return _long(both.index, effects, old, new)


def _cells(legs: pd.DataFrame) -> pd.DataFrame:
    """Tonnes, activity, kg by the table's factor and kg of each cell."""
    missing = [column for column in COLUMNS if column not in legs.columns]
    if missing:
        raise KeyError(f"To split a change, legs need the columns {', '.join(missing)}.")
    measured = legs[["weight_kg", "distance_km", "wtw_kg"]].to_numpy(dtype=float)
    if not (np.isfinite(measured) & (measured >= 0)).all():
        raise ValueError("Masses, distances and emissions must be numbers of 0 or more.")
    tonnes, km, kg = measured[:, 0] / 1000.0, measured[:, 1], measured[:, 2]
    activity = tonnes * np.where(km > 0, km, 1.0)
    factor = legs["factor"].to_numpy(dtype=float)
    # Without a factor, what the leg emits per tonne-km is all operation: the factor stays 1.
    by_table = activity * np.where(np.isfinite(factor) & (factor > 0), factor, 1.0)
    keys = {name: legs[name].astype("object").where(legs[name].notna(), "") for name in _CELL}
    frame = pd.DataFrame({**keys, "tonnes": tonnes, "activity": activity, "by_table": by_table, "wtw_kg": kg})
    return frame.groupby(_CELL, sort=True)[["tonnes", "activity", "by_table", "wtw_kg"]].sum()


def _factors(both: pd.DataFrame, when: str) -> dict[str, Floats]:
    """The factors whose product is each cell's emission; 0 where a share is empty."""
    tonnes, activity = both[f"tonnes{when}"], both[f"activity{when}"]
    lane_t = tonnes.groupby(level=_LANE).transform("sum").to_numpy()
    mode_t = tonnes.groupby(level=_MODE).transform("sum").to_numpy()
    mode_activity = activity.groupby(level=_MODE).transform("sum").to_numpy()
    total_t = np.full(len(both), tonnes.sum())
    by_table = both[f"by_table{when}"].to_numpy()
    return {
        "volume": total_t,
        "supplier_lane_mix": _share(lane_t, total_t),
        "mode_mix": _share(mode_t, lane_t),
        "distance": _share(mode_activity, mode_t),
        "data_quality": _share(activity.to_numpy(), mode_activity),
        "factor_set": _share(by_table, activity.to_numpy()),
        "operating_intensity": _share(both[f"wtw_kg{when}"].to_numpy(), by_table),
    }


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def _log_mean(one: Floats, other: Floats) -> Floats:
    """L(a, b) = (a − b) ÷ ln(a ÷ b); a where they agree, 0 where one of them is 0."""
    positive = (one > 0) & (other > 0)
    a, b = np.where(positive, one, 1.0), np.where(positive, other, 1.0)
    # log1p keeps the digits where both nearly agree.
    log_ratio = np.log1p((a - b) / b)
    near = np.abs(log_ratio) < 1e-12
    mean = np.where(near, (a + b) / 2, (a - b) / np.where(near, 1.0, log_ratio))
    return np.where(positive, mean, 0.0)


def _long(cells: pd.Index, effects: dict[str, Floats], old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    suppliers = cells.get_level_values("supplier_id")
    came = ~suppliers.isin(old.index.get_level_values("supplier_id"))
    went = ~suppliers.isin(new.index.get_level_values("supplier_id"))
    mix = effects["supplier_lane_mix"]
    named = {
        **effects,
        "supplier_lane_mix": np.where(came | went, 0.0, mix),
        "new_suppliers": np.where(came, mix, 0.0),
        "lost_suppliers": np.where(went, mix, 0.0),
    }
    keys = cells.to_frame(index=False)
    parts = [keys.assign(part=part, kg=named[part]) for part in PARTS]
    found = pd.concat(parts, ignore_index=True)
    return found.loc[found["kg"] != 0, ["part", *_CELL, "kg"]].reset_index(drop=True)
