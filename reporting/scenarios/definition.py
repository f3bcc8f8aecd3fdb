"""A scenario's definition as a JSON file: levers in their order, and the filters that it was built on.

It holds no figures: whoever opens it gets the effect on the shipments that they may see.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.scenarios import Scenario

__all__ = ["FORMAT", "LARGEST_BYTES", "VERSION", "definition_bytes", "read_definition"]

FORMAT, VERSION = "supply-chain-carbon/scenario", 1
LARGEST_BYTES = 200_000
_LONGEST_QUERY = 4_000
_KEYS = {"format", "version", "scenario", "filters"}


def definition_bytes(scenario: Scenario, query: str = "") -> bytes:
    """Write a scenario as UTF-8 JSON.

    Parameters
    ----------
    query : str
        The filters as they stand in the URL.
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "scenario": scenario.to_dict(),
        "filters": query,
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False).encode()


def read_definition(content: bytes) -> tuple[Scenario, str]:
    """Read a definition: the scenario and the filters' query.

    Raises
    ------
    analytics.scenarios.ScenarioRefused
        It is no such file, is of a later version, or holds a key or a value that no scenario has.
    """
    from analytics.scenarios import Scenario, ScenarioRefused

    if len(content) > LARGEST_BYTES:
        raise ScenarioRefused(
            f"The file has {len(content):,} bytes: a scenario has at most {LARGEST_BYTES:,}. "
            "Choose one that this page exported."
        )
    found = _parsed(content)
    unknown = sorted(set(found) - _KEYS)
    if unknown:
        raise ScenarioRefused(f"The file has a key that no scenario has: {unknown[0][:60]!r}. Remove it.")
    if found.get("version") != VERSION or isinstance(found.get("version"), bool):
        raise ScenarioRefused(
            f"The file is of version {str(found.get('version'))[:20]}: this page reads version {VERSION}."
        )
    query = found.get("filters", "")
    if not isinstance(query, str) or len(query) > _LONGEST_QUERY:
        raise ScenarioRefused("The filters of the file are no query of this app: export the scenario anew.")
    scenario = found.get("scenario")
    if not isinstance(scenario, Mapping):
        raise ScenarioRefused("The file names no scenario: export one from this page.")
    return Scenario.from_dict(dict(scenario)), query


def _parsed(content: bytes) -> dict[str, Any]:
    from analytics.scenarios import ScenarioRefused

    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ScenarioRefused("The file is no JSON: choose one that this page exported.") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ScenarioRefused("The file is no scenario of this app: choose one that this page exported.")
    return found
