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
    Codes = NDArray[np.int64]

__all__ = ["COLUMNS", "PARTS", "contributions", "decompose"]

COLUMNS = ("weight_kg", "distance_km", "mode", "supplier_id", "lane", "factor", "wtw_kg", "data_type")
PARTS = (
    "volume",
    "supplier_lane_mix",
    "new_suppliers",
    "lost_suppliers",
    "mode_mix",
    "vehicle_class",
    "distance",
    "data_quality",
    "factor_set",
    "operating_intensity",
)
_CELL = ("supplier_id", "lane", "mode", "data_type", "vehicle_class")
_OPTIONAL = "vehicle_class"


def decompose(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Split the change of kg CO2e between two sets of legs into what caused it.

    Parameters
    ----------
    before, after : DataFrame
        A row a leg, or a row a group of legs: weight_kg, distance_km (of a group: its tonne-km × 1000 ÷
        weight_kg), mode, supplier_id, lane, factor (kg CO2e per tonne-km out of the factor table, DAF
        included; NaN where there is none), wtw_kg, data_type. Where both have a column vehicle_class, changes
        of vehicle are told from changes of the factor table. Other columns are left alone.

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
    A cell k is a supplier, lane, mode, data type and vehicle class. Its emission is the product of

    - volume: all tonnes W;
    - supplier and lane mix: the share of W on supplier and lane;
    - mode mix: the share of those tonnes by this mode;
    - distance: km per tonne on it (1 for hubs, which move nothing);
    - data quality: the share of that activity with this data type;
    - vehicle class: the share of that activity by this class (a class that becomes known changes the data
      type, and so is data quality);
    - factor set: the table's factor of the class, tonne-km weighted;
    - operating intensity: kg per tonne-km against the table's factor.

    Each part is Σ_k L(after_k, before_k) · ln(x_after ÷ x_before), with the logarithmic mean L. A cell that
    is new or gone has its whole emission in the factor that went from or to zero; where that is the share of
    a supplier that had no leg before, or has none after, it is shown as a new or a lost supplier.
    """
    split = contributions(before, after)
    sums = split.groupby("part")["kg"].sum()
    return pd.DataFrame({"part": PARTS, "kg": [float(sums.get(part, 0.0)) for part in PARTS]})


def contributions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The split cell by cell: part, supplier_id, lane, mode, data_type, vehicle_class, kg; zeros left out.

    Raises
    ------
    KeyError, ValueError
        As `decompose`.
    """
    cells = _Cells(before, after)
    factors_0, factors_1 = cells.factors(0), cells.factors(1)
    kg_0, kg_1 = cells.sums[0]["kg"], cells.sums[1]["kg"]
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
    return _long(cells, effects)


class _Cells:
    """The cells of both sets of legs, numbered alike, with what each holds before (0) and after (1)."""

    def __init__(self, before: pd.DataFrame, after: pd.DataFrame) -> None:
        both = (before, after)
        measured = [_measured(legs) for legs in both]
        codes, values = zip(*(_codes(name, both) for name in _CELL), strict=True)
        size = [len(found) for found in values]
        of_lane = _numbered(codes[0] * size[1] + codes[1])
        of_mode = _numbered(of_lane * size[2] + codes[2])
        of_type = _numbered(of_mode * size[3] + codes[3])
        cell = _numbered(of_type * size[4] + codes[4])
        first = np.empty(cell.max(initial=-1) + 1, dtype=np.int64)
        first[cell[::-1]] = np.arange(len(cell))[::-1]  # the first leg of each cell wins
        self.keys = pd.DataFrame(
            {name: found[one[first]] for name, one, found in zip(_CELL, codes, values, strict=True)}
        )
        self.supplier, self.lane = codes[0][first], of_lane[first]
        self.mode, self.data_type = of_mode[first], of_type[first]
        parts = (cell[: len(before)], cell[len(before) :])
        self.sums: list[dict[str, Floats]] = [
            {name: _sums(where, column, len(first)) for name, column in columns.items()}
            for where, columns in zip(parts, measured, strict=True)
        ]

    def factors(self, when: int) -> dict[str, Floats]:
        """The factors whose product is each cell's emission; 0 where a share is empty."""
        tonnes, activity = self.sums[when]["tonnes"], self.sums[when]["activity"]
        by_table = self.sums[when]["by_table"]
        lane_t, mode_t = _within(self.lane, tonnes), _within(self.mode, tonnes)
        mode_activity, type_activity = _within(self.mode, activity), _within(self.data_type, activity)
        total_t = np.full(len(tonnes), tonnes.sum())
        return {
            "volume": total_t,
            "supplier_lane_mix": _share(lane_t, total_t),
            "mode_mix": _share(mode_t, lane_t),
            "distance": _share(mode_activity, mode_t),
            "data_quality": _share(type_activity, mode_activity),
            "vehicle_class": _share(activity, type_activity),
            "factor_set": _share(by_table, activity),
            "operating_intensity": _share(self.sums[when]["kg"], by_table),
        }

    def absent(self, when: int) -> NDArray[np.bool_]:
        """Of each cell, whether its supplier has no leg then."""
        return _within(self.supplier, self.sums[when]["tonnes"]) == 0


def _measured(legs: pd.DataFrame) -> dict[str, Floats]:
    missing = [column for column in COLUMNS if column not in legs.columns]
    if missing:
        raise KeyError(f"To split a change, legs need the columns {', '.join(missing)}.")
    measured = legs[["weight_kg", "distance_km", "wtw_kg"]].to_numpy(dtype=float)
    if not (np.isfinite(measured) & (measured >= 0)).all():
        raise ValueError("Masses, distances and emissions must be numbers of 0 or more.")
    tonnes, km = measured[:, 0] / 1000.0, measured[:, 1]
    activity = tonnes * np.where(km > 0, km, 1.0)
    factor = legs["factor"].to_numpy(dtype=float)
    # Without a factor, what the leg emits per tonne-km is all operation: the factor stays 1.
    by_table = activity * np.where(np.isfinite(factor) & (factor > 0), factor, 1.0)
    return {"tonnes": tonnes, "activity": activity, "by_table": by_table, "kg": measured[:, 2]}


def _codes(name: str, both: tuple[pd.DataFrame, pd.DataFrame]) -> tuple[Codes, NDArray[np.object_]]:
    """Each leg's value as a number, and the values; a missing one counts as empty text."""
    if name == _OPTIONAL and not all(name in legs.columns for legs in both):
        return np.zeros(sum(map(len, both)), dtype=np.int64), np.array([""], dtype=object)
    codes, values = pd.factorize(pd.concat([legs[name] for legs in both]))
    found = np.append(np.asarray(values, dtype=object), "")
    empty = np.flatnonzero(found == "")[0]
    return np.where(codes < 0, empty, codes).astype(np.int64), found


def _numbered(keys: Codes) -> Codes:
    """The same groups, numbered from 0: products of numbers stay small."""
    return pd.factorize(keys)[0].astype(np.int64)


def _within(groups: Codes, values: Floats) -> Floats:
    """Of each cell, the sum over its group."""
    return _sums(groups, values)[groups] if len(groups) else values


def _sums(groups: Codes, values: Floats, many: int = 0) -> Floats:
    return np.bincount(groups, values, many).astype(np.float64)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def _log_mean(one: Floats, other: Floats) -> Floats:
    """L(a, b) = (a − b) ÷ ln(a ÷ b); a where they agree, 0 where one of them is 0."""
    positive = (one > 0) & (other > 0)
    a, b = np.where(positive, one, 1.0), np.where(positive, other, 1.0)
    # log1p keeps the digits where both nearly agree, and loses them where they are far apart.
    close = np.abs(a - b) < b / 2
    log_ratio = np.where(close, np.log1p(np.where(close, (a - b) / b, 0.0)), np.log(a / b))
    near = np.abs(log_ratio) < 1e-12
    mean = np.where(near, (a + b) / 2, (a - b) / np.where(near, 1.0, log_ratio))
    return np.where(positive, mean, 0.0)


def _long(cells: _Cells, effects: dict[str, Floats]) -> pd.DataFrame:
    came, went, mix = cells.absent(0), cells.absent(1), effects["supplier_lane_mix"]
    named = {
        **effects,
        "supplier_lane_mix": np.where(came | went, 0.0, mix),
        "new_suppliers": np.where(came, mix, 0.0),
        "lost_suppliers": np.where(went, mix, 0.0),
    }
    found = pd.concat([cells.keys.assign(part=part, kg=named[part]) for part in PARTS], ignore_index=True)
    return found.loc[found["kg"] != 0, ["part", *_CELL, "kg"]].reset_index(drop=True)
