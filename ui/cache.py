"""Answers and their charts kept between reruns, for all sessions: by warehouse state, scope and filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from data_access import Filters, Scope, Store

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

__all__ = ["answer", "answer_key", "drawing"]

T = TypeVar("T")


def answer(
    question: Callable[..., T], store: Store, version: int, scope: Scope, *filters: Filters, **named: Any
) -> T:
    """Return ``question(*filters, scope, **named)``, from the cache while the warehouse stays the same.

    The key names the question and the warehouse, never a frame: Streamlit hashes large frames from a sample,
    and two different ones could collide.
    """
    key = answer_key(question, (store.where, version), scope, filters, named)
    return _kept(key, lambda: question(*filters, scope, **named))


def drawing(
    draw: Callable[..., go.Figure],
    frame: pd.DataFrame,
    store: Store,
    version: int,
    scope: Scope,
    *filters: Filters,
    **named: Any,
) -> go.Figure:
    """Return ``draw(frame, **named)``, once for each answer: drawing takes longer than sending.

    `frame` is the answer to these filters, which stand for it in the key. The figure is shared: leave it as
    it is.
    """
    key = answer_key(draw, (store.where, version), scope, filters, named)
    return _drawn(key, lambda: draw(frame, **named))


def answer_key(
    question: Callable[..., Any],
    state: tuple[str, int],
    scope: Scope,
    filters: tuple[Filters, ...],
    named: dict[str, Any],
) -> str:
    """Everything that an answer depends on, as text; `state` is the warehouse and its version.

    A scope's suppliers are sorted: a set has no order.
    """
    seen = "all" if scope.supplier_ids is None else repr(sorted(scope.supplier_ids))
    name = f"{question.__module__}.{question.__qualname__}"
    return repr((name, state, seen, filters, sorted(named.items())))


@st.cache_data(max_entries=500, ttl="12h", show_spinner=False)
def _kept(key: str, _ask: Callable[[], Any]) -> Any:
    return _ask()


# A resource, not data: Streamlit copies data at each use, and a copied figure is built anew. Both themes
# share a figure, since the browser puts the theme's colours in.
@st.cache_resource(max_entries=500, ttl="12h", show_spinner=False)
def _drawn(key: str, _draw: Callable[[], Any]) -> Any:
    return _draw()
