"""The Anomalies page in parts: words, figures, links and undo, without a browser."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from access import User
from analytics.anomalies.kinds import KINDS
from analytics.plausibility import KINDS as RULES
from data_access import Store
from data_access.app_database import AppDatabase
from data_access.schema import legs
from ingestion import import_file, scoring, triage
from tests.unit.ui.test_ui_pages import (
    ANALYST,
    HEADER,
    VIEWER,
    open_page,
    shipments,
    values,
    warehouse,
    words,
)
from tests.unit.ui.test_ui_theme import APART, VISIONS, ciede2000, contrast, lab, linear
from ui import anomaly_charts, anomaly_open, anomaly_words, formats
from ui.anomaly_sensitivity import ScoringJob
from ui.anomaly_words import GROUP_COLOURS, GROUPS, ago, group_of, kind_label, usual
from ui.theme import GROUND

__all__ = ["shipments", "warehouse"]  # fixtures

WHOLE = (date(2026, 1, 1), date(2027, 1, 1))


def row(**changes: object) -> dict[str, object]:
    leg = {
        "kind": "weight_in_lb", "column_name": "weight_kg", "value": 26_455.0, "expected_low": 6_400.0,
        "expected_high": 18_000.0, "mode": "road", "weight_kg": 26_455.0, "distance_km": 850.0,
        "wtw_kg": 2_137.0, "fix_column": "weight_kg", "fix_value": "12000.0",
    }  # fmt: skip
    return {**leg, **changes}


def timeline(*rows: tuple[str, str, int, float], grain: str = "month") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["period", "kind", "legs", "at_stake_kg"])
    frame.attrs["grain"] = grain
    return frame


def test_every_kind_of_the_detector_and_of_the_rules_has_a_name_and_one_group():
    grouped = [kind for kinds in GROUPS.values() for kind in kinds]
    assert sorted(grouped) == sorted([*KINDS, *RULES])
    assert all("_" not in kind_label(kind) for kind in grouped)
    assert len({kind_label(kind) for kind in grouped}) == len(grouped)
    assert (
        set(GROUPS) == set(GROUP_COLOURS) == set(anomaly_words.GROUP_SHAPES) == set(anomaly_charts._OUTLINES)
    )


def test_a_kind_that_is_new_here_is_shown_rather_than_an_error():
    assert (kind_label("wrong_planet"), group_of("wrong_planet")) == ("Wrong planet", "Intensity")


@pytest.mark.parametrize("ground", GROUND)
@pytest.mark.parametrize("colour", [*GROUP_COLOURS.values(), anomaly_charts.ALERT])
def test_colours_of_the_groups_stand_out_from_the_ground(colour, ground):
    assert contrast(colour, GROUND[ground]) >= 3.0


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("one", "other"), combinations(GROUP_COLOURS, 2))
def test_two_groups_are_told_apart(one, other, vision):
    seen = [lab(np.clip(VISIONS[vision] @ linear(GROUP_COLOURS[group]), 0, 1)) for group in (one, other)]
    assert ciede2000(*seen) >= APART


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "26,455 kg → 6,400–18,000 kg"),
        (
            {"column_name": "distance_km", "value": 8_500.0, "expected_low": 780.0, "expected_high": 920.4},
            "8,500 km → 780–920 km",
        ),
        (
            {"column_name": "wtw_kg", "value": 5.25, "expected_low": 0.9, "expected_high": 1.5},
            "5.25 kg CO2e → 0.9–1.5 kg CO2e",
        ),
        (
            {"kind": "impossible_mode", "column_name": "mode", "fix_column": "mode", "fix_value": "sea"},
            "Road → Sea",
        ),
        ({"kind": "road_over_ocean", "column_name": "mode", "fix_column": None, "fix_value": None}, "Road"),
        (
            {"kind": "duplicate", "column_name": "shipment_id", "fix_column": "remove", "fix_value": "S-17"},
            "copy of S-17",
        ),
        (
            {"kind": "too_heavy", "value": None, "expected_low": None, "expected_high": float("nan")},
            "26,455 kg",
        ),
        ({"kind": "future_date", "column_name": "departed_at", "value": None}, "–"),
        ({"column_name": None, "value": float("nan")}, "–"),
    ],
)
def test_what_stands_there_and_what_is_usual(changes, words):
    assert usual(row(**changes)) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (None, "never"),
        (datetime(2026, 3, 1, 11, 59, 30), "just now"),
        (datetime(2026, 3, 1, 11, 58), "2 minutes ago"),
        (datetime(2026, 3, 1, 11, 0), "1 hour ago"),
        (datetime(2026, 2, 26, 11, 0), "3 days ago"),
        (datetime(2026, 3, 1, 13, 0), "just now"),  # a clock that is ahead
    ],
)
def test_how_long_ago(moment, words):
    assert ago(moment, now=datetime(2026, 3, 1, 12)) == words


def test_sentences_name_the_supplier():
    assert anomaly_words.named("2 × SUP-1's usual, not SUP-12's", "SUP-1", "Acme") == (
        "2 × Acme's usual, not SUP-12's"
    )
    assert anomaly_words.named("Twice", "", "Acme") == "Twice"
    assert anomaly_words.named("Twice A's", "A", None) == "Twice A's"


def test_bars_by_kind_carry_kilograms_in_one_unit_and_their_kind():
    frame = pd.DataFrame(
        {"kind": ["tonnes_as_kg", "future_date"], "legs": [3, 1], "at_stake_kg": [38_200.0, 500.0]}
    )
    figure = anomaly_charts.by_kind(frame)
    assert list(figure.data[0].x) == [38.2, 0.5]
    assert figure.layout.xaxis.title.text == "t CO2e at stake"
    assert list(figure.data[0].text) == ["38.2 t · 3 legs", "500 kg · 1 leg"]
    assert [one[0] for one in figure.data[0].customdata] == ["tonnes_as_kg", "future_date"]


def test_timeline_stacks_groups_not_kinds():
    frame = anomaly_charts.grouped(
        timeline(
            ("2026-01-01", "weight_in_lb", 2, 10.0),
            ("2026-01-01", "tonnes_as_kg", 3, 5.0),
            ("2026-02-01", "duplicate", 1, 7.0),
        )
    )
    assert frame[["group", "legs", "at_stake_kg"]].values.tolist() == [
        ["Weight", 5, 15.0],
        ["Duplicate", 1, 7.0],
    ]
    assert frame.attrs["grain"] == "month"
    figure = anomaly_charts.times(frame, "month", WHOLE)
    assert [(trace.name, list(trace.y)) for trace in figure.data] == [("Weight", [5]), ("Duplicate", [1])]
    assert ">Weight<" in anomaly_charts.times_legend(frame)
    assert ">Mode<" not in anomaly_charts.times_legend(frame)


def points(*rows: tuple[float, float | None, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["weight_kg", "intensity_g_per_tkm", "mode", "kind"])
    ids = [f"S{number}" for number in range(len(frame))]
    return frame.assign(is_anomaly=frame["kind"].notna(), shipment_id=ids, leg_no=1)


def test_scatter_leaves_out_hubs_and_highlights_anomalies_by_shape():
    frame = points(
        (12_000, 95.0, "road", None),
        (800, None, "hub", None),
        (800, None, "hub", "unusual_weight"),
        (26_455, 95.0, "road", "weight_in_lb"),
    )
    figure = anomaly_charts.points(frame)
    assert [(trace.name, len(trace.x)) for trace in figure.data] == [("Road", 1), ("Weight", 1)]
    assert figure.data[1].marker.symbol == "triangle-up"
    assert list(figure.data[1].customdata[0])[:2] == ["S3", 1]
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")


def test_data_in_a_hover_is_text():
    frame = points((5.0, 95.0, "road", "duplicate")).assign(shipment_id="<b>S</b>")
    assert "&lt;b&gt;" in anomaly_charts.points(frame).data[0].customdata[0][2]


def test_distribution_holds_all_positive_values_and_marks_the_leg():
    values = pd.Series([100.0, 110.0, 120.0, 0.0])
    figure = anomaly_charts.distribution(values, unit="kg", value=10_000.0, low=90.0, high=130.0)
    assert sum(figure.data[0].y) == 3
    low, high = figure.layout.xaxis.range
    assert low <= np.log10(90) and high >= np.log10(10_000)
    line = figure.layout.shapes[-1]
    assert line.x0 == line.x1 == pytest.approx(4.0)
    assert "10,000 kg" in figure.layout.annotations[-1].text
    assert len(figure.layout.xaxis.tickvals) >= 2


def test_distribution_of_equal_values_still_has_a_width():
    figure = anomaly_charts.distribution(
        pd.Series([850.0] * 9), unit="km", value=850.0, low=850.0, high=850.0
    )
    low, high = figure.layout.xaxis.range
    assert high > low


@pytest.mark.parametrize(
    ("text", "leg"),
    [
        ("S-1/2", ("S-1", 2)),
        ("A/B/3", ("A/B", 3)),
        ("S-1", ("S-1", 1)),
        ("A/B", ("A/B", 1)),
        ("S/99999999999", ("S/99999999999", 1)),
        ("", None),
        (None, None),
    ],
)
def test_leg_of_a_link(text, leg):
    assert anomaly_open.parsed(text) == leg


@pytest.fixture
def session(monkeypatch):
    state: dict[str, object] = {}
    monkeypatch.setattr(anomaly_open, "st", SimpleNamespace(session_state=state, query_params={}))
    return state


KEYS = [("S1", 1), ("S1", 2), ("S2", 1)]


def test_one_ticked_row_opens_its_leg_and_several_close_it(session):
    anomaly_open.pick(KEYS, [1])
    assert anomaly_open.leg() == ("S1", 2)
    assert anomaly_open.default_rows(KEYS) == [1]
    anomaly_open.pick(KEYS, [0, 2])
    assert not anomaly_open.is_open()


def test_a_table_begins_with_the_open_leg_ticked_and_leaves_it_to_the_user_then(session):
    anomaly_open.pick(KEYS, [2])
    assert anomaly_open.first_ticks("table-1", KEYS) == [2]
    anomaly_open.pick(KEYS, [0])
    assert anomaly_open.first_ticks("table-1", KEYS) == [2]
    assert anomaly_open.first_ticks("table-2", KEYS) == [0]


def test_an_outline_in_the_chart_ticks_the_rows_of_its_legs(session):
    anomaly_open.mark([{"customdata": ["S2", 1, "…"]}, {}, {"customdata": ["S1", 1, "…"]}])
    rows = pd.DataFrame({"shipment_id": ["S1", "S1", "S2"], "leg_no": [1, 2, 1]})
    kept = anomaly_open.within_lasso(rows)
    assert kept["shipment_id"].tolist() == ["S1", "S2"]
    assert anomaly_open.default_rows([("S1", 1), ("S2", 1)]) == [0, 1]


def test_a_click_on_one_point_opens_it(session):
    anomaly_open.mark([{"customdata": ["S2", 1, "…"]}])
    assert anomaly_open.leg() == ("S2", 1)
    assert anomaly_open.lasso() == []


def test_what_is_no_number_is_a_dash():
    assert anomaly_words.quantity(None, "weight_kg") == formats.MISSING
    assert anomaly_words.span(1.0, float("nan"), "weight_kg") == formats.MISSING
    assert anomaly_words.quantity(0.0, "distance_km") == "0 km"


# The page run for real against a small warehouse.

OTHERS = User("u9", "sam@example.com", "Sam", "supplier", frozenset({"Other"}))
OCEAN = '{id},{day},ACME,road,12000,7500,"Hamburg, DE","Chicago, US"'
PLAIN = '{id},{day},Other,road,12000,950,"Hamburg, DE","Vienna, AT"'


@pytest.fixture
def truck_over_the_ocean(warehouse):
    """Two plain legs of Other, and one of ACME that a rule of the import catches."""
    day = (date.today() - timedelta(days=10)).isoformat()
    lines = [PLAIN.format(id="B1", day=day), PLAIN.format(id="B2", day=day), OCEAN.format(id="A1", day=day)]
    import_file(warehouse, (f"{HEADER.strip()},origin,destination\n" + "\n".join(lines)).encode())
    return warehouse


def said(page: AppTest) -> str:
    return words(page).replace("\\", "")


def anomalies_page(monkeypatch, user: User, **query: str) -> AppTest:
    page = open_page(monkeypatch, user, query, file="pages/anomalies.py")
    assert not page.exception
    return page


def test_an_empty_warehouse_leads_to_the_upload(warehouse, monkeypatch):
    assert "No shipments yet" in said(anomalies_page(monkeypatch, ANALYST))


def test_legs_that_were_never_scored_can_be_scored_now(shipments, monkeypatch):
    assert "Ask an analyst to score them" in said(anomalies_page(monkeypatch, VIEWER))
    page = anomalies_page(monkeypatch, ANALYST)
    assert "Not scored yet" in said(page)
    assert page.button(key="empty-action").label == "Score now"


def test_nothing_unusual_says_among_how_many_legs(shipments, monkeypatch):
    scoring.score_all(shipments)
    page = anomalies_page(monkeypatch, ANALYST)
    assert "Nothing unusual among 3 legs" in said(page)
    assert not page.metric


def test_an_empty_period_offers_all_time(shipments, monkeypatch):
    page = anomalies_page(monkeypatch, ANALYST, period="Last year")
    assert "The data run from" in said(page)


def test_the_headline_counts_and_weighs_what_is_open(truck_over_the_ocean, monkeypatch):
    found = values(anomalies_page(monkeypatch, ANALYST))
    # Both legs of Other are plain; of the truck over the ocean all emissions are in doubt.
    assert (found["Open anomalies"], found["Fixable by one click"], found["Decided"]) == ("1", "0", "0")
    total = Store.frame(truck_over_the_ocean, select(legs.c.wtw_kg).where(legs.c.shipment_id == "A1"))
    assert found["At stake, CO2e"] == formats.mass(float(total["wtw_kg"].iloc[0]))


def test_the_panel_of_a_link_explains_the_leg_and_offers_decisions(truck_over_the_ocean, monkeypatch):
    page = anomalies_page(monkeypatch, ANALYST, leg="A1/1")
    assert "no road or rail joins" in said(page)
    assert {"confirm-road_over_ocean", "dismiss-road_over_ocean"} <= {one.key for one in page.button}
    page.button(key="confirm-road_over_ocean").click().run()
    assert not page.exception
    assert "Confirmed: 1 anomaly." in said(page)
    assert values(page)["Decided"] == "1"
    page.button(key="anomaly-undo").click().run()
    assert values(page)["Decided"] == "0"


def test_a_viewer_sees_the_panel_without_decisions(truck_over_the_ocean, monkeypatch):
    page = anomalies_page(monkeypatch, VIEWER, leg="A1/1")
    assert "no road or rail joins" in said(page)
    keys = {str(one.key).split("-")[0] for one in page.button}
    assert not keys & {"confirm", "dismiss", "fix", "reopen", "bulk", "score"}


@pytest.mark.parametrize("leg", ["A1/1", "Nowhere/1"])
def test_a_link_to_a_leg_that_one_may_not_see_is_like_one_to_no_leg(truck_over_the_ocean, monkeypatch, leg):
    page = anomalies_page(monkeypatch, OTHERS, leg=leg)
    assert "no road or rail joins" not in said(page)
    assert not values(page) or values(page)["Open anomalies"] == "0"


def test_who_sees_some_suppliers_is_not_told_how_many_legs_there_are(truck_over_the_ocean, monkeypatch):
    scoring.score_all(truck_over_the_ocean)
    acme = User("u8", "amy@example.com", "Amy", "supplier", frozenset({"ACME"}))
    told = [
        [one.value for one in anomalies_page(monkeypatch, user).caption if "Scored" in one.value]
        for user in (ANALYST, acme)
    ]
    assert ["3 legs" in line for (line,) in told] == [True, False]


def test_a_cancelled_scoring_writes_nothing(truck_over_the_ocean):
    before = truck_over_the_ocean.version
    job = ScoringJob(truck_over_the_ocean, ANALYST, None)
    job.cancel()
    job.start().join(60)
    assert job.result is None
    assert job.problem == "The scoring was cancelled; nothing of it was kept."
    assert truck_over_the_ocean.version == before


def test_a_page_on_which_all_is_settled_still_stands(truck_over_the_ocean, monkeypatch, tmp_path):
    key = triage.AnomalyKey("A1", 1, "road_over_ocean")
    with AppDatabase.open(f"sqlite:///{tmp_path / 'app.sqlite'}") as audit_db:
        triage.decide(truck_over_the_ocean, [key], "dismissed", user=ANALYST, audit_db=audit_db)
    page = anomalies_page(monkeypatch, ANALYST, leg="A1/1")
    assert (values(page)["Open anomalies"], values(page)["Decided"]) == ("0", "1")
    assert "No anomaly is open" in said(page)
    assert "could not be shown" not in said(page)
