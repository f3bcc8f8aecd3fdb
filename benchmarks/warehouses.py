"""Warehouses filled with demo data for a run, made when first asked for and gone with its folder."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.report import doing
from benchmarks.servers import drop_database, new_database, postgres
from benchmarks.stopwatch import seconds
from data_access import Store
from ingestion.demo import fill
from ingestion.scoring import score_all

__all__ = ["ENGINES", "SEED", "Bench", "size_name"]

ENGINES = ("duckdb", "postgres")
SEED = 7
_numbers = itertools.count(1)


@dataclass
class Bench:
    """One run: its sizes, its folder, its Postgres, its filled warehouses.

    Attributes
    ----------
    until : datetime
        One end of the demo period for all warehouses of the run.
    fill_s : dict
        (engine, shipments) → seconds that drawing, calculating and writing took.
    """

    sizes: tuple[int, ...]
    folder: Path
    _stack: ExitStack
    until: datetime = field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    fill_s: dict[tuple[str, int], float] = field(default_factory=dict)
    _urls: dict[tuple[str, int], str] = field(default_factory=dict)
    _server: str | None = None

    @classmethod
    @contextmanager
    def opened(cls, sizes: tuple[int, ...]) -> Iterator[Bench]:
        """Everything that the run makes is taken away when the block ends."""
        with TemporaryDirectory(prefix="scca-bench-") as folder, ExitStack() as stack:
            yield cls(sizes, Path(folder), stack)

    def empty(self, engine: str) -> str:
        """Address of a new, empty warehouse."""
        if engine == "duckdb":
            return f"duckdb:///{self.folder}/{next(_numbers)}.duckdb"
        if self._server is None:
            self._server = self._stack.enter_context(postgres(self.folder))
        return new_database(self._server)

    def discard(self, url: str) -> None:
        """Give back the space of a warehouse that is no longer needed."""
        if url.startswith("duckdb"):
            for file in self.folder.glob(f"{Path(url).name}*"):
                file.unlink()
        else:
            drop_database(url)

    def filled(self, engine: str, shipments: int) -> str:
        """Address of a warehouse with that many demo shipments, scored, the same on both engines."""
        if (engine, shipments) not in self._urls:
            doing("filling", engine, size_name(shipments))
            url = self.empty(engine)
            with Store.open(url) as store:
                self.fill_s[engine, shipments] = seconds(
                    lambda: fill(store, shipments, seed=SEED, until=self.until)
                )
                score_all(store)
            self._urls[engine, shipments] = url
        return self._urls[engine, shipments]


def size_name(shipments: int) -> str:
    return f"{shipments // 1_000_000}M" if shipments >= 1_000_000 else f"{shipments / 1000:g}k"
