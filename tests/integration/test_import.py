"""The import on both engines: what goes in, what is set aside and why, and that nothing is ever half-done."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from analytics import OverviewAnalytics
from data_access import Filters, Scope, schema
from ingestion import import_file, list_batches, rejected_of, undo_import
from ingestion.errors import ImportCancelled, UnknownBatch, UnknownPlace, UnreadableFile, UnusableMapping

HEADER = "shipment_id,departed_at,supplier_id,mode,vehicle_class,weight_kg,distance_km\n"
GOOD = "A1,2025-03-10,Acme,road,articulated >33 t,12000,850\n"


def csv(*lines: str, header: str = HEADER) -> bytes:
    return (header + "".join(line if line.endswith("\n") else line + "\n" for line in lines)).encode()


def legs_in(store) -> pd.DataFrame:
    return store.frame(select(schema.legs).order_by(schema.legs.c.shipment_id, schema.legs.c.leg_no))


def problems(result) -> str:
    return " | ".join(result.rejected["problem"])


def test_a_truck_leg_arrives_with_its_emission(store):
    result = import_file(store, csv(GOOD), user="ann")
    assert (result.rows_read, result.rows_accepted, result.rows_rejected, result.rows_duplicate) == (
        1,
        1,
        0,
        0,
    )
    leg = legs_in(store).iloc[0]
    # 12 t x 850 km x 0.09502 kg/tkm (DESNZ 2025)
    assert leg["wtw_kg"] == pytest.approx(969.204)
    assert result.wtw_kg == pytest.approx(969.204)
    assert result.suppliers == 1
    assert leg["batch_id"] == result.batch_id
    assert store.frame(select(schema.suppliers))["name"].tolist() == ["Acme"]
    batch = list_batches(store).iloc[0]
    assert (batch["imported_by"], batch["rows_accepted"], batch["factor_set"]) == ("ann", 1, "DESNZ 2025")


def test_the_overview_shows_what_was_imported(store):
    import_file(store, csv(GOOD))
    assert OverviewAnalytics(store).totals(Filters(), Scope.all()).wtw_kg == pytest.approx(969.204)


def test_the_same_file_twice_adds_nothing_and_changes_no_version(store):
    file = csv(GOOD, GOOD.replace("A1", "A2"))
    import_file(store, file)
    version = store.version
    again = import_file(store, file)
    assert (again.rows_read, again.rows_accepted, again.rows_duplicate, again.rows_rejected) == (2, 0, 2, 0)
    assert again.batch_id is None
    assert store.version == version
    assert len(list_batches(store)) == 1


def test_new_rows_of_a_grown_file_go_in(store):
    import_file(store, csv(GOOD))
    grown = import_file(store, csv(GOOD, GOOD.replace("A1", "A2")))
    assert (grown.rows_accepted, grown.rows_duplicate) == (1, 1)


def test_a_row_repeated_within_a_file_goes_in_once(store):
    result = import_file(store, csv(GOOD, GOOD))
    assert (result.rows_accepted, result.rows_duplicate) == (1, 1)


def test_another_row_under_a_taken_id_is_set_aside_and_the_first_one_stays(store):
    import_file(store, csv(GOOD))
    result = import_file(
        store, csv(GOOD.replace("12000", "9000"), GOOD.replace("A1", "B").replace("12000", "1"))
    )
    assert (result.rows_accepted, result.rows_rejected) == (1, 1)
    assert "is there already with other values" in problems(result)
    assert legs_in(store)["weight_kg"].tolist() == [12_000.0, 1.0]


def test_two_different_rows_with_one_id_in_a_file_are_not_merged(store):
    result = import_file(store, csv(GOOD, GOOD.replace("12000", "9000")))
    assert (result.rows_accepted, result.rows_rejected) == (1, 1)
    assert result.rejected["row_number"].tolist() == [3]


def test_legs_of_a_chain_share_their_shipment(store):
    header = "shipment_id,leg_no,departed_at,supplier_id,mode,weight_kg,distance_km,hub_kg_per_t\n"
    result = import_file(
        store,
        csv(
            "C1,1,2025-03-10,Acme,road,1000,100,",
            "C1,2,2025-03-11,Acme,hub,1000,,1.2",
            "C1,3,2025-03-12,Acme,sea,1000,9000,",
            header=header,
        ),
    )
    assert result.rows_accepted == 3
    legs = legs_in(store)
    assert legs["leg_no"].tolist() == [1, 2, 3]
    assert legs["distance_km"].tolist() == [100, 0, 9000]
    assert legs["wtw_kg"].iloc[1] == pytest.approx(1.2)
    assert OverviewAnalytics(store).totals(Filters(), Scope.all()).shipments == 1


def test_a_hub_leg_without_intensity_is_set_aside_with_what_to_give(store):
    result = import_file(store, csv("H1,2025-03-10,Acme,hub,,1000,0"))
    assert result.rows_rejected == 1
    assert "hub_kg_per_t" in problems(result)


@pytest.mark.parametrize(
    "weight", ["0", "-5", "NaN", "inf", "-inf", "", "heavy", "See ASN-93 (ID#:1281)", "1200,5"]
)
def test_weights_that_are_none_do_not_pass(duckdb_store, weight):
    cell = f'"{weight}"' if "," in weight else weight
    result = import_file(duckdb_store, csv(f"W1,2025-03-10,Acme,road,,{cell},850", GOOD))
    assert (result.rows_accepted, result.rows_rejected) == (1, 1)
    first = result.rejected.iloc[0]
    assert (first["row_number"], first["column"]) == (2, "weight_kg")


def test_a_decimal_comma_counts_only_when_it_was_chosen(duckdb_store):
    header = HEADER.replace(",", ";")
    line = "D1;2025-03-10;Acme;road;;1200,5;850\n"
    assert import_file(duckdb_store, (header + line).encode()).rows_accepted == 0
    result = import_file(duckdb_store, (header + line).encode(), decimal=",")
    assert result.rows_accepted == 1
    assert legs_in(duckdb_store)["weight_kg"].tolist() == [1200.5]


def test_a_date_that_could_be_two_days_is_not_guessed(duckdb_store):
    line = GOOD.replace("2025-03-10", "01/02/2025")
    result = import_file(duckdb_store, csv(line))
    assert result.rows_accepted == 0
    assert result.rejected["column"].tolist() == ["departed_at"]
    chosen = import_file(duckdb_store, csv(line), date_order="dmy")
    assert chosen.rows_accepted == 1
    assert legs_in(duckdb_store)["departed_at"].iloc[0] == pd.Timestamp("2025-02-01")


def test_a_column_that_shows_its_order_is_read_in_it(duckdb_store):
    lines = [
        GOOD.replace("2025-03-10", "01/02/2025"),
        GOOD.replace("A1", "A2").replace("2025-03-10", "25/02/2025"),
    ]
    assert import_file(duckdb_store, csv(*lines)).rows_accepted == 2
    assert legs_in(duckdb_store)["departed_at"].tolist() == [
        pd.Timestamp("2025-02-01"),
        pd.Timestamp("2025-02-25"),
    ]


def test_future_and_ancient_dates_go_in_with_a_flag(store):
    lines = [GOOD.replace("2025", "2099"), GOOD.replace("A1", "A2").replace("2025", "1925")]
    result = import_file(store, csv(*lines))
    assert (result.rows_accepted, result.rows_flagged) == (2, 2)
    assert set(result.flagged["kind"]) == {"future_date", "ancient_date"}
    found = OverviewAnalytics(store).totals(Filters(anomalies_only=True), Scope.all())
    assert found.legs == 2


def test_every_row_is_accepted_rejected_or_duplicate(store):
    lines = [GOOD, GOOD, "B,2025-13-45,Acme,road,,1,1", "C,2025-01-01,Acme,teleport,,1,1", "D,2025-01-01", ""]
    result = import_file(store, csv(*lines))
    assert result.rows_read == 5
    assert result.rows_read == result.rows_accepted + result.rows_rejected + result.rows_duplicate
    assert set(result.rejected["row_number"]) == {4, 5, 6}
    pd.testing.assert_frame_equal(
        rejected_of(store, result.batch_id),
        result.rejected.astype({"row_number": "int64"}),
        check_dtype=False,
    )


def test_a_reported_emission_wins_and_is_primary(store):
    header = HEADER.replace("distance_km", "distance_km,wtw_kg")
    import_file(store, csv(GOOD.replace("850", "850,1000"), header=header))
    leg = legs_in(store).iloc[0]
    assert (leg["wtw_kg"], leg["reported_kg"], leg["data_type"]) == (1000.0, 1000.0, "primary")
    assert leg["calculated_kg"] == pytest.approx(969.204)


PLACES = "shipment_id,departed_at,supplier_id,mode,weight_kg,origin,destination\n"


def test_a_leg_without_distance_gets_one_from_its_places(store):
    result = import_file(
        store, csv('P1,2025-03-10,Acme,road,1000,"Hamburg, Germany","Vienna, Austria"', header=PLACES)
    )
    assert result.rows_accepted == 1
    leg = legs_in(store).iloc[0]
    # great circle Hamburg-Vienna 743 km x 1.2
    assert leg["distance_km"] == pytest.approx(743 * 1.2, rel=0.01)
    assert (leg["distance_basis"], leg["distance_source"]) == ("sfd", "places")
    assert (leg["origin_country"], leg["destination_country"]) == ("DE", "AT")


def test_an_unknown_place_is_listed_and_an_alias_resolves_and_is_remembered(store):
    line = 'U{},2025-03-10,Acme,air,100,"Alere Medical Co., Ltd.","Lagos, Nigeria"'
    first = import_file(store, csv(line.format(1), line.format(2), header=PLACES))
    assert (first.rows_accepted, first.rows_rejected) == (0, 2)
    assert first.unresolved[["name", "rows"]].values.tolist() == [["Alere Medical Co., Ltd.", 2]]
    assert first.batch_id is None
    answered = import_file(
        store,
        csv(line.format(1), header=PLACES),
        aliases={"Alere Medical Co., Ltd.": "Waltham, US"},
        user="ann",
    )
    assert answered.rows_accepted == 1
    later = import_file(store, csv(line.format(3), header=PLACES))
    assert later.rows_accepted == 1
    assert set(legs_in(store)["origin_country"]) == {"US"}


def test_an_alias_that_leads_nowhere_is_refused_before_anything_happens(store):
    version = store.version
    with pytest.raises(UnknownPlace, match=r"Qwrtz.*city, country"):
        import_file(store, csv(GOOD), aliases={"Alere": "Qwrtz"})
    assert store.version == version


def test_a_reported_distance_needs_no_known_places(store):
    header = PLACES.replace("destination", "destination,distance_km")
    result = import_file(store, csv("R1,2025-03-10,Acme,road,1000,Depot X,Depot Y,120", header=header))
    assert result.rows_accepted == 1
    leg = legs_in(store).iloc[0]
    assert (leg["origin"], leg["distance_km"], leg["distance_source"]) == ("Depot X", 120.0, "reported")


def test_two_ends_known_only_as_one_country_are_not_called_zero_kilometres(store):
    result = import_file(store, csv("Z1,2025-03-10,Acme,road,1000,South Africa,South Africa", header=PLACES))
    assert result.rows_accepted == 0
    assert "same country" in problems(result)


def test_a_truck_over_an_ocean_goes_in_flagged(store):
    line = 'O1,2025-03-10,Acme,Truck,1000,"Hyderabad, India","Lagos, Nigeria"'
    result = import_file(store, csv(line, header=PLACES))
    assert (result.rows_accepted, result.rows_flagged) == (1, 1)
    assert "road_over_ocean" in set(result.flagged["kind"])


def test_undoing_an_import_removes_exactly_its_rows(store):
    import_file(store, csv(GOOD))
    before = legs_in(store)
    second = import_file(store, csv(GOOD.replace("A1", "A2").replace("2025", "2099"), "bad,row"))
    assert undo_import(store, second.batch_id) == 1
    pd.testing.assert_frame_equal(legs_in(store), before)
    for table in (schema.leg_flags, schema.anomalies, schema.rejected_rows):
        assert store.frame(select(func.count().label("n")).select_from(table))["n"].iloc[0] == 0
    with pytest.raises(UnknownBatch, match="undone already"):
        undo_import(store, second.batch_id)
    assert import_file(store, csv(GOOD.replace("A1", "A2"))).rows_accepted == 1


def test_progress_rises_to_one(duckdb_store):
    seen = []
    import_file(duckdb_store, csv(GOOD), progress=lambda fraction, text: seen.append((fraction, text)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert "1 row" in seen[-1][1]


def test_a_cancelled_import_leaves_nothing(store):
    version = store.version

    def stop(_fraction, _text):
        raise ImportCancelled("stopped")

    with pytest.raises(ImportCancelled):
        import_file(store, csv(GOOD), progress=stop)
    assert store.version == version
    assert legs_in(store).empty
    assert store.frame(select(schema.suppliers)).empty


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "."),
        (b"shipment_id,shipment_id\n1,2\n", "shipment_id"),
        (b"1,2,3\n4,5,6\n", "header"),
        ((",".join(f"c{n}" for n in range(20_000)) + "\n").encode(), "columns"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(duckdb_store, content, sentence):
    version = duckdb_store.version
    with pytest.raises(UnreadableFile, match=sentence):
        import_file(duckdb_store, content)
    assert duckdb_store.version == version


def test_missing_columns_are_named(duckdb_store):
    with pytest.raises(UnusableMapping, match="weight_kg"):
        import_file(
            duckdb_store, b"shipment_id,departed_at,supplier_id,mode,distance_km\n1,2025-01-01,A,road,5\n"
        )


def test_a_weight_in_pounds_is_not_taken_for_kilograms(duckdb_store):
    header = HEADER.replace("weight_kg", "Weight (lb)")
    with pytest.raises(UnusableMapping, match=r"(?s)weight_kg.*Weight \(lb\).*convert"):
        import_file(duckdb_store, csv(GOOD, header=header))


def test_a_weight_without_unit_is_taken_as_kilograms_and_that_is_said(duckdb_store):
    result = import_file(duckdb_store, csv(GOOD, header=HEADER.replace("weight_kg", "Weight")))
    assert result.rows_accepted == 1
    assert any("names no unit and is taken to be in kg" in note for note in result.notes)


def test_excel_and_parquet_give_the_same_legs_as_csv(duckdb_store, tmp_path):
    frame = pd.read_csv(io.BytesIO(csv(GOOD, GOOD.replace("A1", "A2"))), parse_dates=["departed_at"])
    frame.to_parquet(tmp_path / "legs.parquet")
    assert import_file(duckdb_store, tmp_path / "legs.parquet").rows_accepted == 2
    again = import_file(duckdb_store, csv(GOOD, GOOD.replace("A1", "A2")))
    assert again.rows_duplicate == 2


def test_a_mapping_of_ones_own_wins(duckdb_store):
    header = "nr,day,who,how,vehicle_class,kilos,km\n"
    mapping = {
        "shipment_id": "nr", "departed_at": "day", "supplier_id": "who", "mode": "how",
        "weight_kg": "kilos", "distance_km": "km", "vehicle_class": "vehicle_class",
    }  # fmt: skip
    assert import_file(duckdb_store, csv(GOOD, header=header), mapping=mapping).rows_accepted == 1


def test_rows_beyond_one_chunk_are_all_there_and_duplicates_across_chunks_are_found(
    duckdb_store, monkeypatch
):
    from ingestion.reading import sources

    monkeypatch.setattr(sources, "CHUNK_ROWS", 100)
    lines = [GOOD.replace("A1", f"A{n}") for n in range(250)]
    result = import_file(duckdb_store, csv(*lines, *lines[:30]))
    assert (result.rows_accepted, result.rows_duplicate) == (250, 30)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=12), min_size=7, max_size=7))
def test_no_cell_however_strange_breaks_the_import(duckdb_store, cells):
    import csv as csv_module

    out = io.StringIO()
    csv_module.writer(out).writerows([HEADER.strip().split(","), cells, GOOD.strip().split(",")])
    try:
        result = import_file(duckdb_store, out.getvalue().encode("utf-8", "replace"))
    except UnreadableFile:
        return
    assert result.rows_read == result.rows_accepted + result.rows_rejected + result.rows_duplicate
    if result.batch_id:
        undo_import(duckdb_store, result.batch_id)
