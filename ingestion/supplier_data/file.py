"""Supplier data from a file (CSV, Excel, Parquet): what it would change, and what in it cannot be used."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from data_access import Store
from ingestion.errors import UnreadableFile, UnusableMapping
from ingestion.parsing.cells import MISSING_TEXT, Reading, read_cells
from ingestion.parsing.text import as_text
from ingestion.reading import Source, open_source
from ingestion.reading.sources import Content
from ingestion.supplier_data.values import CLEAR, COLUMNS, SupplierDataRefused, columns_of, read_value
from ingestion.supplier_data.writing import Change, changes_of, stored

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MOST_BYTES", "MOST_ROWS", "Preview", "Problem", "read_changes", "template"]

MOST_BYTES = 20 * 1024**2
MOST_ROWS = 100_000
_SHOWN = 80
_HINTS = 100  # looking for similar ids takes time: not for each row of a wrong file
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Cells = dict[str, str]  # our column → the text of a cell that is not empty


@dataclass(frozen=True)
class Problem:
    """A row that is not used, and why. `row` is its number in the file, where the header is 1."""

    row: int
    column: str | None
    value: str | None
    problem: str


@dataclass(frozen=True)
class Preview:
    """What a file would change.

    Attributes
    ----------
    changes : tuple of Change
        In the order of the file.
    problems : tuple of Problem
        Nothing of these rows is used.
    unchanged : int
        Rows that say what stands there already.
    rows : int
        Rows of the file; blank ones do not count.
    ignored : tuple of str
        Columns of the file that mean nothing here.
    """

    file_name: str
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    unchanged: int
    rows: int
    ignored: tuple[str, ...] = ()


def template(store: Store | None = None) -> bytes:
    """A CSV file to fill in: the header, and the suppliers of the store with what is known about them."""
    import pandas as pd

    header = ["supplier_id", *COLUMNS]
    rows = [] if store is None else sorted(stored(store).values(), key=lambda row: str(row["supplier_id"]))
    frame = pd.DataFrame(
        [{name: row[name] for name in header} for row in rows], columns=header, dtype="object"
    )
    for column in header:  # a text that a spreadsheet would run as a formula is shown as text
        frame[column] = frame[column].map(_disarmed)
    return frame.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def read_changes(
    store: Store, source: str | Path | bytes | BinaryIO, *, file_name: str | None = None
) -> Preview:
    """What a file would change. An empty cell leaves a value as it is, "-" takes it away.

    Parameters
    ----------
    source : path, bytes or binary file object
        A table with a column supplier_id and some of `COLUMNS`, in any usual spelling and order.

    Raises
    ------
    UnreadableFile, UnusableMapping
        The file cannot be used as a whole; one sentence says why.
    """
    file = _opened(source)
    names = columns_of(file.columns)
    if "supplier_id" not in names:
        raise UnusableMapping(f"{file.name} has no column supplier_id: add the ids of the suppliers.")
    if len(names) == 1:
        raise UnusableMapping(
            f"{file.name} has nothing to change: add a column such as {', '.join(COLUMNS[:3])}."
        )
    rows, problems = _rows(file, names)
    changes, refused, unchanged = _judged(rows, stored(store))
    return Preview(
        file_name=file_name or file.name,
        changes=tuple(changes),
        problems=tuple(sorted((*problems, *refused), key=lambda one: one.row)),
        unchanged=unchanged,
        rows=len(rows) + len(problems),
        ignored=tuple(name for name in file.columns if name not in names.values()),
    )


def _opened(source: str | Path | bytes | BinaryIO) -> Source:
    content = Content(source)
    if content.size_bytes > MOST_BYTES:
        raise UnreadableFile(
            f"{content.name} has {content.size_bytes / 1024**2:.0f} MB and the limit is "
            f"{MOST_BYTES // 1024**2} MB: keep one row per supplier."
        )
    return open_source(source)


def _rows(file: Source, names: Mapping[str, str]) -> tuple[dict[int, Cells], list[Problem]]:
    """The cells of each row that are not empty, by row number; rows that are no rows."""
    rows: dict[int, Cells] = {}
    problems: list[Problem] = []
    for chunk in file.chunks(list(names.values())):
        problems += [
            Problem(int(one.row_number), None, _cut(one.value), str(one.problem))
            for one in chunk.problems.itertuples()
        ]
        if len(rows) + len(problems) + len(chunk.frame) > MOST_ROWS:
            raise UnreadableFile(f"{file.name} has more than {MOST_ROWS:,} rows: keep one row per supplier.")
        texts = {ours: _texts(chunk.frame[name]) for ours, name in names.items()}
        for at, number in enumerate(chunk.frame.index):
            cells = {ours: text for ours, column in texts.items() if (text := column[at]) is not None}
            if cells:
                rows[int(number)] = cells
    return rows, problems


def _texts(series: Any) -> list[str | None]:
    def reader(cells: pa.Array) -> Reading:
        return Reading.good(as_text(cells))

    found = read_cells(series, reader).values.to_pylist()
    return [None if text is None or _is_empty(text) else _armed(text) for text in found]


def _is_empty(text: str) -> bool:
    return text.strip() != CLEAR and text.strip().casefold() in MISSING_TEXT


def _judged(
    rows: Mapping[int, Cells], known: Mapping[str, dict[str, Any]]
) -> tuple[list[Change], list[Problem], int]:
    """Changes, rows that are refused, and how many rows change nothing."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, cells in rows.items():
        numbers[_plain_id(cells)].append(number)
    changes: list[Change] = []
    refused: list[Problem] = []
    unchanged = 0
    for number, cells in rows.items():
        near = known if len(refused) < _HINTS else {}
        problems = list(_problems(number, cells, numbers, known, near))
        if problems:
            refused += problems
            continue
        row = known[_plain_id(cells)]
        try:
            made = changes_of(row, {name: read_value(name, cells[name]) for name in COLUMNS if name in cells})
        except SupplierDataRefused as error:
            refused.append(Problem(number, "target_year", _cut(cells.get("target_year")), str(error)))
            continue
        changes += made
        unchanged += not made
    return changes, refused, unchanged


def _problems(
    number: int,
    cells: Cells,
    numbers: Mapping[str, list[int]],
    known: Mapping[str, object],
    near: Mapping[str, object],
) -> Iterator[Problem]:
    """What is wrong with a row; `near` holds the ids that an unknown one may have been meant for."""
    supplier_id = _plain_id(cells)
    if not supplier_id:
        yield Problem(number, "supplier_id", None, "The row names no supplier: write its supplier_id.")
        return
    if len(numbers[supplier_id]) > 1:
        others = ", ".join(str(one) for one in numbers[supplier_id] if one != number)
        yield Problem(
            number,
            "supplier_id",
            _cut(supplier_id),
            f"The supplier stands in row {others} too: keep one row.",
        )
    elif supplier_id not in known:
        yield Problem(number, "supplier_id", _cut(supplier_id), _unknown(supplier_id, near))
    for column in COLUMNS:
        if column in cells:
            try:
                read_value(column, cells[column])
            except SupplierDataRefused as error:
                yield Problem(number, column, _cut(cells[column]), str(error))


def _plain_id(cells: Cells) -> str:
    text = " ".join(cells.get("supplier_id", "").split())
    return "" if text == CLEAR else text


def _unknown(supplier_id: str, near: Mapping[str, object]) -> str:
    folded = {one.casefold(): one for one in near}
    found = difflib.get_close_matches(supplier_id.casefold(), folded, n=1, cutoff=0.85)
    advice = f"do you mean {folded[found[0]]}?" if found else "suppliers come with their shipments."
    return f"No shipment has this supplier: {advice}"


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _disarmed(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _armed(text: str) -> str:
    """The text without the apostrophe that the template put before it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text
