"""The scenario that is being built: levers in their order, kept in the session until it is saved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from access.saved_scenarios import SavedScenario
    from analytics.scenarios import Lever, Scenario

__all__ = [
    "Card",
    "Draft",
    "add",
    "change",
    "current",
    "forget",
    "load",
    "move",
    "put",
    "remove",
    "take_over",
]

_DRAFT, _NEXT = "scenario-draft", "scenario-next-card"
UNNAMED = "New scenario"


@dataclass(frozen=True)
class Card:
    """One lever on screen; `number` stays with it when it moves, so that its slider does too."""

    number: int
    lever: Lever


@dataclass(frozen=True)
class Draft:
    """What is on the bench.

    Attributes
    ----------
    cards : tuple of Card
        The levers in the order in which they act.
    scenario_id, name : str
        Of the saved one that was opened; None while it was never saved.
    kept : tuple of Lever
        The levers as they stand saved.
    mine, shared : bool
        Whether this user saved it, and whether others may open it.
    """

    cards: tuple[Card, ...] = ()
    scenario_id: str | None = None
    name: str = UNNAMED
    kept: tuple[Lever, ...] = field(default=())
    mine: bool = True
    shared: bool = False

    @property
    def levers(self) -> tuple[Lever, ...]:
        return tuple(card.lever for card in self.cards)

    @property
    def changed(self) -> bool:
        """Whether something would be lost by leaving."""
        return self.levers != self.kept

    def scenario(self) -> Scenario:
        from analytics.scenarios import Scenario

        return Scenario(self.name, self.levers)


def current() -> Draft:
    return st.session_state.get(_DRAFT) or Draft()


def put(draft: Draft) -> None:
    st.session_state[_DRAFT] = draft


def forget() -> None:
    """Begin anew; for callbacks."""
    st.session_state.pop(_DRAFT, None)


def load(found: SavedScenario, levers: tuple[Lever, ...], *, mine: bool) -> None:
    """Put a saved scenario on the bench."""
    put(Draft(_cards(levers), found.scenario_id, found.name, levers, mine, found.shared))


def take_over(name: str, levers: tuple[Lever, ...]) -> None:
    """Put levers from a file on the bench, as something that was not saved here yet."""
    put(Draft(_cards(levers), name=name))


def add(lever: Lever) -> None:
    draft = current()
    put(replace(draft, cards=(*draft.cards, *_cards((lever,)))))


def change(number: int, **fields: Any) -> None:
    """Change fields of one lever.

    Raises
    ------
    ScenarioRefused
        When the lever cannot have these values.
    """
    draft = current()
    cards = [
        replace(card, lever=replace(card.lever, **fields)) if card.number == number else card
        for card in draft.cards
    ]
    put(replace(draft, cards=tuple(cards)))


def move(number: int, by: int) -> None:
    """Let a lever act earlier (-1) or later (+1)."""
    draft = current()
    cards = list(draft.cards)
    at = next((place for place, card in enumerate(cards) if card.number == number), None)
    if at is None or not 0 <= at + by < len(cards):
        return
    cards[at], cards[at + by] = cards[at + by], cards[at]
    put(replace(draft, cards=tuple(cards)))


def remove(number: int) -> None:
    draft = current()
    put(replace(draft, cards=tuple(card for card in draft.cards if card.number != number)))


def _cards(levers: tuple[Lever, ...]) -> tuple[Card, ...]:
    first = st.session_state.get(_NEXT, 1)
    st.session_state[_NEXT] = first + len(levers)
    return tuple(Card(first + at, lever) for at, lever in enumerate(levers))
