"""Windows, bins and figures of the last hours, without a warehouse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.live_figures import (
    LONGEST_HOURS,
    MOST_BINS,
    UnusableWindow,
    Window,
    bin_seconds,
    bin_starts,
    figures_of,
    utc,
)
from data_access import Filters
from data_access.live_queries import BIN_SECONDS

HOURS = st.floats(min_value=0.01, max_value=LONGEST_HOURS)
MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1))
COUNTS = pd.DataFrame({"mode": ["road", "sea"], "shipments": [2, 1]})
NONE_FLAGGED = pd.DataFrame({"legs": [0], "wtw_kg": [None]})
NONE_ARRIVED = pd.DataFrame({"judged": [0], "late": [0]})


def sums(*rows: tuple[str, str | None, int, float, float, float, float]) -> pd.DataFrame:
    columns = ["mode", "factor_id", "legs", "tonne_km", "wtw_kg", "low_kg", "high_kg"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(first_legs=frame["legs"])


@pytest.mark.parametrize(
    ("hours", "seconds"), [(1, 120), (6, 900), (24, 3_600), (168, 21_600), (0.25, 60), (8_760, 1_209_600)]
)
def test_a_window_has_bins_of_a_round_width(hours, seconds):
    assert bin_seconds(hours) == seconds


@given(hours=HOURS, end=MOMENTS)
def test_bins_cover_the_window_and_are_few(hours, end):
    seconds, start = bin_seconds(hours), end - timedelta(hours=hours)
    assert seconds in BIN_SECONDS
    starts = bin_starts(start, end, seconds)
    width = timedelta(seconds=seconds)
    assert 1 <= len(starts) <= MOST_BINS + 1
    assert starts[0] <= start < starts[0] + width
    assert starts[-1] < end <= starts[-1] + width
    assert all((one - pd.Timestamp(0)).total_seconds() % seconds == 0 for one in starts)


@given(hours=HOURS, end=MOMENTS)
def test_the_window_before_ends_where_this_one_starts_and_is_as_long(hours, end):
    window = Window.of(Filters(modes=("sea",)), hours, end)
    before = window.before()
    assert before.end == window.start
    assert before.end - before.start == window.end - window.start
    assert (before.filters.start, before.filters.end) == (before.start, before.end)
    assert before.filters.modes == ("sea",)


def test_now_is_utc():
    eastern = datetime(2026, 3, 10, 7, 0).astimezone(UTC)
    assert utc(eastern).tzinfo is None
    assert abs(utc(None) - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


@pytest.mark.parametrize("hours", [0, -24, LONGEST_HOURS + 1, float("nan"), None, "a day"])
def test_no_window_of(hours):
    with pytest.raises(UnusableWindow, match="cannot be shown: give more than 0"):
        Window.of(Filters(), hours)


def test_ranges_add_up_within_a_factor_and_in_quadrature_between_factors():
    # Two factors with 30 and 40 kg of deviation each way: √(30² + 40²) = 50 kg.
    found = figures_of(
        sums(("road", "a", 2, 1_000.0, 100.0, 70.0, 130.0), ("sea", "b", 1, 9_000.0, 100.0, 60.0, 140.0)),
        COUNTS,
        NONE_FLAGGED,
        NONE_ARRIVED,
    )
    assert (found.low_kg, found.high_kg) == pytest.approx((150, 250))
    assert found.intensity_g_per_tkm == pytest.approx(200 / 10_000 * 1000)
    assert found.by_mode["share"].tolist() == [0.5, 0.5]
    assert (found.shipments, found.legs) == (3, 3)


def test_two_factors_of_a_mode_are_one_row_of_it():
    found = figures_of(
        sums(("road", "a", 1, 10.0, 30.0, 20.0, 40.0), ("road", None, 2, 0.0, 10.0, 5.0, 15.0)),
        COUNTS[:1],
        pd.DataFrame({"legs": [1], "wtw_kg": [10.0]}),
        pd.DataFrame({"judged": [4], "late": [1]}),
        shipments=1,
    )
    assert found.by_mode.to_dict("records") == [
        {"mode": "road", "shipments": 2, "legs": 3, "tonne_km": 10.0, "wtw_kg": 40.0, "share": 1.0}
    ]
    assert (found.shipments, found.anomalies_detected, found.flagged_kg) == (1, 1, 10.0)
    assert found.late_share == 0.25


def test_hubs_alone_have_no_intensity():
    found = figures_of(sums(("hub", "h", 1, 0.0, 5.0, 4.0, 6.0)), COUNTS[:0], NONE_FLAGGED, NONE_ARRIVED)
    assert found.intensity_g_per_tkm is None
    assert found.flagged_kg == 0 and found.late_share is None
