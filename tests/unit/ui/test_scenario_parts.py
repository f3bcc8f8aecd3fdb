"""The parts of the Scenarios page: words, cards, charts and tables of a result worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.scenarios import Growth, MoveVolume, Scenario, ScenarioResult, ShiftMode
from tests.unit.ui.test_ui_theme import contrast
from ui import (
    scenario_charts,
    scenario_compare,
    scenario_forecast,
    scenario_kpis,
    scenario_levers,
    scenario_table,
)
from ui import scenario_words as words
from ui.theme import GROUND

SHIFT = ShiftMode(from_mode="air", to_mode="sea", share=0.5)
GROWTH = Growth(pct=10.0)


def step(**changes: object) -> dict[str, object]:
    row = {
        "lever": "shift_mode", "description": SHIFT.describe(), "saved_kg": 100_000.0,
        "saved_low_kg": 80_000.0, "saved_high_kg": 130_000.0, "alone_saved_kg": 110_000.0,
        "alone_low_kg": 90_000.0, "alone_high_kg": 140_000.0, "extra_cost": 5_000.0, "currency": "EUR",
        "cost_per_t": 50.0, "extra_days": 20.0, "shipments": 40.0, "tonnes": 300.0, "note": "Seen 12 times.",
    }  # fmt: skip
    return {**row, **changes}


ADDS = {
    "lever": "growth", "description": GROWTH.describe(), "saved_kg": -50_000.0, "saved_low_kg": -60_000.0,
    "saved_high_kg": -40_000.0, "alone_saved_kg": -50_000.0, "alone_low_kg": -60_000.0,
    "alone_high_kg": -40_000.0, "extra_cost": np.nan, "currency": None, "cost_per_t": np.nan,
    "extra_days": np.nan, "shipments": 900.0, "tonnes": 1_000.0, "note": "",
}  # fmt: skip


def result(*rows: dict[str, object], now_kg: float = 1_000_000.0, costs: list[tuple] | None = None):
    steps = pd.DataFrame(rows or None, columns=list(step()))
    saved = [float(steps[name].sum()) for name in ("saved_kg", "saved_low_kg", "saved_high_kg")]
    if costs is None:
        costs = [
            (at, row["currency"], row["extra_cost"], row["saved_kg"], row["cost_per_t"])
            for at, row in enumerate(rows)
            if isinstance(row["currency"], str)
        ]
    return ScenarioResult(
        scenario=Scenario("Test", ()),
        now_kg=now_kg,
        now_low_kg=0.9 * now_kg,
        now_high_kg=1.1 * now_kg,
        then_kg=now_kg - saved[0],
        then_low_kg=0.9 * now_kg - saved[0],
        then_high_kg=1.1 * now_kg - saved[0],
        saved_kg=saved[0],
        saved_low_kg=saved[1],
        saved_high_kg=saved[2],
        steps=steps,
        costs=pd.DataFrame(costs, columns=["step", "currency", "extra_cost", "saved_kg", "cost_per_t"]),
        changed=pd.DataFrame(columns=["supplier_id", "lane", "mode", "now_kg", "then_kg", "saved_kg"]),
        by_mode=pd.DataFrame(
            {"mode": ["air", "sea"], "now_kg": [6e5, 4e5], "then_kg": [3e5, 5e5],
             "now_tonne_km": [1e6, 1e7], "then_tonne_km": [5e5, 1.1e7]}
        ),
        warnings=(),
    )  # fmt: skip


# --- words


def test_the_title_says_what_all_levers_come_to():
    assert words.result_finding(result(step())) == "The lever saves 100 t CO2e a year, 10 %"
    assert words.result_finding(result(step(), ADDS)).startswith("Together the levers save 50 t CO2e a year")
    assert words.result_finding(result(ADDS)).startswith("The lever adds 50 t CO2e a year")
    assert "change nothing" in words.result_finding(result(step(saved_kg=0.0)))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (28.4, "+28 days"),
        (1.0, "+1 day"),
        (-1.5, "−1.5 days"),
        (0.01, "no change"),
        (math.nan, "–"),
        (None, "–"),
    ],
)
def test_lead_times_in_words(days, said):
    assert words.days_words(days) == said


def test_a_cost_without_its_currency_is_not_known():
    assert words.money_words(12_000.0, "EUR") == "+EUR 12 k"
    assert words.money_words(-3_100.0, "EUR") == "−EUR 3.1 k"
    assert words.money_words(1.0, None) == words.money_words(math.nan, "EUR") == "–"


def test_currencies_are_never_added_up():
    found = result(step(), costs=[(0, "EUR", 3_000.0, 6e4, 50.0), (0, "USD", 9_000.0, 4e4, 225.0)])
    assert words.total_costs(found) == (("USD", 9_000.0), ("EUR", 3_000.0))
    assert list(words.priced(found)) == ["EUR", "USD"]  # the one of most kg first
    assert words.priced(found)["USD"]["cost_per_t"].tolist() == [225.0]


def test_a_step_whose_cost_is_not_known_is_listed_and_not_drawn_as_free():
    found = result(
        step(), step(description="Join loads", extra_cost=np.nan, currency=None, cost_per_t=np.nan)
    )
    assert len(words.priced(found)["EUR"]) == 1
    assert words.unpriced(found) == ["Step 2, Join loads: 100 t a year"]


def test_suppliers_are_named():
    lever = MoveVolume(from_supplier="A", to_supplier="B")
    assert "Alpha to Beta" in words.described(lever, {"A": "Alpha", "B": "Beta"})
    # Two companies of one name: their ids tell them apart.
    assert "A to B" in words.described(lever, {"A": "Same", "B": "Same"})


def test_steps_and_warnings_name_suppliers():
    lever = MoveVolume(from_supplier="A", to_supplier="B")
    found = result(step(description=lever.describe()))
    warned = f"Lever 1 ({lever.describe()}) changes nothing."
    found = replace(found, scenario=Scenario("Test", (lever,)), warnings=(warned,))
    shown = words.named(found, {"A": "Alpha", "B": "Beta"})
    assert "Alpha to Beta" in shown.steps["description"].iloc[0]
    assert "Alpha to Beta" in shown.warnings[0]


def test_an_effect_in_words():
    said = scenario_levers.effect_words(step())
    assert said == "Saves 100 t (80–130) CO2e a year, +EUR 5 k a year, +20 days, 40 shipments"
    assert scenario_levers.effect_words(ADDS).startswith("Adds 50 t (40–60) CO2e a year, 900")
    assert scenario_levers.effect_words(step(saved_kg=0.0)).startswith("Changes nothing")


def test_a_scenario_starts_with_a_month():
    found = scenario_forecast.starts(date(2026, 11, 21))
    assert found[:3] == [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert found[-1] == date(2028, 11, 1)


# --- cards


def test_cards_show_a_year_now_and_then():
    found = {one.figure: one for one in scenario_kpis.cards(result(step(), ADDS))}
    assert (found["now"].value, found["then"].value, found["saved"].value) == ("1 kt", "950 t", "50 t")
    assert found["then"].change[1] == "−5.0 %"
    assert found["saved"].note == "95 % range 20–90 t"  # 80 − 60, 130 − 40
    assert found["affected"].value == "900"


def test_the_lead_time_is_weighted_by_mass_where_it_is_known():
    # 300 t take 20 days longer, 100 t save 4: (300 × 20 − 100 × 4) ÷ 400 = 14
    found = result(step(), step(extra_days=-4.0, tonnes=100.0), ADDS)
    assert scenario_kpis.extra_days(found) == pytest.approx(14.0)
    assert math.isnan(scenario_kpis.extra_days(result(ADDS)))


def test_cards_without_a_lever_are_the_year_now():
    found = {one.figure: one.value for one in scenario_kpis.cards(result())}
    assert found["now"] == found["then"] == "1 kt"
    assert found["extra-cost"] == found["lead-time"] == "–"


# --- charts


def test_the_waterfall_ends_at_the_sum():
    bar = scenario_charts.steps(result(step(), ADDS).steps).data[0]
    begins, changes = list(bar.base), list(bar.x)
    assert (begins, changes) == ([0.0, -100.0, 0.0], [-100.0, 50.0, -50.0])  # t
    # Saving more than 100 t (up to 130) lies further to the left.
    assert (bar.error_x.array[0], bar.error_x.arrayminus[0]) == (20.0, 30.0)
    # The sum saves 50 t, from 80 − 60 to 130 − 40.
    assert (bar.error_x.array[2], bar.error_x.arrayminus[2]) == (30.0, 40.0)


def test_two_waterfalls_can_share_an_axis():
    small, large = (
        result(step(saved_kg=10_000.0, saved_low_kg=9_000.0, saved_high_kg=11_000.0)),
        result(step()),
    )
    span = scenario_charts.steps_span(large.steps)
    assert span[0] < -130_000 and span[1] > 0
    ranges = [scenario_charts.steps(one.steps, span).layout.xaxis.range for one in (small, large)]
    assert ranges[0] == ranges[1]


def test_the_cost_chart_is_as_wide_as_the_saving_and_the_cheapest_comes_first():
    cheap = step(cost_per_t=-20.0, extra_cost=-1_000.0, saved_kg=50_000.0)
    found = words.priced(result(step(), cheap))["EUR"]
    bar = scenario_charts.abatement(found, "EUR").data[0]
    assert (list(bar.x), list(bar.width), list(bar.y)) == ([0.0, 50.0], [50.0, 100.0], [-20.0, 50.0])
    assert words.abatement_finding(found, "EUR").startswith("One step pays for itself: 50 t a year")
    assert words.abatement_finding(found.iloc[:1], "EUR") == "The cheapest tonne costs EUR 50: step 1"


def test_modes_now_and_then():
    then, now = scenario_charts.by_mode(result(step()).by_mode).data
    assert (now.name, list(now.x), list(now.y)) == ("now", [400.0, 600.0], ["Sea", "Air"])
    assert list(then.x) == [500.0, 300.0]
    assert words.modes_finding(result(step()).by_mode) == "Air emits 300 t a year less"


def test_charts_of_no_step_are_drawn():
    assert len(scenario_charts.steps(result().steps).data[0].x) == 1  # the sum, which is 0


def test_text_out_of_the_data_is_no_markup():
    bad = step(description="Move on <b>A</b> → B")
    figure = scenario_charts.steps(result(bad).steps)
    assert not any("<b>A" in text for text in figure.data[1].text)
    assert "<b>A" not in figure.data[0].customdata[0]


@pytest.mark.parametrize("theme", GROUND)
def test_both_colours_stand_out_from_the_ground(theme):
    for colour in (scenario_charts.SAVES, scenario_charts.ADDS):
        assert contrast(colour, GROUND[theme]) >= 3.0


# --- tables


def test_the_table_says_figures_with_their_units():
    row = scenario_table.steps_in_words(result(step()).steps).iloc[0]
    assert (row["saved"], row["alone"], row["goods"]) == ("100 t (80–130)", "110 t", "300 t")
    assert (row["extra_cost"], row["cost_per_t"], row["lead_time"]) == (
        "+EUR 5 k",
        "EUR 50 per t",
        "+20 days",
    )


def test_the_export_holds_full_precision():
    frame = scenario_table.export(result(step(saved_kg=1 / 3), ADDS))
    assert frame["step"].tolist() == [1, 2]
    assert frame["saved_kg"].iloc[0] == 1 / 3


def test_two_scenarios_side_by_side():
    pair = result(step()), result(step(), ADDS)
    frame = scenario_compare.figures(("A", "B"), pair)
    assert frame.loc["Then, CO2e a year", "Second − first"] == "+50 t"
    assert frame.loc["Extra cost a year"].tolist() == ["+EUR 5 k", "+EUR 5 k", "EUR 0"]
    assert words.comparison_finding(("A", "B"), pair) == "“A” emits 50 t a year less than “B”"
    assert scenario_compare.export(("A", "B"), pair)["scenario"].tolist() == ["A", "B", "B"]
    same = scenario_compare.figures(("A", "A"), pair)
    assert list(same.columns) == ["A (1)", "A (2)", "Second − first"]


def test_costs_in_two_currencies_have_no_difference():
    dollars = result(step(currency="USD"))
    frame = scenario_compare.figures(("A", "B"), (result(step()), dollars))
    assert frame.loc["Extra cost a year", "Second − first"] == "–"
