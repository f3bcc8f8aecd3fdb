"""Alerts end to end: from shipments in the warehouse to what a mail server and a web server receive."""

from __future__ import annotations

import itertools
import json
import logging
import threading
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default as as_mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pandas as pd
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from access import audit, users
from data_access import app_schema
from data_access.app_database import AppDatabase
from data_access.backup import restore, save
from reporting.alerts import DeliveryFailed, Terms, channels, delivery, evaluation, history, rules, run_due
from tests.legs import put
from tests.server import free_port

NOON = datetime(2026, 3, 2, 12, 0)
PASSWORD = "quiet harbour crane 47"
TERMS = Terms("Too much", "emissions_kg", "above", 1_000.0, window_hours=24, cooldown_minutes=60)


@pytest.fixture(params=["sqlite", "postgres"])
def db(request, tmp_path):
    on_postgres = request.param == "postgres"
    url = request.getfixturevalue("postgres_url") if on_postgres else f"sqlite:///{tmp_path}/app.sqlite"
    with AppDatabase.open(url) as opened:
        yield opened


@pytest.fixture
def app(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as opened:
        yield opened


def person(db, role="analyst"):
    return users.create(db, f"{role}@example.com", role, role, PASSWORD, rounds=4, now=NOON)


class Hook:
    """A web server that keeps what is posted, and answers with `status`, late by `pause_s`."""

    def __init__(self) -> None:
        self.status, self.posted, self.headers = 200, [], []
        self.released = threading.Event()
        self.released.set()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.released.wait(30)
                hook.posted.append((self.path, json.loads(body)))
                self.send_response(hook.status)
                for name, value in hook.headers:
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def hook():
    server = Hook()
    yield server
    server.close()


@pytest.fixture
def everything_logged():
    """What a server that logs at its lowest level would write."""
    text, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(text), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


class Postbox:
    def __init__(self) -> None:
        self.mails, self.port = [], free_port()

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=as_mail)))
        return "250 OK"


@pytest.fixture
def smtp():
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=postbox.port)
    controller.start()
    yield postbox
    controller.stop()


def rule_with_hook(db, hook, user=None, **terms):
    user = user or person(db)
    channel = channels.create(db, user, "Operations", f"json://{hook.host}/secret-path?token=abcdef")
    rules.create(db, user, Terms(**{**vars(TERMS), "channel_ids": (channel,), **terms}), now=NOON)
    return user, channel


def stored(db, table):
    with db.read() as connection:
        return connection.execute(select(table)).all()


def heavy_truck(store, hours_ago=1.0, **more):
    """12 t over 8,500 km by road: 102,000 tkm, so more than 1 t CO2e at any truck's intensity."""
    departed = pd.Timestamp(NOON) - pd.Timedelta(hours=hours_ago)
    return put(store, {"departed_at": departed, "distance_km": 8_500.0, **more})


def test_a_shipment_over_the_threshold_reaches_the_webhook_once_in_the_cooldown(
    store, app, hook, monkeypatch
):
    monkeypatch.setenv("APP_URL", "https://carbon.example.com/")
    user, _ = rule_with_hook(app, hook)
    assert run_due(app, store, NOON) == []
    sent = heavy_truck(store)
    kg = float(sent["wtw_kg"].sum())
    for minutes in (1, 2, 59, 60):
        run_due(app, store, NOON + timedelta(minutes=minutes))
    assert len(hook.posted) == 1
    path, body = hook.posted[0]
    assert path.startswith("/secret-path")
    assert body["title"] == "Alert: Too much"
    tonnes = f"{kg / 1000:.1f}".removesuffix(".0")
    assert body["message"].splitlines() == [
        f"Emissions are {tonnes} t CO2e: above 1 t CO2e within 24 h.",
        "Time: 2026-03-02 12:01 UTC",
        "Look into it: https://carbon.example.com/live",
    ]
    # The cool-down of an hour is over, and the truck is still within the window.
    run_due(app, store, NOON + timedelta(minutes=61))
    assert len(hook.posted) == 2
    run_due(app, store, NOON + timedelta(hours=25))  # the truck has left the window
    assert len(hook.posted) == 2
    assert [one.value for one in history.newest(app)] == pytest.approx([kg, kg])
    assert history.inbox(app, user).unread == 2


def test_new_shipments_are_noticed_within_ten_seconds_and_a_quiet_warehouse_is_left_in_peace(
    duckdb_store, app
):
    heavy_truck(duckdb_store, hours_ago=30)
    rules.create(app, person(app), TERMS)

    def looked_at(seconds):
        run_due(app, duckdb_store, NOON + timedelta(seconds=seconds))
        return (rules.every_rule(app)[0].last_evaluated_at - NOON).total_seconds()

    assert [looked_at(seconds) for seconds in (0, 10, 40, 50, 110, 120)] == [0, 10, 10, 10, 110, 110]
    heavy_truck(duckdb_store, shipment_id="T2", hours_ago=-0.1)
    assert looked_at(125) == 125


def test_a_rule_looks_only_at_its_suppliers_and_modes_and_names_them(duckdb_store, app, hook):
    rule_with_hook(app, hook, suppliers=("Acme",), modes=("sea",))
    heavy_truck(duckdb_store)
    assert run_due(app, duckdb_store, NOON) == []
    heavy_truck(duckdb_store, shipment_id="T2", mode="sea", vehicle_class=None, supplier_id="Other")
    assert run_due(app, duckdb_store, NOON + timedelta(minutes=1)) == []
    heavy_truck(duckdb_store, shipment_id="T3", mode="sea", vehicle_class=None)
    (alert,) = run_due(app, duckdb_store, NOON + timedelta(minutes=2))
    assert alert.message.endswith("within 24 h (sea; Acme).")


def test_an_empty_warehouse_is_no_data_and_fires_nothing(store, app):
    user = person(app)
    for metric in ("shipments", "emissions_kg", "data_age_hours"):
        below = Terms(f"Too little {metric}", metric, "below", 1_000_000.0)
        rules.create(app, user, below)
    assert run_due(app, store, NOON) == []
    assert {evaluation.state_of(rule) for rule in rules.every_rule(app)} == {"no data"}


def test_a_feed_that_stopped_is_told_by_the_age_of_the_data(store, app):
    rules.create(app, person(app), Terms("Feed is silent", "data_age_hours", "above", 24.0))
    heavy_truck(store, hours_ago=23)
    assert run_due(app, store, NOON) == []
    (alert,) = run_due(app, store, NOON + timedelta(hours=3, minutes=30))
    assert alert.value == pytest.approx(26.5)
    assert alert.message == "Age of the data is 26.5 h: above 24 h."


def test_a_mail_says_which_rule_fired_with_value_threshold_and_window(duckdb_store, app, smtp):
    user = person(app)
    address = f"mailto://127.0.0.1:{smtp.port}?from=app@example.com&to=ann@example.com"
    channel = channels.create(app, user, "Ann", address)
    rules.create(app, user, Terms("No shipments", "shipments", "below", 5.0, 6, channel_ids=(channel,)))
    heavy_truck(duckdb_store)
    run_due(app, duckdb_store, NOON)
    ((recipients, mail),) = smtp.mails
    assert recipients == ["ann@example.com"]
    assert mail["Subject"] == "Alert: No shipments"
    text = mail.get_body(("plain", "html")).get_content()
    assert "Shipments are 1: below 5 within 6 h." in text
    assert "/live" in text


@pytest.mark.parametrize("engine_runs", range(3))
def test_of_servers_that_see_the_same_one_fires_and_one_sends(db, hook, engine_runs):
    rule_with_hook(db, hook)
    ready, fired, failures = threading.Barrier(4), [], []

    def server():
        def measure(_rule):
            ready.wait(10)  # all have read the rule before any of them fires
            return 2_000.0

        try:
            fired.extend(evaluation.evaluate(db, measure, NOON))
            delivery.send_due(db, NOON)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=server) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(fired) == len(stored(db, app_schema.alerts)) == len(hook.posted) == 1


def test_a_failing_channel_is_tried_again_with_growing_pauses_and_then_reported(db, hook):
    user, _ = rule_with_hook(db, hook)
    hook.status = 500
    evaluation.evaluate(db, lambda _rule: 2_000.0, NOON)
    now, begun = NOON, []
    while len(begun) < 20:
        before = len(hook.posted)
        delivery.send_due(db, now)
        if len(hook.posted) == before:
            break
        begun.append(now)
        assert "Operations" in dict(history.inbox(db, user).failing)
        now = stored(db, app_schema.alert_deliveries)[0].next_attempt_at
    pauses = [later - earlier for earlier, later in itertools.pairwise(begun)]
    assert pauses == sorted(pauses) == list(delivery.PAUSES)
    (given_up,) = stored(db, app_schema.alert_deliveries)
    assert (given_up.status, given_up.attempts) == ("failed", delivery.MOST_ATTEMPTS)
    (told,) = history.newest(db)[0].deliveries
    assert told.status == "failed" and "500" in told.last_error


def test_a_channel_that_works_again_sends_what_waited(db, hook):
    user, channel = rule_with_hook(db, hook)
    hook.status = 503
    evaluation.evaluate(db, lambda _rule: 2_000.0, NOON)
    assert delivery.send_due(db, NOON) == 0
    assert delivery.send_due(db, NOON + timedelta(seconds=10)) == 0  # not yet its turn
    hook.status = 200
    assert delivery.send_due(db, NOON + timedelta(seconds=31)) == 1
    assert delivery.send_due(db, NOON + timedelta(hours=1)) == 0
    assert history.inbox(db, user).failing == ()
    (channel,) = channels.every_channel(db)
    assert channel.last_sent_at == NOON + timedelta(seconds=31)


def test_what_a_stopped_server_had_begun_to_send_another_one_sends(db, hook):
    rule_with_hook(db, hook)
    evaluation.evaluate(db, lambda _rule: 2_000.0, NOON)
    (waiting,) = delivery._due(db, NOON)
    assert delivery._claim(db, waiting, NOON)  # and then the server dies
    assert delivery.send_due(db, NOON + timedelta(seconds=30)) == 0
    assert delivery.send_due(db, NOON + timedelta(minutes=3)) == 1


def test_a_server_that_dies_in_its_last_attempt_leaves_no_delivery_pending_for_ever(app, hook):
    rule_with_hook(app, hook)
    evaluation.evaluate(app, lambda _rule: 2_000.0, NOON)
    now = NOON
    for _ in range(delivery.MOST_ATTEMPTS):
        (waiting,) = delivery._due(app, now)
        delivery._claim(app, waiting, now)
        now += timedelta(minutes=3)
    delivery.send_due(app, now)
    (given_up,) = stored(app, app_schema.alert_deliveries)
    assert given_up.status == "failed"
    assert hook.posted == []


def test_a_receiver_that_never_answers_holds_up_neither_the_loop_nor_other_channels(app, hook):
    other = Hook()
    try:
        user, _ = rule_with_hook(app, hook)
        hook.released.clear()
        quick = channels.create(app, user, "Quick", f"json://{other.host}/")
        rules.create(app, user, Terms("Second", "shipments", "above", 0.0, channel_ids=(quick,)))
        evaluation.evaluate(app, lambda _rule: 2_000.0, NOON)
        assert delivery.send_due(app, NOON, wait_s=1.5) == 1
        assert len(other.posted) == 1
        assert dict(history.inbox(app, user).failing) == {"Operations": "no answer within 1.5 s"}
    finally:
        other.close()


def test_no_secret_of_a_channel_reaches_screen_audit_log_or_logs(app, hook, everything_logged):
    user = person(app)
    url = f"json://robot:hidden-word@{hook.host}/secret-path?+X-Key=another-secret"
    channel = channels.create(app, user, "Operations", url)
    hook.status = 404
    with pytest.raises(DeliveryFailed) as failure:
        delivery.send_test(app, user, channel)
    hook.close()
    with pytest.raises(DeliveryFailed, match="the connection was refused") as refusal:
        delivery.send_test(app, user, channel)
    told = [
        str(failure.value),
        str(refusal.value),
        everything_logged.getvalue(),
        audit.entries(app).to_string(),
    ]
    told += [repr(one) for one in channels.every_channel(app)]
    for secret in ("hidden-word", "secret-path", "another-secret"):
        assert not any(secret in text for text in told), secret
    assert channels.every_channel(app)[0].shown == f"http://{hook.host}/…"


def test_a_redirect_is_not_followed_into_the_network(app, hook):
    inner = Hook()
    try:
        user = person(app)
        hook.status, hook.headers = 307, [("Location", f"http://{inner.host}/admin")]
        channel = channels.create(app, user, "Operations", f"http://{hook.host}/?redirect=yes")
        with pytest.raises(DeliveryFailed):
            delivery.send_test(app, user, channel)
        assert inner.posted == []
    finally:
        inner.close()


def test_a_test_message_is_sent_and_audited(app, hook):
    user, channel = rule_with_hook(app, hook)
    delivery.send_test(app, user, channel)
    ((_, body),) = hook.posted
    assert body["message"].startswith("This is a test of the channel Operations")
    entry = audit.entries(app).iloc[0]
    assert (entry["action"], entry["details"]) == ("tested_alert_channel", {"outcome": "sent"})


def test_a_warehouse_that_fails_is_said_on_the_rule_and_ends_nothing(db, hook, caplog):
    user, _ = rule_with_hook(db, hook)
    rules.create(db, user, Terms("Other", "shipments", "above", 1.0))

    def measure(rule):
        if rule.terms.name == "Other":
            raise RuntimeError("secret detail")
        return 2_000.0

    for minutes in (0, 1, 2):
        evaluation.evaluate(db, measure, NOON + timedelta(minutes=minutes))
    other, too_much = rules.every_rule(db)
    assert evaluation.state_of(too_much) == "firing"
    assert evaluation.state_of(other) == "unknown" and "secret" not in other.last_error
    assert caplog.text.count("could not be evaluated") == 1


def test_deleting_keeps_the_history_and_stops_the_sending(db, hook):
    user, channel = rule_with_hook(db, hook)
    evaluation.evaluate(db, lambda _rule: 2_000.0, NOON)
    rules.remove(db, user, rules.every_rule(db)[0].rule_id)
    assert [one.rule_name for one in history.newest(db)] == ["Too much"]
    assert delivery.send_due(db, NOON) == 1  # it had fired before
    channels.remove(db, user, channel)
    assert history.newest(db)[0].deliveries == ()


def test_what_is_unread_is_counted_for_each_user(db):
    ann, vic = person(db), person(db, "viewer")
    rules.create(db, ann, TERMS, now=NOON)
    for hours in (1, 2, 3):
        evaluation.evaluate(db, lambda _rule: 2_000.0, NOON + timedelta(hours=hours))
    assert history.inbox(db, ann).unread == history.inbox(db, vic).unread == 3
    newest, middle, _ = history.newest(db)
    history.mark_read(db, ann, middle.fired_at)
    assert (history.inbox(db, ann).unread, history.inbox(db, vic).unread) == (1, 3)
    history.mark_read(db, ann, NOON)  # an older page that was still open takes nothing back
    assert history.inbox(db, ann).unread == 1
    history.acknowledge(db, ann, newest.alert_id, now=NOON + timedelta(hours=4))
    assert (history.inbox(db, ann).unread, history.inbox(db, vic).unread) == (0, 2)
    late = users.create(
        db, "new@example.com", "n", "viewer", PASSWORD, rounds=4, now=NOON + timedelta(days=1)
    )
    assert history.inbox(db, late).unread == 0


def test_rules_alerts_and_channels_survive_a_backup(app, hook, duckdb_store, tmp_path):
    user, _ = rule_with_hook(app, hook)
    evaluation.evaluate(app, lambda _rule: 2_000.0, NOON)
    before = (rules.every_rule(app), channels.every_channel(app), history.newest(app))
    backup = save(duckdb_store, app, tmp_path / "backups")
    rules.remove(app, user, before[0][0].rule_id)
    restore(duckdb_store, app, backup.path)
    assert (rules.every_rule(app), channels.every_channel(app), history.newest(app)) == before
