"""What do we emit, where, against the period before? The Overview page's figures and how they come about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from analytics.emissions import ranges_by, total_range
from data_access import Filters, Scope, Store
from data_access import overview_queries as queries
from data_access.expressions import Grain

__all__ = ["Derivation", "FilterOptions", "OverviewAnalytics", "Summary", "Totals", "grain_for", "totals_of"]

_DAY_GRAIN_UP_TO_DAYS = 45
_WEEK_GRAIN_UP_TO_DAYS = 400
_LATE_START = 0.05  # of the period before: data that begin later than this do not cover it


@dataclass(frozen=True)
class Totals:
    """The headline figures of one selection. Shares are 0..1 of `wtw_kg`, None where nothing was emitted."""

    legs: int
    shipments: int
    tonne_km: float
    ttw_kg: float
    wtt_kg: float
    wtw_kg: float
    low_kg: float
    high_kg: float
    intensity_g_per_tkm: float | None
    costs: tuple[tuple[str, float], ...]
    costed_share: float
    primary_share: float | None
    modelled_share: float | None
    default_share: float | None
    flagged_legs: int
    flagged_kg: float
    flagged_share: float | None


@dataclass(frozen=True)
class Summary:
    current: Totals
    previous: Totals | None


@dataclass(frozen=True)
class Derivation:
    """How a total comes about.

    by_factor : factor_id, factor_set, mode, vehicle_class, ttw/wtt_kg_per_unit, unit, source, year, region,
        licence, note, legs, tonne_km, wtw_kg; a row without factor_id sums hub legs with their own intensity.
    by_data_type, by_distance_source : legs, wtw_kg, share.
    """

    totals: Totals
    by_factor: pd.DataFrame
    by_data_type: pd.DataFrame
    by_distance_source: pd.DataFrame


@dataclass(frozen=True)
class FilterOptions:
    """What the filter bar can offer this user; `first` and `last` are None in an empty warehouse."""

    suppliers: dict[str, str]
    modes: tuple[str, ...]
    origin_countries: tuple[str, ...]
    destination_countries: tuple[str, ...]
    product_groups: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    legs: int


class OverviewAnalytics:
    """Feeds the Overview from a store. Every call takes the filters and the user's scope."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def summary(self, filters: Filters, scope: Scope) -> Summary:
        """The totals of the selection and of the equally long period before it.

        `previous` is None where the data begin well inside that period: the two would not compare.
        """
        current, before = self.totals(filters, scope), filters.previous()
        if before is None or not self._covers(before, scope):
            return Summary(current, None)
        return Summary(current, self.totals(before, scope))

    def totals(self, filters: Filters, scope: Scope) -> Totals:
        return self._totals(self._store.frame(queries.totals(filters, scope)), filters, scope)

    def _totals(self, sums: pd.DataFrame, filters: Filters, scope: Scope) -> Totals:
        shipments = None
        if filters.by_leg:
            shipments = int(self._store.frame(queries.shipment_count(filters, scope))["shipments"].iloc[0])
        flagged = self._store.frame(queries.flagged_total(filters, scope))
        return totals_of(
            sums, int(flagged["legs"].iloc[0]), float(flagged["wtw_kg"].sum()), shipments=shipments
        )

    def over_time(self, filters: Filters, scope: Scope, grain: Grain | None = None) -> pd.DataFrame:
        """Columns period (first day), mode, legs, tonne_km, wtw_kg; `attrs["grain"]` says the grain."""
        chosen = grain or self.grain(filters, scope)
        frame = self._store.frame(queries.over_time(filters, scope, chosen))
        frame.attrs["grain"] = chosen
        return frame

    def grain(self, filters: Filters, scope: Scope) -> Grain:
        """Day, week or month, by the days that the selection spans."""
        start, end = filters.start, filters.end
        if start is None or end is None:
            first, last = self._span(scope)[:2]
            start, end = start or first, end or last
        return grain_for(start, end)

    def by_mode(self, filters: Filters, scope: Scope) -> pd.DataFrame:
        """Columns mode, legs, tonne_km, wtw_kg, low_kg, high_kg, intensity_g_per_tkm and two shares."""
        sums = self._store.frame(queries.by_mode(filters, scope))
        added = sums.groupby("mode")[["legs", "tonne_km", "wtw_kg"]].sum()
        ranges = ranges_by(sums, "mode")
        return _with_shares(added.join(ranges).reset_index()).sort_values(
            ["wtw_kg", "mode"], ascending=[False, True], ignore_index=True
        )

    def top_suppliers(self, filters: Filters, scope: Scope, limit: int = 10) -> pd.DataFrame:
        """Columns supplier_id, name, legs, tonne_km, wtw_kg, intensity_g_per_tkm, wtw_share (of all)."""
        return self._store.frame(queries.top_suppliers(filters, scope, limit))

    def top_lanes(self, filters: Filters, scope: Scope, limit: int = 10) -> pd.DataFrame:
        """As `top_suppliers`, with origin, origin_country, destination, destination_country."""
        return self._store.frame(queries.top_lanes(filters, scope, limit))

    def leg_rows(self, filters: Filters, scope: Scope, limit: int | None = 1_000) -> pd.DataFrame:
        """The legs themselves, heaviest emitters first; `limit=None` for all of them."""
        return self._store.frame(queries.leg_rows(filters, scope, limit))

    def derivation(self, filters: Filters, scope: Scope) -> Derivation:
        """The parts that the total of this selection is made of."""
        sums = self._store.frame(queries.totals(filters, scope))
        used = sorted(sums["factor_id"].dropna().unique())
        factors = self._store.frame(queries.factors_used(used))
        by_factor = (
            sums.groupby("factor_id", dropna=False)[["legs", "tonne_km", "wtw_kg"]]
            .sum()
            .reset_index()
            .merge(factors, on="factor_id", how="left")
            .sort_values("wtw_kg", ascending=False, ignore_index=True)
        )
        return Derivation(
            totals=self._totals(sums, filters, scope),
            by_factor=by_factor,
            by_data_type=_split(sums, "data_type"),
            by_distance_source=_split(sums, "distance_source"),
        )

    def options(self, scope: Scope) -> FilterOptions:
        """The values that occur in what this user may see."""
        first, last, legs = self._span(scope)
        found = self._store.frame(queries.suppliers_seen(scope))
        columns = ("mode", "origin_country", "destination_country", "product_group")
        modes, origins, destinations, groups = (
            tuple(self._store.frame(queries.distinct_values(scope, name))["value"]) for name in columns
        )
        names = dict(zip(found["supplier_id"], found["name"], strict=True))
        return FilterOptions(names, modes, origins, destinations, groups, first, last, legs)

    def _covers(self, period: Filters, scope: Scope) -> bool:
        first = self._span(scope)[0]
        if first is None or period.start is None or period.end is None:
            return False
        return first <= period.start + _LATE_START * (period.end - period.start)

    def _span(self, scope: Scope) -> tuple[datetime | None, datetime | None, int]:
        row = self._store.frame(queries.span(scope)).iloc[0]
        first, last = (None if pd.isna(one) else one.to_pydatetime() for one in (row["first"], row["last"]))
        return first, last, int(row["legs"])


def totals_of(
    sums: pd.DataFrame, flagged_legs: int, flagged_kg: float, *, shipments: int | None = None
) -> Totals:
    """Totals from sums by factor, data type and currency (columns as in `overview_queries.totals`).

    `shipments` overrides the count of first legs, where a filter may have left those out.
    """
    legs, wtw = int(sums["legs"].sum()), float(sums["wtw_kg"].sum())
    tonne_km = float(sums["tonne_km"].sum())
    low, high = _range(sums)
    costs = (
        sums[sums["costed_legs"] > 0]
        .groupby(sums["currency"].fillna("?"))["cost"]
        .sum()
        .sort_values(ascending=False)
    )
    by_type = sums.groupby("data_type")["wtw_kg"].sum()
    shares = {
        name: float(by_type.get(name, 0.0)) / wtw if wtw else None
        for name in ("primary", "modelled", "default")
    }
    return Totals(
        legs=legs,
        shipments=int(sums["first_legs"].sum()) if shipments is None else shipments,
        tonne_km=tonne_km,
        ttw_kg=float(sums["ttw_kg"].sum()),
        wtt_kg=float(sums["wtt_kg"].sum()),
        wtw_kg=wtw,
        low_kg=low,
        high_kg=high,
        intensity_g_per_tkm=wtw / tonne_km * 1000.0 if tonne_km else None,
        costs=tuple((str(currency), float(amount)) for currency, amount in costs.items()),
        costed_share=int(sums["costed_legs"].sum()) / legs if legs else 0.0,
        primary_share=shares["primary"],
        modelled_share=shares["modelled"],
        default_share=shares["default"],
        flagged_legs=flagged_legs,
        flagged_kg=flagged_kg,
        flagged_share=flagged_kg / wtw if wtw else None,
    )


def grain_for(start: datetime | None, end: datetime | None) -> Grain:
    """Days up to six weeks, weeks up to thirteen months, else months."""
    days = (end - start).days if start and end else 0
    if days <= _DAY_GRAIN_UP_TO_DAYS:
        return "day"
    return "week" if days <= _WEEK_GRAIN_UP_TO_DAYS else "month"


def _range(sums: pd.DataFrame) -> tuple[float, float]:
    return total_range(sums["wtw_kg"], sums["low_kg"], sums["high_kg"], sums["factor_id"])


def _with_shares(frame: pd.DataFrame) -> pd.DataFrame:
    wtw, tonne_km = frame["wtw_kg"].sum(), frame["tonne_km"].sum()
    return frame.assign(
        intensity_g_per_tkm=(frame["wtw_kg"] / frame["tonne_km"].where(frame["tonne_km"] > 0)) * 1000.0,
        wtw_share=frame["wtw_kg"] / wtw if wtw else 0.0,
        tkm_share=frame["tonne_km"] / tonne_km if tonne_km else 0.0,
    )


def _split(sums: pd.DataFrame, column: str) -> pd.DataFrame:
    wtw: Any = sums["wtw_kg"].sum()
    parts = (
        sums.groupby(column)[["legs", "wtw_kg"]].sum().reset_index().sort_values("wtw_kg", ascending=False)
    )
    return parts.assign(share=parts["wtw_kg"] / wtw if wtw else 0.0).reset_index(drop=True)
