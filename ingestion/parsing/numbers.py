"""Numbers as people write them. A mark that could be a decimal or a thousands separator is never guessed.

With a decimal point, `1200.5`, `1,200.5`, `1 200.5` and `1,200,000` are clear; `1,200` alone is not, and
`1200,5` needs the decimal comma to be chosen. With a decimal comma the two marks change their roles.
"""

from __future__ import annotations

import math
import re
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.cells import (
    MISSING,
    Reading,
    Unread,
    is_text,
    plain_cast,
    quoted,
    read_unique,
    trimmed,
    unreadable,
)

__all__ = ["read_integers", "read_numbers", "shows_other_decimal"]

_OTHER = {".": ",", ",": "."}
_NAMES = {".": "point", ",": "comma"}
_SPACES = re.compile("[\u00a0\u2007\u2009\u202f]")
_INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)


@cache
def _forms(decimal: str) -> dict[str, re.Pattern[str]]:
    """The ways to write a number where `decimal` is the decimal mark."""
    d, s = re.escape(decimal), re.escape(_OTHER[decimal])
    group = "[+-]?[1-9][0-9]{0,2}"
    return {
        "plain": re.compile(rf"[+-]?([0-9]+{d}?[0-9]*|{d}[0-9]+)([eE][+-]?[0-9]{{1,3}})?"),
        "spaced": re.compile(rf"{group}(?P<mark>[ '’])[0-9]{{3}}((?P=mark)[0-9]{{3}})*({d}[0-9]*)?"),
        "grouped": re.compile(rf"{group}({s}[0-9]{{3}})+{d}[0-9]+|{group}({s}[0-9]{{3}}){{2,}}"),
        "unclear": re.compile(rf"{group}{s}[0-9]{{3}}"),
        "other": re.compile(rf"[+-]?[0-9]*{s}[0-9]+([eE][+-]?[0-9]+)?|{group}({d}[0-9]{{3}})+{s}[0-9]+"),
    }


def _read_number(text: str, decimal: str, *, doubtful: bool) -> float | Unread | None:
    """One text as a number; `doubtful` where the column also shows the other decimal mark."""
    plain = _SPACES.sub(" ", text).strip()
    forms, other = _forms(decimal), _OTHER[decimal]
    if plain.casefold() in MISSING:
        return None
    if _INFINITE.fullmatch(plain):
        return Unread(f"{quoted(text)} is not a finite number.")
    if forms["unclear"].fullmatch(plain) or (doubtful and _forms(other)["unclear"].fullmatch(plain)):
        return _unclear(text, plain)
    if any(forms[form].fullmatch(plain) for form in ("plain", "spaced", "grouped")):
        number = float(re.sub(rf"[ '’{other}]", "", plain).replace(decimal, "."))
        return number if math.isfinite(number) else Unread(f"{quoted(text)} is not a finite number.")
    return Unread(
        _refusal(text, decimal) if forms["other"].fullmatch(plain) else f"{quoted(text)} is not a number."
    )


def _refusal(text: str, decimal: str) -> str:
    other = _NAMES[_OTHER[decimal]]
    return (
        f"{quoted(text)} is written with a decimal {other}: choose the decimal {other} for this import,"
        f" or write the number with a decimal {_NAMES[decimal]}."
    )


def _unclear(text: str, plain: str) -> Unread:
    digits = re.sub("[.,]", "", plain)
    fraction = re.sub("[.,]", ".", plain)
    return Unread(f"{quoted(text)} can mean {digits} or {fraction}: write it without the separator.")


def read_numbers(cells: pa.Array, decimal: str = ".", *, doubtful: bool = False) -> Reading:
    """Cells as finite float64.

    Parameters
    ----------
    cells : pyarrow.Array
        Text, or numbers from a typed file.
    decimal : "." or ","
        The decimal mark of the text.
    doubtful : bool
        The column was seen to use the other mark too, so that 1.200 is no longer clear.
    """
    if not is_text(cells):
        return _typed_numbers(cells)
    text = trimmed(cells)
    if decimal == "." and not doubtful:
        numbers = plain_cast(text, pa.float64())
        if numbers is not None and _finite(numbers):
            return Reading.good(numbers)
    return _careful(text, decimal, doubtful)


def _finite(numbers: pa.Array) -> bool:
    return pc.all(pc.is_finite(numbers), min_count=0).as_py() is not False


def _careful(text: pa.Array, decimal: str, doubtful: bool) -> Reading:
    plain = pc.match_substring_regex(text, f"^(?:{_forms(decimal)['plain'].pattern})$")
    if doubtful:
        unclear = pc.match_substring_regex(text, f"^(?:{_forms(_OTHER[decimal])['unclear'].pattern})$")
        plain = pc.and_not(plain, unclear)
    pointed = pc.if_else(plain, text, pa.scalar(None, text.type))
    if decimal == ",":
        pointed = pc.replace_substring(pointed, ",", ".")
    numbers = pc.cast(pointed, pa.float64())
    overflown = pc.fill_null(pc.is_inf(numbers), False)
    rest = pc.or_(pc.invert(pc.fill_null(plain, True)), overflown)
    at = np.flatnonzero(rest.to_numpy(zero_copy_only=False))
    odd = text.take(pa.array(at))
    if not doubtful and shows_other_decimal(odd, decimal):
        return _careful(text, decimal, True)
    reading = read_unique(odd, pa.float64(), lambda one: _read_number(one, decimal, doubtful=doubtful))
    values = numbers if not len(at) else pc.replace_with_mask(numbers, rest, reading.values)
    return Reading(values, at[reading.bad], reading.raw, reading.why)


def shows_other_decimal(text: pa.Array, decimal: str) -> bool:
    """Whether some number can only be written with the other decimal mark."""
    if not is_text(text):
        return False
    forms = _forms(decimal)
    other = pc.match_substring_regex(text, rf"^\s*(?:{forms['other'].pattern})\s*$")
    unclear = pc.match_substring_regex(text, rf"^\s*(?:{forms['unclear'].pattern})\s*$")
    return bool(pc.any(pc.and_not(other, unclear)).as_py())


def _typed_numbers(cells: pa.Array) -> Reading:
    kind = cells.type
    if pa.types.is_null(kind):
        return Reading.good(pa.nulls(len(cells), pa.float64()))
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return unreadable(cells, pa.float64(), f"The column holds {_described(kind)}, not numbers.")
    numbers = pc.cast(cells, pa.float64(), safe=False)
    if pa.types.is_floating(kind):
        numbers = pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)
    if _finite(numbers):
        return Reading.good(numbers)
    infinite = pc.fill_null(pc.is_inf(numbers), False)
    bad = np.flatnonzero(infinite.to_numpy(zero_copy_only=False))
    raw = [str(numbers[int(at)].as_py()) for at in bad]
    values = pc.if_else(infinite, pa.scalar(None, pa.float64()), numbers)
    return Reading(values, bad, raw, [f"{quoted(text)} is not a finite number." for text in raw])


def _described(kind: pa.DataType) -> str:
    return (
        "dates" if pa.types.is_temporal(kind) else "true or false" if pa.types.is_boolean(kind) else str(kind)
    )


def read_integers(cells: pa.Array, decimal: str = ".", *, doubtful: bool = False) -> Reading:
    """Cells as small whole numbers (int16): 3, also written 3.0."""
    reading = read_numbers(cells, decimal, doubtful=doubtful)
    numbers = reading.values.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        odd = np.flatnonzero(
            ~np.isnan(numbers) & ((numbers != np.floor(numbers)) | (np.abs(numbers) > 32767))
        )
    keep = pa.array(numbers, mask=np.isnan(numbers) | np.isin(np.arange(len(numbers)), odd))
    raw = [f"{numbers[at]:.15g}" for at in odd]
    return Reading(
        keep.cast(pa.int16()),
        np.concatenate([reading.bad, odd]),
        [*reading.raw, *raw],
        [*reading.why, *(f"{text} is not a whole number below 32,768." for text in raw)],
    )
