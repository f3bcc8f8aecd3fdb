"""Answers kept between reruns: one per question, warehouse state, scope and filters, for all sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from data_access import Filters, Scope, Store

__all__ = ["answer", "answer_key"]

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
