"""A CSV of ours opens as data: no cell runs, no number changes."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.csv_export import csv_bytes, disarm


def read(data: bytes, **options) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(data), encoding="utf-8-sig", keep_default_na=False, **options)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_would_run_gets_an_apostrophe(start):
    assert disarm(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@given(st.text())
def test_no_text_cell_begins_like_a_formula(text):
    assert not str(disarm(text)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_negative_numbers_stay_numbers():
    frame = pd.DataFrame({"kg": [-5.25, 3.0], "rows": [-1, 2], "mixed": [-1, "-1"]})
    lines = csv_bytes(frame).decode("utf-8-sig").split("\r\n")
    assert lines[1] == "-5.25,-1,-1"
    assert lines[2] == "3.0,2,'-1"


def test_column_names_are_disarmed_too():
    assert read(csv_bytes(pd.DataFrame({"=cmd": ["a"]}))).columns.tolist() == ["'=cmd"]


def test_two_columns_of_one_name_both_stay():
    frame = pd.DataFrame([["a", "=b"]], columns=["x", "x"])
    assert csv_bytes(frame).decode("utf-8-sig") == "x,x\r\na,'=b\r\n"


def test_accents_commas_quotes_and_missing_values_survive():
    frame = pd.DataFrame(
        {"name": ["Müller, Söhne", 'say "hi"', None], "at": pd.to_datetime(["2026-01-05"] * 3)}
    )
    back = read(csv_bytes(frame))
    assert back["name"].tolist() == ["Müller, Söhne", 'say "hi"', ""]
    assert back["at"].tolist() == ["2026-01-05"] * 3


def test_file_begins_with_the_mark_that_excel_needs():
    assert csv_bytes(pd.DataFrame({"a": [1]})).startswith(b"\xef\xbb\xbf")


def test_category_column_is_disarmed():
    frame = pd.DataFrame({"mode": pd.Categorical(["=x", "road"])})
    assert read(csv_bytes(frame))["mode"].tolist() == ["'=x", "road"]
