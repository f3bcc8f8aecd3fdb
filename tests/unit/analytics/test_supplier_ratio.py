"""Suppliers of known efficiency: expected by hand, ranked as they are, and covered by their intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.suppliers import SuppliersUnavailable, parts
from analytics.suppliers.expected import compare
from analytics.suppliers.jobs import sums_of
from analytics.suppliers.shrinkage import Z95, shrink
from tests.simulated_suppliers import compared, drawn_jobs, drawn_legs, job_rows, multipliers

ROAD = {
    "mode": "road",
    "temperature_controlled": False,
    "distance_band": 2,
    "weight_band": 3,
    "origin_country": "Europe",
    "destination_country": "Europe",
    "weight_kg": 10_000.0,
    "distance_km": 500.0,
    "tonne_km": 5_000.0,
}


def legs_of(**kg: list[float]) -> pd.DataFrame:
    """Legs of one job by supplier; each figure is the kg of one leg of 5,000 tonne-km."""
    rows = [{**ROAD, "supplier_id": name, "wtw_kg": one} for name, figures in kg.items() for one in figures]
    return pd.DataFrame(rows)


def test_expected_is_the_mean_rate_of_the_others_each_counted_once():
    # Per tonne-km: A 0.10, B 0.08, C 0.12; all with five legs, so all with weight ½.
    found = compared(legs_of(A=[500.0] * 5, B=[400.0] * 5, C=[600.0] * 5)).found
    assert found.expected == pytest.approx([0.10 * 25_000, 0.11 * 25_000, 0.09 * 25_000])
    assert np.exp(found.log_ratio) == pytest.approx([1.0, 0.08 / 0.11, 0.12 / 0.09])


def test_a_peer_with_one_leg_counts_a_sixth_and_one_with_many_nearly_whole():
    # Weights n/(n + 5): B 1/6, C 45/50. Expected rate of A: (1/6 × 0.2 + 0.9 × 0.1) ÷ (1/6 + 0.9).
    found = compared(legs_of(A=[500.0] * 5, B=[1_000.0], C=[500.0] * 45)).found
    rate = (0.2 / 6 + 0.09) / (1 / 6 + 0.9)
    assert found.expected[0] == pytest.approx(rate * 25_000)


def test_where_peers_are_few_the_job_leans_on_the_coarser_one():
    # In its weight band A has one peer, B, with five legs: W = ½. Over all bands of this distance B has
    # 10 legs of 0.2 on average (W = 2/3), and so has the mode. Same job and same job in any region agree.
    heavy = legs_of(A=[500.0] * 5, B=[500.0] * 5)
    light = legs_of(B=[1_500.0] * 5).assign(weight_band=1)
    found = compared(pd.concat([heavy, light])).found
    here = 0.5 / 0.6  # W/(W + 0.1), in the band and in the band with regions
    by_hand = here * 0.1 + (1 - here) * (here * 0.1 + (1 - here) * 0.2)
    assert found.expected[0] == pytest.approx(by_hand * 25_000)


def test_variance_of_the_ratio_by_the_delta_method():
    # One job, two suppliers with the same five legs of 400 to 600 kg: mean 500, squared deviations
    # 100² + 50² + 0 + 50² + 100² = 25,000. Relative to 500², with four degrees of freedom: 25,000 ÷ 4 ÷
    # 250,000 = 0.025. All suppliers have the same, so leaning on them changes nothing. The ratio's own
    # variance is 0.025 ÷ 5, and as much comes from the one peer.
    legs = [400.0, 450.0, 500.0, 550.0, 600.0]
    found = compared(legs_of(A=legs, B=legs)).found
    assert found.leg_spread == pytest.approx([0.025] * 2)
    assert found.leg_variance == pytest.approx([0.025 / 5] * 2)
    assert found.peer_variance == pytest.approx(found.leg_variance)


def test_five_equal_legs_are_not_certain():
    noisy = [300.0, 400.0, 500.0, 600.0, 700.0] * 8
    found = compared(legs_of(A=[400.0] * 5, B=noisy, C=noisy)).found
    _, _, deviation = parts.efficiency(found)
    assert deviation[0] > 1.5 * deviation[1]
    assert deviation[0] > 0.05


def test_own_legs_never_change_what_is_expected():
    peers = {"B": [400.0, 500.0], "C": [600.0] * 9}
    expected = [compared(legs_of(A=own, **peers)).found.expected[0] for own in ([100.0] * 4, [9_000.0] * 4)]
    assert expected[0] == pytest.approx(expected[1])


def test_a_job_without_any_peer_is_left_out_of_both_sums():
    rail = legs_of(A=[1_000.0] * 3).assign(mode="rail")
    found = compared(pd.concat([legs_of(A=[500.0] * 4, B=[500.0] * 4), rail])).found
    assert found.observed[0] == 2_000.0
    assert found.legs[0] == 4
    assert found.expected[0] == pytest.approx(2_000.0)


@pytest.mark.parametrize("legs", [legs_of(A=[500.0] * 4), legs_of(A=[500.0] * 4).iloc[:0]])
def test_a_supplier_alone_has_nobody_to_be_compared_with(legs):
    with pytest.raises(SuppliersUnavailable, match="Suppliers are compared with each other"):
        compared(legs)


def test_suppliers_that_share_no_mode_are_not_compared():
    with pytest.raises(SuppliersUnavailable, match="same mode"):
        compared(pd.concat([legs_of(A=[500.0]), legs_of(B=[500.0]).assign(mode="sea")]))


@pytest.mark.parametrize("seed", range(4))
def test_forty_suppliers_are_ranked_as_they_are(seed):
    rng = np.random.default_rng(seed)
    truth = multipliers(rng)
    found = compared(drawn_legs(rng, truth, drawn_jobs(rng), legs=500)).found
    _, mean, _ = parts.efficiency(found)
    assert pd.Series(mean, index=truth.index).corr(truth, method="spearman") >= 0.9


@pytest.mark.parametrize("case", ["as many legs", "few to many legs"])
def test_intervals_cover_the_truth_as_often_as_they_say(case):
    """The truth is the supplier's multiplier ÷ what its peers' multipliers make of its own jobs."""
    inside = total = 0
    for seed in range(30):
        rng = np.random.default_rng(1_000 + seed)
        truth = multipliers(rng)
        counts = np.exp(rng.uniform(np.log(10), np.log(1_000), len(truth))).astype(int)
        legs = 500 if case == "as many legs" else dict(zip(truth.index, map(int, counts), strict=True))
        drawn = drawn_legs(rng, truth, drawn_jobs(rng), legs=legs)
        true_log = compared(drawn, "true_kg").found.log_ratio
        _, mean, deviation = parts.efficiency(compared(drawn).found)
        inside += int((np.abs(true_log - mean) < Z95 * deviation).sum())
        total += len(truth)
    assert 0.93 <= inside / total <= 0.97


def test_a_supplier_on_long_lanes_is_not_punished_for_the_distance():
    # Long flights emit much more than short lorry trips; both suppliers do what others do on their jobs.
    rng = np.random.default_rng(5)
    road = legs_of(Short=list(rng.normal(500, 30, 60)), P1=list(rng.normal(500, 30, 60)))
    air = {"mode": "air", "distance_band": 5, "weight_band": 1, "weight_kg": 1_000.0, "distance_km": 8_000.0}
    far = {name: list(rng.normal(5_600, 300, 60)) for name in ("Long", "P2", "P1")}
    flights = legs_of(**far).assign(**air, tonne_km=8_000.0)
    legs = pd.concat([road, flights])
    suppliers = sorted(legs["supplier_id"].unique())
    ratio = pd.Series(np.exp(compared(legs).found.log_ratio), index=suppliers)
    emitted = legs.groupby("supplier_id")["wtw_kg"].sum()
    assert emitted["Long"] > 10 * emitted["Short"]
    assert ratio["Long"] == pytest.approx(1.0, abs=0.03)
    assert ratio["Short"] == pytest.approx(1.0, abs=0.03)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), times=st.integers(2, 4), place=st.integers(0, 5))
def test_more_of_the_same_legs_changes_no_ratio(seed, times, place):
    rng = np.random.default_rng(seed)
    truth = multipliers(rng, 6)
    legs = drawn_legs(rng, truth, drawn_jobs(rng, 6), legs=30, jobs_each=3)
    own = legs[legs["supplier_id"] == truth.index[place]]
    once, more = compared(legs).found, compared(pd.concat([legs, *[own] * (times - 1)])).found
    assert more.log_ratio[place] == pytest.approx(once.log_ratio[place], abs=1e-9)
    # For the others it counts as a peer with a little more certainty, not as several.
    others = np.arange(6) != place
    np.testing.assert_allclose(more.log_ratio[others], once.log_ratio[others], atol=0.12)
    assert more.leg_variance[place] < once.leg_variance[place]


@settings(max_examples=25)
@given(factor=st.floats(0.01, 1_000.0))
def test_the_unit_of_mass_and_of_emission_does_not_matter(factor):
    legs = legs_of(A=[500.0, 450.0], B=[400.0] * 3, C=[600.0, 650.0])
    once = compared(legs).found
    scaled = compared(legs.assign(wtw_kg=legs["wtw_kg"] * factor)).found
    np.testing.assert_allclose(scaled.log_ratio, once.log_ratio, atol=1e-9)
    np.testing.assert_allclose(scaled.variance, once.variance, rtol=1e-6)


def test_shrinking_draws_thin_evidence_further():
    estimates = np.array([0.3, 0.3, -0.3, -0.1, 0.1, 0.0])
    variances = np.array([0.001, 0.1, 0.001, 0.001, 0.001, 0.001])
    mean, deviation = shrink(estimates, variances)
    assert mean[0] > 0.28
    assert 0 < mean[1] < 0.15
    assert deviation[1] > deviation[0]


def test_shrinking_with_two_suppliers_and_with_nothing_known():
    mean, deviation = shrink(np.array([0.2, -0.2]), np.array([0.01, 0.01]))
    assert 0 < mean[0] < 0.2
    assert mean[0] == pytest.approx(-mean[1])
    assert (deviation > 0).all()
    mean, deviation = shrink(np.array([np.nan, 0.1]), np.array([np.nan, 0.01]))
    assert mean[0] == 0.0
    assert np.isfinite(deviation).all()


def test_geometric_mean_of_peers_where_masses_lie_apart_by_factors():
    # Legs per kg: B 1/1,000, C 1/16,000; a typical peer moves 4,000 kg with a leg.
    rows = pd.concat(
        [legs_of(A=[1.0] * 5).assign(weight_kg=4_000.0), legs_of(B=[1.0] * 5).assign(weight_kg=1_000.0),
         legs_of(C=[1.0] * 5).assign(weight_kg=16_000.0)]
    )  # fmt: skip
    what = ("legs", "weight_kg", "legs", "weight_kg", "weight_sq")
    sums = sums_of(job_rows(rows), pd.Index(["A", "B", "C"]), (("mode",),), what=what)
    found = compare(sums, typical=True)
    assert found.expected[0] == pytest.approx(5.0)
    assert np.exp(found.log_ratio[1]) == pytest.approx(8.0)  # 1,000 kg against √(4,000 × 16,000) = 8,000
