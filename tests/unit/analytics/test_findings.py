"""The sentences above the charts say what the frames hold."""

from __future__ import annotations

import pandas as pd

from analytics.findings import (
    anomaly_kinds_finding,
    anomaly_points_finding,
    anomaly_times_finding,
    lanes_finding,
    mode_finding,
    place_in_group,
    suppliers_finding,
    time_finding,
)


def modes(*rows: tuple[str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["mode", "tonne_km", "wtw_kg"])
    return frame.assign(
        wtw_share=frame["wtw_kg"] / frame["wtw_kg"].sum(),
        tkm_share=frame["tonne_km"] / max(frame["tonne_km"].sum(), 1),
        intensity_g_per_tkm=frame["wtw_kg"] / frame["tonne_km"] * 1000,
    )


def weeks(values: list[float]) -> pd.DataFrame:
    days = pd.date_range("2025-01-06", periods=len(values), freq="7D").date
    frame = pd.DataFrame({"period": days, "mode": "road", "wtw_kg": values})
    frame.attrs["grain"] = "week"
    return frame


def test_the_mode_that_emits_beyond_its_share_is_named():
    found = mode_finding(modes(("sea", 94.0, 39.0), ("air", 6.0, 61.0)))
    assert found == "Air is 6 % of tonne-km and 61 % of emissions"


def test_a_single_mode_is_told_by_its_intensity():
    assert mode_finding(modes(("road", 1000.0, 95.0))) == "All transport goes by road, at 95 g CO2e/tkm"


def test_hubs_alone_are_no_transport():
    assert mode_finding(modes(("hub", 0.0, 5.0))) == "No transport in this selection"


def test_a_tiny_share_is_not_called_zero():
    found = mode_finding(modes(("sea", 9_990.0, 50.0), ("air", 10.0, 50.0)))
    assert found == "Air is under 1 % of tonne-km and 50 % of emissions"


def test_rising_emissions_are_said_with_their_size_and_cut_ends_left_out():
    # whole weeks: 10 10 10 | 15 15 15 -> +50 %; the first and last, incomplete ones do not count
    found = time_finding(weeks([1, 10, 10, 10, 15, 15, 15, 2]))
    assert found == "Emissions per week are 50 % higher in the second half of the period"


def test_falling_emissions():
    assert "20 % lower" in time_finding(weeks([1, 10, 10, 8, 8, 1]))


def test_small_changes_are_called_steady():
    found = time_finding(weeks([1, 10, 10.1, 10, 10.2, 1]))
    assert found == "Emissions per week are steady, with a peak in the week of 3 Feb 2025"


def test_emissions_that_begin_late():
    assert time_finding(weeks([0, 0, 0, 5, 5, 0])) == "Emissions begin in the week of 27 Jan 2025"


def test_few_periods_name_their_peak():
    assert time_finding(weeks([1, 3])) == "Emissions peak in the week of 13 Jan 2025"


def test_days_and_months_are_named_as_people_say_them():
    days = weeks([1, 3])
    days.attrs["grain"] = "day"
    assert time_finding(days) == "Emissions peak on 13 Jan 2025"
    days.attrs["grain"] = "month"
    assert time_finding(days) == "Emissions peak in January 2025"


def test_nothing_to_say_about_nothing():
    assert time_finding(weeks([])) == "No emissions in this selection"
    assert lanes_finding(pd.DataFrame()) == "No lane in this selection"
    assert suppliers_finding(pd.DataFrame(), 0) == "No supplier in this selection"


def test_concentration_over_suppliers():
    top = pd.DataFrame({"wtw_share": [0.3, 0.25, 0.1]})
    assert suppliers_finding(top, 40) == "2 suppliers make 55 % of emissions, out of 40"
    assert (
        suppliers_finding(pd.DataFrame({"wtw_share": [0.6]}), 9)
        == "One supplier makes 60 % of emissions, out of 9"
    )
    assert suppliers_finding(pd.DataFrame({"wtw_share": [1.0]}), 1) == "One supplier makes all emissions"
    spread = pd.DataFrame({"wtw_share": [0.01] * 10})
    assert suppliers_finding(spread, 100) == "The 10 largest of 100 suppliers make 10 % of emissions"


def test_the_heaviest_lane():
    top = pd.DataFrame({"origin": ["Shanghai, CN"], "destination": ["Hamburg, DE"], "wtw_share": [0.12]})
    assert lanes_finding(top) == "Shanghai, CN → Hamburg, DE alone makes 12 % of emissions"


def test_a_lane_without_names_says_so():
    top = pd.DataFrame({"origin": [None], "destination": [float("nan")], "wtw_share": [1.0]})
    assert lanes_finding(top) == "unnamed → unnamed alone makes 100 % of emissions"


def kinds(*rows: tuple[str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["label", "legs", "at_stake_kg"])


def test_the_kind_with_the_most_at_stake_is_named():
    assert anomaly_kinds_finding(kinds(("Duplicate", 9, 25.0), ("Weight in lb", 2, 75.0))) == (
        "Weight in lb makes 75 % of what is at stake"
    )
    assert anomaly_kinds_finding(kinds(("Duplicate", 9, 25.0))) == "All of it is one kind: duplicate"
    assert anomaly_kinds_finding(kinds()) == "Nothing is open"
    nothing_at_stake = kinds(("Date in the future", 1, 0.0), ("Duplicate", 1, 0.0))
    assert "none of what is at stake" in anomaly_kinds_finding(nothing_at_stake)


def anomalies_by_month(legs: list[int]) -> pd.DataFrame:
    days = pd.date_range("2026-01-01", periods=len(legs), freq="MS").date
    frame = pd.DataFrame({"period": days, "group": "Weight", "legs": legs})
    frame.attrs["grain"] = "month"
    return frame


def test_a_cluster_in_time_is_pointed_out():
    assert anomaly_times_finding(anomalies_by_month([2, 3, 20, 2])) == (
        "20 of 27 legs cluster in March 2026, mostly weight"
    )


def test_a_steady_trickle_is_called_spread():
    assert anomaly_times_finding(anomalies_by_month([2, 3, 4, 2])) == (
        "Anomalies are spread over the months, at most 4 in March 2026"
    )
    assert anomaly_times_finding(anomalies_by_month([1])) == "1 leg, all in January 2026"
    assert anomaly_times_finding(anomalies_by_month([])) == "No anomaly in this period"


def points(normal: list[float], odd: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "intensity_g_per_tkm": [*normal, *odd],
            "is_anomaly": [False] * len(normal) + [True] * len(odd),
        }
    )


def test_anomalies_outside_the_usual_intensities_are_counted():
    normal = [float(one) for one in range(50, 151)]
    assert anomaly_points_finding(points(normal, [9.0, 100.0, 900.0])) == (
        "2 of 3 anomalies lie outside the usual intensities"
    )
    assert anomaly_points_finding(points(normal, [100.0])) == (
        "By intensity alone the anomalies look like other legs"
    )
    assert anomaly_points_finding(points([], [100.0])) == "Only anomalies in this selection"
    assert anomaly_points_finding(points(normal, [None])) == "No anomaly with a distance in this selection"


def test_place_of_a_leg_in_its_group():
    group = pd.Series([10.0, 20.0, 30.0, 40.0])
    assert place_in_group(group, 50.0) == "Higher than every one of 4 comparable legs"
    assert place_in_group(group, 5.0) == "Lower than every one of 4 comparable legs"
    assert place_in_group(group, 35.0) == "Higher than 75 % of comparable legs"
    assert place_in_group(group, 15.0) == "Lower than 75 % of comparable legs"
    assert place_in_group(pd.Series(range(1000)), 998.5) == "Higher than over 99 % of comparable legs"
    assert place_in_group(pd.Series(dtype=float), 1.0) == "There is no other leg to compare with"
