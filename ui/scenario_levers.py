"""The levers on the bench, a card each, in the order in which they act: change the share, move, remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import acts, formats, scenario_draft
from ui import scenario_words as words
from ui.scenario_draft import Card, Draft

if TYPE_CHECKING:
    from analytics.scenarios import ScenarioResult

__all__ = ["LEAST_GROWTH_PCT", "MOST_GROWTH_PCT", "effect_words", "show"]

LEAST_GROWTH_PCT, MOST_GROWTH_PCT = -50, 100


def show(draft: Draft, result: ScenarioResult, names: Mapping[str, str]) -> None:
    """One card a lever, with what it comes to at its place in the order."""
    steps = result.steps.to_dict("records")
    for at, (card, step) in enumerate(zip(draft.cards, steps, strict=True)):
        with st.container(border=True, key=f"lever-{card.number}", gap="small"):
            _card(card, step, at, len(draft.cards), names)


def effect_words(step: Mapping[str, Any]) -> str:
    """What one step comes to: saves 1.2 kt a year (0.9–1.5), +EUR 12 k, +28 days, 340 shipments."""
    saved = step["saved_kg"]
    if abs(saved) < 0.5:
        return "Changes nothing at this place in the order"
    if saved > 0:
        said = formats.emissions_range(saved, step["saved_low_kg"], step["saved_high_kg"])
    else:
        said = formats.emissions_range(-saved, -step["saved_high_kg"], -step["saved_low_kg"])
    parts = [f"{'Saves' if saved > 0 else 'Adds'} {said} CO2e a year"]
    if (money := words.money_words(step["extra_cost"], step["currency"])) != formats.MISSING:
        parts.append(f"{money} a year")
    if (days := words.days_words(step["extra_days"])) != formats.MISSING:
        parts.append("no change of lead time" if days == "no change" else days)
    parts.append(formats.counted(round(step["shipments"]), "shipment"))
    return ", ".join(parts)


def _card(card: Card, step: Mapping[str, Any], at: int, of: int, names: Mapping[str, str]) -> None:
    number = card.number
    st.markdown(f"**{at + 1}. {formats.plain(words.described(card.lever, names))}**")
    lever: Any = card.lever
    if hasattr(lever, "share"):
        _share(number, float(lever.share))
    else:
        _growth(number, float(lever.pct))
    st.markdown(formats.plain(effect_words(step)))
    if step["note"]:
        st.caption(formats.plain(step["note"]))
    with st.container(horizontal=True, key=f"lever-acts-{number}", gap="small"):
        for label, icon, by, off in (
            ("Earlier", "arrow_upward", -1, at == 0),
            ("Later", "arrow_downward", 1, at == of - 1),
        ):
            st.button(
                label,
                key=f"lever-{label.lower()}-{number}",
                icon=f":material/{icon}:",
                type="tertiary",
                disabled=off,
                on_click=scenario_draft.move,
                args=(number, by),
            )
        st.button(
            "Remove",
            key=f"lever-remove-{number}",
            icon=":material/delete:",
            type="tertiary",
            on_click=scenario_draft.remove,
            args=(number,),
        )


def _share(number: int, share: float) -> None:
    key = f"lever-share-{number}"
    st.slider(
        "Share that changes",
        min_value=0,
        max_value=100,
        value=round(share * 100),
        format="%d %%",
        key=key,
        on_change=_changed,
        args=(number, key, "share", 0.01),
    )


def _growth(number: int, pct: float) -> None:
    key = f"lever-growth-{number}"
    st.slider(
        "Growth a year",
        min_value=min(LEAST_GROWTH_PCT, round(pct)),
        max_value=max(MOST_GROWTH_PCT, round(pct)),
        value=round(pct),
        format="%d %%",
        key=key,
        on_change=_changed,
        args=(number, key, "pct", 1.0),
    )


def _changed(number: int, key: str, field: str, scale: float) -> None:
    """Take the slider's value over; whole per cent, so that 7 % is 0.07 and not 0.07000000000000001."""
    from analytics.scenarios import ScenarioRefused

    try:
        scenario_draft.change(number, **{field: round(st.session_state[key] * scale, 4)})
    except ScenarioRefused as error:
        acts.refused(str(error))
