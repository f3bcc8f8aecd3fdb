"""What a feed sends: shipments that leave just now, each once, with the demo's habits and errors."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

from ingestion.columns import CANONICAL, REQUIRED
from ingestion.demo.world import build_world
from ingestion.feed import Shipments

NOW = datetime(2026, 11, 21, 9, 30)
MINUTE = timedelta(minutes=1)


def supply(seed: int = 1, stamp: str = "20261121093000-beef") -> Shipments:
    return Shipments(world=7, seed=seed, stamp=stamp)


@pytest.fixture(scope="module")
def hours() -> pd.DataFrame:
    """What a feed of 600 shipments a tick sends in ten ticks of 3 hours, with the tick's number."""
    shipments = supply()
    sent = []
    for tick in range(10):
        since = NOW + tick * timedelta(hours=3)
        sent.append(shipments.leaving(600, since, since + timedelta(hours=3)).assign(tick=tick))
    return pd.concat(sent, ignore_index=True)


def test_columns_are_those_of_an_upload(hours):
    columns = set(hours.columns) - {"tick"}
    assert columns <= set(CANONICAL)
    assert columns >= {*REQUIRED, "origin", "destination", "distance_km", "wtw_kg"}


def test_shipments_leave_between_the_last_tick_and_now(hours):
    since = NOW + hours["tick"] * timedelta(hours=3)
    assert (hours["departed_at"] > since - timedelta(seconds=1)).all()
    assert (hours["departed_at"] <= since + timedelta(hours=3)).all()
    first = hours[hours["leg_no"] == 1]
    assert first.groupby("tick")["shipment_id"].nunique().eq(600).all()
    # Evenly: half of them in the first half of the tick, give or take four standard deviations (37 of 6,000).
    early = (first["departed_at"] - (NOW + first["tick"] * timedelta(hours=3))) < timedelta(hours=1.5)
    assert 2_845 < early.sum() < 3_155


def test_no_shipment_is_sent_twice(hours):
    assert not hours.duplicated(["shipment_id", "leg_no"]).any()
    assert hours["shipment_id"].nunique() == 6_000
    assert hours["shipment_id"].str.fullmatch(r"FEED-20261121093000-beef-\d+").all()


def test_two_feeds_of_one_seed_have_their_own_numbers():
    first, second = (supply(stamp=stamp).leaving(50, NOW, NOW + MINUTE) for stamp in ("a", "b"))
    assert not set(first["shipment_id"]) & set(second["shipment_id"])
    columns = ["supplier_id", "mode", "weight_kg", "departed_at"]
    pd.testing.assert_frame_equal(first[columns], second[columns])


def test_another_seed_draws_other_shipments():
    first, second = (supply(seed).leaving(50, NOW, NOW + MINUTE)["weight_kg"] for seed in (1, 2))
    assert not set(first) & set(second)


def test_later_legs_follow_their_first_one_when_they_leave(hours):
    later = hours[hours["leg_no"] > 1]
    assert len(later) > 100
    chains = hours.sort_values(["shipment_id", "leg_no"])
    before = chains.groupby("shipment_id").shift(1)
    follows = before["leg_no"].notna()
    assert (chains["leg_no"] - before["leg_no"])[follows].eq(1).all()  # none without the one before
    assert chains.loc[~follows, "leg_no"].eq(1).all()
    assert (chains["departed_at"] > before["departed_at"])[follows].all()
    assert (chains["origin"] == before["destination"])[follows].mean() > 0.99


def test_arrivals_are_still_to_come(hours):
    assert "arrived_at" not in hours


def test_all_modes_leave_from_the_first_minute_on():
    sent = supply().leaving(600, NOW, NOW + MINUTE)
    # Road, rail, sea, air and barge all begin chains in the demo's lanes; hubs only follow.
    assert set(sent["mode"]) == {"road", "rail", "sea", "air", "inland_waterway"}


def test_suppliers_are_those_of_the_demo_and_keep_their_weights(hours):
    world = build_world(7)
    assert set(hours["supplier_id"]) <= set(world.suppliers["supplier_id"])
    # A supplier of few habits: all but the injected errors lie within a factor of 3 of its own median.
    road = hours[(hours["mode"] == "road") & (hours["leg_no"] == 1)]
    middle = road.groupby(["supplier_id", "product_group", "origin", "destination"])["weight_kg"]
    ratio = road["weight_kg"] / middle.transform("median")
    assert ratio[middle.transform("size") >= 5].between(1 / 3, 3).mean() > 0.97


def test_distances_that_a_supplier_does_not_state_are_left_to_the_import(hours):
    moving = hours[hours["mode"] != "hub"]
    assert 0.1 < moving["distance_km"].isna().mean() < 0.7
    assert hours["distance_basis"].isna().equals(hours["distance_km"].isna())


def test_some_carriers_report_their_emission(hours):
    assert 0.05 < hours["wtw_kg"].notna().mean() < 0.5
    assert hours["wtw_kg"].dropna().gt(0).all()


def test_nothing_is_due_and_nothing_is_sent():
    shipments = supply()
    assert shipments.leaving(0, NOW, NOW).empty
    shipments.ready(NOW)
    assert shipments.leaving(0, NOW, NOW + MINUTE).empty


def test_the_supply_never_ends():
    shipments = supply()
    ids = [shipments.leaving(1_500, NOW, NOW + MINUTE)["shipment_id"].nunique() for _ in range(5)]
    assert ids == [1_500] * 5


def test_none_is_kept_back_however_the_seconds_fall():
    shipments = supply()
    for span in (timedelta(seconds=0.3), timedelta(seconds=1.9), timedelta(seconds=5.7)):
        sent = shipments.leaving(40, NOW, NOW + span)
        assert sent.loc[sent["leg_no"] == 1, "shipment_id"].nunique() == 40
