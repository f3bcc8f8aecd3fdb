"""What a scenario comes to: steps drawn and as a table, what a tonne costs, modes, flows, warnings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, scenario_charts, scenario_table, states
from ui import scenario_words as words
from ui.chart_card import card, titled
from ui.chart_card import show as show_chart

if TYPE_CHECKING:
    from analytics.scenarios import ScenarioResult

__all__ = ["modes", "show", "steps_chart", "tables_of", "warned"]

_CURRENCY = "scenario-currency"
_MOST_CHANGED = 500


def show(result: ScenarioResult) -> None:
    """The charts of one scenario that has at least one lever."""
    with _part("Steps"):
        steps_chart(result)
    with _part("Cost of a tonne"):
        _abatement(result)
    with _part("Modes now and then"):
        modes(result)


@contextmanager
def _part(name: str) -> Iterator[None]:
    """A chart's frame as tall as the chart: the levers beside it are longer, and would stretch a card."""
    key = f"card-scenario-{name.lower().replace(' ', '-')}"
    with st.container(border=True, key=key), states.boundary(name):
        yield


def tables_of(result: ScenarioResult) -> None:
    """The steps and the flows that change, across the whole page."""
    with card(st, "Steps as a table"):
        scenario_table.steps(result)
    if len(result.changed):
        with card(st, "What changes where"):
            scenario_table.changed(result, most=_MOST_CHANGED)


def steps_chart(
    result: ScenarioResult, span: tuple[float, float] | None = None, *, key: str = "scenario-steps"
) -> None:
    titled(
        words.result_finding(result),
        "Change of a year's emissions by each lever in turn, on what those before it have left, with the "
        "95 % range. The last bar is the sum.",
    )
    show_chart(
        scenario_charts.steps(result.steps, span),
        key=key,
        alt="Waterfall: change of emissions by each lever",
    )


def modes(result: ScenarioResult, *, key: str = "scenario-modes") -> None:
    frame = result.by_mode
    shown = frame[(frame["now_kg"] > 0) | (frame["then_kg"] > 0)]
    shown = shown.sort_values("now_kg", ascending=False, kind="stable").reset_index(drop=True)
    titled(
        words.modes_finding(shown),
        "Emissions of legs by mode, a year.",
        legend=scenario_charts.by_mode_legend(),
    )
    show_chart(scenario_charts.by_mode(shown), key=key, alt="Bars: emissions by mode now and then")


def warned(result: ScenarioResult) -> None:
    """What must be known about the figures."""
    if result.warnings:
        lines = "\n".join(f"- {formats.plain(one)}" for one in dict.fromkeys(result.warnings))
        st.warning(f"Mind before you rely on this:\n{lines}", icon=":material/info:")


def _abatement(result: ScenarioResult) -> None:
    by_currency = words.priced(result)
    if by_currency:
        currency = next(iter(by_currency))
        if len(by_currency) > 1:
            currency = str(
                st.segmented_control(
                    "Currency", list(by_currency), default=currency, required=True, key=_CURRENCY
                )
            )
            currency = currency if currency in by_currency else next(iter(by_currency))
        rows = by_currency[currency]
        titled(
            words.abatement_finding(rows, currency),
            "Each bar is a step: as wide as it saves, as high as a tonne costs. The cheapest comes first.",
        )
        show_chart(
            scenario_charts.abatement(rows, currency),
            key=f"scenario-abatement-{currency}",
            alt="Bars: what a tonne of CO2e saved costs in each step",
        )
    else:
        titled("No cost is known for these steps", "A step is drawn where cost now and then are known.")
    if rest := words.unpriced(result):
        listed = "\n".join(f"- {formats.plain(one)}" for one in rest)
        st.markdown(f"Cost not known, so not drawn:\n{listed}")
