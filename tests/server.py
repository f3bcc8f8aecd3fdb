"""The real server as a subprocess, and a way through its sign-in form, for gate and browser tests."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from access import COOKIE, users
from data_access.app_database import AppDatabase

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 60
PASSWORD = "quiet harbour crane 47"  # what `environment` gives every user it creates


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, people: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables for a server with databases of its own in `folder`; `people` is e-mail to role."""
    env = {
        "DATABASE_URL": f"duckdb:///{folder}/warehouse.duckdb",
        "APP_DATABASE_URL": f"sqlite:///{folder}/app.sqlite",
        "INBOX": f"{folder}/inbox",
    }
    for email, role in (people or {}).items():
        with AppDatabase.open(env["APP_DATABASE_URL"]) as db:
            suppliers = ("S1",) if role == "supplier" else ()
            users.create(db, email, email.split("@")[0], role, PASSWORD, supplier_ids=suppliers)
    return env


@contextmanager
def running_server(env: Mapping[str, str], *, folder: Path = ROOT, log: Path | None = None) -> Iterator[str]:
    """Start server.py of `folder` on a free port, wait until it is healthy, yield its base URL, stop it.

    `env` comes on top of this process' variables; `log` receives what the server prints.
    """
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    output = log or Path(env["APP_DATABASE_URL"].removeprefix("sqlite:///")).with_suffix(".log")
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port)]
    options = [
        "--server.address",
        "127.0.0.1",
        "--server.headless",
        "true",
        "--browser.gatherUsageStats",
        "false",
    ]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **env}
    with output.open("w") as sink:
        process = subprocess.Popen(
            command + options, cwd=folder, env=settings, stdout=sink, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_healthy(process, base_url, output)
            yield base_url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], base_url: str, output: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    answer = "none"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode}:\n{output.read_text()}")
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=10) as response:
                if response.status == 200:
                    return
        except urllib.error.HTTPError as error:
            answer = f"{error.code} {error.read().decode()}"
        except OSError as error:
            answer = str(error)
        time.sleep(0.1)
    raise RuntimeError(f"Not healthy after {START_TIMEOUT_S} s ({answer}):\n{output.read_text()}")


def submit(
    base_url: str, path: str, fields: Mapping[str, str], cookie: str | None = None
) -> requests.Response:
    """Send a form as a browser on our own page does, without following the redirect."""
    return requests.post(
        f"{base_url}{path}",
        data=fields,
        headers={"Origin": base_url, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"},
        cookies={COOKIE: cookie} if cookie else None,
        allow_redirects=False,
        timeout=30,
    )


def sign_in_cookie(base_url: str, email: str, password: str = PASSWORD) -> str:
    """Sign in through the form and return the value of the session cookie."""
    response = submit(base_url, "/auth/sign-in", {"email": email, "password": password})
    assert response.status_code == 303, (response.status_code, response.text)
    return response.cookies[COOKIE]


def one_time_password(log: Path) -> str:
    """The first administrator's password, as the console showed it."""
    found = re.findall(r"One-time password\s+(\S+)", log.read_text())
    assert len(found) == 1, f"expected one password on the console:\n{log.read_text()}"
    return str(found[0])
