"""What `python -m ingestion.demo` shows: a progress bar, then the distribution and the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ingestion.demo.report import DemoReport

__all__ = ["progress", "show"]


@contextmanager
def progress(shipments: int) -> Iterator[Callable[[int, int], None]]:
    """A bar over `shipments`; the callable takes shipments done and in all."""
    look = (
        TextColumn("Demo data"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("shipments"),
        TimeElapsedColumn(),
    )
    bar = Progress(*look, console=Console())
    task = bar.add_task("demo", total=shipments)

    def advance(done: int, total: int) -> None:
        bar.start()  # not before there is something to show: a refused run shows none
        bar.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        bar.stop()


def show(report: DemoReport, console: Console | None = None) -> None:
    """Print the report as tables."""
    console = console or Console()
    console.print(_distribution(report), _anomalies(report), _checks(report))
    rate = report.shipments / max(report.seconds, 1e-9)
    console.print(
        f"{report.shipments:,} shipments, {report.legs:,} legs ({report.flagged:,} flagged as implausible) "
        f"in {report.seconds:.1f} s ({rate:,.0f} shipments/s)."
    )


def _distribution(report: DemoReport) -> Table:
    table = Table("Mode", title="Distribution")
    for name in ("Shipments", "Legs", "Tonnes", "Million tonne-km", "t CO2e"):
        table.add_column(name, justify="right")
    for row in report.distribution.itertuples():
        table.add_row(
            str(row.Index), f"{row.shipments:,}", f"{row.legs:,}", f"{row.tonnes:,.0f}",
            f"{row.tonne_km / 1e6:,.2f}", f"{row.t_co2e:,.1f}",
        )  # fmt: skip
    total = report.distribution.sum()
    table.add_section()
    table.add_row(
        "all", f"{report.shipments:,}", f"{report.legs:,}", f"{total['tonnes']:,.0f}",
        f"{total['tonne_km'] / 1e6:,.2f}", f"{total['t_co2e']:,.1f}",
    )  # fmt: skip
    return table


def _anomalies(report: DemoReport) -> Table:
    table = Table("Hidden anomaly", title="Labels")
    table.add_column("Shipments", justify="right")
    for kind, count in report.anomalies.items():
        table.add_row(str(kind).replace("_", " "), f"{count:,}")
    return table


def _checks(report: DemoReport) -> Table:
    table = Table("Check", "", "Seen", title="Quality")
    for check in report.checks:
        table.add_row(check.name, "[green]holds[/]" if check.holds else "[red]broken[/]", check.seen)
    return table
