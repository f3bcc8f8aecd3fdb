"""Supplier data: how files and forms are read, what is refused and why, what a file would change."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from access import audit, users
from data_access import schema
from data_access.app_database import AppDatabase
from ingestion import supplier_data
from ingestion.errors import UnreadableFile, UnusableMapping
from ingestion.supplier_data import SupplierDataRefused, apply, read_changes, template, update_one
from ingestion.supplier_data.values import as_text, columns_of, read_value

SUPPLIERS = [
    {"supplier_id": "SUP-1", "name": "Alpha", "country": "DE", "sector": "steel", "tier": 1},
    {
        "supplier_id": "SUP-2",
        "name": "Beta",
        "target_pct": 30.0,
        "target_base_year": 2019,
        "target_year": 2030,
    },
    {"supplier_id": "=SUP-3", "name": "=Gamma"},
]


@pytest.fixture
def store(duckdb_store):
    duckdb_store.transact(lambda tx: tx.append(schema.suppliers, pd.DataFrame(SUPPLIERS)))
    return duckdb_store


@pytest.fixture
def db(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as opened:
        yield opened


@pytest.fixture
def ann(db):
    return users.create(db, "ann@example.com", "Ann", "analyst", "quiet harbour crane 47", rounds=4)


def read(store, *lines: str):
    return read_changes(store, "\n".join(lines).encode())


def told(preview):
    return [(one.supplier_id, one.column, one.old, one.new) for one in preview.changes]


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("country", "Germany", "DE"),
        ("country", "de", "DE"),
        ("country", "Côte d'Ivoire", "CI"),
        ("country", "NA", "NA"),  # Namibia, not "missing"
        ("tier", "Tier 2", 2),
        ("tier", "2.0", 2),
        ("target_pct", "30 %", 30.0),
        ("target_pct", "12,5", 12.5),
        ("target_pct", "0", 0.0),
        ("target_pct", "100", 100.0),
        ("target_year", "2030", 2030),
        ("sector", "  iron   and steel ", "iron and steel"),
        ("sector", "-", None),
        ("target_pct", "-", None),
    ],
)
def test_a_cell_is_read_as_people_write_it(column, text, value):
    assert read_value(column, text) == value


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("country", "Atlantis", "not a known country"),
        ("tier", "0", "whole number from 1 to 9"),
        ("tier", "first", "whole number from 1 to 9"),
        ("target_pct", "101", "from 0 to 100"),
        ("target_pct", "-5", "from 0 to 100"),
        ("target_pct", "nan", "from 0 to 100"),
        ("target_pct", "0.3", "write 30 for 30 %"),  # what a spreadsheet keeps for "30 %"
        ("target_base_year", "1989", "from 1990 to 2100"),
        ("target_year", "2101", "from 1990 to 2100"),
        ("target_year", "30", "from 1990 to 2100"),
        ("name", "-", "keeps a name"),
        ("name", "x" * 201, "shorten it to 200"),
        ("sector", "ste\x07el", "control character"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_advice(column, text, why):
    with pytest.raises(SupplierDataRefused, match=why):
        read_value(column, text)


def test_a_form_clears_with_nothing_and_keeps_whole_numbers_whole():
    assert [as_text(one) for one in (None, "", float("nan"), 30.0, 12.5, 2)] == [
        "-",
        "-",
        "-",
        "30",
        "12.5",
        "2",
    ]


@pytest.mark.parametrize(
    "header",
    [
        ["supplier_id", "name", "country", "sector", "tier", "target_pct", "target_base_year", "target_year"],
        ["Vendor ID", "Supplier Name", "Country code", "Industry", "Tier level", "Target (%)",
         "Base year", "Target year"],
        ["Lieferantennummer", "Firma", "Land", "Branche", "Stufe", "Minderungsziel", "Basisjahr", "Zieljahr"],
    ],
)  # fmt: skip
def test_columns_are_found_under_any_usual_name(header):
    assert list(columns_of(reversed(header)).values()) == header


def test_a_file_shows_what_it_would_change_and_leaves_empty_cells_as_they_are(store):
    found = read(
        store, "Supplier ID,Country,Sector,Tier", "SUP-1,,automotive,1", "SUP-2,France,,", "SUP-1x,,,"
    )
    assert told(found) == [("SUP-1", "sector", "steel", "automotive"), ("SUP-2", "country", None, "FR")]
    assert [change.name for change in found.changes] == ["Alpha", "Beta"]
    assert (found.rows, found.unchanged) == (3, 0)
    assert "do you mean SUP-1?" in found.problems[0].problem


def test_a_dash_takes_a_value_away(store):
    assert told(read(store, "supplier_id,country,target_pct", "SUP-1,-,-")) == [
        ("SUP-1", "country", "DE", None)
    ]


def test_an_unknown_supplier_is_refused(store):
    found = read(store, "supplier_id,country", "Nobody,DE", ",DE")
    assert told(found) == []
    assert [(one.row, one.column, one.value) for one in found.problems] == [
        (2, "supplier_id", "Nobody"),
        (3, "supplier_id", None),
    ]
    assert "suppliers come with their shipments" in found.problems[0].problem


def test_a_supplier_that_stands_twice_is_refused_with_both_rows(store):
    found = read(store, "supplier_id,country", "SUP-1,FR", "SUP-2,FR", "SUP-1,IT")
    assert told(found) == [("SUP-2", "country", None, "FR")]
    assert [(one.row, one.problem) for one in found.problems] == [
        (2, "The supplier stands in row 4 too: keep one row."),
        (4, "The supplier stands in row 2 too: keep one row."),
    ]


def test_a_row_with_one_bad_cell_is_not_used_at_all(store):
    found = read(store, "supplier_id,country,tier", "SUP-1,Italy,17")
    assert told(found) == []
    assert [(one.row, one.column, one.value) for one in found.problems] == [(2, "tier", "17")]


def test_a_base_year_must_lie_before_the_target_year_also_against_what_is_stored(store):
    found = read(store, "supplier_id,target_base_year", "SUP-2,2031")
    assert told(found) == []
    assert "2031 is not before the target year 2030" in found.problems[0].problem


def test_what_stands_there_already_is_no_change(store):
    found = read(store, "supplier_id,country,target_pct", "SUP-1,Deutschland,", "SUP-2,,30%")
    assert (told(found), found.unchanged, found.problems) == ([], 2, ())


def test_the_template_with_todays_data_changes_nothing_not_even_a_name_like_a_formula(store):
    found = read_changes(store, template(store))
    assert (told(found), found.unchanged, found.problems) == ([], 3, ())
    assert b"'=Gamma" in template(store)
    assert template().decode("utf-8-sig").strip().split(",")[0] == "supplier_id"


def test_an_excel_file_with_real_numbers_is_read(store):
    target = io.BytesIO()
    row = {"Supplier ID": "SUP-1", "Tier": 3, "Target %": 42.5, "Base year": 2020, "Remark": "x"}
    pd.DataFrame([row]).to_excel(target, index=False)
    found = read_changes(store, target.getvalue(), file_name="ours.xlsx")
    assert told(found) == [
        ("SUP-1", "tier", 1, 3),
        ("SUP-1", "target_pct", None, 42.5),
        ("SUP-1", "target_base_year", None, 2020),
    ]
    assert (found.file_name, found.ignored) == ("ours.xlsx", ("Remark",))


@pytest.mark.parametrize(
    ("content", "error", "why"),
    [
        (b"name,country\nAlpha,DE\n", UnusableMapping, "no column supplier_id"),
        (b"supplier_id,remark\nSUP-1,x\n", UnusableMapping, "nothing to change"),
        (b"", UnreadableFile, "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", UnreadableFile, "PNG"),
    ],
)
def test_a_file_that_cannot_be_used_says_so_in_a_sentence(store, content, error, why):
    with pytest.raises(error, match=why):
        read_changes(store, content)


def test_files_have_limits(store, monkeypatch):
    monkeypatch.setattr("ingestion.supplier_data.file.MOST_ROWS", 2)
    with pytest.raises(UnreadableFile, match="more than 2 rows"):
        read(store, "supplier_id,country", "a,DE", "b,DE", "c,DE")
    monkeypatch.setattr("ingestion.supplier_data.file.MOST_BYTES", 10)
    with pytest.raises(UnreadableFile, match="the limit is"):
        read(store, "supplier_id,country", "a,DE")


def test_changes_are_made_once_and_put_on_record(store, db, ann):
    found = read(store, "supplier_id,country,tier", "SUP-1,FR,2", "SUP-2,ES,")
    before = store.version
    assert apply(store, found.changes, user=ann, audit_db=db) == found.changes
    assert store.version == before + 1
    assert apply(store, found.changes, user=ann, audit_db=db) == ()
    assert store.version == before + 1
    assert audit.entries(db)["action"].tolist() == ["changed_suppliers"]


def test_update_one_checks_clears_and_records(store, db, ann):
    made = update_one(
        store, "SUP-2", {"target_pct": None, "country": "Spain", "tier": 2}, user=ann, audit_db=db
    )
    assert {(one.column, one.old, one.new) for one in made} == {
        ("target_pct", 30.0, None), ("country", None, "ES"), ("tier", None, 2),
    }  # fmt: skip
    entry = audit.entries(db).iloc[0]
    assert (entry["action"], entry["target"], entry["details"]["values"]) == ("changed_supplier", "SUP-2", 3)
    before = store.version
    assert update_one(store, "SUP-2", {"country": "ES"}, user=ann, audit_db=db) == ()
    assert store.version == before
    for values, why in (
        ({"tier": 12}, "1 to 9"),
        ({"target_year": 2010}, "not before"),
        ({"color": "x"}, "no 'color'"),
    ):
        with pytest.raises(SupplierDataRefused, match=why):
            update_one(store, "SUP-2", values, user=ann, audit_db=db)
    with pytest.raises(SupplierDataRefused, match="no supplier 'nobody'"):
        update_one(store, "nobody", {"tier": 1}, user=ann, audit_db=db)
    assert store.version == before


def test_who_may_not_edit_suppliers_changes_nothing(store, db):
    viewer = users.create(db, "v@example.com", "V", "viewer", "quiet harbour crane 47", rounds=4)
    found = read(store, "supplier_id,country", "SUP-1,FR")
    for attempt in (
        lambda: apply(store, found.changes, user=viewer, audit_db=db),
        lambda: update_one(store, "SUP-1", {"tier": 2}, user=viewer, audit_db=db),
    ):
        with pytest.raises(SupplierDataRefused, match="may not change"):
            attempt()
    assert read(store, "supplier_id,country", "SUP-1,FR").changes == found.changes


def test_the_public_face_is_complete():
    assert all(hasattr(supplier_data, name) for name in supplier_data.__all__)
