"""Raw cells → typed columns. Says what cannot be read, cell by cell; what a leg may say is for `rules`.

An unreadable cell in a column that the calculation uses keeps its row out. In any other column (cost,
currency, arrival) it is left empty instead, and counted as a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ingestion.columns import CANONICAL
from ingestion.errors import UnusableMapping
from ingestion.parsing.cells import Reading, read_cells
from ingestion.parsing.dates import OrderEvidence, has_numeric_dates, read_dates
from ingestion.parsing.numbers import read_integers, read_numbers, shows_other_decimal
from ingestion.parsing.text import (
    read_bases,
    read_currencies,
    read_flags,
    read_incoterms,
    read_modes,
    read_texts,
)
from ingestion.reading.sources import Source, problem_frame

__all__ = ["ColumnFormats", "Parsed", "decide_formats", "parse"]

DATES = ("departed_at", "arrived_at")
NUMBERS = (
    "weight_kg", "distance_km", "cost", "hub_kg_per_t", "wtw_kg",
    "origin_lat", "origin_lon", "destination_lat", "destination_lon",
)  # fmt: skip
WORDS: dict[str, Callable[[pa.Array], Reading]] = {
    "mode": read_modes,
    "distance_basis": read_bases,
    "temperature_controlled": read_flags,
    "currency": read_currencies,
    "incoterm": read_incoterms,
}
DEFAULTS: dict[str, Any] = {"leg_no": 1, "temperature_controlled": False}
# Unreadable cells of these are left empty and counted: no emission depends on them.
MAX_TEXT = 200
NOT_DECISIVE = frozenset({"arrived_at", "cost", "currency"})


@dataclass(frozen=True)
class ColumnFormats:
    """How the texts of one file are to be read.

    Attributes
    ----------
    decimal : "." or ","
    date_orders : mapping
        Canonical date column → dmy or mdy; absent where neither the user nor the column says it.
    doubtful : frozenset of str
        Number columns in which the other decimal mark was seen too.
    excel_serials : bool
        Numbers in date columns are Excel's days.
    """

    decimal: str = "."
    date_orders: Mapping[str, str] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    excel_serials: bool = False


@dataclass(frozen=True)
class Parsed:
    """One chunk, typed.

    Attributes
    ----------
    legs : DataFrame
        All canonical columns, indexed by row number; rows with an unreadable decisive cell are not in it.
        Missing values are null, except leg_no (1) and temperature_controlled (False).
    problems : DataFrame
        row_number, column (canonical), value (as written), problem.
    notices : DataFrame
        column, value, rows: cells that were left empty although something stands in them.
    """

    legs: pd.DataFrame
    problems: pd.DataFrame
    notices: pd.DataFrame


def decide_formats(
    source: Source, mapping: Mapping[str, str], *, decimal: str = ".", date_order: str | None = None
) -> ColumnFormats:
    """Decide once for a whole file how its numbers and dates are written.

    The first chunk shows whether a date column holds dates such as 01/02/2025; only then is the whole column
    read, and the order is taken from it if some value is above 12 in one place and none in the other.

    Parameters
    ----------
    decimal : "." or ","
        The decimal mark of numbers given as text.
    date_order : "dmy", "mdy" or None
        The user's choice, which always wins.
    """
    if decimal not in {".", ","}:
        raise ValueError(f"The decimal mark is '.' or ',', not {decimal!r}.")
    if date_order not in {None, "dmy", "mdy"}:
        raise ValueError(f"The order of dates is 'dmy' or 'mdy', not {date_order!r}.")
    dates = {name: mapping[name] for name in DATES if name in mapping}
    numbers = {name: mapping[name] for name in (*NUMBERS, "leg_no") if name in mapping}
    orders = dict.fromkeys(dates, date_order) if date_order else {}
    doubtful: set[str] = set()
    first = next(source.chunks(columns=[*dates.values(), *numbers.values()]), None)
    if first is not None:
        texts = {name: _texts(first.frame[column]) for name, column in {**dates, **numbers}.items()}
        doubtful = {name for name in numbers if shows_other_decimal(texts[name], decimal)}
        unclear = [name for name in dates if name not in orders and has_numeric_dates(texts[name])]
        orders |= _orders(source, {name: dates[name] for name in unclear})
    return ColumnFormats(decimal, orders, frozenset(doubtful), source.kind == "excel")


def _texts(series: pd.Series) -> pa.Array:
    """The cells of a column that are text; none for a typed column."""
    if series.dtype == object:
        return pa.array([cell for cell in series if isinstance(cell, str)], pa.large_string())
    if not pd.api.types.is_string_dtype(series):
        return pa.array([], pa.large_string())
    return pa.array(series, pa.large_string(), from_pandas=True)


def _orders(source: Source, columns: Mapping[str, str]) -> dict[str, str]:
    evidence = {name: OrderEvidence() for name in columns}
    if columns:
        for chunk in source.chunks(columns=list(columns.values())):
            for name, column in columns.items():
                evidence[name].add(_texts(chunk.frame[column]))
    return {name: order for name, found in evidence.items() if (order := found.order) is not None}


def parse(
    frame: pd.DataFrame,
    mapping: Mapping[str, str],
    formats: ColumnFormats | None = None,
    constants: Mapping[str, Any] | None = None,
) -> Parsed:
    """Read one raw chunk into typed canonical columns.

    Parameters
    ----------
    frame : DataFrame
        A chunk's frame: the file's columns, indexed by row number.
    mapping : mapping
        Canonical name → column of the file.
    formats : ColumnFormats
        From `decide_formats`.
    constants : mapping, optional
        Canonical name → value of all rows, for columns that are not mapped.

    Raises
    ------
    UnusableMapping
        For a constant that cannot be read.
    """
    formats = formats or ColumnFormats()
    rows = frame.index.to_numpy()
    readings = {name: read_cells(frame[column], _reader(name, formats)) for name, column in mapping.items()}
    arrays = {
        name: _filled(name, readings[name].values)
        if name in readings
        else _constant(name, (constants or {}).get(name), len(frame))
        for name in CANONICAL
    }
    bad = {name: reading for name, reading in readings.items() if len(reading.bad)}
    decisive = {name: reading for name, reading in bad.items() if name not in NOT_DECISIVE}
    keep = np.ones(len(frame), dtype=bool)
    for reading in decisive.values():
        keep[reading.bad] = False
    table = pa.table(arrays)
    legs = (table if keep.all() else table.filter(pa.array(keep))).to_pandas()
    return Parsed(
        legs.set_axis(pd.Index(rows[keep], name="row_number"), axis=0),
        _problems(decisive, rows),
        _notices({name: reading for name, reading in bad.items() if name in NOT_DECISIVE}, keep),
    )


def _reader(name: str, formats: ColumnFormats) -> Callable[[pa.Array], Reading]:
    doubtful = name in formats.doubtful
    if name in DATES:
        order = formats.date_orders.get(name)
        return lambda cells: read_dates(cells, order, excel_serials=formats.excel_serials)
    if name in NUMBERS:
        return lambda cells: read_numbers(cells, formats.decimal, doubtful=doubtful)
    if name == "leg_no":
        return lambda cells: read_integers(cells, formats.decimal, doubtful=doubtful)
    return WORDS.get(name, read_texts)


def _filled(name: str, values: pa.Array) -> pa.Array:
    return values.fill_null(DEFAULTS[name]) if name in DEFAULTS else values


def _constant(name: str, value: Any, size: int) -> pa.Array:
    """A column that the file does not have: one value for all rows, or the default, or nothing."""
    cell = pd.Series([value if value is None or isinstance(value, str) else str(value)], dtype="str")
    reading = read_cells(cell, _reader(name, ColumnFormats()))
    if len(reading.bad):
        raise UnusableMapping(f"The value for all rows of {name} cannot be used: {reading.why[0]}")
    return pa.repeat(_filled(name, reading.values)[0], size)


def _problems(bad: Mapping[str, Reading], rows: np.ndarray) -> pd.DataFrame:
    frames = []
    for name, reading in bad.items():
        values = [text[:MAX_TEXT] for text in reading.raw]
        frames.append(problem_frame(rows[reading.bad].tolist(), name, values, reading.why))
    return pd.concat(frames, ignore_index=True) if frames else problem_frame()


def _notices(bad: Mapping[str, Reading], keep: np.ndarray) -> pd.DataFrame:
    """How often each unreadable value was left out, in the rows that go in."""
    frames = []
    for name, reading in bad.items():
        values = pd.Series(list(reading.raw), dtype="str")[keep[reading.bad]]
        counts = values.value_counts()
        frames.append(
            pd.DataFrame({"column": name, "value": counts.index.astype("str"), "rows": counts.to_numpy()})
        )
    if not frames:
        return pd.DataFrame(
            {
                "column": pd.Series(dtype="str"),
                "value": pd.Series(dtype="str"),
                "rows": pd.Series(dtype="int64"),
            }
        )
    return pd.concat(frames, ignore_index=True)
