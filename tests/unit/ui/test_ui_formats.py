"""Numbers on screen: the unit fits the size, and nothing unknown ever shows as a number."""

from __future__ import annotations

import math
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import formats

UNKNOWN = [None, math.nan, math.inf, -math.inf, pd.NA, pd.NaT, "12", True]


@pytest.mark.parametrize(
    ("kg", "text"),
    [
        (0, "0 kg"),
        (0.42, "0.42 kg"),
        (4.25, "4.2 kg"),
        (812, "812 kg"),
        (999.97, "1.0 t"),
        (1000, "1 t"),
        (3_140, "3.1 t"),
        (12_400_000, "12.4 kt"),
        (812_000_000, "812 kt"),
        (2.5e9, "2.5 Mt"),
        (9.9e12, "9,900 Mt"),
        (-3_140, "−3.1 t"),
        (1e-9, "0 kg"),
        (-1e-9, "0 kg"),
    ],
)
def test_mass_takes_the_unit_of_its_size(kg, text):
    assert formats.mass(kg) == text


@pytest.mark.parametrize(
    "write",
    [
        formats.mass,
        formats.emissions,
        formats.tonne_km,
        formats.intensity,
        formats.share,
        formats.count,
        formats.day,
        lambda value: formats.money(value, "EUR"),
        lambda value: formats.emissions_range(value, 1.0, 2.0),
    ],
)
@pytest.mark.parametrize("value", UNKNOWN)
def test_what_is_unknown_shows_as_a_dash(write, value):
    assert write(value) == formats.MISSING


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_number_shows_as_nan_inf_or_an_exponent(value):
    for write in (formats.mass, formats.tonne_km, formats.intensity, formats.share, formats.count):
        text = write(value)
        assert not any(bad in text.lower() for bad in ("nan", "inf", "none", "e+", "e-", "-0 "))


def test_range_stands_in_the_unit_of_the_total():
    assert formats.emissions_range(12_400_000, 10_800_000, 14_100_000) == "12.4 kt (10.8–14.1)"
    assert formats.emissions_range(1_200_000, 900_000, 1_600_000) == "1.2 kt (0.9–1.6)"


def test_range_without_ends_is_the_bare_total():
    assert formats.emissions_range(812, math.nan, 900) == "812 kg"


def test_emissions_per_tonne_stay_in_kg():
    assert [formats.per_tonne(value) for value in (8.4, 372.4, 5_949.67)] == [
        "8.4 kg/t", "372 kg/t", "5,950 kg/t",
    ]  # fmt: skip
    assert formats.per_tonne(math.nan) == "–"


def test_range_alone_stands_in_the_unit_of_its_figure():
    assert formats.range_note(12_400_000, 10_800_000, 14_100_000) == "95 % range 10.8–14.1 kt"
    assert formats.range_note(812, math.nan, 900) == "95 % range –"


def test_tonne_km_and_intensity_carry_their_units():
    assert formats.tonne_km(812) == "812 tkm"
    assert formats.tonne_km(126_000_000) == "126 M tkm"
    assert formats.intensity(98.34) == "98.3 g CO2e/tkm"


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0, "0 %"),
        (0.001, "<1 %"),
        (0.06, "6 %"),
        (0.61, "61 %"),
        (0.9999, ">99 %"),
        (1, "100 %"),
        (-0.1, "−10 %"),
    ],
)
def test_share_never_rounds_something_to_nothing_or_everything(fraction, text):
    assert formats.share(fraction) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0, "0 %"),
        (0.298, "30 %"),
        (0.0219, "2.2 %"),
        (0.000519, "0.052 %"),
        (0.999, "100 %"),
        (1e-7, "<0.001 %"),
    ],
)
def test_percent_keeps_two_figures(fraction, text):
    assert formats.percent(fraction) == text


def test_parts_add_up_to_their_total_as_shown():
    # 22.04 + 5.21 = 27.25, shown as 27.3: with one digit each the parts would say 27.2.
    assert formats.mass(27_253_000) == "27.3 kt"
    assert formats.masses_of(27_253_000, 22_039_000, 5_214_000) == ("22.04 kt", "5.21 kt")
    assert formats.masses_of(12_400_000, 10_000_000, 2_400_000) == ("10.0 kt", "2.4 kt")
    assert formats.masses_of(812_000, 650_400, 161_600) == ("650 t", "162 t")
    assert formats.masses_of(0, 0, 0) == ("0.0 kg", "0.0 kg")


@given(st.floats(0, 1e12), st.floats(0, 1e12))
def test_shown_parts_round_to_the_shown_total(one, other):
    total = formats.mass(one + other)
    value, unit = total.split()
    places = len(value.partition(".")[2])
    parts = [part.split() for part in formats.masses_of(one + other, one, other)]
    assert {name for _, name in parts} == {unit}
    shown = sum(float(number.replace(",", "")) for number, _ in parts)
    assert abs(shown - float(value.replace(",", ""))) <= 0.51 * 10**-places


def test_money_keeps_its_currency_and_currencies_are_not_added():
    assert formats.money(1_240_000, "USD") == "USD 1.2 M"
    assert formats.money(812.5, "EUR") == "EUR 812"
    assert formats.moneys((("EUR", 500.0), ("USD", 2_000.0), ("GBP", 10.0))) == "USD 2 k + EUR 500 + 1 more"
    assert formats.moneys(()) == formats.MISSING


def test_change_is_relative_and_signed():
    assert formats.change(103.2, 100)[1] == "+3.2 %"
    assert formats.change(96.8, 100)[1] == "−3.2 %"
    assert formats.change(100, 100)[1] == "0.0 %"
    assert formats.change(1e9, 1)[1] == "more than +999 %"


@pytest.mark.parametrize(("now", "before"), [(1, 0), (1, None), (math.nan, 1), (None, None)])
def test_no_change_is_claimed_against_nothing(now, before):
    assert formats.change(now, before) is None


def test_change_of_a_share_is_in_percentage_points():
    assert formats.points(0.12, 0.10)[1] == "+2.0 pp"


def test_period_names_its_last_day_not_its_exclusive_end():
    assert formats.period(datetime(2026, 1, 1), datetime(2026, 2, 1)) == "1 Jan 2026 – 31 Jan 2026"
    assert formats.period(datetime(2026, 1, 1), datetime(2026, 1, 2)) == "1 Jan 2026"
    assert formats.period(None, None) == "all time"
    assert formats.period(datetime(2026, 1, 1), None) == "since 1 Jan 2026"
    assert formats.day(date(2026, 11, 5)) == "5 Nov 2026"


def test_names_out_of_the_data_are_no_markdown():
    assert formats.plain("[x](http://y) *b* $5") == r"\[x\]\(http\://y\) \*b\* \$5"
    assert formats.plain("two\nlines") == "two lines"


def test_lane_names_both_ends():
    assert formats.lane("Lyon, FR", None) == "Lyon, FR → unnamed"
    assert formats.lane(math.nan, "") == "unnamed → unnamed"


def test_one_leg_is_no_plural():
    assert formats.counted(1, "leg") == "1 leg"
    assert formats.counted(24_311, "leg") == "24,311 legs"
