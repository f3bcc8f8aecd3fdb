"""A scenario on the way out, as CSV, Excel and JSON, and a JSON definition on the way in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import acts, formats, scenario_draft, scenario_table, tables
from ui import scenario_words as words

if TYPE_CHECKING:
    from analytics.scenarios import Baseline, ScenarioResult
    from reporting.scenarios import ScenarioBook
    from ui.scenario_draft import Draft

__all__ = ["book", "file_stem", "show"]

_FILE_TURN = "scenario-file-turn"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BASIS = (
    (
        "A year of the selection is scaled from the days that it covers; levers act in their order, each on "
        "what the ones before it have left.",
        "docs/scenarios.md",
    ),
    (
        "Chains move only where the other mode was seen on the same lane or between the same countries, at "
        "what these emit per tonne.",
        "The imported shipments; docs/scenarios.md",
    ),
    (
        "Emissions are kg CO2e well-to-wheel, with 95 % ranges from the quality of the data.",
        "ISO 14083:2023; docs/methodology.md",
    ),
    ("Costs are differences between freight costs as imported, or as given; currencies are never added up.",
     "The imported shipments and the user"),
)  # fmt: skip


def show(draft: Draft, result: ScenarioResult, base: Baseline, query: str) -> None:
    """Downloads of the scenario on the bench, and a file to open."""
    with st.container(border=True, key="card-export"):
        st.markdown("**Files**")
        if draft.cards:
            _downloads(draft, result, base, query)
        _upload()


def book(draft: Draft, result: ScenarioResult, base: Baseline) -> ScenarioBook:
    """What the Excel workbook holds."""
    import pandas as pd

    from reporting.scenarios import ScenarioBook

    facts: list[tuple[str, str | float]] = [
        ("Base", words.period_words(base)),
        ("Factor set", base.factor_set),
        ("Now, kg CO2e a year", result.now_kg),
        ("Now, low", result.now_low_kg),
        ("Now, high", result.now_high_kg),
        ("Then, kg CO2e a year", result.then_kg),
        ("Then, low", result.then_low_kg),
        ("Then, high", result.then_high_kg),
        ("Saved, kg CO2e a year", result.saved_kg),
        ("Saved, low", result.saved_low_kg),
        ("Saved, high", result.saved_high_kg),
    ]
    facts += [(f"Extra cost a year, {currency}", cost) for currency, cost in words.total_costs(result)]
    facts += [("Mind", one) for one in result.warnings]
    rows = [_lever_row(at, lever, base) for at, lever in enumerate(draft.levers, start=1)]
    assumed = [(note, "This scenario's base") for note in base.notes]
    steps = result.steps.to_dict("records")
    assumed += [
        (f"Step {at}: {step['note']}", "This scenario") for at, step in enumerate(steps, 1) if step["note"]
    ]
    return ScenarioBook(
        draft.name,
        tuple(facts),
        pd.DataFrame(rows),
        scenario_table.export(result),
        result.by_mode,
        (*_BASIS, *assumed),
    )


def file_stem(name: str) -> str:
    """A file name out of the scenario's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60] or "scenario"


def _lever_row(at: int, lever: Any, base: Baseline) -> dict[str, Any]:
    given = {name: value for name, value in lever.to_dict().items() if name != "kind"}
    listed = [
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in given.items()
    ]
    return {
        "step": at,
        "kind": lever.TITLE,
        "description": words.described(lever, base.names),
        "settings": "; ".join(listed),
    }


def _downloads(draft: Draft, result: ScenarioResult, base: Baseline, query: str) -> None:
    from reporting.scenarios import definition_bytes, workbook

    stem = file_stem(draft.name)
    with st.container(horizontal=True, key="scenario-downloads"):
        tables.download(scenario_table.export(result), f"{stem}.csv", key="scenario-csv")
        st.download_button(
            "Download Excel",
            data=lambda: workbook(book(draft, result, base)),
            file_name=f"{stem}.xlsx",
            mime=_XLSX,
            key="scenario-xlsx",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Definition (JSON)",
            data=lambda: definition_bytes(draft.scenario(), query),
            file_name=f"{stem}.json",
            mime="application/json",
            key="scenario-json",
            icon=":material/download:",
            on_click="ignore",
            help="The levers without figures, to open here or in another installation.",
        )


def _upload() -> None:
    turn = st.session_state.get(_FILE_TURN, 0)
    key = f"scenario-file-{turn}"
    st.file_uploader(
        "Open a definition (JSON)",
        type=["json"],
        key=key,
        max_upload_size=1,
        on_change=_opened,
        args=(key,),
        help="The levers replace those on the bench; the filters stay as they are.",
    )


def _opened(key: str) -> None:
    from analytics.scenarios import ScenarioRefused
    from reporting.scenarios import read_definition

    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state[_FILE_TURN] = st.session_state.get(_FILE_TURN, 0) + 1  # an empty uploader
    try:
        scenario, _query = read_definition(file.getvalue())
    except ScenarioRefused as error:
        acts.refused(str(error))
        return
    scenario_draft.take_over(scenario.name, scenario.levers)
    acts.done(f"Opened {scenario.name}: {formats.counted(len(scenario.levers), 'lever')}.")
