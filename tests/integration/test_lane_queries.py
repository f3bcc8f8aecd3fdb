"""The Lanes page's questions on both engines: sums, medians, hubs, one lane by each mode, and scope."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics import LaneAnalytics
from analytics.lanes import OTHER
from data_access import Filters, Scope, schema
from tests.legs import legs_of, put

EVERYONE = Scope.all()
LANE = "Hamburg, DE → Vienna, AT"
PLACES = {"origin_lat": 53.55, "origin_lon": 9.99, "destination_lat": 48.21, "destination_lon": 16.37}
START = pd.Timestamp("2025-03-10 08:00")


def leg(days: float | None = None, **more: object) -> dict[str, object]:
    """12 t × 850 km from Hamburg to Vienna by road, unless said otherwise."""
    arrived = START + pd.Timedelta(days=days) if days is not None else pd.NaT
    return {**PLACES, "departed_at": START, "arrived_at": arrived, **more}


def hub(place: str, **more: object) -> dict[str, object]:
    ends = {"origin": place, "destination": place, "origin_country": "BE", "destination_country": "BE"}
    return leg(mode="hub", distance_km=0.0, vehicle_class=None, hub_kg_per_t=1.2, **ends, **more)


def flag(store, shipment_id: str) -> None:
    row = {
        "shipment_id": shipment_id, "leg_no": 1, "kind": "weight_in_lb", "found_by": "rule", "score": 1.0,
        "reason": "?", "at_stake_kg": 1.0, "status": "open", "found_at": pd.Timestamp("2025-03-11"),
        "batch_id": "batch",
    }  # fmt: skip
    frame = pd.DataFrame([row]).astype({"found_at": "datetime64[us]"})
    store.transact(lambda tx: tx.append(schema.anomalies, frame))


def fill(store, *rows: dict[str, object]) -> pd.DataFrame:
    frame = legs_of(*rows)
    frame["arrived_at"] = pd.to_datetime(frame["arrived_at"]).astype("datetime64[us]")
    store.transact(lambda tx: tx.append(schema.legs, frame))
    return frame


def test_table_adds_up_to_the_legs_and_leaves_hubs_out(store):
    frame = fill(
        store,
        leg(1.0, cost=1_200.0, currency="EUR"),
        leg(3.0, cost=600.0, currency="USD", weight_kg=6_000.0),
        leg(1.5, weight_kg=4_000.0),
        leg(mode="rail", vehicle_class="freight train"),
        leg(origin="Lyon, FR", origin_country="FR"),
        hub("Antwerp, BE"),
    )
    table = LaneAnalytics(store).table(Filters(), EVERYONE)
    moving = frame[frame["mode"] != "hub"]
    assert table["wtw_kg"].sum() == pytest.approx(moving["wtw_kg"].sum())
    assert table["legs"].sum() == 5 and set(table["mode"]) == {"road", "rail"}
    road = table[(table["lane"] == LANE) & (table["mode"] == "road")].iloc[0]
    assert (road["legs"], road["weight_kg"], road["tonne_km"]) == (3, 22_000.0, 22 * 850.0)
    assert (road["days"], road["arrived"]) == (1.5, 3)
    assert (road["cost_per_t"], road["currency"], road["other_costs"]) == (100.0, "EUR", "USD 100.00/t")
    assert road["costed_share"] == pytest.approx(18 / 22)
    assert road["low_kg"] < road["wtw_kg"] < road["high_kg"]


def test_lanes_are_counted_once_and_mass_once_a_shipment(store):
    fill(
        store,
        leg(shipment_id="chain", leg_no=1),
        leg(shipment_id="chain", leg_no=2, origin="Vienna, AT", origin_country="AT", destination="Graz, AT"),
        hub("Vienna, AT", shipment_id="chain", leg_no=3),
        leg(shipment_id="other", weight_kg=3_000.0),
    )
    lanes = LaneAnalytics(store)
    counts = lanes.counts(Filters(), EVERYONE)
    assert (counts.lanes, counts.weight_kg) == (2, 15_000.0)
    onward = lanes.counts(Filters(lanes=("Vienna, AT → Graz, AT",)), EVERYONE)
    assert (onward.lanes, onward.weight_kg) == (1, 12_000.0)


def test_headline_compares_with_the_period_before(store):
    early = START - pd.Timedelta(days=44.5)  # the data must cover the period before from its start
    fill(store, leg(), leg(shipment_id="before", departed_at=early, weight_kg=6_000.0))
    period = Filters(start=START - pd.Timedelta(days=15), end=START + pd.Timedelta(days=15))
    found = LaneAnalytics(store).summary(period, EVERYONE)
    assert (found.counts.weight_kg, found.previous_counts.weight_kg) == (12_000.0, 6_000.0)
    assert LaneAnalytics(store).summary(Filters(), EVERYONE).previous_counts is None


def test_one_lane_by_each_mode_at_the_rate_observed_there(store):
    frame = fill(
        store,
        leg(1.0),
        leg(5.0, mode="rail", vehicle_class="freight train", supplier_id="Peer", weight_kg=30_000.0),
        leg(2.0, shipment_id="wrong", weight_kg=26_455.0, wtw_kg=9_999.0),
    )
    flag(store, "wrong")
    found = LaneAnalytics(store).options(Filters(suppliers=("Acme",)), EVERYONE, lane=LANE)
    modes = found.modes.set_index("mode")
    assert found.weight_kg == pytest.approx(12_000.0 + 26_455.0)  # what is selected, flagged or not
    # The flagged leg is no evidence; the peer's train is, though the filter is on Acme.
    road, rail = frame.iloc[0], frame.iloc[1]
    assert modes.loc["road", "kg_per_t"] == pytest.approx(road["wtw_kg"] / 12)
    assert modes.loc["rail", "kg_per_t"] == pytest.approx(rail["wtw_kg"] / 30)
    assert (modes.loc["road", "legs"], modes.loc["road", "days"], modes.loc["rail", "days"]) == (1, 1.0, 5.0)
    assert modes.loc["rail", "kg"] == pytest.approx(rail["wtw_kg"] / 30 * 38.455)
    assert modes.loc["air", "basis"] == "modelled" and "sea" not in modes.index
    assert [mode for mode, _ in found.not_feasible] == ["sea"]


def test_days_of_a_modelled_mode_are_those_of_like_distances(store):
    far = {"origin": "Oslo, NO", "origin_country": "NO", "distance_km": 900.0}
    trains = [
        leg(days, mode="rail", vehicle_class="freight train", **far) for days in (2.0, 3.0, 4.0, 8.0, 9.0)
    ]
    fill(store, leg(1.0), *trains)
    lanes = LaneAnalytics(store)
    rail = lanes.options(Filters(), EVERYONE, lane=LANE).modes.set_index("mode").loc["rail"]
    # By rail 753 km × 1.2 = 904 km, and 900 km is alike.
    assert (rail["basis"], rail["days"], rail["days_basis"], rail["days_legs"]) == (
        "modelled", 4.0, "like distance", 5,
    )  # fmt: skip
    before = Filters(end=START + pd.Timedelta(days=1), suppliers=("Acme",))
    assert lanes.options(before, EVERYONE, lane=LANE) is not None
    assert lanes.options(Filters(), EVERYONE, lane="Nowhere → Elsewhere") is None


def test_a_scoped_user_has_no_evidence_of_others(store):
    fill(
        store,
        leg(1.0),
        leg(5.0, mode="rail", vehicle_class="freight train", supplier_id="Peer"),
        hub("Antwerp, BE", supplier_id="Peer"),
    )
    lanes, own = LaneAnalytics(store), Scope.suppliers({"Acme"})
    modes = lanes.options(Filters(), own, lane=LANE).modes.set_index("mode")
    assert (modes.loc["rail", "basis"], modes.loc["rail", "legs"]) == ("modelled", 0)
    assert lanes.table(Filters(), own)["legs"].sum() == 1
    assert lanes.hubs(Filters(), own).empty
    assert lanes.matrix(Filters(), own, by="country", measure="wtw_kg").legs.sum() == 1
    nobody = Scope.suppliers(())
    assert lanes.table(Filters(), nobody).empty and lanes.options(Filters(), nobody, lane=LANE) is None
    assert not lanes.matrix(Filters(), nobody, by="region", measure="wtw_kg").legs.any()
    assert lanes.counts(Filters(), nobody).lanes == 0
    assert lanes.chain_lanes(Filters(), nobody, origin="Hamburg, DE", destination="Vienna, AT") == ()


def test_hubs_know_what_comes_in_and_goes_out_of_the_same_shipment(store):
    onward = {"origin": "Antwerp, BE", "origin_country": "BE", "destination": "Houston, US"}
    rows = []
    for number, mode in enumerate(("sea", "sea", "sea", "air")):
        key = {"shipment_id": f"C{number}"}
        rows += [
            leg(**key, leg_no=1, destination="Antwerp, BE", destination_country="BE"),
            hub("Antwerp, BE", **key, leg_no=2),
            leg(**key, leg_no=3, mode=mode, vehicle_class=None, **onward),
        ]
    fill(store, *rows)
    table = LaneAnalytics(store).hubs(Filters(), EVERYONE)
    row = table.iloc[0]
    assert (row["origin"], row["legs"], row["weight_kg"], row["share"]) == ("Antwerp, BE", 4, 48_000.0, 1.0)
    assert row["wtw_kg"] == pytest.approx(48 * 1.2) and row["kg_per_t"] == pytest.approx(1.2)
    assert row["modes_in"] == (("road", 1.0),)
    assert row["modes_out"] == (("sea", 0.75), ("air", 0.25))
    assert LaneAnalytics(store).hubs(Filters(modes=("road",)), EVERYONE).empty


def test_matrix_sums_to_all_transport_and_a_chain_is_found_leg_by_leg(store):
    frame = fill(
        store,
        leg(shipment_id="chain", leg_no=1, destination="Antwerp, BE", destination_country="BE"),
        hub("Antwerp, BE", shipment_id="chain", leg_no=2),
        leg(shipment_id="chain", leg_no=3, origin="Antwerp, BE", origin_country="BE"),
        leg(shipment_id="direct"),
        leg(shipment_id="unknown", origin=None, origin_country=None),
    )
    lanes = LaneAnalytics(store)
    found = lanes.matrix(Filters(), EVERYONE, by="country", measure="wtw_kg")
    moving = frame[frame["mode"] != "hub"]
    assert found.wtw_kg.sum() == pytest.approx(moving["wtw_kg"].sum())
    assert OTHER not in found.origins and set(found.destinations) == {"AT", "BE"}
    chain = lanes.chain_lanes(Filters(), EVERYONE, origin="Hamburg, DE", destination="Vienna, AT")
    assert chain == ("Antwerp, BE → Vienna, AT", "Hamburg, DE → Antwerp, BE", LANE)


def test_small_lanes_without_a_name_or_a_cost_do_not_break_the_table(store):
    put(store, {"origin": None, "origin_country": None}, {"destination": None})
    table = LaneAnalytics(store).table(Filters(), EVERYONE)
    assert len(table) == 2 and table["lane"].isna().all()
