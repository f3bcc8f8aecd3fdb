"""The path of a target, where the year stands on it, the chance, the gap, and what scenarios close."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.targets import TargetTerms
from analytics.targets import PRESETS, Effect, Years, base_of, closings, effect_of, path, point_of, status_of

TODAY = date(2026, 11, 21)
TERMS = TargetTerms("Company", "absolute", 2025, 4.2, 2030)
YEARS = Years(
    pd.DataFrame({"year": [2024, 2025, 2026], "wtw_kg": [3e5, 1e6, 9e5], "tonne_km": [5e6, 2e7, 1.8e7]}),
    date(2024, 11, 20),
    date(2026, 11, 21),
    TODAY,
)


def outlook(draws, moved=None, **more):
    """A year's outlook with these totals in kg; `moved` are its tonne-km, draw by draw."""
    kg = np.asarray(draws, dtype=float)
    low_95, low_80, high_80, high_95 = np.quantile(kg, (0.025, 0.1, 0.9, 0.975))
    tkm = np.full(kg.size, 2e7) if moved is None else np.asarray(moved, dtype=float)
    given = {
        "year": 2026, "so_far_kg": 9e5, "so_far_to": date(2026, 11, 20), "mean_kg": float(kg.mean()),
        "low_80": low_80, "high_80": high_80, "low_95": low_95, "high_95": high_95, "draws": kg,
        "from_day": date(2026, 1, 1), "tonne_km_so_far": 1.8e7, "tonne_km_mean": float(tkm.mean()),
        "tonne_km_draws": tkm,
    }  # fmt: skip
    return SimpleNamespace(**(given | more))


# The path ------------------------------------------------------------------------------------------------


def test_the_path_takes_the_same_share_of_the_base_year_off_each_year():
    # 1,000 t in 2025 and 4.2 % a year: 42 t less each year, 790 t in 2030.
    way = path(1e6, 4.2, 2025, 2030)
    assert way["year"].tolist() == [2025, 2026, 2027, 2028, 2029, 2030]
    assert way["target_value"].tolist() == pytest.approx([1e6, 958e3, 916e3, 874e3, 832e3, 790e3])


def test_half_of_the_emissions_of_2020_are_gone_in_2032_at_the_rate_for_a_degree_and_a_half():
    assert PRESETS == {"1.5 °C": 4.2, "Well below 2 °C": 2.5}
    assert point_of(path(100.0, 4.2, 2020, 2040), 2032) == pytest.approx(100 - 12 * 4.2)
    assert point_of(path(100.0, 2.5, 2020, 2040), 2030) == pytest.approx(75.0)


def test_the_path_ends_at_nothing_and_not_below():
    assert path(80.0, 30.0, 2025, 2030)["target_value"].tolist() == pytest.approx([80, 56, 32, 8, 0, 0])


def test_a_year_outside_the_path_has_no_point():
    way = path(1e6, 4.2, 2025, 2030)
    assert (point_of(way, 2024), point_of(way, 2031), point_of(way, None)) == (None, None, None)


@given(
    base=st.floats(1e-3, 1e12),
    pct=st.floats(0.01, 100),
    start=st.integers(1990, 2040),
    length=st.integers(1, 60),
    unit=st.sampled_from([1e-3, 1e3]),
)
def test_every_path_begins_at_its_base_falls_evenly_and_scales_with_its_unit(base, pct, start, length, unit):
    way = path(base, pct, start, start + length)["target_value"].to_numpy()
    assert way[0] == base
    assert (way >= 0).all()
    steps = -np.diff(way)
    assert (steps >= -1e-9 * base).all()
    whole = steps[way[1:] > 0]
    assert np.allclose(whole, base * pct / 100, rtol=1e-6)
    assert np.allclose(path(base * unit, pct, start, start + length)["target_value"], way * unit)


# The base year -------------------------------------------------------------------------------------------


def test_the_base_comes_from_the_data_where_they_cover_the_year():
    assert base_of(TERMS, YEARS) == (1e6, "data", "")
    # 1,000 t over 20 million tonne-km: 50 g per tonne-km.
    assert base_of(replace(TERMS, kind="intensity"), YEARS) == (50.0, "data", "")


def test_a_base_that_was_given_wins_and_needs_no_data():
    nothing = Years(YEARS.frame.iloc[:0], None, None, TODAY)
    assert base_of(replace(TERMS, base_value=7.0), nothing) == (7.0, "given", "")


@pytest.mark.parametrize(
    ("year", "first", "last", "said"),
    [
        (2024, date(2024, 11, 20), date(2026, 11, 21), "begin on 20 Nov 2024 and do not cover"),
        (2025, date(2025, 1, 16), date(2026, 11, 21), "begin on 16 Jan 2025 and do not cover"),
        (2026, date(2024, 11, 20), date(2026, 11, 21), "base year 2026 is not over in the data"),
        (2025, date(2024, 11, 20), date(2025, 12, 10), "base year 2025 is not over in the data"),
        (2025, None, None, "no data yet to take the base year 2025 from"),
    ],
)  # fmt: skip
def test_a_year_that_the_data_do_not_cover_is_no_base_and_says_what_to_do(year, first, last, said):
    value, source, reason = base_of(replace(TERMS, base_year=year), replace(YEARS, first=first, last=last))
    assert (value, source) == (None, "")
    assert said in reason
    assert reason.endswith("give the base year's value, or take another base year.")


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2025, 1, 15)])
def test_the_first_two_weeks_of_a_year_may_be_empty(day):
    assert base_of(TERMS, replace(YEARS, first=day))[0] == 1e6


def test_this_year_is_not_over_although_its_last_days_are_in_the_data():
    late = replace(YEARS, last=date(2026, 12, 28), today=date(2026, 12, 28))
    assert base_of(replace(TERMS, base_year=2026), late)[0] is None
    assert base_of(replace(TERMS, base_year=2026), replace(late, today=date(2027, 1, 2)))[0] == 9e5


@pytest.mark.parametrize("kind", ["absolute", "intensity"])
def test_nothing_can_be_reduced_from_nothing(kind):
    empty = YEARS.frame.assign(wtw_kg=0.0)
    assert "emitted nothing in 2025" in base_of(replace(TERMS, kind=kind), replace(YEARS, frame=empty))[2]
    absent = YEARS.frame[YEARS.frame["year"] != 2025]
    assert "emitted nothing in 2025" in base_of(replace(TERMS, kind=kind), replace(YEARS, frame=absent))[2]


def test_an_intensity_needs_a_year_in_which_something_was_moved():
    hubs_only = YEARS.frame.assign(tonne_km=0.0)
    assert base_of(replace(TERMS, kind="intensity"), replace(YEARS, frame=hubs_only))[0] is None


# The status ----------------------------------------------------------------------------------------------


def test_the_year_stands_above_its_point_by_the_gap():
    # The point of 2026 is 958 t; of four courses two end at or below it.
    found = status_of(TERMS, YEARS, outlook([950e3, 958e3, 970e3, 1_000e3]))
    assert (found.unit, found.base_value, found.base_from) == ("kg", 1e6, "data")
    assert (found.year, found.point) == (2026, pytest.approx(958e3))
    assert found.mean == pytest.approx(969_500)
    assert found.probability == 0.5
    assert found.gap_kg == pytest.approx(11_500)
    assert found.gap_low_kg == pytest.approx(found.low_95 - 958e3)
    assert found.gap_high_kg == pytest.approx(found.high_95 - 958e3)
    assert (found.so_far, found.so_far_to, found.reason) == (9e5, date(2026, 11, 20), "")
    assert found.years.set_index("year")["complete"].to_dict() == {2024: False, 2025: True, 2026: False}


def test_an_intensity_is_taken_draw_by_draw_with_the_tonne_km_of_the_same_course():
    # 47.9 g is the point. 40, 50 and 47 g/tkm: two of three courses meet it.
    courses = outlook([800e3, 1_000e3, 940e3], moved=[2e7, 2e7, 2e7])
    found = status_of(replace(TERMS, kind="intensity"), YEARS, courses)
    assert (found.unit, found.base_value) == ("g/tkm", 50.0)
    assert found.point == pytest.approx(47.9)
    assert found.probability == pytest.approx(2 / 3)
    assert found.so_far == pytest.approx(50.0)
    # Mean 913.3 t over 20 M tkm is 45.67 g: 2.23 g below the point, 44.7 t over these tonne-km.
    assert found.mean == pytest.approx(913_333.33 / 2e7 * 1e3)
    assert found.gap_kg == pytest.approx((913_333.33 / 2e4 - 47.9) * 2e4, abs=1)


def test_more_freight_at_the_same_intensity_leaves_an_intensity_target_alone():
    one = status_of(replace(TERMS, kind="intensity"), YEARS, outlook([8e5, 1.2e6], moved=[1.6e7, 2.4e7]))
    assert one.draws.tolist() == pytest.approx([50.0, 50.0])
    assert one.probability == 0.0


def test_a_year_without_a_forecast_says_why_and_still_shows_what_there_is():
    found = status_of(TERMS, YEARS, None, "14 days are needed.")
    assert (found.reason, found.point) == ("14 days are needed.", pytest.approx(958e3))
    assert (found.so_far, found.mean, found.probability, found.gap_kg) == (9e5, None, None, None)


def test_a_missing_base_leaves_the_path_out_and_the_outlook_in():
    found = status_of(replace(TERMS, base_year=2024), YEARS, outlook([9e5, 1e6]))
    assert "do not cover the base year 2024" in found.reason
    assert found.path.empty
    assert (found.point, found.probability, found.gap_kg) == (None, None, None)
    assert found.mean == pytest.approx(950e3)


@pytest.mark.parametrize(("kg", "how"), [(1.0e6, "was missed"), (0.9e6, "was met")])
def test_a_target_year_in_the_past_says_how_it_ended(kg, how):
    # From 1,000 t in 2024 the path allows 958 t in 2025.
    terms = replace(TERMS, base_year=2024, target_year=2025, base_value=1e6)
    years = replace(YEARS, frame=YEARS.frame.assign(wtw_kg=kg))
    found = status_of(terms, years, outlook([9e5]))
    assert found.reason == f"The target ended with 2025 and {how}: set a new one."
    assert (found.point, found.probability) == (None, None)


def test_data_that_end_before_the_base_year_have_no_place_on_the_path():
    old = replace(YEARS, last=date(2015, 5, 1))
    found = status_of(replace(TERMS, base_value=1e6), old, outlook([9e5], year=2015))
    assert "The data end in 2015, before the base year 2025" in found.reason
    assert found.probability is None


def test_data_that_begin_within_the_year_do_not_make_a_year():
    found = status_of(replace(TERMS, base_value=1e6), YEARS, outlook([9e5], from_day=date(2026, 5, 2)))
    assert "begin on 2 May 2026: a part of a year" in found.reason
    assert (found.probability, found.gap_kg) == (None, None)
    late = outlook([9e5], from_day=date(2026, 5, 2))
    by_intensity = status_of(replace(TERMS, kind="intensity", base_value=50.0), YEARS, late)
    assert by_intensity.reason == ""
    assert by_intensity.probability == 1.0


def test_a_year_in_which_nothing_moves_has_no_intensity():
    still = outlook([9e5], moved=[0.0], tonne_km_so_far=0.0)
    found = status_of(replace(TERMS, kind="intensity"), YEARS, still)
    assert found.reason == "Nothing was moved this year, so it has no intensity."
    assert found.probability is None


def test_an_empty_warehouse_is_a_sentence():
    nothing = Years(YEARS.frame.iloc[:0], None, None, TODAY)
    found = status_of(TERMS, nothing, None, "No shipments.")
    assert "no data yet" in found.reason
    assert (found.year, found.point, found.so_far) == (None, None, None)


@given(
    draws=st.lists(st.floats(0, 1e12), min_size=1, max_size=50),
    moved=st.floats(1.0, 1e12),
    kind=st.sampled_from(["absolute", "intensity"]),
)
def test_chance_and_gap_agree_with_the_draws(draws, moved, kind):
    found = status_of(
        replace(TERMS, kind=kind, base_value=500.0), YEARS, outlook(draws, moved=[moved] * len(draws))
    )
    assert 0.0 <= found.probability <= 1.0
    if max(found.draws) <= found.point:
        assert found.probability == 1.0
        assert found.gap_kg <= 1e-9 * max(1.0, abs(found.mean) * found.kg_per_unit)
    if min(found.draws) > found.point:
        assert found.probability == 0.0
        assert found.gap_kg > -1e-9 * max(1.0, abs(found.mean) * found.kg_per_unit)
    assert found.gap_kg == pytest.approx((found.mean - found.point) * found.kg_per_unit, rel=1e-9, abs=1e-9)


# Scenarios -----------------------------------------------------------------------------------------------


def test_a_scenario_closes_the_gap_or_a_share_of_it():
    found = status_of(TERMS, YEARS, outlook([950e3, 958e3, 970e3, 1_000e3]))  # a gap of 11.5 t
    half, whole, worse = (11_500 / 2, 50_000.0, -1_000.0)
    effects = closings(found, [Effect("Half", half), Effect("Whole", whole), Effect("Worse", worse)])
    assert [one.name for one in effects] == ["Whole", "Half", "Worse"]
    assert [one.closes for one in effects] == [True, False, False]
    assert effects[1].share == pytest.approx(0.5)
    assert effects[0].value == pytest.approx(969_500 - 50_000)
    # 50 t less bring every course to 958 t or below; half the gap turns 970 into 964.25: still two of four.
    # 1 t more lifts the course that ends at 958 t above it: one of four.
    assert [one.probability for one in effects] == [1.0, 0.5, 0.25]


def test_a_scenario_moves_an_intensity_by_its_kilograms_over_the_years_tonne_km():
    found = status_of(replace(TERMS, kind="intensity"), YEARS, outlook([1e6, 1e6]))
    # 50 g/tkm against a point of 47.9: 2.1 g over 20 M tkm, a gap of 42 t.
    (one,) = closings(found, [Effect("Shift", 21_000.0)])
    assert found.gap_kg == pytest.approx(42_000)
    assert (one.share, one.value) == (pytest.approx(0.5), pytest.approx(48.95))


def test_without_a_gap_there_is_nothing_to_close():
    found = status_of(TERMS, YEARS, outlook([9e5]))
    (one,) = closings(found, [Effect("Shift", 1_000.0)])
    assert (one.share, one.closes, one.probability) == (None, False, 1.0)


def test_where_the_year_is_not_known_a_scenario_has_its_kilograms_only():
    (one,) = closings(status_of(TERMS, YEARS, None, "short"), [Effect("Shift", 1_000.0)])
    assert (one.saved_kg, one.share, one.value, one.probability) == (1_000.0, None, None, None)


# A shift from air to sea: 100 t less by air, 4 t more by sea, and the ship takes a longer way.
RESULT = SimpleNamespace(
    changed=pd.DataFrame(
        {"supplier_id": ["S1", "S1", "S2"], "lane": ["a", "a", "b"], "mode": ["air", "sea", "road"],
         "now_kg": [100e3, 0.0, 10e3], "then_kg": [0.0, 4e3, 7e3], "saved_kg": [100e3, -4e3, 3e3]}
    ),
    by_mode=pd.DataFrame(
        {"mode": ["air", "road", "sea"], "now_kg": [100e3, 10e3, 0.0], "then_kg": [0.0, 7e3, 4e3],
         "now_tonne_km": [1e6, 5e5, 0.0], "then_tonne_km": [0.0, 5e5, 1.5e6]}
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("about", "saved_kg", "saved_tonne_km"),
    [
        ({}, 99e3, -5e5),
        ({"modes": ("air",)}, 100e3, 1e6),
        ({"modes": ("sea",)}, -4e3, -1.5e6),
        ({"modes": ("rail",)}, 0.0, 0.0),
        ({"suppliers": ("S1",)}, 96e3, 0.0),
        ({"suppliers": ("S1", "S2"), "modes": ("air", "road")}, 103e3, 0.0),
        ({"suppliers": ("S9",)}, 0.0, 0.0),
    ],
)
def test_only_what_the_target_is_about_counts_of_a_scenario(about, saved_kg, saved_tonne_km):
    found = effect_of("Shift", RESULT, replace(TERMS, **about))
    assert (found.saved_kg, found.saved_tonne_km) == (pytest.approx(saved_kg), pytest.approx(saved_tonne_km))


def test_a_longer_way_by_sea_lowers_the_intensity_by_its_tonne_km_too():
    found = status_of(replace(TERMS, kind="intensity"), YEARS, outlook([1e6, 1e6]))
    # (1,000 t − 42 t) over (20 M + 1 M) tonne-km are 45.62 g: more than the whole gap of 2.1 g.
    (one,) = closings(found, [Effect("Shift", 42e3, -1e6)])
    assert one.value == pytest.approx(958e6 / 21e6)
    assert one.share == pytest.approx((50 - 958 / 21) / 2.1)
    assert one.closes


def test_where_a_scenario_leaves_nothing_to_move_there_is_no_intensity():
    found = status_of(replace(TERMS, kind="intensity"), YEARS, outlook([1e6, 1e6]))
    (one,) = closings(found, [Effect("All by sea", 1e6, 2e7)])
    assert (one.share, one.value, one.probability, one.closes) == (None, None, None, False)
