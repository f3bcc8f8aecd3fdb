"""The routes below /auth: sign in, sign out, change the password. bcrypt runs in threads of its own."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, quote

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from access import audit, request_facts, sessions, sign_in, users
from access.auth_pages import notice_page, password_page, sign_in_page, sign_out_page
from access.errors import AccessError, TooManyAttempts, WrongCredentials
from access.gate import ASSETS, PASSWORD, SIGN_IN, SIGN_OUT
from access.opened import database
from access.users import User

__all__ = ["routes"]

_FOLDER = Path(__file__).parent.parent / "assets"
_LARGEST_FORM_BYTES = 16_384
# Hashing is slow on purpose; more at once would only take the processor from people who are signed in.
_HASHING = CapacityLimiter(2)
_FOREIGN_FORM = "This form did not come from this site, so nothing was done. Open the page again and retry."


def routes() -> list[Route]:
    """The routes to mount beside the app; the gate lets them through."""
    return [
        Route(SIGN_IN, _show_sign_in, methods=["GET"]),
        Route(SIGN_IN, _sign_in, methods=["POST"]),
        Route(SIGN_OUT, _show_sign_out, methods=["GET"]),
        Route(SIGN_OUT, _sign_out, methods=["POST"]),
        Route(PASSWORD, _show_password, methods=["GET"]),
        Route(PASSWORD, _change_password, methods=["POST"]),
        *(Route(path, _asset, methods=["GET"]) for path in ASSETS),
    ]


async def _asset(request: Request) -> Response:
    return FileResponse(_FOLDER / ASSETS[request.url.path], headers={"Cache-Control": "max-age=3600"})


async def _show_sign_in(request: Request) -> Response:
    next_path = request_facts.safe_next(request.query_params.get("next"))
    user = await to_thread.run_sync(sessions.user_of, _token(request))
    return _onward(user, next_path) if user else sign_in_page(next_path=next_path)


async def _sign_in(request: Request) -> Response:
    form = await _own_form(request)
    if form is None:
        return notice_page("Sign in", _FOREIGN_FORM, 403)
    next_path, email = request_facts.safe_next(form.get("next")), form.get("email", "")
    address = request_facts.client_address(request)
    try:
        user, token = await to_thread.run_sync(
            _start_session, email, form.get("password", ""), address, _token(request), limiter=_HASHING
        )
    except AccessError as error:
        page = sign_in_page(next_path=next_path, email=email, error=str(error), status=_status(error))
        return _with_retry(page, error)
    return _with_session(request, _onward(user, next_path), token)


def _start_session(email: str, password: str, address: str, previous: str | None) -> tuple[User, str]:
    db = database()
    try:
        user = sign_in.authenticate(db, email, password, address)
    except AccessError as error:
        known = users.by_email(db, email)
        # Only known e-mails are named: people type their password into the wrong field.
        target = known.email if known else None
        audit.record(db, None, "failed_to_sign_in", target, {"from": address, "reason": type(error).__name__})
        raise
    if previous:
        sessions.revoke(db, previous)
    token = sessions.create(db, user, address)
    audit.record(db, user, "signed_in", details={"from": address})
    return user, token


async def _show_sign_out(request: Request) -> Response:
    return sign_out_page(_signed_in(request))


async def _sign_out(request: Request) -> Response:
    if await _own_form(request) is None:
        return notice_page("Sign out", _FOREIGN_FORM, 403)
    await to_thread.run_sync(_end_session, _signed_in(request), _token(request))
    response = RedirectResponse(SIGN_IN, status_code=303, headers={"Cache-Control": "no-store"})
    response.delete_cookie(sessions.COOKIE, path="/", httponly=True, samesite="lax")
    return response


def _end_session(user: User, token: str | None) -> None:
    if token:
        sessions.revoke(database(), token)
    audit.record(database(), user, "signed_out")


async def _show_password(request: Request) -> Response:
    next_path = request_facts.safe_next(request.query_params.get("next"))
    return password_page(_signed_in(request), next_path=next_path)


async def _change_password(request: Request) -> Response:
    user = _signed_in(request)
    form = await _own_form(request)
    if form is None:
        return notice_page("Change password", _FOREIGN_FORM, 403)
    next_path = request_facts.safe_next(form.get("next"))
    if form.get("new") != form.get("repeated"):
        return password_page(user, next_path=next_path, error="The two new passwords differ.", status=422)
    address = request_facts.client_address(request)
    try:
        token = await to_thread.run_sync(
            _replace_password, user, form.get("current", ""), form.get("new", ""), address, limiter=_HASHING
        )
    except AccessError as error:
        page = password_page(user, next_path=next_path, error=str(error), status=_status(error))
        return _with_retry(page, error)
    response = RedirectResponse(next_path, status_code=303, headers={"Cache-Control": "no-store"})
    return _with_session(request, response, token)


def _replace_password(user: User, current: str, new: str, address: str) -> str:
    db = database()
    sign_in.change_password(db, user, current, new, address)
    audit.record(db, user, "changed_password", details={"from": address})
    return sessions.create(db, user, address)


async def _own_form(request: Request) -> dict[str, str] | None:
    """The fields of a form that one of our pages sent; None for any other."""
    if not request_facts.is_same_origin(request):
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM_BYTES:
            return None
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))


def _signed_in(request: Request) -> User:
    user: User = request.scope["scca.user"]  # the gate stands before every route that asks
    return user


def _token(request: Request) -> str | None:
    return request.cookies.get(sessions.COOKIE)


def _onward(user: User, next_path: str) -> RedirectResponse:
    ask = f"{PASSWORD}?next={quote(next_path, safe='')}" if user.must_change_password else next_path
    return RedirectResponse(ask, status_code=303, headers={"Cache-Control": "no-store"})


def _with_session(request: Request, response: Response, token: str) -> Response:
    # No max-age: the browser forgets it when it closes; the server ends it after 12 hours anyway.
    secure = request_facts.is_over_tls(request)
    response.set_cookie(sessions.COOKIE, token, path="/", httponly=True, samesite="lax", secure=secure)
    return response


def _status(error: AccessError) -> int:
    if isinstance(error, TooManyAttempts):
        return 429
    return 401 if isinstance(error, WrongCredentials) else 422


def _with_retry(response: Response, error: AccessError) -> Response:
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.wait_s)
    return response
