"""Dates as people write them, in UTC. 01/02/2025 is not guessed: a column must show its order, or be told.

Read without help: ISO (also with a time and an offset), 2025/01/31, 20250131, 31-Jan-25, 31 January 2025,
Jan 31 2025, and 31.01.2025, which is day first by convention. Two-digit years follow POSIX: 69-99 are 19xx.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.cells import MISSING, Reading, Unread, is_text, plain_cast, quoted, trimmed, unreadable

__all__ = ["OrderEvidence", "has_numeric_dates", "read_dates"]

_MONTHS = (
    "jan january januar",
    "feb february februar",
    "mar march mär märz mrz maerz",
    "apr april",
    "may mai",
    "jun june juni",
    "jul july juli",
    "aug august",
    "sep september sept",
    "oct october okt oktober",
    "nov november",
    "dec december dez dezember",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_NAMED = re.compile(r"(\d{1,2})[-/. ]*\s*([^\W\d_]+)\.?[-/., ]*\s*(\d{4}|\d{2})")
_NAMED_FIRST = re.compile(r"([^\W\d_]+)\.?[-/ ]*(\d{1,2})(?:,\s*|[-/ ]\s*)(\d{4})")
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_NUMERIC_START = (
    r"^\s*(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})[-/.](?P<third>\d{4}|\d{2})(?:\D.*)?$"
)
_WITH_TIME = re.compile(r"(?P<date>.*?)[T\s,]*(?P<time>\d{1,2}:\d{2}.*)", re.DOTALL)
# ISO dates that exist whatever the year, with a time or without: Arrow reads them all at once.
_SURELY_ISO = (
    r"^\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|02-(?:0[1-9]|1\d|2[0-8]))"
    r"(?:[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)?$"
)
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
)
_SERIAL_IN_TEXT = "is a number and no date: format the column as a date before saving it as CSV."
_NO_ORDER = (
    "does not show which number is the day and which the month, nor does its column:"
    " choose the order of dates, or give dates as YYYY-MM-DD."
)
_EXCEL_EPOCH = dt.datetime(1899, 12, 30)
_LAST_SERIAL = 2_958_465
_EPOCH = dt.date(1970, 1, 1)
_DAY_US = 86_400_000_000
_STAMP = pa.timestamp("us")


class OrderEvidence:
    """Gathers, over the chunks of a column, what its numeric dates say about the order of day and month."""

    def __init__(self) -> None:
        self._seen: dict[str, set[str]] = {"first": set(), "second": set(), "third": set()}
        self._dashed = False

    def add(self, cells: pa.Array) -> None:
        parts = pc.extract_regex(pc.drop_null(pc.unique(cells)), _NUMERIC_START)
        parts = parts.filter(pc.not_equal(pc.struct_field(parts, "mark"), "."))
        for name, seen in self._seen.items():
            seen.update(pc.unique(pc.struct_field(parts, name)).to_pylist())
        self._dashed |= "-" in pc.unique(pc.struct_field(parts, "mark")).to_pylist()

    @property
    def order(self) -> str | None:
        """dmy, mdy, or None where the values do not show it or contradict one another."""
        first, second, third = (
            {int(text) for text in self._seen[name]} for name in ("first", "second", "third")
        )
        if not first or max(first) > 31 or max(second) > 31:
            return None
        if max(second) > 12 >= max(first):
            return "mdy"
        if max(first) > 12 >= max(second):
            return None if self._year_may_come_first(first, third) else "dmy"
        return None

    def _year_may_come_first(self, first: set[int], third: set[int]) -> bool:
        """25-01-31 is a day first only where first numbers vary like days, not like years."""
        if not third or max(third) > 31 or min(third) == 0:
            return False
        return len(first) < len(third) or (self._dashed and len(first) == len(third))


def has_numeric_dates(cells: pa.Array) -> bool:
    """Whether a column holds dates such as 01/02/2025, whose order must be known."""
    return is_text(cells) and bool(pc.any(pc.match_substring_regex(cells, _NUMERIC_START)).as_py())


def read_dates(cells: pa.Array, order: str | None = None, *, excel_serials: bool = False) -> Reading:
    """Cells as UTC timestamps without zone, in microseconds.

    Parameters
    ----------
    cells : pyarrow.Array
        Text, or timestamps, dates and numbers from a typed file.
    order : "dmy", "mdy" or None
        Of dates such as 01/02/2025; without it they are refused.
    excel_serials : bool
        Numbers are days since 1899-12-30, as workbooks store dates.
    """
    if is_text(cells):
        return _read_texts(trimmed(cells), order)
    kind = cells.type
    if pa.types.is_timestamp(kind):
        return Reading.good(_in_utc(pc.cast(cells, pa.timestamp("us", kind.tz), safe=False)))
    if pa.types.is_date(kind) or pa.types.is_null(kind):
        return Reading.good(pc.cast(cells, _STAMP))
    if pa.types.is_integer(kind):
        return _read_texts(pc.cast(cells, pa.large_string()), order)
    if pa.types.is_floating(kind) and excel_serials:
        return _read_serials(cells)
    return unreadable(cells, _STAMP, "The cell holds no date: give dates as YYYY-MM-DD.")


def _in_utc(stamps: pa.Array) -> pa.Array:
    """Timestamps without their zone: Arrow counts zoned ones from 1970 in UTC, so the count stays."""
    return pc.cast(pc.cast(stamps, pa.int64()), _STAMP)


def _read_serials(cells: pa.Array) -> Reading:
    numbers = cells.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        serial = (numbers >= 1) & (numbers <= _LAST_SERIAL)
        compact = (numbers > _LAST_SERIAL) & (numbers < 1e8) & (numbers == np.floor(numbers))
    offset = (_EXCEL_EPOCH.date() - _EPOCH).days
    # Excel keeps a time of day as a fraction, exact to about a microsecond: whole milliseconds are meant.
    stamps = np.round((np.where(serial, numbers, 1) + offset) * 86_400_000).astype("int64") * 1000
    texts = [f"{numbers[at]:.0f}" for at in np.flatnonzero(compact)]
    as_text = _read_texts(pa.array(texts, pa.large_string()), None)
    stamps[compact] = as_text.values.cast(pa.int64()).fill_null(0).to_numpy()
    good = serial.copy()
    good[compact] = as_text.values.is_valid().to_numpy(zero_copy_only=False)
    bad = np.flatnonzero(~good & ~np.isnan(numbers))
    raw = [f"{numbers[at]:.15g}" for at in bad]
    values = pa.array(stamps, mask=~good).cast(_STAMP)
    return Reading(values, bad, raw, [f"{text} is not a date: give dates as YYYY-MM-DD." for text in raw])


def _read_texts(text: pa.Array, order: str | None) -> Reading:
    for kind in (_STAMP, pa.timestamp("us", "UTC")):  # ISO throughout, without or with a zone
        stamps = plain_cast(text, kind)
        if stamps is not None:
            return Reading.good(_in_utc(stamps))
    # One odd cell must not send a million plain ones the slow way.
    sure = pc.fill_null(pc.match_substring_regex(text, _SURELY_ISO), True)
    plain = pc.cast(pc.if_else(sure, text, None), _STAMP)
    odd = pc.invert(sure)
    rest = _read_one_by_one(text.filter(odd), order)
    values = pc.replace_with_mask(plain, odd, rest.values)
    return replace(rest, values=values, bad=np.flatnonzero(odd)[rest.bad])


def _read_one_by_one(text: pa.Array, order: str | None) -> Reading:
    coded = text.dictionary_encode()
    texts = coded.dictionary.to_pylist()
    split = [_split(one) for one in texts]
    dates = _each({date for date, _ in split}, lambda one: _read_date(one, order))
    times = _each({time for _, time in split}, _read_time)
    read = [_together(dates[date], times[time]) for date, time in split]
    wrong = np.array([isinstance(one, Unread) for one in read], dtype=bool)
    stamps = pa.array([None if isinstance(one, Unread) else one for one in read], pa.int64()).cast(_STAMP)
    values = stamps.take(coded.indices)
    if not wrong.any():
        return Reading.good(values)
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    bad = np.flatnonzero((codes >= 0) & wrong[codes])
    return Reading(
        values, bad, [texts[c] for c in codes[bad]], [f"{quoted(texts[c])} {read[c]}" for c in codes[bad]]
    )


def _each(texts: Iterable[str], read: Callable[[str], int | Unread | None]) -> dict[str, int | Unread | None]:
    return {text: read(text) for text in texts}


def _split(text: str) -> tuple[str, str]:
    match = _WITH_TIME.fullmatch(text)
    return (match["date"], match["time"]) if match else (text, "")


def _together(date: int | Unread | None, time: int | Unread | None) -> int | Unread | None:
    if isinstance(date, Unread) or date is None:
        return date
    return time if isinstance(time, Unread) or time is None else date + time


def _read_time(text: str) -> int | Unread | None:
    """Microseconds from midnight UTC."""
    if not text:
        return 0
    match = _TIME.fullmatch(text.strip())
    if not match:
        return Unread("has a time that cannot be read: give it as HH:MM:SS.")
    hours, minutes, seconds, fraction, half, zone = match.groups()
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            return Unread("has a time that does not exist.")
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    if hour > 23 or int(minutes) > 59 or int(seconds or 0) > 59:
        return Unread("has a time that does not exist.")
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    return ((hour * 60 + int(minutes)) * 60 + int(seconds or 0)) * 1_000_000 + micro - _offset_us(zone)


def _offset_us(zone: str | None) -> int:
    if zone is None or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (-1 if zone[0] == "-" else 1) * (int(digits[:2]) * 60 + int(digits[2:])) * 60_000_000


def _read_date(text: str, order: str | None) -> int | Unread | None:
    """Microseconds from 1970 to the midnight on which the date begins."""
    if text.casefold() in MISSING:
        return None
    parts = _parts(" ".join(text.split()), order)
    if isinstance(parts, Unread):
        return parts
    year, month, day = parts
    try:
        return (dt.date(year, month, day) - _EPOCH).days * _DAY_US
    except ValueError:
        return Unread("is not a day of the calendar.")


def _parts(text: str, order: str | None) -> tuple[int, int, int] | Unread:
    """Year, month and day as the form of the text says."""
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[3]), int(match[4])
    if match := _COMPACT.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if (match := _NAMED.fullmatch(text)) and match[2].casefold() in _MONTH:
        return _year(match[3]), _MONTH[match[2].casefold()], int(match[1])
    if (match := _NAMED_FIRST.fullmatch(text)) and match[1].casefold() in _MONTH:
        return int(match[3]), _MONTH[match[1].casefold()], int(match[2])
    return _numeric_parts(text, order)


def _numeric_parts(text: str, order: str | None) -> tuple[int, int, int] | Unread:
    match = _NUMERIC.fullmatch(text)
    if match is None:
        serial = re.fullmatch(r"\d{5}(\.\d+)?", text)
        return Unread(_SERIAL_IN_TEXT if serial else "is not a date: give dates as YYYY-MM-DD.")
    order = order or ("dmy" if match[2] == "." else None)
    if order is None:
        return Unread(_NO_ORDER)
    first, second, year = int(match[1]), int(match[3]), _year(match[4])
    return (year, second, first) if order == "dmy" else (year, first, second)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else 1900 + year if year >= 69 else 2000 + year
