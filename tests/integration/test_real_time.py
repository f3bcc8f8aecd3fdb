"""The last hours on both engines: windows, lateness, freshness, what came in; and who may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from analytics import RealTimeAnalytics
from analytics.real_time import UnusableWindow
from data_access import Filters, Scope, live_queries, schema
from tests.legs import legs_of

NOW = datetime(2026, 3, 10, 12, 0)
EVERYONE = Scope.all()
ACME = Scope.suppliers({"Acme"})
SEA = {"mode": "sea", "vehicle_class": None}


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def bring(
    store, *rows: dict[str, object], kind: str = "upload", at: datetime = NOW, rejected: int = 0, batch="b"
):
    """One import of these legs; a row may say how many hours `ago` it departed and how long it `took`."""
    stated = []
    for number, row in enumerate(rows, 1):
        leg = {"shipment_id": f"{batch}-{number}", "batch_id": batch, **row}
        leg["departed_at"] = NOW - hours(leg.pop("ago", 1))
        took = leg.pop("took", None)
        leg["arrived_at"] = leg["departed_at"] + hours(took) if took is not None else pd.NaT
        stated.append(leg)
    counts = {"rows_read": len(rows) + rejected, "rows_accepted": len(rows), "rows_rejected": rejected}
    row = {
        "batch_id": batch, "file_name": batch, "kind": kind, "imported_at": at, "imported_by": "test",
        "rows_duplicate": 0, "rows_flagged": 0, **counts,
    }  # fmt: skip
    batches = pd.DataFrame([row]).astype({"imported_at": "datetime64[us]"})
    frame = legs_of(*stated) if stated else None

    def write(tx):
        tx.append(schema.import_batches, batches)
        if frame is not None:
            frame["arrived_at"] = pd.to_datetime(frame["arrived_at"]).astype("datetime64[us]")
            tx.append(schema.legs, frame)

    store.transact(write)
    return frame


def find(store, *found: tuple[str, str, str], at: datetime = NOW, kg: float = 5.0) -> None:
    """Anomalies (shipment, kind, status) of first legs."""
    rows = [
        {"shipment_id": shipment, "kind": kind, "status": status, "reason": f"{kind} of {shipment}"}
        for shipment, kind, status in found
    ]
    same = {"leg_no": 1, "found_by": "score", "score": 0.9, "at_stake_kg": kg, "batch_id": "b"}
    frame = pd.DataFrame(rows).assign(found_at=pd.Timestamp(at).as_unit("us"), **same)
    store.transact(lambda tx: tx.append(schema.anomalies, frame))


def usual(store, transit_hours: float, mode: str = "road") -> None:
    lane = {"origin": "Hamburg, DE", "destination": "Vienna, AT", "mode": mode, "legs": 9}
    row = pd.DataFrame([{**lane, "transit_hours": transit_hours}])
    store.transact(lambda tx: tx.append(schema.lane_usual, row))


def metrics(store, hours_back: float = 24, **named):
    return RealTimeAnalytics(store).get_real_time_metrics(hours_back, now=NOW, **named)


def test_a_window_takes_its_start_and_leaves_its_end(store):
    frame = bring(store, *({"ago": ago} for ago in (0, 1, 24, 24.01, 48, 48.01)))
    found = metrics(store)
    kg = frame["wtw_kg"].to_numpy()
    assert (found.start, found.end) == (NOW - hours(24), NOW)
    assert (found.current.legs, found.previous.legs) == (2, 2)  # 1 and 24 hours ago; 24.01 and 48
    assert found.emissions == pytest.approx(kg[1] + kg[2])
    assert found.current.low_kg < found.emissions < found.current.high_kg
    # Each leg: 12 t × 850 km = 10,200 tkm.
    assert found.current.tonne_km == pytest.approx(20_400)
    assert found.intensity == pytest.approx((kg[1] + kg[2]) / 20_400 * 1000)


def test_aware_times_and_a_period_in_the_filters_give_way_to_the_window(store):
    bring(store, {"ago": 2})
    at_vienna = NOW.replace(tzinfo=UTC).astimezone(timezone(hours(1)))
    last_year = Filters(start=datetime(2025, 1, 1), end=datetime(2025, 2, 1))
    found = RealTimeAnalytics(store).get_real_time_metrics(3, filters=last_year, now=at_vienna)
    assert (found.end, found.shipments) == (NOW, 1)


def test_a_shipment_counts_once_and_for_each_of_its_modes(store):
    chain = {"shipment_id": "C", "ago": 3}
    bring(store, {**chain, "leg_no": 1}, {**chain, "leg_no": 2, **SEA}, {**chain, "leg_no": 3}, {"ago": 1})
    found = metrics(store).current
    assert (found.shipments, found.legs) == (2, 4)
    assert found.by_mode.set_index("mode")["shipments"].to_dict() == {"road": 2, "sea": 1}
    assert found.by_mode.set_index("mode")["legs"].to_dict() == {"road": 3, "sea": 1}
    assert found.by_mode["share"].sum() == pytest.approx(1)
    assert found.by_mode["wtw_kg"].is_monotonic_decreasing
    # Filters that leave out the first leg still see the shipment.
    assert metrics(store, filters=Filters(modes=("sea",))).shipments == 1


def test_an_anomaly_counts_while_it_is_open_or_confirmed_and_a_leg_counts_once(store):
    frame = bring(store, {"ago": 1}, {"ago": 2}, {"ago": 3}, {"ago": 30})
    find(
        store, ("b-1", "weight_in_lb", "open"), ("b-1", "duplicate", "confirmed"),
        ("b-2", "distance_typo", "confirmed"), ("b-3", "distance_typo", "dismissed"),
        ("b-4", "duplicate", "open"),
    )  # fmt: skip
    found = metrics(store)
    assert (found.anomalies_detected, found.previous.anomalies_detected) == (2, 1)
    assert found.current.flagged_kg == pytest.approx(frame["wtw_kg"].iloc[:2].sum())


def test_late_is_who_took_a_quarter_longer_than_the_lane_usually_does(store):
    usual(store, 10)
    bring(
        store,
        {"ago": 20, "took": 10},
        {"ago": 20, "took": 12.4},
        {"ago": 20, "took": 12.6},  # 12.5 h is the most that is in time
        {"ago": 20},  # still under way
        {"ago": 20, "took": 19, "destination": "Graz, AT"},  # nobody knows what is usual
        {"ago": 20, "took": 19, **SEA},  # nor by sea
    )
    assert metrics(store).late_share == pytest.approx(1 / 3)


def test_late_is_told_of_arrivals_in_the_window_whenever_they_departed(store):
    usual(store, 10)
    bring(store, {"ago": 40, "took": 30}, {"ago": 40, "took": 10}, {"ago": 100, "took": 20})
    found = metrics(store)
    assert found.current.legs == 0
    # One arrived 10 hours ago, after 30; the other 30 hours ago, in time; the third before both windows.
    assert (found.current.late_share, found.previous.late_share) == (1.0, 0.0)


def test_nothing_to_judge_is_no_share_of_nothing(store):
    bring(store, {"ago": 20, "took": 10})
    assert metrics(store).late_share is None


def test_freshness_is_the_age_of_the_latest_departure_that_has_happened(store):
    bring(store, {"ago": 2}, {"ago": 50}, {"ago": -5}, at=NOW - hours(0.5))
    bring(store, rejected=3, at=NOW, batch="nothing new")
    found = metrics(store).freshness
    assert found.last_departed_at == NOW - hours(2)
    assert found.last_imported_at == NOW - hours(0.5)
    assert found.age_hours == pytest.approx(2)


def test_an_empty_warehouse_has_zeros_and_nothing_to_divide(store):
    live = RealTimeAnalytics(store)
    found = metrics(store)
    assert (found.shipments, found.emissions, found.anomalies_detected) == (0, 0.0, 0)
    assert (found.intensity, found.late_share, found.freshness.age_hours) == (None, None, None)
    assert found.current.low_kg == found.current.high_kg == 0
    assert found.by_mode.empty
    assert live.series(24, now=NOW).empty
    assert len(live.pulse(24, now=NOW)) == 24
    assert live.arrivals(Filters(), EVERYONE).empty
    assert live.anomalies(24, now=NOW).empty
    assert [one.last_imported_at for one in live.feed_state(now=NOW)] == [None, None, None]


@pytest.fixture
def busy(store):
    """Three hundred legs of three suppliers over two days, by three modes, some of them flagged and late."""
    rng = np.random.default_rng(5)
    rows = [
        {
            "ago": float(rng.uniform(0.01, 47.9)),
            "took": float(rng.uniform(1, 20)),
            "supplier_id": str(rng.choice(["Acme", "Bolt", "Cargo"])),
            "mode": mode,
            "vehicle_class": None,
            "weight_kg": float(rng.lognormal(8, 1)),
            "distance_km": float(rng.uniform(50, 3000)),
        }
        for mode in rng.choice(["road", "sea", "air"], 300)
    ]
    frame = bring(store, *rows, at=NOW - hours(1))
    for mode in ("road", "sea", "air"):
        usual(store, 8, mode)
    find(store, *((f"b-{number}", "distance_typo", "open") for number in range(1, 300, 10)))
    return store, frame


@pytest.mark.parametrize("hours_back", [1, 6, 24, 31.5, 168])
def test_bins_add_up_to_the_window(busy, hours_back):
    store, _ = busy
    live = RealTimeAnalytics(store)
    whole = metrics(store, hours_back)
    series, pulse = live.series(hours_back, now=NOW), live.pulse(hours_back, now=NOW)
    for bins in (series, pulse):
        assert bins["wtw_kg"].sum() == pytest.approx(whole.emissions)
        assert bins["tonne_km"].sum() == pytest.approx(whole.current.tonne_km)
        assert (bins["legs"].sum(), bins["shipments"].sum()) == (whole.current.legs, whole.shipments)
        widths = bins["start"].drop_duplicates().diff().dropna().dt.total_seconds()
        assert set(widths) == {bins.attrs["seconds"]}
    assert pulse["anomalies"].sum() == whole.anomalies_detected
    assert pulse["imported"].sum() == 300  # they came in an hour ago
    assert series.groupby("start")["mode"].nunique().eq(series["mode"].nunique()).all()


def test_a_bin_holds_what_departed_in_it(store):
    bring(store, {"ago": 0.75}, {"ago": 0.6}, {"ago": 0.75, **SEA})
    series = RealTimeAnalytics(store).series(1, now=NOW).set_index(["start", "mode"])["legs"]
    # 11:15 and 11:24; bins of two minutes begin at even minutes.
    assert series[series > 0].to_dict() == {
        (pd.Timestamp("2026-03-10 11:14"), "road"): 1,
        (pd.Timestamp("2026-03-10 11:14"), "sea"): 1,
        (pd.Timestamp("2026-03-10 11:24"), "road"): 1,
    }


def test_late_share_of_a_bin_is_of_its_arrivals(store):
    usual(store, 10)
    bring(store, {"ago": 20, "took": 15.5}, {"ago": 15, "took": 10.5})  # both arrive at 07:30
    pulse = RealTimeAnalytics(store).pulse(24, now=NOW).set_index("start")["late_share"]
    assert pulse[pd.Timestamp("2026-03-10 07:00")] == pytest.approx(0.5)
    assert pulse.notna().sum() == 1


def test_arrivals_come_by_import_then_by_departure(store):
    bring(store, {"ago": 1}, {"ago": 3}, batch="old", at=NOW - hours(5))
    bring(store, {"ago": 90}, {"ago": 80}, batch="new", at=NOW - hours(1), kind="inbox")
    find(store, ("new-1", "weight_in_lb", "open"), ("new-2", "weight_in_lb", "fixed"))
    live = RealTimeAnalytics(store)
    found = live.arrivals(Filters(), EVERYONE)
    assert found["shipment_id"].tolist() == ["new-2", "new-1", "old-1", "old-2"]
    assert found["came_by"].tolist() == ["inbox", "inbox", "upload", "upload"]
    assert found["flag_reason"].fillna("").tolist() == ["", "weight_in_lb of new-1", "", ""]
    assert found["name"].tolist() == ["Acme"] * 4
    assert live.arrivals(Filters(), EVERYONE, limit=3)["shipment_id"].tolist() == ["new-2", "new-1", "old-1"]
    assert live.arrivals(Filters(), EVERYONE, limit=1)["shipment_id"].tolist() == ["new-2"]
    assert live.arrivals(Filters(), EVERYONE, limit=2)["shipment_id"].tolist() == ["new-2", "new-1"]


def test_arrivals_name_suppliers_and_obey_filters(store):
    names = pd.DataFrame([{"supplier_id": "Acme", "name": "Acme Ltd"}])
    store.transact(lambda tx: tx.append(schema.suppliers, names))
    bring(store, {"ago": 1}, {"ago": 2, **SEA})
    found = RealTimeAnalytics(store).arrivals(Filters(modes=("sea",)), EVERYONE)
    assert found[["shipment_id", "name"]].to_numpy().tolist() == [["b-2", "Acme Ltd"]]


def test_anomalies_come_with_the_latest_finding_first(store):
    bring(store, {"ago": 1}, {"ago": 2}, {"ago": 3}, {"ago": 30})
    find(store, ("b-1", "duplicate", "open"), ("b-4", "duplicate", "open"), at=NOW - hours(1))
    find(store, ("b-2", "weight_in_lb", "open"), at=NOW, kg=1.0)
    find(store, ("b-3", "weight_in_lb", "confirmed"), at=NOW, kg=7.0)
    live = RealTimeAnalytics(store)
    assert live.anomalies(24, now=NOW)["shipment_id"].tolist() == ["b-3", "b-2", "b-1"]
    assert live.anomalies(24, now=NOW, limit=1)["reason"].tolist() == ["weight_in_lb of b-3"]


def test_each_way_in_has_its_last_import_and_its_rows_of_late(store):
    bring(store, {}, {}, kind="inbox", at=NOW - hours(0.5), rejected=2, batch="i1")
    bring(store, {}, kind="inbox", at=NOW - hours(3), rejected=1, batch="i2")
    bring(store, {}, kind="inbox", at=NOW - hours(30), rejected=9, batch="i3")
    bring(store, {}, kind="feed", at=NOW - hours(40), batch="f1")
    feed, inbox, upload = RealTimeAnalytics(store).feed_state(now=NOW)
    assert (feed.last_imported_at, feed.rows_last_hour, feed.rejected_last_day) == (NOW - hours(40), 0, 0)
    assert (inbox.last_imported_at, inbox.rows_last_hour, inbox.rejected_last_day) == (NOW - hours(0.5), 2, 3)
    assert (upload.kind, upload.last_imported_at, upload.rows_last_hour) == ("upload", None, 0)


def test_a_scope_hides_other_suppliers_from_every_question(busy):
    store, frame = busy
    mine = frame[(frame["supplier_id"] == "Acme") & (frame["departed_at"] >= NOW - hours(24))]
    bring(
        store, {"supplier_id": "Bolt", "ago": 0.1}, kind="feed", at=NOW - hours(0.1), rejected=5, batch="bolt"
    )
    live = RealTimeAnalytics(store)
    found = metrics(store, scope=ACME)
    assert found.emissions == pytest.approx(mine["wtw_kg"].sum())
    assert found.by_mode["legs"].sum() == len(mine)
    assert found.freshness.last_departed_at == mine["departed_at"].max().to_pydatetime()
    assert found.freshness.last_imported_at == NOW - hours(1)
    flagged = mine["shipment_id"].isin([f"b-{number}" for number in range(1, 300, 10)]).sum()
    assert found.anomalies_detected == flagged < metrics(store).anomalies_detected
    assert live.series(24, scope=ACME, now=NOW)["legs"].sum() == len(mine)
    pulse = live.pulse(24, scope=ACME, now=NOW)
    assert (pulse["legs"].sum(), pulse["anomalies"].sum()) == (len(mine), flagged)
    assert pulse["imported"].sum() == (frame["supplier_id"] == "Acme").sum()
    assert set(live.arrivals(Filters(), ACME)["supplier_id"]) == {"Acme"}
    assert set(live.anomalies(24, scope=ACME, now=NOW)["supplier_id"]) == {"Acme"}
    feed, _, upload = live.feed_state(scope=ACME, now=NOW)
    assert (feed.last_imported_at, feed.rejected_last_day) == (None, None)
    assert upload.last_imported_at == NOW - hours(1)
    late = {scope: metrics(store, scope=scope).late_share for scope in (EVERYONE, ACME)}
    arrived = mine_arrived(frame)
    took = (arrived["arrived_at"] - arrived["departed_at"]).dt.total_seconds() / 3600
    assert late[ACME] == pytest.approx((took > 10).mean())


def mine_arrived(frame: pd.DataFrame) -> pd.DataFrame:
    """Acme's legs that arrived within the last day."""
    inside = (frame["arrived_at"] >= NOW - hours(24)) & (frame["arrived_at"] < NOW)
    return frame[(frame["supplier_id"] == "Acme") & inside]


def test_a_scope_without_suppliers_sees_nothing(busy):
    store, _ = busy
    live, nobody = RealTimeAnalytics(store), Scope.suppliers(())
    found = metrics(store, scope=nobody)
    assert (found.current.legs, found.late_share) == (0, None)
    assert found.freshness.last_departed_at is None and found.freshness.last_imported_at is None
    assert live.series(24, scope=nobody, now=NOW).empty
    assert not live.pulse(24, scope=nobody, now=NOW)[["legs", "anomalies", "imported"]].to_numpy().any()
    assert live.arrivals(Filters(), nobody).empty
    assert live.anomalies(24, scope=nobody, now=NOW).empty
    assert [one.last_imported_at for one in live.feed_state(scope=nobody, now=NOW)] == [None] * 3


@pytest.mark.parametrize("hours_back", [0, -1, 8761, float("nan"), float("inf"), "soon", None])
def test_a_window_that_is_none_is_refused_in_one_sentence(store, hours_back):
    live = RealTimeAnalytics(store)
    for question in (live.get_real_time_metrics, live.series, live.pulse, live.anomalies):
        with pytest.raises(UnusableWindow, match=r"more than 0 and at most 8,760 hours"):
            question(hours_back)


def test_bins_are_of_known_widths(store):
    with pytest.raises(ValueError, match="No bins of 7 s"):
        live_queries.mode_bins(Filters(), EVERYONE, 7)
