"""Which chains could move to a cleaner mode, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.recommendations.savings import Range, less, mean_spread, widened
from analytics.recommendations.shifts import shift_candidates
from data_access.filters import MODES
from tests.flows import SEA, flows_of


def candidates(*rows, days=365.0, movable=None, limit=None):
    flows = flows_of(*rows)
    chosen = pd.Series(True, index=flows.index) if movable is None else flows["supplier_id"].isin(movable)
    return shift_candidates(flows, chosen, days=days, max_extra_days=limit)


def test_ten_tonnes_by_air_would_emit_what_a_peer_emits_for_ten_tonnes_by_sea():
    found = candidates({}, SEA)
    (row,) = found.frame.itertuples()
    assert (row.from_mode, row.to_mode, row.lane) == ("air", "sea", "Suzhou, CN → Venlo, NL")
    assert (row.evidence, row.evidence_shipments, row.evidence_suppliers) == ("same lane", 10, 1)
    # 10 t × 100 kg/t instead of 20,000 kg.
    assert (row.now_kg, row.then_kg, row.saved_kg) == pytest.approx((20_000, 1_000, 19_000))
    # 2,000 kg either way now, 200 kg then: independent.
    half = math.hypot(2_000, 200)
    assert (row.saved_low_kg, row.saved_high_kg) == pytest.approx((19_000 - half, 19_000 + half))
    assert row.saved_share == pytest.approx(0.95)
    assert row.extra_days == pytest.approx(28)
    assert (found.saved_kg, found.saved_low_kg, found.saved_high_kg) == pytest.approx(
        (row.saved_kg, row.saved_low_kg, row.saved_high_kg)
    )


def test_yearly_figures_scale_by_the_days_covered():
    assert candidates({}, SEA, days=73.0).saved_kg == pytest.approx(5 * 19_000)


def test_without_a_cleaner_mode_in_the_data_there_is_nothing():
    assert candidates({}).frame.empty
    assert candidates(SEA).saved_kg == 0
    # The sea freight itself does not move to air.
    assert candidates({}, SEA, movable=["Bolt"]).frame.empty


def test_two_shipments_are_no_evidence_three_are():
    assert candidates({}, SEA | {"shipments": 2}).frame.empty
    assert len(candidates({}, SEA | {"shipments": 3}).frame) == 1


def test_another_lane_of_the_same_countries_counts_by_distance_and_in_a_wider_range():
    elsewhere = SEA | {"origin": "Ningbo, CN", "destination": "Rotterdam, NL", "destination_lon": 10.0}
    (row,) = candidates({}, elsewhere).frame.itertuples()
    # 15° of longitude against 10°: 150 kg/t instead of 100.
    assert row.evidence == "same countries"
    assert row.then_kg == pytest.approx(1_500)
    then_high = 1_500 + math.hypot(1.5 * 200, 1_500 * 0.2)
    assert row.saved_low_kg == pytest.approx(18_500 - math.hypot(2_000, then_high - 1_500))


@pytest.mark.parametrize(
    "change",
    [
        {"shipments": 4},  # fewer than five
        {"destination_lon": 5.0},  # a third of the distance
        {"destination_lon": float("nan")},  # not located
        {"main_mode": "inland_waterway"},  # a river runs where it runs
        {"destination_country": "BE"},
    ],
)
def test_evidence_from_elsewhere_needs_enough_shipments_over_a_like_distance(change):
    elsewhere = (
        SEA | {"origin": "Ningbo, CN", "destination": "Rotterdam, NL", "destination_lon": 10.0} | change
    )
    assert candidates({}, elsewhere).frame.empty


def test_the_same_lane_goes_before_the_same_countries():
    elsewhere = SEA | {
        "origin": "Ningbo, CN",
        "destination_lon": 12.0,
        "wtw_kg": 5_000.0,
        "supplier_id": "Cobb",
    }
    (row,) = candidates({}, SEA, elsewhere, movable=["Acme"]).frame.itertuples()
    assert (row.evidence, row.evidence_suppliers) == ("same lane", 1)


def test_no_mass_moves_that_the_other_mode_never_carried():
    assert candidates({"weight_p95_kg": 10_001.0}, SEA).frame.empty
    assert len(candidates({"weight_p95_kg": 10_000.0}, SEA).frame) == 1


def test_chilled_goods_move_only_where_the_other_mode_carries_such():
    assert candidates({"cold_shipments": 1}, SEA).frame.empty
    assert len(candidates({"cold_shipments": 1}, SEA | {"cold_shipments": 1}).frame) == 1


def test_a_saving_that_may_be_none_is_not_shown():
    # Rail 15,000 kg ± 6,000 for the same mass as 20,000 ± 2,000 by air: 5,000 − 6,325 is below 0.
    rail = {"main_mode": "rail", "wtw_kg": 15_000.0, "low_kg": 9_000.0, "high_kg": 21_000.0}
    assert candidates({}, rail, movable=["Acme"]).frame.empty


def test_one_alternative_a_lane_the_one_that_saves_most():
    rail = SEA | {"main_mode": "rail", "wtw_kg": 30_000.0, "low_kg": 29_000.0, "high_kg": 31_000.0}
    found = candidates({}, SEA, rail, movable=["Acme"])
    assert found.frame["to_mode"].tolist() == ["sea"]


def test_a_limit_takes_the_slower_mode_out_and_says_so():
    rail = SEA | {
        "main_mode": "rail", "wtw_kg": 30_000.0, "low_kg": 29_000.0, "high_kg": 31_000.0,
        "transit_hours": 432.0,
    }  # fmt: skip
    both = ({}, SEA, rail)
    assert candidates(*both, movable=["Acme"], limit=28.0).frame["to_mode"].tolist() == ["sea"]
    within = candidates(*both, movable=["Acme"], limit=27.9)
    assert within.frame["to_mode"].tolist() == ["rail"]
    assert (within.too_slow, within.time_unknown) == (0, 0)
    none = candidates(*both, movable=["Acme"], limit=15.0)
    assert (len(none.frame), none.too_slow, none.time_unknown) == (0, 1, 0)


def test_unknown_times_are_left_out_under_a_limit_and_counted():
    untimed = SEA | {"transit_hours": float("nan"), "timed_shipments": 0}
    assert len(candidates({}, untimed).frame) == 1
    limited = candidates({}, untimed, limit=100.0)
    assert (len(limited.frame), limited.too_slow, limited.time_unknown) == (0, 0, 1)


def test_cost_is_compared_in_one_currency_only():
    euro = {"currency": "EUR", "cost": 30_000.0, "costed_weight_kg": 10_000.0}
    by_sea = {"currency": "EUR", "cost": 20_000.0, "costed_weight_kg": 50_000.0}
    (row,) = candidates(euro, SEA | by_sea).frame.itertuples()
    # 3,000 EUR/t now, 400 then, for 10 t a year.
    assert (row.cost_per_t_now, row.cost_per_t_then, row.extra_cost) == pytest.approx((3_000, 400, -26_000))
    (row,) = candidates(euro, SEA | by_sea | {"currency": "USD"}).frame.itertuples()
    assert np.isnan(row.extra_cost)


def test_suppliers_of_one_lane_move_together_and_their_savings_add_up():
    other = {"supplier_id": "Cobb", "wtw_kg": 15_000.0, "low_kg": 14_000.0, "high_kg": 16_000.0}
    both = candidates({}, other, SEA)
    one, two = candidates({}, other, SEA, movable=["Acme"]), candidates({}, other, SEA, movable=["Cobb"])
    assert both.frame["suppliers"].tolist() == [2]
    assert both.saved_kg == pytest.approx(one.saved_kg + two.saved_kg)


def test_the_spread_between_chains_widens_a_rate():
    # Two chains of 1 t with 90 and 110 kg: mean 100, s = √200, standard error 10 kg/t.
    sums = pd.DataFrame(
        {
            "shipments": [2], "weight_kg": [2.0], "wtw_kg": [200.0], "weight_sq": [2.0], "kg_weight": [200.0],
            "kg_sq": [90.0**2 + 110.0**2],
        }
    )  # fmt: skip
    assert mean_spread(sums)[0] == pytest.approx(1.959964 * 10)
    assert np.isnan(mean_spread(sums.assign(shipments=1))[0])
    rate = widened(Range(np.array([100.0]), np.array([97.0]), np.array([103.0])), [4.0])
    assert (rate.low[0], rate.high[0]) == pytest.approx((95, 105))


figure = st.floats(0.1, 1e6)


@given(now=figure, then=figure, low=st.floats(0, 1), high=st.floats(0, 3))
def test_a_difference_lies_in_its_range(now, then, low, high):
    def ranged(x):
        return Range(np.array([x]), np.array([x * (1 - low)]), np.array([x * (1 + high)]))

    saved = less(ranged(now), ranged(then))
    assert saved.low[0] <= saved.mid[0] <= saved.high[0]
    assert saved.mid[0] == pytest.approx(now - then)


@st.composite
def worlds(draw):
    rows = []
    for _ in range(draw(st.integers(1, 12))):
        kg, doubt = draw(st.floats(10, 1e5)), draw(st.floats(0, 0.5))
        rows.append(
            {
                "supplier_id": draw(st.sampled_from("ABC")),
                "origin": draw(st.sampled_from(("Suzhou, CN", "Ningbo, CN"))),
                "main_mode": draw(st.sampled_from(MODES[:5])),
                "destination_lon": 15.0,
                "shipments": draw(st.integers(1, 50)),
                "wtw_kg": kg,
                "low_kg": kg * (1 - doubt),
                "high_kg": kg * (1 + doubt),
            }
        )
    keys = ["supplier_id", "origin", "main_mode"]
    return flows_of(*pd.DataFrame(rows).drop_duplicates(keys).to_dict("records"))


@given(flows=worlds())
def test_savings_never_exceed_what_is_emitted_and_no_chain_is_in_two_rows(flows):
    found = shift_candidates(flows, pd.Series(True, index=flows.index), days=365.0)
    frame = found.frame
    assert not frame.duplicated(["lane", "from_mode"]).any()
    assert (frame["saved_low_kg"] > 0).all()
    assert (frame["saved_low_kg"] <= frame["saved_kg"]).all()
    assert (frame["saved_kg"] <= frame["saved_high_kg"]).all()
    assert (frame["saved_kg"] <= frame["now_kg"]).all()
    assert frame["now_kg"].sum() <= flows["wtw_kg"].sum() * (1 + 1e-9)
    assert found.saved_kg == pytest.approx(frame["saved_kg"].sum())
