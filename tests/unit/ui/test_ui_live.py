"""The Live page: its words and cards, and the page itself against a small warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import access
from access import User, audit
from analytics import RealTimeAnalytics
from analytics.real_time import WayIn
from data_access import Scope, Store, opened
from ingestion import import_file
from ui import live_chart, live_controls, live_data, live_kpis, live_tables, live_words, shell
from ui.registry import page_named

NOW = datetime(2026, 3, 10, 12, 0)
ADMINISTRATOR = User("u1", "ada@example.com", "Ada", "administrator")
VIEWER = User("u2", "vic@example.com", "Vic", "viewer")
SUPPLIER = User("u3", "sue@example.com", "Sue", "supplier", frozenset({"ACME"}))
HEADER = "shipment_id,departed_at,supplier_id,mode,weight_kg,distance_km\n"


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "–"),
        (-0.1, "0 s"),
        (10 / 3600, "10 s"),
        (59.9 / 60, "1 h"),
        (0.5, "30 min"),
        (1, "1 h"),
        (3.25, "3.2 h"),
        (47, "47 h"),
        (96, "4 days"),
    ],
)
def test_an_age_has_the_unit_that_suits_it(given, words):
    assert live_words.age(given) == words


def test_a_bin_is_named_by_its_width():
    names = [live_words.bin_name(seconds) for seconds in (120, 900, 3_600, 21_600, 86_400)]
    assert names == ["2 minutes", "15 minutes", "hour", "6 hours", "day"]


def test_people_who_look_within_one_step_ask_for_the_same_window():
    at = datetime(2026, 3, 10, 11, 59, 56, 1, UTC)
    assert live_data.moment(at) == live_data.moment(at + timedelta(seconds=3)) == NOW
    assert live_data.moment(datetime(2026, 3, 10, 12, 0, tzinfo=UTC)) == NOW
    assert live_data.moment(datetime(2026, 3, 10, 12, 0, 0, 1, UTC)) == NOW + timedelta(seconds=5)


def test_a_wider_window_is_the_shortest_that_shows_the_latest_departure():
    assert live_controls.offer_wider(NOW - hours(5), NOW) == "6 hours"
    assert live_controls.offer_wider(NOW - hours(100), NOW) == "7 days"
    assert live_controls.offer_wider(NOW - hours(1000), NOW) is None
    assert live_controls.offer_wider(None, NOW) is None


def test_the_finding_names_who_emits_most():
    series = pd.DataFrame({"mode": ["sea", "air", "air"], "wtw_kg": [40.0, 30.0, 30.0]})
    assert live_words.rolling_finding(series, "6 hours").startswith("Air makes 60 %")
    three = pd.DataFrame({"mode": ["sea", "air", "road"], "wtw_kg": [40.0, 35.0, 25.0]})
    assert (
        live_words.rolling_finding(three, "1 hour") == "Sea leads with 40 % of the emissions of the last hour"
    )
    assert live_words.rolling_finding(series[:1], "24 hours") == "All of the last 24 hours went by sea"
    assert "Nothing was emitted" in live_words.rolling_finding(series.assign(wtw_kg=0.0), "1 hour")


def test_a_way_in_says_what_it_brought_and_what_was_refused():
    inbox = WayIn("inbox", NOW - hours(0.5), 3, 1)
    assert live_words.way_in(inbox, NOW) == (
        "Inbox", "last 30 min ago, 3 legs in the last hour, 1 row rejected in the last 24 hours",
    )  # fmt: skip
    assert live_words.way_in(WayIn("feed", None, 0, None), NOW)[1] == "nothing came in this way yet"


def tick(*values: float) -> live_kpis.Tick:
    return live_kpis.Tick("shipments", "Shipments <b>", "3", "note", values, lambda value: f"{value:.0f}")


def test_small_bars_are_relative_to_the_highest_and_say_what_they_show():
    html = live_kpis.spark(tick(0, 2, 4, float("nan"), 0.001), 3_600)
    assert re.findall(r"height:(\d+)%", html) == ["0", "50", "100", "0", "3"]  # what is there can be seen
    assert 'aria-label="Shipments &lt;b&gt; by hour: 0 to 4, 0 in the latest"' in html
    nothing = live_kpis.spark(tick(float("nan")), 3_600)
    assert "nothing to show" in nothing and "nan" not in nothing


def test_a_bin_that_the_window_cuts_is_lighter_and_says_so():
    starts = pd.date_range(NOW - hours(3), periods=4, freq="h")
    series = pd.DataFrame({"start": starts, "mode": "road", "legs": 1, "wtw_kg": 1_000.0})
    series.attrs["seconds"] = 3_600
    figure = live_chart.rolling(series, NOW - hours(2.5), NOW + hours(0.5))
    (bar,) = figure.data
    assert bar.marker.opacity == (0.45, 1.0, 1.0, 0.45)
    assert ["part" in text for text in bar.customdata] == [True, False, False, True]
    assert figure.layout.yaxis.title.text == "t CO2e per hour"


def test_the_finding_over_the_arrivals_counts_the_flagged():
    frame = pd.DataFrame(
        {"imported_at": [pd.Timestamp(NOW - hours(1))] * 2, "flag_kind": [None, "duplicate"]}
    )
    assert live_tables.arrivals_finding(frame, NOW) == (
        "The latest shipments came in 1 h ago, 1 of the 2 shown is flagged"
    )


@pytest.fixture
def warehouse(tmp_path, monkeypatch) -> Iterator[Store]:
    """An empty warehouse that the pages open, and an app database for the audit."""
    monkeypatch.setenv("DATABASE_URL", f"duckdb:///{tmp_path / 'warehouse.duckdb'}")
    monkeypatch.setenv("APP_DATABASE_URL", f"sqlite:///{tmp_path / 'app.sqlite'}")
    opened.close_warehouse()
    yield opened.warehouse()
    opened.close_warehouse()


def bring(store: Store, ago: float = 1, shipments: tuple[str, ...] = ("A1", "B1")) -> None:
    """Trucks of 12 t × 850 km that left so many hours ago; A… are ACME's."""
    at = (datetime.now(UTC) - hours(ago)).strftime("%Y-%m-%dT%H:%M:%S")
    suppliers = {"A": "ACME", "B": "Other"}
    rows = [f"{one},{at},{suppliers[one[0]]},road,12000,850" for one in shipments]
    import_file(store, (HEADER + "\n".join(rows)).encode())


def open_page(monkeypatch, user: User | None, query: dict[str, str] | None = None) -> AppTest:
    monkeypatch.setattr(access, "user_of", lambda _token: user)
    page = AppTest.from_file(str(Path("Home.py").resolve()), default_timeout=60)
    page.switch_page("pages/live.py")
    for key, value in (query or {}).items():
        page.query_params[key] = value
    return page.run()


def values(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def words(page: AppTest) -> str:
    shown = [one.value for one in (*page.markdown, *page.caption, *page.header, *page.info, *page.error)]
    return " ".join(map(str, [*shown, *(one.proto.body for one in page.get("html"))]))


def test_the_page_shows_what_departed_in_the_window(warehouse, monkeypatch):
    bring(warehouse)
    bring(warehouse, ago=30, shipments=("A2",))
    page = open_page(monkeypatch, VIEWER)
    assert not page.exception and not page.error
    found = values(page)
    assert found["Shipments departed"] == "2"
    assert found["Latest departure, age"] == "1 h"
    assert values(open_page(monkeypatch, VIEWER, {"window": "7 days"}))["Shipments departed"] == "3"


def test_a_supplier_sees_its_own_shipments_only(warehouse, monkeypatch):
    bring(warehouse, shipments=("A1", "B1", "B2"))
    page = open_page(monkeypatch, SUPPLIER)
    assert values(page)["Shipments departed"] == "1"
    assert [frame.value["shipment_id"].tolist() for frame in page.dataframe] == [["A1"]]


def test_a_window_without_shipments_offers_the_one_that_has_some(warehouse, monkeypatch):
    bring(warehouse, ago=3)
    page = open_page(monkeypatch, VIEWER, {"window": "1 hour"})
    assert not page.metric
    assert "Nothing departed in the last hour" in words(page) and "3 h ago" in words(page)
    page.button(key="empty-action").click().run()
    assert values(page)["Shipments departed"] == "2"
    assert page.session_state["window"] == "6 hours"


def test_filters_of_the_sidebar_hold_here_too_but_for_the_period(warehouse, monkeypatch):
    bring(warehouse, shipments=("A1", "B1", "B2"))
    page = open_page(monkeypatch, VIEWER, {"supplier": "Other"})
    assert not page.exception and not page.error
    assert values(page)["Shipments departed"] == "2"
    assert sorted(page.dataframe[0].value["shipment_id"]) == ["B1", "B2"]
    assert "Period" not in {one.label for one in page.selectbox}
    page.toggle(key="flagged").set_value(True).run()
    assert "Nothing fits these filters" in words(page)


def test_shipments_of_last_year_are_told_and_left_to_the_overview(warehouse, monkeypatch):
    bring(warehouse, ago=24 * 400)
    page = open_page(monkeypatch, VIEWER)
    assert not page.exception
    assert "The Overview shows longer periods" in words(page)


def test_an_empty_warehouse_leads_to_upload_and_still_looks_for_arrivals(warehouse, monkeypatch):
    page = open_page(monkeypatch, ADMINISTRATOR)
    assert not page.exception and not page.metric
    assert "No shipments yet" in words(page)
    bring(warehouse)
    assert values(page.run())["Shipments departed"] == "2"


def test_the_window_of_a_bad_link_is_the_usual_one(warehouse, monkeypatch):
    bring(warehouse)
    page = open_page(monkeypatch, VIEWER, {"window": "a fortnight", "every": "1 ms"})
    assert not page.exception
    assert values(page)["Shipments departed"] == "2"


def test_pause_says_so_and_resume_goes_on(warehouse, monkeypatch):
    bring(warehouse)
    page = open_page(monkeypatch, VIEWER)
    page.button(key="live-pause").click().run()
    assert "Paused at" in words(page)
    page.button(key="live-pause").click().run()
    assert "Live, updated at" in words(page)


class StillFeed:
    """A feed that is switched and sends nothing."""

    def __init__(self) -> None:
        self.rate, self.running = 30.0, False

    @property
    def state(self) -> object:
        from ingestion.feed import FeedState

        return FeedState(self.running, self.rate, 7, None, None)

    def start(self, shipments_per_minute: float) -> None:
        self.rate, self.running = shipments_per_minute, True

    def stop(self, _timeout: float) -> None:
        self.running = False


@pytest.fixture
def feed(monkeypatch) -> StillFeed:
    still = StillFeed()
    monkeypatch.setattr("ui.live_feed.the_feed", lambda _store: still)
    return still


def test_an_administrator_switches_the_feed_and_it_is_audited(warehouse, monkeypatch, feed):
    bring(warehouse)
    written = []
    monkeypatch.setattr(audit, "record", lambda _db, user, action, *_: written.append((user.email, action)))
    page = open_page(monkeypatch, ADMINISTRATOR)
    page.toggle(key="live-feed-on").set_value(True).run()
    assert (feed.running, feed.rate) == (True, 30)
    assert "on with 30 shipments a minute" in words(page.run())
    page.toggle(key="live-feed-on").set_value(False).run()
    assert not feed.running
    assert written == [(ADMINISTRATOR.email, "started_demo_feed"), (ADMINISTRATOR.email, "stopped_demo_feed")]


def test_who_is_no_administrator_has_no_switch(warehouse, monkeypatch, feed):
    bring(warehouse)
    page = open_page(monkeypatch, VIEWER)
    assert "live-feed-on" not in {one.key for one in page.toggle}
    assert "off, nothing came in this way yet" in words(page)


def test_a_right_that_was_taken_away_switches_nothing(warehouse, monkeypatch, feed):
    bring(warehouse)
    page = open_page(monkeypatch, ADMINISTRATOR)
    monkeypatch.setattr(access, "user_of", lambda _token: VIEWER)
    page.session_state["whose-session"] = VIEWER.user_id
    page.toggle(key="live-feed-on").set_value(True).run()
    assert not feed.running


def test_who_has_been_signed_out_sees_no_figure_any_more(warehouse, monkeypatch):
    bring(warehouse)
    page = open_page(monkeypatch, VIEWER)
    assert page.metric
    monkeypatch.setattr(access, "user_of", lambda _token: None)
    page.run()
    assert not page.metric


def test_a_refresh_takes_user_scope_and_version_anew(warehouse, monkeypatch):
    bring(warehouse)
    old = shell.Visit(page_named("live"), VIEWER, Scope.all(), warehouse, 0, None)  # type: ignore[arg-type]
    monkeypatch.setattr(access, "user_of", lambda _token: SUPPLIER)
    found = refreshed(old)
    assert found.session_state["found"].user == SUPPLIER
    assert found.session_state["found"].scope == Scope.suppliers({"ACME"})
    assert found.session_state["found"].version == warehouse.version > 0


def test_a_refresh_of_who_was_signed_out_asks_to_sign_in(warehouse, monkeypatch):
    old = shell.Visit(page_named("live"), VIEWER, Scope.all(), warehouse, 0, None)  # type: ignore[arg-type]
    monkeypatch.setattr(access, "user_of", lambda _token: None)
    found = refreshed(old)
    assert "found" not in found.session_state
    assert "Please sign in" in words(found)


def refreshed(visit: shell.Visit) -> AppTest:
    def script(visit: object) -> None:
        import streamlit as st

        st.session_state["found"] = visit.refreshed()

    page = AppTest.from_function(script, args=(visit,)).run()
    assert not page.exception
    return page


def test_a_failure_shows_a_reference_and_no_traceback(warehouse, monkeypatch, caplog):
    bring(warehouse)

    def broken(*_: object, **_named: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(RealTimeAnalytics, "series", broken)
    page = open_page(monkeypatch, VIEWER)
    assert values(page)["Shipments departed"] == "2"
    assert "reference" in words(page) and "secret detail" not in words(page)
