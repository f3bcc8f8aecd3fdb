"""A workbook that asks one supplier for what is missing: its legs, with coloured cells to fill in.

The columns of the first sheet are named as the import names them, so the file can be read back.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from analytics.gaps import ASKED, MOST_ROWS

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from analytics.gaps import Gaps

__all__ = ["COLUMNS", "SHEETS", "request_file"]

SHEETS = ("Shipments", "Read me", "Vehicle classes")
_ANSWER_DAYS = 30
_LONGEST = 2_000  # characters of a cell
_INK, _ACCENT, _ASKED_FILL, _RULE = "#17211C", "#0B5D3B", "#FFF2C2", "#C9D3CD"


class _Column(NamedTuple):
    width: float
    asks: str | None  # the column of Gaps.rows that says whether the cell is to be filled
    meaning: str


COLUMNS: Mapping[str, _Column] = {
    "shipment_id": _Column(18, None, "Our number of the shipment"),
    "leg_no": _Column(8, None, "Number of the leg within the shipment"),
    "supplier_id": _Column(13, None, "Our number for you"),
    "departed_at": _Column(17, None, "Departure, UTC"),
    "origin": _Column(26, None, "Place of departure"),
    "destination": _Column(26, None, "Place of arrival"),
    "mode": _Column(11, None, "Mode of transport: road, rail, sea, air, inland_waterway, hub"),
    "temperature_controlled": _Column(14, None, "Whether the goods were cooled: true or false"),
    "weight_kg": _Column(12, None, "Mass with packaging, kg"),
    "vehicle_class": _Column(28, "asks_class", "Class of the vehicle: choose from the list in the cell"),
    "distance_km": _Column(13, "asks_distance", "Distance that was travelled, km"),
    "distance_basis": _Column(
        15, "asks_distance", "actual (driven, sailed), sfd (shortest feasible) or gcd (great circle)"
    ),
    "wtw_kg": _Column(
        13, "asks_emission", "Your own figure for the emission, kg CO2e well-to-wheel, for this mass only"
    ),
    "arrived_at": _Column(17, "asks_arrival", "Arrival, UTC"),
    "cost": _Column(12, "asks_cost", "Freight cost"),
    "currency": _Column(10, "asks_cost", "Currency of the cost, such as EUR"),
    "remarks": _Column(40, None, "What to look at; write here what else we should know"),
}
_MOMENTS = ("departed_at", "arrived_at")
_CHECK = "Mass, distance or mode look unusual: please check."
_BASES = ("actual", "sfd", "gcd")


def request_file(gaps: Gaps, period: str, *, reply_by: date | None = None) -> bytes:
    """An Excel workbook with the legs of `gaps.rows`, the cells to fill coloured.

    Parameters
    ----------
    gaps : Gaps
        From `analytics.gaps`.
    period : str
        What the shipments are from, in words.
    reply_by : date, optional
        Until when an answer is asked for; 30 days from today by default.

    Returns
    -------
    bytes
        xlsx with the sheets of `SHEETS`: the first is the one that is filled in and read back, the second is
        the one that is shown first. No text is ever a formula or a link.
    """
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": f"Data request: {_clean(gaps.supplier)}", "author": "", "comments": ""})
        shipments, read_me, classes = (book.add_worksheet(name) for name in SHEETS)
        lists = _classes(book, classes, gaps.classes)
        _shipments(book, shipments, gaps, lists)
        _read_me(book, read_me, gaps, period, reply_by or _today() + timedelta(days=_ANSWER_DAYS))
        read_me.activate()
    return target.getvalue()


def _shipments(book: Workbook, sheet: Worksheet, gaps: Gaps, lists: Mapping[str, str]) -> None:
    head, head_asked = (
        book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": colour, "border": 1})
        for colour in (_INK, _ACCENT)
    )
    for at, (name, column) in enumerate(COLUMNS.items()):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, name, head_asked if column.asks else head)
    formats = {
        (asked, moment): book.add_format(
            ({"bg_color": _ASKED_FILL, "border": 1, "border_color": _RULE} if asked else {})
            | ({"num_format": "yyyy-mm-dd hh:mm"} if moment else {})
        )
        for asked in (True, False)
        for moment in (True, False)
    }
    by_mode: dict[str, list[int]] = {}
    rows = gaps.rows.to_dict("records")
    for line, row in enumerate(rows, start=1):
        if row["asks_class"]:
            by_mode.setdefault(str(row["mode"]), []).append(line)
        for at, (name, column) in enumerate(COLUMNS.items()):
            asked = column.asks is not None and bool(row[column.asks])
            _write(sheet, (line, at), _known(name, row), formats[asked, name in _MOMENTS])
    at_of = {name: at for at, name in enumerate(COLUMNS)}
    for mode, lines in by_mode.items():
        if mode in lists:
            _offer(sheet, lines, at_of["vehicle_class"], {"validate": "list", "source": lists[mode]})
    asks_basis = [line for line, row in enumerate(rows, start=1) if row["asks_distance"]]
    _offer(sheet, asks_basis, at_of["distance_basis"], {"validate": "list", "source": list(_BASES)})
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)


def _known(name: str, row: Mapping[str, Any]) -> object:
    """What stands in a cell already; nothing where we only have a figure of our own."""
    if name == "remarks":
        return _CHECK if row["asks_check"] else None
    if name == "wtw_kg" and row["asks_emission"]:
        return None
    if name in ("distance_km", "distance_basis") and row["asks_distance"]:
        return None
    if name == "distance_km" and row["mode"] == "hub":
        return None
    return row[name]


def _write(sheet: Worksheet, at: tuple[int, int], value: Any, style: Format) -> None:
    if value is None or value != value:  # noqa: PLR0124  (NaN and NaT are not themselves)
        sheet.write_blank(*at, None, style)
    elif isinstance(value, str):
        sheet.write_string(*at, _clean(value), style)
    elif isinstance(value, datetime):
        sheet.write_datetime(*at, value.replace(tzinfo=None), style)
    elif isinstance(value, bool):
        sheet.write_boolean(*at, value, style)
    else:
        sheet.write_number(*at, float(value), style)


def _offer(sheet: Worksheet, lines: list[int], at: int, choice: Mapping[str, Any]) -> None:
    """A list to choose from in these rows of a column; another value is possible, with a warning."""
    runs = _runs(lines)
    if not runs:
        return
    cells = [[first, at, last, at] for first, last in runs]
    advice = {
        "error_type": "warning",
        "error_title": "Not in the list",
        "error_message": "Please choose from the list if one of its entries fits.",
    }
    sheet.data_validation(*cells[0], {**choice, **advice, "other_cells": cells[1:]})


def _runs(lines: list[int]) -> list[tuple[int, int]]:
    """Rows that follow each other, as first and last."""
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and runs[-1][1] == line - 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    return runs


def _classes(book: Workbook, sheet: Worksheet, classes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The vehicle classes, a column a mode; the range of each for the lists."""
    bold = book.add_format({"bold": True, "bottom": 1})
    ranges = {}
    for at, (mode, names) in enumerate(sorted(classes.items())):
        sheet.set_column(at, at, 34)
        sheet.write_string(0, at, mode, bold)
        for line, name in enumerate(names, start=1):
            sheet.write_string(line, at, _clean(name))
        letter = chr(ord("A") + at)
        ranges[mode] = f"='{sheet.get_name()}'!${letter}$2:${letter}${len(names) + 1}"
    sheet.freeze_panes(1, 0)
    return ranges


def _read_me(book: Workbook, sheet: Worksheet, gaps: Gaps, period: str, reply_by: date) -> None:
    title = book.add_format({"bold": True, "font_size": 16, "font_color": _ACCENT})
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    asked = book.add_format({"text_wrap": True, "valign": "top", "bg_color": _ASKED_FILL})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, "Data request", title)
    lines = [
        ("To", f"{gaps.supplier} ({gaps.supplier_id})", wrapped),
        ("Shipments", f"{_legs(len(gaps.rows))}, {period}", wrapped),
        ("What we ask", "Fill the yellow cells of the sheet “Shipments”, as far as you know them.", asked),
        (
            "Why",
            "We calculate the greenhouse gas emissions of these shipments. Where a figure is missing we take "
            "an average instead, and the result is less certain. Your own figures replace the averages.",
            wrapped,
        ),
        ("Until", f"{reply_by.day} {reply_by:%B %Y}", wrapped),
        (
            "How",
            "Keep the names of the columns and the order of the sheets. Leave a cell empty where you do not "
            "know. Send this file back to whoever sent it to you.",
            wrapped,
        ),
    ]
    if gaps.left_out_legs:
        lines.append(
            (
                "Not listed",
                f"{_legs(gaps.left_out_legs)} more, with smaller emissions: a request lists {MOST_ROWS:,} "
                "at most.",
                wrapped,
            )
        )
    at = 2
    for name, text, style in lines:
        sheet.write_string(at, 0, name, bold)
        sheet.write_string(at, 1, _clean(text), style)
        at += 1
    meanings = [(name, one.meaning) for name, one in COLUMNS.items()]
    for heading, rows in (("What is missing", _missing(gaps)), ("The columns", meanings)):
        at += 1
        sheet.write_string(at, 0, heading, bold)
        for name, text in rows:
            at += 1
            sheet.write_string(at, 0, _clean(name), wrapped)
            sheet.write_string(at, 1, _clean(text), wrapped)
        at += 1


def _missing(gaps: Gaps) -> list[tuple[str, str]]:
    return [(gap.label, f"{_legs(gap.legs)}: {ASKED[gap.kind]}") for gap in gaps.found]


def _legs(number: int) -> str:
    return f"{number:,} leg{'' if number == 1 else 's'}"


def _clean(text: str) -> str:
    """Text that a cell can hold."""
    if text.isprintable():
        return text[:_LONGEST]
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs"))[:_LONGEST]


def _today() -> date:
    return datetime.now(UTC).date()
