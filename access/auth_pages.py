"""The HTML of the sign-in pages, from the templates in assets/auth, with everything from outside escaped."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from access.users import User

__all__ = ["notice_page", "password_page", "sign_in_page", "sign_out_page"]

_TEMPLATES = Path(__file__).parent.parent / "assets" / "auth"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
}


def sign_in_page(*, next_path: str, email: str = "", error: str = "", status: int = 200) -> HTMLResponse:
    values = {
        "next": escape(next_path),
        "email": escape(email),
        "invalid": 'aria-describedby="error"' if error else "",
        "focus_email": "" if email else "autofocus",
        "focus_password": "autofocus" if email else "",
    }
    return _page("Sign in", "sign_in.html", values, error=error, status=status)


def password_page(user: User, *, next_path: str, error: str = "", status: int = 200) -> HTMLResponse:
    first = user.must_change_password
    values = {
        "next": escape(next_path),
        "email": escape(user.email),
        "reason": (
            "Your password was made for you. Choose your own before you go on."
            if first
            else "You stay signed in here and are signed out everywhere else."
        ),
        "current_label": "One-time password" if first else "Current password",
        "way_back": (
            '<a href="/auth/sign-out">Sign out</a>' if first else f'<a href="{escape(next_path)}">Back</a>'
        ),
    }
    title = "Choose a password" if first else "Change password"
    return _page(title, "password.html", values, error=error, status=status)


def sign_out_page(user: User) -> HTMLResponse:
    return _page("Sign out", "sign_out.html", {"email": escape(user.email)})


def notice_page(title: str, error: str, status: int) -> HTMLResponse:
    return _page(title, "notice.html", {}, error=error, status=status)


def _page(
    title: str, template: str, values: dict[str, str], *, error: str = "", status: int = 200
) -> HTMLResponse:
    alert = f'<p class="error" id="error" role="alert">{escape(error)}</p>' if error else ""
    body = _template(template).substitute(values)
    html = _template("layout.html").substitute(title=escape(title), error=alert, body=body)
    return HTMLResponse(html, status_code=status, headers=_HEADERS)


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8"))
