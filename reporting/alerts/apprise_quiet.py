"""apprise, whose own log tells addresses with their secrets: here it is heard by nobody but `said`."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import apprise

__all__ = ["apprise", "said", "scrubbed"]

_LOGGER = logging.getLogger("apprise")
_LONGEST = 200
_SHORTEST_SECRET = 4
# What a library says about the network, in our words.
_CAUSES = {
    "Connection refused": "the connection was refused",
    "timed out": "no answer in time",
    "Name or service not known": "the host is not known",
    "Temporary failure in name resolution": "the host is not known",
    "No address associated": "the host is not known",
    "CERTIFICATE_VERIFY_FAILED": "its certificate is not valid",
    "Network is unreachable": "the network is unreachable",
}


class _Ear(logging.Handler):
    """Keeps what one thread's apprise says."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self.warnings: list[str] = []
        self.details: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            kept = self.warnings if record.levelno >= logging.WARNING else self.details
            kept.append(record.getMessage())


_LOGGER.propagate = False
_LOGGER.setLevel(logging.DEBUG)
_LOGGER.addHandler(logging.NullHandler())
# It tells the path of each request, which is where webhooks carry their secret.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


@contextmanager
def said() -> Iterator[list[str]]:
    """A list that holds, after the block, why sending went wrong: one reason, or none."""
    ear = _Ear()
    reason: list[str] = []
    _LOGGER.addHandler(ear)
    try:
        yield reason
    finally:
        _LOGGER.removeHandler(ear)
        cause = next((words for sign, words in _CAUSES.items() if sign in " ".join(ear.details)), None)
        last = ear.warnings[-1] if ear.warnings else ""
        if cause or last:
            reason.append(cause or last)


def scrubbed(text: str, url: str) -> str:
    """The text without anything of the address but its host, in one short line."""
    for secret in sorted(_secrets(url), key=len, reverse=True):
        text = text.replace(secret, "…")
    text = re.sub(r"\w+://\S+", "…", " ".join(text.split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _secrets(url: str) -> set[str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    pieces = re.split(r"[/?&=:@#+,;]", url.partition("://")[2])
    found = {url, parts.path, parts.query, *pieces, *map(unquote, pieces)}
    return {one for one in found if len(one) >= _SHORTEST_SECRET and one.lower() != host.lower()}
