"""The headline of a scenario: a year now and then, what is saved, what it costs, how much longer it takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, kpis
from ui import scenario_words as words
from ui.kpis import Kpi

if TYPE_CHECKING:
    import pandas as pd

    from analytics.scenarios import ScenarioResult

__all__ = ["cards", "extra_days", "row"]

_NONE = "No lever yet"


def row(given: list[Kpi]) -> None:
    with st.container(key="kpis"):
        for card in given:
            with st.container(key=f"kpi-{card.figure}"):
                kpis.metric(card.label, card.value, card.change, card.sense, against="vs now")
                st.caption(formats.plain(card.note))


def cards(result: ScenarioResult) -> list[Kpi]:
    """Six cards; without a lever the year then is the year now."""
    steps = result.steps
    some = len(steps) > 0
    costs = words.total_costs(result)
    return [
        Kpi(
            "now",
            "Now, CO2e a year",
            formats.mass(result.now_kg),
            formats.range_note(result.now_kg, result.now_low_kg, result.now_high_kg),
        ),
        Kpi(
            "then",
            "Then, CO2e a year",
            formats.mass(result.then_kg),
            formats.range_note(result.then_kg, result.then_low_kg, result.then_high_kg),
            formats.change(result.then_kg, result.now_kg) if some else None,
            "inverse",
        ),
        Kpi(
            "saved",
            "Saved, CO2e a year",
            formats.mass(result.saved_kg),
            _saved_note(result) if some else _NONE,
        ),
        Kpi(
            "extra-cost",
            "Extra cost a year",
            words.money_words(costs[0][1], costs[0][0]) if costs else formats.MISSING,
            _cost_note(steps, costs) if some else _NONE,
        ),
        Kpi("lead-time", "Lead time", words.days_words(extra_days(result)), _days_note(result)),
        Kpi(
            "affected",
            "Shipments touched",
            formats.count(_touched(result)),
            ("A year, by the widest step" if len(steps) > 1 else "A year") if some else _NONE,
        ),
    ]


def extra_days(result: ScenarioResult) -> float:
    """Change of the lead time where it is known: the steps' medians, weighted by tonnes; NaN if unknown."""
    known = result.steps[result.steps["extra_days"].notna() & (result.steps["tonnes"] > 0)]
    tonnes = float(known["tonnes"].sum())
    return float((known["extra_days"] * known["tonnes"]).sum()) / tonnes if tonnes else math.nan


def _cost_note(steps: pd.DataFrame, costs: tuple[tuple[str, float], ...]) -> str:
    """For how many steps it is known, and what stands in other currencies."""
    others = [words.money_words(cost, name) for name, cost in costs[1:4]]
    also = f"; also {' and '.join(others)}" if others else ""
    return words.cost_note(steps) + also


def _saved_note(result: ScenarioResult) -> str:
    return formats.range_note(result.saved_kg, result.saved_low_kg, result.saved_high_kg)


def _days_note(result: ScenarioResult) -> str:
    known = result.steps[result.steps["extra_days"].notna() & (result.steps["tonnes"] > 0)]
    if known.empty:
        return "Not known for these steps" if len(result.steps) else _NONE
    return f"Median of {formats.mass(float(known['tonnes'].sum()) * 1000)} that change, by mass"


def _touched(result: ScenarioResult) -> float:
    """Steps may touch the same shipments, so their counts are not added up."""
    return float(result.steps["shipments"].max()) if len(result.steps) else 0.0
