"""The map's question on both engines: sums, mean coordinates, hub operations, filters and scope."""

from __future__ import annotations

import pytest

from analytics.flows import FlowAnalytics
from data_access import Filters, Scope
from data_access import flow_queries as queries
from tests.legs import put

HAMBURG = {"origin": "Hamburg, DE", "origin_country": "DE", "origin_lat": 53.5, "origin_lon": 10.0}
VIENNA = {
    "destination": "Vienna, AT",
    "destination_country": "AT",
    "destination_lat": 48.2,
    "destination_lon": 16.4,
}
LEGS = (
    {**HAMBURG, **VIENNA},
    {**HAMBURG, **VIENNA, "origin_lat": 53.7, "supplier_id": "Brown"},
    {**HAMBURG, **VIENNA, "mode": "rail", "vehicle_class": None},
    {"origin": "Unknown", "origin_country": None, "supplier_id": "Brown", **VIENNA},
)


def test_lanes_are_summed_by_mode_at_the_mean_of_their_coordinates(store):
    frame = put(store, *LEGS)
    found = store.frame(queries.lane_flows(Filters(), Scope.all())).set_index(["origin", "mode"])
    assert len(found) == 3
    road = found.loc[("Hamburg, DE", "road")]
    assert (road["legs"], road["origin_lat"]) == (2, pytest.approx(53.6))
    assert road["wtw_kg"] == pytest.approx(frame["wtw_kg"].iloc[:2].sum())
    assert road["weight_kg"] == 24_000
    assert found["origin_lat"].isna().tolist().count(True) == 1


def test_the_map_sees_the_users_suppliers_and_the_filters_only(store):
    frame = put(store, *LEGS)
    flows = FlowAnalytics(store)
    whole = flows.flows(Filters(), Scope.all())
    assert whole.lanes_kg == pytest.approx(frame["wtw_kg"].sum())
    assert whole.unlocated_kg == pytest.approx(frame["wtw_kg"].iloc[3])
    own = flows.flows(Filters(), Scope.suppliers({"Brown"}))
    assert own.lanes_kg == pytest.approx(frame["wtw_kg"].iloc[[1, 3]].sum())
    assert flows.flows(Filters(), Scope.suppliers(())).lanes == 0
    assert flows.flows(Filters(modes=("rail",)), Scope.all()).frame["mode"].tolist() == ["rail"]
    lane = Filters(lanes=("Hamburg, DE → Vienna, AT",))
    assert flows.flows(lane, Scope.all()).lanes_kg == pytest.approx(frame["wtw_kg"].iloc[:3].sum())
