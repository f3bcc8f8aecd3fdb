"""The effect of every value of every feature as a table, with its CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import drivers_words as words
from ui import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analytics.drivers import DriverModel

__all__ = ["COLUMNS", "show", "worded"]

COLUMNS = ["feature", "level", "legs", "effect_pct", "low_pct", "high_pct", "kg_per_leg"]


def show(model: DriverModel, names: Mapping[str, str]) -> None:
    """Keep the table folded away: the charts say what matters."""
    with st.expander("The effects behind the charts", icon=":material/table_rows:"):
        frame = worded(model, names)
        tables.show(frame, COLUMNS, key=f"drivers-levels-{model.target}", alt="Effects of all values")
        tables.download(frame, f"drivers-of-{model.target}.csv", key="drivers-levels-csv")
        st.caption(f"From {model.explained:,} legs that were explained one by one.")


def worded(model: DriverModel, names: Mapping[str, str]) -> pd.DataFrame:
    """The levels with the words of the screen."""
    pairs = zip(model.levels["feature"], model.levels["level"], strict=True)
    return model.levels[COLUMNS].assign(
        level=[words.value(feature, level, names) for feature, level in pairs],
        feature=model.levels["feature"].map(words.FEATURE_LABELS),
    )
