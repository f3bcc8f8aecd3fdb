"""One-click fixes on both engines: the figures they lead to, worked out by hand, and that undo is exact."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from access import audit
from analytics import OverviewAnalytics
from analytics.emissions import load_factors
from analytics.repairs import recalculated
from data_access import Filters, Scope, schema
from data_access.app_database import AppDatabase
from ingestion import import_file, undo_import
from ingestion.corrections import FixRefused, apply, apply_many, preview, preview_many, undo
from ingestion.flagging import write_flags
from ingestion.scoring import score_all
from ingestion.triage import AnomalyKey, DecisionRefused, decide
from tests.findings import ANALYST, CARRIER, VIEWER, heavy, set_status, statuses, table
from tests.legs import legs_of, put

EVERYONE = Scope.all()
LB = AnomalyKey("S1", 1, "weight_in_lb")
# kg CO2e per tonne-km, well to wheel, of an articulated lorry above 33 t (DESNZ 2025)
ARTIC = 0.09502
STATE = ("legs", "leg_flags", "anomalies", "original_legs")


@pytest.fixture
def app(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as opened:
        yield opened


def state(store) -> dict[str, pd.DataFrame]:
    return {name: table(store, name) for name in STATE}


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    for name in STATE:
        assert_frame_equal(one[name], other[name])


def total_kg(store) -> float:
    return OverviewAnalytics(store).totals(Filters(), EVERYONE).wtw_kg


def say(
    store, shipment_id: str, kind: str, column: str | None, repair: str | None, *, leg_no: int = 1, **more
) -> AnomalyKey:
    """An open finding with a repair, as the detector would write it."""
    row = {
        "shipment_id": shipment_id, "leg_no": leg_no, "kind": kind, "found_by": "score", "score": 0.9,
        "reason": "test", "at_stake_kg": 1.0, "fix_column": column, "fix_value": repair, "status": "open",
        "column_name": {"remove": "shipment_id"}.get(column, column),
        "found_at": pd.Timestamp("2025-04-01"), "batch_id": "batch", **more,
    }  # fmt: skip
    store.transact(lambda tx: tx.append(schema.anomalies, pd.DataFrame([row])))
    return AnomalyKey(shipment_id, leg_no, kind)


def test_a_weight_is_put_right_and_the_total_changes_by_just_that(store, app):
    put(store, {"weight_kg": 120_000.0}, {})
    score_all(store, scorer=heavy)
    before = total_kg(store)
    shown = preview(store, EVERYONE, LB)
    # 120 t, then 12 t, x 850 km
    assert (shown.before_kg, shown.after_kg) == (
        pytest.approx(120 * 850 * ARTIC), pytest.approx(12 * 850 * ARTIC),
    )  # fmt: skip
    assert (shown.column, shown.old_value, shown.new_value) == ("weight_kg", "120000.0", "12000.0")
    done = apply(store, LB, user=ANALYST, audit_db=app)
    assert (done.before_kg, done.after_kg, done.legs) == (shown.before_kg, shown.after_kg, 1)
    assert total_kg(store) - before == pytest.approx(done.after_kg - done.before_kg)
    leg = table(store, "legs").set_index("shipment_id").loc["S1"]
    assert leg["weight_kg"] == 12_000.0
    assert leg["tonne_km"] == pytest.approx(12 * 850)
    assert leg["low_kg"] < leg["wtw_kg"] == pytest.approx(leg["ttw_kg"] + leg["wtt_kg"])
    row = table(store, "anomalies").iloc[0]
    assert (row["status"], row["decided_by"]) == ("fixed", "ann@example.com")
    entry = audit.entries(app).iloc[0]
    assert (entry["action"], entry["target"]) == ("fixed_anomaly", "S1/1")
    assert entry["details"]["change_kg"] == pytest.approx(-108 * 850 * ARTIC, abs=1e-3)


def test_undo_restores_legs_flags_and_findings_exactly(store, app):
    put(store, {"weight_kg": 120_000.0, "cost": 12.5, "arrived_at": pd.Timestamp("2025-03-12")}, {})
    score_all(store, scorer=heavy)
    before = state(store)
    done = apply(store, LB, user=ANALYST, audit_db=app)
    with pytest.raises(AssertionError):
        same(state(store), before)
    undo(store, done.correction_id, user=ANALYST, audit_db=app)
    same(state(store), before)
    row = table(store, "corrections").iloc[0]
    assert row["undone_by"] == "ann@example.com"
    assert audit.entries(app)["action"].tolist() == ["undid_fix", "fixed_anomaly"]


def test_undo_is_exact_after_scoring_again_too(store, app):
    put(store, {"weight_kg": 120_000.0}, {"weight_kg": 150_000.0}, {})
    score_all(store, scorer=heavy)
    before = state(store)
    done = apply(store, LB, user=ANALYST, audit_db=app)
    score_all(store, scorer=heavy)
    assert statuses(store)[LB] == "fixed"
    undo(store, done.correction_id, user=ANALYST, audit_db=app)
    same(state(store), before)
    score_all(store, scorer=heavy)
    same(state(store), before)


def test_a_rule_that_the_fix_answers_is_fixed_too_and_comes_back_with_undo(store, app):
    file = (
        "shipment_id,departed_at,supplier_id,mode,vehicle_class,weight_kg,distance_km\n"
        "S1,2025-03-10,Acme,road,articulated >33 t,120000,850\n"
    )
    batch = import_file(store, file.encode()).batch_id
    key = say(store, "S1", "weight_in_lb", "weight_kg", "12000.0", batch_id=batch)
    before = state(store)
    assert len(before["leg_flags"]) == 1
    done = apply(store, key, user=ANALYST, audit_db=app)
    assert table(store, "leg_flags").empty
    assert set(statuses(store).values()) == {"fixed"}
    score_all(store, scorer=heavy)
    assert set(statuses(store).values()) == {"fixed"}
    undo(store, done.correction_id, user=ANALYST, audit_db=app)
    same(state(store), before)


def test_a_rule_that_is_still_broken_stays_open_with_the_new_emission(store, app):
    frame = put(store, {"weight_kg": 900_000.0})
    flags = frame[["shipment_id", "leg_no"]].assign(kind="too_heavy", reason="900 t")
    store.transact(lambda tx: write_flags(tx, frame, flags, "batch"))
    key = say(store, "S1", "weight_in_lb", "weight_kg", "90000.0")
    apply(store, key, user=ANALYST, audit_db=app)
    rule = table(store, "anomalies").set_index("kind").loc["too_heavy"]
    assert rule["status"] == "open"
    assert rule["at_stake_kg"] == pytest.approx(90 * 850 * ARTIC)
    assert "90,000 kg" in rule["reason"]


def test_flags_about_dates_stay_as_the_import_found_them(store, app):
    frame = put(store, {"weight_kg": 120_000.0})
    flags = frame[["shipment_id", "leg_no"]].assign(kind="future_date", reason="Departs in 3 days.")
    store.transact(lambda tx: write_flags(tx, frame, flags, "batch"))
    apply(store, say(store, *LB[::2], "weight_kg", "12000.0"), user=ANALYST, audit_db=app)
    assert table(store, "leg_flags")["kind"].tolist() == ["future_date"]
    assert statuses(store)["S1", 1, "future_date"] == "open"


def test_one_weight_holds_for_all_legs_of_a_shipment_that_carry_it(store, app):
    chain = legs_of(
        {"weight_kg": 120_000.0}, {"weight_kg": 120_000.0, "distance_km": 100.0},
        {"weight_kg": 60_000.0}, {"weight_kg": 120_000.0},
    ).assign(shipment_id=["C", "C", "C", "other"], leg_no=[1, 2, 3, 1])  # fmt: skip
    store.transact(lambda tx: tx.append(schema.legs, chain))
    score_all(store, scorer=heavy)
    done = apply(store, AnomalyKey("C", 2, "weight_in_lb"), user=ANALYST, audit_db=app)
    assert done.legs == 2
    assert done.after_kg == pytest.approx(12 * (850 + 100) * ARTIC)
    weights = table(store, "legs").set_index(["shipment_id", "leg_no"])["weight_kg"]
    assert weights.to_dict() == {("C", 1): 12e3, ("C", 2): 12e3, ("C", 3): 60e3, ("other", 1): 120e3}
    assert statuses(store)["C", 1, "weight_in_lb"] == "fixed"
    with pytest.raises(FixRefused, match="fixed already"):
        apply(store, AnomalyKey("C", 1, "weight_in_lb"), user=ANALYST, audit_db=app)


def test_a_carriers_own_figure_stays_when_the_weight_is_put_right(store, app):
    put(store, {"weight_kg": 120_000.0, "wtw_kg": 1_000.0})
    key = say(store, *LB[::2], "weight_kg", "12000.0")
    shown = preview(store, EVERYONE, key)
    assert (shown.before_kg, shown.after_kg) == (1_000.0, 1_000.0)
    assert shown.notes == (
        "The carrier reported 1,000 kg CO2e: that stays, and only the calculated figure beside it changes "
        "from 9,692 to 969 kg CO2e.",
    )
    apply(store, key, user=ANALYST, audit_db=app)
    leg = table(store, "legs").iloc[0]
    assert (leg["wtw_kg"], leg["reported_kg"], leg["data_type"]) == (1_000.0, 1_000.0, "primary")
    assert leg["calculated_kg"] == pytest.approx(12 * 850 * ARTIC)


def test_a_distance_is_put_right_for_its_leg_alone(store, app):
    chain = legs_of({"distance_km": 8_500.0}, {"distance_km": 8_500.0}).assign(shipment_id="C", leg_no=[1, 2])
    store.transact(lambda tx: tx.append(schema.legs, chain))
    done = apply(store, say(store, "C", "distance_typo", "distance_km", "850.0"), user=ANALYST, audit_db=app)
    assert done.after_kg == pytest.approx(12 * 850 * ARTIC)
    assert table(store, "legs")["distance_km"].tolist() == [850.0, 8_500.0]


SEA = {
    "mode": "sea", "vehicle_class": "container ship average", "distance_km": 11_000.0,
    "origin": "Shanghai", "origin_country": "CN", "destination": "Hamburg", "destination_country": "DE",
}  # fmt: skip


@pytest.mark.parametrize(("stated_km", "km"), [(11_900.0, 11_900.0), (850.0, 11_000.0)])
def test_a_mode_takes_class_and_if_needed_distance_from_its_lane(store, app, stated_km, km):
    """8 % off the lane's usual way stays as it was stated, a distance that no ship sails does not."""
    wrong = {**SEA, "mode": "road", "vehicle_class": "articulated >33 t", "distance_km": stated_km}
    put(store, wrong, *[{**SEA, "distance_km": 11_000.0 + step} for step in (-100.0, 0.0, 100.0)])
    key = say(store, "S1", "impossible_mode", "mode", "sea")
    before = state(store)
    shown = preview(store, EVERYONE, key)
    done = apply(store, key, user=ANALYST, audit_db=app)
    leg = table(store, "legs").iloc[0]
    assert (leg["mode"], leg["vehicle_class"], leg["distance_km"]) == ("sea", "container ship average", km)
    factor = load_factors().set_index("factor_id").loc[leg["factor_id"]]
    assert (factor["factor_set"], factor["vehicle_class"]) == ("DESNZ 2025", "container ship average")
    per_tkm = factor["ttw_kg_per_unit"] + factor["wtt_kg_per_unit"]
    assert leg["wtw_kg"] == pytest.approx(12 * km * per_tkm) == pytest.approx(shown.after_kg)
    assert any("Distance" in note for note in shown.notes) == (km != stated_km)
    undo(store, done.correction_id, user=ANALYST, audit_db=app)
    same(state(store), before)


def test_a_mode_without_example_on_its_lane_takes_the_distance_of_its_places(store, app):
    """Shanghai to Hamburg lies 10,000 to 13,000 nautical miles apart by sea, some 20,000 km."""
    at = {"origin_lat": 31.23, "origin_lon": 121.47, "destination_lat": 53.55, "destination_lon": 9.99}
    put(store, {**SEA, **at, "mode": "road", "vehicle_class": None, "distance_km": 900.0})
    key = say(store, "S1", "impossible_mode", "mode", "sea")
    shown = preview(store, EVERYONE, key)
    assert 17_000 < shown.legs["distance_km_after"].iloc[0] < 23_000
    apply(store, key, user=ANALYST, audit_db=app)
    leg = table(store, "legs").iloc[0]
    assert (leg["distance_basis"], leg["distance_source"]) == ("sfd", "places")


def test_removing_a_copy_takes_all_its_legs_out_and_undo_brings_them_back(store, app):
    pair = legs_of({}, {"distance_km": 10.0}, {}, {"distance_km": 10.0}).assign(
        shipment_id=["A", "A", "B", "B"], leg_no=[1, 2, 1, 2]
    )
    store.transact(lambda tx: tx.append(schema.legs, pair))
    key = say(store, "B", "duplicate", "remove", "A")
    say(store, "B", "duplicate", "remove", "A", leg_no=2)
    before, kg = state(store), total_kg(store)
    shown = preview(store, EVERYONE, key)
    assert (shown.after_kg, len(shown.legs)) == (0.0, 2)
    assert shown.legs["mode_after"].isna().all()
    done = apply(store, key, user=ANALYST, audit_db=app)
    assert total_kg(store) == pytest.approx(kg / 2)
    assert set(table(store, "legs")["shipment_id"]) == {"A"}
    assert set(statuses(store).values()) == {"fixed"}
    score_all(store, scorer=heavy)
    undo(store, done.correction_id, user=ANALYST, audit_db=app)
    same(state(store), before)


def test_of_two_copies_that_name_each_other_one_stays(store, app):
    put(store, {}, {})
    keys = [say(store, "S1", "duplicate", "remove", "S2"), say(store, "S2", "duplicate", "remove", "S1")]
    assert len(apply_many(store, keys, user=ANALYST, audit_db=app)) == 1
    assert len(table(store, "legs")) == 1
    with pytest.raises(FixRefused, match="S1, which this one repeats, is not there"):
        apply(store, keys[1], user=ANALYST, audit_db=app)


def test_a_file_that_brought_a_removed_copy_brings_nothing_new(store, app):
    header = "shipment_id,departed_at,supplier_id,mode,weight_kg,distance_km\n"
    file = (header + "A,2025-03-10,Acme,road,12000,850\nB,2025-03-11,Acme,road,12000,850\n").encode()
    batch = import_file(store, file).batch_id
    apply(store, say(store, "B", "duplicate", "remove", "A", batch_id=batch), user=ANALYST, audit_db=app)
    assert import_file(store, file).rows_accepted == 0


def test_many_fixes_are_one_transaction_and_a_correction_each(store, app):
    put(store, {"weight_kg": 120_000.0}, {"weight_kg": 130_000.0}, {"distance_km": 8_500.0}, {})
    score_all(store, scorer=heavy)
    lb = [AnomalyKey(one, 1, "weight_in_lb") for one in ("S1", "S2")]
    keys = [*lb, say(store, "S3", "distance_typo", "distance_km", "850.0"), AnomalyKey("S9", 1, "duplicate")]
    before, kg = state(store), total_kg(store)
    shown = preview_many(store, EVERYONE, keys)
    done = apply_many(store, keys, user=ANALYST, audit_db=app)
    assert [(one.shipment_id, one.after_kg) for one in shown] == [
        (one.shipment_id, one.after_kg) for one in done
    ]
    assert len(done) == 3
    assert total_kg(store) == pytest.approx(4 * 12 * 850 * ARTIC)
    assert total_kg(store) - kg == pytest.approx(sum(one.after_kg - one.before_kg for one in done))
    assert audit.entries(app)["action"].tolist() == ["fixed_anomalies"]
    for one in done:
        undo(store, one.correction_id, user=ANALYST, audit_db=app)
    same(state(store), before)


def test_an_earlier_fix_is_undone_only_after_the_later_one(store, app):
    put(store, {"weight_kg": 120_000.0, "distance_km": 8_500.0})
    before = state(store)["legs"]
    first = apply(store, say(store, *LB[::2], "weight_kg", "12000.0"), user=ANALYST, audit_db=app)
    second = apply(
        store, say(store, "S1", "distance_typo", "distance_km", "850.0"), user=ANALYST, audit_db=app
    )
    with pytest.raises(FixRefused, match="later fix of the same leg"):
        undo(store, first.correction_id, user=ANALYST, audit_db=app)
    for one in (second, first):
        undo(store, one.correction_id, user=ANALYST, audit_db=app)
    assert_frame_equal(state(store)["legs"], before)
    with pytest.raises(FixRefused, match="undone already, by ann@"):
        undo(store, first.correction_id, user=ANALYST, audit_db=app)


def test_a_decision_made_after_the_fix_outlives_its_undo(store, app):
    put(store, {"weight_kg": 120_000.0})
    key = say(store, *LB[::2], "weight_kg", "12000.0")
    other = say(store, "S1", "unusual_mode", "mode", "rail")
    done = apply(store, key, user=ANALYST, audit_db=app)
    assert statuses(store)[other] == "open"
    decide(store, [other], "dismissed", note="a diversion", user=ANALYST, audit_db=app)
    undo(store, done.correction_id, user=ANALYST, audit_db=app)
    assert statuses(store) == {key: "open", other: "dismissed"}


def test_undoing_the_import_takes_the_fix_along(store, app):
    header = "shipment_id,departed_at,supplier_id,mode,vehicle_class,weight_kg,distance_km\n"
    line = "S1,2025-03-10,Acme,road,articulated >33 t,120000,850\n"
    batch = import_file(store, (header + line).encode()).batch_id
    score_all(store, scorer=heavy)
    done = apply(store, LB, user=ANALYST, audit_db=app)
    undo_import(store, batch)
    for name in (*STATE, "corrections"):
        assert table(store, name).empty, name
    with pytest.raises(FixRefused, match="import of its shipment was undone"):
        undo(store, done.correction_id, user=ANALYST, audit_db=app)


def test_what_has_no_clear_repair_or_changed_since_is_refused(store, app):
    put(store, {}, {})
    with pytest.raises(FixRefused, match="not there any more"):
        preview(store, EVERYONE, AnomalyKey("S1", 1, "duplicate"))
    with pytest.raises(FixRefused, match="no clear repair"):
        apply(store, say(store, "S1", "unusual_weight", None, None), user=ANALYST, audit_db=app)
    stale = say(store, "S1", "weight_in_lb", "weight_kg", "5000.0", value=99_000.0)
    with pytest.raises(FixRefused, match="changed since it was found"):
        apply(store, stale, user=ANALYST, audit_db=app)
    set_status(store, "S1", "weight_in_lb", "dismissed")
    with pytest.raises(FixRefused, match="open it again"):
        apply(store, stale, user=ANALYST, audit_db=app)
    for column, value in (("weight_kg", "-3"), ("weight_kg", "heavy"), ("mode", "hub"), ("mode", "teleport")):
        key = say(store, "S2", f"odd {column} {value}", column, value)
        with pytest.raises(FixRefused, match="score again"):
            apply(store, key, user=ANALYST, audit_db=app)
    with pytest.raises(FixRefused, match="None of these"):
        apply_many(store, [stale], user=ANALYST, audit_db=app)
    assert table(store, "corrections").empty


@pytest.mark.parametrize("user", [VIEWER, CARRIER])
def test_who_may_not_correct_data_fixes_and_undoes_nothing(store, app, user):
    put(store, {"weight_kg": 120_000.0})
    score_all(store, scorer=heavy)
    done = apply(store, LB, user=ANALYST, audit_db=app)
    before = state(store)
    for attempt in (
        lambda: apply(store, LB, user=user, audit_db=app),
        lambda: apply_many(store, [LB], user=user, audit_db=app),
        lambda: undo(store, done.correction_id, user=user, audit_db=app),
    ):
        with pytest.raises(DecisionRefused, match="ask an analyst"):
            attempt()
    same(state(store), before)


def test_a_preview_shows_nothing_of_what_the_scope_hides(store):
    put(store, {"weight_kg": 120_000.0})
    score_all(store, scorer=heavy)
    with pytest.raises(FixRefused, match="not there any more"):
        preview(store, Scope.suppliers({"Bolt"}), LB)
    assert preview(store, Scope.suppliers({"Acme"}), LB).after_kg > 0
    assert preview_many(store, Scope.suppliers(()), [LB]) == []


def test_without_an_audit_entry_there_is_no_fix(store, app):
    put(store, {"weight_kg": 120_000.0})
    score_all(store, scorer=heavy)
    before = state(store)
    with app._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE app_audit_log")
    with pytest.raises(Exception, match="audit"):
        apply(store, LB, user=ANALYST, audit_db=app)
    same(state(store), before)


def test_the_leg_keeps_the_factor_set_that_it_was_calculated_with(store, app):
    from analytics.emissions import calculate

    stated = legs_of({"weight_kg": 120_000.0})[
        ["shipment_id", "leg_no", "departed_at", "supplier_id", "mode", "vehicle_class", "batch_id",
         "temperature_controlled", "weight_kg", "distance_km", "distance_basis", "distance_source"]
    ]  # fmt: skip
    old = calculate(stated, load_factors(), factor_set="DESNZ 2024")
    store.transact(lambda tx: tx.append(schema.legs, old))
    done = apply(store, say(store, *LB[::2], "weight_kg", "12000.0"), user=ANALYST, audit_db=app)
    leg = table(store, "legs").iloc[0]
    assert leg["factor_id"] == old["factor_id"].iloc[0]
    assert done.after_kg == pytest.approx(done.before_kg / 10)


_LEG = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["road", "rail", "sea", "air", "inland_waterway"]),
        "vehicle_class": st.none(),
        "temperature_controlled": st.booleans(),
        "weight_kg": st.floats(1, 1e6),
        "distance_km": st.floats(1, 2e4),
        "distance_basis": st.sampled_from(["actual", "sfd", "gcd"]),
        "wtw_kg": st.one_of(st.none(), st.floats(0.1, 1e6)),
    }
)


@given(st.lists(_LEG, min_size=1, max_size=6))
def test_calculating_an_unchanged_leg_again_changes_nothing(rows):
    legs = legs_of(*rows)
    again = recalculated(legs, load_factors(), "DESNZ 2025", False)
    assert_frame_equal(again[legs.columns], legs, check_dtype=False)
