"""Worked examples of the emissions engine, by hand from the published factors, and its laws."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.emissions import MissingFactor, calculate, daf, load_factors, total_range

FACTORS = load_factors()


def one(**leg: object) -> pd.Series:
    frame = pd.DataFrame([{"mode": "road", "weight_kg": 1000.0, "distance_km": 100.0, **leg}])
    return calculate(frame, FACTORS).iloc[0]


def test_articulated_truck_over_33_t_for_850_km():
    # DESNZ 2025: 0.07703 + 0.01799 = 0.09502 kg/tkm; 12 t x 850 km = 10,200 tkm; x 0.09502 = 969.204 kg
    leg = one(vehicle_class="articulated >33 t", weight_kg=12_000.0, distance_km=850.0)
    assert leg["tonne_km"] == pytest.approx(10_200)
    assert leg["wtw_kg"] == pytest.approx(969.204)
    assert leg["ttw_kg"] == pytest.approx(785.706)
    assert leg["wtt_kg"] == pytest.approx(183.498)
    assert leg["factor_id"] == "desnz-2025/road/articulated-over-33-t"
    assert leg["data_type"] == "modelled"


def test_the_2024_set_gives_the_2024_figure():
    # 0.07447 + 0.01799 = 0.09246; x 10,200 tkm = 943.092 kg
    frame = pd.DataFrame(
        [{"mode": "road", "vehicle_class": "articulated >33 t", "weight_kg": 12_000.0, "distance_km": 850.0}]
    )
    assert calculate(frame, FACTORS, factor_set="DESNZ 2024")["wtw_kg"].iloc[0] == pytest.approx(943.092)


def test_a_truck_of_unknown_class_is_the_average_hgv_and_marked_default():
    # 0.10163 + 0.02359 = 0.12522; 1 t x 100 km = 12.522 kg
    leg = one(vehicle_class=None)
    assert leg["wtw_kg"] == pytest.approx(12.522)
    assert leg["data_type"] == "default"


def test_a_class_that_the_set_lacks_falls_back_to_the_default_of_its_mode():
    leg = one(vehicle_class="flying carpet")
    assert leg["factor_id"] == "desnz-2025/road/hgv-average"
    assert leg["data_type"] == "default"


def test_vehicle_class_is_found_whatever_its_case_and_spacing():
    assert one(vehicle_class="  Articulated  >33 T ")["factor_id"] == "desnz-2025/road/articulated-over-33-t"


def test_a_temperature_controlled_truck_takes_the_refrigerated_factor():
    # 0.08908 + 0.02086 = 0.10994; 1 t x 100 km = 10.994 kg
    leg = one(vehicle_class="articulated >33 t", temperature_controlled=True)
    assert leg["wtw_kg"] == pytest.approx(10.994)


def test_temperature_control_without_a_factor_of_its_own_takes_the_ordinary_one():
    assert one(mode="rail", temperature_controlled=True)["wtw_kg"] == pytest.approx(3.470)  # 100 x 0.0347


def test_a_flight_below_1500_km_is_short_haul_and_above_long_haul():
    # short 0.75539 + 0.20515 = 0.96054; long 0.5313 + 0.13516 = 0.66646; both per great-circle km
    assert one(mode="air", distance_km=1_000.0, distance_basis="gcd")["wtw_kg"] == pytest.approx(960.54)
    assert one(mode="air", distance_km=5_000.0, distance_basis="gcd")["wtw_kg"] == pytest.approx(3_332.3)


def test_the_95_km_of_a_flight_are_not_added_to_a_factor_that_holds_its_own_uplift():
    # shortest feasible 5,095 km = great circle 5,000 km + 95 km; DESNZ is per great-circle km
    assert one(mode="air", distance_km=5_095.0, distance_basis="sfd")["wtw_kg"] == pytest.approx(3_332.3)


def test_flown_kilometres_are_brought_back_to_the_great_circle():
    # 5,400 flown km / 1.08 = 5,000 great-circle km
    assert one(mode="air", distance_km=5_400.0, distance_basis="actual")["wtw_kg"] == pytest.approx(3_332.3)


def test_radiative_forcing_is_a_switch_and_off():
    frame = pd.DataFrame(
        [{"mode": "air", "weight_kg": 1000.0, "distance_km": 5000.0, "distance_basis": "gcd"}]
    )
    # with RF 0.89939 + 0.13516 = 1.03455 kg/tkm
    assert calculate(frame, FACTORS, with_rf=True)["wtw_kg"].iloc[0] == pytest.approx(5_172.75)
    assert calculate(frame, FACTORS)["wtw_kg"].iloc[0] == pytest.approx(3_332.3)


def test_a_modelled_sea_route_is_lengthened_by_the_sea_adjustment_factor():
    # 10 t x 10,000 km x 1.15 x (0.01612 + 0.00365) = 2,273.55 kg
    leg = one(mode="sea", weight_kg=10_000.0, distance_km=10_000.0, distance_basis="sfd")
    assert leg["wtw_kg"] == pytest.approx(2_273.55)
    assert leg["tonne_km"] == pytest.approx(100_000)


def test_a_hub_leg_is_outbound_tonnes_times_its_intensity():
    leg = one(mode="hub", weight_kg=20_000.0, distance_km=0.0, hub_kg_per_t=1.2)
    assert leg["wtw_kg"] == pytest.approx(24.0)
    assert leg["tonne_km"] == 0
    assert pd.isna(leg["factor_id"])


def test_a_hub_leg_without_intensity_is_refused_with_what_to_do():
    with pytest.raises(MissingFactor, match="hub_kg_per_t"):
        one(mode="hub", distance_km=0.0)


def test_inland_waterway_takes_the_epa_factor_because_desnz_has_none():
    # EPA 0.0537 TTW, WTT 0.0537 x 0.00365 / 0.01612 = 0.01216; 100 tkm
    leg = one(mode="inland_waterway")
    assert leg["factor_id"].startswith("epa-2025/")
    assert leg["wtw_kg"] == pytest.approx(6.586)


def test_a_reported_emission_wins_and_the_calculated_one_is_kept():
    leg = one(vehicle_class="articulated >33 t", weight_kg=12_000.0, distance_km=850.0, wtw_kg=1_000.0)
    assert leg["wtw_kg"] == 1_000.0
    assert leg["reported_kg"] == 1_000.0
    assert leg["calculated_kg"] == pytest.approx(969.204)
    assert leg["data_type"] == "primary"
    assert leg["ttw_kg"] == pytest.approx(1_000 * 785.706 / 969.204)
    assert leg["ttw_kg"] + leg["wtt_kg"] == pytest.approx(1_000)


def test_the_range_of_a_leg_is_its_inputs_in_quadrature():
    # modelled 1.20, mass 1.05, reported distance 1.05: exp(sqrt(ln1.2^2 + 2 ln1.05^2)) = 1.21526
    spread = math.exp(math.sqrt(math.log(1.2) ** 2 + 2 * math.log(1.05) ** 2))
    leg = one(vehicle_class="articulated >33 t")
    assert leg["high_kg"] / leg["wtw_kg"] == pytest.approx(spread)
    assert leg["wtw_kg"] / leg["low_kg"] == pytest.approx(spread)


def test_worse_data_give_a_wider_range():
    widths = [
        one(**leg)["high_kg"] / one(**leg)["wtw_kg"]
        for leg in (
            {"wtw_kg": 12.0},
            {"vehicle_class": "articulated >33 t"},
            {"vehicle_class": "articulated >33 t", "distance_source": "places"},
            {"distance_source": "places"},
            {"distance_source": "countries"},
        )
    ]
    assert widths == sorted(widths)
    assert len(set(widths)) == len(widths)


def test_legs_of_one_factor_share_their_error_and_factors_are_independent():
    wtw, low, high = pd.Series([100.0] * 3), pd.Series([90.0] * 3), pd.Series([130.0] * 3)
    # one factor: 3 x 10 down and 3 x 30 up; two factors: sqrt(20^2 + 10^2) and sqrt(60^2 + 30^2)
    assert total_range(wtw, low, high, pd.Series(["a", "a", "a"])) == pytest.approx((270, 390))
    assert total_range(wtw, low, high, pd.Series(["a", "a", "b"])) == pytest.approx(
        (300 - math.sqrt(500), 300 + math.sqrt(4500))
    )


def test_an_unknown_factor_set_is_refused_with_the_known_ones():
    with pytest.raises(MissingFactor, match="DESNZ 2024, DESNZ 2025, EPA Hub 2025"):
        calculate(
            pd.DataFrame([{"mode": "road", "weight_kg": 1.0, "distance_km": 1.0}]), FACTORS, factor_set="GLEC"
        )


def test_the_epa_set_covers_every_transport_mode():
    modes = ["road", "rail", "sea", "air", "inland_waterway"]
    legs = pd.DataFrame({"mode": modes, "weight_kg": 1000.0, "distance_km": 2000.0})
    done = calculate(legs, FACTORS, factor_set="EPA Hub 2025")
    assert done["factor_id"].str.startswith("epa-2025/").all()
    # EPA truck: 0.12841 TTW and 0.12841 x 0.02359 / 0.10163 = 0.02981 WTT; 2,000 tkm
    assert done["wtw_kg"].iloc[0] == pytest.approx(2000 * (0.12841 + 0.02981))


def test_no_legs_give_no_rows_with_all_columns():
    empty = calculate(pd.DataFrame({"mode": [], "weight_kg": [], "distance_km": []}), FACTORS)
    assert len(empty) == 0
    assert {"wtw_kg", "low_kg", "factor_id", "data_type"} <= set(empty.columns)


def test_the_index_is_kept_and_the_input_unchanged():
    legs = pd.DataFrame({"mode": ["road", "sea"], "weight_kg": 1.0, "distance_km": 1.0}, index=[7, 3])
    before = legs.copy()
    assert list(calculate(legs, FACTORS).index) == [7, 3]
    pd.testing.assert_frame_equal(legs, before)


@pytest.mark.parametrize(
    ("mode", "basis", "expected"),
    [
        ("road", "actual", 1.0),
        ("road", "sfd", 1.05),
        ("sea", "sfd", 1.15),
        ("road", "gcd", 1.26),
        ("rail", "gcd", 1.2),
    ],
)
def test_distance_adjustment_leads_to_the_actual_distance(mode, basis, expected):
    assert daf(mode, basis, "actual") == pytest.approx(expected)


@given(st.floats(0.1, 1e6), st.floats(1, 20_000), st.sampled_from(["road", "rail", "sea", "inland_waterway"]))
def test_emissions_scale_with_mass(weight_kg, distance_km, mode):
    once = one(mode=mode, weight_kg=weight_kg, distance_km=distance_km)["wtw_kg"]
    twice = one(mode=mode, weight_kg=2 * weight_kg, distance_km=distance_km)["wtw_kg"]
    assert twice == pytest.approx(2 * once)


@given(st.lists(st.floats(1, 1e5), min_size=1, max_size=20))
def test_the_range_holds_the_total(weights):
    legs = pd.DataFrame({"mode": "road", "weight_kg": weights, "distance_km": 500.0})
    done = calculate(legs, FACTORS)
    low, high = total_range(done["wtw_kg"], done["low_kg"], done["high_kg"], done["factor_id"])
    assert 0 <= low <= done["wtw_kg"].sum() <= high


def test_every_factor_has_its_source_and_licence():
    assert FACTORS[["source", "licence", "region"]].ne("").all().all()
    assert FACTORS["factor_id"].is_unique
    assert set(FACTORS["factor_set"]) == {"DESNZ 2024", "DESNZ 2025", "EPA Hub 2025"}
    assert FACTORS.groupby("factor_set").size().to_dict()["DESNZ 2024"] == 86


def test_epa_rows_say_where_their_well_to_tank_part_comes_from():
    epa = FACTORS[FACTORS["factor_set"] == "EPA Hub 2025"]
    assert epa["note"].str.contains("EPA gives no WTT").all()
