"""Cells of one column on their way from raw to typed: what was read, what could not be, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "MISSING",
    "MISSING_TEXT",
    "Reading",
    "Unread",
    "is_text",
    "plain_cast",
    "quoted",
    "read_cells",
    "read_unique",
    "trimmed",
    "unreadable",
]

# "NA" and "NAN" are a country and an airport too, so that they mean "missing" only where no place can stand.
MISSING_TEXT = frozenset({"", "-", "--", "n/a", "#n/a", "null", "<null>"})
MAX_SHOWN = 80
MISSING = MISSING_TEXT | {"na", "nan", "none", "nat", "nil"}


@dataclass(frozen=True)
class Reading:
    """One column read.

    Attributes
    ----------
    values : pyarrow.Array
        Typed; null where the cell is missing or could not be read.
    bad : ndarray of int
        Positions of the cells that could not be read, with `raw` (as written) and `why` (a sentence) beside.
    """

    values: pa.Array
    bad: np.ndarray
    raw: Sequence[str]
    why: Sequence[str]

    @classmethod
    def good(cls, values: pa.Array) -> Reading:
        return cls(values, np.zeros(0, dtype="int64"), (), ())


Reader = Callable[[pa.Array], Reading]


def is_text(cells: pa.Array) -> bool:
    return pa.types.is_large_string(cells.type) or pa.types.is_string(cells.type)


def trimmed(cells: pa.Array) -> pa.Array:
    """Text without white space around it; blank cells are null."""
    text = pc.utf8_trim_whitespace(cells)
    blank = pc.equal(text, "")
    return pc.if_else(blank, pa.scalar(None, text.type), text) if pc.any(blank).as_py() else text


def unreadable(cells: pa.Array, kind: pa.DataType, why: str) -> Reading:
    """A whole column whose type cannot be what it should be."""
    bad = np.flatnonzero(cells.is_valid().to_numpy(zero_copy_only=False))
    raw = [str(cells[int(at)].as_py()) for at in bad]
    return Reading(pa.nulls(len(cells), kind), bad, raw, [why] * len(bad))


def plain_cast(text: pa.Array, kind: pa.DataType) -> pa.Array | None:
    """The whole column cast at once; None where some cell does not fit.

    Arrow pays a microsecond for each cell that does not, so a few are tried first.
    """
    try:
        pc.cast(text.slice(0, 100), kind)
        return pc.cast(text, kind)
    except pa.ArrowInvalid:
        return None


def read_unique(cells: pa.Array, kind: pa.DataType, read_one: Callable[[str], Any]) -> Reading:
    """Read each distinct text once.

    `read_one` returns the value, None for a missing one, or an `Unread` for one that cannot be read.
    """
    coded = cells.dictionary_encode()
    texts = coded.dictionary.to_pylist()
    read = [read_one(text) for text in texts]
    values = pa.array([None if isinstance(value, Unread) else value for value in read], kind)
    refused = np.array([isinstance(value, Unread) for value in read], dtype=bool)
    result = values.take(coded.indices)
    if not refused.any():
        return Reading.good(result)
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    bad = np.flatnonzero((codes >= 0) & refused[codes])
    return Reading(result, bad, [texts[c] for c in codes[bad]], [str(read[c]) for c in codes[bad]])


def quoted(text: str) -> str:
    """A value in quotes, as messages show it: not more than its beginning."""
    return repr(text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…")


class Unread(str):
    """The sentence that says why a text could not be read."""

    __slots__ = ()


def read_cells(series: pd.Series, reader: Reader) -> Reading:
    """Read a column of a raw chunk; a column of mixed Excel cells is read kind by kind."""
    if series.dtype != object:
        return reader(_arrow(series))
    groups: dict[type, list[int]] = {}
    for at, cell in enumerate(series):
        if cell is not None and cell == cell:  # noqa: PLR0124  (NaN is not itself)
            groups.setdefault(_kind(cell), []).append(at)
    parts = [(np.array(at), reader(_typed(series.iloc[at], kind))) for kind, at in groups.items()]
    return _merged(parts, len(series), reader)


def _arrow(series: pd.Series) -> pa.Array:
    cells = pa.array(series, from_pandas=True)
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def _kind(cell: Any) -> type:
    for kind in (str, bool, dt.date):
        if isinstance(cell, kind):
            return kind
    return float if isinstance(cell, (int, float)) else object


def _typed(cells: pd.Series, kind: type) -> pa.Array:
    if kind is str:
        return pa.array(cells, pa.large_string())
    if kind is float:
        return pa.array(cells.astype("float64"))
    if kind is bool:
        return pa.array(cells.astype("bool"))
    if kind is dt.date:
        return pa.array(pd.to_datetime(cells).astype("datetime64[us]"))
    return pa.array([str(cell) for cell in cells], pa.large_string())


def _merged(parts: list[tuple[np.ndarray, Reading]], size: int, reader: Reader) -> Reading:
    if not parts:
        return reader(pa.nulls(size, pa.large_string()))
    values = pa.concat_arrays([reading.values for _, reading in parts])
    source = np.full(size, -1)
    source[np.concatenate([at for at, _ in parts])] = np.arange(len(values))
    bad = np.concatenate([at[reading.bad] for at, reading in parts])
    order = np.argsort(bad, kind="stable")
    raw = [text for _, reading in parts for text in reading.raw]
    why = [text for _, reading in parts for text in reading.why]
    indices = pa.array(source, mask=source < 0)
    return Reading(values.take(indices), bad[order], [raw[i] for i in order], [why[i] for i in order])
