"""The drawn map: widths and circles in proportion to kg, words with units, names that cover nothing."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from analytics.flows import heaviest, world
from tests.unit.analytics.test_flows import THREE, sums
from ui.lane_map_figure import FLOW, PLACE, drawn
from ui.lane_map_labels import labelled
from ui.lane_map_words import alt_text, finding, said
from ui.theme import MODE_COLOURS

SIZE = {"width_px": 870.0, "height_px": 390.0}
MOST_BYTES = 200_000  # of the land, to the browser


def traces(drawing, name: str):
    return next(trace for trace in drawing.figure.data if trace.name == name)


def test_a_line_is_as_wide_as_its_emissions_and_has_its_modes_colour():
    flows = heaviest(
        sums(("Shanghai, CN", "Hamburg, DE", "sea", 800.0), ("Chicago, US", "Lyon, FR", "air", 200.0)), 10
    )
    lines = [one for one in drawn(flows, view=world(), **SIZE).figure.data if one.mode == "lines"]
    widths = {one.line.color.rpartition(",")[0]: one.line.width for one in lines}
    # A quarter of the kg, a quarter of the width.
    sea, air = (
        f"rgba({','.join(map(str, bytes.fromhex(MODE_COLOURS[mode][1:])))}" for mode in ("sea", "air")
    )
    assert widths[sea] == pytest.approx(4 * widths[air], rel=0.01)


def test_a_circle_has_an_area_in_proportion_to_what_comes_and_goes():
    flows = heaviest(
        sums(("Shanghai, CN", "Hamburg, DE", "sea", 900.0), ("Chicago, US", "Lyon, FR", "air", 100.0)), 10
    )
    sizes = sorted(traces(drawn(flows, view=world(), **SIZE), "places").marker.size)
    assert sizes[-1] == pytest.approx(3 * sizes[0], rel=0.01)


def test_what_can_be_clicked_says_its_lane_with_units():
    custom = traces(drawn(heaviest(THREE, 10), view=world(), **SIZE), "lanes").customdata
    words = {row[1]: row[2] for row in custom}
    assert {row[0] for row in custom} == {FLOW}
    assert words["0"].startswith("<b>Shanghai, CN → Hamburg, DE</b><br>Sea: 70 kg CO2e, 44 % of all lanes")
    # 70 kg over 1,000 tkm are 70 g per tkm.
    assert "1 t moved, 1 k tkm<br>70 g CO2e/tkm, 2 legs" in words["0"]


def test_a_place_says_what_comes_and_goes():
    custom = traces(drawn(heaviest(THREE, 10), view=world(), **SIZE), "places").customdata
    hamburg = next(row[2] for row in custom if "Hamburg" in row[2])
    assert {row[0] for row in custom} == {PLACE}
    assert "150 kg CO2e" in hamburg  # 50 by road and 30 by rail to Lyon, 70 by sea from Shanghai


def test_text_out_of_the_data_is_no_html():
    rows = THREE.replace("Hamburg, DE", "<b>Ham</b>")
    drawing = drawn(heaviest(rows, 10), view=world(), **SIZE)
    assert "<b>Ham</b>" not in drawing.figure.to_json()


def test_the_finding_and_the_rest_are_said():
    flows = heaviest(THREE, 2)
    # Each row moves 1,000 tkm; the first mode of equals is named.
    assert finding(flows).endswith(
        "sea from Shanghai, CN to Hamburg, DE is the heaviest lane, 44 % of all emissions"
    )
    assert said(flows).startswith("2 of 3 lanes drawn: 94 % of emissions; the lighter ones are 10 kg.")
    assert said(heaviest(THREE, 9)).startswith("All 3 lanes drawn, 160 kg CO2e.")
    rows = sums(("Nowhere", "Lyon, FR", "road", 5.0), ("Hamburg, DE", "Lyon, FR", "road", 15.0))
    assert "1 lane without coordinates, 5 kg" in said(heaviest(rows, 9))
    assert "Shanghai, CN → Hamburg, DE by sea, 70 kg CO2e" in alt_text(flows)


def test_the_land_is_small_enough_for_every_view():
    drawing = drawn(heaviest(THREE, 10), view=world(), **SIZE)
    near = drawn(heaviest(THREE, 10), view=world().zoomed(8), **SIZE)
    for one in (drawing, near):
        picture = json.loads(one.figure.to_json())["layout"]["images"][0]["source"]
        assert len(picture) < MOST_BYTES
        assert not re.search(r"nan|NaN|#", picture)


def test_names_cover_neither_each_other_nor_circles():
    centres = np.array([[0.0, 0.0], [0.01, 0.0], [1.0, 0.5]])
    trace = labelled(centres, ["Rotterdam", "Antwerp", "Oslo"], [20.0, 20.0, 8.0], 0.01, world())
    assert trace["text"][0] == "Rotterdam"
    assert len(set(zip(trace["x"], trace["textposition"], strict=True))) == len(trace["text"])


def _nothing_to_draw():
    from analytics.flows import heaviest
    from tests.unit.analytics.test_flows import sums
    from ui import lane_map

    unlocated = heaviest(sums(("Nowhere", "Lyon, FR", "road", 5.0)), 10)
    hubs = heaviest(sums(("Lyon, FR", "Lyon, FR", "hub", 4.0)), 10)
    for flows in (unlocated, hubs):
        lane_map._nothing(flows, None)


def test_a_map_without_lanes_says_why():
    page = AppTest.from_function(_nothing_to_draw).run()
    assert not page.exception
    assert [one.value for one in page.header] == [
        "No lane of this selection has a place on the map",
        "No lane in this selection",
    ]
    unlocated, hubs = (one.value for one in page.caption)
    assert unlocated.startswith("1 lane with 5 kg CO2e came without coordinates")
    assert hubs.startswith("All of it, 4 kg CO2e, comes from hub operations")
