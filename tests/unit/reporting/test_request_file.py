"""The request for data: what is asked is empty and coloured, what is known stands there, it reads back."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from analytics.gaps import GapAnalytics
from data_access import Filters, Scope, schema
from ingestion import suggest_mapping
from ingestion.columns import check_mapping
from ingestion.parsing import decide_formats, parse
from ingestion.reading import open_source
from reporting.suppliers import request_file
from reporting.suppliers.request_file import COLUMNS, SHEETS
from tests.legs import put


@pytest.fixture
def gaps(duckdb_store):
    paid = {"cost": 10.5, "currency": "EUR"}
    arrived = {"arrived_at": pd.Timestamp("2025-03-12 09:30")}
    put(
        duckdb_store,
        {"shipment_id": "=1+1", "vehicle_class": None, "distance_source": "places", "weight_kg": 9_000.0},
        {"shipment_id": "http://x.example", **arrived, **paid},
        {"shipment_id": "done", "wtw_kg": 50.0, **arrived, **paid},
        {"shipment_id": "told", "wtw_kg": 70.0, "weight_kg": 10.0, **paid},
    )
    duckdb_store.transact(
        lambda tx: tx.append(schema.suppliers, pd.DataFrame([{"supplier_id": "Acme", "name": "=Acme"}]))
    )
    return GapAnalytics(duckdb_store).gaps(Filters(), Scope.all(), supplier_id="Acme")


def rows_of(content: bytes, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def cells(content: bytes) -> dict[str, dict[str, object]]:
    header, *rows = rows_of(content, "Shipments")
    return {str(row[0]): dict(zip(header, row, strict=True)) for row in rows}


def xml(content: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_what_is_known_stands_there_and_what_is_asked_is_empty(gaps):
    found = cells(request_file(gaps, "2025"))
    assert set(found) == {"=1+1", "http://x.example", "told"}
    first = found["=1+1"]
    assert (first["origin"], first["mode"], first["weight_kg"]) == ("Hamburg, DE", "road", 9_000.0)
    assert first["departed_at"] == datetime(2025, 3, 10, 8, 0)
    assert [
        first[name] for name in ("vehicle_class", "distance_km", "distance_basis", "wtw_kg", "arrived_at")
    ] == [""] * 5
    second = found["http://x.example"]
    assert (second["vehicle_class"], second["distance_km"], second["wtw_kg"]) == (
        "articulated >33 t",
        850.0,
        "",
    )
    assert (second["arrived_at"], second["cost"], second["currency"]) == (
        datetime(2025, 3, 12, 9, 30),
        10.5,
        "EUR",
    )
    assert (found["told"]["wtw_kg"], found["told"]["arrived_at"]) == (70.0, "")


def test_the_importer_knows_the_columns_of_the_filled_in_file(gaps):
    source = open_source(request_file(gaps, "2025"))
    mapping = suggest_mapping(source.columns)
    check_mapping(mapping, source.columns)
    assert mapping == {name: name for name in mapping}
    assert set(COLUMNS) - set(mapping) == {"remarks"}
    parsed = parse(next(source.chunks()).frame, mapping, decide_formats(source, mapping))
    assert parsed.problems.empty
    back = parsed.legs.set_index("shipment_id")
    assert back.loc["http://x.example", "arrived_at"] == pd.Timestamp("2025-03-12 09:30")
    assert back.loc["told", "wtw_kg"] == 70.0
    assert back.loc["=1+1", "leg_no"] == 1


def test_no_text_becomes_a_formula_or_a_link(gaps):
    content = request_file(gaps, "=1+1")
    assert all("<f>" not in xml(content, number) for number in (1, 2, 3))
    assert "hyperlink" not in xml(content)
    assert "=Acme (Acme)" in str(rows_of(content, "Read me"))


def test_cells_to_fill_are_coloured_the_classes_offered_and_the_head_stays_in_sight(gaps):
    content = request_file(gaps, "2025")
    sheet = xml(content)
    column = {name: chr(ord("A") + at) for at, name in enumerate(COLUMNS)}
    style = dict(re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', sheet))
    asked = {style[f"{column[name]}3"] for name in ("vehicle_class", "distance_km", "wtw_kg", "cost")}
    assert len(asked) == 1
    assert style.get(f"{column['vehicle_class']}2") not in asked
    assert f'sqref="{column["vehicle_class"]}3"' in sheet
    assert "'Vehicle classes'!" in sheet
    assert 'state="frozen"' in sheet
    assert "<autoFilter" in sheet
    assert (
        "articulated &gt;33 t" in zipfile.ZipFile(io.BytesIO(content)).read("xl/sharedStrings.xml").decode()
    )


def test_the_first_page_says_what_why_until_when_and_how(gaps):
    text = {
        str(row[0]): str(row[1])
        for row in rows_of(request_file(gaps, "1 Jan – 31 Mar 2025", reply_by=date(2025, 5, 2)), "Read me")
    }
    assert text["Shipments"] == "3 legs, 1 Jan – 31 Mar 2025"
    assert text["Until"] == "2 May 2025"
    assert "yellow" in text["What we ask"]
    assert text["Vehicle class missing or unknown"].startswith("1 leg:")
    assert set(COLUMNS) <= set(text)
    assert "Not listed" not in text


def test_what_does_not_fit_is_said(gaps):
    from dataclasses import replace

    text = str(rows_of(request_file(replace(gaps, left_out_legs=1_234), "2025"), "Read me"))
    assert "1,234 legs more" in text


def test_the_sheets_are_in_the_order_that_the_import_needs(gaps):
    assert CalamineWorkbook.from_filelike(io.BytesIO(request_file(gaps, "2025"))).sheet_names == list(SHEETS)
