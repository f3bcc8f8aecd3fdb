"""Which view of the Suppliers page is shown, for which supplier, and what suppliers are called on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from ui import filters, supplier_views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.overview import FilterOptions
    from data_access import Filters

__all__ = ["names", "one", "view"]


def names(options: FilterOptions) -> dict[str, str]:
    """Supplier ids to names, sorted; two suppliers of one name carry their ids."""
    suppliers = next(choice for choice in filters.CHOICES if choice.field == "suppliers")
    return filters.choice_labels(suppliers, options)


def view(views: Sequence[str]) -> str:
    """Draw the switch; a view that this user may not open gives way to the first one."""
    if st.session_state.get(supplier_views.VIEW_KEY) not in views:
        st.session_state[supplier_views.VIEW_KEY] = views[0]
    return str(
        st.segmented_control(
            "View", views, required=True, key=supplier_views.VIEW_KEY, label_visibility="collapsed", wrap=True
        )
    )


def one(chosen: Filters, otherwise: Callable[[], str | None]) -> str | None:
    """The opened supplier; before one is opened the filter's only one, else what `otherwise` finds."""
    found = supplier_views.opened()
    if found is None:
        found = chosen.suppliers[0] if len(chosen.suppliers) == 1 else otherwise()
        if found is not None:
            supplier_views.remember(found)
    return found
