"""Recommendations from legs in a warehouse, on both engines."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics import RecommendationAnalytics
from data_access import Filters, Scope
from data_access.recommendation_queries import job_rates, supplier_legs
from tests.legs import put

EVERYONE = Scope.all()
PLACES = {
    "origin": "Shanghai, CN", "origin_country": "CN", "origin_lat": 31.2, "origin_lon": 121.5,
    "destination": "Hamburg, DE", "destination_country": "DE", "destination_lat": 53.5,
    "destination_lon": 10.0,
}  # fmt: skip
FLIGHT = PLACES | {"mode": "air", "vehicle_class": "long-haul", "distance_km": 9_000.0, "weight_kg": 1_000.0}
VOYAGE = PLACES | {
    "mode": "sea", "vehicle_class": "container ship average", "distance_km": 20_000.0, "supplier_id": "Bolt",
}  # fmt: skip


def days(*numbers, **leg):
    """The leg once on each of these days of 2025, counted from 1 January."""
    first = pd.Timestamp("2025-01-01")
    return [leg | {"departed_at": first + pd.Timedelta(days=number)} for number in numbers]


def test_a_lane_that_a_peer_sails_could_move_there_at_the_peers_rate(store):
    legs = put(store, *days(0, 100, 365, **FLIGHT), *days(1, 2, 3, **VOYAGE))
    found = RecommendationAnalytics(store).shifts(Filters(), EVERYONE)
    by_mode = legs.groupby("mode")[["wtw_kg", "weight_kg"]].sum()
    now, sea = by_mode.loc["air", "wtw_kg"], by_mode.loc["sea", "wtw_kg"] / by_mode.loc["sea", "weight_kg"]
    # 365 days from first to last departure: the sums are a year's.
    assert found.days == pytest.approx(365)
    (row,) = found.frame.itertuples()
    assert row.saved_kg == pytest.approx(now - 3_000 * sea)
    (advice,) = [
        one
        for one in RecommendationAnalytics(store).for_supplier(Filters(), EVERYONE, supplier_id="Acme")
        if one.kind == "shift_mode"
    ]
    assert advice.saved_kg == pytest.approx(row.saved_kg)
    assert advice.saved_share == pytest.approx(row.saved_kg / now)
    assert advice.lanes == ("Shanghai, CN → Hamburg, DE",)
    assert "3 shipments of 1 supplier went by sea on the same lane, none of them its own" in advice.evidence


def test_evidence_stays_when_the_filters_show_one_supplier_or_mode_only(store):
    put(store, *days(0, 1, 2, **FLIGHT), *days(0, 1, 2, **VOYAGE))
    analytics = RecommendationAnalytics(store)
    for narrow in (Filters(suppliers=("Acme",)), Filters(modes=("air",)), Filters(origin_countries=("CN",))):
        assert len(analytics.shifts(narrow, EVERYONE).frame) == 1
    assert analytics.shifts(Filters(modes=("sea",)), EVERYONE).frame.empty
    assert analytics.shifts(Filters(lanes=("Hamburg, DE → Shanghai, CN",)), EVERYONE).frame.empty
    assert len(analytics.shifts(Filters(lanes=("Shanghai, CN → Hamburg, DE",)), EVERYONE).frame) == 1


def test_a_supplier_sees_evidence_of_its_own_only(store):
    put(store, *days(0, 1, 2, **FLIGHT), *days(0, 1, 2, **VOYAGE))
    own = Scope.suppliers({"Acme"})
    analytics = RecommendationAnalytics(store)
    assert analytics.shifts(Filters(), own).frame.empty
    assert {one.kind for one in analytics.for_supplier(Filters(), own, supplier_id="Acme")} <= {
        "primary_data"
    }
    assert analytics.for_supplier(Filters(), own, supplier_id="Bolt") == ()


def test_the_period_bounds_what_a_year_is_scaled_from(store):
    put(store, *days(0, 10, 20, 200, **FLIGHT), *days(0, 1, 2, 365, **VOYAGE))
    start = pd.Timestamp("2025-01-01")
    part = Filters(start=start, end=start + pd.Timedelta(days=73))
    found = RecommendationAnalytics(store).shifts(part, EVERYONE)
    assert found.days == pytest.approx(73)
    (row,) = found.frame.itertuples()
    assert row.shipments == 3
    # Beyond the last departure there are no data to cover.
    late = Filters(start=start + pd.Timedelta(days=100), end=start + pd.Timedelta(days=5_000))
    assert RecommendationAnalytics(store).shifts(late, EVERYONE).days == pytest.approx(265)


def test_savings_of_one_supplier_never_exceed_what_it_emits(store):
    road = {"vehicle_class": "rigid >17 t", "weight_kg": 5_000.0}
    heavy = {"vehicle_class": "articulated >33 t", "weight_kg": 14_000.0, "supplier_id": "Bolt"}
    legs = put(
        store,
        *days(0, 1, 2, **FLIGHT), *days(0, 1, 2, **VOYAGE),
        *days(*range(60), **road), *days(*range(30), **heavy),
        *days(*range(30), **heavy | {"vehicle_class": "rigid >17 t", "weight_kg": 6_000.0}),
    )  # fmt: skip
    found = RecommendationAnalytics(store).for_supplier(Filters(), EVERYONE, supplier_id="Acme")
    kinds = {one.kind for one in found}
    assert {"shift_mode", "consolidate", "primary_data"} <= kinds
    per_year = legs.loc[legs["supplier_id"] == "Acme", "wtw_kg"].sum() * 365 / found[0].days
    assert 0 < sum(one.saved_kg for one in found) <= per_year
    saved = [one.saved_kg for one in found]
    assert saved == sorted(saved, reverse=True)
    assert found[-1].kind == "primary_data"
    for one in found:
        assert one.saved_low_kg <= one.saved_kg <= one.saved_high_kg
        assert one.saved_kg <= one.now_kg


def test_nothing_is_advised_where_nobody_does_better(store):
    put(store, *days(0, 1, 2, wtw_kg=900.0))
    assert RecommendationAnalytics(store).for_supplier(Filters(), EVERYONE, supplier_id="Acme") == ()
    assert RecommendationAnalytics(store).for_supplier(Filters(), EVERYONE, supplier_id="Nobody") == ()


def test_an_empty_warehouse_has_no_candidates(store):
    found = RecommendationAnalytics(store).shifts(Filters(), EVERYONE, max_extra_days=3)
    assert (len(found.frame), found.saved_kg, found.too_slow, found.time_unknown) == (0, 0, 0, 0)


def test_jobs_are_banded_by_distance_and_weight_alike_on_both_engines(store):
    put(
        store,
        {"distance_km": 99.9, "weight_kg": 499.9},
        {"distance_km": 100.0, "weight_kg": 500.0},
        {"distance_km": 9_000.0, "weight_kg": 25_000.0},
        {"mode": "hub", "distance_km": 0.0, "hub_kg_per_t": 1.0, "vehicle_class": None},
    )
    jobs = store.frame(job_rates(Filters(), EVERYONE)).sort_values("distance_band")
    assert jobs[["distance_band", "weight_band"]].to_numpy().tolist() == [[0, 0], [1, 1], [6, 5]]
    legs = store.frame(supplier_legs(Filters(modes=("air",)), EVERYONE, "Acme"))
    assert legs["shipment_id"].tolist() == ["S1", "S2", "S3", "S4"]
    assert not legs["flagged"].any()
