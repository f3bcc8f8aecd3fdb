"""Legs that cannot be right are flagged with the numbers in the sentence; ordinary legs are left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import plausibility

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HAMBURG_VIENNA = {
    "origin": "Hamburg, DE",
    "destination": "Vienna, AT",
    "origin_country": "DE",
    "destination_country": "AT",
    "origin_lat": 53.5511,
    "origin_lon": 9.9937,
    "destination_lat": 48.2082,
    "destination_lon": 16.3738,
}


def leg(**columns):
    return pd.DataFrame([{"shipment_id": "S1", "leg_no": 1, **columns}])


def flagged(**columns):
    found = plausibility.flags(leg(**columns), now=NOW)
    return dict(zip(found["kind"], found["reason"], strict=True))


def by_road(start, end, mode="road"):
    return "road_over_ocean" in flagged(mode=mode, origin_country=start, destination_country=end)


def test_an_ordinary_leg_is_not_flagged():
    moments = {"departed_at": pd.Timestamp("2026-05-01"), "arrived_at": pd.Timestamp("2026-05-02")}
    usual = {"mode": "road", "weight_kg": 20_000.0, "distance_km": 970.0, "distance_source": "reported"}
    assert flagged(**HAMBURG_VIENNA, **usual, **moments) == {}


@pytest.mark.parametrize("mode", ["road", "rail"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("IN", "ZA"),  # Asia-Africa
        ("DE", "NG"),
        ("JP", "CN"),  # an island
        ("ES", "MA"),  # the Strait of Gibraltar
        ("US", "DE"),
        ("PA", "CO"),  # the Darién gap: there is no road
        ("KR", "CN"),  # the Korean border is closed
        ("LK", "IN"),
        ("CU", "US"),
        ("HT", "US"),
        ("MG", "MZ"),
        ("AU", "ID"),
    ],
)
def test_no_truck_or_train_crosses_an_ocean(start, end, mode):
    assert by_road(start, end, mode)
    assert by_road(end, start, mode)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("GB", "FR"),  # the Channel Tunnel
        ("SE", "DK"),  # the Øresund bridge
        ("EG", "IL"),
        ("EG", "SA"),
        ("DE", "CN"),
        ("PT", "VN"),
        ("ZA", "EG"),
        ("HT", "DO"),
        ("SG", "MY"),
        ("BH", "SA"),
        ("IE", "GB"),  # Northern Ireland
        ("MX", "CA"),
        ("AR", "BR"),
        ("JP", "JP"),
    ],
)
def test_neighbours_and_linked_countries_trade_by_road(start, end):
    assert not by_road(start, end)
    assert not by_road(end, start)


def test_ships_and_aircraft_may_cross_the_ocean():
    assert not by_road("IN", "ZA", "sea")
    assert not by_road("IN", "ZA", "air")


def test_the_ocean_reason_names_countries_and_landmasses():
    reason = flagged(mode="road", origin_country="IN", destination_country="NG")["road_over_ocean"]
    assert reason == "By road from India to Nigeria: no road or rail joins Eurasia and Africa."


def test_a_road_over_the_ocean_is_not_also_called_too_far():
    ends = {"origin_country": "IN", "destination_country": "ZA"}
    assert set(flagged(mode="road", distance_km=9000.0, **ends)) == {"road_over_ocean"}


def test_a_truck_does_not_drive_9000_km():
    assert "9,000 km by road" in flagged(mode="road", distance_km=9000.0)["road_too_far"]
    assert flagged(mode="road", distance_km=5000.0) == {}
    assert flagged(mode="rail", distance_km=9000.0) == {}  # China-Europe trains do


@pytest.mark.parametrize(
    ("mode", "most_kg"),
    [
        ("air", 140_000),
        ("road", 60_000),
        ("rail", 40_000_000),
        ("sea", 400_000_000),
        ("inland_waterway", 70_000_000),
    ],
)
def test_no_shipment_outweighs_the_largest_vehicle_of_its_mode(mode, most_kg):
    assert "too_heavy" not in flagged(mode=mode, weight_kg=float(most_kg))
    assert f"{most_kg:,} kg" in flagged(mode=mode, weight_kg=most_kg + 1.0)["too_heavy"]


def test_the_reason_for_857_354_kg_by_air_gives_both_numbers():
    reason = flagged(mode="air", weight_kg=857_354.0)["too_heavy"]
    assert "857,354 kg" in reason
    assert "140,000 kg" in reason


def test_a_sea_leg_far_from_its_port_misses_a_leg_over_land():
    snaps = {"origin_snap_km": 642.0, "destination_snap_km": 12.0}
    reason = flagged(mode="sea", **snaps)["no_port_nearby"]
    assert "642 km from the origin" in reason
    assert "destination" not in reason
    assert flagged(mode="air", **snaps) == {}
    assert flagged(mode="sea", origin_snap_km=300.0, destination_snap_km=float("nan")) == {}


@pytest.mark.parametrize(
    ("km", "kind"),
    [
        (0.0, "far_too_short"),
        (600.0, "far_too_short"),
        (700.0, None),
        (2700.0, None),
        (2800.0, "far_too_long"),
    ],
)
def test_a_reported_distance_is_measured_against_the_great_circle(km, kind):
    # Hamburg-Vienna is 743 km: 0.9 × 743 = 669 km, 3 × 743 + 500 = 2,729 km.
    found = flagged(**HAMBURG_VIENNA, mode="rail", distance_km=km, distance_source="reported")
    assert list(found) == ([kind] if kind else [])
    if kind:
        assert f"{km:,.0f} km reported; from Hamburg, DE to Vienna, AT it is 743 km" in found[kind]


def test_an_estimated_distance_cannot_contradict_its_places():
    assert flagged(**HAMBURG_VIENNA, mode="sea", distance_km=0.0, distance_source="places") == {}


def test_an_end_known_only_by_country_says_nothing_about_a_distance():
    from ingestion.places import Places

    austria = Places().resolve(pd.Series(["Austria"])).iloc[0]
    rough = {**HAMBURG_VIENNA, "destination_lat": austria["lat"], "destination_lon": austria["lon"]}
    assert flagged(**rough, mode="road", distance_km=300.0, distance_source="reported") == {}


def test_a_hub_and_a_short_trip_in_town_have_no_great_circle_to_keep():
    assert flagged(**HAMBURG_VIENNA, mode="hub", distance_km=0.0, distance_source="reported") == {}
    town = {**HAMBURG_VIENNA, "destination_lat": 53.6, "destination_lon": 10.1, "destination_country": "DE"}
    assert flagged(**town, mode="road", distance_km=3.0, distance_source="reported") == {}


def test_dates_ahead_of_today_and_before_2000_are_flagged():
    assert "2030-01-01" in flagged(departed_at=pd.Timestamp("2030-01-01"))["future_date"]
    assert flagged(departed_at=pd.Timestamp("2026-11-21 18:00")) == {}  # later today, or another time zone
    assert "1999-12-31" in flagged(departed_at=pd.Timestamp("1999-12-31"))["ancient_date"]


def test_nothing_arrives_before_it_departs():
    found = flagged(departed_at=pd.Timestamp("2026-05-02 08:00"), arrived_at=pd.Timestamp("2026-05-01 08:00"))
    reason = "Arrived on 2026-05-01 08:00, before it departed on 2026-05-02 08:00."
    assert found == {"arrives_before_departure": reason}
    assert flagged(departed_at=pd.Timestamp("2026-05-02"), arrived_at=pd.NaT) == {}


def test_aware_moments_are_compared_in_utc():
    departed = pd.Timestamp("2026-05-01 10:00", tz="Asia/Tokyo")  # 01:00 UTC
    assert flagged(departed_at=departed, arrived_at=pd.Timestamp("2026-05-01 02:00")) == {}


def test_rules_without_their_columns_are_silent():
    assert flagged() == {}
    nothing = dict.fromkeys(("mode", "weight_kg", "origin_country", "departed_at", "distance_km"))
    assert flagged(**nothing) == {}
    assert flagged(mode="road", origin_country="IN", destination_country=None) == {}
    assert flagged(mode="road", origin_country="IN", destination_country="??") == {}


def test_no_legs_have_no_flags():
    found = plausibility.flags(leg().iloc[:0])
    assert found.empty
    assert list(found) == ["shipment_id", "leg_no", "kind", "reason"]


def test_each_flag_carries_the_key_of_its_own_leg():
    legs = pd.DataFrame(
        {
            "shipment_id": ["A", "A", "B"],
            "leg_no": [1, 2, 1],
            "mode": ["air", "road", "road"],
            "weight_kg": [1.0, 90_000.0, 5.0],
            "distance_km": [1.0, 10.0, 7000.0],
        },
        index=[9, 9, 9],
    )
    found = plausibility.flags(legs, now=NOW)
    keys = set(found[["shipment_id", "leg_no", "kind"]].itertuples(index=False, name=None))
    assert keys == {("A", 2, "too_heavy"), ("B", 1, "road_too_far")}
    assert set(found["kind"]) <= set(plausibility.KINDS)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["road", "air", None]), st.floats(1, 1e6)), min_size=1, max_size=5))
def test_flags_of_a_whole_are_the_flags_of_its_parts(rows):
    legs = pd.DataFrame(rows, columns=["mode", "weight_kg"])
    legs = legs.assign(shipment_id=[f"S{i}" for i in range(len(legs))], leg_no=1)
    whole = plausibility.flags(legs, now=NOW)
    parts = [plausibility.flags(legs.iloc[[i]], now=NOW) for i in range(len(legs))]
    assert set(whole["shipment_id"]) == {key for part in parts for key in part["shipment_id"]}
