"""What the period presets mean on a given day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access import Filters
from ui import periods

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("Last 30 days", date(2026, 10, 23), TODAY),
        ("Last 90 days", date(2026, 8, 24), TODAY),
        ("Last 12 months", date(2025, 11, 22), TODAY),
        ("This year", date(2026, 1, 1), TODAY),
        ("Last year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_preset_runs_from_its_first_to_its_last_day(preset, first, last):
    start, end = periods.span(preset, TODAY)
    assert (start, end) == (first, last + timedelta(days=1))


def test_all_time_and_an_empty_custom_range_are_open():
    assert periods.span(periods.ALL_TIME, TODAY) == (None, None)
    assert periods.span(periods.CUSTOM, TODAY, ()) == (None, None)


def test_custom_range_includes_both_days_in_any_order():
    days = (date(2026, 2, 28), date(2026, 2, 1))
    assert periods.span(periods.CUSTOM, TODAY, days) == (date(2026, 2, 1), date(2026, 3, 1))
    assert periods.span(periods.CUSTOM, TODAY, days[:1]) == (date(2026, 2, 28), date(2026, 3, 1))


def test_twelve_months_before_a_leap_day_begin_on_the_first_of_march():
    assert periods.span(periods.DEFAULT, date(2028, 2, 28))[0] == date(2027, 3, 1)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)), st.sampled_from(periods.PRESETS))
def test_every_preset_on_every_day_makes_filters(today, preset):
    start, end = periods.span(preset, today)
    filters = Filters(start=start, end=end)
    assert (filters.previous() is None) == (preset in (periods.ALL_TIME, periods.CUSTOM))


@pytest.mark.parametrize(
    ("grain", "last"),
    [("day", date(2026, 12, 1)), ("week", date(2026, 12, 7)), ("month", date(2026, 12, 31))],
)
def test_bar_covers_its_day_week_or_month(grain, last):
    assert periods.last_day(date(2026, 12, 1), grain) == last


def test_dates_of_a_link_are_taken_and_nonsense_is_left_out():
    assert periods.parsed(("2026-02-01", "2026-01-01")) == (date(2026, 1, 1), date(2026, 2, 1))
    assert periods.parsed(("2026-02-01", "soon", "0001-01-01")) == (date(2026, 2, 1), date(2026, 2, 1))
    assert periods.parsed(("x",)) == ()


def test_what_is_covered_ends_with_the_selection_or_with_the_data():
    first, last = datetime(2026, 1, 10, 8), datetime(2026, 3, 20, 17)
    assert periods.covered(None, None, first, last) == (date(2026, 1, 10), date(2026, 3, 21))
    asked = periods.covered(datetime(2026, 2, 1), datetime(2026, 3, 1), first, last)
    assert asked == (date(2026, 2, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("grain", "first", "days"),
    [
        ("week", date(2026, 1, 5), (3, 7)),  # from Friday 9 to Sunday 11 January
        ("week", date(2026, 1, 12), (7, 7)),
        ("month", date(2026, 2, 1), (28, 28)),
        ("month", date(2026, 3, 1), (19, 31)),
        ("day", date(2026, 3, 19), (1, 1)),
        ("day", date(2026, 3, 20), (0, 1)),
    ],
)
def test_days_of_a_period_within_the_selection(grain, first, days):
    assert periods.days_of(first, grain, (date(2026, 1, 9), date(2026, 3, 20))) == days
