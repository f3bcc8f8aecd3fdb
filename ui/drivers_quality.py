"""How good the model is, beside guessing each leg by its mode: before anyone reads an effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import drivers_words as words
from ui import formats

if TYPE_CHECKING:
    from analytics.drivers import DriverModel

__all__ = ["cards", "show"]


def cards(model: DriverModel) -> list[tuple[str, str, str, str]]:
    """Key, label, figure and note of each card."""
    learnt = f"{formats.count(model.learnt_from)} legs"
    of = (
        "all of them"
        if model.learnt_from == model.legs
        else f"of {formats.count(model.legs)} in the selection"
    )
    what = "Typical intensity" if model.target == "intensity" else "Typical leg"
    found = [
        (
            "typical",
            what,
            words.typical(model, model.typical).removesuffix(" CO2e/tkm").removesuffix(" CO2e"),
            "CO2e per tkm, geometric mean" if model.target == "intensity" else "CO2e, geometric mean",
        ),
        ("learnt", "Learnt from", learnt, of),
    ]
    if test := model.validation:
        found += [
            (
                "explained",
                "Differences explained",
                words.explained(test.model),
                f"{words.explained(test.naive)} by the mode's median alone",
            ),
            (
                "error",
                "Median error",
                formats.percent(test.model.median_error_pct / 100),
                f"{formats.percent(test.naive.median_error_pct / 100)} by the mode's median alone",
            ),
        ]
    return found


def show(model: DriverModel) -> None:
    """The cards, and in a sentence how the test went."""
    with st.container(key="quality"):
        for key, label, figure, note in cards(model):
            with st.container(key=f"kpi-{key}"):
                st.metric(label, figure)
                st.caption(note)
    say = st.caption if model.validation and model.validation.useful else st.warning
    say(" ".join(filter(None, [words.accuracy_note(model), words.left_out(model)])))
