"""Legs as arrays of numbers: every text column becomes codes once, and nothing after this sees the frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.anomalies.kinds import MissingColumns
from analytics.distances import great_circle_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

__all__ = ["REQUIRED", "Legs", "grouped", "read"]

REQUIRED = (
    "departed_at", "origin", "destination", "mode", "supplier_id", "product_group",
    "weight_kg", "distance_km", "wtw_kg",
)  # fmt: skip
_OPTIONAL_TEXT = (
    "vehicle_class", "temperature_controlled", "factor_id", "distance_basis", "distance_source",
    "origin_country", "destination_country",
)  # fmt: skip
_ENDS = ("origin_lat", "origin_lon", "destination_lat", "destination_lon")
_MICROSECONDS_PER_DAY = 86_400e6


@dataclass(frozen=True)
class Legs:
    """Arrays over legs; codes run from 0 and a null is a code like any other.

    Attributes
    ----------
    names : dict
        Text column → its values by code; None stands for null.
    codes : dict
        Text column → code of each leg; places share their codes (origin, destination).
    day : array of float
        Days since 1970 of the departure; NaN where unknown.
    shipment, leg_no : array of int
    calculated_kg : array of float
        What the factor says; NaN where nothing but wtw_kg is known.
    direct_km : array of float
        Great circle between the ends, NaN without coordinates.
    cost : array of float
        In whatever currency; NaN where unknown.
    fresh : array of bool
        Legs to be scored; the others are history.
    """

    names: dict[str, list[Any]]
    codes: dict[str, Codes]
    day: Floats
    shipment: Codes
    shipment_ids: Any
    leg_no: Codes
    weight_kg: Floats
    distance_km: Floats
    wtw_kg: Floats
    calculated_kg: Floats
    direct_km: Floats
    cost: Floats
    fresh: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.day)

    def has_mode(self, *modes: str) -> NDArray[np.bool_]:
        wanted = [name in modes for name in self.names["mode"]]
        return np.array([*wanted, False])[self.codes["mode"]]

    @cached_property
    def moves(self) -> NDArray[np.bool_]:
        return ~self.has_mode("hub")

    @cached_property
    def lane(self) -> Codes:
        return grouped(self.codes["origin"], self.codes["destination"])

    @property
    def lane_known(self) -> NDArray[np.bool_]:
        named = np.array([*(name is not None for name in self.names["place"]), False])
        return named[self.codes["origin"]] & named[self.codes["destination"]]

    def name(self, column: str, row: int) -> Any:
        values = self.names["place" if column in ("origin", "destination") else column]
        return values[self.codes[column][row]]


def grouped(*codes: Codes) -> Codes:
    """One code for each combination of codes that occurs."""
    together = codes[0].astype(np.int64)
    for one in codes[1:]:
        together = pd.factorize(together * (int(one.max(initial=0)) + 1) + one)[0]
    return pd.factorize(together)[0].astype(np.int64)


def read(legs: pd.DataFrame, history: pd.DataFrame | None = None) -> Legs:
    """The legs, followed by the history.

    Raises
    ------
    MissingColumns
        When a required column is missing from either.
    """
    frames = [legs] if history is None or history.empty else [legs, history]
    for frame in frames:
        missing = [name for name in REQUIRED if name not in frame]
        if missing:
            raise MissingColumns(missing)
    names: dict[str, list[Any]] = {}
    codes: dict[str, Codes] = {}
    for column in ("mode", "supplier_id", "product_group", *_OPTIONAL_TEXT):
        codes[column], names[column] = _coded(_stacked(frames, column))
    n = sum(map(len, frames))
    both, names["place"] = _coded(
        pd.concat([_stacked(frames, "origin"), _stacked(frames, "destination")], ignore_index=True)
    )
    codes["origin"], codes["destination"] = both[:n], both[n:]
    shipment, ids = _shipments(frames, n)
    ends = [_number(frames, name) for name in _ENDS]
    return Legs(
        names=names,
        codes=codes,
        day=_days(_stacked(frames, "departed_at")),
        shipment=shipment,
        shipment_ids=ids,
        leg_no=np.nan_to_num(_number(frames, "leg_no"), nan=1.0).astype(np.int64),
        weight_kg=_number(frames, "weight_kg"),
        distance_km=_number(frames, "distance_km"),
        wtw_kg=_number(frames, "wtw_kg"),
        calculated_kg=_number(frames, "calculated_kg"),
        direct_km=great_circle_km(*ends),
        cost=_number(frames, "cost"),
        fresh=np.arange(n) < len(legs),
    )


def _stacked(frames: list[pd.DataFrame], column: str) -> pd.Series:
    parts = [
        frame[column] if column in frame else pd.Series(None, index=frame.index, dtype=object)
        for frame in frames
    ]
    if len(parts) == 1:
        return parts[0].reset_index(drop=True)
    if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
        parts = [part.astype(object) for part in parts]
    if column == "departed_at":
        parts = [_moments(part) for part in parts]
    return pd.concat(parts, ignore_index=True)


def _coded(values: pd.Series) -> tuple[Codes, list[Any]]:
    """Codes in the order of the names, so that the order of rows means nothing; null comes last."""
    codes, names = pd.factorize(values)
    order = sorted(range(len(names)), key=lambda i: str(names[i]))
    rank = np.empty(len(names) + 1, dtype=np.int64)
    rank[order] = np.arange(len(names))
    rank[-1] = len(names)  # code −1: null
    return rank[codes], [*(names[i] for i in order), None]


def _shipments(frames: list[pd.DataFrame], n: int) -> tuple[Codes, Any]:
    if not all("shipment_id" in frame for frame in frames):
        return np.arange(n), None
    codes, ids = pd.factorize(_stacked(frames, "shipment_id"))
    without = codes < 0
    codes = codes.astype(np.int64)
    codes[without] = len(ids) + np.arange(int(without.sum()))  # every row without an id is its own shipment
    return codes, ids


def _number(frames: list[pd.DataFrame], column: str) -> Floats:
    parts = []
    for frame in frames:
        if column in frame:
            series = frame[column]
            if series.dtype.kind not in "fiu" or not isinstance(series.dtype, np.dtype):
                series = pd.to_numeric(series, errors="coerce")
            part = series.to_numpy(dtype="float64", na_value=np.nan)
        else:
            part = np.full(len(frame), np.nan)
        parts.append(part)
    values = np.concatenate(parts) if len(parts) > 1 else parts[0]
    return np.where(np.isfinite(values), values, np.nan)


def _moments(values: pd.Series) -> pd.Series:
    if values.dtype.kind == "M" and getattr(values.dtype, "tz", None) is None:
        return values
    found = pd.to_datetime(values, errors="coerce", utc=True, format="mixed")
    return found.dt.tz_localize(None)


def _days(values: pd.Series) -> Floats:
    moments = _moments(values)
    micro = moments.astype("datetime64[us]").astype("int64").to_numpy(dtype="float64")
    return np.where(moments.isna().to_numpy(), np.nan, micro / _MICROSECONDS_PER_DAY)
