"""The gate and the /auth routes in this process, driven as an ASGI server drives them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from access import COOKIE, audit, auth_routes, gate, opened, passwords, sessions, users
from tests.unit.access.people import PASSWORD

OWN = {"origin": "http://app.example", "sec-fetch-site": "same-origin"}
NAVIGATION = {"sec-fetch-mode": "navigate"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def token(self):
        return self.headers["set-cookie"].split("=", 1)[1].split(";")[0]


@pytest.fixture
def db(db, monkeypatch):
    monkeypatch.setattr(opened, "_opened", [db])
    monkeypatch.delenv("TRUST_PROXY", raising=False)
    return db


@pytest.fixture
def app(db):
    async def page(request):
        return PlainTextResponse(f"page of {request.scope['scca.user'].email}")

    async def echo(websocket):
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    routes = [Route("/{path:path}", page), WebSocketRoute("/_stcore/stream", echo)]
    return Starlette(routes=[*auth_routes.routes(), *routes], middleware=[Middleware(gate.Gate)])


def scope_of(kind, path, headers, cookie, query=""):
    lines = {"host": "app.example", **headers, **({"cookie": f"{COOKIE}={cookie}"} if cookie else {})}
    return {
        "type": kind,
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in lines.items()],
        "client": ("192.0.2.7", 5000),
        "server": ("app.example", 80),
        "scheme": "http" if kind == "http" else "ws",
        "subprotocols": [],
        "asgi": {"version": "3.0"},
    }


def ask(app, path, *, cookie=None, form=None, headers=NAVIGATION, query=""):
    asked, sent = [], []

    async def receive():
        if asked:
            await anyio.sleep_forever()  # the client waits for its answer
        asked.append(True)
        return {"type": "http.request", "body": urlencode(form or {}).encode(), "more_body": False}

    async def send(message):
        sent.append(message)

    scope = scope_of("http", path, headers, cookie, query)
    if form is not None:
        scope["method"] = "POST"
    anyio.run(app, scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in sent)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], headers, body.decode())


def talk(app, cookie, messages, between=lambda: None):
    """Open a WebSocket, send the messages, return what came back; `between` runs before the last one."""
    waiting = [
        {"type": "websocket.connect"},
        *({"type": "websocket.receive", "bytes": None, "text": m} for m in messages),
    ]
    sent = []

    async def receive():
        if not waiting:
            return {"type": "websocket.disconnect", "code": 1000}
        if len(waiting) == 1:
            between()
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    anyio.run(app, scope_of("websocket", "/_stcore/stream", {}, cookie), receive, send)
    return sent


def test_a_page_is_served_to_its_user_only(app, db, ann):
    token = sessions.create(db, ann)
    assert ask(app, "/overview", cookie=token).body == "page of ann@example.com"
    refused = ask(app, "/overview", query="mode=sea")
    assert (refused.status, refused.headers["location"]) == (
        303,
        "/auth/sign-in?next=%2Foverview%3Fmode%3Dsea",
    )
    assert ask(app, "/overview", headers={"accept": "*/*"}).status == 401


def test_a_browser_that_does_not_say_what_it_does_is_led_to_sign_in_for_html(app):
    assert ask(app, "/overview", headers={"accept": "text/html"}).status == 303


def test_every_answer_carries_the_security_headers(app):
    for path in ("/auth/sign-in", "/overview", "/auth/auth.css"):
        headers = ask(app, path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors" in headers["content-security-policy"]


def test_a_refused_websocket_is_closed_after_its_connect_message(app):
    sent = talk(app, None, ["hello"])
    assert [(message["type"], message["code"]) for message in sent] == [("websocket.close", 4401)]


def test_a_websocket_works_until_its_session_ends(app, db, ann):
    token = sessions.create(db, ann)
    sent = talk(app, token, ["one", "two"], between=lambda: sessions.revoke(db, token))
    assert [message["type"] for message in sent] == [
        "websocket.accept",
        "websocket.send",
        "websocket.send",
        "websocket.close",
    ]
    assert sent[1]["text"] == "one"
    assert ForwardMsg.FromString(sent[2]["bytes"]).auth_redirect.url == "/auth/sign-in"
    assert sent[3]["code"] == 4401


@pytest.mark.parametrize("asked", [b"", b"\xff\xff\xff", b"\x5a\x02hi"])
def test_whatever_a_closing_socket_sent_leads_to_sign_in(asked):
    assert ForwardMsg.FromString(gate._to_sign_in(asked)).auth_redirect.url == "/auth/sign-in"


def test_signing_in_starts_a_session_and_ends_the_one_before(app, db, ann):
    old = sessions.create(db, ann)
    form = {"email": "ann@example.com", "password": PASSWORD, "next": "/overview?a=b"}
    answer = ask(app, "/auth/sign-in", cookie=old, form=form, headers=OWN)
    assert (answer.status, answer.headers["location"]) == (303, "/overview?a=b")
    assert sessions.user_of(answer.token, db) == ann
    assert sessions.user_of(old, db) is None
    assert ask(app, "/auth/sign-in", cookie=answer.token).headers["location"] == "/"
    assert list(audit.entries(db)["action"]) == ["signed_in"]


def test_the_cookie_is_secure_behind_a_trusted_tls_proxy(app, ann, monkeypatch):
    form = {"email": "ann@example.com", "password": PASSWORD}
    proxied = {**OWN, "origin": "https://app.example", "x-forwarded-proto": "https"}
    assert "Secure" not in ask(app, "/auth/sign-in", form=form, headers=proxied).headers["set-cookie"]
    monkeypatch.setenv("TRUST_PROXY", "1")
    cookie = ask(app, "/auth/sign-in", form=form, headers=proxied).headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(cookie.split("; "))


def test_a_failure_is_told_and_logged_without_what_was_typed(app, db, ann):
    for email in ("ann@example.com", "my secret"):
        answer = ask(app, "/auth/sign-in", form={"email": email, "password": "wrong"}, headers=OWN)
        assert answer.status == 401
        assert 'role="alert">E-mail or password is wrong.<' in answer.body
    entries = audit.entries(db)
    assert list(entries["action"]) == ["failed_to_sign_in"] * 2
    assert entries["target"].dropna().tolist() == ["ann@example.com"]


def test_a_locked_account_is_told_how_long(app, ann):
    form = {"email": "ann@example.com", "password": "wrong"}
    statuses = [ask(app, "/auth/sign-in", form=form, headers=OWN).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert "retry-after" in ask(app, "/auth/sign-in", form=form, headers=OWN).headers


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/sign-out", "/auth/password"])
def test_a_form_of_another_site_changes_nothing(app, db, ann, path):
    token = sessions.create(db, ann)
    form = {"email": "ann@example.com", "password": PASSWORD}
    answer = ask(app, path, cookie=token, form=form, headers={"origin": "http://evil.example"})
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)
    assert sessions.user_of(token, db) == ann


def test_signing_out_asks_first_and_then_holds_at_once(app, db, ann):
    token = sessions.create(db, ann)
    assert "You are signed in as ann@example.com." in ask(app, "/auth/sign-out", cookie=token).body
    assert sessions.user_of(token, db) == ann
    assert ask(app, "/auth/sign-out", cookie=token, form={}, headers=OWN).status == 303
    assert ask(app, "/overview", cookie=token).status == 303


def test_a_given_password_opens_the_password_page_only(app, db, add_user, monkeypatch):
    monkeypatch.setattr(passwords.hash_password, "__kwdefaults__", {"rounds": 4})
    fresh = add_user("new@example.com", must_change_password=True)
    token = sessions.create(db, fresh)
    assert ask(app, "/overview", cookie=token).headers["location"] == "/auth/password?next=%2Foverview"
    assert ask(app, "/overview", cookie=token, headers={}).status == 401
    assert talk(app, token, ["hello"])[0]["code"] == 4401
    assert "One-time password" in ask(app, "/auth/password", cookie=token).body
    new = "another harbour crane 48"
    form = {"current": PASSWORD, "new": new, "repeated": new, "next": "/overview"}
    for wrong, status in (
        ({"repeated": "x"}, 422),
        ({"new": "x", "repeated": "x"}, 422),
        ({"current": "x"}, 401),
    ):
        assert ask(app, "/auth/password", cookie=token, form=form | wrong, headers=OWN).status == status
    done = ask(app, "/auth/password", cookie=token, form=form, headers=OWN)
    assert (done.status, done.headers["location"]) == (303, "/overview")
    assert ask(app, "/overview", cookie=done.token).status == 200
    assert ask(app, "/overview", cookie=token).status == 303
    assert not users.by_id(db, fresh.user_id).must_change_password


def test_a_signed_in_user_may_change_the_password_and_go_back(app, db, ann):
    page = ask(app, "/auth/password", cookie=sessions.create(db, ann), query="next=%2Foverview")
    assert "Current password" in page.body
    assert 'href="/overview"' in page.body


def test_what_was_typed_is_escaped(app):
    form = {"email": '"><script>', "password": "x", "next": '/"><b>'}
    body = ask(app, "/auth/sign-in", form=form, headers=OWN).body
    assert "<script" not in body
    assert "<b>" not in body


def test_the_process_has_one_database(tmp_path, monkeypatch):
    monkeypatch.setattr(opened, "_opened", [])
    monkeypatch.setenv("APP_DATABASE_URL", f"sqlite:///{tmp_path}/one.sqlite")
    first = opened.database()
    assert opened.database() is first
    first.close()
