"""The filter bar's words: labels for the URL, chips for what is active, links to a period."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from analytics.overview import FilterOptions
from ui import filters, periods

OPTIONS = FilterOptions(
    suppliers={"S2": "Beta", "S1": "Acme", "S3": "Acme"},
    modes=("air", "inland_waterway"),
    origin_countries=("DE", "CD"),
    destination_countries=("US",),
    product_groups=("pharma",),
    first=datetime(2026, 1, 1),
    last=datetime(2026, 2, 1),
    legs=3,
)
LABELS = {choice.key: filters.choice_labels(choice, OPTIONS) for choice in filters.CHOICES}


def test_suppliers_of_one_name_are_told_apart_by_their_id():
    assert LABELS["supplier"] == {"S1": "Acme (S1)", "S3": "Acme (S3)", "S2": "Beta"}


def test_modes_and_countries_are_words():
    assert LABELS["mode"] == {"air": "Air", "inland_waterway": "Inland waterway"}
    assert LABELS["from"] == {"CD": "Congo, DR (CD)", "DE": "Germany (DE)"}


def test_default_view_has_no_chips():
    assert filters.active_chips({"period": periods.DEFAULT, "supplier": [], "flagged": False}, LABELS) == []


def test_each_active_filter_is_a_chip_that_knows_its_value():
    state = {"period": "Last 30 days", "mode": ["air"], "flagged": True}
    found = filters.active_chips(state, LABELS)
    assert [(chip.text, chip.values) for chip in found] == [
        ("Last 30 days", ()),
        ("Mode: Air", ("air",)),
        ("Flagged only", ()),
    ]


def test_custom_range_is_a_chip_with_its_dates():
    state = {"period": periods.CUSTOM, "dates": (date(2026, 1, 1), date(2026, 1, 31))}
    assert [chip.text for chip in filters.active_chips(state, LABELS)] == ["1 Jan 2026 – 31 Jan 2026"]


def test_many_values_share_the_last_chip_and_leave_together():
    names = {f"S{number}": f"Name {number}" for number in range(6)}
    found = filters.active_chips({"supplier": list(names)}, LABELS | {"supplier": names})
    assert [chip.text for chip in found] == [
        "Supplier: Name 0",
        "Supplier: Name 1",
        "Supplier: Name 2",
        "+3 suppliers",
    ]
    assert found[-1].values == ("S3", "S4", "S5")


def test_a_lane_from_a_click_is_a_chip_of_its_own():
    found = filters.active_chips({"lanes": ["Lyon, FR → Turin, IT"]}, LABELS)
    assert [(chip.key, chip.text, chip.values) for chip in found] == [
        ("lanes", "Lane: Lyon, FR → Turin, IT", ("Lyon, FR → Turin, IT",))
    ]


def test_value_that_is_gone_is_no_chip():
    assert filters.active_chips({"supplier": ["GHOST"]}, LABELS) == []


def test_link_names_the_first_and_last_day():
    link = filters.link(date(2026, 1, 1), date(2026, 1, 31))
    assert link == {"period": "Custom range", "days": ["2026-01-01", "2026-01-31"]}


@pytest.mark.parametrize("choice", filters.CHOICES, ids=lambda choice: choice.key)
def test_every_choice_is_a_field_of_the_filters(choice):
    assert hasattr(filters.Filters(), choice.field)
