"""Scenarios as files: the definition goes out and back without loss, and nothing else comes in."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

from analytics.scenarios import Growth, Scenario, ScenarioRefused, ShiftMode
from reporting.scenarios import SHEETS, ScenarioBook, definition_bytes, read_definition, workbook
from ui import scenario_export

SCENARIO = Scenario(
    "Sea & rail – 2027", (ShiftMode(from_mode="air", to_mode="sea", share=0.3), Growth(pct=2.0))
)
QUERY = "period=All+time&supplier=ACME"


def changed(**fields: object) -> bytes:
    content = json.loads(definition_bytes(SCENARIO, QUERY))
    return json.dumps({**content, **fields}).encode()


def test_a_definition_comes_back_as_it_was():
    assert read_definition(definition_bytes(SCENARIO, QUERY)) == (SCENARIO, QUERY)


def test_a_definition_holds_no_figures_of_the_data():
    found = json.loads(definition_bytes(SCENARIO, QUERY))
    assert set(found) == {"format", "version", "scenario", "filters"}
    assert set(found["scenario"]) == {"name", "levers"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[1, 2]", "no scenario of this app"),
        (b'{"format": "other"}', "no scenario of this app"),
        (b"[" * 100_000, "no JSON"),
        (b"x" * 200_001, "200,001 bytes"),
        (changed(version=2), "version 2"),
        (changed(version=True), "version True"),
        (changed(more=1), "'more'"),
        (changed(filters=[1]), "filters"),
        (changed(scenario=[]), "names no scenario"),
        (changed(scenario={"name": "A", "levers": [{"kind": "magic"}]}), "magic"),
        (changed(scenario={"name": "A", "levers": [{"kind": "growth", "pct": 5, "x": 1}]}), "x"),
        (changed(scenario={"name": "A", "levers": [{"kind": "growth", "pct": "5"}]}), "number"),
        (changed(scenario={"name": "A", "levers": [{"kind": "growth"}]}), "lacks"),
    ],
)
def test_any_other_file_is_refused_in_one_sentence(content, said):
    with pytest.raises(ScenarioRefused) as refused:
        read_definition(content)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_the_workbook_keeps_numbers_as_numbers_and_formulas_as_text():
    from python_calamine import CalamineWorkbook

    levers = pd.DataFrame([{"step": 1, "description": "=HYPERLINK(1)"}])
    steps = pd.DataFrame([{"step": 1, "saved_kg": 1 / 3, "cost_per_t": float("nan"), "currency": None}])
    modes = pd.DataFrame([{"mode": "air", "now_kg": 10.0, "then_kg": 5.0}])
    book = ScenarioBook(
        "=1+1", (("Now, kg", 10.5), ("Base", "a year")), levers, steps, modes, (("@x", "docs"),)
    )
    found = CalamineWorkbook.from_filelike(io.BytesIO(workbook(book)))
    assert found.sheet_names == list(SHEETS)
    rows = {name: found.get_sheet_by_name(name).to_python() for name in SHEETS}
    assert rows["Summary"][0][0] == "=1+1" and rows["Summary"][2] == ["Now, kg", 10.5]
    assert rows["Levers"][1] == [1.0, "=HYPERLINK(1)"]
    assert rows["Steps"][1] == [1.0, 1 / 3, "", ""]
    assert rows["Assumptions and sources"][1] == ["@x", "docs"]


@pytest.mark.parametrize(
    ("name", "stem"), [("Sea & rail – 2027", "sea-rail-2027"), ("…", "scenario"), ("../a/b", "a-b")]
)
def test_files_are_named_after_the_scenario(name, stem):
    assert scenario_export.file_stem(name) == stem
