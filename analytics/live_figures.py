"""One window's figures and its bins, out of sums: what the Live page and the alerts read."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

import numpy as np
import pandas as pd

from analytics.emissions import total_range
from data_access import Filters
from data_access.live_queries import BIN_SECONDS

__all__ = [
    "LONGEST_HOURS",
    "Freshness",
    "RealTimeMetrics",
    "UnusableWindow",
    "WayIn",
    "Window",
    "WindowFigures",
    "bin_seconds",
    "bin_starts",
    "figures_of",
    "pulse_of",
    "series_of",
    "utc",
]

LONGEST_HOURS = 8_760
MOST_BINS = 30


class UnusableWindow(ValueError):
    """A window that is no number of hours, is empty, or is longer than a year."""


@dataclass(frozen=True)
class Window:
    """Filters whose period is [start, end), naive UTC."""

    filters: Filters
    start: datetime
    end: datetime

    @classmethod
    def of(cls, filters: Filters, hours_back: float, now: datetime | None = None) -> Self:
        """The last hours until `now`, or until this moment.

        Raises
        ------
        UnusableWindow
        """
        end = utc(now)
        start = end - timedelta(hours=_hours(hours_back))
        return cls(replace(filters, start=start, end=end), start, end)

    def before(self) -> Window:
        """The equally long window that ends where this one starts."""
        start = self.start - (self.end - self.start)
        return Window(replace(self.filters, start=start, end=self.start), start, self.start)


@dataclass(frozen=True)
class WindowFigures:
    """The legs that departed in one window.

    Parameters
    ----------
    by_mode : DataFrame
        mode, shipments (with at least one leg by that mode), legs, tonne_km, wtw_kg, share (0..1 of wtw_kg),
        largest emitter first.
    anomalies_detected : int
        Legs with an anomaly that is open or confirmed; `flagged_kg` is what they emit.
    late_share : float or None
        Of the legs that *arrived* in the window, on lanes whose usual transit time is known, the share that
        took more than 1.25 times as long as usual (the lane's and mode's median). None where no leg could be
        judged. By arrival, since of recent departures only the quick ones have arrived.
    """

    shipments: int
    legs: int
    wtw_kg: float
    low_kg: float
    high_kg: float
    tonne_km: float
    intensity_g_per_tkm: float | None
    by_mode: pd.DataFrame
    anomalies_detected: int
    flagged_kg: float
    late_share: float | None


@dataclass(frozen=True)
class Freshness:
    """How old the data are: hours since the latest departure that is not in the future; None without data."""

    last_departed_at: datetime | None
    last_imported_at: datetime | None
    age_hours: float | None


@dataclass(frozen=True)
class RealTimeMetrics:
    """A window that ends now, and the equally long one before it. Times are naive UTC, `end` is exclusive."""

    current: WindowFigures
    previous: WindowFigures
    freshness: Freshness
    start: datetime
    end: datetime

    @property
    def shipments(self) -> int:
        return self.current.shipments

    @property
    def emissions(self) -> float:
        """Well-to-wheel, kg CO2e."""
        return self.current.wtw_kg

    @property
    def intensity(self) -> float | None:
        """Grams CO2e per tonne-km."""
        return self.current.intensity_g_per_tkm

    @property
    def by_mode(self) -> pd.DataFrame:
        return self.current.by_mode

    @property
    def anomalies_detected(self) -> int:
        return self.current.anomalies_detected

    @property
    def late_share(self) -> float | None:
        return self.current.late_share

    @property
    def data_freshness(self) -> Freshness:
        return self.freshness


@dataclass(frozen=True)
class WayIn:
    """One way in (feed, inbox or upload): its last import, and its rows of late.

    `rejected_last_day` is None for who sees a part of the suppliers: a rejected row belongs to nobody.
    """

    kind: str
    last_imported_at: datetime | None
    rows_last_hour: int
    rejected_last_day: int | None


def figures_of(
    sums: pd.DataFrame,
    shipments_by_mode: pd.DataFrame,
    flagged: pd.DataFrame,
    late: pd.DataFrame,
    *,
    shipments: int | None = None,
) -> WindowFigures:
    """One window from its sums.

    Parameters
    ----------
    sums : DataFrame
        mode, factor_id, first_legs, legs, tonne_km, wtw_kg, low_kg, high_kg; a row for each mode and factor.
    shipments_by_mode : DataFrame
        mode, shipments.
    flagged, late : DataFrame
        One row each: legs and wtw_kg (null without legs); judged and late.
    shipments : int, optional
        Instead of the first legs, where a filter may have left those out.
    """
    wtw, tonne_km = float(sums["wtw_kg"].sum()), float(sums["tonne_km"].sum())
    low, high = total_range(sums["wtw_kg"], sums["low_kg"], sums["high_kg"], sums["factor_id"])
    judged = int(late["judged"].iloc[0])
    return WindowFigures(
        shipments=int(sums["first_legs"].sum()) if shipments is None else shipments,
        legs=int(sums["legs"].sum()),
        wtw_kg=wtw,
        low_kg=low,
        high_kg=high,
        tonne_km=tonne_km,
        intensity_g_per_tkm=wtw / tonne_km * 1000.0 if tonne_km else None,
        by_mode=_by_mode(sums, shipments_by_mode, wtw),
        anomalies_detected=int(flagged["legs"].iloc[0]),
        flagged_kg=float(flagged["wtw_kg"].sum()),
        late_share=int(late["late"].iloc[0]) / judged if judged else None,
    )


def bin_seconds(hours_back: float) -> int:
    """Width of the bins that cut a window into at most `MOST_BINS` (one more where they do not fit evenly).

    Raises
    ------
    UnusableWindow
    """
    whole = _hours(hours_back) * 3600
    return next((one for one in BIN_SECONDS if whole <= one * MOST_BINS), BIN_SECONDS[-1])


def bin_starts(start: datetime, end: datetime, seconds: int) -> pd.DatetimeIndex:
    """Starts of the bins that touch [start, end): they lie on the clock, counted from 1970."""
    epoch = datetime(1970, 1, 1)
    first = math.floor((start - epoch).total_seconds() / seconds)
    last = math.ceil((end - epoch).total_seconds() / seconds)
    return _times(np.arange(first, last), seconds)


def _times(bins: np.ndarray, seconds: int) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.asarray(bins, dtype="int64") * seconds * 1_000_000, dtype="datetime64[us]")


def series_of(frame: pd.DataFrame, window: Window, seconds: int) -> pd.DataFrame:
    """Zero-filled sums by bin and mode, from those (bin, mode, …) where something departed."""
    starts, modes = bin_starts(window.start, window.end, seconds), sorted(frame["mode"].unique())
    grid = pd.MultiIndex.from_product([starts, modes], names=["start", "mode"])
    placed = frame.assign(start=_times(frame["bin"].to_numpy(), seconds)).set_index(["start", "mode"])
    columns = ["shipments", "legs", "tonne_km", "wtw_kg"]
    filled = placed[columns].reindex(grid).fillna(0.0).astype({"shipments": "int64", "legs": "int64"})
    found = filled.reset_index()
    found.attrs["seconds"] = seconds
    return found


def pulse_of(frames: dict[str, pd.DataFrame], window: Window, seconds: int) -> pd.DataFrame:
    """Zero-filled figures by bin, from the sums `departed`, `anomalies`, `late` and `imported`."""
    starts = bin_starts(window.start, window.end, seconds)

    def placed(name: str, *columns: str) -> pd.DataFrame:
        frame = frames[name]
        sums = frame.assign(start=_times(frame["bin"].to_numpy(), seconds)).groupby("start")[list(columns)]
        return sums.sum().reindex(starts).fillna(0.0)

    pulse = placed("departed", "shipments", "legs", "tonne_km", "wtw_kg")
    late = placed("late", "judged", "late")
    counts = ["shipments", "legs", "anomalies", "imported"]
    pulse = pulse.assign(
        intensity_g_per_tkm=pulse["wtw_kg"] / pulse["tonne_km"].where(pulse["tonne_km"] > 0) * 1000.0,
        anomalies=placed("anomalies", "anomalies"),
        late_share=late["late"] / late["judged"].where(late["judged"] > 0),
        imported=placed("imported", "imported"),
    ).astype(dict.fromkeys(counts, "int64"))
    found = pulse.rename_axis("start").reset_index()
    found.attrs["seconds"] = seconds
    return found


def _by_mode(sums: pd.DataFrame, shipments_by_mode: pd.DataFrame, wtw_kg: float) -> pd.DataFrame:
    added = sums.groupby("mode")[["legs", "tonne_km", "wtw_kg"]].sum().reset_index()
    found = shipments_by_mode.merge(added, on="mode").astype({"shipments": "int64", "legs": "int64"})
    return found.assign(share=found["wtw_kg"] / wtw_kg if wtw_kg else 0.0).sort_values(
        ["wtw_kg", "mode"], ascending=[False, True], ignore_index=True
    )


def utc(moment: datetime | None) -> datetime:
    """Naive UTC, of this moment where none is given."""
    if moment is None:
        moment = datetime.now(UTC)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _hours(hours_back: float) -> float:
    try:
        hours = float(hours_back)
    except (TypeError, ValueError):
        hours = math.nan
    if not 0 < hours <= LONGEST_HOURS:
        raise UnusableWindow(
            f"A window of {hours_back!r} hours cannot be shown: give more than 0 and at most "
            f"{LONGEST_HOURS:,} hours (a year)."
        )
    return hours
