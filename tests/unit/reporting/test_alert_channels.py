"""Which addresses are channels, and what is seen of them; how long is waited between two attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import User, audit
from data_access.app_database import AppDatabase
from reporting.alerts import UnusableChannel, channels, delivery
from reporting.alerts.apprise_quiet import scrubbed

ANN = User("u1", "ann@example.com", "Ann", "analyst")
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


@pytest.fixture
def db(tmp_path):
    with AppDatabase.open(f"sqlite:///{tmp_path}/app.sqlite") as opened:
        yield opened


@pytest.mark.parametrize(
    ("url", "kind", "shown"),
    [
        ("mailto://127.0.0.1:2525?from=a@b.co&to=ann@x.co", "mail", "ann@x.co by 127.0.0.1"),
        ("mailtos://app:geheim@smtp.x.co?from=a@x.co&to=ann@x.co", "mail", "ann@x.co by smtp.x.co"),
        (SLACK, "slack", "hooks.slack.com/…"),
        ("workflows://prod.logic.azure.com/flow/signature", "teams", "a Teams workflow"),
        ("https://example.com:8443/hook?key=geheim", "webhook", "https://example.com:8443/…"),
        ("http://example.com/hook", "webhook", "http://example.com/…"),
        ("jsons://user:geheim@example.com/hook", "webhook", "https://example.com/…"),
    ],
)
def test_mail_slack_teams_and_webhooks_are_channels_and_show_no_secret(db, url, kind, shown):
    channels.create(db, ANN, "Operations", url)
    (channel,) = channels.every_channel(db)
    assert (channel.kind, channel.shown) == (kind, shown)
    assert "geheim" not in audit.entries(db).to_string() and "TIiajk" not in audit.entries(db).to_string()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "ftp://example.com",
        "file:///etc/passwd",
        "syslog://",
        "dbus://",
        "windows://",
        "slack://half",
        "json://",
        "json://example.com:99999",
        "mailto://nobody",
        "json://example.com/\nX",
        "json://example.com/" + "x" * 2_000,
    ],
)
def test_an_address_that_leads_nowhere_or_to_the_server_itself_is_refused(db, url):
    with pytest.raises(UnusableChannel, match="Nothing can be sent to this address") as refusal:
        channels.create(db, ANN, "Operations", url)
    assert not url or url not in str(refusal.value)
    assert channels.every_channel(db) == []


def test_our_time_limits_hold_whatever_the_address_asks_for():
    plugin = channels.opened("json://example.com/?cto=900&rto=900&redirect=yes")
    assert plugin.request_timeout == (5.0, 10.0)
    assert plugin.redirects is False


def test_a_channel_keeps_its_address_when_only_its_name_changes(db):
    channel_id = channels.create(db, ANN, "Operations", "json://example.com/one")
    channels.change(db, ANN, channel_id, "Night shift", "")
    assert channels.address_of(db, channel_id) == ("Night shift", "json://example.com/one")
    channels.change(db, ANN, channel_id, "Night shift", "json://example.com/two")
    assert channels.address_of(db, channel_id)[1] == "json://example.com/two"


def test_two_channels_never_share_a_name(db):
    channels.create(db, ANN, "Operations", "json://example.com")
    with pytest.raises(UnusableChannel, match="There is a channel called Operations already"):
        channels.create(db, ANN, "Operations", "json://example.com")


def test_pauses_grow_and_end():
    pauses = [delivery.next_pause(attempts) for attempts in range(1, delivery.MOST_ATTEMPTS + 1)]
    assert pauses[-1] is None
    assert pauses[:-1] == sorted(pauses[:-1])
    assert timedelta(hours=8) < sum(pauses[:-1], timedelta()) < timedelta(hours=12)


words = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"), min_size=6, max_size=20)


@given(words, words, words, words)
def test_no_part_of_an_address_is_left_in_a_reason(user, password, path, token):
    url = f"json://{user}:{password}@example.com:8080/{path}?token={token}&+X-Key={token}"
    for text in (f"no answer from {url}", f"POST /{path}?token={token} failed for {user}:{password}"):
        told = scrubbed(text, url)
        assert not any(secret in told for secret in (user, password, path, token))


def test_a_reason_keeps_the_host_and_is_one_short_line():
    told = scrubbed("no answer from\nexample.com " + "x" * 500, "json://example.com/secret")
    assert told.startswith("no answer from example.com xxx")
    assert len(told) == 200
