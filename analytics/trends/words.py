"""What the trends show, in sentences; "nothing significant" is one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analytics.trends.design import Slope
    from analytics.trends.results import Change, Season

__all__ = [
    "ALL_HISTORY",
    "PART_NAMES",
    "SIGNIFICANT",
    "breaks_finding",
    "breaks_notes",
    "carried_by",
    "change_finding",
    "season_findings",
    "season_notes",
    "seen_in_part",
    "slope_sentence",
]

PART_NAMES = {
    "volume": "tonnes moved",
    "supplier_lane_mix": "which suppliers and lanes carry",
    "new_suppliers": "new suppliers",
    "lost_suppliers": "lost suppliers",
    "mode_mix": "the mix of modes",
    "vehicle_class": "vehicles",
    "distance": "distances",
    "data_quality": "data quality",
    "factor_set": "the factor table",
    "operating_intensity": "operation, as carriers report it",
}

SIGNIFICANT = 0.05
ALL_HISTORY = "All days up to the end of the period are used, whatever its start."
_STRONG = 0.3
_WHO = {"supplier": "The supplier {}", "mode": "The mode {}", "lane": "The lane {}"}


def season_findings(season: Season) -> tuple[str, ...]:
    """Week, year and growth, a sentence each."""
    found = [_week(season), _year(season), _growth(season)]
    return tuple(one for one in found if one)


def season_notes(season: Season) -> tuple[str, ...]:
    notes = [ALL_HISTORY]
    if season.yearly_strength is None:
        notes.append("A yearly pattern needs two whole years; without them it cannot be told from the trend.")
    else:
        years = len(season.weekly) // 52
        notes.append(f"The yearly pattern rests on {years} years: the fewer, the more chance is in it.")
    return tuple(notes)


def _week(season: Season) -> str:
    if season.weekly_strength is None or season.weekly_strength < _STRONG:
        return "No weekday stands out."
    table = season.weekdays
    least, most = table.loc[table["share_pct"].idxmin()], table.loc[table["share_pct"].idxmax()]
    return (
        f"{most['name']} has {most['share_pct']:.0f} % of an average day's emissions, "
        f"{least['name']} {least['share_pct']:.0f} %."
    )


def _year(season: Season) -> str:
    if season.yearly_p is None:
        return ""
    if season.yearly_p > SIGNIFICANT or season.months.empty:
        return "The years are no more alike than chance makes them: no yearly pattern is certain."
    table = season.months
    least, most = table.loc[table["effect_pct"].idxmin()], table.loc[table["effect_pct"].idxmax()]
    return (
        f"The year has a pattern: {most['name']} is {most['effect_pct']:+.0f} % against the trend, "
        f"{least['name']} {least['effect_pct']:+.0f} %."
    )


def _growth(season: Season) -> str:
    if season.slope_pct is None or season.slope_p is None:
        return "Half a year of data is needed to say whether emissions grow or fall."
    span = f"95 % interval {season.slope_low:+.1f} to {season.slope_high:+.1f} %"
    if season.slope_p > SIGNIFICANT:
        return f"No steady growth or fall is certain: {season.slope_pct:+.1f} % a year ({span})."
    verb = "grow" if season.slope_pct > 0 else "fall"
    return f"Emissions {verb} by {abs(season.slope_pct):.1f} % a year ({span})."


def breaks_finding(steps: pd.DataFrame, smallest_pct: float | None, weeks: int) -> str:
    """One sentence on the steps, or on what was looked at without finding one."""
    seen = (
        "" if smallest_pct is None else f" A lasting step of about {smallest_pct:.0f} % would have been seen."
    )
    if steps.empty:
        return f"No lasting step in {weeks} weeks beyond growth, season and chance.{seen}"
    last = steps.iloc[-1]
    verb = "rose" if last["change_kg_per_day"] > 0 else "fell"
    many = "One lasting step" if len(steps) == 1 else f"{len(steps)} lasting steps"
    return (
        f"{many} in {weeks} weeks; the latest on {last['date']:%-d %B %Y}, when emissions {verb} by "
        f"{abs(last['change_pct']):.0f} %."
    )


def carried_by(by: str, name: str, share_pct: float) -> str:
    """Who carries a step of the whole."""
    if share_pct > 105:
        most = f"moved more than the whole ({share_pct:.0f} %): others went the other way"
    else:
        most = "carries all of it" if share_pct >= 95 else f"carries {share_pct:.0f} % of it"
    return f"{_WHO[by].format(name.replace('_', ' '))} {most}."


def seen_in_part(by: str, name: str, own_pct: float) -> str:
    """A step that one part shows by itself, while the whole is too noisy for it."""
    verb = "rose" if own_pct > 0 else "fell"
    who = _WHO[by].format(name.replace("_", " "))
    return f"{who} {verb} by {abs(own_pct):.0f} %; the whole alone is too noisy to show it."


def breaks_notes(weeks: int) -> tuple[str, ...]:
    """What the search for steps could not know."""
    if weeks >= 104:
        return (ALL_HISTORY,)
    short = "With under two years of data a yearly season can look like a step."
    return ALL_HISTORY, short


def change_finding(change: Change) -> str:
    """The change, and the part that made most of it."""
    if change.parts.empty or change.change_kg == 0:
        return "Emissions are as they were."
    verb = "rose" if change.change_kg > 0 else "fell"
    share = "" if change.change_pct is None else f" by {abs(change.change_pct):.1f} %"
    largest = change.parts.loc[change.parts["kg"].abs().idxmax()]
    tonnes = f"{largest['kg'] / 1000:+,.1f} t"
    return f"Emissions {verb}{share}; the largest part is {PART_NAMES[str(largest['part'])]} ({tonnes} CO2e)."


def slope_sentence(measure: str, mode: str, slope: Slope, *, significant: bool) -> str:
    """How intensity or a mode's share moves a year; `significant`: among all slopes that were looked at."""
    unit = "g/tkm" if measure == "intensity" else "percentage points"
    what = {
        "intensity": "Intensity",
        "tonne_km_share": f"The share of {mode.replace('_', ' ')} in tonne-km",
        "wtw_share": f"The share of {mode.replace('_', ' ')} in emissions",
    }[measure]
    span = f"95 % interval {slope.low:+.1f} to {slope.high:+.1f}"
    if not significant:
        # The interval is this slope's alone, and may leave out 0.
        alone = (
            "; among all slopes looked at, one like it comes by chance"
            if slope.p_value <= SIGNIFICANT
            else ""
        )
        return f"{what} shows no certain trend: {slope.size:+.1f} {unit} a year ({span}{alone})."
    verb = "rises" if slope.size > 0 else "falls"
    return f"{what} {verb} by {abs(slope.size):.1f} {unit} a year ({span})."
