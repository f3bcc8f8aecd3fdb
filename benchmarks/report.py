"""Tables of measurements with what is required of them, as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["RESULTS", "Limit", "Row", "Table", "closing", "document", "doing"]

RESULTS = Path(__file__).parent / "results.md"


@dataclass(frozen=True)
class Limit:
    """What is required of one figure; `value` is the figure itself."""

    value: float
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {_number(self.bound)}{self.unit and ' ' + self.unit}"


Row = tuple[tuple[Any, ...], Limit | None]


@dataclass(frozen=True)
class Table:
    """One table; each row holds the cells of `head` and a Limit, or None where nothing is required."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[Row]
    note: str = ""

    def __str__(self) -> str:
        head = (*self.head, "required", "holds")
        body = [(*map(_cell, cells), *_verdict(limit)) for cells, limit in self.rows]
        numeric = [isinstance(cell, (int, float)) for cell in self.rows[0][0]] if self.rows else []
        rules = ["---:" if right else "---" for right in (*numeric, False, False)]
        lines = [_line(head), _line(rules), *map(_line, body)]
        return "\n".join([f"### {self.title}", "", *([self.note, ""] if self.note else []), *lines, ""])

    @property
    def broken(self) -> list[str]:
        """What does not hold, one line each."""
        return [
            f"{self.title}: {', '.join(map(_cell, cells[:3]))}: {_number(limit.value)}, required {limit}"
            for cells, limit in self.rows
            if limit is not None and not limit.holds
        ]


def document(machine: str, tables: Sequence[Table]) -> str:
    """The whole of results.md."""
    parts = ["# Benchmark results", "", machine, "", *map(str, tables), closing(tables)]
    return "\n".join(parts) + "\n"


def doing(*what: str) -> None:
    """Say on the console what is being measured: a full run takes minutes."""
    print(f"  {' · '.join(what)}", file=sys.stderr, flush=True)


def closing(tables: Sequence[Table]) -> str:
    """One line for each requirement that was not met, or that all were."""
    broken = [line for table in tables for line in table.broken]
    judged = sum(limit is not None for table in tables for _, limit in table.rows)
    if not broken:
        return f"All {judged} requirements hold."
    return "\n".join(
        [f"{len(broken)} of {judged} requirements do not hold:", *(f"- {line}" for line in broken)]
    )


def _verdict(limit: Limit | None) -> tuple[str, str]:
    return ("", "") if limit is None else (str(limit), "yes" if limit.holds else "**no**")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: Any) -> str:
    return _number(value) if isinstance(value, (int, float)) else str(value)


def _number(value: float) -> str:
    """Three figures of what is small, all of what is large."""
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
