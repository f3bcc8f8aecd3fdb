"""What the charts draw: one unit on the axis, modes in their colours, and something sensible for any data."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from ui import charts
from ui.theme import MODE_COLOURS

BY_MODE = pd.DataFrame(
    {
        "mode": ["air", "road"],
        "wtw_kg": [600.0, 400.0],
        "tonne_km": [10.0, 90.0],
        "wtw_share": [0.6, 0.4],
        "tkm_share": [0.1, 0.9],
    }
)
TOP = pd.DataFrame(
    {
        "wtw_kg": [2_000_000.0, 500_000.0],
        "tonne_km": [9e6, 1e6],
        "intensity_g_per_tkm": [222.2, None],
        "wtw_share": [0.8, 0.2],
    }
)


WHOLE = (date(2025, 1, 1), date(2027, 1, 1))


def frame_of(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["period", "mode", "wtw_kg"])


def over_time(rows: list[tuple[str, str, float]], grain: str = "week", within: tuple[date, date] = WHOLE):
    return charts.over_time(frame_of(rows), grain, within)


def test_time_chart_stacks_modes_in_their_colours_and_one_unit():
    figure = over_time(
        [("2026-01-05", "air", 3_000.0), ("2026-01-05", "road", 1_000.0), ("2026-01-12", "air", 5e3)]
    )
    assert [trace.name for trace in figure.data] == ["Road", "Air"]
    assert [trace.marker.color for trace in figure.data] == [MODE_COLOURS["road"], MODE_COLOURS["air"]]
    assert list(figure.data[1].y) == [3.0, 5.0]
    assert figure.layout.yaxis.title.text == "t CO2e per week"
    assert figure.layout.barmode == "stack"


def test_single_bar_is_as_wide_as_its_week():
    figure = over_time([("2026-01-05", "air", 3_000.0)])
    assert figure.data[0].width == pytest.approx(7 * 24 * 3_600_000 * 0.86)
    assert [str(end)[:10] for end in figure.layout.xaxis.range] == ["2026-01-05", "2026-01-12"]


def test_hover_and_click_of_a_bar_know_its_period():
    first, mode, words = over_time([("2026-01-05", "air", 3_000.0)]).data[0].customdata[0]
    assert (first, mode, words) == ("2026-01-05", "air", "Air, week of 5 Jan 2026: 3 t CO2e")


def test_week_that_is_shown_in_part_is_lighter_and_says_so():
    # The selection begins on Friday 9 January: of the week of the 5th it shows three days.
    rows = [("2026-01-05", "air", 1.0), ("2026-01-12", "air", 7.0)]
    within = (date(2026, 1, 9), date(2026, 1, 19))
    bars = over_time(rows, within=within).data[0]
    assert bars.marker.opacity[0] < bars.marker.opacity[1] == 1.0
    assert bars.customdata[0][2] == "Air, week of 5 Jan 2026: 1 kg CO2e<br>only 3 days of 7"
    assert "only" not in bars.customdata[1][2]
    assert "part of a week" in charts.legend(frame_of(rows), "week", within)


def test_legend_names_the_modes_in_the_order_of_the_stack():
    found = charts.legend(frame_of([("2026-01-05", "air", 1.0), ("2026-01-05", "road", 1.0)]), "week", WHOLE)
    assert found.index("Road") < found.index("Air")
    assert MODE_COLOURS["air"] in found and "Sea" not in found and "part of" not in found


def test_one_mode_alone_leaves_the_room_of_four():
    first, last = charts.share_by_mode(BY_MODE.head(1)).layout.yaxis.range
    assert last - first == 4


def test_mode_chart_and_table_write_a_small_share_alike():
    hub = BY_MODE.tail(1).assign(mode="hub", wtw_share=0.000519)
    assert list(charts.share_by_mode(hub).data[1].text) == ["0.052 %"]


def test_only_the_ten_largest_are_drawn():
    many = pd.concat([TOP] * 6).assign(
        name="N",
        supplier_id="S",
        origin="Lyon",
        destination=None,
        origin_country="FR",
        destination_country=None,
    )
    assert len(charts.suppliers(many).data[0].x) == 10
    lane = charts.lanes(many)
    assert lane.layout.yaxis.ticktext[0] == "Lyon → unnamed"
    assert lane.data[0].customdata[0][0] == ""  # half a lane is none to filter by
    whole = charts.lanes(many.assign(destination="Turin"))
    assert whole.data[0].customdata[0][0] == "Lyon → Turin"


def test_mode_chart_sets_emissions_beside_tonne_km():
    tonne_km, emissions = charts.share_by_mode(BY_MODE).data
    assert list(emissions.y) == ["Road", "Air"]
    assert list(emissions.x) == [40.0, 60.0]
    assert list(tonne_km.x) == [90.0, 10.0]
    assert tonne_km.marker.pattern.shape == "/"
    assert emissions.customdata[1][0] == "air"


def test_ranking_has_its_largest_bar_on_top_and_labels_in_its_own_units():
    figure = charts.ranking(TOP, ["Acme", "Beta"], [("S1",), ("S2",)])
    assert list(figure.layout.yaxis.ticktext) == ["Acme", "Beta"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert list(figure.data[0].text) == ["2 kt", "500 t"]
    assert figure.layout.xaxis.title.text == "kt CO2e"
    assert figure.data[0].customdata[1][0] == "S2"


def test_names_that_look_alike_when_shortened_keep_their_own_bars():
    long = "The same very long beginning of a name, "
    figure = charts.ranking(TOP, [f"{long}1", f"{long}2"], [("1",), ("2",)])
    assert list(figure.data[0].y) == [0, 1]


def test_shortened_lane_keeps_both_ends():
    label = charts.ranking(
        TOP.head(1), ["Shenzhen Guangdong Free Trade Zone, CN → Lyon, FR"], [("CN", "FR")]
    ).layout.yaxis.ticktext[0]
    assert label.startswith("Shenzhen") and label.endswith("… → Lyon, FR")


def test_markup_in_a_name_stays_text():
    figure = charts.ranking(TOP.head(1), ["<b>A</b> & B"], [("1",)])
    assert figure.layout.yaxis.ticktext[0] == "&lt;b&gt;A&lt;/b&gt; &amp; B"


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_and_single_row_frames_draw(rows):
    assert charts.share_by_mode(BY_MODE.head(rows)).layout.xaxis.range[1] > 0
    assert charts.ranking(TOP.head(rows), ["A"][:rows], [("1",)][:rows]).layout.xaxis.range[1] > 0
    assert len(over_time([("2026-01-05", "air", 0.0)][:rows]).data) == rows
