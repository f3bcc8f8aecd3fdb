"""What a leg may say: each broken rule is reported with its row, value and one sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ingestion.parsing import parse
from ingestion.rules import violations

GOOD = {
    "shipment_id": "S1",
    "leg_no": "1",
    "departed_at": "2025-01-02",
    "supplier_id": "Acme",
    "mode": "road",
    "weight_kg": "12000",
    "distance_km": "850",
}


def legs(*changes: dict) -> pd.DataFrame:
    """Typed legs as the parser gives them, one for each set of changes to a good row; numbered from 2."""
    names = dict.fromkeys([*GOOD, *(name for change in changes for name in change)])
    rows = [{name: {**GOOD, **change}.get(name, "") for name in names} for change in changes]
    raw = pd.DataFrame(rows, index=pd.RangeIndex(2, 2 + len(rows)), dtype="str")
    parsed = parse(raw, {name: name for name in names})
    assert parsed.problems.empty
    return parsed.legs


def test_a_good_leg_breaks_no_rule():
    assert violations(legs({}, {"wtw_kg": "0"}, {"distance_km": "0"}, {"distance_km": ""})).empty


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("weight_kg", "0"),
        ("weight_kg", "-5"),
        ("weight_kg", "1e9"),
        ("distance_km", "-1"),
        ("leg_no", "0"),
        ("wtw_kg", "-0.1"),
        ("hub_kg_per_t", "-1"),
        ("origin_lat", "91"),
        ("destination_lon", "-181"),
    ],
)
def test_a_value_out_of_its_range_is_reported_with_row_and_value(column, value):
    broken = violations(legs({}, {column: value}, {}))
    assert broken[["row_number", "column"]].to_numpy().tolist() == [[3, column]]
    assert float(broken["value"].iloc[0]) == float(value)
    assert broken["problem"].iloc[0].endswith(".")


@pytest.mark.parametrize("column", ["shipment_id", "departed_at", "supplier_id", "mode", "weight_kg"])
def test_a_missing_required_value_is_reported(column):
    broken = violations(legs({}, {column: ""}))
    assert broken[["row_number", "column"]].to_numpy().tolist() == [[3, column]]
    assert broken["value"].isna().all()


def test_infinity_from_a_typed_frame_does_not_pass():
    frame = legs({}, {}, {})
    frame["weight_kg"] = [np.inf, 1.0, np.nan]
    frame["wtw_kg"] = [1.0, np.inf, 1.0]
    assert violations(frame)["row_number"].tolist() == [2, 3, 4]


def test_every_broken_rule_of_a_row_is_reported():
    broken = violations(legs({"weight_kg": "-1", "distance_km": "-1", "mode": ""}))
    assert sorted(broken["column"]) == ["distance_km", "mode", "weight_kg"]
    assert set(broken["row_number"]) == {2}


def test_no_rows_break_no_rules():
    assert violations(legs({}).iloc[:0]).empty
