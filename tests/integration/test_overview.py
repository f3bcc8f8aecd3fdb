"""The Overview's figures on both engines, against hand-written SQL and sums by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import OverviewAnalytics
from analytics.overview import grain_for
from data_access import Filters, Scope, schema
from data_access.errors import UnknownMode
from ingestion.flagging import write_flags
from tests.legs import legs_of, put

EVERYONE = Scope.all()
MARCH = Filters(start=date(2025, 3, 1), end=date(2025, 4, 1))


def by_hand(store, sql: str) -> pd.DataFrame:
    return store._engine.arrow(sql).to_pandas()


@pytest.fixture
def varied(store):
    """Two hundred legs of four suppliers over six months, three modes, two currencies, some flagged."""
    rng = np.random.default_rng(3)
    rows = [
        {
            "departed_at": pd.Timestamp("2025-01-01") + pd.Timedelta(hours=int(rng.integers(0, 24 * 180))),
            "supplier_id": str(rng.choice(["Acme", "Bolt", "Cargo", "Dash"])),
            "mode": mode,
            "vehicle_class": None,
            "weight_kg": float(rng.lognormal(7, 1)),
            "distance_km": float(rng.uniform(50, 3000)),
            "origin": str(rng.choice(["Hamburg, DE", "Lyon, FR"])),
            "product_group": str(rng.choice(["chemicals", "food"])),
            "cost": float(rng.uniform(10, 900)) if rng.random() < 0.7 else None,
            "currency": str(rng.choice(["EUR", "USD"])),
        }
        for mode in rng.choice(["road", "sea", "air"], 200)
    ]
    frame = put(store, *rows)
    flags = frame.iloc[::20][["shipment_id", "leg_no"]].assign(kind="too_heavy", reason="test")
    store.transact(lambda tx: write_flags(tx, frame, flags, "batch"))
    return store, frame


def test_totals_are_the_sums_of_the_legs(varied):
    store, frame = varied
    part = frame[(frame["departed_at"] >= "2025-03-01") & (frame["departed_at"] < "2025-04-01")]
    found = OverviewAnalytics(store).totals(MARCH, EVERYONE)
    assert found.legs == found.shipments == len(part)
    assert found.wtw_kg == pytest.approx(part["wtw_kg"].sum())
    assert found.ttw_kg + found.wtt_kg == pytest.approx(found.wtw_kg)
    assert found.tonne_km == pytest.approx((part["weight_kg"] / 1000 * part["distance_km"]).sum())
    assert found.intensity_g_per_tkm == pytest.approx(1000 * part["wtw_kg"].sum() / part["tonne_km"].sum())
    assert dict(found.costs) == pytest.approx(
        part[part["cost"].notna()].groupby("currency")["cost"].sum().to_dict()
    )
    assert found.costed_share == pytest.approx(part["cost"].notna().mean())
    assert found.low_kg < found.wtw_kg < found.high_kg
    assert found.default_share == pytest.approx(1.0)


def test_totals_agree_with_hand_written_sql(varied):
    store, _ = varied
    found = OverviewAnalytics(store).totals(MARCH, EVERYONE)
    sql = (
        "SELECT sum(wtw_kg) AS wtw, sum(wtw_kg) FILTER (WHERE EXISTS (SELECT 1 FROM anomalies f WHERE "
        "f.status IN ('open', 'confirmed') AND f.shipment_id = l.shipment_id AND f.leg_no = l.leg_no)) "
        "AS flagged FROM legs l "
        "WHERE departed_at >= TIMESTAMP '2025-03-01' AND departed_at < TIMESTAMP '2025-04-01'"
    )
    row = by_hand(store, sql).iloc[0]
    assert found.wtw_kg == pytest.approx(row["wtw"])
    assert found.flagged_kg == pytest.approx(row["flagged"])
    assert found.flagged_share == pytest.approx(row["flagged"] / row["wtw"])


def test_parts_sum_to_the_total_however_it_is_cut(varied):
    store, _ = varied
    overview = OverviewAnalytics(store)
    total = overview.totals(Filters(), EVERYONE).wtw_kg
    assert overview.by_mode(Filters(), EVERYONE)["wtw_kg"].sum() == pytest.approx(total)
    assert overview.over_time(Filters(), EVERYONE)["wtw_kg"].sum() == pytest.approx(total)
    assert overview.top_suppliers(Filters(), EVERYONE, limit=99)["wtw_kg"].sum() == pytest.approx(total)
    assert overview.top_lanes(Filters(), EVERYONE, limit=99)["wtw_kg"].sum() == pytest.approx(total)
    derivation = overview.derivation(Filters(), EVERYONE)
    assert derivation.by_factor["wtw_kg"].sum() == pytest.approx(total)
    assert derivation.by_data_type["share"].sum() == pytest.approx(1)
    assert derivation.by_factor["source"].notna().all()


def test_filters_commute_and_narrow(varied):
    store, frame = varied
    both = Filters(suppliers=("Bolt",), modes=("air",), product_groups=("food",))
    part = frame[
        (frame["supplier_id"] == "Bolt") & (frame["mode"] == "air") & (frame["product_group"] == "food")
    ]
    assert OverviewAnalytics(store).totals(both, EVERYONE).wtw_kg == pytest.approx(part["wtw_kg"].sum())


def test_a_lane_is_both_of_its_ends(store):
    put(
        store,
        {"origin": "Hamburg, DE", "destination": "Vienna, AT", "weight_kg": 1_000.0},
        {"origin": "Vienna, AT", "destination": "Hamburg, DE", "weight_kg": 2_000.0},
        {"origin": "Hamburg, DE", "destination": "Graz, AT", "weight_kg": 4_000.0},
        {"origin": "Hamburg, DE", "destination": None, "weight_kg": 8_000.0},
    )
    there = Filters(lanes=("Hamburg, DE → Vienna, AT",))
    both = Filters(lanes=("Hamburg, DE → Vienna, AT", "Vienna, AT → Hamburg, DE"))
    overview = OverviewAnalytics(store)
    assert overview.leg_rows(there, EVERYONE)["weight_kg"].tolist() == [1_000.0]
    assert sorted(overview.leg_rows(both, EVERYONE)["weight_kg"]) == [1_000.0, 2_000.0]
    assert overview.totals(Filters(lanes=("Hamburg, DE → Nowhere",)), EVERYONE).legs == 0
    assert overview.totals(there, EVERYONE).shipments == 1


def test_a_scope_hides_other_suppliers_from_every_question(varied):
    store, frame = varied
    overview, mine = OverviewAnalytics(store), Scope.suppliers({"Acme"})
    own = frame[frame["supplier_id"] == "Acme"]["wtw_kg"].sum()
    assert overview.totals(Filters(), mine).wtw_kg == pytest.approx(own)
    assert overview.totals(Filters(suppliers=("Bolt",)), mine).legs == 0
    for answer in (overview.by_mode, overview.over_time, overview.top_lanes):
        assert answer(Filters(), mine)["wtw_kg"].sum() == pytest.approx(own)
    assert overview.top_suppliers(Filters(), mine)["supplier_id"].tolist() == ["Acme"]
    assert set(overview.leg_rows(Filters(), mine)["supplier_id"]) == {"Acme"}
    assert set(overview.options(mine).suppliers) == {"Acme"}
    assert overview.options(mine).legs == int((frame["supplier_id"] == "Acme").sum())
    assert overview.derivation(Filters(), mine).by_factor["wtw_kg"].sum() == pytest.approx(own)


def test_an_empty_scope_sees_nothing_at_all(varied):
    store, _ = varied
    overview, nobody = OverviewAnalytics(store), Scope.suppliers(set())
    assert Scope() == nobody
    assert overview.totals(Filters(), nobody).legs == 0
    assert overview.options(nobody).legs == 0
    assert overview.options(nobody).first is None
    assert len(overview.leg_rows(Filters(), nobody)) == 0


def test_flagged_only_keeps_flagged_legs(varied):
    store, frame = varied
    found = OverviewAnalytics(store).totals(Filters(anomalies_only=True), EVERYONE)
    assert found.legs == 10
    assert found.wtw_kg == pytest.approx(frame.iloc[::20]["wtw_kg"].sum())
    assert found.flagged_share == pytest.approx(1)


def test_the_period_before_is_just_as_long(varied):
    store, frame = varied
    summary = OverviewAnalytics(store).summary(MARCH, EVERYONE)
    before = frame[(frame["departed_at"] >= "2025-01-29") & (frame["departed_at"] < "2025-03-01")]
    assert summary.previous.wtw_kg == pytest.approx(before["wtw_kg"].sum())
    assert OverviewAnalytics(store).summary(Filters(), EVERYONE).previous is None


def test_a_period_before_that_the_data_do_not_cover_is_no_comparison(varied):
    store, _ = varied
    february = Filters(start=date(2025, 2, 1), end=date(2025, 6, 1))
    assert OverviewAnalytics(store).summary(february, EVERYONE).previous is None


def test_shipments_count_chains_once_also_where_a_filter_drops_their_first_leg(store):
    legs = legs_of({}, {"mode": "sea", "vehicle_class": None}, {"mode": "road"}).assign(
        shipment_id="chain", leg_no=[1, 2, 3]
    )
    store.transact(lambda tx: tx.append(schema.legs, legs))
    overview = OverviewAnalytics(store)
    assert (overview.totals(Filters(), EVERYONE).legs, overview.totals(Filters(), EVERYONE).shipments) == (
        3,
        1,
    )
    assert overview.totals(Filters(modes=("sea",)), EVERYONE).shipments == 1


def test_a_period_starts_inclusive_and_ends_exclusive(store):
    put(store, {"departed_at": "2025-03-01 00:00"}, {"departed_at": "2025-04-01 00:00"})
    assert OverviewAnalytics(store).totals(MARCH, EVERYONE).legs == 1


@pytest.mark.parametrize(
    ("grain", "expected"),
    [("day", "2025-03-12"), ("week", "2025-03-10"), ("month", "2025-03-01"), ("quarter", "2025-01-01")],
)
def test_periods_begin_on_the_same_day_on_every_engine(store, grain, expected):
    put(store, {"departed_at": "2025-03-12 23:59:59"})
    frame = OverviewAnalytics(store).over_time(Filters(), EVERYONE, grain)
    assert [str(day)[:10] for day in frame["period"]] == [expected]


def test_an_empty_warehouse_gives_zeros_and_no_division(store):
    found = OverviewAnalytics(store).totals(Filters(), EVERYONE)
    assert (found.wtw_kg, found.low_kg, found.high_kg, found.shipments) == (0.0, 0.0, 0.0, 0)
    assert found.intensity_g_per_tkm is None
    assert found.flagged_share is None
    overview = OverviewAnalytics(store)
    assert overview.by_mode(Filters(), EVERYONE).empty
    assert overview.top_lanes(Filters(), EVERYONE).empty
    assert overview.derivation(Filters(), EVERYONE).by_factor.empty


def test_hub_legs_count_in_the_total_and_have_no_intensity_of_their_own(store):
    put(store, {"mode": "hub", "distance_km": 0.0, "hub_kg_per_t": 1.2, "vehicle_class": None})
    by_mode = OverviewAnalytics(store).by_mode(Filters(), EVERYONE)
    assert by_mode["wtw_kg"].tolist() == pytest.approx([14.4])
    assert by_mode["intensity_g_per_tkm"].isna().all()
    assert OverviewAnalytics(store).derivation(Filters(), EVERYONE).by_factor[
        "wtw_kg"
    ].sum() == pytest.approx(14.4)


def test_names_with_quotes_are_values_not_sql(store):
    put(store, {"supplier_id": "O'Neil; DROP TABLE legs"})
    overview = OverviewAnalytics(store)
    assert overview.totals(Filters(suppliers=("O'Neil; DROP TABLE legs",)), EVERYONE).legs == 1
    assert overview.totals(Filters(), EVERYONE).legs == 1


def test_reported_and_modelled_shares_add_up(store):
    put(store, {"wtw_kg": 500.0}, {}, {"vehicle_class": None})
    found = OverviewAnalytics(store).totals(Filters(), EVERYONE)
    assert found.primary_share + found.modelled_share + found.default_share == pytest.approx(1)
    assert found.primary_share == pytest.approx(500 / found.wtw_kg)


def test_filters_normalise_what_they_are_given():
    assert Filters(suppliers=["b", "a", "b"]) == Filters(suppliers=("a", "b"))
    assert Filters(start=date(2025, 1, 1)).start == pd.Timestamp("2025-01-01")
    assert Filters(start=pd.Timestamp("2025-01-01 02:00+02:00").to_pydatetime()).start == pd.Timestamp(
        "2025-01-01"
    )
    with pytest.raises(UnknownMode, match="teleport"):
        Filters(modes=("teleport",))
    with pytest.raises(ValueError, match="before it starts"):
        Filters(start=date(2025, 2, 1), end=date(2025, 1, 1))
    with pytest.raises(TypeError, match="sequence"):
        Filters(suppliers="Acme")
    with pytest.raises(TypeError, match="not one string"):
        Scope.suppliers("Acme")


def test_grains_by_length_of_the_period():
    day = pd.Timestamp("2025-01-01").to_pydatetime()
    assert [grain_for(day, day + pd.Timedelta(days=n)) for n in (30, 45, 46, 400, 401)] == [
        "day", "day", "week", "week", "month",
    ]  # fmt: skip
    assert grain_for(None, None) == "day"


def test_demo_labels_are_never_read_by_analytics():
    from pathlib import Path

    import analytics

    for module in Path(analytics.__file__).parent.glob("*.py"):
        assert "demo_labels" not in module.read_text(encoding="utf-8"), module.name
