"""Distances against published tables, hand arithmetic and the laws of geometry."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import distances
from data_access.errors import UnknownMode

HAMBURG, VIENNA = (53.5511, 9.9937), (48.2082, 16.3738)
SHANGHAI, ROTTERDAM = (31.2304, 121.4737), (51.9244, 4.4777)
NAUTICAL_MILE_KM = 1.852

points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def ends(mode, *lanes, index=None):
    columns = ["origin_lat", "origin_lon", "destination_lat", "destination_lon"]
    frame = pd.DataFrame([(*start, *end) for start, end in lanes], columns=columns, index=index)
    return frame.assign(mode=mode)


def one_km(mode, start, end):
    return distances.estimate(ends(mode, (start, end)))["distance_km"].item()


def test_a_quarter_of_the_equator_is_a_quarter_of_the_circumference():
    assert distances.great_circle_km(0, 0, 0, 90).item() == pytest.approx(2 * np.pi * 6371.0088 / 4)


def test_hamburg_to_vienna_is_743_km_as_the_crow_flies():
    # Spherical law of cosines, another formula than ours, worked out here.
    (lat1, lon1), (lat2, lon2) = np.radians(HAMBURG), np.radians(VIENNA)
    cosine = np.sin(lat1) * np.sin(lat2) + np.cos(lat1) * np.cos(lat2) * np.cos(lon2 - lon1)
    km = distances.great_circle_km(*HAMBURG, *VIENNA).item()
    assert km == pytest.approx(6371.0088 * np.arccos(cosine), rel=1e-9)
    assert km == pytest.approx(743, abs=2)


@settings(deadline=None)
@given(points, points)
def test_great_circle_is_symmetric_and_at_most_half_the_globe(start, end):
    there = distances.great_circle_km(*start, *end).item()
    assert there == pytest.approx(distances.great_circle_km(*end, *start).item(), abs=1e-6)
    assert 0 <= there <= np.pi * distances.EARTH_RADIUS_KM + 1e-6


@settings(deadline=None)
@given(points, points, points)
def test_a_stop_on_the_way_never_shortens_the_great_circle(start, stop, end):
    direct = distances.great_circle_km(*start, *end).item()
    first, second = distances.great_circle_km(*start, *stop), distances.great_circle_km(*stop, *end)
    assert direct <= (first + second).item() + 1e-3  # a millionth of the globe for rounding near antipodes


def test_road_and_rail_go_a_fifth_farther_than_the_great_circle():
    direct = distances.great_circle_km(*HAMBURG, *VIENNA).item()
    assert one_km("road", HAMBURG, VIENNA) == pytest.approx(1.2 * direct)
    assert one_km("rail", HAMBURG, VIENNA) == pytest.approx(1.2 * direct)


def test_air_adds_95_km_for_climb_and_approach():
    direct = distances.great_circle_km(*HAMBURG, *VIENNA).item()
    assert one_km("air", HAMBURG, VIENNA) == pytest.approx(direct + 95)


@pytest.mark.parametrize(
    ("start", "end", "river_km"),
    [
        ((51.4344, 6.7623), (49.4875, 8.4660), 356),  # Duisburg-Mannheim: Rhine kilometres 780 and 424
        (VIENNA, (47.4979, 19.0402), 282),  # Vienna-Budapest: Danube kilometres 1929 and 1647
    ],
)
def test_inland_waterway_is_within_a_quarter_of_the_rivers_own_kilometres(start, end, river_km):
    assert one_km("inland_waterway", start, end) == pytest.approx(river_km, rel=0.25)


@pytest.mark.parametrize(
    ("start", "end", "published_km"),
    [
        (SHANGHAI, ROTTERDAM, 10_525 * NAUTICAL_MILE_KM),  # by Suez; 19,500 km
        ((33.74, -118.27), SHANGHAI, 5_780 * NAUTICAL_MILE_KM),  # Los Angeles, across the date line
        ((40.70, -74.0), ROTTERDAM, 3_370 * NAUTICAL_MILE_KM),  # New York
        ((1.26, 103.84), ROTTERDAM, 8_300 * NAUTICAL_MILE_KM),  # Singapore
        ((19.0, 72.85), (-29.87, 31.03), 3_840 * NAUTICAL_MILE_KM),  # Mumbai-Durban
    ],
)
def test_sea_leg_is_within_5_percent_of_port_distance_tables(start, end, published_km):
    # Nautical miles as liner schedules and distance tables give them, rounded to ten.
    assert one_km("sea", start, end) == pytest.approx(published_km, rel=0.05)


def test_sea_leg_uses_the_sea_route_between_the_nearest_ports():
    route = distances.sea_route(*SHANGHAI, *ROTTERDAM)
    leg = distances.estimate(ends("sea", (SHANGHAI, ROTTERDAM))).iloc[0]
    assert (route.origin_port, route.destination_port) == ("Shanghai (CNSHA)", "Rotterdam (NLRTM)")
    assert leg["distance_km"] == route.km
    assert leg["origin_snap_km"] == pytest.approx(19, abs=3)  # the port lies at Baoshan, north of the city
    assert leg["destination_snap_km"] < 5


def test_the_line_of_a_sea_route_is_as_long_as_its_length_and_does_not_jump():
    route = distances.sea_route(33.74, -118.27, *SHANGHAI)
    lon, lat = np.array(route.coordinates).T
    assert distances.great_circle_km(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum() == pytest.approx(route.km)
    assert np.abs(np.diff(lon)).max() < 180


def test_the_northwest_passage_stays_closed():
    route = distances.sea_route(*ROTTERDAM, 35.45, 139.65)  # Yokohama is nearer through the Arctic
    assert max(lat for _, lat in route.coordinates) < 60


@settings(max_examples=15, deadline=None)
@given(points, points)
def test_both_directions_of_a_sea_lane_are_equally_long(start, end):
    both = distances.estimate(ends("sea", (start, end), (end, start)))["distance_km"]
    assert both.iloc[0] == both.iloc[1] or both.isna().all()


def test_the_way_back_runs_through_the_same_points():
    there = distances.sea_route(*SHANGHAI, *ROTTERDAM)
    back = distances.sea_route(*ROTTERDAM, *SHANGHAI)
    assert there.coordinates == back.coordinates[::-1]


def test_an_inland_place_tells_how_far_its_port_is():
    leg = distances.estimate(ends("sea", ((39.7392, -104.9903), ROTTERDAM))).iloc[0]
    assert leg["origin_snap_km"] > 1000  # Denver: no coast within 1,000 km


def test_no_sea_leg_starts_more_than_1500_km_from_a_port():
    urumqi = (43.8256, 87.6168)  # the largest city far from any sea
    leg = distances.estimate(ends("sea", (urumqi, ROTTERDAM))).iloc[0]
    assert np.isnan(leg["distance_km"])
    assert leg["origin_snap_km"] > distances.MAX_SNAP_KM
    assert distances.sea_route(*urumqi, *ROTTERDAM).coordinates == ()


def test_two_places_at_one_port_are_their_great_circle_apart():
    schiedam = (51.9194, 4.3889)
    assert one_km("sea", ROTTERDAM, schiedam) == pytest.approx(
        distances.great_circle_km(*ROTTERDAM, *schiedam).item()
    )


@pytest.mark.parametrize("mode", ["road", "rail", "sea", "air", "inland_waterway", "hub"])
def test_a_leg_that_ends_where_it_starts_is_0_km(mode):
    assert one_km(mode, VIENNA, VIENNA) == 0


def test_a_hub_moves_nothing_even_where_its_place_is_unknown():
    leg = distances.estimate(ends("hub", ((np.nan, np.nan), VIENNA))).iloc[0]
    assert (leg["distance_km"], leg["distance_basis"]) == (0, "actual")


def test_a_missing_or_impossible_coordinate_leaves_the_distance_empty():
    legs = ends("road", ((np.nan, 1.0), VIENNA), ((95.0, 1.0), VIENNA), (HAMBURG, VIENNA))
    assert distances.estimate(legs)["distance_km"].isna().tolist() == [True, True, False]


def test_the_index_is_kept_and_each_row_gets_its_own_lane():
    legs = ends("road", (HAMBURG, VIENNA), (VIENNA, VIENNA), (HAMBURG, VIENNA), index=[7, 7, 3])
    found = distances.estimate(legs)
    assert found.index.tolist() == [7, 7, 3]
    assert found["distance_km"].iloc[0] == found["distance_km"].iloc[2] > 0 == found["distance_km"].iloc[1]
    assert set(found["distance_basis"]) == {"sfd"}


def test_no_legs_give_no_distances():
    found = distances.estimate(ends("road"))
    assert found.empty
    assert list(found) == ["distance_km", "distance_basis", "origin_snap_km", "destination_snap_km"]


def test_an_unknown_mode_is_named():
    with pytest.raises(UnknownMode, match="bicycle"):
        distances.estimate(ends("bicycle", (HAMBURG, VIENNA)))


def test_a_sea_route_refuses_a_missing_coordinate():
    with pytest.raises(ValueError, match="nan"):
        distances.sea_route(float("nan"), 0, *VIENNA)


def test_threads_agree_on_sea_distances():
    lanes = [((1.26, 103.84 + i), ROTTERDAM) for i in range(4)]
    alone = distances.estimate(ends("sea", *lanes))["distance_km"].tolist()
    distances._northbound.cache_clear()
    found: list[list[float]] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(distances.estimate(ends("sea", *lanes))["distance_km"].tolist())
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 4
