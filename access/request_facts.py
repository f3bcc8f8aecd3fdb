"""What a request says about itself, and how far that is believed: client, TLS, origin, where to go next."""

from __future__ import annotations

import os
import re
from urllib.parse import quote, urlsplit

from starlette.requests import HTTPConnection

__all__ = ["client_address", "is_navigation", "is_over_tls", "is_same_origin", "safe_next", "wanted_path"]

UNVERIFIED = "forwarded by an unknown proxy"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s\\]")
_LONGEST_NEXT = 2_000
# Places to come back to are pages; these are not.
_NO_PAGES = ("/auth", "/_stcore", "/media", "/component", "/static", "/healthz")
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def trusts_proxy() -> bool:
    """Whether TRUST_PROXY=1 says that every request comes through a proxy that sets X-Forwarded-*."""
    return os.environ.get("TRUST_PROXY") == "1"


def client_address(request: HTTPConnection) -> str:
    """The client's IP address. Behind a trusted proxy, the one that the proxy added last.

    Without TRUST_PROXY, all that claim to be forwarded count as one client: the server itself (uvicorn)
    believes X-Forwarded-For of local peers, so a client that makes addresses up would never be locked out.
    """
    forwarded = _last(request, "x-forwarded-for")
    if forwarded and not trusts_proxy():
        return UNVERIFIED
    return forwarded or (request.client.host if request.client else "")


def is_over_tls(request: HTTPConnection) -> bool:
    """Whether the browser speaks TLS to us, or to the proxy that TRUST_PROXY trusts."""
    forwarded = _last(request, "x-forwarded-proto")
    if forwarded:
        return trusts_proxy() and forwarded == "https"
    return request.url.scheme in ("https", "wss")


def is_same_origin(request: HTTPConnection) -> bool:
    """Whether a form was sent by one of our own pages; a request that tells nothing about itself was not."""
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin"):
        return False
    source = request.headers.get("origin") or request.headers.get("referer")
    if source is None:
        return site == "same-origin"
    forwarded = _last(request, "x-forwarded-host") if trusts_proxy() else ""
    host = forwarded or request.headers.get("host", "")
    try:
        sender = urlsplit(source)
        return sender.scheme in ("http", "https") and _host(source) == _host(f"{sender.scheme}://{host}")
    except ValueError:
        return False


def is_navigation(request: HTTPConnection) -> bool:
    """Whether a person opens a page, rather than a script that fetches something."""
    mode = request.headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("accept", "")


def wanted_path(request: HTTPConnection) -> str:
    """Path and query of the request, as a value for `next`."""
    query = request.scope.get("query_string", b"").decode("latin-1")
    path = quote(request.scope["path"], safe="/")
    return f"{path}?{query}" if query else path


def safe_next(wanted: str | None) -> str:
    """`wanted` if it is a page of this site, else `/`.

    Refused are other sites in every spelling that a browser knows (two slashes, a backslash, a tab in
    between), what is no page, and the sign-in pages themselves.
    """
    if not wanted or len(wanted) > _LONGEST_NEXT or _CONTROL.search(wanted):
        return "/"
    if not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    # A browser resolves "/x/..//evil" to the path "//evil" of this site; no page of ours looks like that.
    if parts.scheme or parts.netloc or "//" in parts.path or "/." in parts.path:
        return "/"
    if any(parts.path == place or parts.path.startswith(f"{place}/") for place in _NO_PAGES):
        return "/"
    return quote(wanted, safe="/?&=%#+:,;@!$'()*~[]|")


def _last(request: HTTPConnection, header: str) -> str:
    values = ",".join(request.headers.getlist(header))
    return values.rsplit(",", 1)[-1].strip()


def _host(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)
