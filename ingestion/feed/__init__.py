"""The feed: demo shipments that arrive as a carrier's own would, a few at a time, through the import."""

from __future__ import annotations

from ingestion.feed.feed import MAX_PER_MINUTE, Feed, FeedState, end_the_feed, the_feed
from ingestion.feed.shipments import Shipments

__all__ = ["MAX_PER_MINUTE", "Feed", "FeedState", "Shipments", "end_the_feed", "the_feed"]
