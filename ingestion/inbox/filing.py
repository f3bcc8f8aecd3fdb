"""Where a file of the inbox ends up: in done/ or rejected/, under a free name, with its report beside it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pandas as pd

from ingestion.batches import ImportResult

__all__ = ["file_away", "readable_name", "report_of"]

_REPORT, _REJECTED = ".report.txt", ".rejected.csv"
_MOST_BYTES = 200  # of a name, so that a number and an ending still fit
_MOST_LISTED, _MOST_SHOWN = 20, 200
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def readable_name(path: Path) -> str:
    """The file's name as text that a database and a report can hold, whatever its bytes are."""
    text = os.fsencode(path.name).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def file_away(path: Path, folder: Path, report: str, rejected: pd.DataFrame | None = None) -> Path:
    """Move a file into `folder` and write its report there, and its rejected rows; nothing is overwritten.

    Returns
    -------
    Path
        Where it is now: `name.csv`, or `name (2).csv` where the name was taken.

    Raises
    ------
    OSError
        When it cannot be moved or the report cannot be written.
    """
    target = _reserve(folder, path.name, report)
    if rejected is not None and len(rejected):
        _beside(target, _REJECTED).write_bytes(_csv(rejected))
    path.rename(target)
    return target


def report_of(name: str, result: ImportResult | None, problem: str | None, now: datetime) -> str:
    """The report in plain sentences, one a line."""
    when = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if result is None:
        return f"{name} was not imported ({when}).\n{problem}\n"
    lines = [f"{name} was {_verdict(result)} ({when}).", *([problem] if problem else []), _counts(result)]
    if result.batch_id:
        lines += [
            f"The import's number is {result.batch_id}; it can be undone on the Upload page.",
            f"Its legs departed from {result.first_departed_at:%Y-%m-%d %H:%M} to "
            f"{result.last_departed_at:%Y-%m-%d %H:%M} UTC and emit {result.wtw_kg:,.1f} kg CO2e.",
        ]
    if result.rows_flagged:
        kinds = ", ".join(sorted(set(result.flagged["kind"])))
        lines.append(f"{_rows(result.rows_flagged)} went in and look implausible: {kinds}.")
    return "\n".join([*lines, *_problems(result), *result.notes]) + "\n"


def _verdict(result: ImportResult) -> str:
    if result.rows_accepted:
        return "imported"
    return "read, and nothing in it was new" if result.rows_duplicate else "not imported"


def _counts(result: ImportResult) -> str:
    return (
        f"{_rows(result.rows_read)} read: {result.rows_accepted:,} accepted, "
        f"{result.rows_rejected:,} rejected, {result.rows_duplicate:,} there already."
    )


def _problems(result: ImportResult) -> list[str]:
    """Why rows were rejected, the most frequent reasons first; unknown places; values that were left out."""
    lines = []
    if result.rows_rejected:
        lines.append(f"The rejected rows stand in the file ending in {_REJECTED}. Their problems:")
        counted = result.rejected.groupby(["column", "problem"], dropna=False)["row_number"].nunique()
        worst = (
            counted.sort_values(ascending=False, kind="stable").head(_MOST_LISTED).reset_index(name="rows")
        )
        lines += [
            f"- {_flat(row.column)}: {_flat(row.problem)} ({_rows(row.rows)})"
            if isinstance(row.column, str)
            else f"- {_flat(row.problem)} ({_rows(row.rows)})"
            for row in worst.itertuples(index=False)
        ]
    if len(result.unresolved):
        lines.append("Places that are not known; name them when you upload the file on the Upload page:")
        lines += [
            f"- {_flat(row.name)} ({_rows(row.rows)})"
            for row in result.unresolved.head(_MOST_LISTED).itertuples(index=False)
        ]
    if len(result.notices):
        lines.append("Values that could not be read and were left empty:")
        lines += [
            f"- {_flat(row.value)} in {_flat(row.column)} ({_rows(row.rows)})"
            for row in result.notices.head(_MOST_LISTED).itertuples(index=False)
        ]
    return lines


def _flat(text: object) -> str:
    """Text of the file on one line of the report."""
    return " ".join(str(text).split())[:_MOST_SHOWN]


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _reserve(folder: Path, name: str, report: str) -> Path:
    """A name that is free, taken by writing the report under it: two processes never get the same."""
    stem, ending = _short(name)
    number = 1
    while True:
        target = folder / f"{stem}{f' ({number})' if number > 1 else ''}{ending}"
        taken = (os.path.lexists(one) for one in (target, _beside(target, _REJECTED)))
        if not any(taken):
            try:
                with _beside(target, _REPORT).open("x", encoding="utf-8", errors="replace") as out:
                    out.write(report)
            except FileExistsError:
                pass
            else:
                return target
        number += 1


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(target.name + ending)


def _short(name: str) -> tuple[str, str]:
    """Stem and ending, cut so that what is added to them still fits."""
    stem, ending = os.path.splitext(name)
    ending = ending if len(os.fsencode(ending)) <= 20 else ""
    return os.fsdecode(os.fsencode(stem)[: _MOST_BYTES - len(os.fsencode(ending))]), ending


def _csv(rejected: pd.DataFrame) -> bytes:
    """As a spreadsheet reads it; a cell of the file must not become a formula there."""
    text = rejected[["column", "value", "problem"]].astype("object").map(_disarmed)
    safe = pd.concat([rejected["row_number"], text], axis=1)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig", "replace")


def _disarmed(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
