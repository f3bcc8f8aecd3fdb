"""Frames as Excel files: text stays text, numbers stay numbers, the header stands still."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["xlsx_bytes"]

_WIDEST = 48  # characters
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def xlsx_bytes(frame: pd.DataFrame, sheet: str) -> bytes:
    """Write a frame as one sheet, full precision, no index; a cell that is no number or date is text.

    Parameters
    ----------
    frame : DataFrame
        Any columns; missing values become empty cells. Texts never become formulas or links.
    sheet : str
        Its name, at most 31 characters.
    """
    import pandas as pd

    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="xlsxwriter", engine_kwargs={"options": _SAFE}) as writer:
        frame.to_excel(writer, sheet_name=sheet[:31], index=False)
        page = writer.sheets[sheet[:31]]
        page.freeze_panes(1, 0)
        if len(frame.columns):
            page.autofilter(0, 0, len(frame), len(frame.columns) - 1)
        for at, column in enumerate(frame.columns):
            longest = max([len(str(column)), *(len(str(cell)) for cell in frame[column].head(200))])
            page.set_column(at, at, min(longest + 3, _WIDEST))
    return file.getvalue()
