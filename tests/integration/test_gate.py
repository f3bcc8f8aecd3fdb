"""The real server: nothing answers without a session, and a session that has ended is over."""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from access import COOKIE, users
from data_access.app_database import AppDatabase
from tests.server import (
    PASSWORD,
    ROOT,
    environment,
    one_time_password,
    running_server,
    sign_in_cookie,
    submit,
)

PEOPLE = {
    "root@example.com": "administrator",
    "ann@example.com": "analyst",
    "leaver@example.com": "viewer",
    "forgetful@example.com": "viewer",
    "victim@example.com": "viewer",
    "stale@example.com": "viewer",
}
PAGES = ["/", *(f"/{re.sub(r'^[0-9]+_', '', page.stem)}" for page in sorted((ROOT / "pages").glob("*.py")))]
FILES = ["/_stcore/host-config", "/media/x", "/static/index.html", "/component/x", "/_stcore/metrics"]
OPEN_TO_ALL = ["/healthz", "/_stcore/health", "/auth/sign-in", "/auth/auth.css", "/auth/logo.svg"]
NAVIGATION = {"Sec-Fetch-Mode": "navigate"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gate")
    env = environment(folder, PEOPLE)
    with running_server(env) as base_url:
        yield base_url, env


@pytest.fixture(scope="module")
def url(server):
    return server[0]


@pytest.fixture(scope="module")
def cookie(url):
    return sign_in_cookie(url, "ann@example.com")


def get(base_url, path, cookie=None, headers=NAVIGATION):
    cookies = {COOKIE: cookie} if cookie else None
    return requests.get(
        f"{base_url}{path}", headers=headers, cookies=cookies, allow_redirects=False, timeout=30
    )


def socket(base_url, cookie=None, path="/_stcore/stream"):
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    return connect(
        base_url.replace("http", "ws") + path,
        additional_headers=headers,
        subprotocols=["streamlit", "no-token"],
        open_timeout=20,
    )


def rerun_request(page=""):
    message = BackMsg()
    message.rerun_script.query_string = ""
    message.rerun_script.context_info.url = page
    return message.SerializeToString()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_a_session_leads_to_sign_in_and_back(url, path):
    asked = f"{path}?mode=sea&q=a%26b"
    response = get(url, asked)
    assert response.status_code == 303
    assert response.headers["location"] == (f"/auth/sign-in?next=%2F{path[1:]}%3Fmode%3Dsea%26q%3Da%2526b")
    assert get(url, path, headers={}).status_code == 401


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("cookie", [None, "x", "A" * 43])
def test_files_and_streamlits_own_paths_answer_nothing_without_a_session(url, path, cookie):
    response = get(url, path, cookie, headers={})
    assert response.status_code == 401
    assert "sign in again" in response.text


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS", "HEAD"])
def test_an_upload_without_a_session_is_refused(url, method):
    response = requests.request(method, f"{url}/_stcore/upload_file/session/file", data=b"x", timeout=30)
    assert response.status_code == 401


@pytest.mark.parametrize("path", ["/_stcore/stream", "/", "/_stcore/health", "/auth/sign-in"])
@pytest.mark.parametrize("cookie", [None, "A" * 43])
def test_a_websocket_without_a_session_is_closed(url, path, cookie):
    with pytest.raises(InvalidStatus) as refusal, socket(url, cookie, path):
        pass
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize(
    "path", ["/auth", "/auth/", "/auth/login", "/auth/../", "/healthz/", "/auth/sign-in/x"]
)
def test_only_the_listed_paths_are_open(url, path):
    session = requests.Session()
    prepared = session.prepare_request(requests.Request("GET", url))
    prepared.url = f"{url}{path}"  # as it stands: requests would resolve the dots
    assert session.send(prepared, allow_redirects=False, timeout=30).status_code == 401


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_health_and_the_sign_in_page_need_no_session(url, path):
    response = get(url, path)
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors" in response.headers["content-security-policy"]


def test_health_names_both_databases(url):
    assert get(url, "/healthz").json() == {"status": "ok", "warehouse": "ok", "app_database": "ok"}


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_after_sign_in(url, cookie, path):
    response = get(url, path, cookie)
    assert response.status_code == 200
    assert "text/html" in response.headers["content-type"]
    assert response.headers["referrer-policy"] == "same-origin"


def test_streamlit_works_behind_the_gate(url, cookie):
    assert get(url, "/_stcore/host-config", cookie, headers={}).status_code == 200
    # 404 and 403 are Streamlit's own words about a file and a token it does not know.
    assert get(url, "/media/x", cookie, headers={}).status_code == 404
    upload = requests.put(f"{url}/_stcore/upload_file/s/f", data=b"x", cookies={COOKIE: cookie}, timeout=30)
    assert upload.status_code in (400, 403)
    with socket(url, cookie) as stream:
        stream.send(rerun_request())
        assert len(stream.recv(timeout=30)) > 0


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(url):
    response = submit(
        url, "/auth/sign-in", {"email": "ann@example.com", "password": PASSWORD, "next": "/a?b=c"}
    )
    assert response.headers["location"] == "/a?b=c"
    attributes = response.headers["set-cookie"].casefold()
    assert "httponly" in attributes
    assert "samesite=lax" in attributes
    assert "path=/" in attributes
    assert "secure" not in attributes


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_sign_in_never_leads_to_another_site(url, wanted):
    fields = {"email": "ann@example.com", "password": PASSWORD, "next": wanted}
    assert submit(url, "/auth/sign-in", fields).headers["location"] == "/"


def test_a_form_of_another_site_does_nothing(url, cookie):
    for path in ("/auth/sign-in", "/auth/sign-out", "/auth/password"):
        response = requests.post(
            f"{url}{path}",
            data={"email": "ann@example.com", "password": PASSWORD},
            headers={"Origin": "https://evil.example", **NAVIGATION},
            cookies={COOKIE: cookie},
            allow_redirects=False,
            timeout=30,
        )
        assert response.status_code == 403
        assert "set-cookie" not in response.headers
    assert get(url, "/", cookie).status_code == 200


def test_what_was_typed_comes_back_escaped_and_the_error_is_announced(url):
    response = submit(url, "/auth/sign-in", {"email": '"><script>x', "password": "p", "next": '/"><b>'})
    assert response.status_code == 401
    assert 'role="alert"' in response.text
    assert "<script" not in response.text
    assert "<b>" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert not re.search(r'(src|href)="(?!/auth/)', response.text)


def test_after_sign_out_the_old_cookie_opens_nothing(url):
    old = sign_in_cookie(url, "leaver@example.com")
    assert get(url, "/auth/sign-out", old).status_code == 200
    assert get(url, "/", old).status_code == 200
    response = submit(url, "/auth/sign-out", {}, old)
    assert (response.status_code, response.headers["location"]) == (303, "/auth/sign-in")
    assert get(url, "/", old).status_code == 303
    assert get(url, "/_stcore/host-config", old, headers={}).status_code == 401
    with pytest.raises(InvalidStatus), socket(url, old):
        pass


def test_an_open_page_stops_when_its_session_is_signed_out_elsewhere(url):
    token = sign_in_cookie(url, "stale@example.com")
    with socket(url, token) as stream:
        stream.send(rerun_request())
        stream.recv(timeout=30)
        submit(url, "/auth/sign-out", {}, token)
        stream.send(rerun_request(page="http://app.example/overview?mode=sea"))
        received = []
        with pytest.raises(ConnectionClosed) as ending:
            while True:
                received.append(stream.recv(timeout=30))
    assert ending.value.rcvd.code == 4401
    # What a person sees: the browser goes to the sign-in page, and from there back to the same view.
    assert ForwardMsg.FromString(received[-1]).auth_redirect.url == (
        "/auth/sign-in?next=%2Foverview%3Fmode%3Dsea"
    )


def test_signing_in_again_ends_the_session_before(url):
    first = sign_in_cookie(url, "ann@example.com")
    again = submit(url, "/auth/sign-in", {"email": "ann@example.com", "password": PASSWORD}, first)
    assert get(url, "/", first).status_code == 303
    assert get(url, "/", again.cookies[COOKIE]).status_code == 200


def test_a_given_password_must_be_changed_before_anything_else(server):
    url, env = server
    with AppDatabase.open(env["APP_DATABASE_URL"]) as db:
        given = users.reset_password(db, "forgetful@example.com")
    first = submit(
        url, "/auth/sign-in", {"email": "forgetful@example.com", "password": given, "next": "/x?y=1"}
    )
    token = first.cookies[COOKIE]
    assert first.headers["location"] == "/auth/password?next=%2Fx%3Fy%3D1"
    assert get(url, "/x", token).headers["location"] == "/auth/password?next=%2Fx"
    assert get(url, "/_stcore/host-config", token, headers={}).status_code == 401
    with pytest.raises(InvalidStatus), socket(url, token):
        pass
    assert get(url, "/auth/password", token).status_code == 200
    fields = {"current": given, "next": "/x?y=1"}
    short = submit(url, "/auth/password", {**fields, "new": "short", "repeated": "short"}, token)
    assert (short.status_code, "at least 12 characters" in short.text) == (422, True)
    differ = submit(url, "/auth/password", {**fields, "new": PASSWORD, "repeated": PASSWORD + "x"}, token)
    assert (differ.status_code, "differ" in differ.text) == (422, True)
    done = submit(url, "/auth/password", {**fields, "new": PASSWORD, "repeated": PASSWORD}, token)
    assert done.headers["location"] == "/x?y=1"
    assert get(url, "/", token).status_code == 303
    assert get(url, "/", done.cookies[COOKIE]).status_code == 200


def test_the_sixth_guess_is_told_how_long_to_wait(url):
    for _ in range(5):
        assert (
            submit(url, "/auth/sign-in", {"email": "victim@example.com", "password": "x"}).status_code == 401
        )
    locked = submit(url, "/auth/sign-in", {"email": "victim@example.com", "password": PASSWORD})
    assert locked.status_code == 429
    assert re.search(r"Try again in \d+ seconds", locked.text)
    assert 0 < int(locked.headers["retry-after"]) <= 30


def test_an_unknown_email_takes_as_long_as_a_known_one(url):
    def median_s(emails):
        taken = []
        for email in emails:
            start = time.perf_counter()
            assert submit(url, "/auth/sign-in", {"email": email, "password": "wrong"}).status_code == 401
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)

    known = median_s(["ann@example.com", "root@example.com"] * 3)
    unknown = median_s([f"nobody{number}@example.com" for number in range(6)])
    # A verification is a hundred times slower than the rest: leaving it out would show as 0.05 or less.
    assert 1 / 3 < unknown / known < 3


def test_a_large_form_is_not_read(url):
    response = submit(url, "/auth/sign-in", {"email": "a@example.com", "password": "x" * 100_000})
    assert response.status_code == 403


def test_a_new_installation_shows_one_password_once(tmp_path):
    env = {**environment(tmp_path), "ADMIN_EMAIL": "chief@example.com"}
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    with running_server(env, log=first) as base_url:
        password = one_time_password(first)
        assert "chief@example.com" in first.read_text()
        sign_in_cookie(base_url, "chief@example.com", password)
    with running_server(env, log=second):
        assert "One-time password" not in second.read_text()


def test_a_server_that_cannot_open_its_database_says_why(tmp_path):
    broken = Path(tmp_path, "app.sqlite")
    broken.write_text("these are notes, not tables\n" * 100)
    env = {"APP_DATABASE_URL": f"sqlite:///{broken}", "DATABASE_URL": f"duckdb:///{tmp_path}/w.duckdb"}
    with pytest.raises(RuntimeError, match="no SQLite database"), running_server(env):
        pass
