"""What came in during the last hours, and is anything off? The Live page's and the alerts' figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from analytics.live_figures import (
    LONGEST_HOURS,
    Freshness,
    RealTimeMetrics,
    UnusableWindow,
    WayIn,
    Window,
    WindowFigures,
    bin_seconds,
    figures_of,
    pulse_of,
    series_of,
    utc,
)
from data_access import Filters, Scope, Store
from data_access import live_queries as queries
from data_access import overview_queries as overview

__all__ = [
    "LONGEST_HOURS",
    "Freshness",
    "RealTimeAnalytics",
    "RealTimeMetrics",
    "UnusableWindow",
    "WayIn",
    "WindowFigures",
]

WAYS_IN = ("feed", "inbox", "upload")
# Hardly any transport is under way for longer; it keeps the search for arrivals to the recent departures.
_LONGEST_TRANSIT = timedelta(days=120)
_EVERYTHING, _EVERYONE = Filters(), Scope.all()


class RealTimeAnalytics:
    """Feeds the Live page and the alerts from a store. A period in the filters gives way to the window."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get_real_time_metrics(
        self,
        hours_back: float = 24,
        *,
        filters: Filters = _EVERYTHING,
        scope: Scope = _EVERYONE,
        now: datetime | None = None,
    ) -> RealTimeMetrics:
        """The figures of [now - hours_back, now) by departure, and of the equally long window before it.

        Parameters
        ----------
        hours_back : float
            More than 0, at most 8,760 (a year).
        now : datetime, optional
            The end of the window, UTC; by default this moment.

        Raises
        ------
        UnusableWindow
            For another number of hours.
        """
        window = Window.of(filters, hours_back, now)
        return RealTimeMetrics(
            current=self._figures(window, scope),
            previous=self._figures(window.before(), scope),
            freshness=self._freshness(filters, scope, window.end),
            start=window.start,
            end=window.end,
        )

    def series(
        self,
        hours_back: float = 24,
        *,
        filters: Filters = _EVERYTHING,
        scope: Scope = _EVERYONE,
        now: datetime | None = None,
    ) -> pd.DataFrame:
        """The window in equal bins by mode, for a chart that rolls on.

        Returns
        -------
        DataFrame
            start (of the bin, UTC), mode, shipments (that began), legs, tonne_km, wtw_kg; every bin has a row
            for each mode of the window, zero where nothing departed. Bins lie on the clock, so that the first
            and the last are mostly shown in part. `attrs["seconds"]` is their width.

        Raises
        ------
        UnusableWindow
        """
        window = Window.of(filters, hours_back, now)
        seconds = bin_seconds(hours_back)
        frame = self._store.frame(queries.mode_bins(window.filters, scope, seconds))
        return series_of(frame, window, seconds)

    def pulse(
        self,
        hours_back: float = 24,
        *,
        filters: Filters = _EVERYTHING,
        scope: Scope = _EVERYONE,
        now: datetime | None = None,
    ) -> pd.DataFrame:
        """Every headline figure in the bins of `series`, for the small charts beside the figures.

        Returns
        -------
        DataFrame
            start, shipments, legs, tonne_km, wtw_kg, intensity_g_per_tkm, anomalies, late_share (NaN where
            there is nothing to divide by), imported (legs that came in during the bin).

        Raises
        ------
        UnusableWindow
        """
        window = Window.of(filters, hours_back, now)
        seconds = bin_seconds(hours_back)
        found = {
            "departed": queries.mode_bins(window.filters, scope, seconds),
            "anomalies": queries.anomaly_bins(window.filters, scope, seconds),
            "late": _arrived(queries.late_bins, window, scope, seconds),
            "imported": self._imports(filters, scope, window, seconds),
        }
        frames = {name: self._store.frame(question) for name, question in found.items()}
        return pulse_of(frames, window, seconds)

    def arrivals(self, filters: Filters, scope: Scope, *, limit: int = 50) -> pd.DataFrame:
        """The legs that came in last, by import and then by departure; the period of the filters holds.

        Returns
        -------
        DataFrame
            imported_at, came_by (feed, inbox, upload, demo), the columns of the leg, name (of the supplier),
            flag_kind and flag_reason (of the worst open or confirmed anomaly; null without one).
        """
        whole = _is_whole(filters, scope)
        newest = queries.newest_batches(limit) if whole else queries.batches_seen(filters, scope, limit)
        batches = self._store.frame(newest)
        frames, left = [], limit
        for ids in _takes(batches, limit):
            asked = queries.within(queries.legs_of_batches(filters, scope, left), batches=ids)
            frames.append(self._store.frame(asked))
            left -= len(frames[-1])
        if not frames:
            asked = queries.within(queries.legs_of_batches(filters, scope, 0), batches=[""])
            frames.append(self._store.frame(asked))
        legs = pd.concat(frames, ignore_index=True)
        found = legs.merge(batches.drop(columns="legs"), on="batch_id", how="left")
        order = ["imported_at", "batch_id", "departed_at", "shipment_id", "leg_no"]
        found = found.sort_values(order, ascending=[False, True, False, True, True], ignore_index=True)
        return self._named(self._marked(found)).drop(columns="batch_id")

    def anomalies(
        self,
        hours_back: float = 24,
        *,
        filters: Filters = _EVERYTHING,
        scope: Scope = _EVERYONE,
        now: datetime | None = None,
        limit: int = 20,
    ) -> pd.DataFrame:
        """Open and confirmed anomalies of the legs that departed in the window, the latest found first.

        Returns
        -------
        DataFrame
            found_at, kind, reason, status, score, at_stake_kg, and of the leg: shipment_id, leg_no,
            departed_at, supplier_id, name, mode, origin, destination, wtw_kg.

        Raises
        ------
        UnusableWindow
        """
        window = Window.of(filters, hours_back, now)
        return self._named(self._store.frame(queries.newest_anomalies(window.filters, scope, limit)))

    def feed_state(
        self, *, filters: Filters = _EVERYTHING, scope: Scope = _EVERYONE, now: datetime | None = None
    ) -> tuple[WayIn, ...]:
        """How the feed, the inbox and uploads went: one `WayIn` each, in this order."""
        end, anytime = utc(now), replace(filters, start=None, end=None)
        hour_ago, day_ago = end - timedelta(hours=1), end - timedelta(days=1)
        if _is_whole(filters, scope):
            asked = queries.within(queries.batches_by_kind(), hour_ago=hour_ago, day_ago=day_ago)
        else:
            asked = queries.within(queries.leg_imports_by_kind(anytime, scope), hour_ago=hour_ago)
        found = self._store.frame(asked).set_index("kind")
        return tuple(_way_in(found, kind) for kind in WAYS_IN)

    def _figures(self, window: Window, scope: Scope) -> WindowFigures:
        chosen, shipments = window.filters, None
        if chosen.by_leg:
            shipments = int(self._store.frame(overview.shipment_count(chosen, scope))["shipments"].iloc[0])
        return figures_of(
            self._store.frame(queries.sums(chosen, scope)),
            self._store.frame(queries.shipments_by_mode(chosen, scope)),
            self._store.frame(overview.flagged_total(chosen, scope)),
            self._store.frame(_arrived(queries.late_legs, window, scope)),
            shipments=shipments,
        )

    def _freshness(self, filters: Filters, scope: Scope, now: datetime) -> Freshness:
        anytime = replace(filters, start=None, end=None)
        departed = _moment(self._store.frame(queries.last_departure(replace(anytime, end=now), scope)))
        whole = _is_whole(filters, scope)
        asked = queries.last_import() if whole else queries.leg_last_import(anytime, scope)
        age = (now - departed).total_seconds() / 3600 if departed else None
        return Freshness(departed, _moment(self._store.frame(asked)), age)

    def _imports(self, filters: Filters, scope: Scope, window: Window, seconds: int) -> queries.Question:
        times = {"imported_from": window.start, "imported_to": window.end}
        if _is_whole(filters, scope):
            return queries.within(queries.import_bins(seconds), **times)
        anytime = replace(filters, start=None, end=None)
        return queries.within(queries.leg_imports_bins(anytime, scope, seconds), **times)

    def _marked(self, legs: pd.DataFrame) -> pd.DataFrame:
        """Each leg with its worst anomaly."""
        ids = legs["shipment_id"].unique().tolist() or [""]
        found = self._store.frame(queries.within(queries.anomalies_of(), ids=ids))
        worst = found.drop_duplicates(["shipment_id", "leg_no"]).rename(
            columns={"kind": "flag_kind", "reason": "flag_reason"}
        )
        columns = ["shipment_id", "leg_no", "flag_kind", "flag_reason"]
        return legs.merge(worst[columns], on=["shipment_id", "leg_no"], how="left")

    def _named(self, legs: pd.DataFrame) -> pd.DataFrame:
        """Each leg with its supplier's name, or its id where there is no name."""
        ids = legs["supplier_id"].unique().tolist() or [""]
        names = self._store.frame(queries.within(queries.supplier_names(), ids=ids))
        known = dict(zip(names["supplier_id"], names["name"], strict=True))
        return legs.assign(name=legs["supplier_id"].map(known).fillna(legs["supplier_id"]))


def _takes(batches: pd.DataFrame, limit: int) -> list[list[str]]:
    """Newest batches in steps: those that fit whole, then the one that does not; until `limit` legs are met.

    Within a step legs come by departure, so a batch that is cut must be alone.
    """
    fitting: list[str] = []
    left = limit
    for batch_id, legs in zip(batches["batch_id"], batches["legs"], strict=True):
        if legs > left:
            return [*([fitting] if fitting else []), [batch_id]] if left else [fitting]
        fitting.append(batch_id)
        left -= int(legs)
    return [fitting] if fitting else []


def _way_in(found: pd.DataFrame, kind: str) -> WayIn:
    """One row of `found`, whose sums are null where no import is recent; no row where there never was one."""
    row = found.loc[kind] if kind in found.index else pd.Series(dtype=object)
    last = row.get("last_imported_at")
    rejected = _count(row.get("rejected_last_day")) if "rejected_last_day" in found else None
    return WayIn(
        kind, None if pd.isna(last) else last.to_pydatetime(), _count(row.get("rows_last_hour")), rejected
    )


def _count(value: Any) -> int:
    return 0 if pd.isna(value) else int(value)


def _moment(found: pd.DataFrame) -> datetime | None:
    last = found["last"].iloc[0]
    return None if pd.isna(last) else last.to_pydatetime()


def _is_whole(filters: Filters, scope: Scope) -> bool:
    """Whether nothing but a period narrows the view: then the batches themselves say what came in."""
    return scope.supplier_ids is None and replace(filters, start=None, end=None) == _EVERYTHING


def _arrived(build: Any, window: Window, scope: Scope, *options: int) -> queries.Question:
    """A question about the legs that arrived in the window."""
    departed = replace(window.filters, start=window.start - _LONGEST_TRANSIT)
    return queries.within(build(departed, scope, *options), arrived_from=window.start, arrived_to=window.end)
