"""Text of places made comparable: repaired encoding, folded case and accents, coordinates read."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["coordinates", "folded", "repaired"]

# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "\u0131": "i", "þ": "th", "ð": "d"}
)
_APOSTROPHES = re.compile("[\u2018\u2019\u02bc\u02bb`\u00b4]")
_NOT_WORD = re.compile(r"[\W_]+")
_MOJIBAKE = re.compile("[ÃÂâÐÑ][\u0080-\u00bf\u0152-\u2122]")
_NUMBER = r"([+-]?\d{1,3}(?:[.,]\d+)?)\s*°?\s*"
_COORDINATES = re.compile(rf"\(?\s*{_NUMBER}([NSns])?\s*[,;/\s]\s*{_NUMBER}([EWew])?\s*\)?")


def repaired(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252 ("MalmÃ¶" → "Malmö") and surplus white space."""
    for _ in range(2):  # files that went through two wrong programs exist
        if not _MOJIBAKE.search(text):
            break
        try:
            text = text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            break
    return " ".join(_APOSTROPHES.sub("'", text).split())


def folded(text: str) -> str:
    """Lower case without accents or punctuation, words one space apart: "Côte d'Ivoire" → "cote d ivoire"."""
    lowered = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return _NOT_WORD.sub(" ", "".join(c for c in lowered if not unicodedata.combining(c))).strip()


def coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees of "48.2, 16.4", "48.2N 16.4E" or "48,2; 16,4"; None for other text.

    0, 0 is None too: it is what programs write when they know no place.
    """
    match = _COORDINATES.fullmatch(text.strip())
    if not match or not ({".", ";", "°"} & set(text) or match[2] or match[4]):
        return None  # "12, 34" may be a house number
    lat, lon = (float(match[i].replace(",", ".")) for i in (1, 3))
    lat, lon = (-lat if match[2] in ("S", "s") else lat), (-lon if match[4] in ("W", "w") else lon)
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon) else None
