"""The comparison of suppliers on both engines: the same measures, without flagged legs, within the scope."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from analytics.suppliers import SupplierAnalytics, SuppliersUnavailable
from data_access import Filters, Scope, Store, schema
from data_access import supplier_queries as queries
from data_access.chain_queries import chain_flows, lane_choices
from ingestion.demo import fill
from tests.legs import put

EVERYONE = Scope.all()
YEARS = {
    "chosen": datetime(2025, 1, 1),
    "recent": datetime(2025, 1, 1),
    "before": (datetime(2024, 1, 1), datetime(2025, 1, 1)),
}


def flag(store: Store, shipment_id: str) -> None:
    row = {
        "shipment_id": shipment_id, "leg_no": 1, "kind": "unusual_mode", "found_by": "rule", "score": 1.0,
        "reason": "?", "at_stake_kg": 1.0, "status": "open", "found_at": pd.Timestamp("2025-03-11"),
        "batch_id": "batch",
    }  # fmt: skip
    flags = pd.DataFrame([row]).astype({"found_at": "datetime64[us]"})
    store.transact(lambda tx: tx.append(schema.anomalies, flags))


def test_a_band_begins_with_its_edge(store):
    put(store, {"distance_km": 1_499.9, "weight_kg": 499.9}, {"distance_km": 1_500.0, "weight_kg": 500.0})
    found = store.frame(queries.job_sums(Filters(), EVERYONE, **YEARS, only_flagged=False))
    assert sorted(zip(found["distance_band"], found["weight_band"], strict=True)) == [(3, 0), (4, 1)]


def test_stretches_of_time(store):
    days = ("2025-06-01", "2024-06-01", "2023-06-01")
    put(store, *({"shipment_id": day, "departed_at": pd.Timestamp(day)} for day in days))
    open_ended = store.frame(queries.job_sums(Filters(), EVERYONE, **YEARS, only_flagged=False))
    assert sorted(open_ended["stretch"]) == [-1, 0, 1]
    since = Filters(start=datetime(2025, 1, 1))
    assert sorted(store.frame(queries.job_sums(since, EVERYONE, **YEARS, only_flagged=False))["stretch"]) == [
        0,
        1,
    ]


def test_half_of_what_the_vehicle_carries_is_a_part_load(store):
    put(
        store,
        {"vehicle_class": "rigid 7.5-17 t", "weight_kg": 3_999.0},
        {"vehicle_class": "rigid 7.5-17 t", "weight_kg": 4_000.0},
        {"vehicle_class": None, "weight_kg": 11_999.0},
    )
    found = store.frame(queries.job_sums(Filters(), EVERYONE, **YEARS, only_flagged=False))
    assert found["part_loads"].sum() == 2


def test_flagged_and_hub_legs_are_not_compared_but_count_for_the_quality(store):
    put(
        store,
        *({"shipment_id": f"A{n}"} for n in range(4)),
        *({"shipment_id": f"B{n}", "supplier_id": "Other"} for n in range(4)),
        {"shipment_id": "odd", "weight_kg": 900_000.0},
        {"shipment_id": "hub", "mode": "hub", "distance_km": 0.0, "hub_kg_per_t": 1.2, "vehicle_class": None},
    )
    flag(store, "odd")
    found = SupplierAnalytics(store).measured(Filters(), EVERYONE).frame.set_index("supplier_id").loc["Acme"]
    assert found["legs"] == 4
    assert found["ratio_raw"] == pytest.approx(1.0)
    assert found["all_legs"] == 6
    assert found["compared_share"] < 0.1
    assert found["flagged_share"] > 0.9


def test_own_scope_has_no_peers(store):
    put(store, {"shipment_id": "A"}, {"shipment_id": "B", "supplier_id": "Other"})
    suppliers = SupplierAnalytics(store)
    assert len(suppliers.rank()) == 2
    for scope in (Scope.suppliers({"Acme"}), Scope.suppliers(())):
        with pytest.raises(SuppliersUnavailable):
            suppliers.rank(Filters(), scope)
    with pytest.raises(SuppliersUnavailable):
        suppliers.by_job(Filters(), EVERYONE, supplier_id="nobody")


def test_filter_by_supplier_keeps_the_peers(store):
    put(store, {"shipment_id": "A"}, {"shipment_id": "B", "supplier_id": "Other"})
    suppliers = SupplierAnalytics(store)
    one = suppliers.rank(Filters(suppliers=("Acme",)))
    assert one["supplier_id"].tolist() == ["Acme"]
    whole = suppliers.rank().set_index("supplier_id")
    assert one["ratio"].iloc[0] == whole.loc["Acme", "ratio"]


def test_choices_are_those_of_whole_chains(store):
    chain = [
        {"shipment_id": "C", "leg_no": 1, "mode": "road", "distance_km": 50.0, "destination": "Port"},
        {"shipment_id": "C", "leg_no": 2, "mode": "sea", "vehicle_class": None, "distance_km": 900.0,
         "origin": "Port", "destination": "Lyon, FR", "destination_country": "FR"},
    ]  # fmt: skip
    put(store, *chain, {"shipment_id": "D"}, {"shipment_id": "E"})
    flag(store, "E")
    found = store.frame(lane_choices(Filters(), EVERYONE)).sort_values("main_mode")
    assert found["main_mode"].tolist() == ["road", "sea"]
    assert found["destination"].tolist() == ["Vienna, AT", "Lyon, FR"]
    assert found["shipments"].tolist() == [1, 1]


@pytest.fixture(scope="module")
def demo_until() -> datetime:
    return datetime(2026, 6, 30, 12)


def test_both_engines_measure_the_same(tmp_path, postgres_url, demo_until):
    frames, flows = [], []
    for url in (f"duckdb:///{tmp_path}/one.duckdb", postgres_url):
        with Store.open(url) as store:
            fill(store, 1_500, seed=5, until=demo_until)
            suppliers = SupplierAnalytics(store)
            frames.append(suppliers.measured(Filters(), EVERYONE).frame)
            flows.append(store.frame(lane_choices(Filters(), EVERYONE)))
            whole = store.frame(chain_flows(Filters(), EVERYONE))
            first = frames[-1].sort_values("legs")["supplier_id"].iloc[-1]
            for view in (suppliers.by_job, suppliers.by_mode, suppliers.over_time):
                rows = view(Filters(), EVERYONE, supplier_id=first)
                kg = frames[-1].set_index("supplier_id").loc[first, "observed_kg"]
                assert rows.loc[rows["expected_kg"].notna(), "observed_kg"].sum() == pytest.approx(kg)
            assert suppliers.score(Filters(), EVERYONE, supplier_id=first).n > 0
            moving = flows[-1][flows[-1]["main_mode"].notna()]
            assert moving["wtw_kg"].sum() == pytest.approx(whole["wtw_kg"].sum())
            assert moving["shipments"].sum() == whole["shipments"].sum()
    numbers = frames[0].select_dtypes("number").columns
    np.testing.assert_allclose(frames[0][numbers], frames[1][numbers], rtol=1e-6, atol=1e-7)
    assert frames[0]["supplier_id"].tolist() == frames[1]["supplier_id"].tolist()
    by_key = [one.sort_values(list(one.columns[:6])).reset_index(drop=True) for one in flows]
    pd.testing.assert_frame_equal(*by_key, check_dtype=False)
