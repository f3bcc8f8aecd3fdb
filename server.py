"""The server: Home.py behind the gate, /auth and /healthz, and what runs beside it: scoring, inbox, alerts.

Start it with `streamlit run server.py`.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

import access
from access import audit, auth_routes, users
from access.console import credentials_frame
from access.gate import Gate
from data_access.opened import close_warehouse, warehouse

if TYPE_CHECKING:
    from ingestion.periodic import Periodic

log = logging.getLogger("server")

FIRST_ADMINISTRATOR = "admin@localhost"
# Slow to import, and on every page: loaded while the first visitor types a password.
_WARM = ("pandas", "plotly.graph_objects", "duckdb", "pyarrow")
# Slower still, and for some pages only: loaded when the first visitor has a page, after the map's sea routes.
_WARM_LATER = (
    "scipy.signal",
    "scipy.optimize",
    "statsmodels.tsa.seasonal",
    "sklearn.ensemble",
    "shap",
    "pyod.models.ecod",
    "pyod.models.iforest",
)
_LATER_S = 20.0
_STOP_S = 10.0  # for an import or a scoring that is under way when the server ends


def _check_warehouse() -> None:
    _ = warehouse().version


def _check_app_database() -> None:
    access.database().check()


def _health() -> dict[str, str]:
    parts = {"warehouse": _check_warehouse, "app_database": _check_app_database}
    found = {}
    for name, check in parts.items():
        try:
            check()
            found[name] = "ok"
        except Exception:  # whatever it is: the answer is public, so the reason goes to the log
            log.exception("Health check: %s", name)
            found[name] = "unavailable"
    return {"status": "ok" if set(found.values()) == {"ok"} else "unavailable", **found}


async def _healthz(_request: Request) -> JSONResponse:
    found = await to_thread.run_sync(_health)
    return JSONResponse(found, 200 if found["status"] == "ok" else 503, {"Cache-Control": "no-store"})


def _welcome_first_administrator() -> None:
    email = os.environ.get("ADMIN_EMAIL") or FIRST_ADMINISTRATOR
    password = users.create_first_administrator(access.database(), email)
    if password is not None:
        audit.record(access.database(), None, "created_first_administrator", email)
        sys.stdout.write(credentials_frame("First administrator", email, password))
        sys.stdout.flush()


def _score_new() -> None:
    from ingestion import scoring

    if scoring.owed(warehouse()):
        scoring.score_new(warehouse())


def _take_inbox() -> None:
    from ingestion.inbox import Inbox

    Inbox().take(warehouse())


def _run_alerts() -> None:
    from reporting import alerts

    alerts.run_due(access.database(), warehouse())


# Each in a thread of its own, with the seconds between two runs.
_BESIDE = ((_score_new, 2.0), (_take_inbox, 1.0), (_run_alerts, 10.0))


class _Beside:
    """What runs beside the pages. It begins in a thread of its own: its imports would hold up the start."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._works: list[Periodic] = []
        self._thread = threading.Thread(target=self._begin, name="beside", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it, after what is under way; an import that takes longer is rolled back."""
        self._stopped.set()
        self._thread.join(_STOP_S)
        for work in self._works:
            work.stop(_STOP_S)
        if feed := sys.modules.get("ingestion.feed"):
            feed.end_the_feed(_STOP_S)

    def _begin(self) -> None:
        for module in _WARM:
            importlib.import_module(module)
        from ingestion.periodic import Periodic

        for work, seconds in _BESIDE:
            self._works.append(Periodic(work.__name__.strip("_"), seconds, work).start())
        if self._stopped.wait(_LATER_S):
            return
        from analytics.flows import sea

        sea.warm()
        for module in _WARM_LATER:
            importlib.import_module(module)


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    await to_thread.run_sync(_welcome_first_administrator)
    beside = _Beside()
    beside.start()
    yield {}
    await to_thread.run_sync(beside.stop)
    close_warehouse()


# Until Home.py has run once, Streamlit would take the folder `pages` for the navigation of a fresh server.
PagesManager.uses_pages_directory = False

app = st.App(
    Path(__file__).parent / "Home.py",
    routes=[Route("/healthz", _healthz, methods=["GET"]), *auth_routes.routes()],
    middleware=[Middleware(Gate)],
    lifespan=_lifespan,
)
