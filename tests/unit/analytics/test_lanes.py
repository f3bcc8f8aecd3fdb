"""Lanes by mode, the matrix of countries and hubs: sums, shares and ranges worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.lanes import OTHER, UNKNOWN, od_matrix
from analytics.lanes.table import hub_table, lane_table
from analytics.regions import UNKNOWN_REGION, region_of

HAMBURG, VIENNA = ("Hamburg, DE", "DE"), ("Vienna, AT", "AT")


def sums(*rows: tuple[str, str | None, int, float, float, float], ends=(*HAMBURG, *VIENNA)) -> pd.DataFrame:
    """(mode, factor_id, legs, weight_kg, tonne_km, wtw_kg); the range is 20 % down and 25 % up."""
    frame = pd.DataFrame(rows, columns=["mode", "factor_id", "legs", "weight_kg", "tonne_km", "wtw_kg"])
    frame[["origin", "origin_country", "destination", "destination_country"]] = ends
    return frame.assign(low_kg=frame["wtw_kg"] * 0.8, high_kg=frame["wtw_kg"] * 1.25)


def costs(*rows: tuple[str, str | None, float, float], ends=(*HAMBURG, *VIENNA)) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["mode", "currency", "cost", "costed_weight_kg"]).assign(costed_legs=1)
    frame[["origin", "origin_country", "destination", "destination_country"]] = ends
    return frame


def days(*rows: tuple[str, int, float], ends=(*HAMBURG, *VIENNA)) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["mode", "arrived", "days"])
    frame[["origin", "origin_country", "destination", "destination_country"]] = ends
    return frame


# --- the table


def test_a_lane_has_a_row_for_each_mode_and_factors_are_added_up():
    given_sums = sums(
        ("road", "a", 2, 20_000.0, 17_000.0, 1_600.0),
        ("road", "b", 1, 10_000.0, 8_500.0, 900.0),
        ("rail", "c", 1, 30_000.0, 30_000.0, 750.0),
    )
    table = lane_table(given_sums, costs(), days())
    assert table[["lane", "mode", "legs", "weight_kg", "tonne_km", "wtw_kg"]].to_numpy().tolist() == [
        ["Hamburg, DE → Vienna, AT", "road", 3, 30_000.0, 25_500.0, 2_500.0],
        ["Hamburg, DE → Vienna, AT", "rail", 1, 30_000.0, 30_000.0, 750.0],
    ]
    road = table.iloc[0]
    assert road["intensity_g_per_tkm"] == pytest.approx(2_500 / 25_500 * 1_000)
    assert road["wtw_share"] == pytest.approx(2_500 / 3_250)
    # Two factors are independent: √(320² + 180²) down, √(400² + 225²) up.
    assert road["low_kg"] == pytest.approx(2_500 - math.hypot(320, 180))
    assert road["high_kg"] == pytest.approx(2_500 + math.hypot(400, 225))


def test_cost_per_tonne_is_that_of_the_costed_mass_and_currencies_are_never_added():
    given_costs = costs(("road", "USD", 900.0, 6_000.0), ("road", "EUR", 2_000.0, 16_000.0))
    row = lane_table(sums(("road", "a", 5, 40_000.0, 34_000.0, 3_200.0)), given_costs, days()).iloc[0]
    assert (row["cost_per_t"], row["currency"]) == (125.0, "EUR")  # 2,000 ÷ 16 t
    assert row["other_costs"] == "USD 150.00/t"
    assert row["costed_share"] == pytest.approx(22 / 40)


def test_what_is_not_known_stays_empty():
    row = lane_table(sums(("road", "a", 5, 40_000.0, 34_000.0, 3_200.0)), costs(), days()).iloc[0]
    assert np.isnan(row["cost_per_t"]) and np.isnan(row["days"])
    assert (row["costed_share"], row["arrived"]) == (0.0, 0)


def test_median_days_stand_beside_their_mode():
    both = sums(("road", "a", 5, 4e4, 3e4, 3e3), ("rail", "b", 5, 4e4, 3e4, 1e3))
    table = lane_table(both, costs(), days(("rail", 4, 3.5))).set_index("mode")
    assert (table.loc["rail", "days"], table.loc["rail", "arrived"]) == (3.5, 4)
    assert np.isnan(table.loc["road", "days"])


def test_a_lane_with_an_unnamed_end_keeps_its_row_and_has_no_name():
    ends = ("Hamburg, DE", "DE", None, None)
    known = (
        sums(("sea", "a", 1, 1e3, 1e4, 200.0), ends=ends),
        costs(("sea", "EUR", 50.0, 1e3), ends=ends),
        days(("sea", 1, 20.0), ends=ends),
    )
    row = lane_table(*known).iloc[0]
    assert row["lane"] is None
    assert (row["wtw_kg"], row["cost_per_t"], row["days"]) == (200.0, 50.0, 20.0)


def test_no_lane_gives_an_empty_table():
    assert lane_table(sums(), costs(), days()).empty


# --- hubs


def test_hubs_say_kg_per_tonne_their_share_and_how_goods_come_and_go():
    hubs = pd.DataFrame(
        {
            "origin": ["Antwerp, BE", "Basel, CH"], "origin_country": ["BE", "CH"], "factor_id": [None, None],
            "legs": [4, 1], "weight_kg": [30_000.0, 10_000.0], "tonne_km": 0.0, "wtw_kg": [36.0, 12.0],
            "low_kg": [30.0, 10.0], "high_kg": [45.0, 15.0],
        }
    )  # fmt: skip
    beside = pd.DataFrame(
        {
            "origin": "Antwerp, BE", "origin_country": "BE", "mode": ["road", "sea", "air"],
            "comes_in": [True, False, False], "legs": [4, 3, 1], "weight_kg": 1.0,
        }
    )  # fmt: skip
    table = hub_table(hubs, beside)
    assert table["kg_per_t"].tolist() == [1.2, 1.2]
    assert table["share"].tolist() == [0.75, 0.25]
    assert (table["low_kg"].iloc[0], table["high_kg"].iloc[0]) == (30.0, 45.0)
    assert table["modes_in"].tolist() == [(("road", 1.0),), ()]
    assert table["modes_out"].iloc[0] == (("sea", 0.75), ("air", 0.25))


# --- regions


def test_regions_are_continents_and_namibia_is_no_missing_value():
    found = region_of(pd.Series(["DE", "NA", "US", "JP", "BR", "AU", None, "XX"]))
    assert found.tolist() == [
        "Europe", "Africa", "North America", "Asia", "South America", "Oceania", UNKNOWN_REGION,
        UNKNOWN_REGION,
    ]  # fmt: skip
    assert region_of(pd.Series([], dtype=object)).tolist() == []


# --- the matrix


def pairs(*rows: tuple[str | None, str | None, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["origin_country", "destination_country", "tonne_km", "wtw_kg"])
    return frame.assign(legs=1)


def test_matrix_lays_pairs_out_with_the_largest_first():
    found = od_matrix(
        pairs(("CN", "DE", 1e6, 100.0), ("DE", "FR", 1e5, 60.0), ("DE", "DE", 1e4, 70.0)), "country"
    )
    assert (found.origins, found.destinations) == (("DE", "CN"), ("DE", "FR"))
    assert found.wtw_kg.tolist() == [[70.0, 60.0], [100.0, 0.0]]
    assert found.intensity_g_per_tkm[1, 0] == pytest.approx(0.1)
    assert np.isnan(found.intensity_g_per_tkm[1, 1])
    by_activity = od_matrix(pairs(("CN", "DE", 1e6, 100.0), ("DE", "FR", 1e5, 160.0)), "country", "tonne_km")
    assert by_activity.origins == ("CN", "DE")


def test_regions_gather_their_countries():
    found = od_matrix(pairs(("CN", "DE", 1.0, 5.0), ("JP", "FR", 1.0, 7.0), (None, "FR", 1.0, 1.0)), "region")
    assert (found.origins, found.destinations) == (("Asia", UNKNOWN), ("Europe",))
    assert found.origin_codes == (("CN", "JP"), ())
    assert found.wtw_kg.tolist() == [[12.0], [1.0]]


def test_the_rest_is_one_row_and_one_column_and_never_stands_for_one_country():
    many = pairs(
        *((code, "DE", 1.0, float(kg)) for code, kg in zip("ABCDE", (50, 40, 30, 20, 10), strict=True))
    )
    three = od_matrix(many, "country", top=3)
    assert three.origins == ("A", "B", "C", OTHER)
    assert three.origin_codes[-1] == ("D", "E")
    assert three.wtw_kg[:, 0].tolist() == [50.0, 40.0, 30.0, 30.0]
    assert OTHER not in od_matrix(many, "country", top=4).origins


CODES = st.sampled_from(["DE", "FR", "CN", "US", "BR", "NA", "XX", None])
AMOUNT = st.floats(0, 1e9)


@given(st.lists(st.tuples(CODES, CODES, AMOUNT, AMOUNT), min_size=1), st.integers(1, 9))
@pytest.mark.parametrize("by", ["country", "region"])
@pytest.mark.parametrize("measure", ["wtw_kg", "tonne_km", "intensity_g_per_tkm"])
def test_cells_sum_to_the_total(by, measure, rows, top):
    given_pairs = pairs(*rows)
    found = od_matrix(given_pairs, by, measure, top)
    for name in ("legs", "wtw_kg", "tonne_km"):
        assert found.values(name).sum() == pytest.approx(given_pairs[name].sum())
    assert len(found.origins) <= top + 1 and len(found.destinations) <= top + 1
    assert found.frame()["wtw_kg"].sum() == pytest.approx(given_pairs["wtw_kg"].sum())
