"""Hand-made freight with one error each: what is said of it, and that odd input harms nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.anomalies import MissingColumns, comparison, score

START = pd.Timestamp("2025-01-01 08:00")
REQUIRED = ["departed_at", "origin", "destination", "mode", "supplier_id", "product_group",
            "weight_kg", "distance_km", "wtw_kg"]  # fmt: skip


def flow(n: int, seed: int = 0, *, spread: float = 0.1, **given) -> pd.DataFrame:
    """Shipments of chemicals, around 10 t over about 800 km, at 90 g CO2e/tkm."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "shipment_id": [f"{given.get('supplier_id', 'ACME')}-{seed}-{i}" for i in range(n)],
            "leg_no": 1,
            "departed_at": START + pd.to_timedelta(np.sort(rng.uniform(0, 365, n)), unit="D").round("min"),
            "origin": "Lyon",
            "destination": "Hamburg",
            "mode": "road",
            "supplier_id": "ACME",
            "product_group": "chemicals",
            "weight_kg": (10_000 * np.exp(spread * rng.standard_normal(n))).round(2),
            "distance_km": (800 * np.exp(0.01 * rng.standard_normal(n))).round(1),
        }
    ).assign(**given)
    return emitting(frame)


def emitting(legs: pd.DataFrame, kg_per_tkm: float = 0.09) -> pd.DataFrame:
    return legs.assign(wtw_kg=legs["weight_kg"] / 1000 * legs["distance_km"] * kg_per_tkm)


def only(found: pd.DataFrame, row: int) -> pd.Series:
    """The finding, which is the only one."""
    assert list(np.flatnonzero(found["is_anomaly"])) == [row], found.loc[
        found["is_anomaly"], "reason"
    ].tolist()
    return found.iloc[row]


@pytest.fixture
def plain() -> pd.DataFrame:
    return flow(300)


def with_value(legs: pd.DataFrame, row: int, **values) -> pd.DataFrame:
    changed = legs.copy()
    for column, value in values.items():
        changed.loc[row, column] = value
    return changed


def test_regular_freight_is_left_alone(plain):
    assert not score(plain)["is_anomaly"].any()


def test_a_weight_in_lb_is_divided_by_2_2046(plain):
    legs = emitting(with_value(plain, 50, weight_kg=22_046.23))  # 10,000 kg
    found = only(score(legs), 50)
    assert (found["kind"], found["column"], found["fix_column"]) == ("weight_in_lb", "weight_kg", "weight_kg")
    assert float(found["fix_value"]) == pytest.approx(10_000, rel=1e-4)
    assert found["expected_low"] < 10_000 < found["expected_high"] < 22_046
    assert "heavier than ACME's usual chemicals by road" in found["reason"]
    assert found["reason"].endswith("entered in lb?")
    # 22.046 t x km x 0.09 stand there; without the lb it is 1/2.2046 of it.
    assert found["at_stake_kg"] == pytest.approx(legs["wtw_kg"][50] * (1 - 1 / 2.2046226), rel=1e-3)


def test_tonnes_in_the_kg_column_are_multiplied(plain):
    found = only(score(emitting(with_value(plain, 7, weight_kg=10.2))), 7)
    assert (found["kind"], found["fix_value"]) == ("tonnes_as_kg", "10200.0")


def test_a_weight_without_a_known_cause_gets_no_repair(plain):
    found = only(score(emitting(with_value(plain, 7, weight_kg=55_000.0))), 7)
    assert (found["kind"], found["fix_column"]) == ("unusual_weight", None)


def test_miles_become_kilometres(plain):
    found = only(score(emitting(with_value(plain, 3, distance_km=497.1))), 3)  # 800 km
    assert (found["kind"], found["column"]) == ("distance_in_miles", "distance_km")
    assert float(found["fix_value"]) == pytest.approx(800, rel=1e-3)


@pytest.mark.parametrize(("written", "words"), [(8_012.0, "a digit too many"), (80.1, "a digit too few")])
def test_a_digit_too_many_or_too_few(plain, written, words):
    found = only(score(emitting(with_value(plain, 3, distance_km=written))), 3)
    assert found["kind"] == "distance_typo"
    assert float(found["fix_value"]) == pytest.approx(801, rel=1e-3)
    assert words in found["reason"]


def test_a_distance_without_a_known_cause(plain):
    found = only(score(emitting(with_value(plain, 3, distance_km=2_300.0))), 3)
    assert (found["kind"], found["fix_column"]) == ("unusual_distance", None)


def test_an_emission_that_does_not_fit_weight_and_distance(plain):
    legs = with_value(plain, 9, wtw_kg=plain["wtw_kg"][9] * 5)
    found = only(score(legs), 9)
    assert (found["kind"], found["column"], found["fix_column"]) == ("unusual_intensity", "wtw_kg", None)
    assert found["expected"] == pytest.approx(plain["wtw_kg"][9], rel=0.01)
    assert found["at_stake_kg"] == pytest.approx(4 * plain["wtw_kg"][9], rel=0.01)


def ocean() -> pd.DataFrame:
    """An ocean lane beside road traffic at both of its ends."""
    lanes = [("Shanghai", "CN", "Los Angeles", "US", "sea", 10_600.0, 0.012),
             ("Suzhou", "CN", "Shanghai", "CN", "road", 100.0, 0.09),
             ("Los Angeles", "US", "Phoenix", "US", "road", 600.0, 0.09)]  # fmt: skip
    parts = []
    for i, (start, home, end, there, mode, km, intensity) in enumerate(lanes):
        part = flow(80, seed=i, origin=start, destination=end, mode=mode, distance_km=km)
        part = part.assign(origin_country=home, destination_country=there, product_group=f"goods {i}")
        parts.append(emitting(part, intensity))
    return pd.concat(parts, ignore_index=True)


def test_no_truck_crosses_the_pacific():
    found = only(score(with_value(ocean(), 5, mode="road")), 5)
    assert (found["kind"], found["column"], found["fix_column"], found["fix_value"]) == (
        "impossible_mode", "mode", "mode", "sea",
    )  # fmt: skip
    assert "no road or rail joins them" in found["reason"]


def test_no_ship_sails_to_where_only_trucks_go():
    found = only(score(with_value(ocean(), 170, mode="sea")), 170)  # Los Angeles to Phoenix
    assert (found["kind"], found["fix_value"]) == ("impossible_mode", "road")


def test_a_flight_on_a_sea_lane_is_unusual_but_possible():
    found = only(score(with_value(ocean(), 5, mode="air", distance_km=10_450.0)), 5)
    assert found["kind"] == "unusual_mode"
    assert found["fix_column"] is None


def test_lanes_that_mix_their_modes_are_not_unusual(plain):
    rail = flow(60, seed=4, mode="rail")
    assert not score(pd.concat([plain, rail], ignore_index=True))["is_anomaly"].any()


def test_the_later_of_two_equal_shipments_is_the_copy(plain):
    copy = plain.iloc[[40]].assign(
        shipment_id="AGAIN", departed_at=plain["departed_at"][40] + pd.Timedelta(days=3)
    )
    found = only(score(pd.concat([plain, copy], ignore_index=True)), 300)
    assert (found["kind"], found["fix_column"], found["fix_value"]) == ("duplicate", "remove", "ACME-0-40")
    assert found["at_stake_kg"] == pytest.approx(plain["wtw_kg"][40])
    assert "3 days earlier" in found["reason"]


def test_copies_of_history_are_found(plain):
    copy = plain.iloc[[40]].assign(shipment_id="AGAIN")
    assert score(copy, history=plain)["fix_value"].tolist() == ["ACME-0-40"]


def test_a_copy_that_is_dated_before_its_twin_in_history_is_still_the_copy(plain):
    copy = plain.iloc[[40]].assign(
        shipment_id="AGAIN", departed_at=plain["departed_at"][40] - pd.Timedelta(days=2)
    )
    assert score(copy, history=plain)["fix_value"].tolist() == ["ACME-0-40"]


def test_full_pallets_of_one_weight_are_no_copies():
    legs = emitting(flow(300).assign(weight_kg=24_000.0, distance_km=800.0))
    assert not score(legs)["is_anomaly"].any()


def test_legs_of_one_chain_are_no_copies_of_each_other():
    legs = flow(200)
    chain = pd.concat([legs, legs.assign(leg_no=2, origin="Hamburg", destination="Kiel")], ignore_index=True)
    assert not score(chain)["is_anomaly"].any()


def test_a_month_in_lb_is_found_although_each_row_alone_is_a_weak_sign():
    """With a spread of 0.35 a slip of ln 2.2046 = 0.79 is 2.3 deviations: one row in fifty by chance."""
    legs = pd.concat(
        [flow(400, seed=s, spread=0.35, supplier_id=f"SUP-{s}") for s in range(8)], ignore_index=True
    )
    month = (
        (legs["supplier_id"] == "SUP-3")
        & (legs["departed_at"] >= START + pd.Timedelta(days=150))
        & (legs["departed_at"] < START + pd.Timedelta(days=180))
    ).to_numpy()
    legs["weight_kg"] = np.where(month, legs["weight_kg"] * 2.2046226, legs["weight_kg"])
    found = score(emitting(legs))
    assert month.sum() > 20
    assert found["is_anomaly"][month].mean() > 0.8
    assert (found["kind"][month] == "weight_in_lb").mean() > 0.8
    assert found["is_anomaly"][~month].mean() < 0.005
    assert found.loc[month, "reason"].str.contains("other shipments of these weeks").any()


def test_a_supplier_that_turns_to_heavier_goods_for_good_is_no_error():
    """1.6 times heavier is no slip of a unit."""
    legs = flow(400, spread=0.25)
    later = legs["departed_at"] > START + pd.Timedelta(days=250)
    legs["weight_kg"] = np.where(later, legs["weight_kg"] * 1.6, legs["weight_kg"])
    assert not score(emitting(legs))["kind"].eq("weight_in_lb").any()


@given(
    st.sampled_from([0.001, 0.4536, 2.2046, 1000.0]), st.sampled_from(["weight_kg", "distance_km", "wtw_kg"])
)
def test_what_all_legs_share_is_no_anomaly(factor, column):
    legs = flow(120)
    scaled = legs.assign(**{column: legs[column] * factor})
    assert not score(scaled, second_opinion=False)["is_anomaly"].any()


def test_a_second_kind_of_goods_that_no_column_tells_apart_is_a_habit(plain):
    """One shipment in ten is parcels of 800 kg: rare, and often enough to be no slip."""
    parcels = flow(30, seed=6)
    parcels["weight_kg"] *= 0.08
    legs = pd.concat([plain, emitting(parcels)], ignore_index=True)
    assert not score(legs)["is_anomaly"].any()


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_few_rows_give_an_answer(rows):
    found = score(flow(300).head(rows))
    assert len(found) == rows
    assert not found["is_anomaly"].any()
    assert found["score"].between(0, 1).all()


def test_absurd_values_are_flagged_and_harm_nothing(plain):
    legs = plain.astype({"weight_kg": float})
    legs.loc[0, "weight_kg"] = -5.0
    legs.loc[1, "distance_km"] = -1.0
    legs.loc[2, "wtw_kg"] = 1e300
    legs.loc[3, "weight_kg"] = np.inf
    legs.loc[4, ["weight_kg", "distance_km", "wtw_kg"]] = np.nan
    found = score(legs)
    assert found["is_anomaly"][:3].all()
    assert found["score"].between(0, 1).all()
    assert "is no weight" in found["reason"][0]


def test_missing_names_and_hubs_give_an_answer(plain):
    legs = plain.astype({"product_group": object, "origin": object, "destination": object})
    legs.loc[::3, "product_group"] = None
    legs.loc[::7, "origin"] = np.nan
    hub = flow(100, seed=9, mode="hub", origin="Kiel", destination="Kiel", distance_km=0.0)
    hub["wtw_kg"] = hub["weight_kg"] / 1000 * 2.1
    found = score(pd.concat([legs, hub], ignore_index=True))
    assert not found["is_anomaly"].any()
    assert found["score"].notna().all()


def test_categories_time_zones_and_text_numbers_are_read(plain):
    legs = with_value(plain, 7, weight_kg=10.2)
    legs = legs.assign(
        departed_at=legs["departed_at"].dt.tz_localize("UTC"),
        mode=legs["mode"].astype("category"),
        supplier_id=legs["supplier_id"].astype("category"),
        weight_kg=legs["weight_kg"].astype(str),
    )
    assert score(legs)["is_anomaly"][7]


def test_the_required_columns_suffice(plain):
    legs = emitting(with_value(plain, 3, distance_km=8_000.0))[REQUIRED]
    assert only(score(legs), 3)["kind"] == "distance_typo"


def test_a_missing_column_is_named(plain):
    with pytest.raises(MissingColumns, match="without weight_kg: add the missing column"):
        score(plain.drop(columns="weight_kg"))


def test_a_senseless_rate_is_refused(plain):
    with pytest.raises(ValueError, match="between 0 and 1"):
        score(plain, false_discovery_rate=0)


def test_a_comparison_shows_the_leg_among_its_like(plain):
    legs = with_value(plain, 50, weight_kg=22_046.0)
    shown = comparison(legs, legs.loc[50])
    assert (shown.unit, shown.value, len(shown.values)) == ("kg", 22_046.0, 299)
    assert shown.words == "ACME's chemicals by road from Lyon to Hamburg"
    assert shown.low < 10_000 < shown.high < 22_046


def test_a_comparison_of_emissions_is_per_tonne_km(plain):
    shown = comparison(plain, plain.loc[0], "wtw_kg")
    assert shown.unit == "g CO2e per tonne-km"
    assert shown.value == pytest.approx(90)


def test_a_comparison_without_others_is_empty(plain):
    shown = comparison(plain.head(1), plain.loc[0])
    assert shown.values.empty
    assert np.isnan(shown.low)
