"""Jobs: legs of one mode, distance, mass, temperature and pair of regions, summed by supplier.

Suppliers are compared job by job, so that long lanes, small loads or refrigeration punish nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.regions import region_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "ADDED",
    "DISTANCE_BANDS",
    "EMISSIONS",
    "JOB",
    "LEVELS",
    "MASSES",
    "MASS_LEVELS",
    "PART_LOADS",
    "WEIGHT_BANDS",
    "Sums",
    "kept_legs",
    "named_bands",
    "split_sums",
    "summed",
    "sums_of",
    "with_regions",
]

# As many as the edges of data_access.bands, and one more.
DISTANCE_BANDS = (
    "under 100 km", "100–300 km", "300–700 km", "700–1,500 km", "1,500–4,000 km", "4,000–9,000 km",
    "over 9,000 km",
)  # fmt: skip
WEIGHT_BANDS = ("under 0.5 t", "0.5–2 t", "2–7.5 t", "7.5–15 t", "15–25 t", "over 25 t")
_DISTANCE = ("mode", "temperature_controlled", "distance_band")
_REGIONS = ("origin_region", "destination_region")
JOB = (*_DISTANCE, "weight_band", *_REGIONS)
# From the coarsest to the whole job: each leans on the one before it where peers are few.
LEVELS = (("mode",), _DISTANCE, (*_DISTANCE, "weight_band"), JOB)
# Where mass is what is compared: by what is shipped, since apparel does not fill a truck as steel does.
MASS_LEVELS = (("mode",), _DISTANCE, (*_DISTANCE, "product_group"))
Columns = tuple[str, str, str, str, str]
# What is compared, by what size, and the sums over legs of amount², amount × size and size².
EMISSIONS: Columns = ("wtw_kg", "tonne_km", "kg_sq", "kg_tkm", "tkm_sq")
MASSES: Columns = ("legs", "weight_kg", "legs", "weight_kg", "weight_sq")
PART_LOADS: Columns = ("part_loads", "legs", "part_loads", "part_loads", "legs")
ADDED = (
    "legs", "shipments", "wtw_kg", "tonne_km", "weight_kg", "kg_sq", "kg_tkm", "tkm_sq", "weight_sq",
    "part_loads",
)  # fmt: skip


@dataclass(frozen=True)
class Sums:
    """An amount and a size by supplier and job; arrays have one entry for each supplier in each job.

    Attributes
    ----------
    supplier : array of int
        Place of the supplier, 0 to suppliers − 1.
    cells : array of int, shape (levels, n)
        The job's place at each level, the coarsest first.
    legs : array of float
    amount, size : array of float
        What is compared is amount ÷ size: kg CO2e per tonne-km, legs per kg of mass.
    amount_sq, amount_size, size_sq : array of float
        Sums over legs of the squares and of the product.
    suppliers : int
    """

    supplier: NDArray[np.int64]
    cells: NDArray[np.int64]
    legs: NDArray[np.float64]
    amount: NDArray[np.float64]
    size: NDArray[np.float64]
    amount_sq: NDArray[np.float64]
    amount_size: NDArray[np.float64]
    size_sq: NDArray[np.float64]
    suppliers: int

    def where(self, wanted: NDArray[np.bool_]) -> Sums:
        """The same for some of the entries; suppliers and jobs keep their places."""
        return Sums(
            self.supplier[wanted],
            self.cells[:, wanted],
            self.legs[wanted],
            self.amount[wanted],
            self.size[wanted],
            self.amount_sq[wanted],
            self.amount_size[wanted],
            self.size_sq[wanted],
            self.suppliers,
        )


def with_regions(rows: pd.DataFrame) -> pd.DataFrame:
    """The sums of SQL with regions in the place of countries."""
    return rows.assign(
        origin_region=region_of(rows["origin_country"]),
        destination_region=region_of(rows["destination_country"]),
    ).drop(columns=["origin_country", "destination_country"])


def kept_legs(every: pd.DataFrame, flagged: pd.DataFrame) -> pd.DataFrame:
    """Sums over all legs less those over the flagged ones, by supplier, job and stretch; moving legs only.

    Parameters
    ----------
    every, flagged : DataFrame
        Columns as `data_access.supplier_queries.job_sums` gives them, with regions.
    """
    keys = ["supplier_id", *JOB, "product_group", "stretch"]
    added = list(ADDED)
    away = flagged[flagged["moving"]]
    both = pd.concat(
        [every.loc[every["moving"], [*keys, *added]], away[[*keys]].join(-away[added])], ignore_index=True
    )
    left = both.groupby(keys, as_index=False, sort=True, dropna=False, observed=True)[added].sum()
    left = left[left["legs"] > 0].reset_index(drop=True)
    # What rounding leaves of a difference can fall below 0.
    return left.assign(**{name: left[name].clip(lower=0.0) for name in added})


def sums_of(
    rows: pd.DataFrame,
    suppliers: pd.Index,
    levels: tuple[tuple[str, ...], ...] = LEVELS,
    *,
    what: Columns = EMISSIONS,
) -> Sums:
    """Rows with a size, as arrays.

    Parameters
    ----------
    rows : DataFrame
        Columns supplier_id, those of `levels`, legs, and `what`.
    what : five columns
        Amount, size, and the sums over legs of amount², amount × size and size².
    """
    return _arrays(_grouped(rows, levels, what), suppliers, levels, what)


def split_sums(rows: pd.DataFrame, suppliers: pd.Index, column: str) -> tuple[Sums, Sums]:
    """Emissions by tonne-km of the rows where a column is true, and of the others; jobs keep their places."""
    each = _grouped(rows, LEVELS, EMISSIONS, (column,))
    both = _arrays(each, suppliers, LEVELS, EMISSIONS)
    true = each[column].to_numpy(dtype=bool)
    return both.where(true), both.where(~true)


def _grouped(
    rows: pd.DataFrame, levels: tuple[tuple[str, ...], ...], what: Columns, more: tuple[str, ...] = ()
) -> pd.DataFrame:
    rows = rows[rows[what[1]] > 0]
    grouped = rows.groupby(["supplier_id", *levels[-1], *more], as_index=False, sort=True, dropna=False)
    return grouped[list(dict.fromkeys(("legs", *what)))].sum()


def _arrays(
    each: pd.DataFrame, suppliers: pd.Index, levels: tuple[tuple[str, ...], ...], what: Columns
) -> Sums:
    amount, size, amount_sq, amount_size, size_sq = (each[name].to_numpy(dtype=float) for name in what)
    return Sums(
        supplier=suppliers.get_indexer(each["supplier_id"]).astype(np.int64),
        cells=np.stack([_places(each, level) for level in levels]),
        legs=each["legs"].to_numpy(dtype=float),
        amount=amount,
        size=size,
        amount_sq=amount_sq,
        amount_size=amount_size,
        size_sq=size_sq,
        suppliers=len(suppliers),
    )


def summed(places: NDArray[np.int64], values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Sum of the values at each place."""
    return np.bincount(places, weights=values, minlength=length).astype(float)


def named_bands(frame: pd.DataFrame) -> pd.DataFrame:
    """Bands in words."""
    return frame.assign(
        distance_band=[DISTANCE_BANDS[int(band)] for band in frame["distance_band"]],
        weight_band=[WEIGHT_BANDS[int(band)] for band in frame["weight_band"]],
    )


def _places(rows: pd.DataFrame, columns: tuple[str, ...]) -> NDArray[np.int64]:
    """The same number for rows that agree in all columns."""
    return rows.groupby(list(columns), sort=True, dropna=False).ngroup().to_numpy(dtype=np.int64)
