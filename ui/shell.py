"""What surrounds every page: who is there, may they be there, the page's head, and the user's menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import quote, urlsplit

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

import access
from data_access import Filters, Scope, Store
from data_access.opened import warehouse
from ui import bell, cache, formats
from ui.registry import PageEntry, page_named, sections_for

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from streamlit.delta_generator import DeltaGenerator

__all__ = ["Visit", "current_user", "guard", "header", "navigation"]

T = TypeVar("T")
_ROOT = Path(__file__).parent.parent
_LOGO = _ROOT / "assets" / "logo.svg"
_STYLE = _ROOT / "assets" / "style" / "app.css"
_SIDEBAR_PX = 312
_LIVE, _BELL_S = "live", 10  # elsewhere the bell must not keep a session awake that nobody uses
_NAVIGATED = "navigated"
_WHOSE = "whose-session"
_APP = "Supply Chain Carbon Analytics"


@dataclass(frozen=True)
class Visit:
    """One run of a page: the user, what they may see, the warehouse as it stands, and where filters go."""

    entry: PageEntry
    user: access.User
    scope: Scope
    store: Store
    version: int
    sidebar: DeltaGenerator

    def ask(self, question: Callable[..., T], *filters: Filters, **named: Any) -> T:
        """Put a question of `analytics` within the user's scope, which no page can forget; cached."""
        return cache.answer(question, self.store, self.version, self.scope, *filters, **named)

    def draw(
        self, chart: Callable[..., go.Figure], frame: pd.DataFrame, *filters: Filters, **named: Any
    ) -> go.Figure:
        """Draw the answer to these filters; cached beside it."""
        return cache.drawing(chart, frame, self.store, self.version, self.scope, *filters, **named)

    def may(self, permission: access.Permission) -> bool:
        return access.may(self.user, permission)

    def refreshed(self) -> Visit:
        """Return the visit as it stands now, for a fragment that runs by itself: user, scope, version anew.

        Who has been signed out meanwhile is asked to sign in; where the role has lost the page, the whole
        page runs again and says so.
        """
        user = current_user()
        if user is None or user.must_change_password:
            _ask_to_sign_in()
        _forget_another_user(user)
        if not access.may(user, self.entry.permission):
            st.rerun()
        return replace(self, user=user, scope=access.scope_of(user), version=self.store.version)


def current_user() -> access.User | None:
    """Name the user behind the session cookie, asked anew at each run: a sign-out elsewhere holds at once."""
    return access.user_of(st.context.cookies.get(access.COOKIE))


def navigation() -> Any:
    """Turn the registry into the navigation of the pages that this user may open; returns the page to run."""
    st.set_page_config(
        page_title=_APP,
        page_icon=str(_LOGO),
        layout="wide",
        initial_sidebar_state=_SIDEBAR_PX,
        menu_items={"About": None},
    )
    st.session_state[_NAVIGATED] = True
    user = current_user()
    sections = sections_for(lambda permission: access.may(user, permission), _page)
    if not sections:
        return st.navigation([st.Page(_ask_to_sign_in, title="Sign in")], position="hidden")
    page = st.navigation(sections, position="hidden")
    _links(sections)
    return page


def guard(name: str) -> Visit:
    """Open a page for a signed-in user with the page's permission; else say so and stop.

    Each page file begins with this, since Streamlit can reach the file without Home.py.
    """
    _leave_pages_folder()
    entry = page_named(name)
    st.html(_STYLE)
    user = current_user()
    if user is None or user.must_change_password:
        _ask_to_sign_in()
    _forget_another_user(user)
    if not access.may(user, entry.permission):
        st.title("Not open to you")
        st.info(
            f"Your role ({user.role}) does not include “{entry.title}”. Ask an administrator for it.",
            icon=":material/lock:",
        )
        st.stop()
    st.logo(str(_LOGO), size="large")
    store = warehouse()
    visit = Visit(
        entry, user, access.scope_of(user), store, store.version, st.sidebar.container(key="filters")
    )
    with st.sidebar:
        bell.show(user, every_s=_BELL_S if name == _LIVE else None)
    _user_menu(user)
    return visit


def header(entry: PageEntry) -> None:
    """The page's title, and under it the question that the page answers."""
    st.title(entry.title, anchor=False)
    st.caption(entry.answers)


def _forget_another_user(user: access.User) -> None:
    """Streamlit may give a dropped tab's session to whoever comes back with another cookie: start anew."""
    if st.session_state.get(_WHOSE, user.user_id) != user.user_id:
        st.session_state.clear()
        st.session_state[_WHOSE] = user.user_id
        st.rerun()
    st.session_state[_WHOSE] = user.user_id


def _leave_pages_folder() -> None:
    """Run Home.py if this page was opened first.

    Until it has run once in a process, Streamlit takes the folder `pages` for the navigation.
    """
    if PagesManager.uses_pages_directory and not st.session_state.get(_NAVIGATED):
        PagesManager.uses_pages_directory = False
        st.rerun()


def _links(sections: dict[str, list[Any]]) -> None:
    """Draw the navigation: Streamlit's own one with sections is no valid list for a screen reader."""
    with st.sidebar.container(key="navigation"):
        for section, pages in sections.items():
            st.caption(section)
            for page in pages:
                st.page_link(page)


def _page(entry: PageEntry) -> Any:
    return st.Page(
        entry.file, title=entry.title, icon=entry.icon, url_path=entry.url_path, default=entry.default
    )


def _ask_to_sign_in() -> NoReturn:
    page = urlsplit(st.context.url or "/")
    target = quote(f"{page.path}?{page.query}" if page.query else page.path or "/", safe="")
    st.html(
        "<h1>Please sign in</h1><p>Your session has ended, or you have not signed in yet.</p>"
        f'<p><a href="/auth/sign-in?next={target}" target="_self">Sign in</a></p>'
    )
    st.stop()


def _user_menu(user: access.User) -> None:
    with st.sidebar.popover(
        formats.plain(user.name or user.email),
        icon=":material/account_circle:",
        key="user-menu",
        width="stretch",
    ):
        # HTML, since Markdown would turn the e-mail into a link.
        st.html(
            f"<p><strong>{escape(user.name)}</strong><br>{escape(user.email)}<br>"
            f"Role: {escape(user.role)}</p>"
            '<nav class="user-links" aria-label="Account">'
            '<a href="/auth/password" target="_self">Change password</a>'
            '<a href="/auth/sign-out" target="_self">Sign out</a></nav>'
        )
