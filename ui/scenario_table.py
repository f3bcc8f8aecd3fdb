"""The steps of a scenario and what they change, as tables and for export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import formats, tables
from ui import scenario_words as words
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from analytics.scenarios import ScenarioResult

__all__ = ["changed", "export", "steps", "steps_in_words"]

_STEP_COLUMNS = (
    "step", "description", "saved_kg", "saved_low_kg", "saved_high_kg", "alone_saved_kg", "extra_cost",
    "currency", "cost_per_t", "extra_days", "shipments", "tonnes", "note",
)  # fmt: skip


def steps(result: ScenarioResult) -> None:
    """The steps in words, a row each."""
    titles = _step_titles()
    st.markdown("**Steps in their order**")
    st.dataframe(
        steps_in_words(result.steps),
        hide_index=True,
        column_config=titles,
        height="content",
        placeholder=formats.MISSING,
        key="scenario-steps-table",
        alt="Steps of the scenario with saving, cost and lead time",
    )
    st.caption(
        "“Alone” is what a lever would save by itself. Where levers meet, the order decides which counts, "
        "so that nothing counts twice."
    )


def steps_in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a step, as on screen: figures with their unit and range."""
    import pandas as pd

    rows = [
        {
            "step": number,
            "description": step["description"],
            "saved": formats.emissions_range(step["saved_kg"], step["saved_low_kg"], step["saved_high_kg"]),
            "alone": formats.mass(step["alone_saved_kg"]),
            "extra_cost": words.money_words(step["extra_cost"], step["currency"]),
            "cost_per_t": words.cost_per_t_words(step["cost_per_t"], step["currency"]),
            "lead_time": words.days_words(step["extra_days"]),
            "shipments": step["shipments"],
            "goods": formats.mass(step["tonnes"] * 1000),
            "note": step["note"] or formats.MISSING,
        }
        for number, step in enumerate(frame.to_dict("records"), start=1)
    ]
    return pd.DataFrame(rows)


def export(result: ScenarioResult) -> pd.DataFrame:
    """The steps with full precision: kg CO2e and cost a year, days, tonnes."""
    frame = result.steps.assign(step=range(1, len(result.steps) + 1))
    return frame[[name for name in _STEP_COLUMNS if name in frame]]


def changed(result: ScenarioResult, *, most: int) -> None:
    """Which flows emit more or less, the largest change first; the CSV has all of them."""
    frame = result.changed.sort_values("saved_kg", ascending=False, key=abs, kind="stable")
    st.markdown(
        f"**What changes where**: {formats.counted(len(frame), 'flow')} of supplier, lane and main mode"
    )
    shown = frame.head(most).assign(mode=[mode_label(str(one)) for one in frame["mode"].head(most)])
    st.dataframe(
        shown[["supplier_id", "lane", "mode", "now_kg", "then_kg", "saved_kg"]],
        hide_index=True,
        height=tables.height_of(shown),
        column_config=_changed_titles(),
        placeholder=formats.MISSING,
        key="scenario-changed-table",
        alt="Flows that change, with kg CO2e a year now and then",
    )
    if len(frame) > most:
        st.caption(f"The {most:,} largest of {len(frame):,} flows; the CSV has all of them.")
    tables.download(frame, "scenario-flows.csv", key="scenario-flows-csv")


def _step_titles() -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "step": number("Step", format="%d", width=50),
        "description": text("Lever", width=330),
        "saved": text("Saved a year, CO2e", width=170, help="With the 95 % range"),
        "alone": text("Alone", width=85, help="If this lever were pulled by itself"),
        "extra_cost": text("Extra cost a year", width=130),
        "cost_per_t": text("Cost of a tonne", width=130, help="Extra cost ÷ t CO2e saved, where it is known"),
        "lead_time": text("Lead time", width=100, help="Change of the median, by mass"),
        "shipments": number("Shipments", format="localized", width=95, help="A year"),
        "goods": text("Goods", width=85, help="Mass that changes, a year"),
        "note": text("Rests on", width=420),
    }


def _changed_titles() -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "supplier_id": text("Supplier id", width=110),
        "lane": text("Lane", width=280),
        "mode": text("Main mode", width=120),
        "now_kg": number("Now, kg/year", format="%,.0f"),
        "then_kg": number("Then, kg/year", format="%,.0f"),
        "saved_kg": number("Saved, kg/year", format="%,.0f"),
    }
