"""The Lanes page and its parts: words, figures, and the page itself against a small warehouse."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import access
from access import User
from analytics.lanes import LaneOptions, od_matrix
from analytics.recommendations import ShiftCandidates
from data_access import Store
from reporting.excel_export import xlsx_bytes
from tests.legs import put
from tests.unit.ui.test_ui_pages import ANALYST, SUPPLIER, values, warehouse
from tests.unit.ui.test_ui_theme import contrast
from ui import (
    lane_alternatives,
    lane_charts,
    lane_hubs,
    lane_kpis,
    lane_matrix,
    lane_shifts,
    lane_table,
    lane_words,
    tables,
)
from ui.theme import GROUND

__all__ = ["warehouse"]  # a fixture

TEXT = {"light": "#0d1511", "dark": "#e8efeb"}  # as .streamlit/config.toml


def shift(**changes: object) -> dict[str, object]:
    row = {
        "origin": "Suzhou, CN", "origin_country": "CN", "destination": "Venlo, NL",
        "destination_country": "NL", "lane": "Suzhou, CN → Venlo, NL", "from_mode": "air", "to_mode": "sea",
        "suppliers": 1, "shipments": 12,
        "weight_kg": 24_000.0, "now_kg": 100_000.0, "then_kg": 10_000.0, "saved_kg": 90_000.0,
        "saved_low_kg": 60_000.0, "saved_high_kg": 130_000.0, "saved_share": 0.9, "days_now": 3.0,
        "days_then": 31.5, "extra_days": 28.5, "cost_per_t_now": 3_000.0, "cost_per_t_then": np.nan,
        "extra_cost": np.nan, "currency": "EUR", "evidence_shipments": 40, "evidence_suppliers": 1,
        "evidence": "same lane",
    }  # fmt: skip
    return {**row, **changes}


def candidates(*rows: dict[str, object], **left_out: int) -> ShiftCandidates:
    frame = pd.DataFrame(rows, columns=list(shift()))
    sums = [float(frame[name].sum()) for name in ("saved_kg", "saved_low_kg", "saved_high_kg")]
    more = {"too_slow": 0, "time_unknown": 0, **left_out}
    return ShiftCandidates(frame, *sums, days=364.6, **more)


def options(*modes: dict[str, object]) -> LaneOptions:
    frame = pd.DataFrame(modes).assign(
        low_kg_per_t=lambda rows: rows["kg_per_t"] * 0.8,
        high_kg_per_t=lambda rows: rows["kg_per_t"] * 1.25,
        kg=lambda rows: rows["kg_per_t"] * 12,
        low_kg=lambda rows: rows["kg_per_t"] * 9.6,
        high_kg=lambda rows: rows["kg_per_t"] * 15,
        change_kg=0.0,
    )
    return LaneOptions("A, DE → B, US", 12_000.0, 1_000.0, frame, (("road", "No bridge *there*."),))


SEA = {
    "mode": "sea", "basis": "modelled", "legs": 0, "distance_km": 9_000.0, "by_road_km": 240.0,
    "kg_per_t": 200.0,
    "days": 14.0, "days_basis": "like distance", "days_legs": 40, "cost_per_t": np.nan, "currency": None,
    "other_costs": None, "mass_share": 0.0,
}  # fmt: skip
AIR = {
    "mode": "air", "basis": "observed", "legs": 126, "distance_km": 8_000.0, "by_road_km": 0.0,
    "kg_per_t": 5_000.0, "days": 0.5, "days_basis": "observed", "days_legs": 100, "cost_per_t": 4_524.0,
    "currency": "EUR", "other_costs": "USD 90.00/t", "mass_share": 1.0,
}  # fmt: skip
MATRIX = od_matrix(
    pd.DataFrame(
        {
            "origin_country": ["CN", "DE", None],
            "destination_country": ["DE", "DE", "FR"],
            "legs": [3, 2, 1],
            "tonne_km": [1e6, 1e4, 0.0],
            "wtw_kg": [1_000.0, 100.0, 25.0],
        }
    ),
    "country",
)


# --- words


@pytest.mark.parametrize(
    ("days", "text"),
    [(28.98, "29 days"), (1.5, "1.5 days"), (0.5, "12 hours"), (0.999, "1 day"), (float("nan"), "–")],
)
def test_days_are_written_as_people_say_them(days, text):
    assert lane_words.days_words(days) == text


def test_cost_names_its_currency_and_keeps_the_others_apart():
    assert lane_words.cost_words(4_524.4, "EUR", "USD 90.00/t") == "EUR 4,524/t; USD 90.00/t"
    assert lane_words.cost_words(float("nan"), None) == "–"


def test_a_lane_says_which_mode_is_cleaner_and_what_that_rests_on():
    said = lane_words.options_finding(options(SEA, AIR))
    assert said == "A, DE → B, US: Sea emits 96 % less than Air, as modelled"  # 1 − 200 ÷ 5,000
    clean = options({**SEA, "basis": "observed", "mass_share": 1.0}, {**AIR, "mass_share": 0.0})
    assert lane_words.options_finding(clean) == "A, DE → B, US: Sea is the cleanest mode, and carries 100 %"
    assert "no other mode" in lane_words.options_finding(options(AIR))


def test_rows_of_a_lane_say_what_is_observed_and_what_is_modelled():
    rows = lane_alternatives.rows_of(options(SEA, AIR))
    assert rows["basis"].tolist() == [
        "Modelled, with 240 km by road to and from the ports",
        "Observed, 126 legs",
    ]
    assert rows["days_words"].tolist() == ["14 days, as over like distances", "12 hours"]
    assert rows["cost"].tolist() == ["–", "EUR 4,524/t; USD 90.00/t"]


def test_unknown_days_are_called_unknown():
    rows = lane_alternatives.rows_of(options({**SEA, "days": np.nan, "days_basis": None}))
    assert rows["days_words"].tolist() == ["Unknown"]


def test_shift_candidates_say_days_cost_and_evidence():
    row = lane_shifts.rows_of(candidates(shift()).frame).iloc[0]
    assert row["move"] == "Air → Sea"
    assert row["days_change"] == "3 days → 31.5 days"
    assert row["cost_change"] == "EUR 3,000/t → –"
    assert row["evidence_words"] == "Same lane: 40 shipments of 1 supplier"


def test_shift_finding_and_what_a_limit_leaves_out():
    found = candidates(shift(), shift(saved_kg=10_000.0), too_slow=3, time_unknown=1)
    assert (
        lane_words.shifts_finding(found) == "2 lanes could move to a cleaner mode: 100 t CO2e less per year"
    )
    assert lane_words.left_out_words(found, None) == ""
    said = lane_words.left_out_words(found, 7.0)
    assert "3 lanes where every cleaner mode takes more than 7 days longer" in said
    assert "1 lane where a transit time is not known" in said
    assert "No lane could move" in lane_words.shifts_finding(candidates())


def test_how_concentrated_lanes_are():
    table = pd.DataFrame({"lane": ["a", "a", "b", None], "wtw_kg": [30.0, 30.0, 30.0, 10.0]})
    assert lane_words.lane_finding(table) == "1 of 3 lanes emits half of what transport emits"
    assert "one lane" in lane_words.lane_finding(table.head(2))
    assert lane_words.lane_finding(table.head(0)) == "No lane in this selection"


def test_table_says_what_the_rows_add_up_to_and_how_many_are_not_shown():
    few = pd.DataFrame({"wtw_kg": [900.0, 100.0]})
    assert lane_table.caption(few, 1_250.0) == "2 rows in all: 1 t CO2e, and 250 kg CO2e at hubs."
    many = pd.DataFrame({"wtw_kg": [2.0] * 1_000 + [1.0] * 500})
    assert lane_table.caption(many, 2_500.0) == (
        "The 1,000 heaviest of 1,500 rows; the others emit 500 kg CO2e, and the file has them all. "
        "Together: 2.5 t CO2e."
    )


def test_hubs_and_their_modes_in_words():
    assert lane_words.modes_words((("sea", 0.97), ("air", 0.03))) == "Sea 97 %, Air 3 %"
    assert lane_words.modes_words((("road", 1.0),)) == "Road"
    assert lane_words.modes_words(()) == "–"
    table = pd.DataFrame({"origin": ["Basel, CH", None], "wtw_kg": [30.0, 10.0], "share": [0.75, 0.25]})
    said = lane_words.hubs_finding(table, 4_000.0)
    assert said == "2 hubs emit 40 kg CO2e, 1 % of all; Basel, CH makes 75 % of it"
    assert lane_words.hubs_finding(table.tail(1), 0.0) == "1 hub emits 10 kg CO2e: an unnamed place"


def test_matrix_names_the_heaviest_pair():
    said = lane_words.matrix_finding(MATRIX, "country")
    assert said == "From China (CN) to Germany (DE): 89 % of what transport emits"  # 1,000 of 1,125


@pytest.mark.parametrize(
    "columns",
    [lane_table.SHOWN, lane_alternatives.SHOWN, lane_shifts.SHOWN, lane_matrix.SHOWN, lane_hubs.SHOWN],
)
def test_every_column_of_the_lane_tables_has_a_title(columns):
    assert list(tables.column_config(columns)) == columns


# --- figures


def test_bars_carry_their_ranges_as_whiskers():
    bar = lane_charts.shifts(candidates(shift())).data[0]
    assert (bar.x[0], bar.error_x.array[0], bar.error_x.arrayminus[0]) == (90.0, 40.0, 30.0)  # t
    assert bar.customdata[0][:2] == ["Suzhou, CN", "Venlo, NL"]


def test_modelled_modes_are_hatched():
    bar = lane_charts.options(options(SEA, AIR)).data[0]
    assert list(bar.marker.pattern.shape) == ["/", ""]


def test_matrix_has_a_cell_for_each_pair_and_says_its_figures():
    figure = lane_charts.matrix(MATRIX, by="country", measure="wtw_kg")
    cells = {tuple(one[:2]): one[2] for one in figure.data[0].customdata}
    assert len(cells) == 3
    assert cells[0, 0].startswith("China (CN) → Germany (DE)<br>1 t CO2e, 89 % of all")
    assert [one.text for one in figure.layout.annotations] == ["1 t", "100 kg", "25 kg"]
    intensity = lane_charts.matrix(MATRIX, by="country", measure="intensity_g_per_tkm")
    assert [one.text for one in intensity.layout.annotations] == ["1", "10", ""]  # nothing moved


def test_names_out_of_the_data_are_no_markup_in_the_charts():
    bad = candidates(shift(lane="<b>A</b> → B", origin="<b>A</b>"))
    shown = lane_charts.shifts(bad)
    assert "<b>A" not in shown.data[0].customdata[0][2] and "<b>A" not in shown.layout.annotations[0].text


@pytest.mark.parametrize("theme", GROUND)
@pytest.mark.parametrize("value", [0.0, 0.1, 0.5, 1.0])
def test_values_stay_readable_on_every_shade(theme, value):
    *colour, alpha = lane_charts.shade(value, 1.0).removeprefix("rgba(").removesuffix(")").split(",")
    ground = [int(GROUND[theme][at : at + 2], 16) for at in (1, 3, 5)]
    mixed = [round(float(one) * float(alpha) + back * (1 - float(alpha)))
             for one, back in zip(colour, ground, strict=True)]  # fmt: skip
    assert contrast("#{:02x}{:02x}{:02x}".format(*mixed), TEXT[theme]) >= 4.5


def test_shades_rise_with_the_value():
    alphas = [float(lane_charts.shade(v, 100.0).split(",")[3][:-1]) for v in (0.0, 1.0, 10.0, 50.0, 100.0)]
    assert alphas == sorted(alphas) and len(set(alphas)) == 5


def test_charts_of_nothing_are_drawn():
    nothing = pd.DataFrame(columns=["origin", "wtw_kg", "low_kg", "high_kg"])
    for figure in (lane_charts.shifts(candidates()), lane_charts.hubs(nothing)):
        assert [len(trace.x) for trace in figure.data] == [0]


# --- the file


def test_excel_keeps_numbers_as_numbers_and_formulas_as_text():
    from python_calamine import CalamineWorkbook

    frame = pd.DataFrame({"lane": ["=HYPERLINK(1)", "https://a.example"], "saved_kg": [1234.5678, np.nan]})
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_bytes(frame, "Shift candidates")))
    rows = book.get_sheet_by_name("Shift candidates").to_python()
    assert rows == [["lane", "saved_kg"], ["=HYPERLINK(1)", 1234.5678], ["https://a.example", ""]]


# --- the page

COLUMNS = {
    "origin_lat": 53.55, "origin_lon": 9.99, "destination_lat": 48.21, "destination_lon": 16.37,
}  # fmt: skip


@pytest.fixture
def legs(warehouse) -> Store:
    """12 t and 6 t from Hamburg to Vienna by road (ACME), 30 t by rail (Other), 12 t at a hub; last week."""
    day = {"departed_at": datetime.combine(date.today(), datetime.min.time()) - timedelta(days=7), **COLUMNS}
    put(
        warehouse,
        {**day, "supplier_id": "ACME"},
        {**day, "supplier_id": "ACME", "weight_kg": 6_000.0},
        {**day, "supplier_id": "Other", "mode": "rail", "vehicle_class": "freight train",
         "weight_kg": 30_000.0},
        {**day, "supplier_id": "Other", "mode": "hub", "vehicle_class": None, "distance_km": 0.0,
         "hub_kg_per_t": 1.2, "origin": "Graz, AT", "destination": "Graz, AT", "origin_country": "AT"},
    )  # fmt: skip
    return warehouse


def open_lanes(monkeypatch, user: User = ANALYST, **query: str) -> AppTest:
    """The page inside the app: it links to other pages."""
    monkeypatch.setattr(access, "user_of", lambda _token: user)
    page = AppTest.from_file(str(Path("Home.py").resolve()), default_timeout=120)
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    return page.switch_page("pages/lanes.py").run()


def words(page: AppTest) -> str:
    shown = (*page.markdown, *page.header, *page.info, *page.warning, *page.error, *page.caption)
    return " ".join(str(one.value) for one in shown).replace("\\", "")


def clean(page: AppTest) -> bool:
    assert not page.exception and not page.error, words(page)
    return not any(odd in words(page) for odd in (" nan", "None", "Traceback"))


def test_page_shows_lanes_and_their_sums(legs, monkeypatch):
    page = open_lanes(monkeypatch)
    assert clean(page)
    found = values(page)
    assert (found["Lanes"], found["Mass shipped"]) == ("1", "60 t")
    assert "All transport of this selection runs on one lane" in words(page)
    table = next(one.value for one in page.dataframe if "lane" in one.value)
    assert set(table["mode"]) == {"Road", "Rail"} and table["legs"].sum() == 3
    assert "at hubs" in words(page)


def test_a_lane_opens_with_each_mode(legs, monkeypatch):
    page = open_lanes(monkeypatch, lane="Hamburg, DE → Vienna, AT")
    assert clean(page)
    rows = next(one.value for one in page.dataframe if "kg_per_t" in one.value)
    assert {"Road", "Rail", "Air"} == set(rows["mode"])
    assert "Rail is the cleanest mode, and carries 62 %" in words(page) and "Observed, 2 legs" in set(
        rows["basis"]
    )


def test_a_lane_without_legs_says_what_to_do(legs, monkeypatch):
    page = open_lanes(monkeypatch, lane="Nowhere, XX → Elsewhere, XX")
    assert "Nothing fits these filters" in words(page)
    assert not page.exception


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("Shift candidates", "cleaner mode"),
        ("Origin–destination", "From Germany (DE) to Austria (AT): 100 % of what transport emits"),
        ("Hubs", "1 hub emits 14.4 kg CO2e"),  # 12 t × 1.2 kg
    ],
)
def test_sections_stand_in_the_url(legs, monkeypatch, section, said):
    page = open_lanes(monkeypatch)
    page.segmented_control(key="section").set_value(section).run()
    assert clean(page) and said in words(page)


def test_no_hub_in_the_selection_says_so(legs, monkeypatch):
    page = open_lanes(monkeypatch, lane="Hamburg, DE → Vienna, AT")
    page.segmented_control(key="section").set_value("Hubs").run()
    assert clean(page) and "No hub operations in this selection" in words(page)


def test_a_supplier_sees_its_own_lanes_only(legs, monkeypatch):
    page = open_lanes(monkeypatch, SUPPLIER)
    assert clean(page)
    table = next(one.value for one in page.dataframe if "lane" in one.value)
    assert set(table["mode"]) == {"Road"} and values(page)["Mass shipped"] == "18 t"


def test_empty_warehouse_and_empty_period(warehouse, monkeypatch):
    assert "No shipments yet" in words(open_lanes(monkeypatch))
    put(warehouse, {"departed_at": pd.Timestamp("2020-01-01")})
    assert "Nothing in this period" in words(open_lanes(monkeypatch))


def test_thousands_of_lanes_are_shown_in_part_and_summed_whole(warehouse, monkeypatch):
    day = datetime.combine(date.today(), datetime.min.time()) - timedelta(days=7)
    put(warehouse, *({"departed_at": day, "origin": f"Place {number}, DE"} for number in range(1_500)))
    page = open_lanes(monkeypatch)
    assert clean(page) and values(page)["Lanes"] == "1,500"
    table = next(one.value for one in page.dataframe if "lane" in one.value)
    assert len(table) == 1_000
    assert "The 1,000 heaviest of 1,500 rows" in words(page)


def test_cards_show_a_change_only_where_there_is_a_period_before():
    from analytics.lanes import LaneCounts, LaneSummary
    from analytics.overview import Summary
    from tests.unit.ui.test_ui_parts import BEFORE, NOW

    now = LaneSummary(Summary(NOW, BEFORE), LaneCounts(110, 2e6), LaneCounts(100, 2.5e6))
    cards = {one.figure: one for one in lane_kpis.cards(now, candidates(shift()))}
    assert (cards["lanes"].change[1], cards["mass"].change[1]) == ("+10.0 %", "−20.0 %")
    assert (cards["shift"].value, cards["shift"].note) == ("90 t", "CO2e, 95 % range 60–130 t")
    alone = LaneSummary(Summary(NOW, None), LaneCounts(110, 2e6), None)
    assert all(one.change is None for one in lane_kpis.cards(alone, None))
    assert lane_kpis.cards(alone, None)[-1].value == "–"
    assert lane_kpis.cards(alone, candidates())[-1].value == "0 kg"
