"""`python -m ingestion.demo`: fill the warehouse with a progress bar, then show what came in."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from data_access import Store
from data_access.errors import StoreError
from ingestion.demo import UnsoundDemo, fill, screen
from ingestion.errors import IngestionError

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when all is well, 1 after a sentence on what is not."""
    chosen = _parser().parse_args(arguments)
    try:
        with Store.open(chosen.database) as store, screen.progress(chosen.shipments) as advance:
            report = fill(store, chosen.shipments, seed=chosen.seed, until=chosen.until, progress=advance)
    except UnsoundDemo as unsound:
        screen.show(unsound.report)
        print(unsound, file=sys.stderr)
        return 1
    except (IngestionError, StoreError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    screen.show(report)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingestion.demo", description="Fill the warehouse with demo data."
    )
    parser.add_argument("--shipments", type=int, default=25_000, help="how many (default 25000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same data (default 7)")
    parser.add_argument(
        "--until", type=date.fromisoformat, help="end of the 24 months, exclusive, YYYY-MM-DD (UTC)"
    )
    parser.add_argument(
        "--database", help="URL of the warehouse (default: DATABASE_URL, else var/warehouse.duckdb)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
