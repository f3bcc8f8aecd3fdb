"""The main job on real input: a public-health supply chain's delivery history, and a look-alike of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analytics import OverviewAnalytics
from data_access import Filters, Scope
from ingestion import import_file, suggest_mapping

LOOKALIKE = Path(__file__).parents[1] / "data" / "scms_lookalike.csv"
AFRICAN = {"Zambia", "Zimbabwe", "Nigeria", "Uganda", "Tanzania", "Mozambique", "South Africa"}
MODES = {"Air", "Truck", "Air Charter", "Ocean"}
MAPPED = {
    "shipment_id": "ID",
    "supplier_id": "Vendor",
    "mode": "Shipment Mode",
    "weight_kg": "Weight (Kilograms)",
    "origin": "Manufacturing Site",
    "destination": "Country",
    "departed_at": "Delivered to Client Date",
    "cost": "Freight Cost (USD)",
    "incoterm": "Vendor INCO Term",
    "product_group": "Product Group",
}


def lines_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def usable(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """Lines with a positive weight and a known mode, counted without the app's own code."""
    found = []
    for line in lines:
        try:
            weight = float(line["Weight (Kilograms)"])
        except ValueError:
            continue
        if weight > 0 and line["Shipment Mode"] in MODES:
            found.append(line)
    return found


@pytest.fixture(params=["lookalike", "real"])
def deliveries(request: pytest.FixtureRequest) -> Path:
    return LOOKALIKE if request.param == "lookalike" else request.getfixturevalue("scms_file")


def test_its_columns_are_found_without_help(deliveries):
    found = suggest_mapping(lines_of(deliveries)[0].keys())
    assert {name: found.get(name) for name in MAPPED} == MAPPED


def test_good_lines_go_in_and_the_rest_comes_back_with_reasons(duckdb_store, deliveries):
    lines = lines_of(deliveries)
    good = usable(lines)
    result = import_file(duckdb_store, deliveries)
    assert result.rows_read == len(lines)
    assert result.rows_read == result.rows_accepted + result.rows_rejected
    unlocated = int(result.unresolved["rows"].sum())
    assert result.rows_accepted + unlocated == pytest.approx(len(good), abs=0.02 * len(good))
    assert result.rows_accepted >= 0.8 * len(good)
    quoted = result.rejected[result.rejected["column"] == "weight_kg"]["problem"].str.cat(sep=" ")
    assert "Weight Captured Separately" in quoted
    assert "See ASN" in quoted or "See DN" in quoted


def test_implausible_legs_are_imported_and_flagged(duckdb_store, deliveries):
    result = import_file(duckdb_store, deliveries)
    flagged = result.flagged.groupby("kind")["shipment_id"].apply(set)
    by_truck = {
        line["ID"]
        for line in usable(lines_of(deliveries))
        if line["Shipment Mode"] == "Truck"
        and line["Manufacturing Site"].strip().lower().endswith("india")
        and line["Country"] in AFRICAN
    }
    assert by_truck
    assert by_truck <= flagged["road_over_ocean"]
    gross = {
        line["ID"] for line in usable(lines_of(deliveries)) if float(line["Weight (Kilograms)"]) > 800_000
    }
    assert gross
    assert gross <= flagged["too_heavy"]
    totals = OverviewAnalytics(duckdb_store).totals(Filters(), Scope.all())
    assert totals.flagged_legs == result.rows_flagged
    assert totals.wtw_kg == pytest.approx(result.wtw_kg)


def test_the_same_file_again_adds_nothing(duckdb_store, deliveries):
    first = import_file(duckdb_store, deliveries)
    version = duckdb_store.version
    again = import_file(duckdb_store, deliveries)
    assert (again.rows_accepted, again.rows_duplicate) == (0, first.rows_accepted)
    assert duckdb_store.version == version


def test_aliases_bring_the_unlocated_lines_in_and_are_remembered(duckdb_store, scms_file):
    first = import_file(duckdb_store, scms_file)
    open_names = first.unresolved.set_index("name")["rows"]
    assert open_names["Alere Medical Co., Ltd."] == 369
    assert open_names["Trinity Biotech, Plc"] == 296
    aliases = {"Alere Medical Co., Ltd.": "Waltham, US", "Trinity Biotech, Plc": "Bray, Ireland"}
    second = import_file(duckdb_store, scms_file, aliases=aliases)
    assert (second.rows_accepted, second.rows_duplicate) == (369 + 296, first.rows_accepted)
    third = import_file(duckdb_store, scms_file)
    assert third.rows_accepted == 0
    assert "Alere Medical Co., Ltd." not in set(third.unresolved["name"])


def test_of_the_6158_usable_lines_at_least_80_percent_are_located(duckdb_store, scms_file):
    assert len(usable(lines_of(scms_file))) == 6_158
    assert import_file(duckdb_store, scms_file).rows_accepted >= 0.8 * 6_158


def test_freight_costs_in_dollars_and_words_are_kept_apart(duckdb_store, deliveries):
    result = import_file(duckdb_store, deliveries)
    costs = dict(OverviewAnalytics(duckdb_store).totals(Filters(), Scope.all()).costs)
    assert set(costs) == {"USD"}
    assert result.notices["column"].eq("cost").any()
