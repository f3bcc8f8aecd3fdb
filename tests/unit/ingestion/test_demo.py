"""The demo data: reproducible, lifelike, and wrong exactly where its labels say so."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from data_access import schema
from ingestion.demo import generate, suppliers_frame
from ingestion.demo.anomalies import KINDS
from ingestion.demo.calendar import chinese_new_year, window_until
from ingestion.demo.draw import Drawn, draw
from ingestion.demo.lanes import lanes_frame, read_chains, read_places
from ingestion.demo.world import MOVER, Settings
from ingestion.locate import locate
from ingestion.places import Places

UNTIL = date(2026, 11, 21)
START, END = pd.Timestamp(2024, 11, 21), pd.Timestamp(2026, 11, 21)
KEY = ["shipment_id", "leg_no"]
SHIPMENTS = 30_000


def _joined(batches: list, part: str) -> pd.DataFrame:
    return pd.concat([getattr(batch, part) for batch in batches], ignore_index=True)


@pytest.fixture(scope="module")
def demo() -> tuple[pd.DataFrame, pd.DataFrame]:
    batches = list(generate(SHIPMENTS, seed=7, until=UNTIL))
    return _joined(batches, "legs"), _joined(batches, "labels")


@pytest.fixture(scope="module")
def legs(demo: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    return demo[0]


@pytest.fixture(scope="module")
def labels(demo: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    return demo[1]


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    batches = list(draw(SHIPMENTS, seed=7, until=UNTIL))
    return Drawn(*(_joined(batches, part) for part in ("uploads", "labels", "truth")))


@pytest.fixture(scope="module")
def wrong(drawn: Drawn) -> pd.DataFrame:
    """Labelled legs as written, beside what was true."""
    labelled = drawn.labels.merge(drawn.truth, on=KEY).merge(drawn.uploads, on=KEY, suffixes=("_true", ""))
    return labelled.set_index("kind")


def _first_legs(legs: pd.DataFrame) -> pd.DataFrame:
    return legs[legs["leg_no"] == 1]


# Reproducible


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, other = (list(draw(3_000, seed=3, until=UNTIL)) for _ in range(2))
    for part in ("uploads", "labels", "truth"):
        pd.testing.assert_frame_equal(_joined(one, part), _joined(other, part), check_exact=True)


def test_another_seed_gives_other_shipments() -> None:
    one, other = (next(draw(1_000, seed=seed, until=UNTIL)).uploads for seed in (3, 4))
    assert one["weight_kg"].sum() != other["weight_kg"].sum()


def test_the_size_of_batches_changes_nothing() -> None:
    small = list(draw(45_000, seed=5, until=UNTIL, batch_shipments=20_000))
    large = list(draw(45_000, seed=5, until=UNTIL, batch_shipments=100_000))
    assert (len(small), len(large)) == (3, 1)
    pd.testing.assert_frame_equal(_joined(small, "uploads"), _joined(large, "uploads"))
    pd.testing.assert_frame_equal(_joined(small, "labels"), _joined(large, "labels"))


def test_as_many_shipments_come_as_were_asked_for(legs: pd.DataFrame) -> None:
    assert legs["shipment_id"].nunique() == SHIPMENTS
    assert len(_first_legs(legs)) == SHIPMENTS


@pytest.mark.parametrize("shipments", [1, 7, 60])
def test_a_handful_of_shipments_works(shipments: int) -> None:
    assert _joined(list(generate(shipments, until=UNTIL)), "legs")["shipment_id"].nunique() == shipments


@pytest.mark.parametrize("shipments", [0, -5, 10**9])
def test_an_impossible_number_of_shipments_is_refused(shipments: int) -> None:
    with pytest.raises(ValueError, match="choose from 1 to"):
        next(draw(shipments))


def test_the_window_is_24_months_and_reads_aware_moments_as_utc() -> None:
    window = window_until(datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert (window.first_day, window.end) == (date(2024, 3, 1), datetime(2026, 3, 1, 12))
    assert window.days == 731  # 730 full days, and the morning of the last
    assert window_until(UNTIL).days == 730


def test_without_an_end_the_data_runs_into_today_and_not_beyond() -> None:
    departed = _joined(list(draw(2_000)), "uploads")["departed_at"]
    now = datetime.now(UTC).replace(tzinfo=None)
    assert departed.max() <= now
    assert departed.max() > now - pd.Timedelta(days=5)


# The world


def test_there_are_60_suppliers_and_each_ships(legs: pd.DataFrame) -> None:
    suppliers = suppliers_frame(7)
    assert list(suppliers.columns) == [column.name for column in schema.suppliers.columns]
    assert len(suppliers) == 60
    assert suppliers["supplier_id"].is_unique
    assert suppliers["name"].is_unique
    own = suppliers.dropna(subset="target_pct")
    assert len(own) == 24  # two in five have set themselves a target
    assert own["target_pct"].between(0, 100).all()
    assert (own["target_base_year"] < own["target_year"]).all()
    assert set(legs["supplier_id"]) == set(suppliers["supplier_id"])


def test_there_are_about_150_lanes_between_places_that_are_all_listed() -> None:
    assert 130 <= len(lanes_frame()) <= 170
    places = read_places()
    assert places["place"].is_unique
    assert {stop for stops in read_chains()["stops"] for stop in stops} == set(places["place"])


def test_places_are_named_as_an_import_names_them(legs: pd.DataFrame) -> None:
    ends = legs.drop_duplicates("origin").assign(wtw_kg=float("nan"))
    located = locate(ends, Places()).legs
    assert located["origin"].tolist() == ends["origin"].tolist()
    assert {"Suzhou, CN", "Columbus, US"} <= {*legs["origin"], *legs["destination"]}


def test_known_places_lie_where_they_are(legs: pd.DataFrame) -> None:
    rotterdam = legs[legs["origin"] == "Rotterdam, NL"].iloc[0]
    assert rotterdam["origin_country"] == "NL"
    assert rotterdam[["origin_lat", "origin_lon"]].tolist() == pytest.approx([51.92, 4.48], abs=0.05)


def test_all_modes_and_the_promised_chains_occur(legs: pd.DataFrame) -> None:
    assert set(legs["mode"]) >= {"road", "rail", "sea", "air", "inland_waterway", "hub"}
    chains = set(legs.groupby("shipment_id")["mode"].agg(" ".join))
    assert {"road sea road", "road air road", "rail road", "inland_waterway hub road"} <= chains


def test_legs_of_a_shipment_chain_up_in_place_and_time(legs: pd.DataFrame) -> None:
    before = legs.groupby("shipment_id").shift()
    follows = legs["leg_no"] > 1
    assert follows.sum() > 5_000
    assert (legs["leg_no"][follows] == before["leg_no"][follows] + 1).all()
    assert (legs["origin"][follows] == before["destination"][follows]).all()
    assert (legs["departed_at"][follows] > before["departed_at"][follows]).all()
    known = follows & before["arrived_at"].notna()
    assert (legs["departed_at"][known] >= before["arrived_at"][known]).all()
    assert (legs["supplier_id"][follows] == before["supplier_id"][follows]).all()
    assert (legs["weight_kg"][follows] == before["weight_kg"][follows]).all()


def test_hubs_move_nothing_and_bring_their_own_intensity(legs: pd.DataFrame) -> None:
    hubs = legs[legs["mode"] == "hub"]
    assert (hubs["distance_km"] == 0).all()
    assert (hubs["origin"] == hubs["destination"]).all()
    np.testing.assert_allclose(hubs["wtw_kg"], hubs["weight_kg"] / 1000 * hubs["hub_kg_per_t"])
    assert legs.loc[legs["mode"] != "hub", "hub_kg_per_t"].isna().all()


def test_values_are_sane(legs: pd.DataFrame) -> None:
    assert (legs["weight_kg"] > 0).all()
    assert legs["departed_at"].between(START, END, inclusive="left").all()
    assert (legs["arrived_at"].dropna() <= END).all()
    assert (legs["wtw_kg"] > 0).all()
    assert (legs["cost"].isna() == legs["currency"].isna()).all()
    assert (legs["currency"].dropna() == "EUR").mean() > 0.8
    chilled = legs["product_group"].isin(["pharma", "chilled food"])
    assert (legs["temperature_controlled"] == chilled).all()


def test_reported_distances_are_actual_or_great_circle_and_estimates_shortest_feasible(drawn: Drawn) -> None:
    moving = drawn.uploads[drawn.uploads["mode"] != "hub"]
    clean = moving[~moving["shipment_id"].isin(drawn.labels["shipment_id"])]
    by = clean.groupby([clean["mode"] == "air", "distance_source"])["distance_basis"].unique().map(list)
    assert by.to_dict() == {
        (False, "reported"): ["actual"],
        (False, "places"): ["sfd"],
        (True, "reported"): ["gcd"],
        (True, "places"): ["sfd"],
    }


# Time


def test_weekends_are_quiet(legs: pd.DataFrame) -> None:
    by_day = _first_legs(legs)["departed_at"].dt.day_of_week.value_counts()
    assert by_day[[5, 6]].mean() < 0.3 * by_day[[0, 1, 2, 3, 4]].mean()


def test_volume_grows(legs: pd.DataFrame) -> None:
    month = _first_legs(legs)["departed_at"].dt.to_period("M").value_counts().sort_index().iloc[1:-1]
    year_on_year = month.iloc[-11:].sum() / month.iloc[:11].sum()  # Dec-Oct against Dec-Oct
    assert 1.04 < year_on_year < 1.20
    assert np.polyfit(range(len(month)), np.log(month), 1)[0] > 0


def test_europe_ships_less_in_august_and_more_before_christmas(legs: pd.DataFrame) -> None:
    europe = _first_legs(legs)[_first_legs(legs)["origin_country"].isin(["DE", "FR", "IT", "ES", "NL"])]
    per_day = europe["departed_at"].dt.normalize().value_counts()
    of = {
        name: per_day.reindex(pd.date_range(start, end)).mean()
        for name, start, end in [
            ("June", "2026-06-01", "2026-06-28"),
            ("August", "2026-08-03", "2026-08-23"),
            ("November", "2025-11-10", "2025-12-07"),
            ("holidays", "2025-12-25", "2026-01-01"),
            ("September", "2025-09-01", "2025-09-28"),
        ]
    }
    assert of["August"] < 0.85 * of["June"]
    assert of["November"] > 1.1 * of["September"]
    assert of["holidays"] < 0.6 * of["November"]


def test_china_pauses_at_its_new_year(legs: pd.DataFrame) -> None:
    china = _first_legs(legs)[_first_legs(legs)["origin_country"] == "CN"]
    day = china["departed_at"].dt.normalize()
    new_year = pd.Timestamp(chinese_new_year(2026))
    assert new_year == pd.Timestamp(2026, 2, 17)
    pause = day.between(new_year, new_year + pd.Timedelta(days=11)).sum() / 12
    after = day.between(new_year + pd.Timedelta(days=28), new_year + pd.Timedelta(days=55)).sum() / 28
    assert pause < 0.4 * after


def test_the_mover_goes_from_air_to_sea_eight_months_before_the_end(legs: pd.DataFrame) -> None:
    own = legs[(legs["supplier_id"] == MOVER) & legs["mode"].isin(["air", "sea"])]
    change = END - pd.DateOffset(months=8)
    before = own[own["departed_at"] < change - pd.Timedelta(days=5)]
    after = own[own["departed_at"] > change + pd.Timedelta(days=20)]
    assert (before["mode"] == "air").mean() > 0.8
    assert (after["mode"] == "air").mean() < 0.15
    # A tonne-km by sea emits less than a tenth of one by air; most of what is left still flies.
    intensity = [part["wtw_kg"].sum() / part["tonne_km"].sum() for part in (before, after)]
    assert intensity[1] < 0.3 * intensity[0]
    tonnes_a_day = [
        part["weight_kg"].sum() / (part["departed_at"].max() - part["departed_at"].min()).days
        for part in (before, after)
    ]
    assert 0.7 < tonnes_a_day[1] / tonnes_a_day[0] < 1.5  # the goods are the same


def test_the_last_days_are_incomplete(legs: pd.DataFrame) -> None:
    late = legs["departed_at"] >= END - pd.Timedelta(days=7)
    assert legs["arrived_at"][late].isna().mean() > 3 * legs["arrived_at"][~late].isna().mean()
    friday = _first_legs(legs)["departed_at"].dt.normalize().value_counts()
    assert friday[pd.Timestamp(2026, 11, 20)] < 0.8 * friday[pd.Timestamp(2026, 11, 13)]


def test_some_arrivals_never_came_in(legs: pd.DataFrame) -> None:
    settled = legs[legs["departed_at"] < END - pd.Timedelta(days=90)]
    assert 0.02 < settled["arrived_at"].isna().mean() < 0.15


# Emissions


def test_reported_emissions_are_near_the_calculated_ones(demo: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    legs, labels = demo
    own = legs[legs["reported_kg"].notna() & (legs["calculated_kg"] > 1)]
    off = labels[labels["kind"] == "unusual_intensity"]
    own = own[~pd.MultiIndex.from_frame(own[KEY]).isin(pd.MultiIndex.from_frame(off[KEY]))]
    assert (own["data_type"] == "primary").all()
    assert 0.05 < len(own) / len(legs) < 0.4
    assert (own["wtw_kg"] / own["calculated_kg"]).between(0.899, 1.101).all()
    assert (own["wtw_kg"] / own["calculated_kg"]).std() > 0.01


def test_suppliers_differ_in_what_they_tell(legs: pd.DataFrame) -> None:
    moving = legs[legs["mode"] != "hub"].groupby("supplier_id")
    for column, share in [
        ("reported_kg", moving["reported_kg"].apply(lambda c: c.notna().mean())),
        ("vehicle_class", moving["vehicle_class"].apply(lambda c: c.notna().mean())),
        ("cost", moving["cost"].apply(lambda c: c.notna().mean())),
    ]:
        assert share.min() < 0.05, column
        assert share.max() > 0.6, column


# Anomalies and their labels


def test_every_kind_is_there_in_about_one_and_a_half_percent(
    legs: pd.DataFrame, labels: pd.DataFrame
) -> None:
    assert set(labels["kind"]) == set(KINDS)
    assert len(KINDS) >= 9
    assert 0.013 < labels["shipment_id"].nunique() / SHIPMENTS < 0.017
    assert not labels.duplicated().any()
    assert pd.MultiIndex.from_frame(labels[KEY]).isin(pd.MultiIndex.from_frame(legs[KEY])).all()


def test_weights_in_lb_are_2_2046_times_the_true_kg(wrong: pd.DataFrame) -> None:
    rows = wrong.loc["weight_in_lb"]
    # Both were rounded to 0.01.
    np.testing.assert_allclose(rows["weight_kg"], rows["weight_kg_true"] * 2.2046226, atol=0.03)


def test_weights_in_lb_stand_out_from_the_suppliers_usual(drawn: Drawn) -> None:
    uploads = drawn.uploads.merge(drawn.labels, on=KEY, how="left")
    group = ["supplier_id", "product_group", "mode", "origin", "destination"]
    usual = uploads[uploads["kind"].isna()].groupby(group)["weight_kg"].median().rename("usual_kg")
    lb = uploads[uploads["kind"] == "weight_in_lb"].join(usual, on=group)
    assert (lb["weight_kg"] / lb["usual_kg"]).median() == pytest.approx(2.2046, rel=0.1)


def test_one_supplier_wrote_pounds_for_a_month(drawn: Drawn) -> None:
    first = drawn.uploads[drawn.uploads["leg_no"] == 1].merge(drawn.labels, on=KEY, how="left")
    lb = first[first["kind"] == "weight_in_lb"]
    supplier = lb["supplier_id"].mode()[0]
    month = lb.loc[lb["supplier_id"] == supplier, "departed_at"]
    start = END - pd.Timedelta(days=150)
    inside = first[
        (first["supplier_id"] == supplier)
        & first["departed_at"].between(start, start + pd.Timedelta(days=30), inclusive="left")
    ]
    assert len(inside) >= 10
    assert (inside["kind"] == "weight_in_lb").mean() > 0.95  # a late copy may be a duplicate instead
    assert month.between(start, start + pd.Timedelta(days=30)).mean() > 0.8
    assert len(lb) > len(inside)  # single ones elsewhere


def test_tonnes_went_into_the_kg_column(wrong: pd.DataFrame) -> None:
    rows = wrong.loc["tonnes_as_kg"]
    expected = np.maximum(rows["weight_kg_true"] / 1000, 0.1)
    np.testing.assert_allclose(rows["weight_kg"], expected, atol=0.006)


def test_miles_and_a_digit_too_many_went_into_the_km_column(wrong: pd.DataFrame) -> None:
    miles, typo = wrong.loc["distance_in_miles"], wrong.loc["distance_typo"]
    np.testing.assert_allclose(miles["distance_km"], miles["distance_km_true"] * 0.6213712, atol=0.051)
    np.testing.assert_allclose(typo["distance_km"], typo["distance_km_true"] * 10, atol=0.051)
    assert (wrong.loc[["distance_in_miles", "distance_typo"], "distance_source"] == "reported").all()


def test_impossible_modes_are_trucks_over_an_ocean_and_ships_between_inland_places(
    wrong: pd.DataFrame,
) -> None:
    rows = wrong.loc["impossible_mode"]
    assert set(zip(rows["mode_true"], rows["mode"], strict=True)) == {("sea", "road"), ("road", "sea")}
    trucks, ships = rows[rows["mode"] == "road"], rows[rows["mode"] == "sea"]
    american = [trucks[f"{end}_country"].isin(["US", "MX", "BR", "CA"]) for end in ("origin", "destination")]
    japanese = trucks["origin_country"].eq("JP")
    assert ((american[0] != american[1]) | japanese).all()
    coastal = read_places().set_index("written")["coastal"]
    assert (coastal[ships["origin"]].to_numpy() == 0).all()
    assert (coastal[ships["destination"]].to_numpy() == 0).all()


def test_unusual_modes_fly_where_all_others_sail(drawn: Drawn, wrong: pd.DataFrame) -> None:
    rows = wrong.loc["unusual_mode"]
    assert (rows["mode"] == "air").all()
    plain = drawn.uploads[~drawn.uploads["shipment_id"].isin(drawn.labels["shipment_id"])]
    modes = plain.groupby(["origin", "destination"])["mode"].agg(set)
    lanes = pd.MultiIndex.from_frame(rows[["origin", "destination"]])
    assert all(modes[lane] == {"sea"} for lane in lanes)


def test_duplicates_repeat_an_earlier_shipment_under_another_id(drawn: Drawn, wrong: pd.DataFrame) -> None:
    same = ["supplier_id", "leg_no", "mode", "origin", "destination", "weight_kg", "distance_km"]
    copies = wrong.loc["duplicate"]
    plain = drawn.uploads[~drawn.uploads["shipment_id"].isin(copies["shipment_id"])]
    pairs = copies.merge(plain[[*same, "shipment_id", "departed_at"]], on=same, suffixes=("", "_first"))
    gap = pairs["departed_at"] - pairs["departed_at_first"]
    pairs = pairs[(gap > pd.Timedelta(0)) & (gap <= pd.Timedelta(days=4))]
    assert set(pairs["shipment_id"]) == set(copies["shipment_id"])
    assert (pairs["shipment_id"] != pairs["shipment_id_first"]).all()


def test_unusual_intensities_are_off_by_three_to_six(demo: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    legs, labels = demo
    rows = legs.merge(labels[labels["kind"] == "unusual_intensity"], on=KEY)
    off = np.exp(np.abs(np.log(rows["wtw_kg"] / rows["calculated_kg"])))
    assert off.between(3 * 0.89, 6 * 1.12).all()  # on top of the usual ±10 %


def test_unusual_weights_are_off_by_four_to_eight(wrong: pd.DataFrame) -> None:
    rows = wrong.loc["unusual_weight"]
    off = np.exp(np.abs(np.log(rows["weight_kg"] / rows["weight_kg_true"])))
    assert off.between(3.95, 8.05).all()


def test_nothing_in_a_leg_gives_its_label_away(demo: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    legs, labels = demo
    known = {column.name for column in schema.legs.columns} - {"batch_id"}
    assert set(legs.columns) == known
    labelled = legs["shipment_id"].isin(labels["shipment_id"])
    assert legs["shipment_id"].str.fullmatch(r"SHP-\d{8}").all()
    number = legs["shipment_id"].str[4:].astype(int).rank(pct=True)
    position = pd.Series(np.arange(len(legs)) / len(legs))
    # With about 600 labelled legs, the mean of a uniform rank has a standard error of 0.012.
    assert number[labelled].mean() == pytest.approx(0.5, abs=0.05)
    assert position[labelled].mean() == pytest.approx(position[~labelled].mean(), abs=0.05)
    for column, decimals in [("weight_kg", 2), ("cost", 2)]:
        values = legs[column].dropna()
        assert np.allclose(values, values.round(decimals), atol=1e-9), column


def test_clean_settings_give_clean_data() -> None:
    batch = next(draw(5_000, until=UNTIL, settings=Settings(anomaly_share=0)))
    assert batch.labels.empty
    assert batch.uploads["shipment_id"].nunique() == 5_000


def test_settings_narrow_the_world() -> None:
    few = next(draw(2_000, until=UNTIL, settings=Settings(suppliers=5))).uploads
    assert few["supplier_id"].nunique() == 5
    roads = next(draw(2_000, until=UNTIL, settings=Settings(anomaly_share=0, modes=("road",)))).uploads
    assert set(roads["mode"]) == {"road"}
    with pytest.raises(ValueError, match="No lane of the demo fits"):
        next(draw(10, settings=Settings(modes=("hub",))))
