"""The Drivers page and its parts: words, figures, and what stands there when there is nothing to explain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import access
from access import User
from analytics.drivers import (
    Accuracy,
    Comparison,
    Driver,
    DriverAnalytics,
    DriverModel,
    GroupPart,
    LegExplanation,
    LegPart,
    LevelEffect,
    Validation,
    WhatIf,
)
from data_access import Filters, Scope, Store, opened
from tests.legs import put
from tests.simulated_legs import put_simulated, simulated
from tests.unit.ui.test_ui_theme import APART, VISIONS, ciede2000, contrast, lab, linear
from ui import drivers_charts, drivers_levels, drivers_quality, drivers_waterfall, drivers_words
from ui.theme import GROUND

ANALYST = User("u1", "ana@example.com", "Ana", "analyst")
SUPPLIER = User("u3", "sue@example.com", "Sue", "supplier", frozenset({"Clean"}))
MODE = Driver("mode", 217.0, 40.0, LevelEffect("sea", -80.0, 600), LevelEffect("air", 407.0, 90), None)
DISTANCE = Driver(
    "distance_km", 4.0, 3.0, LevelEffect("under 50 km", -2.0, 60), LevelEffect("over 20,000 km", 3.5, 60),
    "rises",
)  # fmt: skip
TEST = Validation(
    Accuracy(0.9962, 1.0, 4.4), Accuracy(0.88, 2.8, 40.0), 6_000, datetime(2026, 5, 4), datetime(2026, 11, 21)
)
LEG = LegExplanation(
    shipment_id="S*1", leg_no=2, departed_at=datetime(2026, 6, 29), mode="air", supplier_id="A",
    origin="Ningbo", destination="Savannah", tonne_km=87_000.0, typical_kg=500.0,
    predicted_kg=5_500.0, actual_kg=5_400.0,
    parts=(
        LegPart("weight_kg", "5,000-10,000 kg", 6_850.0, 100.0, 500.0),
        LegPart("distance_km", "10,000-20,000 km", 12_725.0, -50.0, -500.0),
        LegPart("mode", "air", None, 1_000.0, 5_000.0),
        LegPart("supplier_id", "A", None, 0.0, 0.0),
    ),
    unexplained_kg=-100.0, unexplained_pct=-100 / 55, learnt_from=20_000, widened=False,
    typical_error_pct=0.97,
    what_ifs=(WhatIf("sea", "container ship average", 19_891.0, 2_400.0, -3_100.0, -56.4, True, 141),),
)  # fmt: skip


def a_model(**changed: object) -> DriverModel:
    values = pd.DataFrame({"mode": ["sea", "air", "air"], "distance_km": ["under 50 km"] * 3})
    given = {
        "target": "intensity", "typical": 108.1, "mean_log": -2.2, "legs": 39_938, "learnt_from": 20_000,
        "explained": 3, "without_emission": 2, "without_distance": 958, "constant": ("lane",),
        "drivers": (MODE, DISTANCE), "values": values,
        "levels": pd.DataFrame({
            "feature": ["mode", "mode", "distance_km"], "level": ["air", "sea", "under 50 km"],
            "legs": [2, 1, 3], "share": [2 / 3, 1 / 3, 1.0], "effect_pct": [407.0, -80.0, -2.0],
            "low_pct": [390.0, -81.0, -2.1], "high_pct": [420.0, -79.0, -1.9],
            "kg_per_leg": [667.0, -1_598.0, -0.4],
        }),
        "effects": pd.DataFrame({"mode": [-1.6, 1.6, 1.65], "distance_km": [-0.02] * 3}), "validation": TEST,
    }  # fmt: skip
    return DriverModel(**(given | changed))


# --- words


@pytest.mark.parametrize(
    ("pct", "text"),
    [(407.3, "+407 %"), (-2.37, "−2.4 %"), (0.04, "±0 %"), (1636.9, "+1,637 %"), (-96.6, "−97 %")],
)
def test_effects_are_signed_per_cent(pct, text):
    assert drivers_words.change_pct(pct) == text


def test_headline_names_the_strongest_feature_and_both_its_ends():
    assert drivers_words.headline(a_model(), {}) == (
        "Mode moves the intensity of these legs most: from sea (−80 %) to air (+407 %), against a typical leg"
    )


def test_finding_says_which_way_a_quantity_works():
    text = drivers_words.dependence_finding(a_model(), DISTANCE, {})
    assert text == "Intensity rises with distance: under 50 km −2.0 %, over 20,000 km +3.5 %"


def test_accuracy_stands_beside_the_naive_one():
    found = {key: (figure, note) for key, _, figure, note in drivers_quality.cards(a_model())}
    assert found["typical"][0] == "108 g"
    assert found["explained"] == ("99.6 %", "88 % by the mode's median alone")
    assert found["error"] == ("1 %", "2.8 % by the mode's median alone")
    assert found["learnt"] == ("20,000 legs", "of 39,938 in the selection")


def test_model_that_is_no_better_than_naive_says_so():
    worse = Validation(TEST.naive, TEST.model, 60, TEST.tested_from, TEST.tested_until)
    assert "do not rely" in drivers_words.accuracy_note(a_model(validation=worse))
    assert "could not be tested" in drivers_words.accuracy_note(a_model(validation=None))
    assert "do not rely" not in drivers_words.accuracy_note(a_model())
    assert drivers_words.explained(Accuracy(-0.3, 9.0, 20.0)) == "0 %"


def test_what_is_left_out_is_named():
    assert drivers_words.left_out(a_model()) == (
        "Left out: 958 legs without distance, such as hubs and 2 legs reported with no emission. "
        "The same for all legs, so without an effect: lane."
    )


def test_supplier_against_all_names_what_sets_it_apart():
    parts = (GroupPart("mode", 48.0), GroupPart("lane", -0.2))
    found = Comparison("A", "intensity", 240, 160.0, 106.0, 51.0, parts, 2.2, own_level=True)
    assert drivers_words.comparison_finding(found, "Acme") == (
        "Acme ships at 160 g CO2e/tkm, +51 % against 106 g CO2e/tkm of all legs: mode +48 %"
    )


def test_levels_as_a_table_carry_the_words_of_the_screen():
    frame = drivers_levels.worded(a_model(), {})
    assert frame[["feature", "level"]].to_numpy().tolist()[:2] == [["Mode", "Air"], ["Mode", "Sea"]]


# --- waterfall


def test_sentences_of_a_leg_say_what_makes_it_and_what_another_mode_would():
    said = drivers_waterfall.sentences(LEG, {"A": "Acme"})
    assert said[0] == "A typical leg of this selection emits 500 kg CO2e; this one 5.4 t CO2e."
    assert said[1] == (
        "What makes the difference: Mode: Air +5 t; Mass: 6,850 kg +500 kg; Distance: 12,725 km −500 kg."
    )
    assert said[2] == "The model comes to 5.5 t CO2e; −100 kg (−1.8 %) it does not explain."
    assert said[3] == (
        "Sea instead of air would be −3.1 t (−56 %): 2.4 t CO2e over 19,891 km by container ship average, "
        "judging by 141 legs on this lane."
    )
    assert said[4].startswith("These are the model's estimates")


def test_leg_without_another_mode_says_so():
    from dataclasses import replace

    said = drivers_waterfall.sentences(replace(LEG, what_ifs=(), widened=True))
    assert said[-1].startswith("No other mode that the model knows")
    assert "all legs that you may see" in said[0] and "too small to learn from" in said[-2]


def test_waterfall_begins_each_part_where_the_one_before_ended():
    bars, texts = drivers_waterfall.figure(LEG, {}).data
    steps = [500, 500, -500, 5_000, 0, 5_500, -100, 5_400]  # typical, parts, estimate, rest, this leg
    begins = [0, 500, 1_000, 500, 5_500, 0, 5_500, 0]
    assert [round(x * 1_000) for x in bars.x] == steps
    assert [round(x * 1_000) for x in bars.base] == begins
    assert [text.strip() for text in texts.text] == [
        "500 kg", "+500 kg", "−500 kg", "+5 t", "0 kg", "5.5 t", "−100 kg", "5.4 t"
    ]  # fmt: skip


def test_waterfall_names_the_smaller_leg_as_a_fraction():
    from dataclasses import replace

    assert drivers_waterfall.finding(LEG) == "S*1, leg 2, air: 5.4 t CO2e, 10.8 × a typical leg"
    assert "1/4.0 of a typical leg" in drivers_waterfall.finding(replace(LEG, actual_kg=125.0))


# --- charts


def test_importance_shows_both_ends_in_per_cent():
    lowest, highest = drivers_charts.importance((a_model(), {}), target="intensity").data
    assert list(lowest.text) == ["−80 %", "−2.0 %"] and list(highest.text) == ["+407 %", "+3.5 %"]
    assert lowest.x[0] == pytest.approx(math.log(0.2)) and highest.x[0] == pytest.approx(math.log(5.07))


def test_axis_of_ratios_is_labelled_in_per_cent_only():
    for model in (a_model(), a_model(drivers=(DISTANCE,))):
        axis = drivers_charts.importance((model, {}), target="intensity").layout.xaxis
        assert 2 <= len(axis.ticktext) <= 8
        for place, text in zip(axis.tickvals, axis.ticktext, strict=True):
            shown = float(text.replace("−", "-").replace(" %", "").replace(",", ""))
            assert shown == pytest.approx(math.expm1(place) * 100, rel=0.01, abs=1e-9)


def test_every_point_of_the_dependence_plot_is_a_leg():
    figure = drivers_charts.dependence(
        (a_model(), {}), target="intensity", feature="mode", colour="distance_km"
    )
    assert sum(len(trace.x) for trace in figure.data) == 3
    assert list(figure.layout.yaxis.ticktext) == ["Air", "Sea"]


def test_names_out_of_the_data_are_no_markup_in_a_chart():
    levels = a_model().levels.assign(feature="supplier_id", level=["<b>A</b>", "B", "C"])
    bad = Driver("supplier_id", 9.0, 1.0, LevelEffect("B", -3.0, 9), LevelEffect("<b>A</b>", 3.0, 9), None)
    model = a_model(drivers=(bad,), levels=levels)
    shown = str(drivers_charts.importance((model, {}), target="intensity").to_json())
    assert "<b>A" not in shown.replace("\\u003c", "<")


COLOURS = [*drivers_charts.TINTS, drivers_charts.OTHERS]


@pytest.mark.parametrize("ground", GROUND)
@pytest.mark.parametrize("colour", [*COLOURS, drivers_waterfall.RAISES, drivers_waterfall.LOWERS])
def test_points_and_bars_stand_out_from_the_ground(colour, ground):
    assert contrast(colour, GROUND[ground]) >= 3.0


@pytest.mark.parametrize("vision", VISIONS)
def test_points_of_two_values_are_told_apart(vision):
    seen = [lab(np.clip(VISIONS[vision] @ linear(colour), 0, 1)) for colour in COLOURS]
    assert min(ciede2000(one, other) for one, other in combinations(seen, 2)) >= APART


# --- the page


@pytest.fixture
def warehouse(tmp_path, monkeypatch) -> Iterator[Store]:
    monkeypatch.setenv("DATABASE_URL", f"duckdb:///{tmp_path / 'warehouse.duckdb'}")
    opened.close_warehouse()
    yield opened.warehouse()
    opened.close_warehouse()


def recent(legs: int, **fixed: object) -> pd.DataFrame:
    """Simulated legs of the last 300 days."""
    frame = simulated(legs, **fixed)
    today = datetime.now().replace(microsecond=0)
    return frame.assign(departed_at=[today - timedelta(days=1 + at % 300) for at in range(legs)])


def open_page(monkeypatch, user: User = ANALYST, query: dict[str, str] | None = None) -> AppTest:
    monkeypatch.setattr(access, "user_of", lambda _token: user)
    page = AppTest.from_file(str(Path("pages/drivers.py").resolve()), default_timeout=120)
    for key, value in (query or {}).items():
        page.query_params[key] = value
    return page.run()


def words(page: AppTest) -> str:
    shown = (
        *page.markdown,
        *page.header,
        *page.subheader,
        *page.info,
        *page.warning,
        *page.error,
        *page.caption,
    )
    return " ".join(str(one.value) for one in shown).replace("\\", "")


def test_page_explains_the_selection_and_its_largest_leg(warehouse, monkeypatch):
    put_simulated(warehouse, recent(600))
    page = open_page(monkeypatch)
    assert not page.exception and not page.error
    said = words(page)
    assert "Mode moves the intensity of these legs most: from sea" in said
    assert "Wasteful ships at" in said  # the supplier that raises most is compared first
    assert "it does not explain" in said and "An effect says how legs differ" in said
    assert {one.label for one in page.metric} == {
        "Typical intensity", "Learnt from", "Differences explained", "Median error"
    }  # fmt: skip
    assert not any(odd in said for odd in ("nan", "None", "Traceback"))
    page.segmented_control(key="drivers-target").set_value("emission").run()
    assert not page.exception and not page.error
    assert "the emissions of these legs most" in words(page)


def test_leg_is_found_by_its_id_and_a_wrong_one_named(warehouse, monkeypatch):
    put_simulated(warehouse, recent(300))
    page = open_page(monkeypatch)
    page.text_input(key="drivers-shipment").set_value("S7").run()
    assert "S7, leg 1" in words(page)
    page.text_input(key="drivers-shipment").set_value("[x](http://example.com)").run()
    assert "There is no leg 1 of a shipment [x](http://example.com)" in words(page)
    assert not page.exception


def test_few_legs_lead_to_a_wider_view(warehouse, monkeypatch):
    put_simulated(warehouse, recent(5))
    page = open_page(monkeypatch)
    assert "at least 100 legs" in words(page) and "has 5" in words(page)
    assert not page.exception and not page.metric
    page.button(key="empty-action").click().run()
    assert not page.exception


def test_empty_warehouse_and_empty_selection(warehouse, monkeypatch):
    assert "No shipments yet" in words(open_page(monkeypatch))
    put(warehouse, {"departed_at": pd.Timestamp("2020-01-01")})
    assert "Nothing in this period" in words(open_page(monkeypatch))


@pytest.mark.parametrize("fixed", [{"supplier_id": "Usual"}, {"mode": "road"}, {"product_group": None}])
def test_one_supplier_one_mode_no_product_group(warehouse, monkeypatch, fixed):
    put_simulated(warehouse, recent(300, **fixed))
    page = open_page(monkeypatch)
    assert not page.exception and not page.error
    said = words(page)
    assert "The same for all legs, so without an effect" in said
    assert ("only one supplier" in said) == ("supplier_id" in fixed)


def test_supplier_sees_a_model_of_its_own_legs(warehouse, monkeypatch):
    put_simulated(warehouse, recent(900))
    own = DriverAnalytics(warehouse).drivers(Filters(), Scope.suppliers({"Clean"}))
    page = open_page(monkeypatch, SUPPLIER)
    assert not page.exception
    learnt = next(one for one in page.metric if one.label == "Learnt from")
    assert learnt.value == f"{own.legs} legs"
    assert "Wasteful" not in words(page)
