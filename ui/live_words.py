"""The Live page in words: ages, the finding over the rolling chart, how a way in is doing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ui import formats
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from analytics.real_time import WayIn

__all__ = ["age", "ago", "bin_name", "rolling_finding", "way_in"]

_NAMES = {"feed": "Feed", "inbox": "Inbox", "upload": "Uploads"}
_DOMINANT = 0.5
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def age(hours: float | None) -> str:
    """How old something is, short enough for a card: 12 s, 54 min, 3.2 h, 4 days."""
    if hours is None:
        return formats.MISSING
    seconds = max(hours * 3600, 0.0)
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    if seconds < 59.5 * 60:
        return f"{seconds / 60:.0f} min"
    if hours < 47.95:
        return f"{hours:.1f} h".replace(".0 h", " h")
    return f"{hours / 24:,.0f} days"


def ago(moment: datetime | None, now: datetime) -> str:
    return f"{age((now - moment).total_seconds() / 3600)} ago" if moment else "never"


def bin_name(seconds: int) -> str:
    """A bin's width in words: 2 minutes, hour, 6 hours."""
    for size, unit in _UNITS:
        if seconds >= size:
            count = seconds / size
            return unit if count == 1 else f"{count:g} {unit}s"
    return f"{seconds} seconds"


def rolling_finding(series: pd.DataFrame, window: str) -> str:
    """What the rolling chart shows: who emits most of it, or when most of it departed."""
    total = series["wtw_kg"].sum()
    if not total:
        return f"Nothing was emitted in the last {window.removeprefix('1 ')}"
    by_mode = series.groupby("mode")["wtw_kg"].sum()
    largest, share = by_mode.idxmax(), by_mode.max() / total
    if len(by_mode) == 1:
        return f"All of the last {window.removeprefix('1 ')} went by {mode_label(str(largest)).lower()}"
    verb = "makes" if share >= _DOMINANT else "leads with"
    return (
        f"{mode_label(str(largest))} {verb} {formats.share(share)} of the emissions of the last "
        f"{window.removeprefix('1 ')}"
    )


def way_in(state: WayIn, now: datetime) -> tuple[str, str]:
    """Name and sentence of one way in."""
    name = _NAMES[state.kind]
    if state.last_imported_at is None:
        return name, "nothing came in this way yet"
    parts = [
        f"last {ago(state.last_imported_at, now)}",
        f"{formats.counted(state.rows_last_hour, 'leg')} in the last hour",
    ]
    if state.rejected_last_day:
        parts.append(f"{formats.counted(state.rejected_last_day, 'row')} rejected in the last 24 hours")
    return name, ", ".join(parts)
