"""Selections that no model can be learnt from: each gives a sentence that says what is missing."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.drivers import DriverAnalytics, DriversUnavailable
from data_access import Filters, Scope
from tests.legs import put
from tests.simulated_legs import put_simulated, simulated

EVERYONE = Scope.all()
HUB = {"mode": "hub", "distance_km": 0.0, "hub_kg_per_t": 1.2, "vehicle_class": None}


def refusal(store, **named: object) -> str:
    with pytest.raises(DriversUnavailable) as caught:
        DriverAnalytics(store).drivers(Filters(**named), EVERYONE)
    return str(caught.value)


def nothing_missing(found) -> bool:
    numbers = found.levels.select_dtypes("number")
    return bool(numbers.notna().all().all()) and not found.levels["level"].isna().any()


def test_empty_warehouse(duckdb_store):
    assert "has 0" in refusal(duckdb_store)


def test_five_legs(duckdb_store):
    put(duckdb_store, *({"shipment_id": f"A{number}"} for number in range(5)))
    assert refusal(duckdb_store).endswith("has 5. Choose a longer period or fewer filters.")


def test_hubs_only(duckdb_store):
    put(duckdb_store, *({"shipment_id": f"H{number}", **HUB} for number in range(150)))
    assert "at least 100 legs with a distance and an emission; this selection has 0" in refusal(duckdb_store)


def test_same_truck_on_the_same_lane_every_day(duckdb_store):
    days = pd.date_range("2025-01-01", periods=150)
    put(duckdb_store, *({"shipment_id": f"A{at}", "departed_at": day} for at, day in enumerate(days)))
    assert "same intensity" in refusal(duckdb_store)


@pytest.mark.parametrize("fixed", [{"supplier_id": "Usual"}, {"mode": "road"}, {"product_group": None}])
def test_one_supplier_one_mode_or_no_product_group(duckdb_store, fixed):
    put_simulated(duckdb_store, simulated(300, **fixed))
    found = DriverAnalytics(duckdb_store).drivers(Filters(), EVERYONE)
    assert set(fixed) <= set(found.constant)
    assert nothing_missing(found)


def test_unknown_ends_and_some_missing_product_groups(duckdb_store):
    frame = simulated(300, origin_country=None, origin=None)
    frame.loc[::3, "product_group"] = None
    put_simulated(duckdb_store, frame)
    drivers = DriverAnalytics(duckdb_store)
    assert nothing_missing(drivers.drivers(Filters(), EVERYONE))
    assert drivers.leg(Filters(), EVERYONE, shipment_id="S1", leg_no=1).what_ifs == ()


def test_leg_that_cannot_be_explained(duckdb_store):
    put_simulated(duckdb_store, simulated(200))
    put(duckdb_store, {"shipment_id": "hub", **HUB}, {"shipment_id": "none", "wtw_kg": 0.0})
    drivers = DriverAnalytics(duckdb_store)
    for shipment_id, why in {"hub": "no distance", "none": "no emission", "gone": "no leg 1"}.items():
        with pytest.raises(DriversUnavailable, match=why):
            drivers.leg(Filters(), EVERYONE, shipment_id=shipment_id, leg_no=1)


def test_supplier_outside_the_selection_cannot_be_compared(duckdb_store):
    put_simulated(duckdb_store, simulated(400))
    chosen = Filters(suppliers=("Clean", "Usual"))
    for supplier in ("Wasteful", "Nobody"):
        with pytest.raises(DriversUnavailable, match="no leg in the selection"):
            DriverAnalytics(duckdb_store).compare(chosen, EVERYONE, supplier_id=supplier)


def test_absurd_weights_do_no_harm(duckdb_store):
    frame = simulated(300)
    frame.loc[:3, "weight_kg"] = [1e-6, 1e12, 857_354.0, 1.0]
    frame["tonne_km"] = frame["weight_kg"] / 1000 * frame["distance_km"]
    put_simulated(duckdb_store, frame)
    drivers = DriverAnalytics(duckdb_store)
    assert nothing_missing(drivers.drivers(Filters(), EVERYONE))
    assert drivers.leg(Filters(), EVERYONE, shipment_id="S1", leg_no=1).predicted_kg > 0
