"""Scoring runs on both engines: what they write, what they leave alone, and that runs never get mixed up."""

from __future__ import annotations

import threading

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analytics import OverviewAnalytics
from data_access import Filters, Scope, schema
from ingestion import import_file, list_batches, undo_import
from ingestion.scoring import current_rate, is_stale, owed, score_all, score_new
from tests.findings import blind, heavy, set_status, statuses, table
from tests.legs import put

HEADER = "shipment_id,departed_at,supplier_id,mode,vehicle_class,weight_kg,distance_km,origin,destination\n"
NOTHING_OPEN: dict = {}


def bring(store, *rows: tuple[str, float]) -> str:
    """Import trucks Hamburg-Vienna with these ids and weights."""
    lines = "".join(
        f'{shipment},2025-03-10,Acme,road,articulated >33 t,{kg},850,"Hamburg, DE","Vienna, AT"\n'
        for shipment, kg in rows
    )
    return import_file(store, (HEADER + lines).encode()).batch_id


def many(prefix: str, number: int) -> list[tuple[str, float]]:
    return [(f"{prefix}{i}", 12_000 + i) for i in range(number)]


def test_what_the_detector_finds_is_open_and_counts_as_flagged(store):
    bring(store, ("A", 12_000), ("B", 120_000))
    done = score_all(store, user="ann", scorer=heavy)
    assert (done.legs, done.found, done.whole, done.scored_by) == (2, 1, True, "ann")
    found = table(store, "anomalies")
    row = found[found["kind"] == "weight_in_lb"].iloc[0]
    assert (row["shipment_id"], row["status"], row["found_by"]) == ("B", "open", "score")
    # 120 t x 850 km x 0.09502 kg/tkm (DESNZ 2025), of which nine tenths are too much
    assert row["at_stake_kg"] == pytest.approx(9_692.04 * 0.9)
    assert (row["fix_column"], row["fix_value"], row["scoring_id"]) == (
        "weight_kg", "12000.0", done.scoring_id,
    )  # fmt: skip
    assert OverviewAnalytics(store).totals(Filters(), Scope.all()).flagged_legs == 1
    assert list_batches(store)["scoring_id"].tolist() == [done.scoring_id]
    assert len(table(store, "scorings")) == 1


def test_scoring_unchanged_data_again_changes_no_finding(store):
    bring(store, ("A", 12_000), ("B", 120_000), ("C", 55_000))
    score_all(store, scorer=heavy)
    before = table(store, "anomalies")
    score_all(store, scorer=heavy)
    assert_frame_equal(table(store, "anomalies"), before)


def test_the_detector_replaces_the_rule_that_it_explains_better_and_gives_it_back(store):
    bring(store, ("B", 120_000))
    as_imported = table(store, "anomalies")
    assert statuses(store) == {("B", 1, "too_heavy"): "open"}
    score_all(store, scorer=heavy)
    assert statuses(store) == {("B", 1, "weight_in_lb"): "open"}
    score_all(store, scorer=blind)
    assert statuses(store) == {("B", 1, "too_heavy"): "open"}
    back = table(store, "anomalies")
    # The import's time is the date of a rule, to the moment that its batch was written.
    assert (back["found_at"] - as_imported["found_at"]).abs().max() < pd.Timedelta(seconds=10)
    assert_frame_equal(back.drop(columns="found_at"), as_imported.drop(columns="found_at"))


def test_a_finding_that_is_no_longer_one_goes(store):
    bring(store, ("B", 120_000))
    score_all(store, scorer=heavy)
    score_all(store, scorer=blind)
    assert ("B", 1, "weight_in_lb") not in statuses(store)


@pytest.mark.parametrize("decision", ["confirmed", "fixed", "dismissed"])
def test_decisions_outlive_every_scoring(store, decision):
    bring(store, ("B", 120_000))
    score_all(store, scorer=heavy)
    set_status(store, "B", "weight_in_lb", decision)
    decided = table(store, "anomalies")
    score_all(store, scorer=heavy)
    now = table(store, "anomalies")
    assert_frame_equal(now[now["kind"] == "weight_in_lb"].reset_index(drop=True), decided)


def test_a_dismissed_pattern_does_not_return_under_another_name(store):
    bring(store, ("B", 120_000))
    score_all(store, scorer=heavy)
    set_status(store, "B", "weight_in_lb", "dismissed")
    for kind in ("unusual_weight", "tonnes_as_kg"):
        score_all(store, scorer=lambda legs, kind=kind, **rest: heavy(legs, kind=kind, **rest))
    score_all(store, scorer=blind)  # nor as the rule of the import
    assert statuses(store) == {("B", 1, "weight_in_lb"): "dismissed"}
    score_all(store, scorer=lambda legs, **rest: heavy(legs, kind="unusual_intensity", **rest))
    assert statuses(store)["B", 1, "unusual_intensity"] == "open", "another matter altogether"


def test_a_dismissed_rule_keeps_the_detector_quiet_about_the_same_column(store):
    bring(store, ("B", 120_000))
    set_status(store, "B", "too_heavy", "dismissed")
    score_all(store, scorer=heavy)
    assert statuses(store) == {("B", 1, "too_heavy"): "dismissed"}


def test_new_imports_are_judged_against_history_and_leave_older_findings_alone(store):
    bring(store, *many("A", 5), ("B", 120_000))
    first = score_all(store, scorer=heavy)
    before = table(store, "anomalies")
    assert owed(store) == 0
    assert score_new(store, scorer=heavy) is None
    batch = bring(store, ("N", 150_000), ("M", 12_000))
    assert owed(store) == 1
    assert is_stale(store)
    given = {}

    def watching(legs, *, history=None, **rest):
        given.update(legs=set(legs["shipment_id"]), history=set(history["shipment_id"]))
        return heavy(legs, history=history, **rest)

    done = score_new(store, scorer=watching)
    assert (done.whole, done.legs, done.found) == (False, 2, 1)
    assert given == {"legs": {"N", "M"}, "history": {"A0", "A1", "A2", "A3", "A4", "B"}}
    assert statuses(store) == {("B", 1, "weight_in_lb"): "open", ("N", 1, "weight_in_lb"): "open"}
    now = table(store, "anomalies")
    assert_frame_equal(now[now["shipment_id"] == "B"].reset_index(drop=True), before)
    marks = list_batches(store).set_index("batch_id")["scoring_id"]
    assert marks[batch] == done.scoring_id
    assert set(marks) == {first.scoring_id, done.scoring_id}
    assert owed(store) == 0


def test_the_first_scoring_and_one_that_new_legs_outweigh_judge_all(store):
    bring(store, *many("A", 3))
    assert score_new(store, scorer=heavy).whole
    bring(store, *many("B", 10))
    assert score_new(store, scorer=heavy).whole


def test_a_rate_that_was_chosen_stays_until_another_is(store):
    bring(store, ("B", 120_000))
    default = current_rate(store)
    score_all(store, scorer=heavy)
    assert current_rate(store) == default
    assert not is_stale(store)
    assert score_all(store, false_discovery_rate=0.2, scorer=heavy).false_discovery_rate == 0.2
    assert current_rate(store) == 0.2
    assert score_all(store, scorer=heavy).false_discovery_rate == 0.2
    assert score_all(store, false_discovery_rate=0.1, scorer=heavy).false_discovery_rate == 0.1
    assert current_rate(store) == 0.1


def test_legs_that_vanish_while_they_are_scored_leave_no_findings(store):
    bring(store, ("A", 12_000), ("B", 120_000))
    gone = bring(store, ("C", 120_000))

    def slow(legs, **rest):
        undo_import(store, gone)
        return heavy(legs, **rest)

    score_all(store, scorer=slow)
    assert statuses(store) == {("B", 1, "weight_in_lb"): "open"}


def test_legs_that_change_while_they_are_scored_are_not_judged_by_what_they_were(store):
    bring(store, ("B", 120_000))

    def slow(legs, **rest):
        change = schema.legs.update().values(weight_kg=12_000.0)
        store.transact(lambda tx: tx.execute(change))
        return heavy(legs, **rest)

    score_all(store, scorer=slow)
    assert ("B", 1, "weight_in_lb") not in statuses(store)


def test_an_import_during_a_scoring_stays_owed_and_keeps_its_flags(store):
    bring(store, ("A", 12_000))

    def slow(legs, **rest):
        bring(store, ("N", 130_000))
        return heavy(legs, **rest)

    score_all(store, scorer=slow)
    assert owed(store) == 1
    assert statuses(store) == {("N", 1, "too_heavy"): "open"}
    score_all(store, scorer=heavy)
    assert statuses(store) == {("N", 1, "weight_in_lb"): "open"}


def test_a_slow_run_does_not_overwrite_one_that_saw_later_data(store):
    bring(store, ("A", 12_000))
    inner = []

    def slow(legs, **rest):
        if not inner:
            bring(store, ("N", 130_000))
            inner.append(None)
            inner[0] = score_all(store, scorer=heavy)
        return heavy(legs, **rest)

    assert score_all(store, scorer=slow) == inner[0]
    assert statuses(store) == {("N", 1, "weight_in_lb"): "open"}
    assert len(table(store, "scorings")) == 1
    assert owed(store) == 0


def test_two_scorers_at_once_leave_one_consistent_result(store):
    bring(store, *many("A", 20), ("B", 120_000), ("C", 130_000))
    score_all(store, scorer=blind)
    bring(store, ("D", 140_000))
    together = threading.Barrier(2, timeout=20)

    def meeting(legs, **rest):
        together.wait()
        return heavy(legs, **rest)

    problems = []

    def run(way):
        try:
            way(store, scorer=meeting)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=run, args=(way,)) for way in (score_all, score_new)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert statuses(store) == {(one, 1, "weight_in_lb"): "open" for one in "BCD"}
    assert owed(store) == 0


def test_a_failing_detector_writes_nothing(store):
    bring(store, ("B", 120_000))
    before, version = table(store, "anomalies"), store.version

    def broken(legs, **rest):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        score_all(store, scorer=broken)
    assert store.version == version
    assert_frame_equal(table(store, "anomalies"), before)


def test_the_usual_transit_time_is_the_median_of_at_least_five_arrived_legs(store):
    hours = [20, 22, 24, 30, 90]
    there = [
        {
            "departed_at": "2025-03-10 00:00",
            "arrived_at": pd.Timestamp("2025-03-10") + pd.Timedelta(hours=one),
        }
        for one in hours
    ]
    other = [{**one, "destination": "Lyon, FR"} for one in there[:4]]
    put(store, *there, *other, {"arrived_at": None, "departed_at": "2025-03-10 00:00"})
    score_all(store, scorer=blind)
    usual = table(store, "lane_usual")
    assert usual[["origin", "destination", "mode", "legs", "transit_hours"]].to_dict("records") == [
        {
            "origin": "Hamburg, DE",
            "destination": "Vienna, AT",
            "mode": "road",
            "legs": 5,
            "transit_hours": 24.0,
        }
    ]
    score_all(store, scorer=blind)
    assert_frame_equal(table(store, "lane_usual"), usual)


def test_an_empty_warehouse_is_scored_without_a_finding(store):
    assert score_new(store) is None
    done = score_all(store)
    assert (done.legs, done.found) == (0, 0)
    assert table(store, "anomalies").empty


def test_an_import_whose_legs_are_all_gone_is_not_owed_for_ever(store):
    bring(store, *many("A", 5))
    score_all(store, scorer=heavy)
    bring(store, ("N", 12_000))
    gone = schema.legs.delete().where(schema.legs.c.shipment_id == "N")
    store.transact(lambda tx: tx.execute(gone))
    done = score_new(store)
    assert (done.legs, done.found, owed(store)) == (0, 0, 0)


def test_progress_goes_from_reading_to_done(duckdb_store):
    bring(duckdb_store, ("A", 12_000))
    seen = []
    score_all(duckdb_store, scorer=heavy, progress=lambda fraction, text: seen.append((fraction, text)))
    assert [fraction for fraction, _ in seen] == sorted(fraction for fraction, _ in seen)
    assert seen[-1] == (1.0, "Done")


def test_the_real_detector_finds_tonnes_written_as_kg(store):
    """Two hundred trucks of 9 to 15 t, and one whose 12 t were entered as 12 kg."""
    bring(store, *[(f"A{i}", 9_000 + 30 * i) for i in range(200)], ("T", 12.0))
    score_all(store)
    found = table(store, "anomalies")
    row = found[found["shipment_id"] == "T"].iloc[0]
    assert (row["kind"], row["fix_column"], float(row["fix_value"])) == (
        "tonnes_as_kg", "weight_kg", 12_000.0,
    )  # fmt: skip
    bring(store, ("U", 11.0))
    done = score_new(store)
    assert not done.whole
    assert statuses(store)["U", 1, "tonnes_as_kg"] == "open"
