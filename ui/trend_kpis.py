"""The headline of the Trends page: the change, its largest causes, the trend a year, the breaks found."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, kpis
from ui.kpis import Kpi
from ui.trend_words import part_words, ranked, signed, signed_pct

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.overview import Summary
    from analytics.trends import Breaks, Change, Season
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["breaks_card", "change_cards", "row", "trend_card"]

_log = logging.getLogger("ui")
_CARD_PX = 96


def row(visit: Visit, chosen: Filters, summary: Summary) -> Callable[[], None]:
    """Show the cards; the two that take longest stay open, and the answer fills them."""
    from analytics.trends import TrendAnalytics

    trends = TrendAnalytics(visit.store)
    emissions = next(card for card in kpis.headline(summary) if card.figure == "emissions")
    with st.container(key="kpis"):
        _show(emissions)
        for card in change_cards(summary, _known(lambda: visit.ask(trends.change, chosen))):
            _show(card)
        places = []
        for figure in ("trend", "breaks"):
            with st.container(key=f"kpi-{figure}"):
                places.append(st.skeleton(height=_CARD_PX))

    def later() -> None:
        season = _known(lambda: visit.ask(trends.season, chosen))
        with places[0].container(gap=None):
            _figures(trend_card(season))
        breaks = _known(lambda: visit.ask(trends.breaks, chosen))
        with places[1].container(gap=None):
            _figures(breaks_card(breaks))

    return later


def change_cards(summary: Summary, change: Change | None) -> list[Kpi]:
    """The change in kg, as the two totals of the Overview have it, and its largest causes up and down."""
    now, before = summary.current, summary.previous
    if before is None or change is None or not change.known:
        why = "No comparable period before" if before is None else "Could not be worked out"
        if before is not None and change is not None and change.reason:
            why = "Nothing to compare with"
        labels = (("change", "Change"), ("up", "Largest cause up"), ("down", "Largest cause down"))
        return [Kpi(figure, label, formats.MISSING, why) for figure, label in labels]
    change_kg = now.wtw_kg - before.wtw_kg
    moved = ranked(change.parts, max(now.wtw_kg, before.wtw_kg))
    return [
        Kpi(
            "change",
            "Change, CO2e",
            signed(change_kg),
            f"From {formats.mass(before.wtw_kg)} in the period before",
        ),
        _cause("up", "Largest cause up", moved[moved["kg"] > 0]),
        _cause("down", "Largest cause down", moved[moved["kg"] < 0]),
    ]


def trend_card(season: Season | None) -> Kpi:
    """The change of the level a year with its interval."""
    label = "Trend a year"
    if season is None:
        return Kpi("trend", label, formats.MISSING, "Could not be worked out")
    if not season.known or season.slope_pct is None:
        return Kpi("trend", label, formats.MISSING, "Too little history")
    low, high = season.slope_low, season.slope_high
    note = f"95 % {signed_pct(low)} to {signed_pct(high)}"
    return Kpi("trend", label, signed_pct(season.slope_pct), note)


def breaks_card(breaks: Breaks | None) -> Kpi:
    """How many lasting steps there are, and when the last one was."""
    label = "Breaks found"
    if breaks is None:
        return Kpi("breaks", label, formats.MISSING, "Could not be worked out")
    if not breaks.known:
        return Kpi("breaks", label, formats.MISSING, "Too little history")
    count = len(breaks.frame)
    note = (
        f"The last on {formats.day(breaks.frame['date'].max())}" if count else "No lasting step of the level"
    )
    return Kpi("breaks", label, formats.count(count), note)


def _cause(figure: str, label: str, moved: object) -> Kpi:
    if not len(moved):  # type: ignore[arg-type]
        return Kpi(figure, label, formats.MISSING, "No part of the change went this way")
    top = moved.iloc[0]  # type: ignore[attr-defined]
    return Kpi(figure, label, signed(float(top["kg"])), part_words(str(top["part"])).label)


def _show(card: Kpi) -> None:
    with st.container(key=f"kpi-{card.figure}"):
        _figures(card)


def _figures(card: Kpi) -> None:
    kpis.metric(card.label, card.value, card.change, card.sense)
    st.caption(formats.plain(card.note))


def _known(ask: Callable[[], object]) -> object:
    """An answer, or None where it failed: that takes down its card alone."""
    try:
        return ask()
    except Exception:
        _log.exception("A figure of the trends failed")
        return None
