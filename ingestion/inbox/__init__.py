"""The inbox: files that are dropped into a folder are imported once each, and filed away with a report."""

from __future__ import annotations

from ingestion.inbox.taking import DEFAULT_FOLDER, Inbox, InboxBlocked, InboxResult

__all__ = ["DEFAULT_FOLDER", "Inbox", "InboxBlocked", "InboxResult"]
