"""One supplier's profile in parts: words, figures, recommendations, without a browser."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analytics.gaps import Gap, Gaps
from analytics.recommendations import Recommendation
from analytics.suppliers import Part, SupplierScore
from tests.unit.ui.test_ui_pages import ANALYST, SUPPLIER, open_page, shipments, values, warehouse
from tests.unit.ui.test_ui_pages import words as said_on
from tests.unit.ui.test_ui_theme import contrast
from ui import supplier_profile_charts as charts
from ui import supplier_profile_gaps as gaps
from ui import supplier_profile_head as head
from ui import supplier_profile_words as words
from ui import supplier_recommendations as recommendations
from ui.theme import GROUND

__all__ = ["shipments", "warehouse"]  # fixtures


def part(name: str, contribution: float, *, known: bool = True) -> Part:
    return Part(
        name=name,
        points=50 + 5 * contribution,
        points_low=40.0,
        points_high=90.0,
        weight=0.2 if known else 0.0,
        contribution=contribution,
        value=1.0 if known else None,
        known=known,
        evidence="From 120 legs.",
    )


def score(**changes: object) -> SupplierScore:
    """4 − 2 + 1 points around 50 make 53; 110 t against 100 t of peers."""
    parts = (
        part("efficiency", 4.0),
        part("mode_choice", -2.0),
        part("consolidation", 1.0),
        part("data_quality", 0.0),
        part("trend", 0.0, known=False),
    )
    given = {
        "supplier_id": "SUP-1", "name": "Acme", "sustainability_score": 53.0, "score_low": 47.0,
        "score_high": 59.0, "rank": 12, "rank_low": 7, "rank_high": 21, "suppliers": 60, "n": 120,
        "compared_share": 0.93, "observed_kg": 110_000.0, "expected_kg": 100_000.0, "ratio_raw": 1.1,
        "ratio": 1.08, "ratio_low": 1.02, "ratio_high": 1.15, "parts": parts,
    }  # fmt: skip
    return SupplierScore(**{**given, **changes})  # type: ignore[arg-type]


def months(*rows: tuple[str, float, float]) -> pd.DataFrame:
    """Months with what was emitted and what peers would have; intervals of ±5 %."""
    frame = pd.DataFrame(rows, columns=["period", "observed_kg", "expected_kg"])
    ratio = frame["observed_kg"] / frame["expected_kg"]
    return frame.assign(legs=10, ratio=ratio, ratio_low=ratio * 0.95, ratio_high=ratio * 1.05)


def advice(**changes: object) -> Recommendation:
    given = {
        "kind": "shift_mode", "supplier_id": "SUP-1", "title": "Move A → B from air to sea",
        "lanes": ("A → B",),
        "shipments": 48, "days": 365.0, "now_kg": 15_000.0, "saved_kg": 12_300.0, "saved_low_kg": 9_800.0,
        "saved_high_kg": 14_100.0, "saved_share": 0.12, "in_doubt_kg": 0.0, "extra_days": 21.0,
        "extra_cost": -12_000.0, "currency": "EUR", "evidence": "4 suppliers ship it by sea.",
    }  # fmt: skip
    return Recommendation(**{**given, **changes})  # type: ignore[arg-type]


def test_the_waterfall_leads_from_50_to_the_score():
    bars, texts, dot = charts.waterfall(score()).data
    assert list(bars.base) == [50.0, 54.0, 52.0, 53.0, 53.0]
    assert list(bars.x) == [4.0, -2.0, 1.0, 0.0, 0.0]
    assert bars.base[-1] + bars.x[-1] == dot.x[0] == 53.0
    assert (dot.error_x.array[0], dot.error_x.arrayminus[0]) == (6.0, 6.0)
    assert list(texts.text) == [" +4.0", " −2.0", " +1.0", " 0.0", " not known", "  53"]


def test_the_axis_of_the_waterfall_holds_all_of_it():
    low, high = charts.waterfall(score()).layout.xaxis.range
    assert low < 47 and high > 59
    low, high = charts.waterfall(score(sustainability_score=99.0, score_high=100.0)).layout.xaxis.range
    assert high == 100.0


@pytest.mark.parametrize("ground", GROUND)
@pytest.mark.parametrize("colour", [charts.BETTER, charts.WORSE, charts.UNKNOWN])
def test_colours_stand_out_from_the_ground(colour, ground):
    assert contrast(colour, GROUND[ground]) >= 3.0


def test_the_title_of_the_score_names_what_moves_it_most():
    assert words.score_finding(score()) == "Score 53 of 100: efficiency adds 4.0, mode choice takes 2.0"
    calm = score(sustainability_score=50.0, parts=(part("efficiency", 0.0), part("trend", 0.0, known=False)))
    assert words.score_finding(calm) == "Score 50 of 100: as peers do in every part"


def test_the_trend_weighs_months_by_what_peers_would_emit():
    # The first month 110 against 100, the last one 240 against 200.
    frame = months(("2026-01-01", 110, 100), ("2026-02-01", 90, 100), ("2026-03-01", 120, 100),
                   ("2026-04-01", 240, 200))  # fmt: skip
    said = words.trend_finding(frame)
    assert said == "From 1.10 × to 1.20 × what peers emit; clearly above them in 3 of 4 months"
    assert words.trend_finding(frame.head(1)) == "Too few months to see a trend"


def test_a_month_without_peers_leaves_no_trace_in_line_and_title():
    frame = months(("2026-01-01", 110, 100), ("2026-02-01", 90, np.nan), ("2026-03-01", 110, 100))
    line = charts.ratio_by_month(frame).data[-1]
    assert list(line.x) == ["2026-01-01", "2026-03-01"]
    assert "nan" not in str(charts.kg_by_month(frame)).lower()
    # 110 of two months against 100 of each: 10 % above.
    assert words.months_finding(frame) == "220 kg CO2e in 2 months, 10 % above peers"


def test_the_ratio_is_drawn_around_the_line_of_peers():
    low, high = charts.ratio_by_month(months(("2026-01-01", 100, 100))).layout.yaxis.range
    assert low < 0.9 and high > 1.1


def test_modes_stand_beside_what_peers_emit_in_one_unit():
    frame = pd.DataFrame(
        {
            "mode": ["air", "road"], "legs": [10, 20], "tonne_km": [1e5, 2e5],
            "observed_kg": [56_000.0, 9_000.0], "expected_kg": [50_000.0, np.nan],
            "ratio": [1.12, np.nan], "ratio_low": [1.05, np.nan], "ratio_high": [1.2, np.nan],
        }
    )  # fmt: skip
    expected, observed = charts.by_mode(frame).data
    assert list(observed.x) == [9.0, 56.0] and list(observed.text) == ["9 t · –", "56 t · 1.12 ×"]
    assert list(expected.text) == ["–", "50 t"]
    assert words.mode_finding(frame) == "Air: 6 t CO2e above peers for the same jobs"


def test_jobs_name_the_share_of_the_worst():
    # Above peers by 60, 20, 10 and 10: the three worst make 90 of 100 kg.
    frame = pd.DataFrame({"observed_kg": [160, 120, 110, 110, 50], "expected_kg": [100, 100, 100, 100, 100]})
    assert words.jobs_finding(frame) == "100 kg CO2e above peers in 4 jobs; 90 % of it in the 3 worst"
    assert words.jobs_finding(frame.head(1)) == "60 kg CO2e above peers, in 1 job"
    assert words.jobs_finding(frame.tail(1)) == "In no job does it emit more than peers"


def test_who_it_is_leaves_out_what_is_not_known():
    assert words.facts("SUP-1", "DE", "Electronics", np.int64(2), "own target −30 %") == (
        "SUP-1 · Germany (DE) · Electronics · tier 2 · own target −30 %"
    )
    assert words.facts("SUP-1", None, np.nan, pd.NA) == "SUP-1"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((30.0, 2019, 2030), "own target −30 % by 2030 against 2019"),
        ((42.5, None, 2030), "own target −42.5 % by 2030"),
        ((math.nan, 2019, 2030), None),
    ],
)
def test_its_own_target_in_words(given, said):
    assert words.target(*given) == said


def test_the_cards_say_where_it_stands_and_how_sure_that_is():
    found = {figure: (value, note) for figure, _, value, note in head._compared(score())}
    assert found["score"] == ("53", "95 % interval 47–59; 50 is as peers do")
    assert found["rank"] == ("12 of 60", "95 % interval 7–21; 1 is the best")
    assert found["ratio"] == (
        "1.08 ×",
        "1.02–1.15 × what peers emit for the same jobs: clearly more than peers",
    )
    assert found["extra"][0] == "10 t"


def test_nearest_peers_are_the_next_in_rank_on_either_side():
    ranking = pd.DataFrame({"supplier_id": list("abcde"), "rank": [1, 2, 3, 4, 5]})
    assert head.nearest(ranking, "c") == ("b", "d")
    assert head.nearest(ranking, "a") == ("b", "c")
    assert head.nearest(ranking, "x") == ()


def test_a_recommendation_in_one_line():
    assert recommendations.line(advice()) == (
        "Saves 12.3 t (9.8–14.1) CO2e a year, 12 % of what it emits · 48 shipments · 21 days longer · "
        "EUR 12 k less a year"
    )
    unknown = advice(extra_days=None, extra_cost=None, currency=None, shipments=1)
    assert recommendations.line(unknown).endswith("· 1 shipment · cost not known")
    primary = advice(kind="primary_data", saved_kg=0.0, in_doubt_kg=3_200.0, extra_days=None, extra_cost=None)
    assert recommendations.line(primary) == (
        "Narrows the range by 3.2 t CO2e a year; saves nothing itself · 48 shipments"
    )


def test_savings_add_up_in_the_title():
    both = [advice(), advice(saved_kg=7_700.0, saved_low_kg=5_200.0, saved_high_kg=9_900.0, saved_share=0.08)]
    assert recommendations.finding(both) == ("20 t (15–24) CO2e a year could be saved, 20 % of what it emits")
    assert recommendations.finding([]) == "Nothing to recommend from this selection"


def test_the_csv_of_recommendations_keeps_all_figures():
    frame = recommendations.frame([advice(lanes=("A → B", "A → C"))])
    assert frame["lanes"].tolist() == ["A → B; A → C"]
    assert frame["saved_kg"].sum() == 12_300.0
    assert "days_of_data" in frame


def missing(*found: Gap) -> Gaps:
    return Gaps("SUP-1", "Acme", 100, 50_000.0, 40_000.0, 62_000.0, found, pd.DataFrame(), 0, 0.0, {})


def test_the_largest_gap_is_the_title():
    emission = Gap("no_emission", "Emission not reported by the carrier", 90, 45_000.0, 0.9, 12_300.0)
    arrival = Gap("no_arrival", "Arrival missing", 20, 9_000.0, 0.18, 0.0)
    assert gaps.finding(missing(emission, arrival)) == (
        "Emission not reported by the carrier: 90 % of its emissions, 12.3 t CO2e in doubt"
    )
    assert gaps.finding(missing(arrival)) == "Arrival missing: 20 legs; no emission is in doubt for it"
    assert gaps.finding(missing()) == "No data gap in this selection"
    assert gaps.frame(missing(emission, arrival))["in_doubt_kg"].tolist() == [12_300.0, 0.0]


def test_a_supplier_alone_sees_its_figures_and_why_there_is_no_comparison(shipments, monkeypatch):
    page = open_page(monkeypatch, SUPPLIER, {"id": "ACME"}, file="pages/suppliers.py")
    assert not page.exception
    found = values(page)
    # 2 × 12 t × 850 km = 20,400 tkm
    assert (found["Shipments"], found["Transport activity"]) == ("2", "20.4 k tkm")
    assert "Score of 100" not in found
    assert page.info
    assert "could not be shown" not in said_on(page)


def test_an_unknown_supplier_is_said_to_be_unknown(shipments, monkeypatch):
    page = open_page(monkeypatch, ANALYST, {"id": "GHOST-9"}, file="pages/suppliers.py")
    assert not page.exception and not page.metric
    assert "There is no supplier GHOST\\-9 in the data that you may see" in said_on(page)
    page.button(key="to-ranking").click().run()
    assert "GHOST" not in said_on(page)


def test_a_supplier_without_legs_in_the_period_says_so_and_keeps_its_notes(shipments, monkeypatch):
    query = {"id": "ACME", "period": "Last year"}
    page = open_page(monkeypatch, ANALYST, query, file="pages/suppliers.py")
    assert not page.metric
    assert "The data run from" in said_on(page)
    assert page.text_area
    page.button(key="empty-action").click().run()
    assert values(page)["Emissions WTW, CO2e"]
