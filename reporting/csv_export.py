"""Frames as CSV files that a spreadsheet opens as data: a text cell can never turn into a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["csv_bytes", "disarm"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def disarm(cell: object) -> object:
    """Prefix a text that a spreadsheet would run as a formula with an apostrophe; leave all else alone."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Write a frame as UTF-8 CSV with a byte order mark, which Excel needs to read accents.

    Parameters
    ----------
    frame : DataFrame
        Any columns. Numbers, dates and missing values are written as they are; column names and text cells
        that start with ``= + - @``, tab or carriage return get a leading apostrophe (OWASP, CSV injection).

    Returns
    -------
    bytes
        Comma separated, CRLF line ends, no index.
    """
    safe = frame.set_axis([disarm(str(name)) for name in frame.columns], axis="columns")
    for at in range(safe.shape[1]):  # by place: two columns may share a name
        if _holds_text(safe.iloc[:, at]):
            safe.isetitem(at, safe.iloc[:, at].astype("object").map(disarm))
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _holds_text(column: pd.Series) -> bool:
    import pandas as pd

    return not (
        pd.api.types.is_numeric_dtype(column)
        or pd.api.types.is_bool_dtype(column)
        or pd.api.types.is_datetime64_any_dtype(column)
    )
