"""Sentences and labels of the Lanes page, computed from the frames that they stand above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.lanes import OTHER, UNKNOWN
from ui import formats
from ui.countries import country_label
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from analytics.lanes import LaneOptions, Matrix
    from analytics.recommendations import ShiftCandidates

__all__ = [
    "basis_words",
    "cost_words",
    "days_words",
    "hubs_finding",
    "lane_finding",
    "left_out_words",
    "matrix_finding",
    "matrix_label",
    "modes_words",
    "options_finding",
    "shifts_finding",
]


def days_words(days: object) -> str:
    """Days with one decimal; hours where it is less than one."""
    text = formats.count(days)
    if text == formats.MISSING:
        return text
    value = float(days)  # type: ignore[arg-type]
    if abs(value) < 0.95:
        return formats.counted(round(value * 24), "hour")
    figure = f"{value:.1f}".removesuffix(".0").replace("-", "−")
    return f"{figure} day{'' if figure == '1' else 's'}"


def cost_words(per_t: object, currency: object, others: object = None) -> str:
    """Cost per tonne in the currency that most is paid in, then the others."""
    if formats.count(per_t) == formats.MISSING:
        return formats.MISSING
    main = f"{currency if isinstance(currency, str) else '?'} {float(per_t):,.0f}/t"  # type: ignore[arg-type]
    return f"{main}; {others}" if isinstance(others, str) and others else main


def lane_finding(table: pd.DataFrame) -> str:
    """How concentrated emissions are over lanes."""
    if table.empty:
        return "No lane in this selection"
    by_lane = table.groupby(table["lane"].fillna(""))["wtw_kg"].sum().sort_values(ascending=False)
    if len(by_lane) == 1:
        return "All transport of this selection runs on one lane"
    whole = by_lane.sum()
    if not whole:
        return "No emissions on these lanes"
    most = (by_lane.cumsum() < whole / 2).sum() + 1
    verb = "emits" if most == 1 else "emit"
    return f"{formats.count(most)} of {formats.count(len(by_lane))} lanes {verb} half of what transport emits"


def options_finding(options: LaneOptions) -> str:
    """The cleanest mode of a lane against what runs there now."""
    modes = options.modes
    if modes.empty:
        return f"{options.lane}: nothing to compare with"
    best = modes.iloc[0]
    used = modes[modes["mass_share"] > 0].sort_values("mass_share", ascending=False)
    if used.empty or len(modes) == 1:
        only = used.iloc[0] if len(used) else best
        name, kg = mode_label(only["mode"]), formats.emissions(only["kg_per_t"])
        return f"{options.lane}: {name} at {kg} per tonne, and no other mode to compare with"
    main = used.iloc[0]
    name = mode_label(best["mode"])
    if best["mode"] == main["mode"]:
        return f"{options.lane}: {name} is the cleanest mode, and carries {formats.share(main['mass_share'])}"
    less = 1 - best["kg_per_t"] / main["kg_per_t"]
    how = "" if best["basis"] == "observed" else ", as modelled"
    return f"{options.lane}: {name} emits {formats.share(less)} less than {mode_label(main['mode'])}{how}"


def basis_words(row: object) -> str:
    """Where a figure of a lane's mode comes from."""
    if row.basis == "observed":  # type: ignore[attr-defined]
        return f"Observed, {formats.counted(row.legs, 'leg')}"  # type: ignore[attr-defined]
    by_road = row.by_road_km  # type: ignore[attr-defined]
    return f"Modelled, with {by_road:,.0f} km by road to and from the ports" if by_road else "Modelled"


def shifts_finding(found: ShiftCandidates) -> str:
    if found.frame.empty:
        return "No lane could move to a cleaner mode, as far as these data show"
    lanes = formats.counted(len(found.frame), "lane")
    return f"{lanes} could move to a cleaner mode: {formats.emissions(found.saved_kg)} less per year"


def left_out_words(found: ShiftCandidates, limit: float | None) -> str:
    """What the lead-time limit has left out; empty without a limit."""
    if limit is None:
        return ""
    return (
        f"Left out: {formats.counted(found.too_slow, 'lane')} where every cleaner mode takes more than "
        f"{formats.counted(limit, 'day')} longer, and {formats.counted(found.time_unknown, 'lane')} "
        "where a transit time is not known."
    )


def matrix_label(name: str, *, by: str, size: int = 0) -> str:
    """A country with its code, a region, or what a last row stands for."""
    if name == OTHER:
        return f"Other ({size})" if size else "Other"
    if name == UNKNOWN:
        return "Unknown"
    return country_label(name) if by == "country" else name


def matrix_finding(matrix: Matrix, by: str) -> str:
    """The heaviest pair and its share."""
    cells = matrix.frame()
    named = cells[cells["origin"].ne(OTHER) & cells["destination"].ne(OTHER)]
    whole = float(matrix.wtw_kg.sum())
    if named.empty or not whole:
        return "Nothing runs between two places here"
    top = named.iloc[0]
    ends = [matrix_label(str(top[end]), by=by) for end in ("origin", "destination")]
    share = formats.share(top["wtw_kg"] / whole)
    within = ends[0] == ends[1]
    where = f"Transport within {ends[0]}" if within else f"From {ends[0]} to {ends[1]}"
    return f"{where}: {share} of what transport emits"


def hubs_finding(table: pd.DataFrame, all_kg: float) -> str:
    top = table.iloc[0]
    name = top["origin"] if isinstance(top["origin"], str) else "an unnamed place"
    kg = table["wtw_kg"].sum()
    of_all = f", {formats.percent(kg / all_kg)} of all" if all_kg else ""
    hubs = formats.counted(len(table), "hub")
    if len(table) == 1:
        return f"1 hub emits {formats.emissions(kg)}{of_all}: {name}"
    share = formats.share(top["share"])
    return f"{hubs} emit {formats.emissions(kg)}{of_all}; {name} makes {share} of it"


def modes_words(modes: tuple[tuple[str, float], ...]) -> str:
    """Sea 97 %, Air 3 %."""
    if len(modes) == 1:
        return mode_label(modes[0][0])
    return ", ".join(f"{mode_label(mode)} {formats.share(share)}" for mode, share in modes) or formats.MISSING
