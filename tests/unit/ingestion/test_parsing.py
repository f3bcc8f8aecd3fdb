"""Cells become numbers, dates and words only where what they say is beyond doubt."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.columns import CANONICAL, constants_of, suggest_mapping
from ingestion.errors import UnusableMapping
from ingestion.parsing import ColumnFormats, decide_formats, parse
from ingestion.reading import open_source
from ingestion.rules import violations

LOOKALIKE = Path(__file__).parents[2] / "data" / "scms_lookalike.csv"


def read(column: str, *cells, formats: ColumnFormats | None = None, **constants):
    """One canonical column of a chunk whose rows are numbered from 2."""
    series = pd.Series(cells, dtype="str" if all(isinstance(cell, str) for cell in cells) else "object")
    return parse(
        series.to_frame(column).set_axis(range(2, 2 + len(cells))), {column: column}, formats, constants
    )


def value(column: str, cell, **options):
    parsed = read(column, cell, **options)
    assert parsed.problems.empty, parsed.problems["problem"].iloc[0]
    return parsed.legs[column].iloc[0]


def problem(column: str, cell, **options) -> str:
    parsed = read(column, cell, **options)
    assert parsed.legs.empty and parsed.problems["row_number"].tolist() == [2]
    assert parsed.problems["value"].iloc[0] == str(cell)[:200]
    return parsed.problems["problem"].iloc[0]


def formats_of(name: str, values: list[str], **choice) -> ColumnFormats:
    text = "\n".join(["key;" + name, *(f"{number};{text}" for number, text in enumerate(values))])
    return decide_formats(open_source(text.encode()), {name: name}, **choice)


COMMA = ColumnFormats(decimal=",")

# --- numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kg"),
    [
        ("12", 12),
        ("12.5", 12.5),
        (" 12.5 ", 12.5),
        ("1,200.5", 1200.5),
        ("1 200.5", 1200.5),
        ("1\u00a0200", 1200),
        ("1'200.5", 1200.5),
        ("1,200,000", 1_200_000),
        ("1e3", 1000),
        ("+7", 7),
        (".5", 0.5),
    ],
)
def test_a_clear_number_is_read_with_a_decimal_point(text, kg):
    assert value("weight_kg", text) == kg


@pytest.mark.parametrize(
    ("text", "kg"),
    [("12,5", 12.5), ("1.200,5", 1200.5), ("1 200,5", 1200.5), ("1.200.000", 1_200_000), ("7", 7)],
)
def test_a_clear_number_is_read_with_a_decimal_comma(text, kg):
    assert value("weight_kg", text, formats=COMMA) == kg


def test_1200_5_with_a_comma_never_becomes_12005():
    assert "choose the decimal comma" in problem("weight_kg", "1200,5")
    assert "choose the decimal point" in problem("weight_kg", "1200.5", formats=COMMA)


def test_a_mark_that_can_be_decimal_or_thousands_is_not_guessed():
    assert "can mean 1200 or 1.200" in problem("weight_kg", "1,200")
    assert "can mean 1200 or 1.200" in problem("weight_kg", "1.200", formats=COMMA)


def test_1_200_is_in_doubt_where_the_column_also_uses_the_decimal_comma():
    assert read("weight_kg", "1.200", "3.5").legs["weight_kg"].tolist() == [1.2, 3.5]
    both = read("weight_kg", "1.200", "3,5", "7")
    assert both.legs["weight_kg"].tolist() == [7]
    assert both.problems["row_number"].tolist() == [2, 3]


def test_the_first_chunk_casts_its_doubt_on_the_later_ones():
    formats = formats_of("weight_kg", ["1.200", "3,5"])
    assert "can mean" in problem("weight_kg", "1.200", formats=formats)


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e400"])
def test_what_is_not_finite_is_no_weight(text):
    assert "finite" in problem("weight_kg", text)


@pytest.mark.parametrize("text", ["NaN", "", " ", "n/a", "-"])
def test_what_says_nothing_is_missing(text):
    assert math.isnan(value("weight_kg", text))


@pytest.mark.parametrize(
    "text", ["See ASN-93 (ID#:1281)", "Weight Captured Separately", "12 kg", "0x10", "1_0", "١٢"]
)
def test_words_are_no_weight_and_the_problem_quotes_them(text):
    assert repr(text) in problem("weight_kg", text)


@settings(deadline=None, max_examples=30)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_by_python_reads_back_exactly(number):
    assert value("weight_kg", repr(number)) == number


@settings(deadline=None, max_examples=30)
@given(
    st.floats(1e-3, 1e9),
    st.integers(0, 3),
    st.sampled_from([".", ","]),
    st.sampled_from(["", ",", ".", " ", "'"]),
)
def test_no_way_of_writing_changes_a_value_by_a_factor(number, places, mark, group):
    text = f"{number:,.{places}f}".replace(",", "G").replace(".", mark).replace("G", group)
    exact = round(number, places)
    for formats in (ColumnFormats(), COMMA):
        parsed = read("weight_kg", text, formats=formats)
        if len(parsed.legs) and formats.decimal == mark:
            assert parsed.legs["weight_kg"].iloc[0] == pytest.approx(exact, rel=1e-12, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(1000, 10**9), st.integers(1, 99), st.sampled_from([".", ","]))
def test_the_wrong_decimal_mark_is_refused_and_never_ignored(whole, cents, mark):
    other = ColumnFormats(decimal="," if mark == "." else ".")
    assert read("weight_kg", f"{whole}{mark}{cents:02d}", formats=other).legs.empty


def test_numbers_dates_and_text_of_one_excel_column_are_read_each_in_its_way():
    parsed = read("weight_kg", 12.5, "1,200.5", None, "many", True)
    assert parsed.legs["weight_kg"].fillna(-1).tolist() == [12.5, 1200.5, -1]
    assert parsed.problems["row_number"].tolist() == [5, 6]


def test_leg_numbers_are_whole():
    assert read("leg_no", "2", "3.0", "").legs["leg_no"].tolist() == [2, 3, 1]
    assert "whole number" in problem("leg_no", "1.5")
    assert "whole number" in problem("leg_no", "40000")


# --- dates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-01-31", "2025-01-31"),
        ("2025-01-31 13:45", "2025-01-31 13:45"),
        ("2025-01-31T13:45:10.5Z", "2025-01-31 13:45:10.5"),
        ("2025-01-31T01:00:00+02:00", "2025-01-30 23:00"),
        ("2025/1/31", "2025-01-31"),
        ("20250131", "2025-01-31"),
        ("31-Jan-25", "2025-01-31"),
        ("31-Jan-1998", "1998-01-31"),
        ("31 January 2025 1:45 PM", "2025-01-31 13:45"),
        ("Jan 31, 2025", "2025-01-31"),
        ("31. März 2025", "2025-03-31"),
        ("31.01.2025", "2025-01-31"),
        ("05.04.2025 08:30", "2025-04-05 08:30"),
        ("29-Feb-24", "2024-02-29"),
        ("01-Jan-69", "1969-01-01"),
        ("01-Jan-68", "2068-01-01"),
    ],
)
def test_a_date_that_can_only_mean_one_day_is_read(text, moment):
    assert value("departed_at", text) == pd.Timestamp(moment)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("01/02/2025", "which number is the day"),
        ("01-02-25", "which number is the day"),
        ("29-Feb-25", "not a day of the calendar"),
        ("2025-02-30", "not a day of the calendar"),
        ("45123", "format the column as a date"),
        ("Date Not Captured", "is not a date"),
        ("2025-01-31 25:00", "time"),
        ("2025-01-31 10:00 CET", "time"),
    ],
)
def test_a_date_in_doubt_or_that_does_not_exist_is_refused(text, says):
    assert says in problem("departed_at", text)


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["01/02/2025", "13/02/2025"], "dmy"),
        (["01/02/2025", "02/13/2025 10:30"], "mdy"),
        (["4/30/14", "1/2/14"], "mdy"),
        (["01/02/2025", "02/02/2025"], None),
        (["13/02/2025", "02/13/2025"], None),
        (["25-01-31", "25-02-28"], None),
        (["2025-01-02"], None),
    ],
)
def test_a_column_shows_its_order_only_if_one_place_alone_goes_beyond_twelve(values, order):
    assert formats_of("departed_at", values).date_orders.get("departed_at") == order


def test_the_value_that_shows_the_order_may_stand_at_the_very_end():
    assert formats_of("departed_at", ["01/02/2025"] * 3000 + ["31/02/2025"]).date_orders == {
        "departed_at": "dmy"
    }


def test_the_users_choice_of_the_order_wins():
    formats = formats_of("departed_at", ["01/02/2025"], date_order="mdy")
    assert value("departed_at", "01/02/2025", formats=formats) == pd.Timestamp("2025-01-02")
    formats = formats_of("departed_at", ["01/02/2025"], date_order="dmy")
    assert value("departed_at", "01/02/2025", formats=formats) == pd.Timestamp("2025-02-01")


def test_excel_days_are_dates_only_in_a_workbook():
    excel = ColumnFormats(excel_serials=True)
    assert value("departed_at", 45688.5, formats=excel) == pd.Timestamp("2025-01-31 12:00")
    assert "no date" in problem("departed_at", 45688.5)
    assert value("departed_at", dt.datetime(2025, 1, 31), formats=excel) == pd.Timestamp("2025-01-31")


@settings(deadline=None, max_examples=30)
@given(st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2068, 12, 31)))
def test_every_clear_way_of_writing_a_day_gives_the_same_day(moment):
    day = pd.Timestamp(moment.date())
    for form in ("%Y-%m-%d", "%Y%m%d", "%d-%b-%Y", "%d-%b-%y", "%B %d, %Y", "%d.%m.%Y", "%Y/%m/%d"):
        text = moment.strftime(form)
        if form == "%Y%m%d" and moment.year < 1900:
            continue
        assert value("departed_at", text) == day
    assert value("departed_at", moment.isoformat()) == pd.Timestamp(moment)


def test_zoned_timestamps_of_a_typed_file_come_in_utc():
    stamps = pd.Series(pd.to_datetime(["2025-01-31 01:00"]).tz_localize("Europe/Berlin"))
    parsed = parse(stamps.to_frame("departed_at"), {"departed_at": "departed_at"})
    assert parsed.legs["departed_at"].iloc[0] == pd.Timestamp("2025-01-31 00:00")


# --- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Truck", "road"),
        ("LTL", "road"),
        ("Lkw", "road"),
        ("Straße", "road"),
        ("Ocean", "sea"),
        ("Sea-Freight", "sea"),
        ("Air Charter", "air"),
        ("airfreight", "air"),
        ("Train", "rail"),
        ("Barge", "inland_waterway"),
        ("inland_waterway", "inland_waterway"),
        ("Warehouse", "hub"),
    ],
)
def test_modes_are_known_by_their_common_names(text, mode):
    assert value("mode", text) == mode


def test_an_unknown_mode_is_refused_and_na_is_missing():
    assert "'Rocket' is not a known mode" in problem("mode", "Rocket")
    assert pd.isna(value("mode", "N/A"))


def test_names_are_trimmed_and_their_inner_white_space_is_single():
    assert value("supplier_id", "  Orgenics,   Ltd\u00a0 ") == "Orgenics, Ltd"
    assert value("supplier_id", "Co\u0302te") == "Côte"


def test_na_is_a_country_and_no_missing_value():
    assert read("origin_country", "NA", "n/a").legs["origin_country"].fillna("missing").tolist() == [
        "NA",
        "missing",
    ]


def test_overlong_and_damaged_text_is_refused():
    assert "limit is 500" in problem("carrier", "x" * 501)
    assert "control character" in problem("carrier", "a\x07b")


def test_identifiers_keep_their_leading_zeros_and_lose_the_point_that_excel_adds():
    assert value("shipment_id", "00123") == "00123"
    assert value("shipment_id", 123.0) == "123"
    assert value("shipment_id", "=1+1") == "=1+1"


def test_incoterms_are_in_capitals_and_other_wording_stays():
    assert read("incoterm", "exw", "N/A - From RDC").legs["incoterm"].tolist() == ["EXW", "N/A - From RDC"]


def test_a_cold_chain_flag_that_says_neither_yes_nor_no_keeps_the_row_out():
    assert read("temperature_controlled", "Yes", "nein", "").legs["temperature_controlled"].tolist() == [
        True,
        False,
        False,
    ]
    assert "neither yes nor no" in problem("temperature_controlled", "sometimes")


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=30))
def test_any_text_in_any_column_is_read_or_reported(text):
    for column in CANONICAL:
        parsed = read(column, text)
        assert len(parsed.legs) + parsed.problems["row_number"].nunique() == 1


# --- whole chunks -------------------------------------------------------------------------------------------


def test_cost_in_words_is_left_empty_and_counted():
    parsed = read("cost", "Invoiced Separately", "12.5", "Invoiced Separately")
    assert parsed.problems.empty
    assert parsed.legs["cost"].fillna(-1).tolist() == [-1, 12.5, -1]
    assert parsed.notices.to_numpy().tolist() == [["cost", "Invoiced Separately", 2]]


def test_legs_have_every_column_typed_even_if_the_file_has_few():
    parsed = read("weight_kg", "5", currency="USD")
    assert tuple(parsed.legs.columns) == CANONICAL
    assert parsed.legs["currency"].tolist() == ["USD"]
    assert parsed.legs["leg_no"].tolist() == [1]
    assert parsed.legs["temperature_controlled"].tolist() == [False]
    assert str(parsed.legs["departed_at"].dtype) == "datetime64[us]"
    assert parsed.legs["distance_km"].isna().all()


def test_a_constant_that_cannot_be_read_is_refused():
    with pytest.raises(UnusableMapping, match="mode"):
        read("weight_kg", "5", mode="Rocket")


def test_a_wrong_choice_of_format_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="decimal"):
        formats_of("weight_kg", ["1"], decimal=";")
    with pytest.raises(ValueError, match="order"):
        formats_of("weight_kg", ["1"], date_order="ymd")


def test_an_empty_chunk_gives_empty_legs():
    parsed = parse(pd.DataFrame({"w": pd.Series(dtype="str")}), {"weight_kg": "w"})
    assert parsed.legs.empty and parsed.problems.empty and parsed.notices.empty


def test_the_lookalike_of_the_real_file_reads_as_it_stands():
    # 57 lines: 12 weights are words, one is 0, and two lines with a weight have the mode "N/A".
    source = open_source(LOOKALIKE)
    mapping = suggest_mapping(source.columns)
    chunk = next(source.chunks(columns=list(mapping.values())))
    parsed = parse(chunk.frame, mapping, decide_formats(source, mapping), constants_of(mapping))
    assert len(chunk.frame) == 57
    assert (parsed.problems["column"] == "weight_kg").sum() == 12
    assert sorted(violations(parsed.legs)["column"]) == ["mode", "mode", "weight_kg"]
    gross = parsed.legs.set_index("shipment_id").loc["240"]
    assert (gross["mode"], gross["weight_kg"], gross["currency"]) == ("air", 857354.0, "USD")
    assert gross["departed_at"] == pd.Timestamp("2006-11-20")
    assert dict(zip(parsed.notices["value"], parsed.notices["rows"], strict=True)) == {
        "Invoiced Separately": 3,
        "Freight Included in Commodity Cost": 1,
    }
