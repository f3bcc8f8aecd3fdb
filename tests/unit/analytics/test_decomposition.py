"""Why emissions changed: examples worked out by hand, and the law that the parts make up the change."""

from __future__ import annotations

from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.decomposition import PARTS, contributions, decompose

LEG = {
    "weight_kg": 10_000.0,
    "distance_km": 100.0,
    "mode": "road",
    "supplier_id": "Acme",
    "lane": "Lyon → Turin",
    "factor": 0.1,
    "wtw_kg": 100.0,  # 10 t × 100 km × 0.1
    "data_type": "modelled",
}


def legs(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([LEG | row for row in rows], columns=list(LEG))


def parts(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float]:
    found = decompose(before, after)
    assert found["part"].tolist() == list(PARTS)
    return {part: kg for part, kg in zip(found["part"], found["kg"], strict=True) if abs(kg) > 1e-9}


def test_twice_the_tonnes_on_the_same_job_is_volume_alone():
    assert parts(legs({}), legs({}, {})) == pytest.approx({"volume": 100.0})


def test_twice_as_far_is_distance_alone():
    assert parts(legs({}), legs({"distance_km": 200.0, "wtw_kg": 200.0})) == pytest.approx(
        {"distance": 100.0}
    )


def test_more_tonnes_at_half_the_intensity_cancel_out():
    # L(100, 100) = 100, times ln 2 either way.
    found = parts(legs({}), legs({"weight_kg": 20_000.0}))
    assert found == pytest.approx({"volume": 100 * log(2), "operating_intensity": -100 * log(2)})


def test_tonnes_and_distance_share_the_change_by_their_logarithms():
    # 2 × tonnes, 4 × distance: 100 → 800 kg; L = 700 / ln 8; one third and two thirds of 700.
    found = parts(legs({}), legs({"weight_kg": 20_000.0, "distance_km": 400.0, "wtw_kg": 800.0}))
    assert found == pytest.approx({"volume": 700 / 3, "distance": 1_400 / 3})


def test_half_of_a_lane_moved_from_air_to_sea_is_mode_mix():
    flown = {"mode": "air", "factor": 1.0, "wtw_kg": 1_000.0}
    half = {"weight_kg": 5_000.0}
    after = legs(flown | half | {"wtw_kg": 500.0}, half | {"mode": "sea", "factor": 0.02, "wtw_kg": 10.0})
    assert parts(legs(flown), after) == pytest.approx({"mode_mix": -490.0})


def test_a_newer_factor_set_is_told_from_better_operation():
    after = legs({"factor": 0.08, "wtw_kg": 80.0})
    assert parts(legs({}), after) == pytest.approx({"factor_set": -20.0})
    reported = {"data_type": "primary"}
    better = parts(legs(reported), legs(reported | {"wtw_kg": 80.0}))
    assert better == pytest.approx({"operating_intensity": -20.0})


def test_a_carrier_that_begins_to_report_is_a_change_of_data_quality():
    after = legs({"data_type": "primary", "wtw_kg": 90.0})
    assert parts(legs({}), after) == pytest.approx({"data_quality": -10.0})


def test_new_and_lost_suppliers_are_shown_as_such():
    # Ten tonnes stay ten tonnes: only who carries them changes.
    after = legs({"supplier_id": "Bolt", "wtw_kg": 130.0})
    assert parts(legs({}), after) == pytest.approx({"new_suppliers": 130.0, "lost_suppliers": -100.0})


def test_a_new_lane_of_a_known_supplier_is_mix():
    half = {"weight_kg": 5_000.0, "wtw_kg": 50.0}
    after = legs(half, half | {"lane": "Lyon → Oslo", "distance_km": 1_000.0, "wtw_kg": 500.0})
    # The old lane halves, and the new one comes with all that it emits.
    assert parts(legs({}), after) == pytest.approx({"supplier_lane_mix": 450.0})
    by_lane = contributions(legs({}), after).groupby("lane")["kg"].sum()
    assert by_lane.to_dict() == pytest.approx({"Lyon → Turin": -50.0, "Lyon → Oslo": 500.0})


def test_hubs_count_by_their_tonnes():
    hub = {"mode": "hub", "distance_km": 0.0, "factor": None, "wtw_kg": 20.0}
    doubled = parts(legs(hub), legs(hub | {"weight_kg": 20_000.0, "wtw_kg": 40.0}))
    assert doubled == pytest.approx({"volume": 20.0})


def test_an_emission_that_falls_to_zero_is_operation():
    reported = {"data_type": "primary"}
    assert parts(legs(reported), legs(reported | {"wtw_kg": 0.0})) == pytest.approx(
        {"operating_intensity": -100.0}
    )


def test_a_change_over_nine_orders_of_magnitude_loses_no_digits():
    reported = {"data_type": "primary"}
    before, after = legs(reported | {"wtw_kg": 432_660.0}), legs(reported | {"wtw_kg": 0.001})
    assert decompose(before, after)["kg"].sum() == pytest.approx(-432_659.999, rel=1e-12)


def test_nothing_against_nothing_and_nothing_against_something():
    nothing = legs()
    assert parts(nothing, nothing) == {}
    assert parts(nothing, legs({})) == pytest.approx({"volume": 100.0})
    assert parts(legs({}), nothing) == pytest.approx({"volume": -100.0})


def test_what_cannot_be_split_is_refused_with_its_reason():
    with pytest.raises(KeyError, match="lane"):
        decompose(legs({}).drop(columns="lane"), legs({}))
    with pytest.raises(ValueError, match="0 or more"):
        decompose(legs({"weight_kg": -1.0}), legs({}))
    with pytest.raises(ValueError, match="0 or more"):
        decompose(legs({}), legs({"wtw_kg": np.nan}))


some_legs = st.lists(
    st.fixed_dictionaries(
        {
            "weight_kg": st.floats(1, 1e6),
            "distance_km": st.sampled_from([0.0, 1.0, 350.0, 20_000.0]),
            "mode": st.sampled_from(["road", "air"]),
            "supplier_id": st.sampled_from(["A", "B", "C"]),
            "lane": st.sampled_from(["x", "y", None]),
            "factor": st.sampled_from([0.1, 0.6, None]),
            "wtw_kg": st.one_of(st.just(0.0), st.floats(1e-3, 1e7)),
            "data_type": st.sampled_from(["primary", "default"]),
        }
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(some_legs, some_legs)
def test_the_parts_make_up_the_change(before, after):
    old, new = legs(*before), legs(*after)
    change = new["wtw_kg"].sum() - old["wtw_kg"].sum()
    scale = max(old["wtw_kg"].sum(), new["wtw_kg"].sum(), 1e-9)
    assert decompose(old, new)["kg"].sum() == pytest.approx(change, abs=1e-9 * scale)


@settings(max_examples=50, deadline=None)
@given(some_legs, some_legs)
def test_looking_back_turns_every_sign(before, after):
    old, new = legs(*before), legs(*after)
    there, back = decompose(old, new).set_index("part")["kg"], decompose(new, old).set_index("part")["kg"]
    there = there.rename({"new_suppliers": "lost_suppliers", "lost_suppliers": "new_suppliers"})
    scale = max(old["wtw_kg"].sum(), new["wtw_kg"].sum(), 1e-9)
    assert (there + back).abs().max() <= 1e-9 * scale
