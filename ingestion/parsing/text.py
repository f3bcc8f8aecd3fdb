"""Text columns: names tidied and checked, and words that stand for a mode, a flag, a basis or a currency."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_access import MODES
from ingestion.parsing.cells import (
    MISSING,
    MISSING_TEXT,
    Reading,
    Unread,
    is_text,
    quoted,
    read_unique,
    trimmed,
)

__all__ = ["read_bases", "read_currencies", "read_flags", "read_incoterms", "read_modes", "read_texts"]

MAX_LENGTH = 500
_TEXT = pa.large_string()

_MODE_WORDS = {
    "road": "road|truck|trucking|lorry|van|ftl|ltl|full truckload|less than truckload|full truck load|motor|"
    "road freight|roadfreight|road transport|truck ftl|truck ltl|ftl truck|ltl truck|truckload|haulage|"
    "straße|strasse|lkw|straßentransport|route|camion|carretera|camión|roa",
    "rail": "rail|railway|railroad|train|rail freight|railfreight|rail transport|freight train|"
    "schiene|bahn|zug|güterzug|eisenbahn|ferroviaire|fer|ferrocarril|tren|rai",
    "sea": "sea|ocean|vessel|ship|maritime|marine|fcl|lcl|sea freight|seafreight|ocean freight|ocean fcl|"
    "ocean lcl|sea fcl|sea lcl|container ship|deep sea|short sea|sea transport|see|seefracht|schiff|"
    "hochsee|mer|maritime transport|maritimo|mar",
    "air": "air|airfreight|air freight|air charter|charter air|air cargo|aircargo|plane|aircraft|airplane|"
    "aeroplane|flight|air transport|air express|luft|luftfracht|flugzeug|flug|aérien|avion|aéreo|avión",
    "inland_waterway": "inland waterway|inland waterways|inland water|iww|barge|river|canal|inland vessel|"
    "inland navigation|waterway|binnenschiff|binnenschifffahrt|binnenwasserstraße|fluvial|péniche|barcaza",
    "hub": "hub|warehouse|terminal|cross dock|crossdock|cross docking|transshipment|transhipment|depot|"
    "distribution center|distribution centre|logistics site|lager|umschlag|lagerhaus|entrepôt|almacén",
}
_BASES = {
    "actual": "actual|actual distance|driven|odometer|real|telematics|measured|tatsächlich",
    "sfd": "sfd|shortest feasible distance|shortest feasible|shortest|planned|route planner",
    "gcd": "gcd|great circle|great circle distance|as the crow flies|luftlinie|orthodromic",
}
_FLAGS = {
    True: "true yes y 1 t x ja j wahr oui si sí".replace(" ", "|"),
    False: "false no n 0 f nein falsch non".replace(" ", "|"),
}
_INCOTERMS = frozenset(
    (
        "EXW",
        "FCA",
        "FAS",
        "FOB",
        "CFR",
        "CIF",
        "CPT",
        "CIP",
        "DAP",
        "DPU",
        "DDP",
        "DAT",
        "DDU",
        "DAF",
        "DES",
        "DEQ",
    )
)
_SYMBOLS = {"€": "EUR", "£": "GBP", "us$": "USD"}


def _folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain))


def _table(words: dict[Any, str]) -> dict[str, Any]:
    return {_folded(name): meaning for meaning, names in words.items() for name in names.split("|")}


_MODE_OF = _table(_MODE_WORDS) | {_folded(mode): mode for mode in MODES}
_BASIS_OF = _table(_BASES)
_FLAG_OF = _table(_FLAGS)


def as_text(cells: pa.Array) -> pa.Array:
    """Cells as trimmed text, whatever their type: whole numbers without a fraction, dates in ISO form."""
    if is_text(cells):
        return trimmed(cells)
    if pa.types.is_integer(cells.type) or pa.types.is_null(cells.type):
        return pc.cast(cells, _TEXT)
    return pa.array([_one_as_text(cell) for cell in cells.to_pylist()], _TEXT)


def _one_as_text(cell: Any) -> str | None:
    if cell is None or cell != cell:  # noqa: PLR0124  (NaN is not itself)
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return str(cell)


def read_texts(cells: pa.Array) -> Reading:
    """Names and identifiers: trimmed, inner white space single, at most 500 characters, no controls."""
    text = as_text(cells)
    if _is_tidy(text):
        return Reading.good(text)
    return read_unique(text, _TEXT, _tidy)


def _is_tidy(text: pa.Array) -> bool:
    """Whether nothing needs a closer look, from one pass over the bytes of all cells together."""
    if (pc.max(pc.binary_length(text)).as_py() or 0) > MAX_LENGTH:
        return False
    # Trimming has just packed the cells: one buffer without gaps, and no blank at the edge of a cell.
    packed = text.buffers()[2]
    raw = np.frombuffer(packed if packed is not None else b"", dtype=np.uint8)
    if ((raw < 0x20) | (raw > 0x7E)).any() or b"  " in raw.tobytes():
        return False
    short = text.filter(pc.less_equal(pc.binary_length(text), max(map(len, MISSING_TEXT))))
    return not set(pc.unique(pc.utf8_lower(short)).to_pylist()) & MISSING_TEXT


def _tidy(text: str) -> str | Unread | None:
    tidy = " ".join(unicodedata.normalize("NFC", text).split())
    if tidy.casefold() in MISSING_TEXT:
        return None
    if len(tidy) > MAX_LENGTH:
        return Unread(f"The text has {len(tidy):,} characters and the limit is {MAX_LENGTH}.")
    if any(unicodedata.category(character) == "Cc" for character in tidy):
        return Unread("The text holds a control character, so it may be damaged: type it again.")
    return tidy


def read_modes(cells: pa.Array) -> Reading:
    """Modes of transport as one of `MODES`: Truck, LTL, Ocean, Air Charter, Lkw, Binnenschiff …"""

    def one(text: str) -> str | Unread | None:
        mode = _MODE_OF.get(_folded(text))
        if mode is None and text.casefold() not in MISSING:
            return Unread(f"{quoted(text)} is not a known mode of transport: use {', '.join(MODES)}.")
        return mode

    return read_unique(as_text(cells), _TEXT, one)


def read_bases(cells: pa.Array) -> Reading:
    """What a distance is: actual, sfd (shortest feasible) or gcd (great circle)."""

    def one(text: str) -> str | Unread | None:
        basis = _BASIS_OF.get(_folded(text))
        if basis is None and text.casefold() not in MISSING:
            return Unread(f"{quoted(text)} is not a known basis of a distance: use actual, sfd or gcd.")
        return basis

    return read_unique(as_text(cells), _TEXT, one)


def read_flags(cells: pa.Array) -> Reading:
    """Yes or no: true, yes, 1, x, ja; false, no, 0, nein."""
    if pa.types.is_boolean(cells.type):
        return Reading.good(cells)

    def one(text: str) -> bool | Unread | None:
        flag = _FLAG_OF.get(_folded(text))
        if flag is None and text.casefold() not in MISSING:
            return Unread(f"{quoted(text)} is neither yes nor no: use true or false.")
        return flag

    return read_unique(as_text(cells), pa.bool_(), one)


def read_currencies(cells: pa.Array) -> Reading:
    """ISO 4217 codes of three letters."""

    def one(text: str) -> str | Unread | None:
        if text.casefold() in MISSING:
            return None
        code = _SYMBOLS.get(text.casefold(), text.upper())
        return (
            code
            if re.fullmatch("[A-Z]{3}", code)
            else Unread(f"{quoted(text)} is not a currency code such as EUR.")
        )

    return read_unique(as_text(cells), _TEXT, one)


def read_incoterms(cells: pa.Array) -> Reading:
    """Incoterms in capitals; anything else, "N/A - From RDC", stays as it is written."""
    reading = read_texts(cells)
    upper = read_unique(
        reading.values, _TEXT, lambda text: text.upper() if text.upper() in _INCOTERMS else text
    )
    return Reading(upper.values, reading.bad, reading.raw, reading.why)
