"""The time as the app database stores it: UTC, without a zone."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["utc_now"]


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
