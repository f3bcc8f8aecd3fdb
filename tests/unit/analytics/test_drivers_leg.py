"""One leg explained, among legs whose truth is known: parts add up, other modes cost what they must."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.drivers import leg, model
from tests.simulated_legs import simulated


@pytest.fixture(scope="module")
def legs() -> pd.DataFrame:
    return simulated()


@pytest.fixture(scope="module")
def fitted(legs) -> model.Fitted:
    return model.fit(legs, "intensity")


def test_waterfall_runs_from_the_typical_leg_to_this_one(legs, fitted):
    one = legs.iloc[[7]]
    found = leg.explained_leg(one, fitted, leg.typical_leg(legs), learnt_from=len(legs))
    assert found.typical_kg + sum(part.kg for part in found.parts) == pytest.approx(found.predicted_kg)
    assert found.predicted_kg + found.unexplained_kg == pytest.approx(one["wtw_kg"].iloc[0])
    factors = [1 + part.effect_pct / 100 for part in found.parts]
    assert found.typical_kg * np.prod(factors) == pytest.approx(found.predicted_kg)
    assert abs(found.unexplained_pct) < 8  # 4 σ of the noise
    # The typical leg: geometric means of tonne-km and of intensity, which are those of the simulation.
    typical_kg = np.exp(np.log(legs["wtw_kg"]).mean())
    assert found.typical_kg == pytest.approx(typical_kg, rel=0.01)


def test_mass_and_distance_act_in_proportion(legs, fitted):
    one = legs.iloc[[3]]
    found = leg.explained_leg(one, fitted, leg.typical_leg(legs), learnt_from=len(legs))
    factor = {part.feature: 1 + part.effect_pct / 100 for part in found.parts}
    for name in ("weight_kg", "distance_km"):
        geometric_mean = np.exp(np.log(legs[name]).mean())
        assert factor[name] == pytest.approx(one[name].iloc[0] / geometric_mean, rel=0.03)
        assert next(p for p in found.parts if p.feature == name).amount == one[name].iloc[0]


def running(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    """Origin, mode, legs and distance of what runs to Vienna."""
    frame = pd.DataFrame(rows, columns=["origin", "mode", "legs", "distance_km"])
    return frame.assign(destination="Vienna", vehicle_class=None, temperature_controlled=False)


def an_air_leg(legs: pd.DataFrame) -> pd.DataFrame:
    return (
        legs[legs["mode"] == "air"].head(1).assign(distance_km=1_000.0, tonne_km=2_000.0, weight_kg=2_000.0)
    )


def test_other_mode_on_the_lane_is_estimated_over_its_own_distance(legs, fitted):
    one = an_air_leg(legs)
    on_lane = running(("Hamburg", "sea", 40, 2_000.0), ("Hamburg", "air", 40, 1_000.0))
    (found,) = leg.what_ifs(one, fitted, on_lane)
    # Sea emits 0.2 / 6 of air per tonne-km, over twice the distance: 1/15.
    assert (found.mode, found.distance_km, found.on_lane, found.legs) == ("sea", 2_000.0, True, 40)
    assert found.change_pct == pytest.approx((1 / 15 - 1) * 100, rel=0.02)
    assert found.kg - found.change_kg == pytest.approx(found.kg * 15, rel=0.1)


def test_other_mode_between_the_countries_keeps_the_ratio_of_distances(legs, fitted):
    elsewhere = running(("Kiel", "sea", 40, 3_000.0), ("Kiel", "air", 40, 2_000.0))
    (found,) = leg.what_ifs(an_air_leg(legs), fitted, elsewhere)
    assert (found.distance_km, found.on_lane) == (1_500.0, False)


def test_within_one_country_the_distance_stays(legs, fitted):
    one = an_air_leg(legs).assign(origin_country="AT")
    (found,) = leg.what_ifs(one, fitted, running(("Graz", "road", 40, 100.0), ("Linz", "air", 9, 900.0)))
    assert found.distance_km == 1_000.0


def test_a_mode_seen_there_once_or_unknown_to_the_model_is_no_alternative(legs, fitted):
    rare = running(
        ("Hamburg", "road", 2, 900.0), ("Hamburg", "air", 500, 1_000.0), ("Hamburg", "rail", 90, 9e2)
    )
    assert leg.what_ifs(an_air_leg(legs), fitted, rare) == ()
    assert leg.what_ifs(an_air_leg(legs), fitted, rare.head(0)) == ()


def test_no_alternative_where_the_model_knows_one_mode_only():
    only = simulated(300, mode="air")
    there = running(("Hamburg", "sea", 40, 2_000.0))
    assert leg.what_ifs(only.head(1), model.fit(only, "intensity"), there) == ()
