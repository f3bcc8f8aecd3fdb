"""Parts, weights, score and rank: what unknown parts do, what five legs cannot do, what modes are worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.suppliers import PARTS, SuppliersUnavailable, Weights, score_of, scored
from analytics.suppliers.choice import mode_choice
from analytics.suppliers.measuring import Measured, measure
from tests.simulated_suppliers import drawn_jobs, drawn_legs, multipliers

NO_FLOWS = pd.DataFrame(
    columns=[
        "supplier_id", "origin", "origin_country", "destination", "destination_country", "main_mode",
        "shipments", "weight_kg", "weight_sq", "wtw_kg",
    ]
)  # fmt: skip
NOBODY_KNOWN = pd.DataFrame(columns=["supplier_id", "name", "country", "sector", "tier"])


def sql_rows(legs: pd.DataFrame) -> pd.DataFrame:
    """As `job_sums` gives them: one row per leg is a sum as well."""
    kg, size, mass = legs["wtw_kg"], legs["tonne_km"], legs["weight_kg"]
    return legs.assign(
        product_group="goods", data_type=legs.get("data_type", "default"), moving=True,
        stretch=legs.get("stretch", 1), legs=1, shipments=1, kg_sq=kg**2, kg_tkm=kg * size, tkm_sq=size**2,
        weight_sq=mass**2, part_loads=(mass < 12_000).astype(int),
    )  # fmt: skip


def measured_of(legs: pd.DataFrame, flows: pd.DataFrame = NO_FLOWS) -> Measured:
    rows = sql_rows(legs)
    return measure(rows, rows.iloc[:0], flows, NOBODY_KNOWN)[0]


def flow(
    supplier: str, mode: str, shipments: int, kg_per_t: float, *, lane: str = "Lyon"
) -> dict[str, object]:
    mass = shipments * 1_000.0
    return {
        "supplier_id": supplier, "origin": "Hamburg", "origin_country": "DE", "destination": lane,
        "destination_country": "FR", "main_mode": mode, "shipments": shipments, "weight_kg": mass,
        "weight_sq": shipments * 1_000.0**2, "wtw_kg": mass / 1_000 * kg_per_t,
    }  # fmt: skip


@pytest.fixture(scope="module")
def measured() -> Measured:
    rng = np.random.default_rng(3)
    truth = multipliers(rng, 12)
    legs = drawn_legs(
        rng, truth, drawn_jobs(rng, 12), legs={name: 5 if name == "S00" else 200 for name in truth.index}
    )
    legs["stretch"] = rng.choice([1, 2], len(legs))
    legs["data_type"] = np.where(legs["supplier_id"] == "S03", "primary", "default")
    return measured_of(legs)


def test_all_weight_on_one_part_makes_it_the_score(measured):
    for part in ("efficiency", "consolidation", "data_quality", "trend"):
        only = Weights(**{name: float(name == part) for name in PARTS})
        frame = scored(measured, only)
        assert frame["score"].tolist() == pytest.approx(frame[f"{part}_points"].tolist())


def test_weight_of_an_unknown_part_is_spread_over_the_known(measured):
    frame = scored(
        measured, Weights(efficiency=40, mode_choice=20, consolidation=20, data_quality=10, trend=10)
    )
    assert frame["mode_choice_value"].isna().all()  # there are no chains
    assert frame["mode_choice_weight"].eq(0).all()
    assert frame["efficiency_weight"].tolist() == pytest.approx([0.5] * len(frame))
    weights = frame[[f"{part}_weight" for part in PARTS]].sum(axis=1)
    assert weights.tolist() == pytest.approx([1.0] * len(frame))


def test_all_weight_on_an_unknown_part_says_nothing(measured):
    frame = scored(measured, Weights(0, 1, 0, 0, 0))
    assert frame[["score", "score_low", "score_high"]].drop_duplicates().to_numpy().tolist() == [
        [50.0, 0.0, 100.0]
    ]


def test_parts_add_up_to_the_score(measured):
    for supplier in measured.frame["supplier_id"]:
        found = score_of(measured, supplier)
        assert 50 + sum(part.contribution for part in found.parts) == pytest.approx(
            found.sustainability_score
        )
        assert all("nan" not in part.evidence for part in found.parts)


def test_intervals_hold_what_they_are_about(measured):
    frame = scored(measured)
    assert frame["score"].between(frame["score_low"], frame["score_high"]).all()
    assert frame["rank"].between(frame["rank_low"], frame["rank_high"]).all()
    assert frame["ratio"].between(frame["ratio_low"], frame["ratio_high"]).all()
    assert frame["rank"].tolist() == list(range(1, len(frame) + 1))
    assert frame["score"].is_monotonic_decreasing


def test_the_same_each_time(measured):
    pd.testing.assert_frame_equal(scored(measured), scored(measured))


def test_filters_narrow_the_rows_and_not_the_ranks(measured):
    whole = scored(measured).set_index("supplier_id")
    some = scored(Measured(measured.frame, ("S04", "S07"))).set_index("supplier_id")
    assert sorted(some.index) == ["S04", "S07"]
    assert some["rank"].to_dict() == whole.loc[some.index, "rank"].to_dict()


def test_only_primary_data_make_the_best_data_quality(measured):
    points = scored(measured).set_index("supplier_id")["data_quality_points"]
    assert points.idxmax() == "S03"
    assert points["S03"] == 100


def test_a_supplier_that_cannot_be_compared_is_said_to_be(measured):
    with pytest.raises(SuppliersUnavailable, match="cannot be compared"):
        score_of(measured, "nobody")


@pytest.mark.parametrize("seed", range(6))
def test_five_lucky_legs_give_a_wide_interval_and_no_podium(seed):
    rng = np.random.default_rng(seed)
    truth = multipliers(rng, 20)
    few = "S05"
    legs = drawn_legs(
        rng, truth, drawn_jobs(rng), legs={name: 5 if name == few else 300 for name in truth.index}
    )
    own = legs["supplier_id"] == few
    legs.loc[own, "wtw_kg"] *= 0.75 / truth[few]
    frame = scored(measured_of(legs)).set_index("supplier_id")
    width = np.log(frame["ratio_high"] / frame["ratio_low"])
    assert width[few] > 2 * width.drop(few).median()
    assert frame.loc[few, "ratio"] > frame.loc[few, "ratio_raw"]
    assert frame.loc[few, "rank"] > 3
    assert frame.loc[few, "rank_high"] - frame.loc[few, "rank_low"] > 5


def test_more_of_the_same_legs_moves_the_shrunk_ratio_away_from_peers_only():
    rng = np.random.default_rng(11)
    truth = multipliers(rng, 8)
    truth["S02"] = 1.4
    legs = drawn_legs(rng, truth, drawn_jobs(rng, 8), legs=40)
    more = pd.concat([legs, *[legs[legs["supplier_id"] == "S02"]] * 3])
    once, again = (measured_of(one).frame.set_index("supplier_id").loc["S02"] for one in (legs, more))
    for figure in ("ratio_raw", "consolidation_raw", "data_quality_raw"):
        assert again[figure] == pytest.approx(once[figure])
    assert 1 < once["ratio"] <= again["ratio"] <= again["ratio_raw"]


def test_flying_where_peers_go_by_sea_costs_points_at_the_same_rates():
    flows = pd.DataFrame(
        [flow("Flies", "air", 100, 900.0), flow("Sails", "sea", 100, 30.0), flow("Both", "sea", 50, 30.0),
         flow("Both", "air", 50, 900.0)]
    )  # fmt: skip
    found = mode_choice(flows, pd.Index(["Both", "Flies", "Sails"]))
    # Each of the others counts the same: they fly 0 and ½ of the mass, so ¼, at 900 and 30 kg/t.
    assert np.exp(found.log_ratio[1]) == pytest.approx(900 / (0.25 * 900 + 0.75 * 30))
    assert np.exp(found.log_ratio[2]) == pytest.approx(30 / (0.75 * 900 + 0.25 * 30))
    assert found.judged.tolist() == [1.0, 1.0, 1.0]


def test_a_dirty_carrier_in_the_usual_mode_is_no_choice_of_mode():
    flows = pd.DataFrame([flow("A", "sea", 100, 60.0), flow("B", "sea", 100, 30.0)])
    found = mode_choice(flows, pd.Index(["A", "B"]))
    assert found.log_ratio.tolist() == pytest.approx([0.0, 0.0])
    assert found.variance.tolist() == [0.0, 0.0]


def test_lanes_of_its_own_are_judged_between_the_countries_and_unknown_ones_not_at_all():
    flows = pd.DataFrame([flow("A", "air", 10, 900.0), flow("B", "sea", 10, 30.0, lane="Nantes")])
    found = mode_choice(flows, pd.Index(["A", "B", "C"]))
    assert np.exp(found.log_ratio[0]) == pytest.approx(30.0)
    assert np.isnan(found.log_ratio[2])
    alone = mode_choice(flows[flows["supplier_id"] == "A"], pd.Index(["A"]))
    assert np.isnan(alone.log_ratio[0])
    assert alone.judged[0] == 0.0


def test_a_supplier_that_improves_gains_in_trend():
    rng = np.random.default_rng(2)
    truth = multipliers(rng, 8, spread=0.05)
    jobs = drawn_jobs(rng, 5)
    before = drawn_legs(rng, truth, jobs, legs=300, jobs_each=5, noise=0.1).assign(stretch=0)
    truth["S01"] *= 0.8
    now = drawn_legs(rng, truth, jobs, legs=300, jobs_each=5, noise=0.1).assign(stretch=1)
    frame = measured_of(pd.concat([before, now])).frame.set_index("supplier_id")
    assert frame.loc["S01", "trend_raw"] == pytest.approx(0.8, abs=0.05)
    assert frame["trend_centre"].idxmax() == "S01"
    assert (frame["legs"] == 300).all()  # the year before lies outside of the selection
