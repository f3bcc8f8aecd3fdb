"""Levers and scenarios check themselves, say what they do, and survive a dict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scenarios import (
    LEVERS,
    ChangeVehicle,
    Growth,
    JoinLoads,
    MoveVolume,
    Scenario,
    ScenarioRefused,
    ShiftMode,
    SwitchFuel,
    lever_from_dict,
)
from analytics.scenarios.fuels import fuel_options

share = st.floats(0, 1)
names = st.lists(st.text(min_size=1, max_size=5).filter(str.strip), max_size=3, unique=True).map(tuple)
where = {"lanes": names, "suppliers": names}
levers = st.one_of(
    st.builds(ShiftMode, from_mode=st.just("air"), to_mode=st.just("sea"), share=share, **where),
    st.builds(JoinLoads, share=share, **where),
    st.builds(ChangeVehicle, mode=st.just("road"), to_class=st.just("rigid >17 t"), share=share, **where),
    st.builds(SwitchFuel, mode=st.just("road"), fuel=st.just("hvo"), reduction_pct=st.floats(0, 100)),
    st.builds(MoveVolume, from_supplier=st.just("Acme"), to_supplier=st.just("Bolt"), share=share),
    st.builds(Growth, pct=st.floats(-100, 1000), **where),
)


@given(st.lists(levers, max_size=6))
def test_a_scenario_comes_back_from_its_dict_as_it_was(chosen):
    scenario = Scenario("Next year", tuple(chosen))
    assert Scenario.from_dict(scenario.to_dict()) == scenario
    assert all(lever.describe() for lever in chosen)


def test_every_kind_of_lever_has_a_name_of_its_own():
    assert {one.KIND for one in LEVERS.values()} == set(LEVERS) and len(LEVERS) == 6


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "shift_mode", "from_mode": "air", "to_mode": "sea", "speed": 3},
        {"kind": "shift_mode", "from_mode": "air"},
        {"kind": "shift_mode", "from_mode": "air", "to_mode": "air"},
        {"kind": "shift_mode", "from_mode": "air", "to_mode": "hub"},
        {"kind": "shift_mode", "from_mode": "air", "to_mode": ["sea"]},
        {"kind": "shift_mode", "from_mode": "air", "to_mode": "sea", "share": 1.1},
        {"kind": "shift_mode", "from_mode": "air", "to_mode": "sea", "share": "all"},
        {"kind": "shift_mode", "from_mode": "air", "to_mode": "sea", "share": None},
        {"kind": "shift_mode", "from_mode": "air", "to_mode": "sea", "lanes": "A → B"},
        {"kind": "shift_mode", "from_mode": "air", "to_mode": "sea", "lanes": [3]},
        {"kind": "join_loads", "share": True},
        {"kind": "change_vehicle", "mode": "air", "to_class": "long-haul"},
        {"kind": "change_vehicle", "mode": "road", "to_class": " "},
        {"kind": "change_vehicle", "mode": "road", "to_class": "van", "from_class": "van"},
        {"kind": "change_vehicle", "mode": "road", "to_class": "van", "extra_cost_per_tkm": 0.1},
        {"kind": "change_vehicle", "mode": "road", "to_class": "van", "currency": "euro"},
        {"kind": "switch_fuel", "mode": "road", "fuel": "hvo"},
        {"kind": "switch_fuel", "mode": "road", "fuel": "coal", "reduction_pct": 1},
        {"kind": "switch_fuel", "mode": "road", "fuel": "hvo", "reduction_pct": 101},
        {"kind": "switch_fuel", "mode": "road", "fuel": "hvo", "reduction_pct": float("nan")},
        {"kind": "switch_fuel", "mode": "road", "fuel": "hvo", "kg_per_tkm": -0.1},
        {"kind": "switch_fuel", "mode": "road", "fuel": "hvo", "kg_per_tkm": 0.1, "reduction_pct": 3},
        {"kind": "move_volume", "from_supplier": "A", "to_supplier": "A"},
        {"kind": "move_volume", "from_supplier": "A", "to_supplier": "B", "suppliers": ["C"]},
        {"kind": "growth"},
        {"kind": "growth", "pct": None},
        {"kind": "growth", "pct": -101},
        {"kind": "growth", "pct": 5, "modes": ["car"]},
        {"kind": "magic"},
        {"kind": ["growth"]},
        {},
        "growth",
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(values):
    with pytest.raises(ScenarioRefused) as refused:
        lever_from_dict(values)
    said = str(refused.value)
    assert said.endswith(".") and "\n" not in said and "Error" not in said


@pytest.mark.parametrize(
    "values",
    [
        {"name": "", "levers": []},
        {"name": "x" * 121, "levers": []},
        {"name": 3, "levers": []},
        {"name": "x"},
        {"name": "x", "levers": {}},
        {"name": "x", "levers": [], "owner": "me"},
        {"name": "x", "levers": [{"kind": "growth", "pct": 1}] * 21},
        [],
    ],
)
def test_a_scenario_is_strict_as_well(values):
    with pytest.raises(ScenarioRefused):
        Scenario.from_dict(values)


def test_a_lever_says_what_it_does():
    lever = ShiftMode(from_mode="air", to_mode="inland_waterway", share=0.25, lanes=("A → B",))
    assert lever.describe() == "Move 25 % of air freight to inland waterway on A → B"
    lever = SwitchFuel(mode="road", fuel="hvo", reduction_pct=87, suppliers=("A", "B"))
    assert lever.describe() == "Run 100 % of road on HVO (87 % less) of 2 suppliers"
    assert Growth(pct=-5, modes=("sea",)).describe() == "Freight by sea shrinks by 5 %"


def test_a_default_saving_names_its_source():
    for option in fuel_options(("van average",)):
        assert (option.reduction_pct is None) == (option.source == "")
    (saf,) = [option for option in fuel_options(()) if option.fuel == "saf"]
    # CORSIA: 13.9 against 89 g CO2e per MJ.
    assert saf.reduction_pct == pytest.approx(100 * (1 - 13.9 / 89), abs=0.05)
    assert not any(option.from_table for option in fuel_options(()))
