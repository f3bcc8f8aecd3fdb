"""Opens an upload, whatever it is: CSV, Excel or Parquet, from a path, from bytes or from an open file.

    source = open_source("shipments.csv")
    for chunk in source.chunks(): ...

A file that cannot be trusted is refused at once, with one sentence that says what to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ingestion.errors import UnreadableFile
from ingestion.reading.csv_reader import open_csv
from ingestion.reading.excel_reader import OLE_MAGIC, ZIP_MAGIC, open_excel
from ingestion.reading.parquet_reader import PARQUET_MAGIC, open_parquet
from ingestion.reading.sources import Content, RawChunk, Source

__all__ = ["RawChunk", "Source", "open_source"]

_OTHER_KINDS = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "an RTF document"),
)


def open_source(
    source: str | Path | bytes | bytearray | memoryview | BinaryIO, *, sheet: str | None = None
) -> Source:
    """Open a table file and check that it can be read.

    Parameters
    ----------
    source : path, bytes or binary file object
        Addresses (https://…) are not read.
    sheet : str, optional
        Sheet of a workbook; the first with content by default.

    Returns
    -------
    Source
        name, size_bytes, sha256, kind (csv, excel, parquet), columns, encoding, delimiter, notes, and
        `chunks(columns=None, rows=200_000)`.

    Raises
    ------
    UnreadableFile
        For anything that cannot be trusted as a table; the message is one sentence for the user.
    """
    content = Content(source)
    head = content.head(64)
    if head.startswith((OLE_MAGIC, *ZIP_MAGIC)):
        return open_excel(content, sheet)
    if head.startswith(PARQUET_MAGIC):
        return open_parquet(content)
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic) and (not head.isascii() or len(magic) > 3 or b"\0" in content.head(1024)):
            raise UnreadableFile(
                f"{content.name} is {kind}, not a table: upload a CSV, Excel or Parquet file."
            )
    return open_csv(content)
