"""`python -m ingestion.inbox`: watch the inbox without the app, or look once."""

from __future__ import annotations

import argparse
import logging
import sys

from data_access import Store
from data_access.errors import StoreError, StoreLocked
from ingestion.errors import IngestionError
from ingestion.inbox import DEFAULT_FOLDER, Inbox
from ingestion.periodic import Periodic, until_signalled

__all__ = ["main"]

_LOOK_EVERY_S = 1.0


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when all is well, 1 after a sentence on what is not, or when a file was rejected."""
    chosen = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    inbox = Inbox(chosen.folder)
    try:
        with Store.open(chosen.database) as store:
            if chosen.once:
                return int(any(one.outcome == "rejected" for one in inbox.take(store)))
            with until_signalled() as ended:
                watching = Periodic("inbox", _LOOK_EVERY_S, lambda: inbox.take(store)).start()
                print(f"Watching {inbox.folder} (Ctrl+C stops it).", flush=True)
                ended.wait()
                watching.stop()
            return 0
    except StoreLocked as locked:
        print(f"{locked}\nThe running app watches the inbox itself.", file=sys.stderr)
    except (IngestionError, StoreError) as error:
        print(error, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingestion.inbox", description="Import the files that are dropped into the inbox."
    )
    parser.add_argument("--once", action="store_true", help="look once and end")
    parser.add_argument("--folder", help=f"the inbox (default: INBOX, else {DEFAULT_FOLDER})")
    parser.add_argument(
        "--database", help="URL of the warehouse (default: DATABASE_URL, else var/warehouse.duckdb)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
