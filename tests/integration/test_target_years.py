"""A target's years out of the warehouse, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from access.targets import TargetTerms
from analytics.targets import TargetAnalytics
from data_access import Filters, Scope
from tests.legs import put

TODAY = date(2026, 3, 1)
TERMS = TargetTerms("Company", "absolute", 2025, 4.2, 2030)


@pytest.fixture
def freight(store):
    """Two legs of two suppliers in 2024, one in 2025, one in 2026."""
    put(
        store,
        {"departed_at": "2024-01-02 08:00", "supplier_id": "Acme"},
        {"departed_at": "2024-12-31 23:30", "supplier_id": "Bolt", "mode": "sea", "vehicle_class": None},
        {"departed_at": "2025-06-01 08:00", "supplier_id": "Acme"},
        {"departed_at": "2026-02-27 08:00", "supplier_id": "Acme"},
    )
    return store


def sums(years):
    return years.frame.set_index("year")


def test_the_years_hold_the_sums_of_their_legs_and_the_span_is_that_of_all_data(freight):
    years = TargetAnalytics(freight).years(Filters(), Scope.all(), today=TODAY)
    found = sums(years)
    assert found.index.tolist() == [2024, 2025, 2026]
    # 12 t over 850 km: 10,200 tonne-km in the one leg of 2025.
    assert found.loc[2025, "tonne_km"] == pytest.approx(10_200)
    assert found.loc[2025, "wtw_kg"] == pytest.approx(found.loc[2026, "wtw_kg"])
    assert (years.first, years.last) == (date(2024, 1, 2), date(2026, 2, 27))
    assert [years.covers(year) for year in (2023, 2024, 2025, 2026)] == [False, True, True, False]


def test_a_target_counts_its_own_suppliers_and_modes_and_no_period_of_a_page(freight):
    targets = TargetAnalytics(freight)
    acme = targets.years(Filters(suppliers=("Acme",)), Scope.all(), today=TODAY)
    assert sums(acme)["tonne_km"].tolist() == pytest.approx([10_200] * 3)
    page = Filters(start=datetime(2026, 1, 1), end=datetime(2026, 2, 1), modes=("sea",))
    sea = targets.years(page, Scope.all(), today=TODAY)
    assert sums(sea).index.tolist() == [2024]
    assert (sea.first, sea.last) == (date(2024, 1, 2), date(2026, 2, 27))


def test_nobody_sees_years_outside_their_scope(freight):
    targets = TargetAnalytics(freight)
    bolt = targets.years(Filters(), Scope.suppliers({"Bolt"}), today=TODAY)
    assert sums(bolt).index.tolist() == [2024]
    nothing = targets.years(Filters(), Scope.suppliers(()), today=TODAY)
    assert nothing.frame.empty
    assert (nothing.first, nothing.last) == (None, None)


def test_too_little_history_is_a_sentence_and_no_traceback(freight):
    found = TargetAnalytics(freight).status(
        Filters(), Scope.all(), target=replace(TERMS, suppliers=("Bolt",))
    )
    assert found.probability is None
    assert found.reason


def test_an_empty_warehouse_is_a_sentence_too(store):
    found = TargetAnalytics(store).status(Filters(), Scope.all(), target=TERMS)
    assert "no data yet" in found.reason
    assert found.path.empty
