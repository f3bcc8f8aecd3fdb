"""The Forecast page's sentences, figures and rows, from forecasts that are worked out by hand."""

from __future__ import annotations

import io
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.forecasting.events import Event
from analytics.forecasting.parts import OTHERS
from analytics.forecasting.results import Backtest, EmissionForecast, YearOutlook
from analytics.forecasting.runs import Run
from reporting.csv_export import csv_bytes
from tests.unit.ui.test_ui_theme import contrast
from ui import (
    forecast_answers,
    forecast_backtest,
    forecast_controls,
    forecast_events,
    forecast_fan,
    forecast_kpis,
    forecast_parts,
    forecast_past,
    forecast_table,
    forecast_words,
    forecast_year,
    tables,
)
from ui.forecast_controls import Asked
from ui.theme import GROUND

END = pd.Timestamp("2026-11-21")
BANDS = {50: 0.1, 80: 0.2, 95: 0.3}


def periods(days: int, mean_kg: float, start: pd.Timestamp = END) -> pd.DataFrame:
    frame = pd.DataFrame({"period": pd.date_range(start, periods=days), "mean": float(mean_kg)})
    for level, share in BANDS.items():
        frame[f"lower_{level}"], frame[f"upper_{level}"] = mean_kg * (1 - share), mean_kg * (1 + share)
    return frame


def forecast(
    days: int = 30, mean_kg: float = 78_000.0, before_kg: float = 78_000.0, **more
) -> EmissionForecast:
    """So many days of one mean; 100 days before it of another; the sum's range is a tenth each way."""
    past = pd.date_range(END - pd.Timedelta(days=100), periods=100)
    known = {
        "grain": "day",
        "horizon_days": days,
        "history": pd.DataFrame({"period": past, "wtw_kg": before_kg}),
        "frame": periods(days, mean_kg),
        "parts": pd.DataFrame(columns=["part", "name", "period", "mean"]),
        "total_kg": days * mean_kg,
        "low_kg": 0.9 * days * mean_kg,
        "high_kg": 1.1 * days * mean_kg,
        "history_days": 100,
        "history_end": END,
    }
    return EmissionForecast(**{**known, **more})


def by_mode(days: int = 3) -> EmissionForecast:
    """Air emits 50 t a day, road 20 t, sea 8 t."""
    rows = [
        periods(days, kg).assign(part=part, name=part)
        for part, kg in (("sea", 8_000.0), ("air", 50_000.0), ("road", 20_000.0))
    ]
    return forecast(days, parts=pd.concat(rows, ignore_index=True), by="mode")


def outlook(**more) -> YearOutlook:
    """730 t known up to 1 December, 10 t a day after: 1,030 t at the end of the year."""
    days = pd.date_range("2026-11-30", "2026-12-31")
    ahead = np.arange(len(days)) - 1.0
    cumulative = pd.DataFrame(
        {
            "day": days,
            "actual_kg": np.where(ahead <= 0, 730_000.0 + np.minimum(ahead, 0) * 10_000, np.nan),
            "mean_kg": np.where(ahead > 0, 730_000.0 + ahead * 10_000, np.nan),
        }
    )
    for name, factor in (("lower_80", 0.97), ("upper_80", 1.03), ("lower_95", 0.95), ("upper_95", 1.05)):
        cumulative[name] = cumulative["mean_kg"] * factor
    known = {
        "year": 2026,
        "so_far_kg": 730_000.0,
        "so_far_to": date(2026, 12, 1),
        "mean_kg": 1_030_000.0,
        "low_80": 1_000_000.0,
        "high_80": 1_060_000.0,
        "low_95": 980_000.0,
        "high_95": 1_080_000.0,
        "draws": np.array([990_000.0, 1_010_000.0, 1_030_000.0, 1_070_000.0]),
        "cumulative": cumulative,
        "last_year_kg": 1_000_000.0,
        "from_day": date(2026, 1, 1),
        "tonne_km_so_far": 1.0,
        "tonne_km_mean": 1.0,
        "tonne_km_draws": np.ones(4),
        "history_end": pd.Timestamp("2026-12-02"),
    }
    return YearOutlook(**{**known, **more})


def backtest(**more) -> Backtest:
    rows = [
        (method, days, 20, wape, wape * 4, 0.02, 0.8, 0.95, 1_000.0)
        for days in (1, 7, 14, 30)
        for method, wape in (("linear_lags", 0.3), ("forecast", 0.1), ("seasonal_naive", 0.2))
    ]
    columns = [
        "method", "horizon_days", "origins", "wape", "mase", "bias_share", "coverage_80", "coverage_95",
        "width_80_kg",
    ]  # fmt: skip
    known = {
        "frame": pd.DataFrame(rows, columns=columns),
        "origins": 20,
        "verdicts": (),
        "made_at": datetime(2026, 11, 21, 8),
        "first_origin": pd.Timestamp("2026-06-01"),
        "last_origin": pd.Timestamp("2026-10-21"),
    }
    return Backtest(**{**known, **more})


def run(end: str, days: int = 10, mean_kg: float = 100.0, **more) -> Run:
    frame = periods(days, mean_kg, pd.Timestamp(end)).rename(columns={"period": "day"})
    known = {
        "run_id": end,
        "history_end": pd.Timestamp(end),
        "made_at": datetime(2026, 1, 1),
        "method": "any",
        "daily": frame[["day", "mean", "lower_80", "upper_80", "lower_95", "upper_95"]],
        "backtest": None,
    }
    return Run(**{**known, **more})


DAYS = Asked(30, "day", "total")
SAVING = Event(date(2027, 1, 1), None, -2_000.0, -2_500.0, -1_500.0, "Air to *sea*")


# --- words


def test_title_says_kg_a_day_the_sum_and_its_range():
    said = forecast_words.fan_finding(forecast(), 30 * 78_000.0)
    # 30 × 78 t = 2.34 kt, a tenth less and more
    assert said == "Emissions go on at about 78 t a day; the next 30 days emit 2.3 kt, between 2.1 and 2.6 kt"


@pytest.mark.parametrize(
    ("before_kg", "said"), [(50_000.0, "will rise to"), (100_000.0, "will fall to"), (80_000.0, "go on at")]
)
def test_a_rise_is_one_only_where_the_days_before_lie_outside_of_the_range(before_kg, said):
    found = forecast(before_kg=before_kg)
    before = forecast_words.last_equal_kg(found, 30)
    assert before == pytest.approx(30 * before_kg)
    assert forecast_words.way(found, before) == said


def test_days_before_are_not_compared_where_too_few_are_known():
    assert forecast_words.last_equal_kg(forecast(), 101) is None
    gap = forecast()
    gap.history.loc[95, "wtw_kg"] = np.nan
    assert forecast_words.last_equal_kg(gap, 30) is None
    assert "are expected at about" in forecast_words.fan_finding(gap, None)


def test_the_year_is_held_against_the_target_or_the_year_before():
    assert forecast_words.year_finding(outlook()) == (
        "2026 will end at about 1.0 kt CO2e, between 0.98 and 1.1 kt: +3.0 % against 2025"
    )
    assert forecast_words.year_finding(outlook(), 930_000.0).endswith(
        "100 t above this year's point of the target"
    )
    assert forecast_words.year_finding(outlook(last_year_kg=None)).endswith("between 0.98 and 1.1 kt")


def test_events_are_read_as_less_or_more():
    assert forecast_events.words(SAVING) == (
        "Air to *sea*: from 1 Jan 2027 on, 2 t CO2e a day less (95 % range 1.5–2.5 t)"
    )


def test_backtest_is_held_against_the_better_of_the_simple_methods():
    assert forecast_backtest.finding(backtest()) == (
        "Up to 30 days ahead, the forecast was 10 % off; the best simple method (as the week before) 20 %"
    )
    rows = forecast_backtest.rows_of(backtest())
    assert rows["horizon_days"].tolist() == [1] * 3 + [7] * 3 + [14] * 3 + [30] * 3
    assert rows["method_name"].tolist()[:3] == list(forecast_words.METHODS.values())


def test_a_band_that_misses_by_more_than_5_points_says_so():
    verdicts = ("The 80 % band held 71 of 100 days.", "The 95 % band held 95 of 100 days.", "Else.")
    rows = backtest().frame
    rows.loc[(rows["method"] == "forecast") & (rows["horizon_days"] == 30), "coverage_80"] = 0.71
    assert forecast_backtest.misses(backtest(frame=rows, verdicts=verdicts)) == verdicts[:1]
    assert forecast_backtest.misses(backtest(verdicts=verdicts)) == ()
    assert forecast_backtest.misses(None) == ()


# --- cards


def test_cards_say_sum_day_year_and_band():
    found = forecast(mean_kg=100_000.0)
    assert (forecast_kpis.ahead(found).value, forecast_kpis.ahead(found).note) == (
        "3 kt",
        "95 % range 2.7–3.3 kt",
    )
    card = forecast_kpis.per_day(found, 30 * 80_000.0)
    assert (card.value, card.change[1], card.against) == ("100 t", "+25.0 %", "vs the last 30 days")
    assert forecast_kpis.per_day(found, None).change is None
    year = forecast_kpis.year_end(outlook())
    assert (year.change[1], year.against) == ("+3.0 %", "vs 2025")
    assert forecast_kpis.year_end(None).value == "–"
    assert forecast_kpis.band_held(None, 30).value == "Not tested"


@pytest.mark.parametrize(("ahead", "tested"), [(7, 7), (20, 14), (365, 30), (3, 1)])
def test_band_of_the_longest_tested_horizon_within_the_one_shown(ahead, tested):
    assert forecast_kpis.tested(backtest(), ahead).horizon_days == tested


def test_chance_to_meet_the_target_is_the_share_of_draws_at_or_below_it():
    from types import SimpleNamespace

    status = SimpleNamespace(point=1_010_000.0, unit="kg", year=2026)
    point = forecast_year.point_of(status, outlook())
    assert point.words == "50 % chance to meet the target of 1.0 kt"  # two of four draws
    card = forecast_kpis.year_end(outlook(), point)
    assert (card.change[1], card.against) == ("+2.0 %", "vs the target")  # 1,030 against 1,010 t
    for other in ({"year": 2025}, {"unit": "g/tkm"}, {"point": None}):
        assert forecast_year.point_of(SimpleNamespace(**{**vars(status), **other}), outlook()) is None


# --- figures


@given(kg=some.floats(0.01, 1e8), days=some.integers(1, 40))
def test_the_fan_draws_the_rows_of_the_table(kg, days):
    found = forecast(days, kg, before_kg=kg)
    figure = forecast_fan.fan(found, asked=Asked(days, "day", "total"))
    unit = figure.layout.yaxis.title.text.split()[0]
    size = {"kg": 1.0, "t": 1e3, "kt": 1e6, "Mt": 1e9}[unit]
    lines = {trace.name: trace for trace in figure.data}
    rows = forecast_table.file_rows(found, "total")
    assert list(lines["mean"].x) == rows["period"].dt.strftime("%Y-%m-%d").tolist()
    for name in ("mean", *(f"{end}_{level}" for end in ("lower", "upper") for level in BANDS)):
        assert np.allclose(np.array(lines[name].y) * size, rows[name])


def test_fan_shows_history_twice_as_long_and_an_earlier_forecast_by_day_only():
    found = forecast(40)
    earlier = forecast_fan.Earlier("r", pd.Timestamp("2026-10-22"), run("2026-10-22").daily)
    figure = forecast_fan.fan(found, asked=DAYS, earlier=earlier)
    lines = {trace.name: trace for trace in figure.data}
    assert len(lines["actual"].x) == 80
    assert [trace.line.dash for trace in figure.data].count("dash") == 1
    assert "Forecast of 22 Oct 2026" in forecast_fan.legend("day", earlier)
    weekly = forecast_fan.fan(forecast(4, grain="week"), asked=Asked(28, "week", "total"), earlier=earlier)
    assert "dash" not in [trace.line.dash for trace in weekly.data]


def test_two_earlier_forecasts_are_two_keys():
    ones = [forecast_fan.Earlier(name, END, pd.DataFrame()) for name in "ab"]
    assert repr(ones[0]) != repr(ones[1]) and "DataFrame" not in repr(ones[0])


def test_gaps_in_the_history_are_gaps_in_the_line():
    found = forecast()
    found.history.loc[99, "wtw_kg"] = np.nan
    line = next(one for one in forecast_fan.fan(found, asked=DAYS).data if one.name == "actual")
    assert np.isnan(line.y[-1]) and line.customdata[-1].endswith(": –")


def test_year_goes_on_where_the_known_days_end():
    figure = forecast_year.cumulative(outlook(), target_kg=1_010_000.0)
    lines = {trace.name: trace for trace in figure.data}
    assert lines["actual"].y[-1] == pytest.approx(0.730)  # kt
    assert lines["mean"].y[-1] == pytest.approx(1.030)
    assert figure.layout.annotations[0].text == "Target 1.0 kt"


def test_parts_add_up_and_the_largest_comes_first():
    sums = forecast_parts.totals(by_mode(), "mode")
    assert sums["part_name"].tolist() == ["Air", "Road", "Sea"]
    assert sums["mean"].tolist() == [150_000.0, 60_000.0, 24_000.0]
    assert sums["share"].sum() == pytest.approx(1.0)
    figure = forecast_parts.fans(by_mode(), asked=Asked(3, "day", "mode"))
    assert [trace.name for trace in figure.data if trace.customdata is not None] == ["Air", "Road", "Sea"]
    assert len({tuple(figure.layout[f"yaxis{n}"].range) for n in ("", 2, 3)}) == 1


def test_all_others_together_are_no_largest_part():
    found = by_mode()
    found.parts.loc[found.parts["part"] == "air", ["part", "name"]] = [OTHERS, "All others"]
    sums = forecast_parts.totals(found, "supplier")
    assert sums["part_name"].tolist() == ["road", "sea", "All others"]
    named = sums.rename(columns={"part_name": "name", "mean": "kg"})
    assert (
        forecast_words.parts_finding(found, named) == "road will emit 60 t in the 3 days shown, 26 % of all"
    )


def test_names_of_parts_are_no_markup():
    found = by_mode()
    found.parts["name"] = "<b>Acme</b>"
    figure = forecast_parts.fans(found, asked=Asked(3, "day", "supplier"))
    assert "<b>Acme" not in figure.layout.annotations[0].text
    assert all("<b>Acme" not in text for one in figure.data for text in one.customdata or ())


@pytest.mark.parametrize("colour", [forecast_fan.ACTUAL, forecast_fan.EARLIER, forecast_year.TARGET])
@pytest.mark.parametrize("theme", GROUND)
def test_lines_are_readable_on_both_grounds(colour, theme):
    assert contrast(colour, GROUND[theme]) >= 3.0


# --- rows and files


def test_file_holds_the_total_and_each_part_with_all_digits():
    rows = forecast_table.file_rows(by_mode(), "mode")
    assert rows["part"].tolist() == ["total"] * 3 + ["sea"] * 3 + ["air"] * 3 + ["road"] * 3
    read = pd.read_csv(io.BytesIO(csv_bytes(rows)), parse_dates=["period"])
    assert np.array_equal(read["mean"], rows["mean"])
    assert read["period"].tolist() == rows["period"].tolist()


@pytest.mark.parametrize(
    "columns", [forecast_table.SHOWN, forecast_parts.SHOWN, forecast_backtest.SHOWN, forecast_past.SHOWN]
)
def test_every_column_of_the_forecast_tables_has_a_title(columns):
    assert list(tables.column_config(columns)) == columns


# --- earlier forecasts


def test_what_came_of_a_forecast():
    found = forecast(before_kg=100.0)  # as it was forecast
    found.history.loc[found.history.index[-1], "wtw_kg"] = 200.0  # but for the last day, 20 November
    rows = forecast_past.came_of(run("2026-11-17", days=10), found)
    assert rows["period"].dt.day.tolist() == [17, 18, 19, 20]
    said = forecast_past.finding(rows)  # 400 of 500 kg; 80–120 holds three of the four
    assert said == (
        "400 kg were forecast for 4 days, 500 kg came, −20.0 %; 3 of 4 days lay in the 80 % range"
    )
    assert {trace.name for trace in forecast_past.compared(rows).data} >= {"Forecast", "Emitted"}


def test_the_dashed_line_is_the_forecast_nearest_to_a_month_ago():
    known = forecast_answers.Kept(None, tuple(run(end) for end in ("2026-11-20", "2026-10-20", "2026-06-01")))
    assert forecast_answers.earlier_than(known, END).run_id == "2026-10-20"
    assert forecast_answers.earlier_than(forecast_answers.Kept(), END) is None
    old = forecast_answers.Kept(None, (run("2026-06-01"),))  # its 90 days are over
    assert forecast_answers.earlier_than(old, END) is None


# --- controls


@pytest.mark.parametrize(
    ("days", "chosen", "grain"),
    [
        (7, "auto", "day"),
        (60, "auto", "day"),
        (90, "auto", "week"),
        (365, "auto", "month"),
        (365, "day", "day"),
    ],
)
def test_the_grain_suits_the_horizon_unless_it_is_chosen(days, chosen, grain):
    assert forecast_controls.grain_for(days, chosen) == grain


def test_asked_names_all_that_the_forecast_takes():
    asked = Asked(30, "day", "mode", (SAVING,))
    assert asked.named == {"horizon_days": 30, "grain": "day", "by": "mode", "events": (SAVING,)}
    assert repr(asked) != repr(Asked(30, "day", "mode"))
