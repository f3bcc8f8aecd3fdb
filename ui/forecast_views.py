"""Which section of the Forecast page is open: it stands in the URL."""

from __future__ import annotations

import streamlit as st

__all__ = ["EARLIER", "SECTIONS", "TABLE", "TEST", "section"]

TABLE, TEST, EARLIER = "Table", "Test on past data", "Earlier forecasts"
SECTIONS = (TABLE, TEST, EARLIER)


def section() -> str:
    """Draw the choice of a section."""
    return str(
        st.segmented_control(
            "What to look at",
            SECTIONS,
            default=TABLE,
            required=True,
            key="section",
            bind="query-params",
        )
    )
