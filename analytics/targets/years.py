"""The calendar years of the data, and the base year's value that a target starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from access.targets import TargetTerms

__all__ = ["G_PER_KG", "Years", "base_of", "day", "with_value"]

G_PER_KG = 1_000.0
_SLACK = timedelta(days=14)  # around New Year little is shipped: a year may begin late and end early


@dataclass(frozen=True, eq=False)
class Years:
    """What the data say of each calendar year (UTC).

    Attributes
    ----------
    frame : DataFrame
        year, wtw_kg, tonne_km of the selection; a year without a leg is absent.
    first, last : date or None
        First and last day of all data that the user sees; None where there are none.
    today : date
        The day on which this was asked (UTC).
    """

    frame: pd.DataFrame
    first: date | None
    last: date | None
    today: date

    def covers(self, year: int) -> bool:
        """Whether the year is over and the data run through all of it."""
        if self.first is None or self.last is None or year >= self.today.year:
            return False
        return self.first <= date(year, 1, 1) + _SLACK and self.last >= date(year, 12, 31) - _SLACK


def with_value(years: Years, kind: str) -> pd.DataFrame:
    """Columns year, wtw_kg, tonne_km, value (kg or g per tonne-km; NaN where nothing moved), complete."""
    frame = years.frame
    per = 1.0 if kind == "absolute" else frame["tonne_km"].where(frame["tonne_km"] > 0) / G_PER_KG
    complete = [years.covers(int(year)) for year in frame["year"]]
    return frame.assign(value=frame["wtw_kg"] / per, complete=pd.Series(complete, frame.index, dtype=bool))


def base_of(target: TargetTerms, years: Years) -> tuple[float | None, str, str]:
    """The base year's value, "given" or "data", and where there is none the sentence that says why."""
    if target.base_value is not None:
        return target.base_value, "given", ""
    year, other = target.base_year, "give the base year's value, or take another base year"
    if years.last is None:
        return None, "", f"There are no data yet to take the base year {year} from: {other}."
    if not years.covers(year):
        if year >= min(years.last.year, years.today.year):
            return None, "", f"The base year {year} is not over in the data: {other}."
        begin = f"The data begin on {day(years.first)}"
        return None, "", f"{begin} and do not cover the base year {year}: {other}."
    found = with_value(years, target.kind)
    values = found.loc[found["year"] == year, "value"].dropna()
    if values.empty or float(values.iloc[0]) <= 0:
        return None, "", f"What the target is about emitted nothing in {year}: {other}."
    return float(values.iloc[0]), "data", ""


def day(moment: date | None) -> str:
    """A date without doubt about its order: 5 Nov 2026."""
    return f"{moment.day} {moment:%b %Y}" if moment else "an unknown day"
