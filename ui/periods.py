"""The periods of the filter bar: what "last 90 days" means today, in UTC, with an exclusive end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

__all__ = [
    "ALL_TIME",
    "CUSTOM",
    "DEFAULT",
    "EARLIEST",
    "LATEST",
    "PRESETS",
    "covered",
    "days_of",
    "last_day",
    "parsed",
    "span",
    "today_utc",
]

EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)
ALL_TIME = "All time"
CUSTOM = "Custom range"
DEFAULT = "Last 12 months"
# The default comes first: then Streamlit takes it without being told, and lets callbacks set another.
PRESETS = (DEFAULT, "Last 90 days", "Last 30 days", "This year", "Last year", ALL_TIME, CUSTOM)
_DAYS = {"Last 30 days": 30, "Last 90 days": 90}


def today_utc() -> date:
    return datetime.now(UTC).date()


def span(
    preset: str, today: date, chosen: tuple[date, ...] = ()
) -> tuple[date, date] | tuple[date, None] | tuple[None, None]:
    """First day and the day after the last one.

    Parameters
    ----------
    preset : str
        One of `PRESETS`; anything else counts as `DEFAULT`.
    today : date
        The last day of the presets that run up to now. "This year" ends today too, so that the equally long
        period before it is comparable.
    chosen : tuple of date
        First and last day of a custom range. One date alone is that single day; none at all is all time.
    """
    tomorrow = today + timedelta(days=1)
    if preset == ALL_TIME or (preset == CUSTOM and not chosen):
        return None, None
    if preset == CUSTOM:
        first, last = min(chosen), max(chosen)
        return first, last + timedelta(days=1)
    if preset in _DAYS:
        return tomorrow - timedelta(days=_DAYS[preset]), tomorrow
    if preset == "This year":
        return date(today.year, 1, 1), tomorrow
    if preset == "Last year":
        return date(today.year - 1, 1, 1), date(today.year, 1, 1)
    return _year_before(tomorrow), tomorrow


def covered(
    start: datetime | None, end: datetime | None, first: datetime | None, last: datetime | None
) -> tuple[date, date]:
    """First day and the day after the last one that a selection shows: its own ends, or those of the data."""
    begins = max(one for one in (start, first, datetime(1, 1, 1)) if one)
    ends = [one for one in (end, last + timedelta(days=1) if last else None) if one]
    return begins.date(), min(ends).date() if ends else LATEST


def days_of(first: date, grain: str, within: tuple[date, date]) -> tuple[int, int]:
    """How many days of the day, week or month that begins with `first` lie `within`, and how many it has."""
    following = last_day(first, grain) + timedelta(days=1)
    shown = min(following, within[1]) - max(first, within[0])
    return max(shown.days, 0), (following - first).days


def parsed(texts: tuple[str, ...]) -> tuple[date, ...]:
    """First and last day out of a URL; what is no date, or too far away, is left out."""
    found = []
    for text in texts:
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            continue
    known = [one for one in found if EARLIEST <= one <= LATEST]
    return (min(known), max(known)) if known else ()


def last_day(first: date, grain: str) -> date:
    """Last day of the day, week or month that begins with `first`."""
    if grain == "month":
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return following - timedelta(days=1)
    return first + timedelta(days=6 if grain == "week" else 0)


def _year_before(day: date) -> date:
    """Return the same day a year earlier; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return date(day.year - 1, 3, 1)
