"""What a reader works with, the bytes of an upload, and what it gives: a Source and its raw chunks.

Row numbers are those a spreadsheet shows: the first row of the file is 1, usually the header, so that data
start at 2. A record whose quoted text runs over several lines is one row.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ingestion.errors import UnreadableFile

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PROBLEM_COLUMNS", "Content", "RawChunk", "Source", "checked_header", "problem_frame"]

MAX_BYTES = 2 * 1024**3
MAX_COLUMNS = 500
MAX_NAME_LENGTH = 200
CHUNK_ROWS = 200_000
PROBLEM_COLUMNS = ("row_number", "column", "value", "problem")
_BLOCK = 1 << 20
_DATA_LIKE = re.compile(
    r"[-+]?\d[\d., ]*%?([eE][-+]?\d+)?|\d{4}-\d\d-\d\d([T ].*)?"
    r"|\d{1,2}[./-](\d{1,2}|[A-Za-z]{3})[./-]\d{2,4}( .*)?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class RawChunk:
    """Some rows of a file as they stand.

    Attributes
    ----------
    frame : DataFrame
        One row per data row, the file's columns, indexed by row number. Text is never interpreted.
    problems : DataFrame
        Rows that are no rows: row_number, column (null), value (the start of the row), problem.
    blank_rows : int
        Rows without any value, skipped and not counted as read.
    fraction : float
        How much of the file has been read, 0 to 1.
    """

    frame: pd.DataFrame
    problems: pd.DataFrame
    blank_rows: int = 0
    fraction: float = 1.0

    @property
    def rows_read(self) -> int:
        return len(self.frame) + len(self.problems)


ReadChunks = Callable[[Sequence[str], int], Iterator[RawChunk]]


@dataclass(frozen=True)
class Source:
    """A file that can be read as a table, opened and checked; `chunks` may be called any number of times.

    Attributes
    ----------
    kind : str
        csv, excel or parquet.
    encoding, delimiter : str or None
        Of a csv file.
    notes : tuple of str
        Sentences for the user about how the file is being read.
    """

    name: str
    size_bytes: int
    sha256: str
    kind: str
    columns: tuple[str, ...]
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[str, ...] = ()
    read: ReadChunks | None = field(default=None, repr=False, compare=False)

    def chunks(self, columns: Sequence[str] | None = None, rows: int = CHUNK_ROWS) -> Iterator[RawChunk]:
        """The file's rows in order, `rows` at a time, of the given columns (all by default).

        Raises
        ------
        UnreadableFile
            Where the file turns out to be damaged further on; nothing read so far should be kept.
        """
        wanted = self.columns if columns is None else tuple(dict.fromkeys(columns))
        unknown = [column for column in wanted if column not in self.columns]
        if unknown:
            raise KeyError(f"{self.name} has no column {unknown[0]!r}.")
        if self.read is None:
            raise TypeError("This Source was made without a reader: use open_source.")
        return self.read(wanted, rows)


class Content:
    """The bytes of an upload, from a path, from memory or from the user's open file, reopened at will."""

    def __init__(self, source: str | Path | bytes | bytearray | memoryview | BinaryIO) -> None:
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._bytes = b""
        if isinstance(source, (bytes, bytearray, memoryview)):
            self.name, self._bytes = "the upload", bytes(source)
            self.size_bytes = len(self._bytes)
        elif isinstance(source, (str, Path)):
            self._take_path(source)
        else:
            self._take_file(source)
        if self.size_bytes == 0:
            raise UnreadableFile(f"{self.name} is empty: export it again and upload the new file.")
        if self.size_bytes > MAX_BYTES:
            raise UnreadableFile(
                f"{self.name} has {self.size_bytes / 1024**3:.1f} GB, over the limit of 2 GB: split it up."
            )

    def _take_path(self, source: str | Path) -> None:
        if isinstance(source, str) and re.match(r"[a-z][a-z0-9+.-]+://", source, re.IGNORECASE):
            raise UnreadableFile(f"{source} is an address: download the file and give its path.")
        self._path = Path(source)
        self.name = self._path.name
        try:
            regular = self._path.is_file()
            self.size_bytes = self._path.stat().st_size if regular else 0
            if regular:
                self._path.open("rb").close()
        except (OSError, ValueError) as problem:
            raise UnreadableFile(
                f"{self.name} cannot be opened ({problem}): check its path and rights."
            ) from problem
        if not regular:
            raise UnreadableFile(f"There is no file {self._path}: check the path.")

    def _take_file(self, source: BinaryIO) -> None:
        name = getattr(source, "name", None)
        self.name = Path(name).name if isinstance(name, str) else "the upload"
        if source.seekable():
            self._file = source
            self.size_bytes = source.seek(0, io.SEEK_END)
            source.seek(0)
        else:
            self._bytes = source.read(MAX_BYTES + 1)
            self.size_bytes = len(self._bytes)

    def open(self) -> BinaryIO:
        """A fresh binary stream from the first byte; closing it leaves the user's own file open."""
        if self._path is not None:
            return self._path.open("rb")
        if self._file is not None:
            return io.BufferedReader(_Borrowed(self._file), _BLOCK)
        return io.BytesIO(self._bytes)

    def head(self, size: int = _BLOCK) -> bytes:
        with self.open() as stream:
            return stream.read(size)

    def tail(self, size: int) -> bytes:
        with self.open() as stream:
            stream.seek(max(self.size_bytes - size, 0))
            return stream.read(size)

    def blocks(self) -> Iterator[bytes]:
        with self.open() as stream:
            while block := stream.read(_BLOCK):
                yield block

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()


class _Borrowed(io.RawIOBase):
    """The user's open file with a position of its own, so that two readers do not disturb each other."""

    def __init__(self, file: BinaryIO) -> None:
        self._borrowed, self._at = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._borrowed.seek(self._at)
        self._at = self._borrowed.seek(offset, whence)
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._borrowed.seek(self._at)
        data = self._borrowed.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def checked_header(cells: Sequence[str], file_name: str) -> tuple[str, ...]:
    """The column names of a header row, trimmed; blank ones are named by their position.

    Raises
    ------
    UnreadableFile
        Too many columns, a repeated name, a row of data where the header should be, or no text at all.
    """
    if len(cells) > MAX_COLUMNS:
        raise UnreadableFile(
            f"{file_name} has {len(cells):,} columns and the limit is {MAX_COLUMNS}:"
            " keep one row per leg and only the columns that describe it."
        )
    names = [" ".join(cell.split()) for cell in cells]
    if not any(names):
        raise UnreadableFile(f"{file_name} has no header: write the column names into its first row.")
    if any(_CONTROL.search(name) or len(name) > MAX_NAME_LENGTH for name in names):
        raise UnreadableFile(
            f"{file_name} is not a table: its first row holds no column names but other content;"
            " upload a CSV, Excel or Parquet file."
        )
    if _looks_like_data(names):
        raise UnreadableFile(
            f"{file_name} has no header: its first row looks like data ({', '.join(names[:4])} …);"
            " write the column names above it."
        )
    repeated = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if repeated:
        shown = ", ".join(repr(name) for name in repeated[:5]) + (" …" if len(repeated) > 5 else "")
        raise UnreadableFile(
            f"{file_name} has more than one column named {shown}: give each column its own name."
        )
    return tuple(name or f"(column {position})" for position, name in enumerate(names, start=1))


def _looks_like_data(names: Sequence[str]) -> bool:
    from ingestion.columns import suggest_mapping

    filled = [name for name in names if name]
    data_like = sum(_DATA_LIKE.fullmatch(name) is not None for name in filled)
    return data_like * 2 > len(filled) or (data_like > 0 and not suggest_mapping(filled))


def problem_frame(
    row_numbers: Sequence[int] = (),
    columns: Sequence[str | None] | str | None = (),
    values: Sequence[str | None] = (),
    problems: Sequence[str] | str = (),
) -> pd.DataFrame:
    """Rows of (row_number, column, value, problem), the form in which every stage reports."""
    import pandas as pd

    size = len(row_numbers)
    return pd.DataFrame(
        {
            "row_number": pd.Series(row_numbers, dtype="int64"),
            "column": pd.Series(
                [columns] * size if isinstance(columns, str) or columns is None else columns, dtype="str"
            ),
            "value": pd.Series(values, dtype="str"),
            "problem": pd.Series([problems] * size if isinstance(problems, str) else problems, dtype="str"),
        },
    )
