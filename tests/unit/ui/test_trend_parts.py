"""Words, figures and rows of the Trends page, out of results made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.decomposition import PARTS
from analytics.overview import Summary
from analytics.trends import Breaks, Change, Season, YearOnYear
from data_access import Filters
from tests.unit.ui.test_ui_parts import BEFORE, NOW
from ui import (
    trend_breaks,
    trend_charts,
    trend_contributions,
    trend_kpis,
    trend_season,
    trend_shares,
    trend_tables,
    trend_views,
    trend_waterfall,
    trend_why,
    trend_words,
    trend_years,
)

KG = {"volume": 95_000.0, "mode_mix": 40_000.0, "operating_intensity": -15_000.0}

KEYS = [column for column, _ in trend_views.DIMENSIONS.values()]


def parts(**kg: float) -> pd.DataFrame:
    return pd.DataFrame({"part": list(PARTS), "kg": [kg.get(name, 0.0) for name in PARTS]})


ROWS = pd.DataFrame(
    [
        ("volume", "A", "Acme", "Hamburg, DE → Lyon, FR", "road", 80_000.0),
        ("volume", "B", "Beta", "Hamburg, DE → Lyon, FR", "air", 15_000.0),
        ("mode_mix", "A", "Acme", "Genoa, IT → Lyon, FR", "air", 50_000.0),
        ("mode_mix", "A", "Acme", "Genoa, IT → Lyon, FR", "rail", -10_000.0),
        ("operating_intensity", "B", "Beta", "Genoa, IT → Lyon, FR", "road", -15_000.0),
    ],
    columns=["part", "supplier_id", "supplier_name", "lane", "mode", "kg"],
)
CHANGE = Change(
    1_000_000.0, 1_120_000.0, (date(2025, 1, 1), date(2026, 1, 1)), (date(2026, 1, 1), date(2027, 1, 1)),
    parts(**KG), ROWS,
)  # fmt: skip
STEPS = pd.DataFrame(
    [
        {
            "date": date(2026, 3, 2), "before_kg_per_day": 9_000.0, "after_kg_per_day": 6_000.0,
            "change_kg_per_day": -3_000.0, "low": -4_000.0, "high": -2_000.0, "change_pct": -33.3,
            "p_value": 0.002, "cause": "Air went from 5 t to 2 t a day.", "cause_by": "mode",
            "cause_part": "air", "cause_name": "Air", "cause_share_pct": 90.0, "in_period": True,
        }
    ]
)  # fmt: skip


def weeks(count: int = 4) -> pd.DataFrame:
    kg = pd.Series([7_000.0, 8_000.0, 9_000.0, 8_000.0] * count)[:count]
    return pd.DataFrame(
        {
            "week": pd.date_range("2026-01-05", periods=count, freq="7D"), "wtw_kg": kg, "trend_kg": kg,
            "trend_low": kg - 500, "trend_high": kg + 500, "yearly_kg": 0.0, "remainder_kg": 0.0,
            "adjusted_kg": kg, "level_kg": kg,
        }
    )  # fmt: skip


def season(**changes: object) -> Season:
    days = pd.DataFrame(
        {"weekday": range(7), "name": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
         "Sunday"], "share_pct": [130.0] * 5 + [25.0] * 2, "low": [120.0] * 5 + [20.0] * 2,
         "high": [140.0] * 5 + [30.0] * 2}
    )  # fmt: skip
    shown = {"slope_pct": 8.0, "slope_low": 5.0, "slope_high": 11.0, **changes}
    return Season(pd.DataFrame(), weeks(), days, pd.DataFrame(), **shown)  # type: ignore[arg-type]


def year(**changes: object) -> YearOnYear:
    row = {
        "month": date(2026, 5, 1), "name": "May 2026", "this_kg": 110.0, "last_kg": 100.0, "change_kg": 10.0,
        "change_pct": 10.0, "calendar_pct": -4.8, "adjusted_pct": 15.5, "working_days": 20,
        "working_days_last": 21, "partial": False, "days": 31,
    }  # fmt: skip
    frame = pd.DataFrame([row, {**row, "month": date(2026, 6, 1), "name": "June 2026", "partial": True}])
    return replace(YearOnYear(frame, 220.0, 200.0, 10.0, 15.5), **changes)  # type: ignore[arg-type]


# --- words


def test_every_part_of_a_change_has_a_name_and_says_what_it_means():
    assert all(trend_words.PARTS[name].label and trend_words.PARTS[name].means for name in PARTS)
    assert len({one.label for one in trend_words.PARTS.values()}) == len(trend_words.PARTS)
    assert trend_words.part_words("something_new").label == "Something new"


def test_change_is_told_by_its_largest_parts():
    assert trend_words.change_finding(1_000_000.0, 1_120_000.0, parts(**KG)) == (
        "Emissions rose by 120 t: +95 t from more freight, +40 t from a shift to heavier modes, "
        "−15 t from more efficient operation"
    )


def test_parts_beyond_three_are_told_together():
    said = trend_words.change_finding(
        1e6, 1e6 + 119_000.0, parts(**KG, distance=-9_000.0, factor_set=8_000.0)
    )
    assert said.endswith("−15 t from more efficient operation, −1 t from the rest")


def test_no_change_is_a_finding():
    assert (
        trend_words.change_finding(5.0, 5.0, parts()) == "Emissions did not change, and no part of them did"
    )
    moved = trend_words.change_finding(1e6, 1e6, parts(volume=50_000.0, distance=-50_000.0))
    assert moved == "Emissions hardly changed: +50.0 t from more freight, −50.0 t from shorter ways"


def test_parts_that_are_nothing_are_named_and_left_out():
    said = trend_words.left_out(parts(**KG), 1.12e6)
    assert said.startswith("No difference came from supplier and lane mix, new suppliers")
    assert "freight volume" not in said
    assert trend_words.left_out(pd.DataFrame({"part": ["volume"], "kg": [1.0]}), 1.0) == ""


def test_what_can_be_opened_up_begins_with_the_whole_change():
    found = trend_words.options_of(parts(**KG), 120_000.0, 1.12e6)
    assert list(found) == ["whole", "volume", "mode_mix", "operating_intensity"]
    assert found["whole"] == "The whole change: +120 t" and found["volume"] == "Freight volume: +95 t"


@pytest.mark.parametrize(("kg", "text"), [(95_000.0, "+95 t"), (-15.4, "−15.4 kg"), (0.0, "0 kg")])
def test_changes_carry_their_sign(kg, text):
    assert trend_words.signed(kg) == text


def test_a_trend_whose_interval_holds_zero_is_called_none():
    assert trend_words.season_finding(season()) == "The level rises by 8.0 % a year (95 % +5.0 % to +11.0 %)"
    falls = season(slope_pct=-8.0, slope_low=-11.0, slope_high=-5.0)
    assert trend_words.season_finding(falls).startswith("The level falls by 8.0 % a year")
    none = season(slope_low=-2.0)
    assert trend_words.season_finding(none) == "No significant trend: between −2.0 % and +11.0 % a year"
    assert "too short" in trend_words.season_finding(season(slope_pct=None))


def test_years_are_told_with_and_without_the_calendar():
    assert trend_words.years_finding(year()) == (
        "Emissions are +10.0 % against the same months a year earlier, +15.5 % without what the calendar does"
    )
    assert "No month" in trend_words.years_finding(year(change_pct=None))


def test_a_step_says_date_size_interval_and_chance():
    said = trend_breaks.step_words(next(STEPS.itertuples()))
    assert said == "2 Mar 2026: −3 t CO2e a day (95 % interval −4 t to −2 t), p = 0.002"
    assert trend_words.p_words(0.0001) == "p < 0.001" and "not known" in trend_words.p_words(float("nan"))


# --- what contributed


def test_a_part_is_made_of_its_suppliers_lanes_and_modes():
    found = trend_contributions.contributed(ROWS, "mode_mix", "supplier_id")
    assert found.to_dict("records") == [{"key": "A", "kg": 40_000.0, "name": "Acme", "note": ""}]
    modes = trend_contributions.contributed(ROWS, "mode_mix", "mode")
    assert list(zip(modes["key"], modes["kg"], strict=True)) == [("air", 50_000.0), ("rail", -10_000.0)]
    lanes = trend_contributions.contributed(ROWS, "whole", "lane")
    assert dict(zip(lanes["key"], lanes["kg"], strict=True)) == {
        "Hamburg, DE → Lyon, FR": 95_000.0,
        "Genoa, IT → Lyon, FR": 25_000.0,
    }


def test_new_and_lost_suppliers_are_marked():
    rows = ROWS.assign(part=["new_suppliers", "lost_suppliers", "volume", "volume", "volume"])
    rows["supplier_id"] = ["N", "L", "A", "A", "A"]
    found = trend_contributions.contributed(rows, "whole", "supplier_id").set_index("key")["note"]
    assert found.to_dict() == {"N": "New", "L": "Gone", "A": ""}


def test_a_place_without_a_name_filters_by_nothing():
    rows = ROWS.assign(lane=[None, *ROWS["lane"].iloc[1:]])
    found = trend_contributions.contributed(rows, "volume", "lane")
    assert found.iloc[0].tolist()[:2] == ["", 80_000.0] and "unnamed" in found["name"].iloc[0]


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=5), st.sampled_from(["supplier_id", "lane", "mode"])
)
def test_contributions_sum_to_their_part(kg, by):
    found = trend_contributions.contributed(ROWS.assign(kg=kg), "whole", by)
    assert found["kg"].sum() == pytest.approx(sum(kg), abs=1e-2)


def test_title_of_contributions_names_the_largest():
    found = trend_contributions.contributed(ROWS, "volume", "supplier_id")
    said = trend_contributions.finding(found, "Freight volume")
    assert said == "Freight volume, +95 t: Acme moved most, +80 t"
    assert trend_contributions.finding(found.head(1), "Distance") == "Distance, +80 t: all of it is Acme"


# --- figures


def test_waterfall_leads_from_one_total_to_the_other():
    figure = drawn(parts(**KG), 1_000.0 * 1e3, 1_120.0 * 1e3)
    bars = next(trace for trace in figure.data if trace.type == "bar")
    ends = [base + x for base, x in zip(bars.base, bars.x, strict=True)]
    assert list(bars.base) == pytest.approx([1.0, 1.095, 1.135])  # kt
    assert ends == pytest.approx([1.095, 1.135, 1.12])
    assert [one[0] for one in bars.customdata] == ["volume", "mode_mix", "operating_intensity"]


@given(st.lists(st.floats(-1e5, 1e6), min_size=len(PARTS), max_size=len(PARTS)), st.floats(1e6, 1e7))
def test_waterfall_bars_sum_to_the_change_and_fit_the_axis(kg, before_kg):
    frame = pd.DataFrame({"part": list(PARTS), "kg": kg})
    after_kg = before_kg + sum(kg)
    figure = drawn(frame, before_kg, after_kg)
    size = {"kg": 1, "t": 1e3, "kt": 1e6, "Mt": 1e9}[figure.layout.xaxis.title.text.split()[0]]
    bars = figure.data[0]
    assert sum(bars.x) * size == pytest.approx(after_kg - before_kg, abs=1e-2)
    low, high = figure.layout.xaxis.range
    places = [*(bars.base or ()), *(base + x for base, x in zip(bars.base, bars.x, strict=True))]
    assert all(low <= place <= high * (1 + 1e-9) for place in places)


def test_an_axis_that_does_not_begin_at_zero_has_no_bars_for_the_totals():
    small, large = parts(volume=10_000.0), parts(volume=900_000.0)
    assert trend_waterfall.cut(1e6, 1.01e6, small) and not trend_waterfall.cut(1e6, 1.9e6, large)
    assert drawn(small, 1e6, 1.01e6).data[1].type == "scatter"
    assert drawn(large, 1e6, 1.9e6).data[1].type == "bar"
    assert drawn(large, 1e6, 1.9e6).layout.xaxis.range[0] == 0


def drawn(frame: pd.DataFrame, before_kg: float, after_kg: float):
    return trend_waterfall.waterfall(frame, before_kg=before_kg, after_kg=after_kg, names=("Before", "Now"))


def test_names_out_of_the_data_are_no_markup_in_the_bars():
    frame = pd.DataFrame({"key": ["x"], "name": ["<b>Bad</b>"], "kg": [1.0], "note": [""]})
    figure = trend_waterfall.contributions(frame, by="supplier_id")
    assert "<b>" not in figure.data[0].customdata[0][1] and "<b>" not in figure.layout.yaxis.ticktext[0]


def test_contributions_of_modes_keep_their_colours():
    frame = trend_contributions.contributed(ROWS, "mode_mix", "mode")
    from ui.theme import mode_colour

    assert list(trend_waterfall.contributions(frame, by="mode").data[0].marker.color) == [
        mode_colour("air"),
        mode_colour("rail"),
    ]


def test_intervals_become_whiskers_and_bands():
    bars = trend_charts.weekdays(season().weekdays).data[0]
    assert (bars.y[0], bars.error_y.array[0], bars.error_y.arrayminus[5]) == (130.0, 10.0, 5.0)
    lower, upper, *_ = trend_charts.level(weeks()).data
    assert (lower.y[0], upper.y[0]) == (6.5, 7.5)  # t


def test_a_step_is_marked_at_its_date():
    figure = trend_charts.breaks(weeks(), STEPS)
    assert figure.layout.shapes[0].x0 == "2026-03-02"
    assert figure.layout.annotations[0].text == "−3 t a day"
    assert not trend_charts.breaks(weeks(), STEPS.head(0)).layout.shapes


def test_months_stand_beside_their_year_before_and_parts_of_months_are_lighter():
    before, now = trend_charts.years(year().frame).data
    assert (list(before.y), list(now.y)) == ([100.0, 100.0], [110.0, 110.0])
    assert list(now.marker.opacity) == [1.0, 0.5]
    assert "without the calendar +15.5 %" in now.customdata[0][0]
    assert "only 31 days of both" in now.customdata[1][0]


def test_shares_without_an_interval_are_drawn_without_one():
    frame = pd.DataFrame(
        {
            "month": [date(2026, 1, 1)] * 2, "mode": ["air", "sea"], "wtw_pct": [60.0, 40.0],
            "wtw_low": [50.0, np.nan], "wtw_high": [70.0, np.nan], "tonne_km_pct": [5.0, 95.0],
            "tonne_km_low": [4.0, np.nan], "tonne_km_high": [6.0, np.nan],
        }
    )  # fmt: skip
    figure = trend_charts.shares(frame, measure="wtw")
    words = [trace.customdata[0][0] for trace in figure.data if trace.customdata is not None]
    assert words == [
        "Sea, January 2026: 40 % of emissions",
        "Air, January 2026: 60 % of emissions (50 %–70 %)",
    ]


@pytest.mark.parametrize(
    "columns",
    [
        trend_why.SHOWN, trend_contributions.SHOWN, trend_season.WEEKS, trend_season.WEEKDAYS,
        trend_season.MONTHS, trend_breaks.STEPS, trend_breaks.CAUSES, trend_years.SHOWN, trend_shares.SHARES,
        trend_shares.INTENSITY, trend_shares.SLOPES,
    ],
)  # fmt: skip
def test_every_column_of_the_trend_tables_has_a_title(columns):
    assert set(columns) <= set(trend_tables.COLUMNS)


# --- the headline


def test_cards_say_the_change_of_the_overview_and_its_largest_causes():
    summary = Summary(NOW, BEFORE)
    grew = NOW.wtw_kg - BEFORE.wtw_kg
    cards = {one.figure: one for one in trend_kpis.change_cards(summary, CHANGE)}
    assert cards["change"].value == trend_words.signed(grew)
    assert (cards["up"].value, cards["up"].note) == ("+95 t", "Freight volume")
    assert (cards["down"].value, cards["down"].note) == ("−15 t", "Operation")


def test_without_a_period_before_the_cards_say_so():
    cards = trend_kpis.change_cards(Summary(NOW, None), replace(CHANGE, reason="No period before."))
    assert {one.value for one in cards} == {"–"} and "No comparable period" in cards[0].note
    failed = trend_kpis.change_cards(Summary(NOW, BEFORE), None)
    assert failed[1].note == "Could not be worked out"


def test_trend_and_break_cards_carry_interval_and_date():
    card = trend_kpis.trend_card(season())
    assert (card.value, card.note) == ("+8.0 %", "95 % +5.0 % to +11.0 %")
    assert trend_kpis.trend_card(season(reason="Too short.")).note == "Too little history"
    found = Breaks(STEPS, pd.DataFrame(), weeks(), "One step.")
    assert (trend_kpis.breaks_card(found).value, trend_kpis.breaks_card(found).note) == (
        "1",
        "The last on 2 Mar 2026",
    )
    assert trend_kpis.breaks_card(replace(found, frame=STEPS.head(0))).note == "No lasting step of the level"
    assert trend_kpis.trend_card(None).value == trend_kpis.breaks_card(None).value == "–"


@pytest.mark.parametrize(
    ("start", "end", "offered"),
    [
        (None, None, "Last 12 months"),
        (datetime(2025, 1, 1), datetime(2026, 1, 1), "Last 90 days"),
        (datetime(2026, 1, 1), datetime(2026, 4, 1), "Last 30 days"),
        (datetime(2026, 1, 1), datetime(2026, 1, 8), ""),
    ],
)
def test_a_period_without_one_before_offers_a_shorter_one(start, end, offered):
    assert trend_why.shorter(Filters(start=start, end=end)) == offered


def test_contributions_can_be_opened_by_who_where_and_how():
    assert [column for column, _ in trend_views.DIMENSIONS.values()] == ["supplier_id", "lane", "mode"]


def test_parts_are_told_in_the_unit_of_the_change_so_that_they_add_up():
    kg = parts(mode_mix=-2_811_000.0, volume=2_287_000.0, supplier_lane_mix=841_000.0, distance=-45_000.0)
    said = trend_words.change_finding(27.2e6, 27.2e6 + 272_000.0, kg)
    assert said.startswith("Emissions rose by 272 t: −2,811 t from a shift to cleaner modes, +2,287 t from")
    assert said.endswith("−45 t from the rest")


def test_small_parts_of_a_large_change_are_told_in_a_smaller_unit():
    kg = parts(volume=1_123_242.0, mode_mix=-82_858.0, data_quality=52_341.0, operating_intensity=-10_317.0)
    said = trend_words.change_finding(6.3e6, 6.3e6 + 1_082_408.0, kg)
    assert said.startswith("Emissions rose by 1,082 t: +1,123 t from more freight, −83 t from a shift to")
    assert said.endswith("−10 t from the rest")  # 1,082 − 1,123 + 83 − 52


def test_findings_become_titles_with_real_minus_signs():
    found = "Intensity falls by -4.1 g/tkm (-7.5 to -0.8). A step of 52 % would have been seen."
    title = "Intensity falls by −4.1 g/tkm (−7.5 to −0.8)"
    assert trend_words.headed(found) == (title, "A step of 52 % would have been seen.")
    assert trend_words.minus("Hamburg-Harburg, 2026-03-02") == "Hamburg-Harburg, 2026-03-02"
