"""A place inside free text ("Hetero Unit III Hyderabad IN"): the country at its end, and a city before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingestion.places.gazetteer import Place, gazetteer
from ingestion.places.text import folded

__all__ = ["find_place"]

_SEPARATORS = re.compile(r"[,;()\[\]|/\n]|\s[-\u2013\u2014]\s")
_LONGEST_NAME = 6  # words of a country's or city's name
_INNER_CITY_PEOPLE = 40_000  # a word in the middle of a text is a city only if it is a known one

# Two letters that are as often something else: a company's legal form, South Africa, California. They count
# as a country only when a city of that country stands in the text.
_LEGAL_FORMS = frozenset("AB AG AS BV CO CV KG LC LP MC NV OY PT SA SC SE SL CA".split())  # noqa: SIM905
_MEANT_TOO = {"SA": "ZA"}

# Codes that are a country and a US state: only these are believed to be the country when no city decides.
_COUNTRY_RATHER_THAN_STATE = frozenset({"DE", "ID", "IN"})
_CANADIAN_PROVINCES = frozenset({"AB", "BC", "MB", "NB", "NS", "ON", "QC"})  # the others are countries' codes
_US_ZIP = re.compile(r"\b([A-Z]{2}) \d{5}(-\d{4})?$")

# Words that are cities somewhere but seldom mean one in a company's name or an address.
_WORDS = frozenset(
    """alliance aspen bar bath best boston brothers cambridge carson center central city commerce
    commercial corona delta east enterprise factory general global goa hof hope hudson independence
    industry international inverness jackson johnson lab laboratories labs lincoln logistics male marion
    medical medina mobile most national nice north of orange orion park pharma phoenix plant port progress
    reading salvador same santos site sons south split standard store terminal tours toyota trade trail
    union unit universal university victoria warehouse west zone
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class _Ending:
    """A country (or US state) read at the end of a text; `certain` if it needs no city to be believed."""

    country: str
    state: str | None
    certain: bool
    rest: tuple[str, ...]
    by_name: bool = False


def find_place(text: str, country: str | None = None) -> Place | None:
    """Resolve a text that holds no code: a city in its country, the country, or a large city at its end.

    Parameters
    ----------
    text : str
        Repaired text, may be empty.
    country : str, optional
        Alpha-2 that is known from elsewhere; then only this country is searched, and is the least answer.
    """
    with_country = _US_ZIP.sub(lambda m: f"{m[1]}, USA" if m[1] in gazetteer().states else m[0], text)
    segments = tuple(s for s in (part.strip(" .'\"") for part in _SEPARATORS.split(with_country)) if s)
    centres = gazetteer().centres
    if country is not None:
        rest = next((e.rest for e in _endings(segments) if e.country == country), segments)
        return _city_in(rest, country) or centres.get(country)
    endings = _endings(segments)
    for ending in endings:
        city = _city_in(ending.rest, ending.country, ending.state) or _city_named_as_its_state(ending)
        if city is not None:
            return city
    certain = [e for e in endings if e.certain]
    if certain:
        return centres[certain[0].country]
    return _large_city_at_end(segments) if not endings else None


def _endings(segments: tuple[str, ...]) -> list[_Ending]:
    """What the end of the text may mean, most likely first."""
    if not segments:
        return []
    *before, last = segments
    words = last.split()
    for size in range(min(_LONGEST_NAME, len(words)), 0, -1):
        rest = (*before, " ".join(words[:-size])) if size < len(words) else tuple(before)
        tail = " ".join(words[-size:])
        found = _by_name(tail, rest) or (_by_code(tail, rest, segments) if size == 1 else [])
        if found:
            return found
    return []


def _by_name(tail: str, rest: tuple[str, ...]) -> list[_Ending]:
    places, name = gazetteer(), folded(tail)
    if len(name) <= 2 and not tail.isupper():  # "contact us"
        return []
    country, state = places.country_names.get(name), places.state_names.get(name)
    endings = [_Ending(country, None, True, rest)] if country else []
    if state:  # "Atlanta, Georgia"
        endings.append(_Ending("US", state, not country, rest, by_name=True))
    if country == "US" and rest:  # "Manati, Puerto Rico, (USA)", "Suffern NY, USA"
        inner = [e for e in _endings(rest) if e.state or e.country in ("PR", "GU", "VI", "AS", "MP")]
        endings = [replace(e, certain=True) for e in inner] + endings
    return endings


def _city_named_as_its_state(ending: _Ending) -> Place | None:
    """New York, which people write without its state."""
    places = gazetteer()
    names = [name for name, code in places.state_names.items() if code == ending.state and ending.by_name]
    return places.city(names[0], "US", ending.state) if names else None


def _by_code(tail: str, rest: tuple[str, ...], segments: tuple[str, ...]) -> list[_Ending]:
    """ISO codes and US states; without a comma before them only in capitals within mixed text."""
    places, code = gazetteer(), tail.upper()
    if not code.isalpha() or len(code) not in (2, 3):
        return []
    after_comma = len(segments) > 1 and segments[-1] == tail
    alone = len(segments) == 1 and segments[0] == tail
    if not (after_comma or alone or tail.isupper()):
        return []
    shouted = " ".join(segments).isupper() and not (after_comma or alone)
    certain = (code not in _LEGAL_FORMS or alone) and not shouted
    if len(code) == 3:
        country = places.alpha3.get(code)
        return [_Ending(country, None, certain, rest)] if country else []
    meant = [c for c in (_MEANT_TOO.get(code, ""), code) if c in places.centres]
    doubtful = code in places.states and code not in _COUNTRY_RATHER_THAN_STATE
    endings = [
        _Ending(c, None, certain and code not in _MEANT_TOO and (alone or not doubtful), rest) for c in meant
    ]
    if code in places.states:
        endings.append(_Ending("US", code, certain and not meant, rest))
    if code in _CANADIAN_PROVINCES:
        endings.append(_Ending("CA", None, False, rest))
    return endings


def _city_in(segments: tuple[str, ...], country: str, state: str | None = None) -> Place | None:
    """The city nearest to the end of the text: a whole part between commas, last words, or words within."""
    places = gazetteer()
    for position in range(len(segments) - 1, -1, -1):
        words = _address_words(segments[position])
        if not words:
            continue
        name = " ".join(words)
        whole = places.city(name, country, state) or places.port_named(name, country)
        if whole is not None:
            return whole
        last = position == len(segments) - 1
        for start, end in _spans(len(words), from_start=position > 0):
            name = " ".join(words[start:end])
            if name in _WORDS or len(name) < 4:
                continue
            people = 0 if last and end == len(words) else _INNER_CITY_PEOPLE
            city = places.city(name, country, state, people)
            if city is not None:
                return city
    return None


def _spans(count: int, *, from_start: bool) -> list[tuple[int, int]]:
    """Runs of words, those nearest to the end and then longest first; a text's first word is a company."""
    first = 0 if from_start else 1
    return [
        (start, end) for end in range(count, 0, -1) for start in range(max(first, end - _LONGEST_NAME), end)
    ]


def _address_words(segment: str) -> list[str]:
    """Folded words without postal codes, and without the short capitals of a region after the city."""
    words = [w for w in segment.split() if not any(c.isdigit() for c in w)]
    while len(words) > 1 and words[-1].isupper() and len(words[-1]) <= 3:
        words.pop()
    return folded(" ".join(words)).split()


def _large_city_at_end(segments: tuple[str, ...]) -> Place | None:
    if not segments:
        return None
    words = _address_words(segments[-1])
    for start in range(max(0, len(words) - _LONGEST_NAME), len(words)):
        name = " ".join(words[start:])
        if name not in _WORDS and len(name) >= 4:
            city = gazetteer().large_city(name)
            if city is not None:
                return city
    return None
