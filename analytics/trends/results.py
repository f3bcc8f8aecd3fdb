"""What the trends give: frozen results, each with the sentences that a page may show as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

__all__ = ["Breaks", "Change", "Season", "Shares", "TrendAnalysis", "YearOnYear"]

Period = tuple[date, date]  # first day, and the day after the last one


@dataclass(frozen=True)
class Change:
    """Why emissions changed between two selections; kg are CO2e, well-to-wheel.

    Attributes
    ----------
    before_kg, after_kg : float
        Totals of both; equal to those of the Overview.
    before, after : (date, date) or None
        First day and the day after the last one; None where the period is open.
    parts : DataFrame
        part, kg: in the order of `decomposition.PARTS`; before_kg + Σ kg = after_kg.
    contributions : DataFrame
        part, supplier_id, supplier_name, lane, mode, kg: what each part is made of, largest effect first.
        A lane is where a shipment starts and ends, whatever lies between.
    reason : str
        Why there is nothing to compare with; empty where there is. Then `parts` and `contributions` are
        empty and before_kg is 0.
    notes : tuple of str
        What to know when reading it.
    """

    before_kg: float
    after_kg: float
    before: Period | None
    after: Period | None
    parts: pd.DataFrame
    contributions: pd.DataFrame
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return not self.reason

    @property
    def change_kg(self) -> float:
        return self.after_kg - self.before_kg

    @property
    def change_pct(self) -> float | None:
        """None where nothing was emitted before."""
        return self.change_kg / self.before_kg * 100.0 if self.before_kg > 0 else None


@dataclass(frozen=True)
class Season:
    """Level, week and year of the emissions. All history up to the end of the period is used.

    Attributes
    ----------
    daily : DataFrame
        day, wtw_kg, weekly_kg (what the weekday adds), remainder_kg.
    weekly : DataFrame
        week (first of seven days, counted back from the end), wtw_kg (kg a day), trend_kg, trend_low,
        trend_high (95 %), yearly_kg (what the time of year adds; 0 without two years), remainder_kg.
    weekdays : DataFrame
        weekday (0 Monday), name, share_pct (of an average day; 100 is average), low, high (95 %).
    months : DataFrame
        month (1-12), name, effect_pct (against the average month, trend removed), low, high (95 %), years;
        empty without two full years.
    weekly_strength, yearly_strength, trend_strength : float or None
        0..1 after Hyndman; None where not known.
    yearly_p : float or None
        How often the years would agree as well by chance.
    slope_pct, slope_low, slope_high : float or None
        Change of the level a year, in % of the mean, 95 %.
    slope_p : float or None
    reason : str
        Why nothing is known; empty otherwise.
    findings : tuple of str
        Sentences: what was found, or that nothing significant was.
    notes : tuple of str
    """

    daily: pd.DataFrame
    weekly: pd.DataFrame
    weekdays: pd.DataFrame
    months: pd.DataFrame
    weekly_strength: float | None = None
    yearly_strength: float | None = None
    trend_strength: float | None = None
    yearly_p: float | None = None
    slope_pct: float | None = None
    slope_low: float | None = None
    slope_high: float | None = None
    slope_p: float | None = None
    reason: str = ""
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class Breaks:
    """Lasting steps of the level; all history up to the end of the period is searched.

    Attributes
    ----------
    frame : DataFrame
        date (first day of the new level), before_kg_per_day, after_kg_per_day, change_kg_per_day, low, high
        (95 %, kg a day), change_pct, p_value (of any date being so unusual), cause (sentence), cause_by
        ("mode", "supplier", "lane" or ""), cause_part (id or name, "" where nobody stands out),
        cause_name, cause_share_pct (of the step; NaN), in_period (whether the date lies in the period).
    causes : DataFrame
        date, by, part, name, kg_per_day, low, high, share_pct: the largest of each kind.
    level : DataFrame
        week, wtw_kg (kg a day), adjusted_kg (time of year taken out), level_kg (fitted steps and trend).
    finding : str
        One sentence; with no step: what was looked at and how small a step would have been seen.
    smallest_pct : float or None
        The step that would have been seen four times in five.
    reason : str
        Why nothing could be looked at; empty otherwise.
    notes : tuple of str
    """

    frame: pd.DataFrame
    causes: pd.DataFrame
    level: pd.DataFrame
    finding: str
    smallest_pct: float | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class YearOnYear:
    """Each month of the last year of the selection against the same month a year before.

    Attributes
    ----------
    frame : DataFrame
        month (first day), name, this_kg, last_kg, change_kg, change_pct, calendar_pct (what the days of the
        month alone would change), adjusted_pct (the change without that), working_days, working_days_last,
        partial (only the same days of both are compared), days.
    this_kg, last_kg, change_pct, adjusted_pct : float or None
        Of all compared months.
    adjusted_low, adjusted_high, p_value : float or None
        95 % interval of the mean adjusted change, from how much the weeks differ; how likely by chance.
    """

    frame: pd.DataFrame
    this_kg: float = 0.0
    last_kg: float = 0.0
    change_pct: float | None = None
    adjusted_pct: float | None = None
    adjusted_low: float | None = None
    adjusted_high: float | None = None
    p_value: float | None = None
    reason: str = ""
    finding: str = ""
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class Shares:
    """What carries the goods and how efficiently, month by month; hubs have no tonne-km.

    Attributes
    ----------
    frame : DataFrame
        month, mode, tonne_km, wtw_kg, tonne_km_pct, wtw_pct and tonne_km_low, tonne_km_high, wtw_low,
        wtw_high (95 % of the shares, in %; NaN in months with too few weeks).
    intensity : DataFrame
        month, tonne_km, wtw_kg, intensity_g_per_tkm, low, high (95 %).
    slopes : DataFrame
        measure ("intensity", "tonne_km_share", "wtw_share"), mode ("" for intensity), per_year (g/tkm a year,
        or percentage points a year), low, high (95 %), p_value (adjusted for how many were looked at),
        significant, sentence.
    finding : str
        The significant ones in words, or that there is none.
    """

    frame: pd.DataFrame
    intensity: pd.DataFrame
    slopes: pd.DataFrame
    reason: str = ""
    finding: str = ""
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class TrendAnalysis:
    """The trends of the last days, all together."""

    days_back: int
    period: Period | None
    change: Change
    season: Season
    breaks: Breaks
    year_on_year: YearOnYear
    shares: Shares
    findings: tuple[str, ...]
