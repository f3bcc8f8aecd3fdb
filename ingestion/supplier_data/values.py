"""The columns that describe a supplier: how each is called in files, read from text, and checked."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from ingestion.errors import IngestionError
from ingestion.parsing.cells import quoted
from ingestion.places.gazetteer import gazetteer
from ingestion.places.text import folded
from ingestion.synonyms import SYNONYMS

__all__ = [
    "CLEAR",
    "COLUMNS",
    "SupplierDataRefused",
    "Value",
    "as_text",
    "at_odds",
    "columns_of",
    "read_value",
]

Value = str | float | int | None
CLEAR = "-"  # in a file: take away what stands there
COLUMNS = ("name", "country", "sector", "tier", "target_pct", "target_base_year", "target_year")
LONGEST = {"name": 200, "sector": 100}
YEARS = (1990, 2100)
TIERS = (1, 9)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_NAMES_OF_NAMES = ("supplier name", "vendor name", "shipper name", "Lieferantenname")
_IDS = tuple(one for one in SYNONYMS["supplier_id"] if one not in _NAMES_OF_NAMES)
_KNOWN_AS: Mapping[str, tuple[str, ...]] = {
    "supplier_id": ("supplier id", *_IDS, "id"),
    "name": ("name", *_NAMES_OF_NAMES, "company name", "company", "Firma", "Firmenname", "nom", "nombre"),
    "country": (
        "country", "country code", "supplier country", "vendor country", "iso country", "country iso",
        "Land", "Ländercode", "pays", "país",
    ),
    "sector": ("sector", "industry", "industry sector", "Branche", "Sektor", "secteur", "industria"),
    "tier": ("tier", "supplier tier", "tier level", "level", "Stufe"),
    "target_pct": (
        "target pct", "target", "target percent", "reduction target", "reduction target pct", "own target",
        "co2e target", "emission target", "emissions target", "reduction pct", "reduction", "Ziel",
        "Minderungsziel", "Reduktionsziel", "objectif", "objetivo",
    ),
    "target_base_year": (
        "target base year", "base year", "baseline year", "baseline", "reference year", "Basisjahr",
        "année de référence", "año base",
    ),
    "target_year": ("target year", "year of target", "by year", "Zieljahr", "année cible", "año objetivo"),
}  # fmt: skip


class SupplierDataRefused(IngestionError):
    """The change cannot be made; the message is one sentence that says why and what to do."""


def columns_of(names: Iterable[str]) -> dict[str, str]:
    """Our name → the file's column that fits it best, for supplier_id and `COLUMNS`, where there is one."""
    found: dict[str, str] = {}
    spelled = {name: folded(name).replace(" ", "") for name in names}
    for column, known in _KNOWN_AS.items():
        ranks = {folded(one).replace(" ", ""): rank for rank, one in reversed(list(enumerate(known)))}
        fits = [(ranks[key], name) for name, key in spelled.items() if key in ranks]
        if fits:
            found[column] = min(fits, key=lambda fit: fit[0])[1]
    return found


def read_value(column: str, text: str) -> Value:
    """A cell's text as the value of one of `COLUMNS`; `CLEAR` gives None.

    Raises
    ------
    SupplierDataRefused
        It cannot be one; the message names the value and what to write.
    """
    tidy = " ".join(unicodedata.normalize("NFC", text).split())
    if tidy == CLEAR:
        if column == "name":
            raise SupplierDataRefused("A supplier keeps a name: write the new one, or leave the cell empty.")
        return None
    return _READERS[column](column, tidy)


def as_text(value: object) -> str:
    """A value from a form as a file would have it: nothing is `CLEAR`, 30.0 is 30."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return CLEAR
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or CLEAR


def at_odds(row: Mapping[str, Value]) -> str | None:
    """Why the values of one supplier do not fit together; None if they do."""
    base, year = row.get("target_base_year"), row.get("target_year")
    if isinstance(base, int) and isinstance(year, int) and base >= year:
        return f"The base year {base} is not before the target year {year}: correct one of them."
    return None


def _read_text(column: str, text: str) -> Value:
    if len(text) > LONGEST[column]:
        raise SupplierDataRefused(
            f"The {column} has {len(text):,} characters: shorten it to {LONGEST[column]}."
        )
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise SupplierDataRefused(
            f"The {column} holds a control character, so it may be damaged: type it again."
        )
    return text


def _read_country(_: str, text: str) -> Value:
    code = gazetteer().country(text)
    if code is None:
        raise SupplierDataRefused(
            f"{quoted(text)} is not a known country: write its name or its two-letter code, such as DE."
        )
    return code


def _read_tier(column: str, text: str) -> Value:
    return _whole(column, re.sub(r"^tier\s*", "", text, flags=re.IGNORECASE), TIERS)


def _read_year(column: str, text: str) -> Value:
    return _whole(column, text, YEARS)


def _whole(column: str, text: str, bounds: tuple[int, int]) -> int:
    low, high = bounds
    number = re.fullmatch(r"(\d{1,4})(?:\.0+)?", text)
    if number is None or not low <= int(number[1]) <= high:
        raise SupplierDataRefused(
            f"{quoted(text)} cannot be a {_WORDS[column]}: write a whole number from {low} to {high}."
        )
    return int(number[1])


def _read_target(_: str, text: str) -> Value:
    number = text.removesuffix("%").strip()
    pct = float(number.replace(",", ".")) if _NUMBER.fullmatch(number) else math.nan
    if not 0 <= pct <= 100:
        raise SupplierDataRefused(
            f"{quoted(text)} cannot be a reduction target: write per cent from 0 to 100, such as 30."
        )
    if 0 < pct < 1:  # a spreadsheet keeps "30 %" as 0.3
        raise SupplierDataRefused(f"{quoted(text)} is less than 1 %: write 30 for 30 %.")
    return pct


_WORDS = {"tier": "tier", "target_base_year": "base year", "target_year": "target year"}
_READERS: Mapping[str, Callable[[str, str], Value]] = {
    "name": _read_text,
    "country": _read_country,
    "sector": _read_text,
    "tier": _read_tier,
    "target_pct": _read_target,
    "target_base_year": _read_year,
    "target_year": _read_year,
}
