"""Laws that hold for any levers in any order, on one warehouse with several modes, suppliers and lanes."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.scenarios import (
    ChangeVehicle,
    Growth,
    JoinLoads,
    MoveVolume,
    Scenario,
    ScenarioAnalytics,
    ShiftMode,
    SwitchFuel,
    run,
)
from data_access import Filters, Scope, Store
from tests.legs import put

PLACES = {
    "origin": "Shanghai, CN", "origin_country": "CN", "origin_lat": 31.2, "origin_lon": 121.5,
    "destination": "Hamburg, DE", "destination_country": "DE", "destination_lat": 53.5,
    "destination_lon": 10.0,
}  # fmt: skip
NEAR = PLACES | {"destination": "Bremen, DE", "destination_lat": 53.1, "destination_lon": 8.8}
AIR = {"mode": "air", "vehicle_class": "long-haul", "distance_km": 9_000.0, "weight_kg": 1_000.0}
SEA = {"mode": "sea", "vehicle_class": "container ship average", "distance_km": 20_000.0}

share = st.floats(0, 1)
factor_levers = st.one_of(
    st.builds(ChangeVehicle, mode=st.just("road"), to_class=st.just("articulated >33 t"), share=share),
    st.builds(SwitchFuel, mode=st.sampled_from(["road", "air", "sea"]), fuel=st.just("other"), share=share,
              reduction_pct=st.floats(-100, 100)),
    st.builds(SwitchFuel, mode=st.just("road"), fuel=st.just("hvo"), share=share, kg_per_tkm=st.floats(0, 1)),
)  # fmt: skip
levers = st.one_of(
    factor_levers,
    st.builds(ShiftMode, from_mode=st.just("air"), to_mode=st.just("sea"), share=share),
    st.builds(ShiftMode, from_mode=st.just("sea"), to_mode=st.just("air"), share=share,
              lanes=st.just(("Shanghai, CN → Hamburg, DE",))),
    st.builds(JoinLoads, share=share),
    st.builds(MoveVolume, from_supplier=st.sampled_from(["Acme", "Bolt"]), to_supplier=st.just("Cargo"),
              share=share),
    st.builds(Growth, pct=st.floats(-100, 200), modes=st.sampled_from([(), ("road",), ("air", "sea")])),
)  # fmt: skip


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    folder = tmp_path_factory.mktemp("laws")
    first = pd.Timestamp("2025-01-01")
    rows = [
        leg | {"departed_at": first + pd.Timedelta(days=day), "supplier_id": supplier}
        for leg, supplier, step in (
            (PLACES | AIR, "Acme", 30), (PLACES | SEA, "Bolt", 25), (NEAR | SEA, "Cargo", 40),
            (NEAR | AIR, "Bolt", 60), ({"vehicle_class": "rigid >17 t", "weight_kg": 4_000.0}, "Acme", 5),
            ({}, "Cargo", 9), ({"vehicle_class": None, "wtw_kg": 700.0}, "Bolt", 50),
        )
        for day in range(0, 366, step)
    ]  # fmt: skip
    with Store.open(f"duckdb:///{folder}/warehouse.duckdb") as store:
        put(store, *rows)
        yield ScenarioAnalytics(store).baseline(Filters(), Scope.all())


def after(year, *chosen):
    return run(year, Scenario("test", chosen))


@settings(max_examples=60)
@given(st.lists(levers, max_size=5))
def test_the_effects_add_up_and_nothing_emits_less_than_nothing(year, chosen):
    result = after(year, *chosen)
    assert result.now_kg - result.then_kg == pytest.approx(result.steps["saved_kg"].sum(), abs=1e-6)
    assert result.changed["saved_kg"].sum() == pytest.approx(result.saved_kg, rel=1e-9, abs=1e-3)
    modes = result.by_mode
    assert modes["now_kg"].sum() - modes["then_kg"].sum() == pytest.approx(result.saved_kg, abs=1e-6)
    assert (modes[["then_kg", "then_tonne_km"]] >= -1e-6).all(axis=None)
    assert result.then_low_kg <= result.then_kg + 1e-6 and result.then_kg <= result.then_high_kg + 1e-6
    steps = result.steps
    assert (steps["saved_low_kg"] <= steps["saved_kg"]).all()
    assert (steps["saved_kg"] <= steps["saved_high_kg"]).all()


@settings(max_examples=30)
@given(levers, st.lists(levers, max_size=2))
def test_a_share_of_nothing_changes_nothing(year, lever, before):
    if isinstance(lever, Growth):
        lever = Growth(pct=0, modes=lever.modes)
    else:
        lever = type(lever).from_dict({**lever.to_dict(), "share": 0.0})
    result = after(year, *before, lever)
    assert result.then_kg == pytest.approx(after(year, *before).then_kg, rel=1e-12)
    assert result.steps["saved_kg"].iloc[-1] == pytest.approx(0, abs=1e-6)


@settings(max_examples=30)
@given(factor_levers, st.floats(-100, 200))
def test_growth_and_another_factor_come_in_any_order(year, lever, pct):
    growth = Growth(pct=pct)
    one, other = after(year, growth, lever).then_kg, after(year, lever, growth).then_kg
    assert one == pytest.approx(other, rel=1e-9, abs=1e-6)


@settings(max_examples=30)
@given(levers, share)
def test_half_of_a_lever_does_half_of_it(year, lever, part):
    if isinstance(lever, Growth):
        return
    whole = after(year, type(lever).from_dict({**lever.to_dict(), "share": 1.0})).saved_kg
    some = after(year, type(lever).from_dict({**lever.to_dict(), "share": part})).saved_kg
    assert some == pytest.approx(part * whole, rel=1e-6, abs=1e-6)


def test_freight_is_neither_made_nor_lost(year):
    """Shifts, joined loads, other vehicles, fuels and suppliers leave tonnes and shipments as they are."""
    from analytics.scenarios.changes import applied
    from analytics.scenarios.year import SHIPMENTS, WEIGHT

    chosen = (
        ShiftMode(from_mode="air", to_mode="sea", share=0.3),
        JoinLoads(share=0.7),
        ChangeVehicle(mode="road", to_class="articulated >33 t", share=0.5),
        MoveVolume(from_supplier="Acme", to_supplier="Cargo", share=0.2),
    )
    for one, other in product(chosen, chosen):
        left = applied(applied(year.year, one, year).after, other, year).after
        now, then = (which.amounts[:, [SHIPMENTS, WEIGHT]].sum(axis=0) for which in (year.year, left))
        assert then.tolist() == pytest.approx(now.tolist())
