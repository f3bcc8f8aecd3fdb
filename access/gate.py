"""The gate in front of every page, file and WebSocket: without a valid session nothing answers but sign-in.

It stands outside of Streamlit, as Streamlit would serve `pages/*` to anybody before its router ran.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access import request_facts, sessions
from access.users import User

__all__ = ["ASSETS", "OPEN_PATHS", "PASSWORD", "SIGN_IN", "SIGN_OUT", "Gate"]

SIGN_IN, SIGN_OUT, PASSWORD = "/auth/sign-in", "/auth/sign-out", "/auth/password"
# Exact paths: whatever is not listed is shut, also what a later Streamlit serves below /auth or /_stcore.
ASSETS = {
    "/auth/auth.css": "auth/auth.css",
    "/auth/logo.svg": "logo.svg",
    "/auth/inter-latin.woff2": "fonts/inter-latin.woff2",
}
OPEN_PATHS = frozenset({SIGN_IN, "/healthz", "/_stcore/health", *ASSETS})
_BEFORE_PASSWORD_CHANGE = frozenset({PASSWORD, SIGN_OUT})
SESSION_ENDED = 4401  # close codes from 4000 on are the application's own; this one says 401
_ENDED = "Your session has ended. Reload this page to sign in again."
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that, browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    # Only where Streamlit says nothing, as for the files that a page offers.
    "Cache-Control": "private, no-cache",
}


class Gate:
    """ASGI middleware; the outermost one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._http(scope, receive, _with_security_headers(send))

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        request = HTTPConnection(scope)
        if path not in OPEN_PATHS:
            user = await _user(request)
            refusal = _refusal(request, user, path)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
            scope["scca.user"] = user
        await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        if not _let_in(await _user(connection)):
            await receive()  # the connect message; a server may not close before it
            await send({"type": "websocket.close", "code": SESSION_ENDED, "reason": _ENDED})
            return
        closed = False

        async def receive_while_signed_in() -> Message:
            # A socket outlives the request that opened it: signing out must stop an open page too.
            nonlocal closed
            message = await receive()
            if message["type"] != "websocket.receive" or _let_in(await _user(connection)):
                return message
            closed = True
            await send({"type": "websocket.send", "bytes": _to_sign_in(message.get("bytes") or b"")})
            await send({"type": "websocket.close", "code": SESSION_ENDED, "reason": _ENDED})
            return {"type": "websocket.disconnect", "code": SESSION_ENDED}

        async def send_while_open(message: Message) -> None:
            if not closed:
                await send(message)

        await self._app(scope, receive_while_signed_in, send_while_open)


async def _user(request: HTTPConnection) -> User | None:
    token = request.cookies.get(sessions.COOKIE)
    return await to_thread.run_sync(sessions.user_of, token) if token else None


def _let_in(user: User | None) -> bool:
    return user is not None and not user.must_change_password


def _refusal(request: HTTPConnection, user: User | None, path: str) -> Response | None:
    if _let_in(user) or (user is not None and path in _BEFORE_PASSWORD_CHANGE):
        return None
    place = SIGN_IN if user is None else PASSWORD
    headers = {"Cache-Control": "no-store"}
    if not request_facts.is_navigation(request):
        return PlainTextResponse(_ENDED, status_code=401, headers=headers)
    wanted = request_facts.safe_next(request_facts.wanted_path(request))
    return RedirectResponse(_ask(place, wanted), status_code=303, headers=headers)


def _to_sign_in(asked: bytes) -> bytes:
    """Streamlit's message that sends the browser to another address; `asked` tells which page was open."""
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    request = BackMsg()
    try:
        request.ParseFromString(asked)
        page = urlsplit(request.rerun_script.context_info.url)
    except (DecodeError, ValueError):
        page = urlsplit("/")
    wanted = f"{page.path}?{page.query}" if page.query else page.path
    answer = ForwardMsg(hash="session-ended")
    answer.auth_redirect.url = _ask(SIGN_IN, request_facts.safe_next(wanted))
    return bytes(answer.SerializeToString())


def _ask(place: str, wanted: str) -> str:
    return place if wanted == "/" else f"{place}?next={quote(wanted, safe='')}"


def _with_security_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
