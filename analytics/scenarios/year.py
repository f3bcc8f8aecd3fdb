"""A year's cells as numbers: a code for every name, so that a lever takes a millisecond and not fifty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_access.filters import MODES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

__all__ = ["AS_IS", "CHANGED", "JOINED", "MOVED", "Book", "Year", "book_of", "fold", "sums_by"]

# Columns of `Year.codes` and `Year.amounts`.
SUPPLIER, LANE, MAIN_MODE, MODE, CLASS, COLD, DATA_TYPE, FACTOR, REACH, LOADS, JOIN = range(11)
SHIPMENTS, WEIGHT, TONNE_KM, ADJUSTED, KG, LOW, HIGH = range(7)
AMOUNTS = ("shipments", "weight_kg", "tonne_km", "adjusted_tkm", "wtw_kg", "low_kg", "high_kg")
RANGE = [KG, LOW, HIGH]
# What has happened to the loads of a cell.
AS_IS, JOINED, CHANGED, MOVED = range(4)
DATA_TYPES = ("primary", "modelled", "default")
MODELLED = DATA_TYPES.index("modelled")


@dataclass(frozen=True, eq=False)
class Year:
    """Cells: `codes` (n, 11) after the columns above, `amounts` (n, 7) per year."""

    codes: Codes
    amounts: Floats

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def total_kg(self) -> float:
        return float(self.amounts[:, KG].sum())

    def part(self, rows: Mask | Codes) -> Year:
        return Year(self.codes[rows], self.amounts[rows])

    def times(self, by: ArrayLike) -> Year:
        """All amounts times a number, or one number a cell."""
        by = np.asarray(by, dtype=float)
        return Year(self.codes, self.amounts * (by[:, None] if by.ndim else by))

    def coded(self, columns: Mapping[int, ArrayLike]) -> Year:
        codes = self.codes.copy()
        for column, values in columns.items():
            codes[:, column] = values
        return Year(codes, self.amounts)

    def emitting(self, kg: Floats, low_kg: Floats, high_kg: Floats) -> Year:
        amounts = self.amounts.copy()
        amounts[:, RANGE] = np.column_stack([kg, low_kg, high_kg])
        return Year(self.codes, amounts)

    def replaced(self, rows: Mask, share: float, then: Year) -> Year:
        """The year with a share of these rows as they are `then` (given whole, one a row or others)."""
        rest = self.times(np.where(rows, 1.0 - share, 1.0))
        kept = rest.part((rest.amounts != 0).any(axis=1))
        new = then.times(share)
        return Year(np.concatenate([kept.codes, new.codes]), np.concatenate([kept.amounts, new.amounts]))


@dataclass(frozen=True, eq=False)
class Book:
    """What the codes mean, and what a tonne-km emits by mode, class and cold in the active factor set.

    kg_per_tkm, own_class, factor_of : arrays (mode, class, 2); NaN, False and 0 where nothing is known.
    """

    suppliers: tuple[str, ...]
    ends: tuple[tuple[str, str, str], ...]  # lane, and the countries of both ends
    lanes: tuple[str, ...]
    pairs: Codes  # of countries, a lane
    classes: tuple[str, ...]
    factors: tuple[str, ...]
    kg_per_tkm: Floats
    own_class: Mask
    factor_of: Codes

    def among(self, names: tuple[str, ...], wanted: Iterable[str]) -> Mask:
        asked = set(wanted)
        return np.array([name in asked for name in names], dtype=bool)

    def classes_like(self, wanted: Iterable[str]) -> Mask:
        """Classes by name, whatever their case and spaces."""
        asked = {fold(name) for name in wanted}
        return np.array([fold(name) in asked for name in self.classes], dtype=bool)


def fold(name: object) -> str:
    return " ".join(str(name).casefold().split())


def sums_by(groups: Codes, values: Floats, many: int) -> Floats:
    """Sums of the columns of `values` (n, k) by group: (many, k)."""
    return np.column_stack([np.bincount(groups, column, many) for column in values.T])


def mode_code(mode: str) -> int:
    return MODES.index(mode)


def book_of(frames: tuple[pd.DataFrame, ...], factors: pd.DataFrame) -> tuple[Book, tuple[Year, ...]]:
    """The frames of cells as years, and the book of their codes; `factors` as `baseline.unit_factors`."""
    import pandas as pd

    columns = [
        "supplier_id", "lane", "origin_country", "destination_country", "vehicle_class", "factor_id",
    ]  # fmt: skip
    both = pd.concat([frame[columns] for frame in frames], ignore_index=True)
    ends = both[["lane", "origin_country", "destination_country"]]
    lane = ends.groupby(list(ends.columns), sort=True).ngroup().to_numpy()
    _, first = np.unique(lane, return_index=True)
    pair = ends.groupby(["origin_country", "destination_country"], sort=True).ngroup().to_numpy()
    named = {
        "supplier_id": _numbered(both["supplier_id"]),
        "vehicle_class": _numbered(pd.concat([both["vehicle_class"], factors["vehicle_class"]])),
        "factor_id": _numbered(pd.concat([both["factor_id"], factors["factor_id"]])),
    }
    book = _book(named, tuple(ends.iloc[first].itertuples(index=False, name=None)), pair[first], factors)
    years, at = [], 0
    for frame in frames:
        years.append(_year(frame, named, lane[at : at + len(frame)]))
        at += len(frame)
    return book, tuple(years)


def _numbered(names: pd.Series) -> dict[str, int]:
    return {name: code for code, name in enumerate(sorted(set(names.astype("object"))))}


def _book(
    named: dict[str, dict[str, int]],
    ends: tuple[tuple[str, str, str], ...],
    pairs: Codes,
    factors: pd.DataFrame,
) -> Book:
    shape = (len(MODES), len(named["vehicle_class"]), 2)
    kg_per_tkm, own_class = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    factor_of = np.zeros(shape, dtype=np.int64)
    for row in factors.itertuples(index=False):
        place = (
            mode_code(str(row.mode)),
            named["vehicle_class"][row.vehicle_class],
            int(row.temperature_controlled),
        )
        kg_per_tkm[place], own_class[place] = row.kg_per_tkm, row.own_class
        factor_of[place] = named["factor_id"][row.factor_id]
    return Book(
        suppliers=tuple(named["supplier_id"]),
        ends=ends,
        lanes=tuple(lane for lane, _, _ in ends),
        pairs=pairs.astype(np.int64),
        classes=tuple(named["vehicle_class"]),
        factors=tuple(named["factor_id"]),
        kg_per_tkm=kg_per_tkm,
        own_class=own_class,
        factor_of=factor_of,
    )


def _year(frame: pd.DataFrame, named: dict[str, dict[str, int]], lane: Codes) -> Year:
    modes = {mode: code for code, mode in enumerate(MODES)}
    types = {name: code for code, name in enumerate(DATA_TYPES)}
    columns = [
        frame["supplier_id"].map(named["supplier_id"]),
        lane,
        frame["main_mode"].map(modes),
        frame["mode"].map(modes),
        frame["vehicle_class"].map(named["vehicle_class"]),
        frame["temperature_controlled"],
        frame["data_type"].map(types),
        frame["factor_id"].map(named["factor_id"]),
        frame["reach"],
        np.full(len(frame), AS_IS),
        np.full(len(frame), -1),
    ]
    codes = np.column_stack([np.asarray(column).astype(np.int64) for column in columns])
    return Year(codes, frame[list(AMOUNTS)].to_numpy(dtype=float))
