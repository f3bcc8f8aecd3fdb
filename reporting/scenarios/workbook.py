"""A scenario as an Excel workbook: what it comes to, levers, steps, modes, and what it assumes."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["SHEETS", "ScenarioBook", "workbook"]

SHEETS = ("Summary", "Levers", "Steps", "By mode", "Assumptions and sources")
_WIDEST, _LONGEST, _ACCENT = 60, 2_000, "#0B5D3B"
_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True)
class ScenarioBook:
    """What the workbook holds; frames are written with full precision.

    Attributes
    ----------
    name : str
        The scenario's name.
    facts : tuple of (str, str or float)
        The summary, a line each: what, and its value.
    levers, steps, by_mode : DataFrame
        A row each lever, step and mode.
    assumptions : tuple of (str, str)
        What the figures rest on, and where that comes from.
    """

    name: str
    facts: tuple[tuple[str, str | float], ...]
    levers: pd.DataFrame
    steps: pd.DataFrame
    by_mode: pd.DataFrame
    assumptions: tuple[tuple[str, str], ...]


def workbook(book: ScenarioBook) -> bytes:
    """Write the sheets of `SHEETS`; numbers stay numbers, and no text is ever a formula or a link."""
    import pandas as pd
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _SAFE) as file:
        file.set_properties({"title": f"Scenario: {book.name}"[:200], "author": "", "comments": ""})
        pages = [file.add_worksheet(name) for name in SHEETS]
        _summary(file, pages[0], book)
        assumed = pd.DataFrame(list(book.assumptions), columns=["Assumption", "Source"])
        for page, frame in zip(pages[1:], (book.levers, book.steps, book.by_mode, assumed), strict=True):
            _table(file, page, frame)
    return target.getvalue()


def _summary(file: Workbook, page: Worksheet, book: ScenarioBook) -> None:
    title = file.add_format({"bold": True, "font_size": 16, "font_color": _ACCENT})
    bold = file.add_format({"bold": True, "valign": "top"})
    wrapped = file.add_format({"text_wrap": True, "valign": "top", "align": "left"})
    number = file.add_format({"num_format": "#,##0", "align": "left"})
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 80)
    page.hide_gridlines(2)
    page.write_string(0, 0, book.name[:_LONGEST], title)
    for line, (what, value) in enumerate(book.facts, start=2):
        page.write_string(line, 0, what, bold)
        if isinstance(value, str):
            page.write_string(line, 1, value[:_LONGEST], wrapped)
        elif math.isfinite(value):
            page.write_number(line, 1, value, number)


def _table(file: Workbook, page: Worksheet, frame: pd.DataFrame) -> None:
    head = file.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": _ACCENT, "text_wrap": True})
    wrapped = file.add_format({"text_wrap": True, "valign": "top"})
    number = file.add_format({"num_format": "#,##0.###", "valign": "top"})
    for at, column in enumerate(frame.columns):
        page.write_string(0, at, str(column), head)
        cells = frame[column].tolist()
        longest = max([len(str(column)), *(len(str(cell)) for cell in cells[:200])])
        page.set_column(at, at, min(longest + 3, _WIDEST))
        for line, cell in enumerate(cells, start=1):
            _write(page, (line, at), cell, number, wrapped)
    page.freeze_panes(1, 0)
    if len(frame.columns):
        page.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)


def _write(page: Worksheet, at: tuple[int, int], cell: Any, number: Format, text: Format) -> None:
    if cell is None or cell != cell:  # noqa: PLR0124  (NaN and NaT are not themselves)
        page.write_blank(*at, None, text)
    elif isinstance(cell, bool):
        page.write_boolean(*at, cell, text)
    elif isinstance(cell, int | float):
        page.write_number(*at, float(cell), number)
    else:
        page.write_string(*at, str(cell)[:_LONGEST], text)
