"""The plane and its lines: published coordinates, equal areas, the date line, routes between their places."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.distances import great_circle_km, sea_route
from analytics.flows.projection import CENTRAL_LON, HEIGHT, WIDTH, cut_at_edge, project, unwrapped
from analytics.flows.routes import bowed, great_circle, routes
from analytics.flows.thinning import one_per_pixel, thinned

AUTHALIC_M = 6_371_007.1809  # of WGS 84: at the equator and the poles the sphere and the ellipsoid then agree
TOKYO, LOS_ANGELES = (35.68, 139.65), (33.94, -118.41)
SHANGHAI, ROTTERDAM = (31.23, 121.47), (51.92, 4.48)
lats, lons = st.floats(-89, 89), st.floats(-180, 180)


def test_the_map_has_the_measures_that_its_authors_published():
    # Šavrič et al. 2018: height to width 0.48672, a pole line of 0.59247 of the equator.
    assert pytest.approx(0.48672, abs=5e-6) == HEIGHT / WIDTH
    (pole,) = project([CENTRAL_LON + 180], [90.0])
    assert pole[0] / (WIDTH / 2) == pytest.approx(0.59247, abs=5e-6)


def test_the_corners_lie_where_the_epsg_bounds_of_equal_earth_say():
    # EPSG:8857 on WGS 84: ±17,243,959.06 m and ±8,392,927.6 m.
    (east,), (north,) = project([CENTRAL_LON + 180], [0.0]), project([CENTRAL_LON], [90.0])
    assert east[0] * AUTHALIC_M == pytest.approx(17_243_959.06, abs=1)
    assert north[1] * AUTHALIC_M == pytest.approx(8_392_927.6, abs=1)


@given(st.floats(-80, 80), st.floats(-150, 150))
def test_a_small_field_keeps_its_area(lat, lon):
    half = 1e-4
    (left, right) = project([lon - half, lon + half], [lat, lat])
    (low, high) = project([lon, lon], [lat - half, lat + half])
    area = (right[0] - left[0]) * (high[1] - low[1])  # parallels are level, so width × height
    assert area == pytest.approx(np.radians(2 * half) ** 2 * np.cos(np.radians(lat)), rel=1e-4)


def test_tokyo_to_los_angeles_leaves_on_the_right_and_comes_back_on_the_left():
    way = great_circle(*TOKYO, *LOS_ANGELES)
    line = project(*cut_at_edge(*way.T).T)
    gaps = np.flatnonzero(np.isnan(line[:, 0]))
    assert len(gaps) == 1
    before, after = line[: gaps[0]], line[gaps[0] + 1 :]
    assert before[-1, 0] > 0 > after[0, 0]
    assert before[-1, 1] == pytest.approx(after[0, 1])  # at the same height
    steps = np.concatenate([np.diff(before[:, 0]), np.diff(after[:, 0])])
    assert np.abs(steps).max() < WIDTH / 20  # no piece crosses the map


@given(lats, lons, lats, lons)
def test_no_line_jumps_across_the_map(lat1, lon1, lat2, lon2):
    for way in (great_circle(lat1, lon1, lat2, lon2), bowed(lat1, lon1, lat2, lon2)):
        cut = cut_at_edge(*way.T)
        known = cut[~np.isnan(cut[:, 0])]
        assert np.abs(known[:, 0] - CENTRAL_LON).max() <= 180 + 1e-9
        steps = np.diff(cut[:, 0])
        assert np.nanmax(np.abs(steps), initial=0.0) <= 180 + 1e-9


@given(lats, lons, lats, lons)
def test_a_flight_is_as_long_as_its_great_circle(lat1, lon1, lat2, lon2):
    way = great_circle(lat1, lon1, lat2, lon2)
    direct_km = float(great_circle_km(lat1, lon1, lat2, lon2))
    along_km = great_circle_km(way[:-1, 1], way[:-1, 0], way[1:, 1], way[1:, 0]).sum()
    if direct_km < 20_000:  # of antipodes any way is the shortest
        assert along_km == pytest.approx(direct_km, rel=1e-3, abs=0.01)


def test_there_and_back_by_road_are_two_lines_on_two_sides():
    there = bowed(48.0, 2.0, 50.0, 10.0)
    back = bowed(50.0, 10.0, 48.0, 2.0)[::-1]
    assert there[0] == pytest.approx(back[0])
    assert there[-1] == pytest.approx(back[-1])
    middle = len(there) // 2
    assert abs(there[middle, 1] - back[middle, 1]) > 0.5
    assert there[middle, 1] < back[middle, 1]  # eastwards, the right-hand side is the south


def test_a_sea_lane_follows_the_library_route_and_begins_and_ends_at_its_places():
    ends = pd.DataFrame(
        [["sea", *SHANGHAI, *ROTTERDAM]],
        columns=["mode", "origin_lat", "origin_lon", "destination_lat", "destination_lon"],
    )
    (way,) = routes(ends)
    assert way[0] == pytest.approx(SHANGHAI[::-1])
    assert way[-1] == pytest.approx(ROTTERDAM[::-1])
    between = way[1:-1]
    km = great_circle_km(between[:-1, 1], between[:-1, 0], between[1:, 1], between[1:, 0]).sum()
    assert km == pytest.approx(sea_route(*SHANGHAI, *ROTTERDAM).km, rel=0.02)
    # By the Strait of Malacca and Suez, not around the Cape.
    assert way[:, 1].min() > 0
    assert (np.hypot(way[:, 0] - 32.5, way[:, 1] - 30.0) < 2).any()


def test_a_sea_lane_over_the_pacific_crosses_the_date_line_in_one_line():
    ends = [["sea", 35.4, 139.7, *LOS_ANGELES], ["sea", *LOS_ANGELES, 35.4, 139.7]]
    columns = ["mode", "origin_lat", "origin_lon", "destination_lat", "destination_lon"]
    there, back = routes(pd.DataFrame(ends, columns=columns))
    for way in (there, back):
        assert np.abs(np.diff(way[:, 0])).max() < 180
    assert there[:, 0] - there[0, 0] == pytest.approx(back[::-1, 0] - back[-1, 0])


def test_a_sea_lane_within_one_port_is_still_drawn():
    columns = ["mode", "origin_lat", "origin_lon", "destination_lat", "destination_lon"]
    (way,) = routes(pd.DataFrame([["sea", 51.92, 4.48, 51.93, 4.40]], columns=columns))
    assert len(way) > 1
    assert way[0] == pytest.approx([4.48, 51.92])


def test_longitudes_run_on_over_the_date_line():
    assert unwrapped([170, 179, -175, -160]).tolist() == [170, 179, 185, 200]


def test_thinning_keeps_corners_and_drops_what_lies_on_the_line():
    line = np.array([[0, 0], [1, 0.001], [2, 0], [2, 1], [2, 2]], float)
    assert thinned(line, 0.01).tolist() == [[0, 0], [2, 0], [2, 2]]
    assert thinned(line, 1e-6).tolist() == [[0, 0], [1, 0.001], [2, 0], [2, 2]]


def test_one_point_a_pixel_keeps_both_ends():
    line = np.array([[0.1, 0.1], [0.2, 0.3], [0.9, 0.2], [1.4, 0.5], [1.6, 0.4]])
    assert one_per_pixel(line, 1.0).tolist() == [[0.1, 0.1], [1.4, 0.5], [1.6, 0.4]]
