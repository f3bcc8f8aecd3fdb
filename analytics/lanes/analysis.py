"""Feeds the Lanes page from a store: lanes by mode, one lane by every mode, country pairs, hubs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from analytics.lanes.alternatives import LaneOptions, Modelled, lane_options, modelled_modes
from analytics.lanes.matrix import By, Matrix, Measure, od_matrix
from analytics.lanes.table import hub_table, lane_name, lane_table
from analytics.overview import OverviewAnalytics, Summary
from data_access import Filters, Scope, Store
from data_access import lane_queries as queries
from data_access.correction_queries import active_factor_set, factors
from data_access.filters import LANE_ARROW

__all__ = ["LaneAnalytics", "LaneCounts", "LaneSummary"]

_FEWEST_FOR_DAYS = 5  # as a lane needs for its usual transit time


@dataclass(frozen=True)
class LaneCounts:
    """Lanes of a selection (pairs of places), and its mass: each shipment once, not once a leg."""

    lanes: int
    weight_kg: float


@dataclass(frozen=True)
class LaneSummary:
    """The headline figures, with those of the equally long period before where the data cover it."""

    totals: Summary
    counts: LaneCounts
    previous_counts: LaneCounts | None


class LaneAnalytics:
    """Every call takes the filters and the user's scope."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def summary(self, filters: Filters, scope: Scope) -> LaneSummary:
        totals = OverviewAnalytics(self._store).summary(filters, scope)
        before = filters.previous() if totals.previous is not None else None
        return LaneSummary(
            totals, self.counts(filters, scope), self.counts(before, scope) if before is not None else None
        )

    def counts(self, filters: Filters, scope: Scope) -> LaneCounts:
        lanes = self._store.frame(queries.lane_count(filters, scope))["lanes"].iloc[0]
        shipped = self._store.frame(queries.shipped_kg(filters, scope))["weight_kg"].sum()
        return LaneCounts(int(lanes), float(shipped))

    def table(self, filters: Filters, scope: Scope) -> pd.DataFrame:
        """One row per lane and mode, columns as `analytics.lanes.table.lane_table`; hub legs are no lane."""
        return lane_table(
            self._store.frame(queries.lane_sums(filters, scope)),
            self._store.frame(queries.lane_costs(filters, scope)),
            self._store.frame(queries.lane_days(filters, scope)),
        )

    def options(self, filters: Filters, scope: Scope, *, lane: str) -> LaneOptions | None:
        """What this lane emits by each feasible mode; None where the selection has nothing on it.

        Observed figures come from all legs of the lane in the period that the user may see, whatever their
        supplier and mode, without flagged ones. The rest is modelled: see `modelled_modes`.
        """
        here = replace(filters, lanes=(lane,))
        now = self._store.frame(queries.lane_sums(here, scope))
        if now.empty:
            return None
        everyone = replace(
            here,
            suppliers=(),
            modes=(),
            origin_countries=(),
            destination_countries=(),
            product_groups=(),
            anomalies_only=False,
        )
        observed = self._observed(everyone, scope)
        modelled, not_feasible = modelled_modes(
            self._ends(everyone, scope, lane),
            self._store.frame(factors()),
            str(self._store.frame(active_factor_set())["value"].iloc[0]),
        )
        period = Filters(start=filters.start, end=filters.end)
        missing = (one for one in modelled if one.mode not in set(observed[0]["mode"]))
        timed = tuple(self._timed(one, period, scope) for one in missing)
        return lane_options(lane, now, observed, timed, not_feasible)

    def matrix(self, filters: Filters, scope: Scope, *, by: By, measure: Measure) -> Matrix:
        """From where to where, by country or region."""
        return od_matrix(self._store.frame(queries.country_pairs(filters, scope)), by, measure)

    def hubs(self, filters: Filters, scope: Scope) -> pd.DataFrame:
        """Hub operations by place, columns as `analytics.lanes.table.hub_table`.

        The modes that come in and go out are those of the shipments' other legs in scope, whatever modes
        are chosen.
        """
        return hub_table(
            self._store.frame(queries.hubs(filters, scope)),
            self._store.frame(queries.hub_neighbours(filters, scope)),
        )

    def chain_lanes(
        self, filters: Filters, scope: Scope, *, origin: str, destination: str
    ) -> tuple[str, ...]:
        """The lanes that shipments from one place to another run on, leg by leg, hubs aside."""
        found = self._store.frame(queries.chain_lanes(filters, scope, origin, destination))
        return tuple(lane_name(found["origin"], found["destination"]).dropna())

    def _observed(self, everyone: Filters, scope: Scope) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        asked = (queries.lane_sums, queries.lane_costs, queries.lane_days)
        sums, costs, days = (self._store.frame(one(everyone, scope, sound=True)) for one in asked)
        return sums, costs, days

    def _ends(self, everyone: Filters, scope: Scope, lane: str) -> pd.Series:
        """The lane's ends as most of its mass has them."""
        ends = self._store.frame(queries.lane_ends(everyone, scope))
        origin, _, destination = lane.partition(LANE_ARROW)
        main = ends.sort_values("weight_kg").iloc[-1]
        return pd.Series(
            {
                **main.drop(["weight_kg", "chilled_kg"]).to_dict(),
                "origin": origin,
                "destination": destination,
                "temperature_controlled": bool(main["chilled_kg"] > main["weight_kg"] / 2),
            }
        )

    def _timed(self, one: Modelled, period: Filters, scope: Scope) -> Modelled:
        question = queries.days_of_like_distance(period, scope, one.mode, one.distance_km)
        row = self._store.frame(question).iloc[0]
        legs = int(row["legs"])
        return replace(one, days=float(row["days"]), days_legs=legs) if legs >= _FEWEST_FOR_DAYS else one
