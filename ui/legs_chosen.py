"""The two fields of a form that say which legs it is about: some suppliers, some modes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from data_access import MODES
from ui.theme import mode_label

__all__ = ["legs_chosen"]


def legs_chosen(
    suppliers: Sequence[str], modes: Sequence[str], names: Mapping[str, str], key: Callable[[str], str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Suppliers and modes as chosen; a supplier that is gone from the data stays until it is taken out."""
    left, right = st.columns(2)
    of_suppliers = left.multiselect(
        "Only these suppliers",
        [*names, *(one for one in suppliers if one not in names)],
        default=list(suppliers),
        format_func=lambda one: names.get(one, one),
        key=key("suppliers"),
        placeholder="All suppliers",
    )
    of_modes = right.multiselect(
        "Only these modes",
        list(MODES),
        default=list(modes),
        format_func=mode_label,
        key=key("modes"),
        placeholder="All modes",
    )
    return tuple(of_suppliers), tuple(of_modes)
