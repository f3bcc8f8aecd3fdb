"""Where a shipment's ends are: from coordinates, codes, "city, country" or free text to a place on the map.

It never guesses: a wrong place costs more than an open question, so what is not clear stays null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import astuple, fields
from functools import lru_cache

import pandas as pd

from ingestion.places.free_text import find_place
from ingestion.places.gazetteer import Place, gazetteer
from ingestion.places.text import coordinates, folded, repaired

__all__ = ["Places", "fold"]

_COLUMNS = [field.name for field in fields(Place)]
_LOCODE = re.compile(r"[A-Z]{2} ?[A-Z2-9]{3}")
_IATA = re.compile(r"[A-Z]{3}")
_NOT_AIRPORTS = frozenset("ALL ANY CAR FOR HUB INC LTD NEW NIL NON OLD SEE TBA TBD UNK VAR".split())  # noqa: SIM905
_NOWHERE = (None, None, float("nan"), float("nan"), None)


class Places:
    """Resolves place texts; `aliases` are the user's own answers and win over everything.

    Parameters
    ----------
    aliases : mapping of str to str
        Name as written in uploads → what it is: "Waltham, US", a UN/LOCODE or IATA code, coordinates. Names
        are compared without regard to case, accents, punctuation and white space.
    """

    def __init__(self, aliases: Mapping[str, str] | None = None) -> None:
        self._aliases = {fold(name): place for name, place in (aliases or {}).items()}

    def resolve(self, texts: pd.Series, countries: pd.Series | None = None) -> pd.DataFrame:
        """Find each text's place; the index is kept.

        In this order: alias, coordinates, UN/LOCODE, IATA code, country, "city, country" and free text with a
        country at its end, a large and unambiguous city at the end. Three capitals that are an airport and a
        country ("FRA") are the airport, unless the column also holds country codes that are no airport.

        Parameters
        ----------
        texts : Series of str
            Place texts, null allowed.
        countries : Series, optional
            Country of each row (name, alpha-2 or alpha-3). Where given it decides: other countries are not
            searched, and a text that says nothing resolves to the country.

        Returns
        -------
        DataFrame
            place ("Hyderabad, IN"), country (alpha-2), lat, lon (degrees), precision (coordinates, locode,
            iata, city, country); null where unresolved. A country's point is the mean of its people's.
        """
        hints = countries if countries is not None else pd.Series(None, index=texts.index, dtype=object)
        asked = pd.DataFrame({"text": texts.to_numpy(dtype=object), "hint": hints.to_numpy(dtype=object)})
        code = asked.groupby(["text", "hint"], sort=False, dropna=False).ngroup()
        unique = asked[~code.duplicated()]
        airports = not _speaks_alpha3(unique["text"])
        found = [
            self._find(text, hint, airports=airports)
            for text, hint in zip(unique["text"], unique["hint"], strict=True)
        ]
        rows = [astuple(place) if place else _NOWHERE for place in found]
        frame = pd.DataFrame(rows, columns=_COLUMNS).astype({"lat": "float64", "lon": "float64"})
        return frame.iloc[code.to_numpy()].set_axis(texts.index)

    def _find(self, text: object, hint: object, *, airports: bool) -> Place | None:
        words = repaired(str(text)) if isinstance(text, str) else ""
        country = gazetteer().country(hint) if isinstance(hint, str) and hint.strip() else None
        alias = self._aliases.get(fold(words)) if words else None
        if alias is not None:
            return _find_text(repaired(alias), None, airports=True) or _find_text(
                repaired(alias), country, airports=True
            )
        return _find_text(words, country, airports=airports)


def fold(name: str) -> str:
    """The form in which aliases are stored and compared: "Alere Medical Co., Ltd." → "alere medical co ltd".

    Case, accents, punctuation, white space and a wrong encoding make no difference.
    """
    return folded(repaired(name))


def _speaks_alpha3(texts: pd.Series) -> bool:
    """Whether a column of three-letter codes means countries: some of its codes are no airport's."""
    places = gazetteer()
    codes = [t for t in texts if isinstance(t, str) and t in places.alpha3]
    return any(places.airport(code) is None for code in codes)


@lru_cache(maxsize=65_536)
def _find_text(text: str, country: str | None, *, airports: bool) -> Place | None:
    places = gazetteer()
    at = coordinates(text)
    if at is not None:
        return Place(f"{at[0]:.4f}, {at[1]:.4f}", country or places.country_at(*at), *at, "coordinates")
    coded = _by_code(text, airports=airports)
    if coded is not None and country in (None, coded.country):
        return coded
    return find_place(text, country)


def _by_code(text: str, *, airports: bool) -> Place | None:
    places = gazetteer()
    if _LOCODE.fullmatch(text) and folded(text) not in places.country_names:
        return places.port(text.replace(" ", ""))
    if _IATA.fullmatch(text) and text not in _NOT_AIRPORTS and folded(text) not in places.country_names:
        return places.airport(text) if airports or text not in places.alpha3 else None
    return None
