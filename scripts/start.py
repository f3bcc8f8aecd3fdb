"""`make run`: prepare var/, fill a brand-new warehouse with demo data, serve the app."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from pathlib import Path

from data_access import Store
from data_access.app_database import AppDatabase
from data_access.errors import StoreError

DEMO_SHIPMENTS = 25_000
COOKIE_SECRET = Path("var/cookie_secret")


def main() -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8501"
    if not port.isdigit() or not _is_free(host, int(port)):
        print(f"Port {port} is taken, or no number: choose another one, make run PORT=8600.", file=sys.stderr)
        return 1
    try:
        AppDatabase.open().close()
        with Store.open() as store:
            if _wants_demo(store):
                _fill(store)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    os.environ.setdefault("STREAMLIT_SERVER_COOKIE_SECRET", _cookie_secret())
    shown = "localhost" if host == "127.0.0.1" else host
    print(f"Serving http://{shown}:{port} (Ctrl+C stops it).", flush=True)
    streamlit = [sys.executable, "-m", "streamlit", "run", "server.py"]
    os.execv(sys.executable, [*streamlit, "--server.port", port, "--server.address", host])


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _wants_demo(store: Store) -> bool:
    """Only a warehouse that was never written to: one whose demo was undone stays without it."""
    chosen = os.environ.get("DATABASE_URL")
    return store.version == 1 and (not chosen or os.environ.get("DEMO") == "1")


def _fill(store: Store) -> None:
    from ingestion.demo import fill, screen

    print("First start: filling the warehouse with demo data.", flush=True)
    with screen.progress(DEMO_SHIPMENTS) as advance:
        report = fill(store, DEMO_SHIPMENTS, progress=advance)
    screen.show(report)


def _cookie_secret() -> str:
    """One secret for good, so that a restart keeps Streamlit's own cookies valid."""
    if not COOKIE_SECRET.exists():
        COOKIE_SECRET.parent.mkdir(exist_ok=True)
        COOKIE_SECRET.touch(mode=0o600)
        COOKIE_SECRET.write_text(secrets.token_hex(32), encoding="ascii")
    return COOKIE_SECRET.read_text(encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
