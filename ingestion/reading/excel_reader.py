"""Excel and OpenDocument sheets through calamine: cells keep the type that the workbook gives them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ingestion.errors import UnreadableFile
from ingestion.reading.sources import Content, RawChunk, Source, checked_header, problem_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OLE_MAGIC", "ZIP_MAGIC", "open_excel"]

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAX_UNPACKED = 4 * 1024**3


def open_excel(content: Content, sheet: str | None) -> Source:
    """A Source over one sheet: the named one, else the first that holds anything.

    Raises
    ------
    UnreadableFile
        A damaged or protected workbook, another kind of archive, an unknown sheet, or no table on the sheet.
    """
    _refuse_other_containers(content)
    book = _workbook(content)
    table = _table(book, sheet, content.name)
    others = [repr(other) for other in book.sheet_names if other != table.sheet]
    notes = (f"Read from the sheet {table.sheet!r}; the workbook also has {', '.join(others[:5])}.",)
    source = Source(
        name=content.name,
        size_bytes=content.size_bytes,
        sha256=content.sha256(),
        kind="excel",
        columns=table.columns,
        notes=notes if others else (),
        read=partial(_chunks, content, table),
    )
    if next(source.chunks(rows=1), None) is None:
        raise UnreadableFile(f"{content.name} has a header but no rows below it: upload a file with data.")
    return source


def _refuse_other_containers(content: Content) -> None:
    head = content.head(8)
    if head == OLE_MAGIC:
        if any(_ENCRYPTED in block for block in content.blocks()):
            raise UnreadableFile(f"{content.name} is protected by a password: save it without one.")
        return
    try:
        with content.open() as stream, zipfile.ZipFile(stream) as archive:
            members = {member.filename: member.file_size for member in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as problem:
        raise _damaged(content) from problem
    if not ({"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & set(members)):
        raise UnreadableFile(
            f"{content.name} is a ZIP archive and no workbook: unpack it and upload the table in it."
        )
    if sum(members.values()) > _MAX_UNPACKED:
        raise UnreadableFile(
            f"{content.name} unpacks to more than 4 GB: save the sheet as CSV and upload that."
        )


def _damaged(content: Content) -> UnreadableFile:
    return UnreadableFile(
        f"{content.name} is a damaged or incomplete workbook: save it again in Excel and upload that."
    )


def _workbook(content: Content) -> Any:
    import python_calamine as calamine

    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(content.head(content.size_bytes)))
    except calamine.PasswordError:
        raise UnreadableFile(f"{content.name} is protected by a password: save it without one.") from None
    except (calamine.CalamineError, OSError, ValueError) as problem:
        raise _damaged(content) from problem


@dataclass(frozen=True)
class _Table:
    """Where the table stands in the workbook."""

    sheet: str
    header_row: int
    columns: tuple[str, ...]
    rows: int


def _table(book: Any, sheet: str | None, name: str) -> _Table:
    """The table on the given sheet, else on the first that holds anything."""
    if sheet is not None and sheet not in book.sheet_names:
        raise UnreadableFile(
            f"{name} has no sheet {sheet!r}: it has {', '.join(map(repr, book.sheet_names))}."
        )
    for candidate in [sheet] if sheet is not None else book.sheet_names:
        for number, row in _rows(book, candidate, name):
            if any(_as_text(cell) for cell in row):
                last = max(i for i, cell in enumerate(row) if _as_text(cell))
                columns = checked_header([_as_text(cell) for cell in row[: last + 1]], name)
                return _Table(candidate, number, columns, book.get_sheet_by_name(candidate).total_height)
    raise UnreadableFile(f"{name} has no table in it: its sheets are empty.")


def _rows(book: Any, sheet: str, name: str) -> Iterator[tuple[int, list[Any]]]:
    """Rows with the number that the spreadsheet shows, and cells from column A on."""
    import python_calamine as calamine

    try:
        table = book.get_sheet_by_name(sheet)
        if table.start is None:
            return
        yield from enumerate(table.iter_rows(), start=1)
    except (calamine.CalamineError, OSError, ValueError) as problem:
        raise UnreadableFile(
            f"{name} has a damaged sheet {sheet!r}: open it in Excel, save it again and upload that."
        ) from problem


def _as_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


@dataclass
class _Rows:
    """Rows gathered for one chunk."""

    numbers: list[int] = field(default_factory=list)
    cells: list[list[Any]] = field(default_factory=list)
    wide: list[int] = field(default_factory=list)
    blank: int = 0
    fraction: float = 1.0


def _chunks(content: Content, table: _Table, columns: Sequence[str], rows: int) -> Iterator[RawChunk]:
    gathered = _Rows()
    width = len(table.columns)
    sheet_rows = _rows(_workbook(content), table.sheet, content.name)
    for number, row in sheet_rows:
        if number <= table.header_row:
            continue
        if not _filled(row):
            gathered.blank += 1
        elif _filled(row[width:]):
            gathered.wide.append(number)
        else:
            gathered.numbers.append(number)
            gathered.cells.append(row)
        if len(gathered.numbers) >= rows:
            gathered.fraction = number / max(table.rows, number)
            yield _chunk(gathered, table.columns, columns)
            gathered = _Rows()
    if gathered.numbers or gathered.wide:
        yield _chunk(gathered, table.columns, columns)


def _filled(row: list[Any]) -> bool:
    return any(cell not in ("", None) for cell in row)


def _chunk(rows: _Rows, names: tuple[str, ...], columns: Sequence[str]) -> RawChunk:
    import pandas as pd

    index = pd.Index(rows.numbers, name="row_number", dtype="int64")
    at = {column: names.index(column) for column in columns}
    data = {
        column: _column([row[place] if place < len(row) else "" for row in rows.cells], index)
        for column, place in at.items()
    }
    problem = "The row has a value right of the last column name: name that column or clear the cell."
    aside = problem_frame(rows.wide, None, [None] * len(rows.wide), problem)
    return RawChunk(pd.DataFrame(data, index=index), aside, rows.blank, rows.fraction)


def _column(cells: list[Any], index: pd.Index) -> pd.Series:
    """Cells of one kind as a typed column; mixed ones as they are, for the parser to take cell by cell."""
    import pandas as pd

    kinds = {type(cell) for cell in cells if cell not in ("", None)}
    if kinds <= {str}:
        return pd.Series(["" if cell is None else cell for cell in cells], index=index, dtype="str")
    filled = [None if cell in ("", None) else cell for cell in cells]
    if kinds <= {float, int}:
        return pd.Series(filled, index=index, dtype="float64")
    if kinds <= {dt.datetime, dt.date}:
        return pd.Series(filled, index=index, dtype="datetime64[us]")
    if kinds <= {bool}:
        return pd.Series(filled, index=index, dtype="boolean")
    return pd.Series(filled, index=index, dtype="object")
