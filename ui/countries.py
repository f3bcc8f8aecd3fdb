"""Country names for two-letter codes, as the filter bar and the tables show them."""

from __future__ import annotations

from functools import cache

__all__ = ["country_label"]

# pycountry carries the official names; these are the ones people search for.
_SHORT = {
    "BO": "Bolivia",
    "CD": "Congo, DR",
    "GB": "United Kingdom",
    "IR": "Iran",
    "KP": "Korea, North",
    "KR": "Korea, South",
    "LA": "Laos",
    "MD": "Moldova",
    "RU": "Russia",
    "SY": "Syria",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "US": "United States",
    "VE": "Venezuela",
}


@cache
def country_label(code: str) -> str:
    """Return the country's name with its code, "India (IN)"; an unknown code stays as it is."""
    if code in _SHORT:
        return f"{_SHORT[code]} ({code})"
    import pycountry

    found = pycountry.countries.get(alpha_2=code)
    return f"{found.name} ({code})" if found else code
