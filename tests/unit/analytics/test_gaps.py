"""Gaps: what is missing, ranked by how much the range of the total would narrow if it were known."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.gaps import KINDS, GapAnalytics, gaps_of
from analytics.uncertainty import leg_range_factor
from data_access import Filters, Scope, schema
from tests.legs import put


def row(data_type="modelled", source="reported", *, kg=100.0, factor="F1", moves=True, legs=1, **more):
    spread = leg_range_factor(data_type, source)
    return {
        "factor_id": factor, "data_type": data_type, "distance_source": source, "moves": moves, "legs": legs,
        "wtw_kg": kg, "low_kg": kg / spread, "high_kg": kg * spread,
        "no_arrival_legs": 0, "no_arrival_kg": 0.0, "no_cost_legs": 0, "no_cost_kg": None, **more,
    }  # fmt: skip


def by_kind(*rows, **more):
    return {gap.kind: gap for gap in gaps_of(pd.DataFrame(rows), **more)}


def spread(*logs: float) -> float:
    """Width of the range of 1 kg: the range factors combine in quadrature of their logarithms."""
    factor = math.exp(math.sqrt(sum(math.log(one) ** 2 for one in logs)))
    return factor - 1 / factor


def test_a_missing_vehicle_class_is_worth_the_step_from_the_average_vehicle_to_a_known_class():
    gap = by_kind(row("default"))["no_class"]
    assert gap.in_doubt_kg == pytest.approx(100 * (spread(1.50, 1.05, 1.05) - spread(1.20, 1.05, 1.05)))
    assert (gap.legs, gap.wtw_kg, gap.share) == (1, 100.0, 1.0)


def test_a_modelled_distance_is_worth_the_step_to_a_reported_one():
    found = by_kind(row(source="places"), row(source="countries", factor="F2"))
    before = math.hypot(
        100 * (leg_range_factor("modelled", "places") - 1),
        100 * (leg_range_factor("modelled", "countries") - 1),
    )
    after = math.hypot(
        100 * (leg_range_factor("modelled", "reported") - 1),
        100 * (leg_range_factor("modelled", "countries") - 1),
    )
    down = [
        math.hypot(*(100 * (1 - 1 / leg_range_factor("modelled", one)) for one in pair))
        for pair in (("places", "countries"), ("reported", "countries"))
    ]
    assert found["distance_places"].in_doubt_kg == pytest.approx(before - after + down[0] - down[1])
    assert found["distance_countries"].in_doubt_kg > found["distance_places"].in_doubt_kg


def test_legs_of_one_factor_err_together_so_their_gap_counts_in_full():
    one, two = by_kind(row("default"))["no_class"], by_kind(row("default"), row("default"))["no_class"]
    apart = by_kind(row("default"), row("default", factor="F2"))["no_class"]
    assert two.in_doubt_kg == pytest.approx(2 * one.in_doubt_kg)
    assert apart.in_doubt_kg == pytest.approx(math.sqrt(2) * one.in_doubt_kg)


def test_a_reported_emission_leaves_no_gap_of_the_calculation():
    assert by_kind(row("primary", "countries")) == {}


def test_a_hub_travels_no_distance():
    assert set(by_kind(row(source="countries", moves=False))) == {"no_emission"}


def test_the_largest_doubt_comes_first_and_what_touches_no_emission_comes_last():
    rows = pd.DataFrame([row("default", "places", no_cost_legs=1, no_cost_kg=100.0)])
    found = gaps_of(rows, 1, 100.0, 500.0)
    assert [gap.kind for gap in found] == [
        "open_finding",
        "no_emission",
        "no_class",
        "distance_places",
        "no_cost",
    ]
    assert found[-1].in_doubt_kg == 0


@given(
    st.lists(
        st.builds(
            row,
            st.sampled_from(["primary", "modelled", "default"]),
            st.sampled_from(["reported", "places", "countries"]),
            kg=st.floats(0.01, 1e6),
            factor=st.sampled_from(["F1", "F2", None]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.floats(0.1, 10),
)
def test_no_gap_is_worth_more_than_the_whole_range_and_kilograms_scale(rows, times):
    sums = pd.DataFrame(rows)
    bigger = sums.assign(**{name: sums[name] * times for name in ("wtw_kg", "low_kg", "high_kg")})
    found, scaled = gaps_of(sums), {gap.kind: gap for gap in gaps_of(bigger)}
    width = (sums["high_kg"] - sums["low_kg"]).sum()
    for gap in found:
        assert 0 <= gap.in_doubt_kg <= width * (1 + 1e-9)
        assert 0 <= gap.share <= 1 + 1e-9
        assert scaled[gap.kind].in_doubt_kg == pytest.approx(
            gap.in_doubt_kg * times, rel=1e-6, abs=1e-6 * width * times
        )


def test_every_kind_has_words():
    from analytics.gaps import ASKED, LABELS

    assert set(KINDS) == set(LABELS) == set(ASKED)


def ask(store, supplier="Acme", filters=None, scope=None):
    return GapAnalytics(store).gaps(filters or Filters(), scope or Scope.all(), supplier_id=supplier)


def finding(shipment, kg, status="open", kind="mass"):
    return {
        "shipment_id": shipment, "leg_no": 1, "kind": kind, "found_by": "rule", "score": 1.0, "reason": "r",
        "at_stake_kg": kg, "status": status, "found_at": pd.Timestamp("2025-04-01"), "batch_id": "batch",
    }  # fmt: skip


def test_the_store_counts_what_is_missing_for_one_supplier_only(duckdb_store):
    legs = put(
        duckdb_store,
        {"vehicle_class": None, "distance_source": "places"},
        {"arrived_at": pd.Timestamp("2025-03-12"), "cost": 10.0, "currency": "EUR"},
        {"wtw_kg": 50.0, "arrived_at": pd.Timestamp("2025-03-12"), "cost": 10.0, "currency": "EUR"},
        {"supplier_id": "Other", "vehicle_class": None},
    )
    found = ask(duckdb_store)
    counts = {gap.kind: gap.legs for gap in found.found}
    assert counts == {"no_emission": 2, "no_class": 1, "distance_places": 1, "no_arrival": 1, "no_cost": 1}
    assert found.legs == 3
    assert found.wtw_kg == pytest.approx(legs["wtw_kg"][:3].sum())
    assert found.rows["shipment_id"].tolist() == ["S1", "S2"]  # S3 reports its emission: nothing to ask
    first = found.rows.iloc[0]
    asked = {name for name in first.index if name.startswith("asks_") and first[name]}
    assert asked == {"asks_class", "asks_distance", "asks_emission", "asks_arrival", "asks_cost"}


def test_a_leg_with_two_open_findings_is_at_stake_once_and_dismissed_ones_do_not_count(duckdb_store):
    put(duckdb_store, {}, {})
    rows = [finding("S1", 70.0), finding("S1", 90.0, kind="route"), finding("S2", 400.0, "dismissed")]
    duckdb_store.transact(lambda tx: tx.append(schema.anomalies, pd.DataFrame(rows)))
    gap = next(gap for gap in ask(duckdb_store).found if gap.kind == "open_finding")
    assert (gap.legs, gap.in_doubt_kg) == (1, 90.0)


def test_what_does_not_fit_into_the_request_is_counted(duckdb_store, monkeypatch):
    monkeypatch.setattr("analytics.gaps.MOST_ROWS", 1)
    legs = put(duckdb_store, {"weight_kg": 1_000.0}, {"weight_kg": 9_000.0})
    found = ask(duckdb_store)
    assert found.rows["shipment_id"].tolist() == ["S2"]
    assert found.left_out_legs == 1
    assert found.left_out_kg == pytest.approx(legs["wtw_kg"].iloc[0])


def test_a_supplier_outside_the_scope_shows_nothing_not_even_its_name(duckdb_store):
    put(duckdb_store, {})
    duckdb_store.transact(
        lambda tx: tx.append(schema.suppliers, pd.DataFrame([{"supplier_id": "Acme", "name": "Acme Ltd"}]))
    )
    hidden = ask(duckdb_store, scope=Scope.suppliers({"Other"}))
    assert (hidden.legs, hidden.wtw_kg, hidden.found, len(hidden.rows), hidden.supplier) == (
        0,
        0.0,
        (),
        0,
        "Acme",
    )
    assert ask(duckdb_store).supplier == "Acme Ltd"


def test_a_mode_without_classes_in_the_active_set_offers_those_of_the_others(duckdb_store):
    classes = ask(duckdb_store).classes
    assert "articulated >33 t" in classes["road"]
    assert classes["inland_waterway"] == ("waterborne craft",)
