"""What levers do to a year of legs in a warehouse: the same as calculating the changed legs anew."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.emissions import calculate, load_factors
from analytics.scenarios import (
    ChangeVehicle,
    Growth,
    JoinLoads,
    MoveVolume,
    Scenario,
    ScenarioAnalytics,
    ShiftMode,
    SwitchFuel,
    as_events,
    options_of,
    run,
)
from data_access import Filters, Scope, schema
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
# DESNZ 2025, kg CO2e WTW per tonne-km; a reported flight distance contains the 8 % that the factor adds.
AIR_KG = 9_000 / 1.08 * (0.5313 + 0.13516)  # per tonne
SEA_KG = 20_000 * 0.01977
RIGID, ARTICULATED = "rigid 7.5-17 t", "articulated >33 t"


def days(*numbers, **leg):
    """The leg once on each of these days of 2025, counted from 1 January; `hours` until it arrives."""
    first = pd.Timestamp("2025-01-01")
    hours = leg.pop("hours", None)
    rows = [leg | {"departed_at": first + pd.Timedelta(days=number)} for number in numbers]
    if hours is not None:
        rows = [row | {"arrived_at": row["departed_at"] + pd.Timedelta(hours=hours)} for row in rows]
    return rows


def baseline(store, filters=None, scope=EVERYONE):
    return ScenarioAnalytics(store).baseline(filters or Filters(), scope)


def saved(store, *levers):
    result = run(baseline(store), Scenario("test", levers))
    assert result.now_kg - result.then_kg == pytest.approx(result.steps["saved_kg"].sum(), rel=1e-12)
    assert (result.steps["saved_low_kg"] <= result.steps["saved_kg"]).all()
    assert (result.steps["saved_kg"] <= result.steps["saved_high_kg"]).all()
    return result


def recalculated(legs, changed, **columns):
    """What some of the legs save when they are changed and calculated anew."""
    inputs = [
        "mode", "vehicle_class", "temperature_controlled", "weight_kg", "distance_km", "distance_basis",
        "distance_source",
    ]  # fmt: skip
    before = legs[changed]
    after = calculate(before[inputs].assign(**columns), load_factors())
    return float(before["wtw_kg"].sum() - after["wtw_kg"].sum())


def road_year(store):
    """Rigid and articulated trucks, chilled or not, by measured and by planned distance: a year of it."""
    return put(
        store,
        *days(0, 40, 365, vehicle_class=RIGID, weight_kg=3_000.0),
        *days(10, 20, vehicle_class=RIGID, weight_kg=4_000.0, temperature_controlled=True),
        *days(30, 50, vehicle_class=RIGID, weight_kg=2_500.0, distance_basis="sfd"),
        *days(60, 70, 80, 90, vehicle_class=ARTICULATED, supplier_id="Bolt"),
        *days(100, vehicle_class=None),
    )


def test_another_vehicle_class_emits_what_the_same_legs_would_in_it(store):
    legs = road_year(store)
    rigid = legs["vehicle_class"] == RIGID
    lever = ChangeVehicle(mode="road", from_class=RIGID, to_class=ARTICULATED)
    result = saved(store, lever)
    assert result.saved_kg == pytest.approx(recalculated(legs, rigid, vehicle_class=ARTICULATED))
    assert result.steps["tonnes"].tolist() == pytest.approx([legs.loc[rigid, "weight_kg"].sum() / 1000])
    half = saved(store, ChangeVehicle(mode="road", from_class=RIGID, to_class=ARTICULATED, share=0.5))
    assert half.saved_kg == pytest.approx(result.saved_kg / 2)
    every = saved(store, ChangeVehicle(mode="road", to_class="Articulated  >33 T"))
    other = legs["vehicle_class"] != ARTICULATED
    assert every.saved_kg == pytest.approx(recalculated(legs, other, vehicle_class=ARTICULATED))
    assert "no known class" in every.steps["note"].iloc[0]
    of_bolt = saved(store, ChangeVehicle(mode="road", to_class=RIGID, suppliers=("Bolt",)))
    bolt = legs["supplier_id"] == "Bolt"
    assert of_bolt.saved_kg == pytest.approx(recalculated(legs, bolt, vehicle_class=RIGID)) and (
        of_bolt.saved_kg < 0
    )


def test_a_carriers_own_figure_changes_in_proportion_to_the_factors(store):
    put(store, *days(0, 365, vehicle_class=RIGID, wtw_kg=1_000.0))
    result = saved(store, ChangeVehicle(mode="road", to_class=ARTICULATED))
    # Rigid 7.5-17 t 0.45608, articulated over 33 t 0.09502 kg per tonne-km.
    assert result.then_kg == pytest.approx(2_000 * 0.09502 / 0.45608)


def test_a_fuel_by_its_factor_counts_the_km_really_driven(store):
    legs = road_year(store)
    driven = (legs["tonne_km"] * legs["distance_basis"].map({"actual": 1.0, "sfd": 1.05})).sum()
    result = saved(store, SwitchFuel(mode="road", fuel="hvo", kg_per_tkm=0.02, share=0.25))
    assert result.saved_kg == pytest.approx(0.25 * (legs["wtw_kg"].sum() - 0.02 * driven))
    less = saved(store, SwitchFuel(mode="road", fuel="hvo", reduction_pct=80, classes=(RIGID,)))
    rigid = legs[legs["vehicle_class"] == RIGID]
    assert less.saved_kg == pytest.approx(0.8 * rigid["wtw_kg"].sum())
    # Now and then err together.
    assert less.steps["saved_low_kg"].iloc[0] == pytest.approx(0.8 * rigid["low_kg"].sum())
    paid = SwitchFuel(
        mode="road", fuel="hvo", reduction_pct=80, classes=(RIGID,), extra_cost_per_tkm=0.05, currency="EUR"
    )
    (step,) = saved(store, paid).steps.itertuples()
    assert step.extra_cost == pytest.approx(0.05 * rigid["tonne_km"].sum())
    assert step.cost_per_t == pytest.approx(step.extra_cost / (less.saved_kg / 1000))


def test_electric_vans_take_the_electric_factor_of_their_class(store):
    legs = put(
        store,
        *days(0, 365, vehicle_class="van average", weight_kg=500.0),
        *days(5, vehicle_class=ARTICULATED),
    )
    vans = legs["vehicle_class"] == "van average"
    result = saved(store, SwitchFuel(mode="road", fuel="electric"))
    assert result.saved_kg == pytest.approx(recalculated(legs, vans, vehicle_class="van average electric"))
    assert "without an electric factor" in result.steps["note"].iloc[0]
    nothing = saved(store, SwitchFuel(mode="road", fuel="electric", classes=(ARTICULATED,)))
    assert nothing.saved_kg == 0 and "give its reduction" in nothing.warnings[0]


def test_growth_is_more_of_the_same(store):
    legs = road_year(store)
    bolt = legs["supplier_id"] == "Bolt"
    result = saved(store, Growth(pct=20, suppliers=("Bolt",)))
    heavier = legs.loc[bolt, "weight_kg"] * 1.2
    assert result.saved_kg == pytest.approx(recalculated(legs, bolt, weight_kg=heavier))
    assert saved(store, Growth(pct=-100)).then_kg == pytest.approx(0, abs=1e-9)
    assert saved(store, Growth(pct=50, modes=("sea",))).saved_kg == 0


def test_volume_moves_to_what_the_other_supplier_emits_on_the_lane(store):
    legs = road_year(store)
    warm = ~legs["temperature_controlled"] & (legs["supplier_id"] == "Acme")
    result = saved(store, MoveVolume(from_supplier="Acme", to_supplier="Bolt"))
    # Acme ships chilled goods there, which Bolt has never done.
    assert result.saved_kg == 0 and "has not carried" in result.warnings[0]
    put_more = days(200, vehicle_class=ARTICULATED, supplier_id="Bolt", temperature_controlled=True)
    store.transact(lambda tx: tx.append(schema.legs, _named(put_more)))
    result = saved(store, MoveVolume(from_supplier="Acme", to_supplier="Bolt", share=0.5))
    acme = legs[legs["supplier_id"] == "Acme"]
    # Bolt's kg per tonne on this lane: four warm legs and a chilled one, 12 t and 850 km each.
    per_t = 850 * (4 * 0.09502 + 0.10994) / 5
    expected = 0.5 * (acme["wtw_kg"].sum() - per_t * acme["weight_kg"].sum() / 1000)
    assert warm.any() and result.saved_kg == pytest.approx(expected)
    changed = result.changed.set_index("supplier_id")["saved_kg"]
    assert changed["Acme"] == pytest.approx(0.5 * acme["wtw_kg"].sum())
    assert changed["Bolt"] < 0


def _named(rows):
    from tests.legs import legs_of

    return legs_of(*rows).assign(shipment_id=[f"X{number}" for number in range(len(rows))])


def test_a_shift_takes_the_other_modes_kg_days_and_cost_on_the_lane(store):
    flight = FLIGHT | {"hours": 48, "cost": 3_000.0, "currency": "EUR"}
    voyage = VOYAGE | {"hours": 720, "cost": 1_200.0, "currency": "EUR"}
    put(store, *days(0, 100, 365, **flight), *days(1, 2, 3, **voyage))
    result = saved(store, ShiftMode(from_mode="air", to_mode="sea", share=0.5))
    (step,) = result.steps.itertuples()
    assert step.saved_kg == pytest.approx(0.5 * 3 * (AIR_KG - SEA_KG))
    assert step.extra_days == pytest.approx(28)
    # 1,200 EUR for 12 t against 3,000 EUR for 1 t, on half of 3 t.
    assert step.extra_cost == pytest.approx(1.5 * (100 - 3_000)) and step.currency == "EUR"
    assert step.cost_per_t == pytest.approx(step.extra_cost / (step.saved_kg / 1000))
    modes = result.by_mode.set_index("mode")
    assert modes.loc["sea", "then_tonne_km"] == pytest.approx((36 + 1.5) * 20_000)
    assert modes.loc["air", "then_kg"] == pytest.approx(1.5 * AIR_KG)
    slow = saved(store, ShiftMode(from_mode="air", to_mode="sea", max_extra_days=27))
    assert slow.saved_kg == 0 and "take longer" in slow.warnings[0]
    back = saved(store, ShiftMode(from_mode="sea", to_mode="air"))
    assert back.saved_kg == 0  # unasked, nothing moves to where it emits more
    assert saved(store, ShiftMode(from_mode="air", to_mode="rail")).saved_kg == 0


def test_currencies_are_never_added_up(store):
    euro = FLIGHT | {"cost": 3_000.0, "currency": "EUR"}
    dollar = FLIGHT | {"cost": 4_000.0, "currency": "USD", "supplier_id": "Cargo"}
    voyages = [
        VOYAGE | {"cost": 1_200.0, "currency": "EUR"},
        VOYAGE | {"cost": 2_400.0, "currency": "USD", "supplier_id": "Dock"},
    ]
    put(store, *days(0, 365, **euro), *days(5, 6, 7, **dollar),
        *(row for voyage in voyages for row in days(1, 2, 3, **voyage)))  # fmt: skip
    result = saved(store, ShiftMode(from_mode="air", to_mode="sea"))
    costs = result.costs.set_index("currency")["extra_cost"]
    assert costs["EUR"] == pytest.approx(2 * (100 - 3_000))
    assert costs["USD"] == pytest.approx(3 * (200 - 4_000))
    (step,) = result.steps.itertuples()
    assert step.currency == "USD" and "not added up" in step.note


def test_a_lever_works_on_what_the_one_before_it_left(store):
    put(store, *days(0, 100, 365, **FLIGHT), *days(1, 2, 3, **VOYAGE))
    shift = ShiftMode(from_mode="air", to_mode="sea", share=0.4)
    saf = SwitchFuel(mode="air", fuel="saf", reduction_pct=80)
    first, second = saved(store, shift, saf).steps.itertuples()
    assert first.saved_kg == pytest.approx(0.4 * 3 * (AIR_KG - SEA_KG))
    assert second.saved_kg == pytest.approx(0.8 * 0.6 * 3 * AIR_KG)
    assert second.alone_saved_kg == pytest.approx(0.8 * 3 * AIR_KG)
    other_way = saved(store, saf, shift)
    assert other_way.then_kg == pytest.approx(saved(store, shift, saf).then_kg)


def light_loads(store):
    """A light load a day in rigid trucks, and heavy ones of another supplier in articulated ones."""
    light = {"vehicle_class": "rigid >17 t", "weight_kg": 5_000.0}
    heavy = {"vehicle_class": ARTICULATED, "weight_kg": 14_000.0, "supplier_id": "Bolt"}
    return put(store, *days(*range(60), 365, **light), *days(*range(30), **heavy))


def test_loads_that_fit_together_emit_like_heavier_ones(store):
    light_loads(store)
    result = saved(store, JoinLoads())
    # 30 pairs of 5 t each way, 850 km; the load of day 365 finds no partner.
    expected = 60 * 5 * 850 * (0.20882 - 0.09502)
    assert result.saved_kg == pytest.approx(expected)
    assert result.steps["extra_days"].iloc[0] == pytest.approx(1)
    # What is joined already does not change its vehicle as well.
    both = saved(store, JoinLoads(), ChangeVehicle(mode="road", to_class=ARTICULATED)).steps
    assert both["saved_kg"].tolist() == pytest.approx([expected, 5 * 850 * (0.20882 - 0.09502)])
    other_way = saved(store, ChangeVehicle(mode="road", to_class=ARTICULATED), JoinLoads()).steps
    assert other_way["saved_kg"].tolist() == pytest.approx([61 / 60 * expected, 0])
    twice = saved(store, JoinLoads(share=0.5), JoinLoads(), JoinLoads()).steps
    assert twice["saved_kg"].tolist() == pytest.approx([expected / 2, expected / 2, 0])


def test_flagged_shipments_count_and_only_grow(store):
    legs = road_year(store)
    flag = {
        "shipment_id": "S1", "leg_no": 1, "kind": "weight_in_lb", "found_by": "rule", "score": 1.0,
        "reason": "too heavy", "at_stake_kg": 1.0, "status": "open", "batch_id": "batch",
        "found_at": pd.Timestamp("2025-01-01"),
    }  # fmt: skip
    store.transact(lambda tx: tx.append(schema.anomalies, pd.DataFrame([flag])))
    flagged_kg, all_kg = legs["wtw_kg"].iloc[0], legs["wtw_kg"].sum()
    found = baseline(store)
    assert found.now_kg == pytest.approx(all_kg) and found.out_of_reach_kg == pytest.approx(flagged_kg)
    assert any("flagged" in note for note in found.notes)
    result = saved(store, SwitchFuel(mode="road", fuel="other", reduction_pct=100))
    assert result.then_kg == pytest.approx(flagged_kg)
    assert saved(store, Growth(pct=10)).then_kg == pytest.approx(1.1 * all_kg)


def test_a_multi_leg_shipment_is_one_chain_and_moves_whole(store):
    truck = {"vehicle_class": ARTICULATED, "distance_km": 100.0, "weight_kg": 1_000.0}
    port = {"origin": "Pudong, CN", "origin_country": "CN"}
    rows = []
    for number, flight in enumerate(days(0, 100, 365, **FLIGHT)):
        ends = {"origin": "Shanghai, CN", "origin_country": "CN"}
        first = truck | ends | {"destination": "Pudong, CN", "destination_country": "CN"}
        same = {"shipment_id": f"C{number}", "departed_at": flight["departed_at"]}
        rows += [first | same, flight | port | same | {"leg_no": 2}]
    legs = put(store, *rows, *days(1, 2, 3, **VOYAGE))
    result = saved(store, ShiftMode(from_mode="air", to_mode="sea"))
    acme = legs.loc[legs["supplier_id"] == "Acme", "wtw_kg"].sum()
    assert result.saved_kg == pytest.approx(acme - 3 * SEA_KG)
    assert result.steps["shipments"].tolist() == [3.0] and result.steps["tonnes"].tolist() == [3.0]
    # The drive to the airport is a road leg, and what the lever on road fuel changes.
    fuel = saved(store, SwitchFuel(mode="road", fuel="hvo", reduction_pct=100))
    assert fuel.saved_kg == pytest.approx(3 * 100 * 0.09502)


def test_a_supplier_has_evidence_of_its_own_only(store):
    legs = put(store, *days(0, 100, 365, **FLIGHT), *days(1, 2, 3, **VOYAGE))
    own = baseline(store, scope=Scope.suppliers({"Acme"}))
    assert own.now_kg == pytest.approx(legs.loc[legs["supplier_id"] == "Acme", "wtw_kg"].sum())
    result = run(own, Scenario("test", (ShiftMode(from_mode="air", to_mode="sea"),)))
    assert result.saved_kg == 0 and "nobody ships so" in result.warnings[0]
    assert set(options_of(own).suppliers["supplier_id"]) == {"Acme"} and options_of(own).shifts.empty
    move = run(own, Scenario("test", (MoveVolume(from_supplier="Acme", to_supplier="Bolt"),)))
    assert move.saved_kg == 0
    nothing = baseline(store, scope=Scope.suppliers(set()))
    assert nothing.now_kg == 0 and run(nothing, Scenario("test", (Growth(pct=5),))).then_kg == 0


def test_filters_select_whole_chains_and_leave_the_evidence(store):
    put(store, *days(0, 100, 365, **FLIGHT), *days(1, 2, 3, **VOYAGE), *days(4, 5, 6))
    narrow = baseline(store, Filters(suppliers=("Acme",), modes=("air",)))
    assert narrow.now_kg == pytest.approx(3 * AIR_KG)
    result = run(narrow, Scenario("test", (ShiftMode(from_mode="air", to_mode="sea"),)))
    assert result.then_kg == pytest.approx(3 * SEA_KG)
    lane = baseline(store, Filters(lanes=("Hamburg, DE → Vienna, AT",)))
    assert set(lane.cells["mode"]) == {"road"}


def test_a_year_is_the_last_365_days_or_scaled_up(store):
    legs = put(store, *days(0, 10, 100, 400, 465, vehicle_class=RIGID))
    found = baseline(store)
    each = legs["wtw_kg"].iloc[0]
    assert found.days == 365 and found.now_kg == pytest.approx(3 * each) and not found.notes
    start = pd.Timestamp("2025-01-01")
    short = baseline(store, Filters(start=start, end=start + pd.Timedelta(days=73)))
    assert short.now_kg == pytest.approx(5 * 2 * each) and "scaled up from 73 days" in short.notes[0]
    assert baseline(store, Filters(suppliers=("Nobody",))).now_kg == 0


def test_options_offer_what_is_in_the_data(store):
    put(store, *days(0, 100, 365, **FLIGHT), *days(1, 2, 3, **VOYAGE), *days(4, 5, 6))
    found = options_of(baseline(store))
    ways = found.shifts.set_index(["from_mode", "to_mode"])
    shift = ways.loc[("air", "sea")]
    assert shift["saved_kg"] == pytest.approx(3 * (AIR_KG - SEA_KG)) and bool(shift["clear"])
    assert set(found.lanes["lane"]) == {"Shanghai, CN → Hamburg, DE", "Hamburg, DE → Vienna, AT"}
    classes = found.classes.set_index(["mode", "vehicle_class"])
    assert classes.loc[("road", ARTICULATED), "tonne_km"] == pytest.approx(3 * 12 * 850)
    assert "air" not in set(found.classes["mode"])
    assert any(option.from_table and "van average" in option.classes for option in found.fuels)


def test_a_result_goes_to_the_forecast_as_kg_a_day(store):
    road_year(store)
    result = saved(store, SwitchFuel(mode="road", fuel="hvo", reduction_pct=50), Growth(pct=2))
    events = as_events(result, date(2027, 1, 1))
    assert len(events) == 2
    assert sum(one.kg_per_day for one in events) * 365 == pytest.approx(result.then_kg - result.now_kg)
    assert all(one.low_kg_per_day <= one.kg_per_day <= one.high_kg_per_day for one in events)


def test_an_empty_warehouse_gives_an_empty_year(store):
    found = baseline(store)
    assert found.now_kg == 0 and len(options_of(found).lanes) == 0
    result = run(found, Scenario("test", (ShiftMode(from_mode="air", to_mode="sea"), JoinLoads())))
    assert (result.now_kg, result.then_kg, len(result.changed)) == (0, 0, 0) and len(result.warnings) == 2
