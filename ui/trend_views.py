"""Which section of the Trends page is open, what a period is compared with, which part is opened up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from ui import filters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "AGAINST",
    "BREAKS",
    "DIMENSIONS",
    "PREVIOUS",
    "SEASON",
    "SECTIONS",
    "SHARES",
    "WHY",
    "YEAR",
    "YEARS",
    "Against",
    "against",
    "compare_with_before",
    "dimension",
    "narrow",
    "open_part",
    "opened",
    "part",
    "section",
    "show_period",
    "take_up",
    "wanted",
]

WHY, SEASON, BREAKS, YEARS, SHARES = (
    "Why",
    "Season and trend",
    "Breaks",
    "Year on year",
    "Modes and intensity",
)
SECTIONS = (WHY, SEASON, BREAKS, YEARS, SHARES)
Against = Literal["previous", "year"]
PREVIOUS, YEAR = "The period before", "The same days a year earlier"
AGAINST: dict[str, Against] = {PREVIOUS: "previous", YEAR: "year"}
# What a part can be opened up by: the column of the contributions, and the filter that shows one of them.
DIMENSIONS = {
    "Suppliers": ("supplier_id", "supplier"),
    "Lanes": ("lane", filters.LANES),
    "Modes": ("mode", "mode"),
}
_SECTION, _AGAINST, _PART, _BY = "section", "against", "trends-part", "trends-by"
_WANTED = "trends-wanted"


def section() -> str:
    """Draw the choice of a section."""
    return str(
        st.segmented_control(
            "What to look at", SECTIONS, default=WHY, required=True, key=_SECTION, bind="query-params"
        )
    )


def against() -> Against:
    """Draw the choice of what the period is compared with."""
    chosen = st.segmented_control(
        "Compared with",
        list(AGAINST),
        default=PREVIOUS,
        required=True,
        key=_AGAINST,
        bind="query-params",
    )
    return AGAINST[str(chosen)]


def compare_with_before() -> None:
    """Compare with the period before; for callbacks."""
    st.session_state[_AGAINST] = PREVIOUS


def show_period(preset: str) -> None:
    """Choose another period for the whole page, from a part of it; for callbacks."""
    st.session_state[_WANTED] = {filters.PERIOD: preset}


def part(parts: Sequence[str], labels: dict[str, str]) -> str:
    """Draw the choice of a part, the largest first: what a click on its bar does, for the keyboard."""
    if st.session_state.get(_PART) not in parts:
        st.session_state.pop(_PART, None)
    return str(
        st.selectbox(
            "Open up",
            list(parts),
            format_func=lambda name: labels[name],
            key=_PART,
            help="What contributed to this part of the change. A click on its bar does the same.",
        )
    )


def opened(parts: Iterable[str], otherwise: str) -> str:
    """The part that is open, before the choice is drawn."""
    chosen = st.session_state.get(_PART)
    return chosen if chosen in parts else otherwise


def open_part(name: str) -> None:
    """Open up a part, from a click on its bar; for callbacks, which run before the widgets."""
    st.session_state[_PART] = name


def dimension() -> str:
    """Draw the choice of suppliers, lanes or modes."""
    return str(
        st.segmented_control(
            "Contributions by", list(DIMENSIONS), default="Suppliers", required=True, key=_BY
        )
    )


def narrow(key: str, values: list[str]) -> None:
    """Narrow the whole page to some values of a filter, from a part of the page; for callbacks.

    It is taken up when the whole page runs next: a fragment cannot change a widget that it did not draw.
    """
    known = [value for value in values if value]
    if known:
        st.session_state[_WANTED] = {key: known}


def wanted() -> bool:
    """Whether a filter was chosen that the page does not show yet."""
    return _WANTED in st.session_state


def take_up() -> None:
    """Set the filter that a part of the page chose; before the filters are drawn."""
    for key, value in st.session_state.pop(_WANTED, {}).items():
        st.session_state[key] = value
