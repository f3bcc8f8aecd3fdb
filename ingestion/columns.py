"""Which column of a file is which of ours: suggestions from the names, and the check before an import.

Only whole names count, never parts of them: "PO Sent to Vendor Date" is not a vendor. A name may carry the
unit that we use ("Weight (Kilograms)"); one that carries another unit is left alone, and `mapping_hints`
says so.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from ingestion.errors import UnusableMapping
from ingestion.synonyms import LAST_RESORT, OTHER_UNITS, OUR_UNITS, SYNONYMS, UNFIT

__all__ = ["CANONICAL", "REQUIRED", "check_mapping", "constants_of", "mapping_hints", "suggest_mapping"]

CANONICAL = tuple(SYNONYMS)
REQUIRED = ("shipment_id", "departed_at", "supplier_id", "mode", "weight_kg")
_ENDS = {
    end: ((end,), (f"{end}_country",), (f"{end}_lat", f"{end}_lon")) for end in ("origin", "destination")
}
_SYMBOLS = {"€": "EUR", "£": "GBP"}
_BRACKET = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")


def _words(name: str) -> list[str]:
    """The words of a column name without case, accents and punctuation; camelCase is taken apart."""
    split = re.sub(r"(?<=[a-zäöüß])(?=[A-Z])", " ", name.replace("ß", "ss"))
    plain = "".join(c for c in unicodedata.normalize("NFKD", split) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", plain.casefold())


@cache
def _known(canonical: str) -> dict[str, int]:
    """Synonyms of one of our columns, folded, with their rank; the first is the best."""
    names = (canonical, *SYNONYMS[canonical], *LAST_RESORT.get(canonical, ()))
    ranked: dict[str, int] = {}
    for rank, name in enumerate(names):
        ranked.setdefault("".join(_words(name)), rank)
    return ranked


@cache
def _currencies() -> frozenset[str]:
    import pycountry

    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def _unit_split(name: str, canonical: str) -> tuple[str, str | None]:
    """The folded name without its unit, and the unit: in brackets, or as the last words."""
    bracket = _BRACKET.search(name)
    if bracket:
        return "".join(_words(_BRACKET.sub(" ", name))), "".join(_words(bracket[1])) or bracket[1].strip()
    words = _words(name)
    for size in (2, 1):
        unit = "".join(words[-size:])
        if len(words) > size and _unit_kind(unit, canonical, bracketed=False) is not None:
            rest = words[:-size]
            return "".join(rest[:-1] if len(rest) > 1 and rest[-1] == "in" else rest), unit
    return "".join(words), None


def _unit_kind(unit: str, canonical: str, *, bracketed: bool = True) -> str | None:
    """ours, other, or None where it is no unit of this column."""
    if canonical == "cost":
        return "ours" if unit.upper() in _currencies() or unit in _SYMBOLS else None
    if unit in OUR_UNITS.get(canonical, ()):
        return "ours"
    if unit in OTHER_UNITS.get(canonical, ()):
        return "other"
    return "other" if bracketed and canonical in OUR_UNITS else None


def _rank(name: str, canonical: str) -> tuple[int | None, bool]:
    """How well a file's column name fits one of ours (0 is best), and whether only its unit is in the way."""
    known = _known(canonical)
    whole = "".join(_words(name))
    if whole in known:
        return known[whole], False
    base, unit = _unit_split(name, canonical)
    if unit is None or base not in known:
        return None, False
    kind = _unit_kind(unit, canonical)
    if kind == "other":
        return None, True
    return (known[base], False) if kind == "ours" else (None, False)


def suggest_mapping(columns: Iterable[str]) -> dict[str, str]:
    """The file's column for each of ours that its name alone gives away.

    Parameters
    ----------
    columns : iterable of str
        Column names as they stand in the file.

    Returns
    -------
    dict
        Canonical name → column of the file, in the order of `CANONICAL`; each column at most once. Columns in
        other units (lb, t, miles) are not mapped.
    """
    names = list(dict.fromkeys(columns))
    fits = [
        (rank >= _first_last_resort(canonical), rank, CANONICAL.index(canonical), at)
        for canonical in CANONICAL
        for at, name in enumerate(names)
        if (rank := _rank(name, canonical)[0]) is not None
    ]
    found: dict[str, str] = {}
    for _, _, position, at in sorted(fits):
        canonical, name = CANONICAL[position], names[at]
        if canonical not in found and name not in found.values():
            found[canonical] = name
    return {canonical: found[canonical] for canonical in CANONICAL if canonical in found}


def _first_last_resort(canonical: str) -> int:
    return 1 + len(SYNONYMS[canonical])


def mapping_hints(columns: Iterable[str]) -> list[str]:
    """Sentences about columns that look useful and were left alone, each with its reason."""
    names = list(dict.fromkeys(columns))
    taken = suggest_mapping(names)
    hints = []
    for name in names:
        if name in taken.values():
            continue
        folded = "".join(_words(_BRACKET.sub(" ", name)))
        for canonical, reasons in UNFIT.items():
            hints += [
                f"{name!r} was not used for {canonical}: {why}."
                for key, why in reasons.items()
                if key == folded
            ]
        hints += [
            f"{name!r} was not used for {canonical}: convert it to {OUR_UNITS[canonical][0]}, and rename it."
            for canonical in OUR_UNITS
            if canonical not in taken and _rank(name, canonical)[1]
        ]
    for canonical in ("weight_kg", "distance_km"):
        if canonical in taken and _unit_split(taken[canonical], canonical)[1] is None:
            unit = OUR_UNITS[canonical][0]
            hints.append(
                f"{taken[canonical]!r} names no unit and is taken to be in {unit}: check that it is."
            )
    return hints


def constants_of(mapping: Mapping[str, str]) -> dict[str, str]:
    """What the header says for every row: {"currency": "USD"} for a cost column named "Freight Cost (USD)".

    Parameters
    ----------
    mapping : mapping
        Canonical name → column of the file; a mapped currency column wins over the header.
    """
    if "cost" not in mapping or "currency" in mapping:
        return {}
    _, unit = _unit_split(mapping["cost"], "cost")
    if unit is None or _unit_kind(unit, "cost") is None:
        return {}
    return {"currency": _SYMBOLS.get(unit, unit.upper())}


def check_mapping(
    mapping: Mapping[str, str], columns: Collection[str], *, constants: Collection[str] = ()
) -> None:
    """See that a mapping can carry an import.

    Parameters
    ----------
    mapping : mapping
        Canonical name → column of the file.
    columns : collection of str
        Columns of the file.
    constants : collection of str
        Canonical names that have one value for all rows.

    Raises
    ------
    UnusableMapping
        One sentence: the unknown name, or everything that is missing.
    """
    for canonical, name in mapping.items():
        if canonical not in SYNONYMS:
            near = difflib.get_close_matches(str(canonical), CANONICAL, n=1)
            raise UnusableMapping(
                f"There is no column {canonical!r} to map to"
                + (f": do you mean {near[0]!r}?" if near else f": use one of {', '.join(CANONICAL)}.")
            )
        if name not in columns:
            near = difflib.get_close_matches(str(name), list(columns), n=1)
            raise UnusableMapping(
                f"{canonical} is mapped to {name!r}, which is not a column of the file"
                + (f": do you mean {near[0]!r}?" if near else ".")
            )
    given = {*mapping, *constants}
    missing = [name for name in REQUIRED if name not in given]
    ends = [end for end, ways in _ENDS.items() if not any(given.issuperset(way) for way in ways)]
    if "distance_km" not in given and ends:
        missing.append(
            "distance_km (or origin and destination)" if len(ends) == 2 else f"{ends[0]} (or distance_km)"
        )
    if missing:
        listed = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
        raise UnusableMapping(
            f"No column was found for {listed}: name the column of the file for each, or add it."
        )
