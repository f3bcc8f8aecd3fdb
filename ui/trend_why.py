"""Why did emissions change? The way from one total to the other, part by part, and what is behind each."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from ui import (
    formats,
    periods,
    states,
    tables,
    trend_contributions,
    trend_tables,
    trend_views,
    trend_waterfall,
)
from ui import trend_words as words
from ui.chart_card import show as show_chart
from ui.chart_card import titled

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from analytics.trends import Change
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["SHOWN", "part_rows", "shorter", "show"]

SHOWN = ["part_label", "kg", "means"]
EXACT = (
    "The split is exact arithmetic: its parts add up to the change. The two totals themselves are known "
    "within their 95 % ranges."
)
_PRESET_DAYS = {"Last 90 days": 90, "Last 30 days": 30}


def show(visit: Visit, chosen: Filters) -> None:
    from analytics import TrendAnalytics

    against = trend_views.against()
    change = visit.ask(TrendAnalytics(visit.store).change, chosen, against=against)
    if change.reason:
        _not_comparable(change.reason, chosen, against)
        return
    largest_kg = max(change.before_kg, change.after_kg)
    options = words.options_of(change.parts, change.after_kg - change.before_kg, largest_kg)
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
            chosen=trend_views.opened(options, words.WHOLE),
        ),
        key="trend-waterfall",
        alt="Waterfall: from the emissions before to those now, by what caused the difference",
        on_click=lambda bar: trend_views.open_part(bar[0]),
    )
    st.caption(formats.plain(_below(change)))
    rows = part_rows(change.parts, largest_kg)
    with st.expander("What each part means, as a table"):
        trend_tables.show(rows, SHOWN, key="trend-parts", alt="Parts of the change with their meaning")
        st.caption(formats.plain(f"How the split is worked out, and its source: {words.DOCS} of this app."))
    file = rows.assign(kg=change.parts["kg"])[["part", "kg", "means"]]
    tables.download(file, "change-by-part.csv", key="download-parts", label="Download the parts as CSV")
    trend_contributions.show(visit, chosen, change, options)


def part_rows(parts: pd.DataFrame, scale_kg: float) -> pd.DataFrame:
    """The parts with their names and meanings, also those that are 0; `scale_kg` is the larger total."""
    found = [words.part_words(name) for name in parts["part"]]
    moved = parts["part"].isin(words.ranked(parts, scale_kg)["part"])
    return parts.assign(
        kg=parts["kg"].where(moved, 0.0),
        part_label=[one.label for one in found],
        means=[one.means for one in found],
    )


def _shows(change: Change) -> str:
    both = [_days(period) for period in (change.before, change.after)]
    return formats.plain(f"From {both[0]} to {both[1]}. Click a bar to see what is behind it.")


def _days(period: tuple[date, date] | None) -> str:
    return formats.period(*(datetime.combine(day, time()) for day in period)) if period else "all time"


def _below(change: Change) -> str:
    largest = max(change.before_kg, change.after_kg)
    cut = (
        "The axis does not begin at 0. "
        if trend_waterfall.cut(change.before_kg, change.after_kg, change.parts)
        else ""
    )
    return f"{cut}{words.left_out(change.parts, largest)} {EXACT}".strip()


def _not_comparable(reason: str, chosen: Filters, against: trend_views.Against) -> None:
    """Say why, and offer what can be compared: another way, or a shorter period."""
    action: str | None = None
    callback: Callable[[], None] | None = None
    preset = shorter(chosen)
    if chosen.start and chosen.end and against == "year":
        action, callback = "Compare with the period before", trend_views.compare_with_before
    elif preset:
        action = f"Show the {preset[0].lower()}{preset[1:]}"
        callback = partial(trend_views.show_period, preset)
    states.empty("Nothing to compare with", formats.plain(reason), action, callback)


def shorter(chosen: Filters) -> str:
    """The longest preset that is shorter than the period; an open one counts as longer than any."""
    if chosen.start is None or chosen.end is None:
        return periods.DEFAULT
    days = (chosen.end - chosen.start).days
    return next((name for name, most in _PRESET_DAYS.items() if most < days), "")
