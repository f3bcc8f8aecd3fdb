"""Advice on single legs: loads that could be joined, better vehicles, missing data; and no leg twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.recommendations.chains import chosen_legs, with_chains
from analytics.recommendations.combining import advice, allocated
from analytics.recommendations.consolidation import consolidation_proposals, pairs
from analytics.recommendations.primary_data import primary_data_proposals
from analytics.recommendations.proposals import Proposal
from analytics.recommendations.vehicle_class import class_proposals
from data_access import Filters

LEG = {
    "leg_no": 1,
    "departed_at": pd.Timestamp("2025-03-10 08:00"),
    "mode": "road",
    "vehicle_class": "rigid >17 t",
    "temperature_controlled": False,
    "product_group": "chemicals",
    "origin": "Hamburg, DE",
    "origin_country": "DE",
    "destination": "Vienna, AT",
    "destination_country": "AT",
    "weight_kg": 5_000.0,
    "tonne_km": 4_250.0,
    "wtw_kg": 850.0,  # 0.2 kg/tkm
    "low_kg": 800.0,
    "high_kg": 900.0,
    "data_type": "modelled",
    "distance_band": 3,
    "weight_band": 2,  # 2 to 7.5 t
    "flagged": False,
}
RATE = {
    "supplier_id": "Bolt",
    "mode": "road",
    "distance_band": 3,
    "temperature_controlled": False,
    "weight_band": 2,
    "vehicle_class": "rigid >17 t",
    "legs": 100,
    "tonne_km": 1_000.0,
    "wtw_kg": 200.0,
    "low_kg": 190.0,
    "high_kg": 210.0,
    "weight_max_kg": 7_400.0,
}
HEAVIER = {"weight_band": 3, "wtw_kg": 100.0, "low_kg": 95.0, "high_kg": 105.0, "weight_max_kg": 14_000.0}
ARTICULATED = {"vehicle_class": "articulated >33 t", "wtw_kg": 90.0, "low_kg": 80.0, "high_kg": 100.0}


def legs_frame(*rows):
    frame = pd.DataFrame([{"shipment_id": f"S{n}", **LEG, **row} for n, row in enumerate(rows, 1)])
    return with_chains(frame)


def rates_of(*rows):
    """Job rates of legs all alike: without a spread."""
    frame = pd.DataFrame([{**RATE, **row} for row in rows])
    each, rate = frame["tonne_km"] / frame["legs"], frame["wtw_kg"] / frame["tonne_km"]
    squares = frame["legs"] * each**2
    return frame.assign(tkm_sq=squares, kg_tkm=rate * squares, kg_sq=rate**2 * squares)


def at(moment):
    return {"departed_at": pd.Timestamp(moment)}


def test_two_loads_a_day_apart_go_as_one_at_the_rate_of_the_heavier_band():
    legs = legs_frame(at("2025-03-10"), at("2025-03-11"))
    (found,) = consolidation_proposals(legs, rates_of({}, HEAVIER), "Acme")
    # 10 t together: 0.1 instead of 0.2 kg/tkm, so half of 2 × 850 kg.
    assert found.saved_kg == pytest.approx(850)
    assert (found.now_kg, found.shipments) == (1_700, 2)
    assert found.extra_days == pytest.approx(1)
    assert sorted(found.rows) == [0, 1]
    assert found.title == "Join road loads Hamburg, DE → Vienna, AT"
    # Ranges of both rates, 5 %, in quadrature of their logarithms.
    up = np.exp(np.hypot(np.log(1.05), np.log(200 / 190)))
    assert found.saved_low_kg == pytest.approx(1_700 * (1 - 0.5 * up))


@pytest.mark.parametrize(
    "second",
    [
        at("2025-03-13 08:01"),  # more than two days later
        {"destination": "Graz, AT"},
        {"temperature_controlled": True},
        {"product_group": "food"},
        {"weight_kg": 11_500.0, "weight_band": 3},  # 16.5 t: nobody carried that much
    ],
)
def test_loads_that_do_not_go_together_are_left_alone(second):
    legs = legs_frame({}, second)
    assert consolidation_proposals(legs, rates_of({}, HEAVIER), "Acme") == []


def test_without_a_lower_rate_there_is_nothing_to_join_for():
    legs = legs_frame({}, {})
    same = rates_of({}, HEAVIER | {"wtw_kg": 200.0, "low_kg": 190.0, "high_kg": 210.0})
    assert consolidation_proposals(legs, same, "Acme") == []
    unclear = rates_of({}, HEAVIER | {"low_kg": 40.0, "high_kg": 210.0})
    assert consolidation_proposals(legs, unclear, "Acme") == []
    few = rates_of({}, HEAVIER | {"legs": 19})
    assert consolidation_proposals(legs, few, "Acme") == []


def test_a_supplier_is_measured_by_its_own_rates_where_it_has_both():
    own = {"supplier_id": "Acme"}
    flat = HEAVIER | own | {"wtw_kg": 200.0, "low_kg": 190.0, "high_kg": 210.0}
    assert consolidation_proposals(legs_frame({}, {}), rates_of({}, HEAVIER, own, flat), "Acme") == []


def test_a_third_load_stays_alone():
    legs = legs_frame({}, {}, {})
    (found,) = consolidation_proposals(legs, rates_of({}, HEAVIER), "Acme")
    assert found.shipments == 2


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 9), st.floats(1, 9)), min_size=1, max_size=40))
def test_pairs_take_each_leg_once_and_keep_to_the_rules(drawn):
    groups, days, weight = (np.array(one) for one in zip(*sorted(drawn), strict=True))
    found = pairs(groups, days.astype(float), weight.astype(float), np.full(len(groups), 10.0))
    taken = [place for pair in found for place in pair]
    assert len(set(taken)) == len(taken)
    for one, other in found:
        assert groups[one] == groups[other]
        assert 0 <= days[other] - days[one] <= 2
        assert weight[one] + weight[other] <= 10


def test_a_better_class_is_one_that_runs_the_same_job_for_clearly_less():
    legs = legs_frame({}, {})
    (found,) = class_proposals(legs, rates_of({}, ARTICULATED))
    # 8,500 tkm at 0.09 instead of 0.2 kg/tkm.
    assert found.saved_kg == pytest.approx(8_500 * 0.11)
    assert found.saved_low_kg == pytest.approx(935 - np.hypot(100, 85))
    assert found.title == "Run road legs in articulated >33 t instead of rigid >17 t"


@pytest.mark.parametrize(
    "change",
    [
        {"weight_band": 3},  # another job
        {"temperature_controlled": True},
        {"legs": 19},
        {"wtw_kg": 180.0, "low_kg": 150.0, "high_kg": 210.0},  # perhaps no less
        {"vehicle_class": "all HGVs average"},  # no vehicle that one could choose
    ],
)
def test_no_better_class_without_evidence(change):
    assert class_proposals(legs_frame({}), rates_of({}, ARTICULATED | change)) == []


def test_legs_of_unknown_class_and_flights_get_no_other_class():
    flight = {"mode": "air", "vehicle_class": "short-haul"}
    legs = legs_frame({"vehicle_class": None}, flight)
    rates = rates_of(ARTICULATED, ARTICULATED | {"mode": "air", "vehicle_class": "long-haul"})
    assert class_proposals(legs, rates) == []


def test_primary_data_takes_away_what_the_range_is_wider_than_that_of_a_reported_figure():
    legs = legs_frame(
        {}, {"data_type": "default", "low_kg": 600.0, "high_kg": 1_200.0}, {"data_type": "primary"}
    )
    (found,) = primary_data_proposals(legs)
    # (900 − 800) + (1,200 − 600), less twice 850 × (1.05 − 1 ÷ 1.05).
    assert found.in_doubt_kg == pytest.approx(700 - 1_700 * (1.05 - 1 / 1.05))
    assert (found.saved_kg, found.shipments, found.now_kg) == (0, 2, 1_700)
    assert found.evidence.startswith("2 of 3 road legs are calculated, 1 of them")


def test_reported_legs_need_no_better_data():
    assert primary_data_proposals(legs_frame({"data_type": "primary"})) == []


def test_a_shift_takes_its_legs_before_loads_are_joined_and_classes_change():
    legs = legs_frame({}, {}, {}, {}, {})
    shift = Proposal("shift_mode", "Move", ("lane",), np.array([0]), 1, 850.0, 600.0, 500.0, 700.0, "seen")
    rates = rates_of({}, HEAVIER, ARTICULATED, ARTICULATED | HEAVIER)
    found = allocated([shift], legs, chosen_legs(legs, Filters()), rates, "Acme")
    saving = [one for one in found if one.saved_kg > 0]
    # Five legs: one shifts, four go in two pairs, none is left to change its vehicle.
    assert [(one.kind, len(one.rows)) for one in saving] == [("shift_mode", 1), ("consolidate", 4)]
    taken = np.concatenate([one.rows for one in saving])
    assert len(set(taken)) == len(taken) == 5
    assert sum(one.saved_kg for one in saving) <= legs["wtw_kg"].sum()


def test_flagged_hub_and_filtered_legs_do_not_count():
    legs = legs_frame({}, {"flagged": True}, {"mode": "hub", "tonne_km": 0.0}, {"mode": "rail"})
    assert chosen_legs(legs, Filters()).tolist() == [True, False, False, True]
    assert chosen_legs(legs, Filters(modes=("rail",))).tolist() == [False, False, False, True]
    lane = Filters(lanes=("Hamburg, DE → Vienna, AT",))
    assert chosen_legs(legs, lane).tolist() == [True, False, False, True]


def test_a_chain_is_named_by_its_ends_and_the_mode_of_most_tonne_km():
    sea = {"shipment_id": "A", "leg_no": 2, "mode": "sea", "tonne_km": 90_000.0, "destination": "Lagos, NG"}
    legs = legs_frame({"shipment_id": "A"}, sea, {"shipment_id": "B", "flagged": True}, {"leg_no": 2})
    assert legs["chain_lane"].tolist()[:2] == ["Hamburg, DE → Lagos, NG"] * 2
    assert legs["chain_mode"].tolist()[:2] == ["sea", "sea"]
    # Flagged, or without its first leg: no chain.
    assert legs["chain_lane"].isna().tolist() == [False, False, True, True]


def proposal(kind, saved_kg, title="", doubt=0.0):
    return Proposal(
        kind, title, ("a → b",), np.array([0]), 2, 900.0, saved_kg, saved_kg, saved_kg, "seen", doubt
    )


def test_the_list_is_short_ordered_by_kg_and_scaled_to_a_year():
    many = [proposal("shift_mode", 100.0 - n, f"Move {n}") for n in range(9)]
    more = [proposal("primary_data", 0.0, "Ask", 500.0), proposal("consolidate", 99.5, "Join")]
    found = advice([*many, *more], supplier_id="Acme", supplier_kg=10_000.0, days=73.0)
    assert [one.title for one in found] == [
        "Move 5 further lanes to a cleaner mode", "Move 0", "Join", "Move 1", "Move 2", "Move 3", "Ask",
    ]  # fmt: skip
    assert found[0].saved_kg == pytest.approx(5 * (96 + 95 + 94 + 93 + 92))
    assert found[1].saved_share == pytest.approx(0.01)
    assert found[-1].in_doubt_kg == pytest.approx(2_500)


def test_what_saves_less_than_a_thousandth_is_not_worth_a_line():
    assert advice([proposal("shift_mode", 9.9)], supplier_id="A", supplier_kg=10_000.0, days=365.0) == ()
    assert advice([], supplier_id="A", supplier_kg=0.0, days=365.0) == ()
