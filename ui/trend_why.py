"""Why did emissions change? The way from one total to the other, part by part, and what is behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, states, tables, trend_contributions, trend_tables, trend_views, trend_waterfall
from ui import trend_words as words
from ui.chart_card import show as show_chart
from ui.chart_card import titled

if TYPE_CHECKING:
    import pandas as pd

    from analytics.trends import Change
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["SHOWN", "part_rows", "show"]

SHOWN = ["part_label", "kg", "means"]
EXACT = (
    "The split is exact arithmetic: its parts add up to the change. The two totals themselves are known "
    "within their 95 % ranges."
)


def show(visit: Visit, chosen: Filters) -> None:
    from analytics import TrendAnalytics

    against = trend_views.against()
    change = visit.ask(TrendAnalytics(visit.store).change, chosen, against=against)
    if change.reason:
        _not_comparable(change.reason, against)
        return
    largest_kg = max(change.before_kg, change.after_kg)
    options = words.options_of(change.parts, change.after_kg - change.before_kg, largest_kg)
    opened = st.session_state.get("part", words.WHOLE)
    titled(words.change_finding(change.before_kg, change.after_kg, change.parts), _shows(change))
    names = ("Before", "Now") if against == "previous" else ("A year earlier", "Now")
    show_chart(
        visit.draw(
            trend_waterfall.waterfall,
            change.parts,
            chosen,
            before_kg=change.before_kg,
            after_kg=change.after_kg,
            names=names,
            chosen=opened if opened in options else words.WHOLE,
        ),
        key="trend-waterfall",
        alt="Waterfall: from the emissions before to those now, by what caused the difference",
        on_click=lambda bar: trend_views.open_part(bar[0]),
    )
    st.caption(formats.plain(_below(change)))
    with st.expander("What each part means, as a table"):
        rows = part_rows(change.parts)
        trend_tables.show(rows, SHOWN, key="trend-parts", alt="Parts of the change with their meaning")
        tables.download(rows[["part", "kg", "means"]], "change-by-part.csv", key="download-parts")
    trend_contributions.show(change.contributions, options)


def part_rows(parts: pd.DataFrame) -> pd.DataFrame:
    """The parts with their names and meanings, also those that are 0."""
    found = [words.part_words(name) for name in parts["part"]]
    return parts.assign(part_label=[one.label for one in found], means=[one.means for one in found])


def _shows(change: Change) -> str:
    before = formats.period(*change.before)
    after = formats.period(*change.after)
    return formats.plain(f"From {before} to {after}. Click a bar to see what is behind it.")


def _below(change: Change) -> str:
    largest = max(change.before_kg, change.after_kg)
    cut = "The axis does not begin at 0. " if trend_waterfall.cut(
        change.before_kg, change.after_kg, change.parts
    ) else ""
    return f"{cut}{words.left_out(change.parts, largest)} {EXACT}".strip()


def _not_comparable(reason: str, against: str) -> None:
    other = against == "previous"
    states.empty(
        "Nothing to compare with",
        formats.plain(reason),
        f"Compare with {trend_views.YEAR[0].lower()}{trend_views.YEAR[1:]}" if other else None,
        trend_views.compare_years if other else None,
    )
