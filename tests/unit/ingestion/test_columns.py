"""Column names are recognised whole, with their units, and never by half."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.schema import legs
from ingestion.columns import CANONICAL, check_mapping, constants_of, mapping_hints, suggest_mapping
from ingestion.errors import UnusableMapping

LOOKALIKE = Path(__file__).parents[2] / "data" / "scms_lookalike.csv"
MINIMUM = {
    name: name for name in ("shipment_id", "departed_at", "supplier_id", "mode", "weight_kg", "distance_km")
}


def scms_header() -> list[str]:
    with LOOKALIKE.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


def test_the_scms_header_is_understood_without_help():
    assert suggest_mapping(scms_header()) == {
        "shipment_id": "ID",
        "departed_at": "Delivered to Client Date",
        "supplier_id": "Vendor",
        "product_group": "Product Group",
        "incoterm": "Vendor INCO Term",
        "mode": "Shipment Mode",
        "origin": "Manufacturing Site",
        "destination": "Country",
        "weight_kg": "Weight (Kilograms)",
        "cost": "Freight Cost (USD)",
    }


def test_the_currency_comes_from_the_cost_columns_bracket():
    assert constants_of(suggest_mapping(scms_header())) == {"currency": "USD"}
    assert constants_of({"cost": "Freight cost"}) == {}
    assert constants_of({"cost": "Cost [EUR]", "currency": "Currency"}) == {}
    assert constants_of({"cost": "Frachtkosten in CHF"}) == {"currency": "CHF"}


def test_canonical_names_map_to_themselves_and_are_columns_of_the_warehouse():
    assert suggest_mapping(CANONICAL) == {name: name for name in CANONICAL}
    assert set(CANONICAL) <= set(legs.columns.keys())


def test_german_names_are_known():
    names = [
        "Sendungs-Nr.",
        "Versanddatum",
        "Lieferant",
        "Verkehrsträger",
        "Gewicht kg",
        "Von",
        "Nach",
        "Währung",
    ]
    assert suggest_mapping(names) == {
        "shipment_id": "Sendungs-Nr.",
        "departed_at": "Versanddatum",
        "supplier_id": "Lieferant",
        "mode": "Verkehrsträger",
        "origin": "Von",
        "destination": "Nach",
        "weight_kg": "Gewicht kg",
        "currency": "Währung",
    }


@pytest.mark.parametrize(
    "name",
    ["Weight (lb)", "Weight [t]", "weight_lbs", "Gross weight in tonnes", "Distance miles", "Distance (mi)"],
)
def test_a_column_in_another_unit_is_left_alone_and_a_hint_says_so(name):
    assert suggest_mapping([name]) == {}
    assert name in mapping_hints([name])[0]


@pytest.mark.parametrize(
    "name", ["Weight (kg)", "WEIGHT_KG", "gross weight [KG]", "grossWeightKg", "Weight in kg"]
)
def test_kilograms_are_recognised_however_they_are_written(name):
    assert suggest_mapping([name]) == {"weight_kg": name}


def test_the_column_in_kilograms_is_taken_where_pounds_stand_beside_it():
    assert suggest_mapping(["Weight (lb)", "Weight (kg)"]) == {"weight_kg": "Weight (kg)"}


@pytest.mark.parametrize("name", ["Chargeable weight (kg)", "Net weight", "CO2e (kg)", "Emissions"])
def test_what_only_looks_right_is_not_mapped_and_a_hint_gives_the_reason(name):
    assert suggest_mapping([name]) == {}
    assert "was not used" in mapping_hints([name])[0]


def test_a_weight_without_a_unit_is_taken_as_kilograms_and_said():
    assert suggest_mapping(["Weight"]) == {"weight_kg": "Weight"}
    assert "taken to be in kg" in mapping_hints(["Weight"])[0]


def test_a_delivery_date_is_the_departure_only_if_there_is_no_better_date():
    assert suggest_mapping(["Ship Date", "Delivery Date"]) == {
        "departed_at": "Ship Date",
        "arrived_at": "Delivery Date",
    }
    assert suggest_mapping(["Delivered to Client Date"]) == {"departed_at": "Delivered to Client Date"}


@given(
    st.lists(
        st.sampled_from([*CANONICAL, "ID", "Country", "From", "Date", "Supplier", "Vendor", "x"]), max_size=12
    )
)
def test_each_column_is_used_at_most_once_and_exists(columns):
    mapping = suggest_mapping(columns)
    assert len(set(mapping.values())) == len(mapping)
    assert set(mapping.values()) <= set(columns)
    assert mapping == suggest_mapping(columns)


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_text_may_be_a_column_name(columns):
    assert set(suggest_mapping(columns).values()) <= set(columns)
    assert all(isinstance(hint, str) for hint in mapping_hints(columns))


def test_a_sufficient_mapping_passes():
    assert check_mapping(MINIMUM, list(MINIMUM)) is None


@pytest.mark.parametrize(
    ("ends", "enough"),
    [
        (("origin", "destination"), True),
        (("origin_country", "destination"), True),
        (("origin_lat", "origin_lon", "destination_country"), True),
        (("origin", "destination_lat"), False),
        (("origin",), False),
        ((), False),
    ],
)
def test_without_a_distance_both_ends_are_needed(ends, enough):
    mapping = {name: name for name in (*MINIMUM, *ends) if name != "distance_km"}
    if enough:
        assert check_mapping(mapping, list(mapping)) is None
    else:
        with pytest.raises(UnusableMapping, match="distance_km"):
            check_mapping(mapping, list(mapping))


def test_everything_that_is_missing_is_named_in_one_sentence():
    with pytest.raises(UnusableMapping) as refused:
        check_mapping({"mode": "Mode"}, ["Mode"])
    for name in (
        "shipment_id",
        "departed_at",
        "supplier_id",
        "weight_kg",
        "distance_km (or origin and destination)",
    ):
        assert name in str(refused.value)


def test_a_constant_stands_for_a_column():
    mapping = {name: name for name in MINIMUM if name != "mode"}
    assert check_mapping(mapping, list(mapping), constants=["mode"]) is None


def test_unknown_names_are_refused_with_the_nearest_known():
    with pytest.raises(UnusableMapping, match="'weight_kg'"):
        check_mapping({**MINIMUM, "weigth_kg": "mode"}, list(MINIMUM))
    with pytest.raises(UnusableMapping, match="do you mean 'Shipment Mode'"):
        check_mapping({"mode": "Shipment mode"}, ["Shipment Mode"])
