"""A chart on the page: its frame, its finding as the title, and what a click on a bar does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from ui import formats, states

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from streamlit.delta_generator import DeltaGenerator

__all__ = ["card", "show", "titled"]

_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}


@contextmanager
def card(place: DeltaGenerator, name: str) -> Iterator[None]:
    """Frame one chart; what fails inside says so there and leaves the rest of the page alone."""
    key = f"card-{name.lower().replace(' ', '-')}"
    with place.container(border=True, key=key, height="stretch"), states.boundary(name):
        yield


def titled(finding: str, shows: str, legend: str = "") -> None:
    """Head a chart with its finding; under it what is drawn, and the legend's HTML."""
    st.header(formats.plain(finding), anchor=False)
    st.caption(shows)
    if legend:
        st.html(legend)


def show(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    on_click: Callable[[list[Any]], None] | None = None,
    fill: bool = False,
) -> None:
    """Put a figure on the page; `on_click` gets the customdata of the bar that was clicked.

    `fill` makes it as tall as its card, so that cards side by side end together without an empty strip.

    After a click the chart is drawn under a new key: the old one would stay dimmed around a bar that moved.
    """
    height: Literal["stretch", "content"] = "stretch" if fill else "content"
    if on_click is None:
        st.plotly_chart(figure, key=key, alt=alt, config=_CONFIG, height=height)
        return
    turn = st.session_state.get(f"{key}-turn", 0)
    name = f"{key}-{turn}"

    def clicked() -> None:
        points = st.session_state[name]["selection"]["points"]
        if points and points[0].get("customdata"):
            st.session_state[f"{key}-turn"] = turn + 1
            on_click(points[0]["customdata"])

    st.plotly_chart(
        figure, key=name, alt=alt, config=_CONFIG, height=height, on_select=clicked, selection_mode="points"
    )
