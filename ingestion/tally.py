"""What comes together over the chunks of one import, and the result made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from ingestion.batches import REJECTED_COLUMNS, ImportResult

__all__ = ["Tally", "problems_at"]

_FLAGGED = ["shipment_id", "leg_no", "kind", "reason"]


@dataclass
class Tally:
    """Counts and frames of one attempt at an import."""

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    wtw_kg: float = 0.0
    first: datetime | None = None
    last: datetime | None = None
    rejected: list[pd.DataFrame] = field(default_factory=list)
    flagged: list[pd.DataFrame] = field(default_factory=list)
    unresolved: list[pd.DataFrame] = field(default_factory=list)
    notices: list[pd.DataFrame] = field(default_factory=list)
    supplier_ids: set[str] = field(default_factory=set)

    def accept(self, written: pd.DataFrame, flags: pd.DataFrame) -> None:
        """Count legs that were written, and what was flagged among them."""
        self.flagged.append(flags)
        self.accepted += len(written)
        self.wtw_kg += float(written["wtw_kg"].sum())
        self.supplier_ids |= set(written["supplier_id"].unique())
        first, last = (getattr(written["departed_at"], end)().to_pydatetime() for end in ("min", "max"))
        self.first = min(first, self.first or first)
        self.last = max(last, self.last or last)

    def result(self, batch_id: str, notes: tuple[str, ...]) -> ImportResult:
        rejected = _together(self.rejected, REJECTED_COLUMNS).sort_values("row_number", ignore_index=True)
        flagged = _together(self.flagged, _FLAGGED)
        return ImportResult(
            batch_id=batch_id if self.accepted else None,
            rows_read=self.read,
            rows_accepted=self.accepted,
            rows_rejected=int(rejected["row_number"].nunique()),
            rows_duplicate=self.duplicate,
            rejected=rejected,
            rows_flagged=len(flagged.drop_duplicates(["shipment_id", "leg_no"])),
            flagged=flagged,
            unresolved=_summed(self.unresolved, ["column", "name"]),
            notices=_summed(self.notices, ["column", "value"]),
            notes=notes,
            first_departed_at=self.first,
            last_departed_at=self.last,
            wtw_kg=self.wtw_kg,
            suppliers=len(self.supplier_ids),
        )


def problems_at(rows: pd.DataFrame, column: str, problem: str) -> pd.DataFrame:
    """One problem for each of `rows`, in the form in which every stage reports."""
    value = rows[column].astype("str").to_numpy()
    return pd.DataFrame({"row_number": rows.index, "column": column, "value": value, "problem": problem})


def _together(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [part[columns] for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)


def _summed(parts: list[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    summed = _together(parts, [*keys, "rows"]).groupby(keys, sort=True)["rows"].sum().reset_index()
    return summed.sort_values("rows", ascending=False, kind="stable", ignore_index=True)
