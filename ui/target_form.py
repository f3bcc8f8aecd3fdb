"""The form of a target: what it is about, from which base year, how fast, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from access import targets
from access.clock import utc_now
from access.targets import TargetTerms
from analytics.targets import PRESETS
from ui import acts, formats, states, target_words
from ui.legs_chosen import legs_chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from access.targets import Kind, Target

__all__ = ["ask_for", "asked_for", "form", "new_terms"]

_ASKED, _TURN = "target-form-asked", "target-form-turn"
_KINDS: dict[Kind, str] = {"absolute": "Emissions", "intensity": "Intensity"}
_OWN = "Own rate"
_KG_PER_T = 1_000.0
_HORIZON_YEARS = 5  # SBTi's near-term targets run five to ten years


def ask_for(target: Target | None) -> None:
    """Open the form at the next run of the page, for a target or for a new one; for callbacks."""
    st.session_state[_ASKED] = (target,)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def asked_for(names: Mapping[str, str]) -> None:
    """Open the form if it was asked for."""
    if asked := st.session_state.pop(_ASKED, None):
        (target,) = asked
        st.dialog("Change the target" if target else "New target")(form)(target, names)


def new_terms(this_year: int) -> TargetTerms:
    """What the form of a new target begins with: from last year on, at the rate for 1.5 °C."""
    return TargetTerms("", "absolute", this_year - 1, PRESETS["1.5 °C"], this_year + _HORIZON_YEARS)


def form(target: Target | None, names: Mapping[str, str]) -> None:
    """Ask for the terms; `names` are the suppliers' by id."""
    this_year = utc_now().year
    terms = _terms(target or new_terms(this_year), names, this_year)
    st.markdown(f":material/flag: {formats.plain(target_words.terms_words(terms, names))}.")
    if st.button("Save" if target else "Set target", type="primary", key="target-form-save"):
        if target:
            problem = acts.problem_of(targets.change, target.target_id, terms)
        else:
            problem = acts.problem_of(targets.add, terms)
        if problem:
            states.refused(problem)
            return
        acts.done(f"{'Changed' if target else 'Set'} the target {' '.join(terms.name.split())}.")
        st.rerun()


def _terms(old: TargetTerms, names: Mapping[str, str], this_year: int) -> TargetTerms:
    name = st.text_input(
        "Name",
        value=old.name,
        max_chars=targets.LONGEST_NAME,
        key=_key("name"),
        placeholder="Transport emissions 2030",
    )
    kind = st.segmented_control(
        "What falls",
        list(_KINDS),
        default=old.kind,
        format_func=_KINDS.get,
        required=True,
        key=_key("kind"),
        help="Emissions: kg CO2e a year. Intensity: g CO2e per tonne-km, whatever is moved.",
    )
    pct = _rate(old)
    left, right = st.columns(2)
    base_year = left.number_input(
        "Base year",
        value=old.base_year,
        min_value=targets.EARLIEST_YEAR,
        max_value=max(this_year, old.base_year),
        key=_key("base-year"),
    )
    target_year = right.number_input(
        "Target year",
        value=old.target_year,
        min_value=targets.EARLIEST_YEAR,
        max_value=targets.LATEST_YEAR,
        key=_key("target-year"),
    )
    base = _base(old, kind)
    suppliers, modes = legs_chosen(old.suppliers, old.modes, names, _key)
    return TargetTerms(name, kind, int(base_year), pct, int(target_year), base, suppliers, modes)


def _rate(old: TargetTerms) -> float:
    """A preset of SBTi, or a rate of one's own."""
    known = {name: f"{pct:g} % a year: {name}" for name, pct in PRESETS.items()} | {_OWN: _OWN}
    now = next((name for name, pct in PRESETS.items() if pct == old.yearly_pct), _OWN)
    left, right = st.columns([3, 2])
    picked = left.selectbox(
        "Reduction a year",
        list(known),
        index=list(known).index(now),
        format_func=lambda one: known.get(one, one),
        key=_key("rate"),
        help="Of the base year's value, the same amount each year. 4.2 % and 2.5 %: SBTi Corporate Net-Zero "
        "Standard.",
    )
    if picked in PRESETS:
        return PRESETS[picked]
    return float(
        right.number_input(
            "Own rate, %",
            value=float(old.yearly_pct),
            min_value=0.0,
            max_value=100.0,
            step=0.1,
            key=_key("own-rate"),
        )
    )


def _base(old: TargetTerms, kind: Kind) -> float | None:
    """The base year's value, if it does not come from the data; in t or g on screen."""
    per = _KG_PER_T if kind == "absolute" else 1.0
    unit = "t CO2e" if kind == "absolute" else "g CO2e/tkm"
    before = old.base_value / per if old.base_value is not None and old.kind == kind else None
    given = st.number_input(
        f"Base year's value, {unit}",
        value=before,
        min_value=0.0,
        key=_key("base", kind),
        placeholder="Empty: from the data",
        help="Needed where the data do not cover the base year.",
    )
    return None if given is None else float(given) * per


def _key(*parts: str) -> str:
    """Another one each time the form is opened: it never shows what was typed for another target."""
    return "-".join(("target", *parts, str(st.session_state.get(_TURN, 0))))
