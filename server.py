"""The server: Home.py behind the gate, /auth and /healthz. Start it with `streamlit run server.py`."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

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

log = logging.getLogger("server")

FIRST_ADMINISTRATOR = "admin@localhost"
# Slow to import, and on every page: loaded while the first visitor types a password.
_WARM = ("pandas", "plotly.graph_objects", "duckdb", "pyarrow")


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


def _warm_up() -> None:
    for module in _WARM:
        importlib.import_module(module)


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    await to_thread.run_sync(_welcome_first_administrator)
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield {}
    close_warehouse()


# Until Home.py has run once, Streamlit would take the folder `pages` for the navigation of a fresh server.
PagesManager.uses_pages_directory = False

app = st.App(
    Path(__file__).parent / "Home.py",
    routes=[Route("/healthz", _healthz, methods=["GET"]), *auth_routes.routes()],
    middleware=[Middleware(Gate)],
    lifespan=_lifespan,
)
