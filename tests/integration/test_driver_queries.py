"""The drivers' questions on both engines: an even sample, one leg, what else runs there, and scope."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from analytics.drivers import DriverAnalytics, DriversUnavailable
from data_access import Filters, Scope, schema
from data_access import driver_queries as queries
from tests.legs import put
from tests.simulated_legs import put_simulated, simulated

EVERYONE = Scope.all()


def test_sample_is_drawn_by_a_hash_of_the_key_and_the_same_on_each_engine(store):
    put(store, *({"shipment_id": f"A{number}"} for number in range(60)))
    found = store.frame(queries.sampled_legs(Filters(), EVERYONE, 20, of=60))
    by_hash = sorted(range(60), key=lambda number: hashlib.md5(f"A{number}/1".encode()).hexdigest())
    # The bound on the hashes may leave too few of such a short list; it never puts them in another order.
    assert found["shipment_id"].tolist() == [f"A{number}" for number in by_hash[: len(found)]]
    assert 15 <= len(found) <= 20


def test_small_selection_is_taken_whole(store):
    put(store, *({"shipment_id": f"A{number}"} for number in range(60)))
    assert len(store.frame(queries.sampled_legs(Filters(), EVERYONE, 100, of=60))) == 60


def test_hubs_have_no_intensity_and_legs_without_emission_no_logarithm(store):
    put(
        store,
        {"shipment_id": "moves"},
        {"shipment_id": "hub", "mode": "hub", "distance_km": 0.0, "hub_kg_per_t": 1.2, "vehicle_class": None},
        {"shipment_id": "none", "wtw_kg": 0.0},
    )
    counts = store.frame(queries.leg_counts(Filters(), EVERYONE)).iloc[0]
    assert (counts["legs"], counts["emitting"], counts["moved"]) == (3, 2, 1)
    intensity = store.frame(queries.sampled_legs(Filters(), EVERYONE, 10, of=2))
    emission = store.frame(queries.sampled_legs(Filters(), EVERYONE, 10, of=2, with_hubs=True))
    assert intensity["shipment_id"].tolist() == ["moves"]
    assert sorted(emission["shipment_id"]) == ["hub", "moves"]


def test_modes_between_two_countries_with_their_median_distance(store):
    put(
        store,
        *(
            {"mode": "rail", "vehicle_class": "freight train", "distance_km": km}
            for km in (900.0, 1_000.0, 1_400.0)
        ),
        {"shipment_id": "road"},
        {"shipment_id": "elsewhere", "destination_country": "FR"},
        {"shipment_id": "flagged", "mode": "air", "vehicle_class": None},
    )
    flag = {
        "shipment_id": "flagged", "leg_no": 1, "kind": "unusual_mode", "found_by": "rule", "score": 1.0,
        "reason": "?", "at_stake_kg": 1.0, "status": "open", "found_at": pd.Timestamp("2025-03-11"),
        "batch_id": "batch",
    }  # fmt: skip
    flags = pd.DataFrame([flag]).astype({"found_at": "datetime64[us]"})
    store.transact(lambda tx: tx.append(schema.anomalies, flags))
    found = store.frame(queries.modes_between(EVERYONE, "DE", "AT")).set_index("mode")
    assert set(found.index) == {"rail", "road"}
    assert (found.loc["rail", "legs"], found.loc["rail", "distance_km"]) == (3, 1_000.0)


def test_a_leg_outside_the_scope_is_not_found(store):
    put(store, {"shipment_id": "theirs", "supplier_id": "Other"})
    assert len(store.frame(queries.one_leg(Scope.all(), "theirs", 1))) == 1
    for scope in (Scope.suppliers({"Acme"}), Scope.suppliers(())):
        assert not len(store.frame(queries.one_leg(scope, "theirs", 1)))
        with pytest.raises(DriversUnavailable, match="among those that you may see"):
            DriverAnalytics(store).leg(Filters(), scope, shipment_id="theirs", leg_no=1)


def test_model_of_a_supplier_is_learnt_from_its_own_legs(store):
    put_simulated(store, simulated(700))
    drivers = DriverAnalytics(store)
    whole = drivers.drivers(Filters(), EVERYONE)
    own = drivers.drivers(Filters(), Scope.suppliers({"Clean"}))
    assert (whole.legs, whole.learnt_from) == (700, 700)
    assert own.legs < 300
    assert "supplier_id" in own.constant
    assert set(own.values.columns).isdisjoint({"supplier_id"})


def test_both_engines_give_the_simulation_back(store):
    put_simulated(store, simulated(1_500))
    drivers = DriverAnalytics(store)
    found = drivers.drivers(Filters(), EVERYONE)
    assert [driver.feature for driver in found.drivers[:2]] == ["mode", "supplier_id"]
    mode = found.levels[found.levels["feature"] == "mode"].set_index("level")["effect_pct"] / 100 + 1
    assert mode["air"] / mode["road"] == pytest.approx(6.0, rel=0.05)
    apart = drivers.compare(Filters(), EVERYONE, supplier_id="Wasteful")
    own = next(part.effect_pct for part in apart.parts if part.feature == "supplier_id")
    assert own == pytest.approx(
        28.3, abs=3
    )  # 1.3 against the geometric mean of 0.8, 1 and 1.3, which is 1.0132


def test_leg_outside_a_small_selection_is_compared_with_all(store):
    put_simulated(store, simulated(400))
    drivers = DriverAnalytics(store)
    few = Filters(start=pd.Timestamp("2025-01-01"), end=pd.Timestamp("2025-01-08"))
    found = drivers.leg(few, EVERYONE, shipment_id="S1", leg_no=1)
    assert found.widened
    assert not drivers.leg(Filters(), EVERYONE, shipment_id="S1", leg_no=1).widened
    assert found.typical_kg + sum(part.kg for part in found.parts) == pytest.approx(found.predicted_kg)


def test_new_legs_make_a_new_model(store):
    frame = simulated(450)
    put_simulated(store, frame.head(300))
    drivers = DriverAnalytics(store)
    first = drivers.drivers(Filters(), EVERYONE)
    assert drivers.drivers(Filters(), EVERYONE) is first
    put_simulated(store, frame.tail(150))
    assert drivers.drivers(Filters(), EVERYONE).legs == 450
