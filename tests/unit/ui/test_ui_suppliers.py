"""The Suppliers page: what ranking and comparison say and draw, weights in the link, who sees which view."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import access
import analytics.suppliers
from access import User
from analytics.suppliers import PARTS, SuppliersUnavailable, Weights
from data_access import Filters, Scope, Store, opened
from tests.legs import put
from tests.unit.ui.test_ui_theme import contrast
from ui import (
    supplier_charts,
    supplier_compare,
    supplier_compare_charts,
    supplier_master,
    supplier_profile,
    supplier_views,
    supplier_weights,
    tables,
)
from ui import supplier_ranking as ranking
from ui import supplier_words as words
from ui.theme import GROUND

ANALYST = User("u1", "ana@example.com", "Ana", "analyst")
VIEWER = User("u2", "vic@example.com", "Vic", "viewer")
SUPPLIER = User("u3", "sue@example.com", "Sue", "supplier", frozenset({"Neat"}))


def a_supplier(name: str, ratio: float, half: float, expected_kg: float = 1_000.0, **given: object) -> dict:
    """One row of the ranking; the interval is the ratio × or ÷ `half`."""
    row = {
        "supplier_id": name, "name": name, "legs": 100, "shipments": 90, "tonne_km": 5e4, "ratio": ratio,
        "ratio_low": ratio / half, "ratio_high": ratio * half, "observed_kg": ratio * expected_kg,
        "expected_kg": expected_kg, "score": 48 / ratio, "score_low": 45 / ratio, "score_high": 51 / ratio,
        "rank": 1, "rank_low": 1, "rank_high": 3,
    }  # fmt: skip
    for part in PARTS:
        row |= {
            f"{part}_points": 50.0,
            f"{part}_low": 40.0,
            f"{part}_high": 60.0,
            f"{part}_weight": 0.2,
            f"{part}_value": 1.0,
        }
    return row | given


def frame_of(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows).sort_values("score", ascending=False, ignore_index=True)


# Dirty and Grim are clearly worse, Hazy may be worse by chance, Neat is clearly better.
FOUR = frame_of(
    a_supplier("Dirty", 1.5, 1.1, 2_000_000.0),
    a_supplier("Grim", 1.2, 1.1, 1_000_000.0),
    a_supplier("Hazy", 1.1, 1.5, 1_000_000.0),
    a_supplier("Neat", 0.8, 1.1, 4_000_000.0),
)


# --- words


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(1.01, 1.4, "worse"), (0.9, 1.2, "unclear"), (0.7, 0.99, "better"), (1.0, 1.0, "unclear"),
     (math.nan, math.nan, "unclear")],
)  # fmt: skip
def test_only_an_interval_on_one_side_of_one_is_clear(low, high, said):
    assert words.standing(low, high) == said


def test_ranking_counts_who_is_clearly_worse_and_by_how_much():
    # Above peers: Dirty 0.5 × 2,000 t, Grim 0.2 × 1,000 t.
    assert words.ranking_finding(FOUR) == (
        "2 of 4 suppliers clearly emit more than peers for the same jobs: 1.2 kt above"
    )
    assert words.ranking_finding(FOUR.drop(FOUR.index[FOUR["name"] == "Grim"])).startswith(
        "1 of 3 suppliers clearly emits more"
    )


def test_ranking_without_anyone_clearly_worse():
    others = FOUR[~FOUR["name"].isin(["Dirty", "Grim"])]
    assert words.ranking_finding(others) == (
        "No supplier is clearly worse than peers; 1 of 2 suppliers clearly emits less"
    )
    hazy = frame_of(a_supplier("A", 1.1, 1.5), a_supplier("B", 0.9, 1.5))
    assert words.ranking_finding(hazy) == "None of 2 suppliers can be told apart from its peers"
    assert words.ranking_finding(FOUR.iloc[:0]) == "No supplier could be compared with peers"


def test_ranking_of_one_supplier_says_whether_it_may_be_chance():
    one = frame_of(a_supplier("Grim", 1.2, 1.1))
    assert words.ranking_finding(one) == "Grim emits 20 % more than peers for the same jobs (1.09–1.32 ×)"
    assert words.ranking_finding(frame_of(a_supplier("Hazy", 1.1, 1.5))).endswith(", which may be chance")


def test_half_of_the_excess_is_named():
    # Above peers: Dirty 1,000 t, Grim 200 t, Hazy 100 t; Dirty alone is 1,000 / 1,300 = 77 %.
    assert words.excess_finding(FOUR) == "Dirty makes 77 % of the 1.3 kt above peers"
    neat = FOUR[FOUR["name"] == "Neat"]
    assert words.excess_finding(neat) == "No supplier emits more than peers would have"


def test_cards_sum_what_lies_above_peers_and_name_best_and_worst():
    found = {figure: (value, note) for figure, _, value, note in words.cards(FOUR)}
    assert found["ranked"] == ("4", "400 legs compared")
    assert found["above"] == ("1.3 kt", "1.2 kt of it from suppliers that clearly emit more")
    # Observed: 3,000 + 1,200 of 3,000 + 1,200 + 1,100 + 3,200 t.
    assert found["worse"][0] == "49 %"
    assert found["scores"] == ("60 and 32", "Neat; Dirty")


def test_figures_carry_their_intervals_and_never_nan():
    assert words.with_interval(62.4, 55.2, 70.0) == "62 (55–70)"
    assert words.with_interval(3, 1, 7) == "3 (1–7)"
    assert words.with_interval(math.nan, math.nan, math.nan) == "–"
    assert words.times(1.123) == "1.12 ×"
    assert words.against_peers(1.12) == "12 % more than peers"
    assert words.against_peers(0.77) == "23 % less than peers"
    assert words.against_peers(1.001) == "as much as peers"


def test_a_part_that_nothing_is_known_about_has_no_points():
    unknown = frame_of(a_supplier("A", 1.0, 1.1), a_supplier("B", 1.1, 1.1, trend_value=math.nan))
    shown = words.known_parts(unknown).set_index("name")
    assert shown.loc["A", "trend_points"] == 50 and math.isnan(shown.loc["B", "trend_points"])
    assert shown.loc["B", "efficiency_points"] == 50


def test_comparison_is_clear_only_where_intervals_do_not_overlap():
    assert words.comparison_finding(FOUR) == "Neat scores 60, clearly ahead of Hazy (44)"
    alike = frame_of(a_supplier("A", 1.0, 1.1), a_supplier("B", 1.02, 1.1))
    assert words.comparison_finding(alike) == "A scores 48, B 47: their intervals overlap"


def test_modes_of_suppliers_are_told_by_the_one_that_differs_most():
    mix = pd.DataFrame(
        [("A", "air", 0.3), ("A", "sea", 0.7), ("B", "sea", 0.9), ("B", "road", 0.1)],
        columns=["name", "mode", "tkm_share"],
    )
    assert words.modes_finding(mix) == "A moves 30 % of its tonne-km by air, B 0 %"
    assert words.modes_finding(mix[mix["name"] == "A"]) == "No transport to compare"


# --- weights


def test_weights_of_a_link_are_read_in_the_order_of_the_parts():
    assert supplier_weights.parsed("60-20-10-10-0") == Weights(60, 20, 10, 10, 0)


@pytest.mark.parametrize(
    "text", ["", "abc", "1-2-3", "0-0-0-0-0", "101-0-0-0-0", "nan-1-1-1-1", "1-2-3-4-5-6"]
)
def test_weights_that_make_no_sense_are_not_read(text):
    assert supplier_weights.parsed(text) is None


def test_shares_of_the_weights_add_up_to_the_whole():
    found = words.shares(Weights(30, 30, 0, 0, 60))
    assert found == {
        "efficiency": 0.25, "mode_choice": 0.25, "consolidation": 0.0, "data_quality": 0.0, "trend": 0.5
    }  # fmt: skip


# --- charts


def test_a_dot_stands_at_its_ratio_with_its_own_whiskers():
    figure = supplier_charts.ratios(FOUR.sort_values("ratio", ascending=False))
    worse, unclear, better = figure.data
    assert list(worse.x) == [1.5, 1.2] and list(worse.y) == [0, 1]
    assert list(unclear.y) == [2] and list(better.y) == [3]
    assert worse.error_x.array[0] == pytest.approx(1.5 * 0.1)
    assert worse.error_x.arrayminus[0] == pytest.approx(1.5 - 1.5 / 1.1)
    assert worse.customdata[0][0] == "Dirty" and "50 % more than peers" in worse.customdata[0][1]
    assert len({trace.marker.symbol for trace in figure.data}) == 3  # not told by colour alone


def test_axis_of_ratios_always_shows_one():
    for rows in (FOUR, frame_of(a_supplier("A", 1.001, 1.001)), frame_of(a_supplier("B", 30.0, 1.1))):
        axis = supplier_charts.ratios(rows).layout.xaxis
        assert "1" in axis.ticktext and axis.range[0] < 0 < axis.range[1]
        assert axis.range[1] <= 1.1  # one extreme supplier does not squeeze the rest


def test_scatter_puts_expected_below_observed_beside_a_line_of_equals():
    line, *groups = supplier_charts.expected_observed(FOUR).data
    assert list(line.x) == list(line.y)
    points = {
        data[0]: (x, y)
        for trace in groups
        for data, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }
    assert points["Dirty"] == (2_000_000.0, 3_000_000.0) and len(points) == 4


def test_scatter_leaves_out_what_a_logarithm_cannot_show():
    empty = frame_of(a_supplier("A", 1.0, 1.1, 0.0))
    assert sum(len(trace.x) for trace in supplier_charts.expected_observed(empty).data[1:]) == 0


def test_names_out_of_the_data_are_no_markup_in_a_chart():
    bad = frame_of(a_supplier("<b>A</b>", 1.3, 1.1), a_supplier("B", 1.0, 1.1))
    for figure in (
        supplier_charts.ratios(bad),
        supplier_charts.expected_observed(bad),
        supplier_compare_charts.scores(bad),
    ):
        assert "<b>A" not in figure.to_json().replace("\\u003c", "<")


def test_every_panel_shows_every_supplier_and_an_unknown_part_as_words():
    rows = frame_of(a_supplier("A", 1.0, 1.1), a_supplier("B", 1.1, 1.1, trend_points=math.nan))
    figure = supplier_compare_charts.scores(rows)
    first, second = figure.data
    assert len(first.x) == 6 and len(second.x) == 5
    assert sum(note.text == "unknown" for note in figure.layout.annotations) == 1
    assert len(set(figure.layout.yaxis.tickvals)) == 12


def test_the_longest_bar_fills_its_panel():
    rows = frame_of(a_supplier("A", 1.0, 1.1), a_supplier("B", 1.1, 1.1)).assign(wtw_kg=[4.0, 1.0])
    (bars,) = supplier_compare_charts.figures(rows, [("Emissions", "wtw_kg", ["4 kg", "1 kg"])]).data
    assert list(bars.x) == [1.0, 0.25]
    nothing = rows.assign(wtw_kg=[0.0, math.nan])
    (bars,) = supplier_compare_charts.figures(nothing, [("Emissions", "wtw_kg", ["0 kg", "–"])]).data
    assert list(bars.x) == [0.0, 0.0]


@pytest.mark.parametrize("ground", GROUND)
@pytest.mark.parametrize("kind", words.STANDING_LABELS)
def test_marks_stand_out_from_the_ground(kind, ground):
    assert contrast(supplier_charts.COLOURS[kind], GROUND[ground]) >= 3.0


# --- which suppliers, and the tables


def test_best_and_worst_are_the_ends_by_ratio_and_all_are_all():
    rng = np.random.default_rng(5)
    many = frame_of(*(a_supplier(f"S{one}", float(rng.uniform(0.5, 2)), 1.1) for one in range(60)))
    ordered = many["ratio"].sort_values()
    assert ranking.part_of(many, ranking.WORST)["ratio"].tolist() == ordered.tolist()[:-21:-1]
    assert ranking.part_of(many, ranking.BEST)["ratio"].tolist() == ordered.tolist()[:20]
    assert len(ranking.part_of(many, ranking.EVERY)) == 60
    assert len(ranking.part_of(FOUR, ranking.WORST)) == 4  # so few are shown whole


def test_every_column_of_the_ranking_has_a_title():
    assert set(ranking.SHOWN) <= set(tables.COLUMNS)
    shown = ranking.with_ranges(FOUR)
    assert shown["rank_range"].tolist() == ["1–3"] * 4
    assert shown.loc[shown["name"] == "Grim", "ratio_range"].item() == "1.09–1.32"


def test_comparison_as_a_table_has_a_measure_in_each_row_and_no_nan():
    figures = FOUR.assign(
        wtw_kg=1e6, intensity_g_per_tkm=98.3, primary_share=math.nan, shipments=1_234.0, tonne_km=1e6,
        trend_points=math.nan,
    )  # fmt: skip
    found = supplier_compare.table(figures)
    assert found.columns.tolist() == FOUR["name"].tolist()
    assert found.loc["Rank", "Grim"] == "1 (1–3)" and found.loc["Shipments", "Grim"] == "1,234"
    assert found.loc["Observed ÷ expected", "Grim"] == "1.20 (1.09–1.32)"
    assert (found.loc["Trend, points"] == "–").all() and not found.isin(["nan", "None"]).any().any()


# --- the page


class Fixed:
    """Stands in for the analytics: the ranking is known, whatever the data."""

    frame = FOUR
    reason = ""

    def __init__(self, _store: Store) -> None:
        pass

    def measured(self, _filters: Filters, _scope: Scope) -> pd.DataFrame:
        if Fixed.reason:
            raise SuppliersUnavailable(Fixed.reason)
        return Fixed.frame


@pytest.fixture
def warehouse(tmp_path, monkeypatch) -> Iterator[Store]:
    monkeypatch.setenv("DATABASE_URL", f"duckdb:///{tmp_path / 'warehouse.duckdb'}")
    opened.close_warehouse()
    yield opened.warehouse()
    opened.close_warehouse()


@pytest.fixture
def fixed(monkeypatch) -> type[Fixed]:
    monkeypatch.setattr(analytics, "SupplierAnalytics", Fixed)
    monkeypatch.setattr(analytics.suppliers, "scored", lambda frame, _weights: frame)
    monkeypatch.setattr(
        supplier_profile,
        "show",
        lambda _visit, _chosen, _options, one, weights: st.write(f"profile of {one}, {weights.trend:g}"),
    )
    monkeypatch.setattr(supplier_master, "show", lambda _visit: st.write("master data"))
    monkeypatch.setattr(Fixed, "frame", FOUR)
    monkeypatch.setattr(Fixed, "reason", "")
    return Fixed


def shipped(store: Store) -> None:
    """Two legs of this month for each of the four suppliers."""
    today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    day = pd.Timestamp(today - timedelta(days=9))
    rows = [{"supplier_id": one, "departed_at": day} for one in FOUR["name"] for _ in range(2)]
    put(store, *rows, {"supplier_id": "Neat", "departed_at": day, "mode": "sea", "vehicle_class": None})


def open_page(monkeypatch, user: User = ANALYST, query: dict[str, object] | None = None) -> AppTest:
    monkeypatch.setattr(access, "user_of", lambda _token: user)
    page = AppTest.from_file(str(Path("pages/suppliers.py").resolve()), default_timeout=60)
    for key, value in (query or {}).items():
        page.query_params[key] = value
    return page.run()


def said_on(page: AppTest) -> str:
    shown = (*page.markdown, *page.header, *page.info, *page.warning, *page.error, *page.caption)
    return " ".join(str(one.value) for one in shown).replace("\\", "")


def switched(page: AppTest, view: str) -> AppTest:
    return page.segmented_control(key=supplier_views.VIEW_KEY).set_value(view).run()


def test_ranking_shows_its_finding_its_figures_and_its_table(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    page = open_page(monkeypatch)
    assert not page.exception and not page.error
    assert "2 of 4 suppliers clearly emit more than peers" in said_on(page)
    assert [one.value for one in page.metric] == ["4", "1.3 kt", "49 %", "60 and 32"]
    (table,) = page.dataframe
    assert table.value["name"].tolist() == ["Neat", "Hazy", "Grim", "Dirty"]


def test_a_filter_by_supplier_narrows_what_is_shown(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    page = open_page(monkeypatch, query={"supplier": "Grim"})
    assert "Grim emits 20 % more than peers" in said_on(page)
    assert page.dataframe[0].value["name"].tolist() == ["Grim"]


def test_a_link_opens_a_supplier_or_a_comparison(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    page = open_page(monkeypatch, query={"id": "Grim"})
    assert "profile of Grim" in said_on(page) and not page.metric
    page = open_page(monkeypatch, query={"with": ["Grim", "Neat"]})
    assert not page.exception and not page.error
    assert "Neat scores 60, clearly ahead of Grim (40)" in said_on(page)
    assert page.query_params["with"] == ["Grim", "Neat"]
    assert page.dataframe[0].value.columns.tolist() == ["Grim", "Neat"]
    page.button(key="compare-open-Neat").click().run()
    assert "profile of Neat" in said_on(page)
    assert page.query_params["id"] == "Neat" and "with" not in page.query_params


def test_before_one_is_opened_the_last_of_the_ranking_is(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    assert "profile of Dirty" in said_on(switched(open_page(monkeypatch), "One supplier"))


def test_comparison_asks_for_two_and_names_who_is_gone(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    page = switched(open_page(monkeypatch), "Compare")
    assert "Choose at least two suppliers" in said_on(page)
    page.multiselect(key="suppliers-compare-pick").set_value(["Neat", "Hazy", "Dirty"]).run()
    assert "Neat scores 60" in said_on(page) and page.query_params["with"] == ["Neat", "Hazy", "Dirty"]
    page = open_page(monkeypatch, query={"with": ["Grim", "[x](http://example.com)"]})
    assert "Not in this selection, so left out: [x](http://example.com)" in said_on(page)
    assert not page.exception


def test_comparison_with_one_supplier_only(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    monkeypatch.setattr(fixed, "frame", FOUR.head(1))
    page = open_page(monkeypatch)
    assert not page.exception and not page.error
    assert "there is none to compare it with" in said_on(switched(page, "Compare"))


def test_weights_are_taken_from_the_link_and_kept_in_it(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    page = open_page(monkeypatch, query={"weights": "60-20-10-10-0"})
    assert page.slider(key="supplier-weight-efficiency").value == 60
    page.slider(key="supplier-weight-trend").set_value(100).run()
    assert page.query_params["weights"] == "60-20-10-10-100"
    assert "50 % of the score" in said_on(page)  # trend: 100 of 200
    assert "profile of Dirty, 100" in said_on(switched(page, "One supplier"))
    page.button(key="supplier-weights-reset").click().run()
    assert "weights" not in page.query_params and page.slider(key="supplier-weight-trend").value == 10


def test_all_weights_at_zero_leave_the_old_ones(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    page = open_page(monkeypatch, query={"weights": "0-0-0-0-30"})
    page.slider(key="supplier-weight-trend").set_value(0).run()
    assert "All weights are 0" in said_on(page) and page.query_params["weights"] == "0-0-0-0-30"
    page.slider(key="supplier-weight-mode_choice").set_value(5).run()
    assert "All weights are 0" not in said_on(page) and page.query_params["weights"] == "0-5-0-0-0"


def test_weights_that_cannot_be_read_are_named(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    page = open_page(monkeypatch, query={"weights": "[all](http://example.com)"})
    assert "weights “[all](http://example.com)” could not be read" in said_on(page)
    assert page.slider(key="supplier-weight-efficiency").value == 40 and "weights" not in page.query_params


def test_without_peers_the_reason_is_said_and_one_supplier_still_opens(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    monkeypatch.setattr(fixed, "reason", "You see your own legs only.")
    page = open_page(monkeypatch, SUPPLIER)
    assert "You see your own legs only." in said_on(page) and not page.exception and not page.metric
    assert "profile of Neat" in said_on(switched(page, "One supplier"))


def test_master_data_open_only_to_those_who_may_edit_them(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    assert "master data" in said_on(switched(open_page(monkeypatch), "Supplier data"))
    page = open_page(monkeypatch, VIEWER)
    assert "Supplier data" not in page.segmented_control(key=supplier_views.VIEW_KEY).options


def test_empty_warehouse_and_empty_selection(warehouse, monkeypatch, fixed):
    assert "No shipments yet" in said_on(open_page(monkeypatch))
    put(warehouse, {"departed_at": pd.Timestamp("2020-01-01")})
    monkeypatch.setattr(fixed, "reason", "Fewer than 2 suppliers.")
    assert "Nothing in this period" in said_on(open_page(monkeypatch))


def test_long_names_and_markup_do_no_harm(warehouse, monkeypatch, fixed):
    shipped(warehouse)
    name = "<b>Very</b> *long* [name](http://example.com) " * 6
    monkeypatch.setattr(fixed, "frame", FOUR.assign(name=[name, "B", "C", "D"]))
    page = open_page(monkeypatch)
    assert not page.exception and not page.error
    assert "[name](http" not in " ".join(str(one.value) for one in page.caption)
