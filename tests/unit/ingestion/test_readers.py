"""Files of every kind come in as they stand, and what is no table is refused with one sentence."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.errors import UnreadableFile
from ingestion.reading import open_source

CSV = "shipment_id,mode,weight_kg\nS1,road,10\nS2,sea,20\n"


def rows_of(source, **options):
    chunks = list(source.chunks(**options))
    return pd.concat([chunk.frame for chunk in chunks])


def refusal(content) -> str:
    with pytest.raises(UnreadableFile) as refused:
        open_source(content)
    message = str(refused.value)
    assert message.endswith(".") and "\n" not in message
    return message


def workbook(rows, *, sheets=None) -> bytes:
    """A minimal .xlsx: text inline, numbers as numbers, dates as Excel's days in a date format."""

    def cell(value):
        if isinstance(value, dt.date):
            return f'<c s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
        if isinstance(value, (int, float)):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>' if value else "<c/>"

    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheets = sheets or {"Legs": rows}
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{rel}"><sheets>'
        + "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{i}" Type="{rel}/worksheet" Target="worksheets/s{i}.xml"/>'
            for i in range(1, len(sheets) + 1)
        )
        + f'<Relationship Id="st" Type="{rel}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {main}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
    }
    for i, lines in enumerate(sheets.values(), 1):
        body = "".join(
            f'<row r="{r}">' + "".join(cell(v) for v in line) + "</row>" for r, line in enumerate(lines, 1)
        )
        parts[f"xl/worksheets/s{i}.xml"] = f"<worksheet {main}><sheetData>{body}</sheetData></worksheet>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), sink)
    return sink.getvalue()


# --- what is read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_csv_reads_the_same_in_every_delimiter_line_end_and_encoding(delimiter, line_end, encoding):
    lines = [["id", "place", "note"], ["1", "Curaçao", "a"], ["2", "Köln", '"x' + delimiter + 'y"']]
    text = "".join(delimiter.join(line) + line_end for line in lines)
    source = open_source(text.encode(encoding))
    frame = rows_of(source)
    assert source.kind == "csv" and source.delimiter == delimiter
    assert source.columns == ("id", "place", "note")
    assert frame["place"].tolist() == ["Curaçao", "Köln"]
    assert frame["note"].tolist() == ["a", f"x{delimiter}y"]
    assert frame.index.tolist() == [2, 3]


def test_latin_1_is_read_and_said():
    source = open_source("id,place\n1,Köln\n".encode("latin-1"))
    assert "Latin-1" in source.notes[0]
    assert open_source(b"id,place\n1,Koeln\n").notes == ()


def test_the_decimal_comma_of_a_semicolon_file_stays_in_its_cell():
    source = open_source(b"id;weight;name\n1;1200,5;a\n2;3,5;b\n")
    assert rows_of(source)["weight"].tolist() == ["1200,5", "3,5"]


def test_a_path_bytes_and_an_open_file_give_the_same_source(tmp_path):
    path = tmp_path / "legs.csv"
    path.write_text(CSV)
    with path.open("rb") as file:
        from_file = open_source(file)
        assert rows_of(from_file).equals(rows_of(open_source(path)))
        assert not file.closed
    assert from_file == open_source(path)
    assert from_file.name == "legs.csv" and from_file.size_bytes == len(CSV)
    assert open_source(CSV.encode()).sha256 == from_file.sha256
    assert open_source(io.BytesIO(CSV.encode())).sha256 == from_file.sha256


def test_a_source_can_be_read_again_and_in_parallel():
    source = open_source(io.BytesIO(CSV.encode()))
    pairs = zip(source.chunks(rows=1), source.chunks(rows=1), strict=True)
    assert [(a.frame["shipment_id"].iloc[0], b.frame["shipment_id"].iloc[0]) for a, b in pairs] == [
        ("S1", "S1"),
        ("S2", "S2"),
    ]


@given(
    st.lists(st.sampled_from(["good", "short", "long", "break", "blank"]), min_size=1, max_size=60),
    st.integers(1, 9),
)
@settings(max_examples=60, deadline=None)
def test_every_row_keeps_the_number_that_a_spreadsheet_shows(kinds, chunk_rows):
    row = {
        "good": "{n},road,1",
        "short": "{n},road",
        "long": "{n},road,1,2",
        "break": '{n},"ro\nad",1',
        "blank": ",,",
    }
    lines = [row[kind].format(n=number) for number, kind in enumerate(["good", *kinds], start=2)]
    chunks = list(open_source("\n".join(["id,mode,weight", *lines]).encode()).chunks(rows=chunk_rows))
    good = [(number, key) for chunk in chunks for number, key in chunk.frame["id"].items()]
    bad = [
        entry
        for chunk in chunks
        for entry in zip(chunk.problems["row_number"], chunk.problems["value"], strict=True)
    ]
    assert all(str(number) == key for number, key in good)
    assert all(value.startswith(f"{number},") for number, value in bad)
    everything = ["good", *kinds]
    assert len(good) == everything.count("good") + everything.count("break")
    assert len(bad) == everything.count("short") + everything.count("long")
    assert sum(chunk.blank_rows for chunk in chunks) == everything.count("blank")


def test_a_malformed_row_is_set_aside_with_its_number_and_reason():
    chunk = next(open_source(b"id,mode,weight\n1,road,5\n2,road\n3,sea,6\n").chunks())
    assert chunk.frame["id"].tolist() == ["1", "3"]
    problem = chunk.problems.iloc[0]
    assert (problem["row_number"], problem["value"]) == (3, "2,road")
    assert "2 values" in problem["problem"] and "3" in problem["problem"]
    assert chunk.rows_read == 3


def test_two_quotes_that_swallow_rows_are_found_even_if_the_cells_add_up():
    text = 'id,name,weight\n1,a,1\n2,"b,2\n3,"c,3\n4,d,4\n'
    chunk = next(open_source(text.encode()).chunks())
    assert chunk.frame["id"].tolist() == ["1", "4"]
    assert chunk.problems["row_number"].tolist() == [3]
    assert "never closed" in chunk.problems["problem"].iloc[0]


def test_inch_marks_are_no_quotes():
    assert rows_of(open_source(b'id,name,w\n1,5" pipe,2\n'))["name"].tolist() == ['5" pipe']


def test_a_text_that_looks_like_a_formula_stays_text():
    frame = rows_of(open_source(b"id,name,w\n1,=cmd|' /C calc'!A0,2\n"))
    assert frame["name"].tolist() == ["=cmd|' /C calc'!A0"]


def test_only_the_columns_asked_for_come():
    assert list(rows_of(open_source(CSV.encode()), columns=["mode"]).columns) == ["mode"]
    with pytest.raises(KeyError, match="no column 'colour'"):
        list(open_source(CSV.encode()).chunks(columns=["colour"]))


def test_the_fraction_read_grows_to_one():
    text = "id,mode,w\n" + "1,road,2\n" * 5000
    fractions = [chunk.fraction for chunk in open_source(text.encode()).chunks(rows=1000)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_an_excel_sheet_keeps_numbers_dates_and_text_with_their_row_numbers():
    day = dt.date(2025, 3, 4)
    book = workbook([["id", "day", "weight"], ["S1", day, 12.5], [], ["S2", day, 13]])
    source = open_source(book)
    frame = rows_of(source)
    assert source.kind == "excel" and source.columns == ("id", "day", "weight")
    assert frame.index.tolist() == [2, 4]
    assert frame["weight"].tolist() == [12.5, 13.0]
    assert frame["day"].tolist() == [pd.Timestamp(day)] * 2


def test_another_sheet_is_read_by_name_and_the_choice_is_said():
    book = workbook(
        None, sheets={"Cover": [["note", "by"], ["x", "y"]], "Legs": [["id", "mode"], ["S1", "road"]]}
    )
    assert "'Legs'" in open_source(book).notes[0]
    assert rows_of(open_source(book, sheet="Legs"))["id"].tolist() == ["S1"]
    with pytest.raises(UnreadableFile, match="no sheet 'Lanes'"):
        open_source(book, sheet="Lanes")


def test_parquet_keeps_its_types_even_for_large_whole_numbers_with_gaps():
    ids = pd.array([2**60 + 1, None], dtype="Int64")
    frame = pd.DataFrame({"id": ids, "weight": [1.5, 2.5], "mode": ["road", None]})
    source = open_source(parquet(frame))
    chunk = next(source.chunks())
    assert source.kind == "parquet"
    assert chunk.frame["id"].iloc[0] == 2**60 + 1
    assert chunk.frame.index.tolist() == [2, 3]


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\r\n \n", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
        (b"MZ\x90\x00\x03" + bytes(300), "Windows program"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (bytes(range(1, 256)) * 20, "binary"),
        (b"a,b\n1,\x002\n", "binary|NUL"),
        (b"id,mode\n", "no rows"),
        (b"id,mode", "no rows"),
        (b"S1,2025-01-02,12.5\nS2,2025-01-03,13\n", "no header"),
        (b"1,2,3\n4,5,6\n", "no header"),
        (b"id,mode,id\n1,road,2\n", "more than one column named 'id'"),
        (b"Report of May\nid,mode,weight\n1,road,2\n2,sea,3\n", "1 column"),
        (b'id,name,w\n1,"a,2\n2,b,3\n', "row 2"),
        (b"\xff\xfe\x00\x00i\x00\x00\x00", "UTF-32"),
        ("id,place\n1,Köln\n2,".encode() + b"\xff\xfe,\n", "mixes UTF-8"),
        (b"\xef\xbb\xbfid,place\n1,K\xf6ln\n", "UTF-8"),
        (b"PAR1" + bytes(100), "incomplete Parquet"),
        (b"PAR1" + bytes(100) + b"PAR1", "damaged Parquet"),
        (b"PK\x03\x04" + bytes(100), "damaged or incomplete"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged or incomplete"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
    ],
)
def test_what_is_no_table_is_refused_with_one_sentence(content, says):
    assert re.search(says, refusal(content))


def test_a_zip_that_is_no_workbook_is_named_as_such():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("legs.csv", CSV)
    assert "ZIP archive" in refusal(packed.getvalue())


def test_truncated_workbooks_and_parquet_files_are_refused():
    book = workbook([["id", "mode"], ["S1", "road"]])
    assert "damaged or incomplete" in refusal(book[: len(book) // 2])
    table = parquet(pd.DataFrame({"id": ["a"], "mode": ["road"]}))
    assert "incomplete" in refusal(table[: len(table) // 2])
    assert "no rows" in refusal(
        parquet(pd.DataFrame({"id": pd.Series(dtype="str"), "mode": pd.Series(dtype="str")}))
    )
    assert "no rows" in refusal(workbook([["id", "mode"]]))
    assert "empty" in refusal(workbook([[]]))


def test_twenty_thousand_columns_are_refused_at_once(tmp_path):
    path = tmp_path / "wide.csv"
    header = ",".join(f"column {i}" for i in range(20_000))
    path.write_text(header + "\n" + (",".join("1" * 20_000) + "\n") * 200)
    started = time.perf_counter()
    assert "20,000 columns" in refusal(path)
    assert time.perf_counter() - started < 2


def test_an_address_and_a_missing_file_are_refused():
    assert "address" in refusal("https://example.org/legs.csv")
    assert "no file" in refusal("/nowhere/legs.csv")


def test_a_file_over_two_gigabytes_is_refused_without_being_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(2 * 1024**3 + 1)
    assert "2 GB" in refusal(path)


def test_damage_found_on_the_way_is_an_unreadable_file():
    source = open_source(("id,name,w\n" + "1,a,2\n" * 200_000 + '2,"' + "x" * 3_000_000 + '",3\n').encode())
    with pytest.raises(UnreadableFile, match="cannot be read from row"):
        list(source.chunks())


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_random_bytes_are_read_or_refused_and_nothing_else(content):
    _read_or_refuse(content)


@given(
    st.sampled_from(["csv", "excel", "parquet"]), st.integers(0, 10_000), st.binary(min_size=1, max_size=8)
)
@settings(max_examples=60, deadline=None)
def test_a_file_with_overwritten_bytes_is_read_or_refused_and_nothing_else(kind, at, damage):
    whole = {
        "csv": CSV.encode() * 3,
        "excel": workbook([["id", "mode"], ["S1", "road"]]),
        "parquet": parquet(pd.DataFrame({"id": ["a", "b"], "weight": [1.0, 2.0]})),
    }[kind]
    at %= len(whole)
    _read_or_refuse(whole[:at] + damage + whole[at + len(damage) :])


def _read_or_refuse(content: bytes) -> None:
    try:
        source = open_source(content)
        found = [list(chunk.frame.columns) for chunk in source.chunks()]
    except UnreadableFile as refused:
        assert str(refused)
    else:
        assert all(columns == list(source.columns) for columns in found)
