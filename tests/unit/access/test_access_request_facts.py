from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from access import request_facts


def request(headers=None, *, path="/", query="", client=("192.0.2.7", 5000), scheme="http"):
    lines = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return HTTPConnection(
        {
            "type": "http",
            "scheme": scheme,
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"host", b"app.example"), *lines],
            "client": client,
            "server": ("app.example", 80),
        }
    )


def as_a_browser_reads(target):
    """The host a browser would go to from http://app.example (WHATWG URL, 4.4), as far as it matters here."""
    trimmed = target.strip("".join(map(chr, range(0x21))))
    cleaned = trimmed.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    if cleaned.startswith("//"):
        return "another site"
    return "app.example" if cleaned.startswith("/") else "another site or scheme"


HOSTILE = st.text(st.sampled_from("/\\:@.?#%\t\n\r\x00 evilcom2F5")) | st.text()


@given(HOSTILE)
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("\x01//evil.example")
@example("https://evil.example")
@example("javascript:alert(1)")
@example("/x/..//evil.example")
@example("/\u2028/evil")
@example("//[")
def test_next_never_leaves_this_site_and_is_a_clean_header(wanted):
    target = request_facts.safe_next(wanted)
    assert as_a_browser_reads(target) == "app.example"
    assert target.isascii()
    assert target.isprintable()
    assert not target.startswith("/auth")


@given(HOSTILE)
def test_next_once_cleaned_stays_as_it_is(wanted):
    target = request_facts.safe_next(wanted)
    assert request_facts.safe_next(target) == target


@pytest.mark.parametrize(
    "wanted", ["/Overview", "/Overview?mode=sea&mode=air", "/Lanes?q=a%20b%26c", "/", "/Suppliers?s=S1,S2"]
)
def test_pages_of_this_site_are_kept_to_the_letter(wanted):
    assert request_facts.safe_next(wanted) == wanted


@pytest.mark.parametrize(
    "wanted", [None, "", "Overview", "/auth/sign-in?next=/", "/auth/sign-out", "/_stcore/health", "/media/x"]
)
def test_what_is_no_page_leads_home(wanted):
    assert request_facts.safe_next(wanted) == "/"


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_query_survives_the_way_through_sign_in(value):
    asked = f"/Overview?q={quote(value, safe='')}"
    parts = urlsplit(asked)
    carried = request_facts.wanted_path(request(path=parts.path, query=parts.query))
    assert request_facts.safe_next(carried) == asked
    assert parse_qs(urlsplit(asked).query, keep_blank_values=True)["q"] == [value]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://app.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://app.example"},
        {"Origin": "https://app.example:443"},  # TLS ends before us
        {"Referer": "http://app.example/auth/sign-in"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
def test_forms_of_our_own_pages_are_accepted(headers):
    assert request_facts.is_same_origin(request(headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://app.example:8080"},
        {"Origin": "http://app.example.evil.example"},
        {"Origin": "http://app.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://app.example", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://evil.example", "Referer": "http://app.example/"},
        {"Referer": "http://evil.example/?http://app.example/"},
        {"Origin": "http://[", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "ftp://app.example"},
    ],
)
def test_forms_of_other_sites_and_of_nobody_are_refused(headers):
    assert not request_facts.is_same_origin(request(headers))


def test_forwarded_headers_are_believed_from_a_trusted_proxy_only(monkeypatch):
    told = {"X-Forwarded-For": "203.0.113.5, 198.51.100.1", "X-Forwarded-Proto": "https"}
    monkeypatch.delenv("TRUST_PROXY", raising=False)
    assert request_facts.client_address(request(told)) == request_facts.UNVERIFIED
    assert not request_facts.is_over_tls(request(told))
    assert request_facts.client_address(request()) == "192.0.2.7"
    monkeypatch.setenv("TRUST_PROXY", "1")
    assert request_facts.client_address(request(told)) == "198.51.100.1"
    assert request_facts.is_over_tls(request(told))


def test_tls_of_our_own_needs_no_header(monkeypatch):
    monkeypatch.delenv("TRUST_PROXY", raising=False)
    assert request_facts.is_over_tls(request(scheme="https"))
    assert not request_facts.is_over_tls(request())


def test_a_person_is_told_from_a_script():
    assert request_facts.is_navigation(request({"Sec-Fetch-Mode": "navigate"}))
    assert request_facts.is_navigation(request({"Accept": "text/html,*/*"}))
    assert not request_facts.is_navigation(request({"Sec-Fetch-Mode": "cors", "Accept": "text/html"}))
    assert not request_facts.is_navigation(request({"Accept": "*/*"}))
