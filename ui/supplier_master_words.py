"""Supplier data in words: the columns' names, a value, and what was changed from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import formats
from ui.countries import country_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingestion.supplier_data import Change, Preview, Value

__all__ = ["LABELS", "changed", "previewed", "value"]

LABELS = {
    "name": "Name",
    "country": "Country",
    "sector": "Sector",
    "tier": "Tier",
    "target_pct": "Own target, reduction in %",
    "target_base_year": "Target's base year",
    "target_year": "Target year",
}
_LISTED = 3


def value(column: str, stored: Value) -> str:
    """A stored value as people read it; a dash where nothing is known."""
    if stored is None:
        return formats.MISSING
    if column == "country":
        return country_label(str(stored))
    return f"{stored:g} %" if column == "target_pct" else str(stored)


def changed(made: Sequence[Change]) -> str:
    """What a save or an import has done, in one sentence."""
    if not made:
        return "Nothing was changed: all of it stands there already."
    whom = {change.supplier_id for change in made}
    listed = [_step(change, named=len(whom) > 1) for change in made[:_LISTED]]
    more = f" and {len(made) - len(listed):,} more" if len(made) > len(listed) else ""
    of = made[0].name if len(whom) == 1 else formats.counted(len(whom), "supplier")
    return f"Changed {formats.counted(len(made), 'value')} of {of}: {'; '.join(listed)}{more}."


def previewed(found: Preview) -> str:
    """What a file would change, in one sentence."""
    whom = formats.counted(len({change.supplier_id for change in found.changes}), "supplier")
    aside = len({problem.row for problem in found.problems})
    refused = f" {formats.counted(aside, 'row')} cannot be used." if aside else ""
    same = f" {formats.counted(found.unchanged, 'row')} say what stands there already."
    same = same.replace("1 row say ", "1 row says ") if found.unchanged == 1 else same
    same = same if found.unchanged else ""
    if found.changes:
        head = f"{found.file_name} changes {formats.counted(len(found.changes), 'value')} of {whom}."
    else:
        head = f"{found.file_name} changes nothing."
    return head + same + refused


def _step(change: Change, *, named: bool) -> str:
    of = f"{change.name}, " if named else ""
    old, new = value(change.column, change.old), value(change.column, change.new)
    return f"{of}{LABELS[change.column].lower()} {old} → {new}"
