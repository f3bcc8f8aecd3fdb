"""A column vehicle_class tells changes of vehicle from changes of the factor table."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.decomposition import PARTS, decompose

LEG = {
    "weight_kg": 10_000.0, "distance_km": 100.0, "mode": "road", "supplier_id": "Acme", "lane": "x",
    "factor": 0.1, "wtw_kg": 100.0, "data_type": "modelled", "vehicle_class": "large",
}  # fmt: skip
SMALL = {"vehicle_class": "small", "factor": 0.2, "wtw_kg": 200.0}


def parts(before: list[dict[str, object]], after: list[dict[str, object]]) -> dict[str, float]:
    frames = [pd.DataFrame([LEG | row for row in rows]) for rows in (before, after)]
    found = decompose(*frames)
    assert found["part"].tolist() == list(PARTS)
    return {part: kg for part, kg in zip(found["part"], found["kg"], strict=True) if abs(kg) > 1e-9}


def test_a_smaller_vehicle_is_a_change_of_vehicle_not_of_the_table():
    assert parts([{}], [SMALL]) == pytest.approx({"vehicle_class": 100.0})


def test_a_newer_factor_of_the_same_class_is_the_table():
    assert parts([{}, SMALL], [{"factor": 0.05, "wtw_kg": 50.0}, SMALL]) == pytest.approx(
        {"factor_set": -50.0}
    )


def test_a_class_that_becomes_known_is_data_quality():
    unknown = {"vehicle_class": None, "data_type": "default", "factor": 0.12, "wtw_kg": 120.0}
    assert parts([unknown], [{}]) == pytest.approx({"data_quality": -20.0})
