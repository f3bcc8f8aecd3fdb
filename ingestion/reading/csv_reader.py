"""Delimited text through pyarrow: all columns as text, in bounded memory, malformed rows set aside."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ingestion.errors import UnreadableFile
from ingestion.reading.sources import Content, RawChunk, Source, checked_header, problem_frame
from ingestion.reading.text_scan import declared_encoding, decode_head, refuse_open_quote, scan_text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["open_csv"]

_DELIMITERS = ",;\t|"
_SAMPLE_RECORDS = 50
_BLOCK_BYTES = 1 << 20
_SHOWN = 200


@dataclass(frozen=True)
class _Layout:
    """How the rows of a file are cut into cells."""

    delimiter: str
    header_row: int
    columns: tuple[str, ...]
    encoding: str = "utf-8"
    quoted: bool = False


def open_csv(content: Content) -> Source:
    """A Source over comma, semicolon, tab or pipe separated text in UTF-8, UTF-16 or Latin-1.

    Raises
    ------
    UnreadableFile
        Binary content, no or a bad header, a header without rows, an open quote, a damaged encoding.
    """
    layout = _layout(content)
    facts = scan_text(content)
    if facts.quotes % 2:
        refuse_open_quote(content, facts.encoding, layout.delimiter)
    layout = _Layout(layout.delimiter, layout.header_row, layout.columns, facts.encoding, facts.quotes > 0)
    return Source(
        name=content.name,
        size_bytes=content.size_bytes,
        sha256=facts.sha256,
        kind="csv",
        columns=layout.columns,
        encoding=facts.encoding,
        delimiter=layout.delimiter,
        notes=facts.notes,
        read=partial(_chunks, content, layout),
    )


def _layout(content: Content) -> _Layout:
    head = content.head()
    text = decode_head(head, content.name).removeprefix("\ufeff")
    if not text.strip():
        raise UnreadableFile(f"{content.name} is empty: export it again and upload the new file.")
    whole = len(head) == content.size_bytes
    announced = text[4] if text[:4].lower() == "sep=" and text[5:6] in ("\r", "\n") else None
    cut = {d: sample for d in (announced or _DELIMITERS) if (sample := _sample(text, d, whole))}
    if not cut:
        raise UnreadableFile(
            f"{content.name} has a cell of more than 100,000 characters in its first rows: a quotation mark"
            " is probably never closed; correct it, or export the file again."
        )
    delimiter = max(cut, key=lambda d: _agreement(cut[d]))
    records = cut[delimiter]
    filled = [i for i, record in enumerate(records) if any(cell.strip() for cell in record)]
    at = next((i for i in filled if not (announced and i == 0)), None)
    if at is None:
        raise UnreadableFile(f"{content.name} has no header: write the column names into its first row.")
    columns = checked_header(records[at], content.name)
    following = [record for record in records[at + 1 :] if any(c.strip() for c in record)]
    if not following and whole:
        raise UnreadableFile(f"{content.name} has a header but no rows below it: upload a file with data.")
    widths = Counter(map(len, following))
    if following and len(columns) not in widths:
        if text.count('"') % 2:
            refuse_open_quote(content, declared_encoding(head, content.name) or "latin-1", delimiter)
        found, below = _columns(len(columns)), _columns(widths.most_common(1)[0][0])
        raise UnreadableFile(
            f"{content.name} has {found} in its first row but {below} in the rows below:"
            " the column names must be the first row, one for each column."
        )
    return _Layout(delimiter, at + 1, columns)


def _columns(count: int) -> str:
    return f"{count:,} column{'' if count == 1 else 's'}"


def _sample(text: str, delimiter: str, whole: bool) -> list[list[str]]:
    """The first whole records as the delimiter cuts them; none where a cell is too long."""
    records: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            records.append(record)
            if len(records) > _SAMPLE_RECORDS:
                break
    except csv.Error:
        return []
    return records if whole or len(records) > _SAMPLE_RECORDS else records[:-1]


def _agreement(records: list[list[str]]) -> tuple[bool, float, int]:
    """How well a delimiter fits: it cuts at all, most rows alike, and into as many cells as possible."""
    widths = Counter(len(record) for record in records if any(record))
    width, rows = widths.most_common(1)[0] if widths else (1, 0)
    return width > 1, round(rows / max(widths.total(), 1), 1), width


def _chunks(content: Content, layout: _Layout, columns: Sequence[str], rows: int) -> Iterator[RawChunk]:
    import pyarrow as pa

    malformed: list[tuple[int, Any]] = []
    rowing = _RowNumbers(layout.header_row + 1, malformed)
    try:
        with content.open() as stream:
            for table, last in _tables(_open(stream, layout, malformed), rows):
                done = 1.0 if last else min(stream.tell() / content.size_bytes, 1.0)
                yield _chunk(table, rowing, layout, columns, fraction=done)
                del (
                    table
                )  # what it holds is the reader's largest part: let it go before the next comes together
            if len(malformed) > rowing.reported:
                rowing.next = malformed[-1][0] + 1
                yield _chunk(_schema(layout).empty_table(), rowing, layout, columns, fraction=1.0)
    except (pa.ArrowInvalid, UnicodeError) as problem:
        raise UnreadableFile(
            f"{content.name} cannot be read from row {rowing.next:,}: an open quotation mark or damaged text"
            " is the usual reason; correct it there, or export the file again."
        ) from problem


def _tables(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[tuple[pa.Table, bool]]:
    """Tables of `rows` rows each, and whether one is the rest at the end of the file."""
    import pyarrow as pa

    pending: list[pa.RecordBatch] = []
    waiting = 0
    for batch in batches:
        rest = batch
        while waiting + rest.num_rows >= rows:
            taken = rows - waiting
            yield pa.Table.from_batches([*pending, rest.slice(0, taken)]), False
            pending, waiting, rest = [], 0, rest.slice(taken)
        if rest.num_rows:
            pending.append(rest)
            waiting += rest.num_rows
    if pending:
        yield pa.Table.from_batches(pending), True


def _schema(layout: _Layout) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in layout.columns])


def _open(stream: Any, layout: _Layout, malformed: list[tuple[int, Any]]) -> Any:
    """The pyarrow stream; without threads, because only then do malformed rows carry their number."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    def set_aside(row: Any) -> str:
        malformed.append((row.number, row))
        return "skip"

    return arrow_csv.open_csv(
        pa.PythonFile(stream, mode="r"),
        read_options=arrow_csv.ReadOptions(
            column_names=list(layout.columns),
            skip_rows_after_names=layout.header_row,
            use_threads=False,
            block_size=_BLOCK_BYTES,
            encoding="utf8" if layout.encoding == "utf-8" else layout.encoding,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in layout.columns}, strings_can_be_null=False
        ),
    )


class _RowNumbers:
    """Gives the rows that arrive their numbers in the file, leaving out those that were set aside."""

    def __init__(self, first: int, malformed: list[tuple[int, Any]]) -> None:
        self.next, self.reported, self._malformed = first, 0, malformed

    def take(self, count: int) -> np.ndarray:
        import numpy as np

        aside = np.array([number for number, _ in self._malformed[self.reported :]], dtype="int64")
        end = self.next + count
        while (wider := self.next + count + int(np.searchsorted(aside, end))) != end:
            end = wider
        numbers = np.setdiff1d(np.arange(self.next, end, dtype="int64"), aside, assume_unique=True)
        self.next = end
        return numbers

    def set_aside(self) -> list[tuple[int, Any]]:
        """The malformed rows up to the next good row that have not been reported."""
        fresh = []
        for number, row in self._malformed[self.reported :]:
            if number > self.next:
                break
            self.next = max(self.next, number + 1)
            fresh.append((number, row))
        self.reported += len(fresh)
        return fresh


def _chunk(
    table: pa.Table,
    rowing: _RowNumbers,
    layout: _Layout,
    columns: Sequence[str],
    *,
    fraction: float,
) -> RawChunk:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    numbers = rowing.take(table.num_rows)
    aside = rowing.set_aside()
    starts, reasons = [_start(row.text) for _, row in aside], [_cells(row) for _, row in aside]
    problems = [problem_frame([number for number, _ in aside], None, starts, reasons)]
    joined = _joined_rows(table, layout) if layout.quoted else np.zeros(table.num_rows, dtype=bool)
    if joined.any():
        texts = table.filter(pa.array(joined)).to_pylist()
        values = [_start(layout.delimiter.join(row.values())) for row in texts]
        problems.append(problem_frame(numbers[joined].tolist(), None, values, _JOINED))
    blank = _blank_rows(table)
    keep = ~(blank | joined)
    wanted = table.select(list(columns)).cast(pa.schema([(name, pa.large_string()) for name in columns]))
    frame = wanted.to_pandas().set_axis(pd.Index(numbers, name="row_number"), axis=0)
    found = [part for part in problems if len(part)]
    return RawChunk(
        frame if keep.all() else frame[keep],
        pd.concat(found, ignore_index=True) if found else problems[0],
        int(blank.sum()),
        fraction,
    )


_JOINED = "A quotation mark in this row is never closed, so that it runs on into the next rows: close it."


def _start(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _cells(row: Any) -> str:
    found = f"{row.actual_columns} values" if row.actual_columns != 1 else "1 value"
    reason = (
        "check for a missing or extra delimiter" if "\n" not in row.text else "a quotation mark is not closed"
    )
    return f"The row has {found} where the header has {row.expected_columns}: {reason}."


def _blank_rows(table: pa.Table) -> np.ndarray:
    """Rows without a value in any column, as spreadsheets leave them at the end."""
    import numpy as np
    import pyarrow.compute as pc

    blank = np.ones(table.num_rows, dtype=bool)
    for column in table.columns:
        blank &= pc.equal(column, "").to_numpy()
        if not blank.any():
            break
    return blank


def _joined_rows(table: pa.Table, layout: _Layout) -> np.ndarray:
    """Rows whose line breaks fall exactly where rows end: two rows that open quotes have become one.

    A cell that holds the rest of one row and the beginning of another has, on its first line, as many
    delimiters as the row still needed, and on its last line as many as stand before this column.
    """
    import numpy as np
    import pyarrow.compute as pc

    joined = np.zeros(table.num_rows, dtype=bool)
    last = len(layout.columns) - 1
    if last < 2:
        return joined
    for position, column in enumerate(table.columns):
        if not any(_may_hold_line_breaks(part) for part in column.chunks):
            continue
        broken = pc.match_substring(column, "\n").to_numpy()
        for at in np.flatnonzero(broken):
            lines = column[int(at)].as_py().split("\n")
            joined[at] |= (
                lines[0].count(layout.delimiter) == last - position
                and lines[-1].count(layout.delimiter) == position
            )
    return joined


def _may_hold_line_breaks(cells: pa.Array) -> bool:
    """A look at the bytes under all cells at once, ten times faster than one at each cell."""
    packed = cells.buffers()[2]
    return packed is not None and b"\n" in packed.to_pybytes()
