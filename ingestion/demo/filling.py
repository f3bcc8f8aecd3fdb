"""From drawn shipments to a filled warehouse: emissions added, quality checked, one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import select

from analytics import emissions
from data_access import Store, schema
from ingestion.demo.calendar import Window, window_until
from ingestion.demo.draw import BLOCK_SHIPMENTS, draw
from ingestion.demo.frames import UPLOAD_COLUMNS
from ingestion.demo.report import DemoReport, Tally
from ingestion.demo.world import Settings, read_suppliers
from ingestion.errors import IngestionError
from ingestion.flagging import write_flags

if TYPE_CHECKING:
    from data_access.store import Transaction

__all__ = ["DemoBatch", "DemoPresent", "UnsoundDemo", "fill", "generate", "suppliers_frame"]

Progress = Callable[[int, int], object]  # shipments done, shipments in all


@dataclass(frozen=True)
class DemoBatch:
    """Legs with the columns of `schema.legs` except batch_id, and labels (shipment_id, leg_no, kind)."""

    legs: pd.DataFrame
    labels: pd.DataFrame


class DemoPresent(IngestionError):
    """The warehouse holds demo data already."""


class UnsoundDemo(IngestionError):
    """The generated data broke a law of its own; nothing was written."""

    def __init__(self, report: DemoReport) -> None:
        broken = "; ".join(f"{check.name}: {check.seen}" for check in report.checks if not check.holds)
        super().__init__(
            f"The demo data is not sound, so nothing was written ({broken}). Please report this."
        )
        self.report = report


def generate(
    shipments: int,
    *,
    seed: int = 7,
    until: date | datetime | None = None,
    batch_shipments: int = 100_000,
    settings: Settings | None = None,
    factors: pd.DataFrame | None = None,
    factor_set: str = emissions.DEFAULT_FACTOR_SET,
) -> Iterator[DemoBatch]:
    """Shipments of 24 months with their emissions, batch by batch in order of departure.

    Parameters
    ----------
    shipments : int
        In all, injected duplicates included.
    until : date or datetime, optional
        End of the period, exclusive, UTC; by default the last full hour.
    settings : Settings, optional
        Another world for tests: clean data, more noise, fewer suppliers, some modes.
    factors : DataFrame, optional
        As `analytics.emissions.load_factors`, which is the default.

    Notes
    -----
    The same arguments give the same frames, byte for byte, whatever the size of batches, which is rounded
    down to 20,000s. Emissions come from the stated values, errors included.
    """
    factors = emissions.load_factors() if factors is None else factors
    for drawn in draw(shipments, seed=seed, until=until, batch_shipments=batch_shipments, settings=settings):
        yield DemoBatch(_with_emissions(drawn.uploads, factors, factor_set), drawn.labels)


def suppliers_frame(seed: int = 7) -> pd.DataFrame:
    """The demo's suppliers with the columns of `schema.suppliers`; names are the same for every seed."""
    del seed  # a seed changes habits, not who there is
    people = read_suppliers()
    targets = ["target_pct", "target_base_year", "target_year"]
    years = dict.fromkeys(targets[1:], "Int16")
    people[targets] = people[targets].apply(pd.to_numeric)
    return people.astype(years)[["supplier_id", "name", "country", "sector", "tier", *targets]]


def fill(
    store: Store,
    shipments: int = 25_000,
    *,
    seed: int = 7,
    until: date | datetime | None = None,
    progress: Progress | None = None,
) -> DemoReport:
    """Write demo data into the warehouse, all of it in one transaction.

    Raises
    ------
    DemoPresent
        When there is a demo batch already; nothing changes then.
    UnsoundDemo
        When a quality check fails; nothing is written.
    """
    _refuse_second(store.frame(_DEMO_BATCHES))
    window = window_until(until)
    run = _Run(shipments, seed, window, progress or (lambda _done, _total: None))
    started = time.monotonic()
    report = store.transact(run.write)
    return replace(report, seconds=time.monotonic() - started)  # the commit takes its time too


@dataclass(frozen=True)
class _Run:
    shipments: int
    seed: int
    window: Window
    progress: Progress

    def write(self, tx: Transaction) -> DemoReport:
        """The work of the transaction; may run again after a conflict."""
        _refuse_second(tx.frame(_DEMO_BATCHES))
        started, batch_id = (
            time.monotonic(),
            f"demo-{self.seed}-{self.shipments}-{self.window.end:%Y%m%dT%H%M}",
        )
        factor_set = _active_factor_set(tx)
        people = suppliers_frame(self.seed)
        tally = Tally(self.window, set(people["supplier_id"]), Settings().anomaly_share)
        known = tx.frame(select(schema.suppliers.c.supplier_id))["supplier_id"]
        tx.append(schema.suppliers, people[~people["supplier_id"].isin(known)])
        flagged = 0
        batches = generate(
            self.shipments, seed=self.seed, until=self.window.end, batch_shipments=_batch_of(self.shipments),
            factors=tx.frame(select(schema.emission_factors)), factor_set=factor_set,
        )  # fmt: skip
        done = 0
        for batch in batches:
            flagged += self._write_batch(tx, batch, batch_id)
            tally.add(batch.legs, batch.labels)
            done += int(batch.legs["leg_no"].eq(1).sum())
            self.progress(done, self.shipments)
        report = tally.report(batch_id, flagged, time.monotonic() - started)
        if not report.sound:
            raise UnsoundDemo(report)
        tx.append(schema.import_batches, self._batch_row(report, factor_set))
        return report

    def _write_batch(self, tx: Transaction, batch: DemoBatch, batch_id: str) -> int:
        from analytics import plausibility

        tx.append(schema.legs, batch.legs.assign(batch_id=batch_id))
        tx.append(schema.demo_labels, batch.labels)
        flags = plausibility.flags(batch.legs, now=self.window.end)
        write_flags(tx, batch.legs, flags, batch_id)
        return len(flags.drop_duplicates(["shipment_id", "leg_no"]))

    def _batch_row(self, report: DemoReport, factor_set: str) -> pd.DataFrame:
        row = {
            "batch_id": report.batch_id,
            "file_name": f"demo data, {self.shipments:,} shipments, seed {self.seed}",
            "file_sha256": None,
            "kind": "demo",
            "imported_at": datetime.now(UTC).replace(tzinfo=None),
            "imported_by": "system",
            "factor_set": factor_set,
            "rows_read": report.legs,
            "rows_accepted": report.legs,
            "rows_rejected": 0,
            "rows_duplicate": 0,
            "rows_flagged": report.flagged,
            "mapping_json": None,
        }
        return pd.DataFrame([row])


_DEMO_BATCHES = select(schema.import_batches.c.file_name).where(schema.import_batches.c.kind == "demo")


def _batch_of(shipments: int) -> int:
    """Small enough for a bar that moves, large enough to write fast."""
    return BLOCK_SHIPMENTS if shipments <= 10 * BLOCK_SHIPMENTS else 2 * BLOCK_SHIPMENTS


def _refuse_second(found: pd.DataFrame) -> None:
    if len(found):
        raise DemoPresent(
            f"The warehouse holds demo data already ({found['file_name'].iloc[0]}), and nothing was changed: "
            "undo that import first, or point DATABASE_URL at another warehouse."
        )


def _active_factor_set(tx: Transaction) -> str:
    meta = schema.store_meta
    return str(tx.frame(select(meta.c.value).where(meta.c.key == "active_factor_set"))["value"].iloc[0])


def _with_emissions(uploads: pd.DataFrame, factors: pd.DataFrame, factor_set: str) -> pd.DataFrame:
    """Calculate every leg; a carrier's reported emission is its own ratio times the calculated one."""
    ratio = uploads["emission_ratio"]
    legs = uploads[[name for name in UPLOAD_COLUMNS if name != "emission_ratio"]].assign(wtw_kg=float("nan"))
    told = ratio.notna()
    if told.any():
        calculated = emissions.calculate(legs[told], factors, factor_set=factor_set)["calculated_kg"]
        legs.loc[told, "wtw_kg"] = (calculated * ratio[told]).round(3)
    return emissions.calculate(legs, factors, factor_set=factor_set)
