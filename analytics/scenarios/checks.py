"""What a lever asks of its values: each refusal is one sentence that says what to do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from data_access.filters import MODES

__all__ = [
    "ScenarioRefused",
    "check_mode",
    "check_price",
    "check_share",
    "check_text",
    "checked_names",
    "checked_number",
]

MOVING = tuple(mode for mode in MODES if mode != "hub")


class ScenarioRefused(ValueError):
    """A scenario or a lever that cannot be: one sentence that says why and what to do."""


def checked_names(values: object, name: str) -> tuple[str, ...]:
    """The names of a list as a tuple, each once."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ScenarioRefused(f"The {name} of a lever are a list of names.")
    if not all(isinstance(one, str) and one.strip() for one in values):
        raise ScenarioRefused(f"The {name} of a lever are names, and none of them is empty.")
    return tuple(dict.fromkeys(values))


def checked_number(value: object, name: str) -> float:
    """A finite number as float."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ScenarioRefused(f"{value!r} is not a number for {name}: give one.")
    return float(value)


def check_mode(mode: object) -> None:
    """Refuse a mode that no lever can change."""
    if mode not in MOVING:
        raise ScenarioRefused(f"There is no mode {mode!r} to change: choose one of {', '.join(MOVING)}.")


def check_share(share: object) -> None:
    """Refuse what is no share."""
    if not isinstance(share, float) or not 0.0 <= share <= 1.0:
        raise ScenarioRefused("The share that changes lies between 0 and 100 %.")


def check_text(value: object, what: str) -> None:
    """Refuse an empty choice."""
    if not isinstance(value, str) or not value.strip():
        raise ScenarioRefused(f"Choose {what}.")


def check_price(cost: float | None, currency: object) -> None:
    """Refuse a cost without its currency, and a currency without its cost."""
    if (cost is None) != (currency is None):
        raise ScenarioRefused("An extra cost needs its currency, and a currency its extra cost.")
    if currency is not None and not (isinstance(currency, str) and len(currency) == 3 and currency.isupper()):
        raise ScenarioRefused("A currency is its three letters, as in EUR.")
