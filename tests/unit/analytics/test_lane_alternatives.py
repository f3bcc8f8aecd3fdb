"""One lane by each mode: 12 t × km × factor by hand, and which modes could run between two places at all."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.distances import AIR_EXTRA_KM, great_circle_km, sea_route
from analytics.emissions import DEFAULT_FACTOR_SET, load_factors
from analytics.lanes.alternatives import LaneOptions, Modelled, lane_options, modelled_modes
from tests.unit.analytics.test_lanes import costs, days, sums

PLACES = {
    "Hamburg": ("DE", 53.55, 9.99),
    "Lyon": ("FR", 45.76, 4.84),
    "Vienna": ("AT", 48.21, 16.37),
    "Antwerp": ("BE", 51.221, 4.40),
    "Houston": ("US", 29.76, -95.37),
    "Madrid": ("ES", 40.42, -3.70),
    "Vladivostok": ("RU", 43.12, 131.89),
    "Bremen": ("DE", 53.08, 8.80),
}
LANE = "Hamburg, DE → Vienna, AT"


def ends(origin: str, destination: str, *, chilled: bool = False) -> pd.Series:
    found = {"temperature_controlled": chilled}
    for end, name in (("origin", origin), ("destination", destination)):
        country, lat, lon = PLACES[name]
        found |= {end: name, f"{end}_country": country, f"{end}_lat": lat, f"{end}_lon": lon}
    return pd.Series(found)


def modelled(origin: str, destination: str, **more: bool) -> tuple[dict[str, Modelled], dict[str, str]]:
    found, reasons = modelled_modes(ends(origin, destination, **more), load_factors(), DEFAULT_FACTOR_SET)
    return {one.mode: one for one in found}, dict(reasons)


def factor(mode: str, vehicle_class: str, *, chilled: bool = False) -> float:
    """kg CO2e per tkm, WTW, of the default set."""
    table = load_factors()
    rows = table[
        (table["factor_set"] == DEFAULT_FACTOR_SET)
        & (table["mode"] == mode)
        & (table["vehicle_class"] == vehicle_class)
        & (table["temperature_controlled"] == chilled)
        & ~table["with_rf"]
    ]
    assert len(rows) == 1
    return float(rows["ttw_kg_per_unit"].iloc[0] + rows["wtt_kg_per_unit"].iloc[0])


# --- what could run


def test_a_tonne_by_road_and_rail_is_distance_times_the_average_vehicles_factor():
    found, _ = modelled("Hamburg", "Vienna")
    km = float(great_circle_km(53.55, 9.99, 48.21, 16.37)) * 1.2
    # Shortest feasible distance × 1.05 to the distance that is driven (DAF); rail has none.
    assert found["road"].kg_per_t == pytest.approx(km * 1.05 * factor("road", "HGV average"))
    assert found["rail"].kg_per_t == pytest.approx(km * factor("rail", "freight train"))
    assert found["rail"].distance_km == pytest.approx(km)


def test_a_tonne_by_air_takes_the_great_circle():
    found, _ = modelled("Antwerp", "Houston")
    direct_km = float(great_circle_km(51.221, 4.40, 29.76, -95.37))
    assert found["air"].distance_km == pytest.approx(direct_km + AIR_EXTRA_KM)
    # DESNZ's air factors are per great-circle km and contain the uplift.
    assert found["air"].kg_per_t == pytest.approx(direct_km * factor("air", "long-haul"))


def test_goods_reach_the_port_by_road():
    found, _ = modelled("Lyon", "Houston")
    route = sea_route(45.76, 4.84, 29.76, -95.37)
    to_port_km = route.origin_snap_km * 1.2  # Houston has a port of its own
    assert 100 < to_port_km < 400 and route.destination_snap_km < 25
    by_sea = route.km * 1.15 * factor("sea", "container ship average")
    by_road = to_port_km * 1.05 * factor("road", "HGV average")
    assert found["sea"].by_road_km == pytest.approx(to_port_km)
    assert found["sea"].kg_per_t == pytest.approx(by_sea + by_road)


def test_what_is_kept_cold_takes_the_refrigerated_factor():
    warm, cold = (
        modelled("Hamburg", "Vienna")[0]["road"],
        modelled("Hamburg", "Vienna", chilled=True)[0]["road"],
    )
    ratio = factor("road", "HGV average", chilled=True) / factor("road", "HGV average")
    assert cold.kg_per_t == pytest.approx(warm.kg_per_t * ratio)


def test_no_truck_and_no_train_crosses_an_ocean():
    found, reasons = modelled("Antwerp", "Houston")
    assert set(found) == {"sea", "air"}
    assert set(reasons) == {"road", "rail"} and "no road or rail joins" in reasons["road"]


def test_road_ends_where_goods_change_to_other_modes_and_rail_goes_on():
    found, reasons = modelled("Madrid", "Vladivostok")  # some 12,000 km by land
    assert "rail" in found and "road" not in found
    assert "beyond 5,000 km" in reasons["road"]


def test_ships_need_a_port_at_both_ends():
    found, reasons = modelled("Hamburg", "Vienna")
    assert "sea" not in found and "nearest seaport is" in reasons["sea"]


def test_short_lanes_are_for_the_road():
    found, reasons = modelled("Hamburg", "Bremen")  # 95 km
    assert set(found) == {"road"}
    assert "too short" in reasons["air"] and "too short" in reasons["rail"]


def test_without_coordinates_nothing_is_modelled_and_the_reason_is_said():
    unknown = ends("Hamburg", "Vienna").replace({53.55: float("nan")})
    found, reasons = modelled_modes(unknown, load_factors(), DEFAULT_FACTOR_SET)
    assert found == () and all("coordinates" in reason for _, reason in reasons)


def test_ranges_hold_the_figure():
    for one in modelled("Lyon", "Houston")[0].values():
        assert one.low_kg_per_t < one.kg_per_t < one.high_kg_per_t


# --- side by side


def side_by_side(*more: Modelled) -> LaneOptions:
    """12 t by road now (1,020 kg); rail was observed with 30 t that emitted 750 kg."""
    now = pd.DataFrame({"mode": ["road"], "weight_kg": [12_000.0], "wtw_kg": [1_020.0]})
    observed = (
        sums(("road", "a", 3, 40_000.0, 34_000.0, 3_200.0), ("rail", "b", 2, 30_000.0, 30_000.0, 750.0)),
        costs(("road", "EUR", 3_600.0, 40_000.0)),
        days(("road", 3, 1.5)),
    )
    return lane_options(LANE, now, observed, more, (("sea", "No port."), ("rail", "never shown")))


def test_the_selections_mass_at_each_modes_rate():
    found = side_by_side(Modelled("air", 900.0, 0.0, 600.0, 500.0, 720.0))
    assert (found.weight_kg, found.wtw_kg) == (12_000.0, 1_020.0)
    modes = found.modes.set_index("mode")
    assert list(modes.index) == ["rail", "road", "air"]  # cleanest first
    assert modes["basis"].to_dict() == {"rail": "observed", "road": "observed", "air": "modelled"}
    assert modes.loc["rail", "kg_per_t"] == 25.0 and modes.loc["rail", "kg"] == 300.0  # 12 t × 25 kg
    assert modes.loc["rail", "change_kg"] == -720.0
    assert modes.loc["road", "kg"] == 960.0  # 12 t × 80 kg
    assert (modes.loc["rail", "low_kg"], modes.loc["rail", "high_kg"]) == (240.0, 375.0)
    assert modes.loc["air", "kg"] == 7_200.0 and modes.loc["air", "low_kg"] == 6_000.0
    assert modes["mass_share"].to_dict() == {"rail": 0.0, "road": 1.0, "air": 0.0}
    assert (modes.loc["rail", "distance_km"], modes.loc["road", "distance_km"]) == (1_000.0, 850.0)


def test_days_and_cost_are_shown_where_they_are_known():
    sea = Modelled("sea", 900.0, 0.0, 20.0, 18.0, 22.0, days=12.0, days_legs=40)
    modes = side_by_side(sea, Modelled("air", 900.0, 0.0, 600.0, 500.0, 720.0)).modes.set_index("mode")
    assert (modes.loc["road", "days"], modes.loc["road", "days_basis"]) == (1.5, "observed")
    assert (modes.loc["road", "cost_per_t"], modes.loc["road", "currency"]) == (90.0, "EUR")
    assert (modes.loc["sea", "days"], modes.loc["sea", "days_basis"]) == (12.0, "like distance")
    assert (
        modes.loc[["rail", "air"], "days"].isna().all()
        and modes.loc[["sea", "air"], "cost_per_t"].isna().all()
    )
    assert modes.loc[["rail", "air"], "days_basis"].isna().all()


def test_what_was_observed_counts_before_what_was_modelled():
    found = side_by_side(Modelled("rail", 900.0, 0.0, 999.0, 900.0, 1_100.0))
    assert found.modes["mode"].tolist() == ["rail", "road"]
    assert found.modes["kg_per_t"].tolist() == [25.0, 80.0]
    assert found.not_feasible == (("sea", "No port."),)
