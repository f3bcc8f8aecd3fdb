"""What the values of one feature do, leg by leg, coloured by another feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import drivers_charts as charts
from ui import drivers_words as words
from ui import states
from ui.chart_card import show as show_figure
from ui.chart_card import titled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.drivers import DriverModel
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["show"]


@st.fragment
def show(visit: Visit, model: DriverModel, chosen: Filters, names: Mapping[str, str]) -> None:
    """Choose the feature and the colour; only this part of the page runs again."""
    with states.boundary("The effects of a feature"):
        features = [driver.feature for driver in model.drivers]
        left, right = st.columns(2)
        feature = left.selectbox(
            "Feature", features, format_func=words.FEATURE_LABELS.get, key="drivers-feature"
        )
        others = [name for name in features if name != feature] or features
        colour = right.selectbox("Colour", others, format_func=words.FEATURE_LABELS.get, key="drivers-colour")
        driver = next(one for one in model.drivers if one.feature == feature)
        levels = int((model.levels["feature"] == feature).sum())
        cut = (
            f" The {charts.MOST_LEVELS} of {levels} with the most legs."
            if levels > charts.MOST_LEVELS
            else ""
        )
        titled(
            words.dependence_finding(model, driver, names),
            f"A point is a leg, the line in a row its mean.{cut} {words.kg_note(model, driver, names)}",
            legend=charts.colour_legend(model, colour, names),
        )
        figure = visit.draw(
            charts.dependence, (model, names), chosen, target=model.target, feature=feature, colour=colour
        )
        show_figure(figure, key="drivers-dependence", alt="Points: the effect of each value, leg by leg")
