"""How much each part of the score counts: five sliders, kept in the session and in the URL."""

from __future__ import annotations

import math

import streamlit as st

from analytics.suppliers import PARTS, Weights
from ui import formats
from ui.supplier_words import METHOD, PART_LABELS, PART_MEANINGS, shares

__all__ = ["control", "current", "parsed", "read_url", "say_unread", "write_url"]

_PARAMETER = "weights"  # ?weights=40-20-15-15-10, in the order of PARTS
_KEPT, _WRITTEN, _REFUSED, _UNREAD = (
    "suppliers-weights",
    "suppliers-weights-in-url",
    "suppliers-weights-refused",
    "suppliers-weights-unread",
)
_MOST, _STEP, _LONGEST = 100, 5, 60


def current() -> Weights:
    """The weights that hold now."""
    return Weights(**dict(zip(PARTS, st.session_state[_KEPT], strict=True))) if _chosen() else Weights()


def read_url() -> None:
    """Take over the weights of a link, once for each link."""
    asked = st.query_params.get(_PARAMETER)
    if asked is None or asked == st.session_state.get(_WRITTEN):
        return
    st.session_state[_WRITTEN] = asked
    found = parsed(asked)
    st.session_state[_UNREAD] = None if found else asked[:_LONGEST]
    if found:
        _keep(found)


def write_url() -> None:
    """Put weights that differ from the usual ones into the URL; for the end of the page."""
    usual = current() == Weights()
    wanted = None if usual else "-".join(f"{weight:g}" for weight in current().as_dict().values())
    if st.query_params.get(_PARAMETER) != wanted:
        if wanted is None:
            st.query_params.pop(_PARAMETER, None)
        else:
            st.query_params[_PARAMETER] = wanted
    st.session_state[_WRITTEN] = wanted


def parsed(text: str) -> Weights | None:
    """The weights of a link; None where they cannot be read."""
    try:
        given = [float(one) for one in text.split("-")]
        if len(given) != len(PARTS) or not all(0 <= one <= _MOST for one in given):
            return None
        return Weights(**dict(zip(PARTS, given, strict=True)))
    except ValueError:
        return None


def control() -> Weights:
    """Draw the sliders in a popover; return the weights that hold."""
    now = current()
    with st.popover("Weights and method", icon=":material/tune:", key="supplier-weights"):
        st.markdown("**What counts how much**")
        of_all = shares(now)
        for part in PARTS:
            key = _slider(part)
            if key not in st.session_state:
                st.session_state[key] = round(getattr(now, part))
            st.slider(PART_LABELS[part], 0, _MOST, step=_STEP, key=key, on_change=_changed)
            st.caption(f"{formats.percent(of_all[part])} of the score. {PART_MEANINGS[part]}")
        if st.session_state.get(_REFUSED):
            st.warning(
                "All weights are 0, so nothing would count: set at least one above 0. "
                "Until then the weights from before hold.",
                icon=":material/warning:",
            )
        st.button(
            "Reset to the usual weights",
            icon=":material/restart_alt:",
            key="supplier-weights-reset",
            on_click=_keep,
            args=(Weights(),),
            disabled=now == Weights() and not st.session_state.get(_REFUSED),
        )
        st.divider()
        st.markdown(METHOD)
        st.caption("The whole method with its sources: docs/suppliers.md.")
    return now


def say_unread() -> None:
    """Name a link's weights that could not be read."""
    if unread := st.session_state.get(_UNREAD):
        st.info(
            f"The link's weights “{formats.plain(unread)}” could not be read, so they are left out. "
            "Write five numbers from 0 to 100 with a hyphen between them, as in 40-20-15-15-10.",
            icon=":material/info:",
        )


def _changed() -> None:
    given = {part: float(st.session_state[_slider(part)]) for part in PARTS}
    st.session_state[_UNREAD] = None
    st.session_state[_REFUSED] = not any(given.values())
    if any(given.values()):
        st.session_state[_KEPT] = tuple(given.values())


def _keep(weights: Weights) -> None:
    st.session_state[_KEPT] = tuple(weights.as_dict().values())
    st.session_state[_REFUSED] = False
    for part, weight in weights.as_dict().items():
        st.session_state[_slider(part)] = round(weight)


def _chosen() -> bool:
    kept = st.session_state.get(_KEPT) or ()
    return len(kept) == len(PARTS) and all(math.isfinite(one) for one in kept)


def _slider(part: str) -> str:
    return f"supplier-weight-{part}"
