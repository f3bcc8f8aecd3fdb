"""Which lanes are drawn, what the rest sums to, and what merges when seen from afar."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.flows import View, fitting, heaviest, scene, world
from analytics.flows.clusters import MERGE_PX, merged

PLACES = {
    "Hamburg, DE": ("DE", 53.55, 9.99),
    "Lyon, FR": ("FR", 45.76, 4.84),
    "Villeurbanne, FR": ("FR", 45.77, 4.88),
    "Shanghai, CN": ("CN", 31.23, 121.47),
    "Chicago, US": ("US", 41.88, -87.63),
    "Nowhere": (None, np.nan, np.nan),
}
NAMES = list(PLACES)


def sums(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Origin, destination, mode, kg: what the query returns for lanes of 1 t over 1,000 tkm, 2 legs each."""
    return pd.DataFrame(
        [
            {
                "origin": origin,
                "origin_country": PLACES[origin][0],
                "destination": destination,
                "destination_country": PLACES[destination][0],
                "mode": mode,
                "origin_lat": PLACES[origin][1],
                "origin_lon": PLACES[origin][2],
                "destination_lat": PLACES[destination][1],
                "destination_lon": PLACES[destination][2],
                "legs": 2,
                "weight_kg": 1000.0,
                "tonne_km": 1000.0,
                "wtw_kg": kg,
            }
            for origin, destination, mode, kg in rows
        ]
    )


THREE = sums(
    ("Hamburg, DE", "Lyon, FR", "road", 50.0),
    ("Hamburg, DE", "Lyon, FR", "rail", 30.0),
    ("Shanghai, CN", "Hamburg, DE", "sea", 70.0),
    ("Chicago, US", "Lyon, FR", "air", 10.0),
)


def test_a_lane_counts_with_all_its_modes_when_the_heaviest_are_chosen():
    # By mode the sea lane is the heaviest; as lanes, Hamburg → Lyon has 80 kg and the sea lane 70.
    flows = heaviest(THREE, limit=1)
    assert flows.frame["mode"].tolist() == ["road", "rail"]
    assert (flows.lanes, flows.drawn_lanes, flows.rest_lanes) == (3, 1, 2)
    assert (flows.drawn_kg, flows.rest_kg) == (80.0, 80.0)


def test_what_is_not_drawn_is_summed_and_hubs_are_no_lane():
    rows = pd.concat(
        [
            THREE,
            sums(("Nowhere", "Lyon, FR", "road", 5.0), ("Hamburg, DE", "Hamburg, DE", "hub", 4.0)),
        ]
    )
    flows = heaviest(rows, limit=2)
    assert (flows.lanes, flows.unlocated_lanes, flows.rest_lanes) == (4, 1, 1)
    assert (flows.drawn_kg, flows.rest_kg, flows.unlocated_kg, flows.hub_kg) == (150.0, 10.0, 5.0, 4.0)
    assert flows.places.set_index("place")["hub_kg"]["Hamburg, DE"] == 4.0
    assert flows.lanes_kg == 165.0


def test_intensity_is_grams_per_tonne_km():
    assert heaviest(THREE, limit=3).frame["intensity_g_per_tkm"].tolist() == [70.0, 50.0, 30.0, 10.0]


def test_a_selection_without_any_coordinates_draws_nothing_and_says_how_much():
    flows = heaviest(sums(("Nowhere", "Lyon, FR", "road", 5.0)), limit=10)
    assert flows.frame.empty
    assert flows.unlocated_kg == 5.0
    assert scene(flows, world(), 900, 400).flows.empty


def test_no_leg_at_all_is_no_error():
    flows = heaviest(THREE.iloc[:0], limit=10)
    assert (flows.lanes, flows.lanes_kg) == (0, 0.0)


def test_a_map_of_no_lanes_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        heaviest(THREE, limit=0)


lanes = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.sampled_from(["road", "sea", "air", "hub"]),
        st.floats(0, 1e6),
    ),
    max_size=25,
    unique_by=lambda row: row[:3],
)


@given(lanes, st.integers(1, 30))
def test_drawn_rest_unlocated_and_hubs_add_up_to_everything(rows, limit):
    frame = sums(*rows) if rows else THREE.iloc[:0]
    flows = heaviest(frame, limit)
    parts = flows.drawn_kg + flows.rest_kg + flows.unlocated_kg + flows.hub_kg
    assert parts == pytest.approx(frame["wtw_kg"].sum())
    assert flows.drawn_lanes + flows.rest_lanes + flows.unlocated_lanes == flows.lanes
    assert flows.drawn_lanes <= limit


@given(lanes, st.floats(0.05, 5), st.floats(-2, 2), st.floats(-1, 1))
def test_merging_keeps_the_emissions_whatever_the_view(rows, width, x, y):
    flows = heaviest(sums(*rows) if rows else THREE.iloc[:0], 100)
    seen = scene(flows, View(x, x + width, y, y + width / 2), 900, 450)
    between, inside = seen.flows["wtw_kg"].sum(), seen.nodes["inside_kg"].sum()
    assert between + inside == pytest.approx(flows.drawn_kg)
    # Each lane between two places counts at both, a lane within one place once.
    assert seen.nodes["wtw_kg"].sum() == pytest.approx(2 * between + inside)
    assert seen.nodes["places"].sum() == len(flows.places)
    assert len(seen.lines) == len(seen.flows)


def test_lyon_and_villeurbanne_are_one_place_from_afar_and_two_from_near():
    flows = heaviest(
        sums(
            ("Hamburg, DE", "Lyon, FR", "road", 50.0),
            ("Hamburg, DE", "Villeurbanne, FR", "road", 20.0),
            ("Lyon, FR", "Villeurbanne, FR", "road", 1.0),
        ),
        10,
    )
    afar = scene(flows, world(), 900, 400)
    lyon = afar.nodes[afar.nodes["name"] == "Lyon, FR"].iloc[0]
    assert (lyon["places"], lyon["inside_kg"], lyon["wtw_kg"]) == (2, 1.0, 71.0)
    assert afar.flows[["lanes", "wtw_kg", "legs"]].to_numpy().tolist() == [[2, 70.0, 4]]
    near = View(*_box_around(flows, "Lyon, FR", 0.003))
    assert scene(flows, near, 900, 400).nodes["places"].tolist() == [1, 1, 1]


def test_points_one_pixel_apart_merge_and_far_ones_do_not():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [MERGE_PX * 3, 0.0]])
    assert merged(points, np.array([1.0, 2.0, 3.0]), MERGE_PX).tolist() == [1, 1, 0]


def test_the_line_of_merged_lanes_runs_from_circle_to_circle():
    flows = heaviest(THREE, 10)
    seen = scene(flows, world(), 900, 400)
    for line, flow in zip(seen.lines, seen.flows.itertuples(), strict=True):
        for at, node in ((line[0], flow.start), (line[-1], flow.end)):
            assert at == pytest.approx(seen.nodes.loc[node, ["x", "y"]].to_numpy(dtype=float))


def test_the_view_that_fits_holds_all_points_and_is_never_too_near():
    points = np.array([[0.1, 0.2], [0.4, 0.3], [np.nan, np.nan]])
    view = fitting(points)
    assert view.x0 < 0.1 < 0.4 < view.x1
    assert view.y0 < 0.2 < 0.3 < view.y1
    assert fitting(points[:1]).width > 0.04  # 290 km and more
    assert fitting(np.empty((0, 2))) == world()


def test_coming_nearer_halves_the_view_and_going_back_ends_at_the_world():
    view = View(0.0, 1.0, 0.0, 0.5)
    assert view.zoomed(2) == View(0.25, 0.75, 0.125, 0.375)
    assert view.zoomed(0.1) == world()


def test_a_framed_view_has_the_drawings_shape_and_stays_on_the_world():
    view = View(0.0, 1.0, 1.0, 1.2).framed(800, 400)
    assert view.height / view.width == pytest.approx(0.5)
    assert view.y1 == pytest.approx(world().y1)


def _box_around(flows, name: str, half: float) -> tuple[float, float, float, float]:
    from analytics.flows.projection import project

    row = flows.places.set_index("place").loc[name]
    ((x, y),) = project([row["lon"]], [row["lat"]])
    return x - half, x + half, y - half, y + half
