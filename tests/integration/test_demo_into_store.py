"""The demo in the warehouse: written once, whole or not at all, and undone like any import."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, select

from data_access import Store, schema
from ingestion import demo, undo_import
from ingestion.demo import filling
from ingestion.demo.__main__ import main

UNTIL = date(2026, 11, 21)
KEY = ["shipment_id", "leg_no"]


def _count(store: Store, table: object) -> int:
    return int(store.frame(select(func.count().label("n")).select_from(table))["n"].iloc[0])


def test_filling_writes_legs_suppliers_labels_flags_and_one_batch(store: Store) -> None:
    seen: list[tuple[int, int]] = []
    report = demo.fill(store, 2_500, until=UNTIL, progress=lambda done, total: seen.append((done, total)))
    batch = store.frame(select(schema.import_batches))
    assert batch["kind"].tolist() == ["demo"]
    assert batch["rows_accepted"].tolist() == [report.legs] == [_count(store, schema.legs)]
    assert _count(store, schema.suppliers) == 60
    flags = store.frame(select(schema.leg_flags))
    assert batch["rows_flagged"].iloc[0] == len(flags.drop_duplicates(KEY)) > 0
    written = store.frame(select(schema.legs))
    assert set(written["batch_id"]) == {report.batch_id} == set(flags["batch_id"])
    assert written["shipment_id"].nunique() == report.shipments == 2_500
    assert seen[-1] == (2_500, 2_500)
    labels = store.frame(select(schema.demo_labels))
    assert len(labels.merge(written, on=KEY)) == len(labels) > 0
    assert report.sound


def test_the_store_holds_what_generate_gives(duckdb_store: Store) -> None:
    demo.fill(duckdb_store, 2_000, seed=11, until=UNTIL)
    legs = pd.concat([batch.legs for batch in demo.generate(2_000, seed=11, until=UNTIL)])
    written = duckdb_store.frame(select(schema.legs))
    both = legs.merge(written, on=KEY, suffixes=("", "_written"))
    assert len(both) == len(legs) == len(written)
    for column in ("wtw_kg", "distance_km", "departed_at", "mode"):
        assert (both[column] == both[f"{column}_written"]).all(), column


def test_a_second_run_changes_nothing(store: Store) -> None:
    demo.fill(store, 500, until=UNTIL)
    before = store.version
    with pytest.raises(demo.DemoPresent, match="holds demo data already"):
        demo.fill(store, 500, seed=8, until=UNTIL)
    assert store.version == before
    assert _count(store, schema.import_batches) == 1


def test_undoing_the_demo_removes_it_and_makes_room_for_another(duckdb_store: Store) -> None:
    report = demo.fill(duckdb_store, 500, until=UNTIL)
    assert undo_import(duckdb_store, report.batch_id) == report.legs
    for table in (schema.legs, schema.leg_flags, schema.demo_labels, schema.import_batches):
        assert _count(duckdb_store, table) == 0
    assert demo.fill(duckdb_store, 500, seed=8, until=UNTIL).shipments == 500


def test_unsound_data_is_not_written(duckdb_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    full, before = demo.suppliers_frame(), duckdb_store.version
    monkeypatch.setattr(filling, "suppliers_frame", lambda _seed=7: full.iloc[1:])
    with pytest.raises(demo.UnsoundDemo, match="suppliers are known") as raised:
        demo.fill(duckdb_store, 2_000, until=UNTIL)
    assert [check.name for check in raised.value.report.checks if not check.holds] == ["suppliers are known"]
    assert duckdb_store.version == before
    assert _count(duckdb_store, schema.legs) == 0


def test_trucks_over_an_ocean_are_flagged_and_plain_legs_are_not(duckdb_store: Store) -> None:
    demo.fill(duckdb_store, 20_000, until=UNTIL)
    flags, labels = (duckdb_store.frame(select(table)) for table in (schema.leg_flags, schema.demo_labels))
    legs = duckdb_store.frame(select(schema.legs.c.shipment_id, schema.legs.c.leg_no, schema.legs.c.mode))
    trucks = labels[labels["kind"] == "impossible_mode"].merge(legs[legs["mode"] == "road"], on=KEY)
    flagged = set(flags.loc[flags["kind"] == "road_over_ocean", "shipment_id"])
    assert len(trucks) > 3
    assert set(trucks["shipment_id"]) == flagged
    plain = flags[~flags["shipment_id"].isin(labels["shipment_id"])]
    assert len(plain) < 0.0005 * len(legs)


def test_the_command_fills_and_then_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--shipments", "2500", "--seed", "7", "--until", "2026-11-21"]
    arguments += ["--database", f"duckdb:///{tmp_path}/warehouse.duckdb"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "Distribution" in shown
    assert "inland_waterway" in shown
    assert "broken" not in shown
    assert main(arguments) == 1
    assert "holds demo data already" in capsys.readouterr().err
