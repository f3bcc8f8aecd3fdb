"""The trends on both engines: the change is the Overview's, by whole chains and within the user's scope."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import OverviewAnalytics, TrendAnalytics
from data_access import Filters, Scope
from tests.legs import put

EVERYONE = Scope.all()
JUNE = Filters(start=date(2025, 6, 1), end=date(2025, 7, 1))
CITIES = {"origin": "Dongguan, CN", "destination": "Leipzig, DE", "origin_country": "CN"}
AIR = {**CITIES, "mode": "air", "vehicle_class": "long-haul", "distance_km": 9_000.0, "distance_basis": "gcd"}
SEA = {**CITIES, "mode": "sea", "vehicle_class": None, "distance_km": 18_000.0}


def chain(shipment_id: str, day: str, main: dict[str, object], port: str) -> list[dict[str, object]]:
    """A lorry to the port or airport of departure, and the main leg to Leipzig."""
    when = {"shipment_id": shipment_id, "departed_at": pd.Timestamp(day)}
    first = {**when, "origin": "Dongguan, CN", "destination": port, "distance_km": 100.0, "leg_no": 1}
    return [first, {**when, **main, "origin": port, "leg_no": 2}]


def test_goods_that_change_from_air_to_sea_are_mode_mix_and_sum_to_the_overview(store):
    put(
        store,
        {"shipment_id": "old", "departed_at": pd.Timestamp("2025-04-15")},
        *chain("flown", "2025-05-10", AIR, "Hong Kong, HK"),
        *chain("shipped", "2025-06-10", SEA, "Shenzhen, CN"),
    )
    found = TrendAnalytics(store).change(JUNE, EVERYONE)
    overview = OverviewAnalytics(store).summary(JUNE, EVERYONE)
    assert found.known and overview.previous is not None
    assert found.after_kg == pytest.approx(overview.current.wtw_kg, rel=1e-12)
    assert found.before_kg == pytest.approx(overview.previous.wtw_kg, rel=1e-12)
    kg = found.parts.set_index("part")["kg"]
    assert kg.sum() == pytest.approx(found.change_kg, rel=1e-9)
    assert kg["mode_mix"] == pytest.approx(found.change_kg, rel=0.02)  # the lorry's leg is as it was
    assert kg["supplier_lane_mix"] == 0 and kg["factor_set"] == pytest.approx(0.0, abs=1e-6)
    assert set(found.contributions["lane"]) == {"Dongguan, CN → Leipzig, DE"}
    assert found.contributions["kg"].sum() == pytest.approx(found.change_kg, rel=1e-9)


def test_an_early_period_says_why_there_is_nothing_to_compare_with(store):
    put(store, {"departed_at": pd.Timestamp("2025-06-10")})
    trends = TrendAnalytics(store)
    assert "begin on 10 June 2025" in trends.change(JUNE, EVERYONE).reason
    assert "first and a last day" in trends.change(Filters(), EVERYONE).reason
    assert trends.change(JUNE, EVERYONE).after_kg > 0
    assert trends.season(Filters(), EVERYONE).reason and trends.breaks(Filters(), EVERYONE).reason


def test_a_supplier_sees_its_own_legs_and_ends_alone(store):
    mine = chain("joint", "2025-05-10", AIR, "Hong Kong, HK")
    mine[1]["supplier_id"] = "Other"
    put(
        store, {"departed_at": pd.Timestamp("2025-04-15")}, *mine, {"departed_at": pd.Timestamp("2025-06-10")}
    )
    found = TrendAnalytics(store).change(JUNE, Scope.suppliers({"Acme"}))
    assert set(found.contributions["supplier_id"]) == {"Acme"}
    assert not found.contributions["lane"].str.contains("Leipzig").any()
    assert not TrendAnalytics(store).change(JUNE, Scope()).known


def test_empty_warehouse_and_no_legs_have_a_sentence_each(store):
    trends = TrendAnalytics(store)
    analysis = trends.analyze(Filters(), EVERYONE)
    assert all(analysis.findings) and not analysis.change.known
    assert analysis.shares.reason and analysis.year_on_year.reason


def test_a_year_of_days_gives_all_trends_alike_on_both_engines(store):
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=420)
    put(
        store,
        *(
            {"departed_at": day + pd.Timedelta(hours=9), "weight_kg": float(w), "distance_km": 800.0}
            for day, w in zip(
                days, 12_000 * rng.lognormal(0, 0.1, 420) * np.where(days < "2024-09-01", 1, 2), strict=True
            )
        ),
    )
    analysis = TrendAnalytics(store).analyze(Filters(), EVERYONE, days_back=60)
    assert len(analysis.breaks.frame) == 1
    step = analysis.breaks.frame.iloc[0]
    assert abs((step["date"] - pd.Timestamp("2024-09-01")).days) <= 3 and not step["in_period"]
    assert step["change_pct"] == pytest.approx(100, abs=15)
    assert analysis.period == (date(2024, 12, 25), date(2025, 2, 23))  # the last day is not over
    assert analysis.shares.frame["tonne_km_pct"].eq(100.0).all()
    assert analysis.year_on_year.frame["name"].tolist() == ["January 2025", "February 2025"][-2:]
