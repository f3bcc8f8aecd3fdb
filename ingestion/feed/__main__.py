"""`python -m ingestion.feed`: send demo shipments into the warehouse from a process of its own."""

from __future__ import annotations

import argparse
import logging
import re
import sys

from data_access import Store
from data_access.errors import StoreError, StoreLocked
from ingestion.feed import MAX_PER_MINUTE, Feed
from ingestion.periodic import until_signalled

__all__ = ["main"]

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when all is well, 1 after a sentence on what is not."""
    chosen = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        with Store.open(chosen.database) as store:
            return _send(store, chosen)
    except StoreLocked as locked:
        print(
            f"{locked}\nWhile the app runs, an administrator switches its own feed on, on the Live page.",
            file=sys.stderr,
        )
    except (StoreError, ValueError) as error:
        print(error, file=sys.stderr)
    return 1


def _send(store: Store, chosen: argparse.Namespace) -> int:
    feed = Feed(store, shipments_per_minute=chosen.rate, seed=chosen.seed)
    with until_signalled() as ended:
        feed.start()
        print(f"Sending {chosen.rate:g} shipments a minute into {store.where} (Ctrl+C stops it).", flush=True)
        ended.wait(chosen.seconds)
        feed.stop()
    state = feed.state
    print(f"{state.sent_shipments:,} shipments were sent.", flush=True)
    return 1 if state.last_error else 0


def _duration(text: str) -> float:
    """Seconds of "90s", "10m", "2h", or of a plain number."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration: write 90s, 10m or 2h")
    return float(found[1]) * _SECONDS[found[2] or "s"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingestion.feed", description="Send demo shipments through the import, as a feed does."
    )
    parser.add_argument(
        "--rate", type=float, default=30.0, help=f"shipments a minute, at most {MAX_PER_MINUTE} (default 30)"
    )
    parser.add_argument(
        "--for", dest="seconds", type=_duration, help="end after 90s, 10m, 2h (default: never)"
    )
    parser.add_argument("--seed", type=int, help="the same seed draws the same shipments")
    parser.add_argument(
        "--database", help="URL of the warehouse (default: DATABASE_URL, else var/warehouse.duckdb)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
