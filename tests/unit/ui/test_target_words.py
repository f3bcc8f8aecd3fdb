"""Targets in words and drawn: what people read of a status."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from access.targets import TargetTerms
from analytics.targets import Closing, Effect, Years, closings, status_of
from tests.unit.ui.test_ui_theme import contrast
from ui import target_chart, target_line
from ui import target_words as words
from ui.theme import GROUND

TERMS = TargetTerms("Company", "absolute", 2025, 4.2, 2030)
YEARS = Years(
    pd.DataFrame({"year": [2024, 2025, 2026], "wtw_kg": [3e6, 1e7, 9e6], "tonne_km": [5e7, 2e8, 1.8e8]}),
    date(2024, 11, 20),
    date(2026, 11, 21),
    date(2026, 11, 21),
)


def outlook(kg=9.9e6, spread=2e5):
    """A year that ends at `kg`, evenly spread to both sides: 95 % of its courses within 1.9 spreads."""
    draws = np.linspace(kg - 2 * spread, kg + 2 * spread, 401)
    return SimpleNamespace(
        year=2026, so_far_kg=9e6, so_far_to=date(2026, 11, 20), mean_kg=kg, low_80=kg - 1.6 * spread,
        high_80=kg + 1.6 * spread, low_95=kg - 1.9 * spread, high_95=kg + 1.9 * spread, draws=draws,
        from_day=date(2026, 1, 1), tonne_km_so_far=1.8e8, tonne_km_mean=2e8,
        tonne_km_draws=np.full(401, 2e8),
    )  # fmt: skip


def status(terms=TERMS, **more):
    return status_of(terms, YEARS, outlook(**more))


def test_the_title_says_where_the_year_heads_and_how_far_from_its_point():
    # The point is 10,000 t less 4.2 %: 9,580 t.
    assert words.finding(status()) == (
        "Company: 2026 heads for 9.9 kt CO2e, 320 t above its point on the path"
    )
    assert words.finding(status(kg=9.48e6)).endswith("9.5 kt CO2e, 100 t below its point on the path")
    by_intensity = status(replace(TERMS, kind="intensity"))  # 49.5 g against 47.9 g
    assert words.finding(by_intensity).endswith(
        "heads for 49.5 g CO2e/tkm, 1.6 g/tkm above its point on the path"
    )


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (replace(TERMS, base_year=2024), "Company: no path without a base value"),
        (
            replace(TERMS, base_value=1e7, base_year=2020, target_year=2024),
            "Company: 2026 is not on its path",
        ),
    ],
)
def test_what_is_not_known_is_said_in_the_title(terms, said):
    assert words.finding(status(terms)) == said


def test_a_year_without_an_outlook_is_said_in_the_title():
    assert words.finding(status_of(TERMS, YEARS, None)) == "Company: no outlook for 2026 yet"
    nothing = replace(YEARS, frame=YEARS.frame.iloc[:0], first=None, last=None)
    assert words.finding(status_of(replace(TERMS, base_value=1.0), nothing, None)) == "Company: no data yet"


def test_the_terms_stand_in_one_sentence():
    names = {"S1": "Acme", "S2": "Bolt"}
    assert words.terms_words(TERMS, names) == (
        "Emissions of all shipments: 4.2 % (1.5 °C) of 2025 less each year until 2030, 21 % in all"
    )
    some = replace(TERMS, kind="intensity", suppliers=("S1", "S2", "S3"), modes=("air",), yearly_pct=3.0)
    assert words.terms_words(some, names) == (
        "Intensity of Acme, Bolt and S3, Air: 3 % of 2025 less each year until 2030, 15 % in all"
    )
    assert "100 % in all" in words.terms_words(replace(TERMS, target_year=2060), names)


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "–"), (0.0, "<1 %"), (0.004, "<1 %"), (0.17, "17 %"), (0.995, ">99 %"), (1.0, ">99 %")],
)
def test_a_forecast_never_calls_a_year_certain(share, said):
    assert words.chance(share) == said


def test_the_gap_has_its_sign_and_its_range_in_one_unit():
    assert words.gap(status()) == ("+320 t", "95 % range −60 to +700 t")
    assert words.gap(status(kg=9.48e6, spread=1e5)) == ("−100 t", "95 % range −290 to +90 t")
    assert words.gap(status_of(TERMS, YEARS, None)) == ("–", "")


def test_the_base_says_where_it_comes_from():
    assert words.base_words(status()) == "2025: 10 kt CO2e, from the data"
    assert words.base_words(status(replace(TERMS, base_value=12e6))) == "2025: 12 kt CO2e, as given"
    assert words.base_words(status(replace(TERMS, base_year=2024))) == ""


def test_a_scenario_closes_the_gap_or_a_share_of_it_in_words():
    found = status()  # 320 t over
    whole, half, nothing, worse = closings(
        found, [Effect("A", 1e6), Effect("B", 160e3), Effect("C", 0.0), Effect("D", -5e3)]
    )
    assert (
        words.closing_words(whole, found)
        == "A closes the gap: it saves 1 kt CO2e a year, chance 10 % → >99 %"
    )
    assert words.closing_words(half, found).startswith("B closes 50 % of the gap: it saves 160 t CO2e a year")
    assert words.closing_words(nothing, found) == "C saves nothing"
    assert words.closing_words(worse, found) == "D adds 5 t CO2e a year"
    near = Closing("E", 319.9e3, 0.9997, 9.58e6, 0.5)
    assert "closes >99 % of the gap" in words.closing_words(near, found)
    same = Closing("F", 1e3, 0.003, 9.899e6, found.probability)
    assert words.closing_words(same, found).endswith("chance stays 10 %")


def test_the_download_holds_every_year_of_the_chart_in_the_targets_unit():
    frame = words.table(status())
    assert frame["year"].tolist() == [2025, 2026, 2027, 2028, 2029, 2030]
    rows = frame.set_index("year")
    assert rows.loc[2025, ["path_kg", "actual_kg"]].tolist() == pytest.approx([1e7, 1e7])
    assert rows.loc[2026, ["path_kg", "outlook_kg", "outlook_high_95_kg"]].tolist() == pytest.approx(
        [9.58e6, 9.9e6, 10.28e6]
    )
    assert rows.loc[2027:, "outlook_kg"].isna().all()
    assert "path_g_per_tkm" in words.table(status(replace(TERMS, kind="intensity")))
    assert words.table(status(replace(TERMS, base_year=2024)))["year"].tolist() == [2025, 2026]


def test_the_chart_draws_whole_years_the_outlook_the_path_and_the_scenario():
    found = status()
    effects = closings(found, [Effect("<b>A</b>", 1e6), Effect("C", 0.0)])
    whole, now, way, scenario = target_chart.path_figure(found, effects).data
    assert (list(whole.x), list(whole.y)) == ([2025], [10.0])  # kt; 2024 is not whole
    assert (list(now.x), list(now.y)) == ([2026], [9.9])
    assert now.error_y.array[0] == pytest.approx(0.38)
    assert list(way.x) == [2025, 2026, 2027, 2028, 2029, 2030]
    assert way.y[-1] == pytest.approx(7.9)
    assert list(scenario.y) == pytest.approx([8.9])
    assert "<b>" not in scenario.customdata[0]
    assert "Path" in target_chart.legend(found, effects)


def test_the_chart_without_a_path_or_data_stands_empty_and_does_not_fail():
    nothing = replace(YEARS, frame=YEARS.frame.iloc[:0], first=None, last=None)
    for found in (status(replace(TERMS, base_year=2024)), status_of(TERMS, nothing, None)):
        figure = target_chart.path_figure(found)
        assert "NaN" not in figure.to_json()
        assert "Path" not in target_chart.legend(found)


@pytest.mark.parametrize("colour", [target_chart.PATH, target_chart.WITH_SCENARIO])
@pytest.mark.parametrize("ground", ["light", "dark"])
def test_the_marks_stand_out_from_both_grounds(colour, ground):
    assert contrast(colour, GROUND[ground]) >= 3.0


def test_the_overviews_line_sets_what_is_used_up_beside_the_days_that_are_gone():
    # 9,000 t of 9,580 t; 21 November is day 325 of 365.
    found = status_of(TERMS, YEARS, None)
    assert (
        target_line.words(found, YEARS)
        == "Company: 94 % of the 9.6 kt for 2026 used up, 89 % of the year gone"
    )
    by_intensity = status_of(replace(TERMS, kind="intensity"), YEARS, None)  # 9,000 t over 180 M tkm
    assert target_line.words(by_intensity, YEARS) == (
        "Company: 50 g CO2e/tkm so far in 2026, above the point of 47.9 g CO2e/tkm"
    )


def test_the_overviews_line_is_absent_where_there_is_nothing_to_say():
    for terms in (
        replace(TERMS, base_year=2024),
        replace(TERMS, base_year=2020, target_year=2024, base_value=1.0),
    ):
        assert target_line.words(status_of(terms, YEARS, None), YEARS) == ""
    old = replace(YEARS, today=date(2027, 2, 1))
    assert target_line.words(status_of(TERMS, old, None), old) == ""
