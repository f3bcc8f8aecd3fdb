"""Parquet files through pyarrow: columns keep their types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, BinaryIO

from ingestion.errors import UnreadableFile
from ingestion.reading.sources import Content, RawChunk, Source, checked_header, problem_frame

__all__ = ["PARQUET_MAGIC", "open_parquet"]

PARQUET_MAGIC = b"PAR1"


def open_parquet(content: Content) -> Source:
    """A Source over a Parquet file; its rows are numbered as if a header stood above them.

    Raises
    ------
    UnreadableFile
        A truncated or damaged file, too many columns, or no rows.
    """
    if content.tail(4) != PARQUET_MAGIC:
        raise UnreadableFile(
            f"{content.name} is an incomplete Parquet file (its end is missing): transfer it again."
        )
    with content.open() as stream:
        file = _file(stream, content.name)
        columns, rows = checked_header(file.schema_arrow.names, content.name), file.metadata.num_rows
    if rows == 0:
        raise UnreadableFile(f"{content.name} has columns but no rows: upload a file with data.")
    return Source(
        name=content.name,
        size_bytes=content.size_bytes,
        sha256=content.sha256(),
        kind="parquet",
        columns=columns,
        read=partial(_chunks, content, columns),
    )


def _file(stream: BinaryIO, name: str) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(pa.PythonFile(stream, mode="r"))
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise _damaged(name) from problem


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(f"{name} is a damaged Parquet file: write it again.")


def _chunks(
    content: Content, names: tuple[str, ...], columns: Sequence[str], rows: int
) -> Iterator[RawChunk]:
    import pandas as pd
    import pyarrow as pa

    first = 2
    with content.open() as stream:
        file = _file(stream, content.name)
        stored = dict(zip(names, file.schema_arrow.names, strict=True))
        try:
            for batch in file.iter_batches(batch_size=rows, columns=[stored[column] for column in columns]):
                index = pd.RangeIndex(first, first + batch.num_rows, name="row_number")
                data = {c: pd.Series(_series(batch.column(stored[c])), index=index) for c in columns}
                first += batch.num_rows
                done = (first - 2) / file.metadata.num_rows
                yield RawChunk(pd.DataFrame(data, index=index), problem_frame(), fraction=done)
        except (pa.ArrowException, OSError, ValueError) as problem:
            raise _damaged(content.name) from problem


def _series(column: Any) -> Any:
    """Text as text; everything else in its Arrow type, so that whole numbers with gaps stay exact."""
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return pd.array(column.to_numpy(zero_copy_only=False), dtype="str")
    return pd.array(column, dtype=pd.ArrowDtype(column.type))
