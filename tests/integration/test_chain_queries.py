"""Whole transport chains out of legs, on both engines."""

from __future__ import annotations

import pandas as pd
import pytest

from data_access import Filters, Scope, schema
from data_access.chain_queries import chain_flows
from tests.legs import legs_of

EVERYONE = Scope.all()
SHANGHAI_PORT = {
    "origin": "Suzhou, CN",
    "origin_country": "CN",
    "destination": "Shanghai, CN",
    "destination_country": "CN",
}
AT_SEA = {
    "origin": "Shanghai, CN", "origin_country": "CN",
    "destination": "Hamburg, DE", "destination_country": "DE",
    "mode": "sea", "vehicle_class": None, "distance_km": 20_000.0,
}  # fmt: skip
BY_RAIL = {
    "origin": "Hamburg, DE", "origin_country": "DE", "destination": "Munich, DE", "destination_country": "DE",
    "mode": "rail", "vehicle_class": None, "distance_km": 800.0,
}  # fmt: skip
HUB = {
    "origin": "Shanghai, CN", "origin_country": "CN",
    "destination": "Shanghai, CN", "destination_country": "CN",
    "mode": "hub", "vehicle_class": None, "distance_km": 0.0, "hub_kg_per_t": 2.0,
}  # fmt: skip


def chain(shipment_id, *legs, **every):
    return [{"shipment_id": shipment_id, "leg_no": n, **leg, **every} for n, leg in enumerate(legs, 1)]


def add(store, *rows):
    frame = legs_of(*rows)
    store.transact(lambda tx: tx.append(schema.legs, frame))
    return frame


def flows(store, filters=None, scope=EVERYONE):
    return store.frame(chain_flows(filters or Filters(), scope))


def flag(store, shipment_id, leg_no, status="open"):
    row = {
        "shipment_id": shipment_id, "leg_no": leg_no, "kind": "weight", "found_by": "rule", "score": 1.0,
        "reason": "heavy", "at_stake_kg": 1.0, "status": status, "found_at": pd.Timestamp("2025-04-01"),
        "batch_id": "batch",
    }  # fmt: skip
    store.transact(lambda tx: tx.append(schema.anomalies, pd.DataFrame([row])))


def test_a_chain_runs_from_its_first_origin_to_its_last_destination_by_the_mode_of_most_tonne_km(store):
    legs = add(store, *chain("A", SHANGHAI_PORT, HUB, AT_SEA, BY_RAIL))
    (found,) = flows(store).itertuples()
    assert (found.origin, found.destination, found.destination_country) == ("Suzhou, CN", "Munich, DE", "DE")
    assert found.main_mode == "sea"
    assert found.shipments == 1
    assert found.weight_kg == pytest.approx(12_000)
    # All legs count in the kg, the hub too.
    assert found.wtw_kg == pytest.approx(legs["wtw_kg"].sum())
    assert found.tonne_km == pytest.approx(12 * (850 + 20_000 + 800))


def test_a_shipment_of_one_leg_is_a_chain_too(store):
    add(store, {}, {"weight_kg": 4_000.0})
    (found,) = flows(store).itertuples()
    assert (found.origin, found.destination, found.main_mode) == ("Hamburg, DE", "Vienna, AT", "road")
    assert (found.shipments, found.weight_kg, found.weight_max_kg) == (2, 16_000, 12_000)


def test_sums_of_squares_give_the_spread_of_kg_per_tonne(store):
    frame = add(store, {}, {"weight_kg": 4_000.0})
    (found,) = flows(store).itertuples()
    assert found.weight_sq == pytest.approx(12_000.0**2 + 4_000.0**2)
    assert found.kg_sq == pytest.approx((frame["wtw_kg"] ** 2).sum())
    assert found.kg_weight == pytest.approx((frame["wtw_kg"] * frame["weight_kg"]).sum())


def test_transit_runs_from_the_first_departure_to_the_last_arrival_and_is_a_median(store):
    first = [
        SHANGHAI_PORT | {"departed_at": "2025-03-01 00:00", "arrived_at": pd.Timestamp("2025-03-01 12:00")}
    ]
    last = [AT_SEA | {"departed_at": "2025-03-02 00:00", "arrived_at": pd.Timestamp("2025-03-31 00:00")}]
    longer = [AT_SEA | {"departed_at": "2025-03-02 00:00", "arrived_at": pd.Timestamp("2025-04-10 00:00")}]
    never = [AT_SEA | {"departed_at": "2025-03-02 00:00", "arrived_at": pd.NaT}]
    add(store, *chain("A", *first, *last), *chain("B", *first, *longer), *chain("C", *first, *never))
    (found,) = flows(store).itertuples()
    assert found.timed_shipments == 2
    assert found.transit_hours == pytest.approx((30 + 40) / 2 * 24)


def test_cost_counts_where_every_leg_has_one_in_one_currency_and_only_in_the_main_currency(store):
    paid = {"cost": 100.0, "currency": "EUR"}
    add(
        store,
        *chain("whole", SHANGHAI_PORT, AT_SEA, **paid),
        *chain("part", SHANGHAI_PORT | paid, AT_SEA),
        *chain("mixed", SHANGHAI_PORT | paid, AT_SEA | {"cost": 7.0, "currency": "USD"}),
        *chain("dollars", SHANGHAI_PORT, AT_SEA, cost=900.0, currency="USD", weight_kg=5_000.0),
    )
    (found,) = flows(store).itertuples()
    assert found.shipments == 4
    assert (found.currency, found.cost, found.costed_weight_kg) == ("EUR", 200, 12_000)


def test_no_cost_at_all_is_no_currency(store):
    add(store, {})
    assert flows(store)[["currency", "cost"]].isna().all(axis=None)


def test_a_chain_with_a_flagged_leg_is_left_out_until_the_flag_is_dismissed(store):
    add(store, *chain("A", SHANGHAI_PORT, AT_SEA), *chain("B", SHANGHAI_PORT, AT_SEA))
    flag(store, "A", 2)
    assert flows(store)["shipments"].tolist() == [1]


def test_a_dismissed_flag_leaves_the_chain_in(store):
    add(store, *chain("A", SHANGHAI_PORT, AT_SEA))
    flag(store, "A", 2, status="dismissed")
    assert flows(store)["shipments"].tolist() == [1]


def test_filters_are_those_of_the_whole_chain(store):
    add(store, *chain("A", SHANGHAI_PORT, AT_SEA), {"shipment_id": "road"})
    everything, sea, road = (len(flows(store, Filters(modes=modes))) for modes in ((), ("sea",), ("road",)))
    assert (everything, sea, road) == (2, 1, 1)
    lane = Filters(lanes=("Suzhou, CN → Hamburg, DE",))
    assert flows(store, lane)["main_mode"].tolist() == ["sea"]
    # The legs' own lane is none of a chain.
    assert flows(store, Filters(lanes=("Shanghai, CN → Hamburg, DE",))).empty
    assert (
        flows(store, Filters(origin_countries=("CN",), destination_countries=("DE",)))["shipments"].sum() == 1
    )
    assert flows(store, Filters(origin_countries=("CN",), destination_countries=("CN",))).empty


def test_a_chain_belongs_to_the_period_of_its_first_departure_with_all_its_legs(store):
    legs = add(
        store,
        *chain("A", SHANGHAI_PORT | {"departed_at": "2025-03-30"}, AT_SEA | {"departed_at": "2025-04-02"}),
    )
    march = Filters(start=pd.Timestamp("2025-03-01"), end=pd.Timestamp("2025-04-01"))
    april = Filters(start=pd.Timestamp("2025-04-01"), end=pd.Timestamp("2025-05-01"))
    assert flows(store, march)["wtw_kg"].sum() == pytest.approx(legs["wtw_kg"].sum())
    assert flows(store, april).empty


def test_a_scope_sees_only_its_own_chains(store):
    add(store, *chain("A", SHANGHAI_PORT, AT_SEA, supplier_id="Bolt"), {"shipment_id": "mine"})
    assert flows(store, scope=Scope.suppliers({"Acme"}))["supplier_id"].tolist() == ["Acme"]
    assert flows(store, scope=Scope.suppliers(set())).empty


def test_temperature_controlled_chains_are_counted(store):
    add(
        store,
        *chain("A", SHANGHAI_PORT, AT_SEA | {"temperature_controlled": True}),
        *chain("B", SHANGHAI_PORT, AT_SEA),
    )
    assert flows(store)["cold_shipments"].tolist() == [1]


def test_hub_only_and_headless_shipments_are_no_chains(store):
    add(store, {"shipment_id": "hub", **HUB}, {"shipment_id": "late", "leg_no": 2, **AT_SEA})
    assert flows(store).empty


def test_an_empty_warehouse_has_no_flows(store):
    assert flows(store).empty
