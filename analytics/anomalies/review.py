"""What is wrong or unusual among the legs, what was decided, and what is at stake: the Anomalies page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from analytics.anomalies.scorings import Scoring, state
from analytics.overview import OverviewAnalytics
from analytics.repair_plans import FixPreview
from analytics.repairs import NoRepair, Repairs
from data_access import Filters, Scope, Store
from data_access import anomaly_queries as queries

if TYPE_CHECKING:
    from analytics.anomalies.comparison import Comparison

__all__ = ["AnomalyAnalytics", "AnomalyDetail", "AnomalySummary", "Scoring"]

_COUNTED = ("confirmed", "open")
_MOST_COMPARED = 4_000  # legs of the same supplier or lane, for the picture of one among them


@dataclass(frozen=True)
class AnomalySummary:
    """Findings of a selection by what was decided about them.

    open, confirmed, fixed, dismissed : number of findings; a leg with two kinds has two.
    at_stake_kg : kg CO2e in doubt in the open and confirmed ones, each leg counted once.
    share_of_emissions : `at_stake_kg` ÷ wtw_kg of the selection; None where nothing was emitted.
    by_kind : kind, status, legs, at_stake_kg.
    fixable : open and confirmed findings with a one-click fix.
    legs : legs of the selection.
    last_scoring : the latest one of the warehouse; `last_whole` the latest of all legs.
    stale : whether scoring again may change something: imports are owed, another rate or method.
    owed : imports that were not scored yet.
    rate : expected share of false alarms that the next scoring will use.
    """

    open: int
    confirmed: int
    fixed: int
    dismissed: int
    at_stake_kg: float
    share_of_emissions: float | None
    by_kind: pd.DataFrame
    fixable: int
    legs: int
    last_scoring: Scoring | None
    last_whole: Scoring | None
    stale: bool
    owed: int
    rate: float

    @property
    def flagged_by_kind(self) -> pd.DataFrame:
        """Columns kind, legs, at_stake_kg of what is open or confirmed, largest stake first."""
        flagged = self.by_kind[self.by_kind["status"].isin(_COUNTED)]
        sums = flagged.groupby("kind", as_index=False)[["legs", "at_stake_kg"]].sum()
        return sums.sort_values("at_stake_kg", ascending=False, ignore_index=True)


@dataclass(frozen=True)
class AnomalyDetail:
    """One leg with what is known about it.

    leg : row of `legs` with the supplier's name in `supplier`; of a removed copy as it was.
    removed : whether a fix took the leg out.
    chain : all legs of the shipment, by leg_no, columns as `leg`.
    factor : row of `emission_factors`, None where the leg has none.
    anomalies : rows of `anomalies` of this leg, largest stake first.
    comparison : the leg on its group, None where nothing compares.
    corrections : correction_id, kind, column_name, old_value, new_value, legs, before_kg, after_kg,
        corrected_by, corrected_at, undone_by, undone_at of this shipment; newest first.
    preview : the repair of the finding with the largest stake that has one.
    """

    leg: pd.Series
    removed: bool
    chain: pd.DataFrame
    factor: pd.Series | None
    anomalies: pd.DataFrame
    comparison: Comparison | None
    corrections: pd.DataFrame
    preview: FixPreview | None


class AnomalyAnalytics:
    """Feeds the Anomalies page from a store. `Filters.anomalies_only` makes no difference here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def summary(self, filters: Filters, scope: Scope) -> AnomalySummary:
        asked = _whole(filters)
        kinds = self._store.frame(queries.by_kind(asked, scope))
        whole = self._store.frame(queries.whole(asked, scope)).iloc[0]
        stake = float(self._store.frame(queries.at_stake(asked, scope))["at_stake_kg"].sum())
        wtw = 0.0 if pd.isna(whole["wtw_kg"]) else float(whole["wtw_kg"])
        counts = kinds.groupby("status")["legs"].sum()
        waiting = kinds["status"].isin(_COUNTED)
        now = state(self._store)
        return AnomalySummary(
            open=int(counts.get("open", 0)),
            confirmed=int(counts.get("confirmed", 0)),
            fixed=int(counts.get("fixed", 0)),
            dismissed=int(counts.get("dismissed", 0)),
            at_stake_kg=stake,
            share_of_emissions=stake / wtw if wtw else None,
            by_kind=kinds[["kind", "status", "legs", "at_stake_kg"]],
            fixable=int(kinds.loc[waiting, "fixable"].sum()),
            legs=int(whole["legs"]),
            last_scoring=now.last,
            last_whole=now.last_whole,
            stale=now.stale,
            owed=now.owed,
            rate=now.rate,
        )

    def ranked(
        self,
        filters: Filters,
        scope: Scope,
        *,
        status: Sequence[str] = ("open",),
        kinds: Sequence[str] = (),
        limit: int | None = 1_000,
    ) -> pd.DataFrame:
        """Findings, largest stake first; without `status` of any, without `kinds` of all.

        Columns shipment_id, leg_no, kind, reason, found_by, score, column_name, value, expected,
        expected_low, expected_high, at_stake_kg, second_opinion, fix_column, fix_value, status, note,
        decided_by, decided_at, found_at; of the leg departed_at, supplier_id, supplier (its name), mode,
        vehicle_class, product_group, origin, origin_country, destination, destination_country, weight_kg,
        distance_km, tonne_km, wtw_kg, intensity_g_per_tkm (null for hubs); removed (by a fix).
        """
        wanted = (tuple(sorted(set(status))), tuple(sorted(set(kinds))))
        return self._store.frame(queries.ranked(_whole(filters), scope, *wanted, limit))

    def timeline(self, filters: Filters, scope: Scope, *, status: Sequence[str] = _COUNTED) -> pd.DataFrame:
        """Columns period (first day), kind, legs, at_stake_kg; `attrs["grain"]` says the grain."""
        asked = _whole(filters)
        grain = OverviewAnalytics(self._store).grain(asked, scope)
        frame = self._store.frame(queries.by_period(asked, scope, grain, tuple(sorted(set(status)))))
        frame.attrs["grain"] = grain
        return frame

    def scatter(self, filters: Filters, scope: Scope, *, limit: int = 3_000) -> pd.DataFrame:
        """Normal legs drawn evenly, and all that are open or confirmed, at most `limit` of each.

        Columns shipment_id, leg_no, mode, weight_kg, intensity_g_per_tkm, is_anomaly, kind (of the largest
        stake; null for normal legs). Legs without tonne-km have no intensity and are left out.
        """
        asked = _whole(filters)
        parts = [
            self._store.frame(ask(asked, scope, limit)) for ask in (queries.normal_legs, queries.marked_legs)
        ]
        return pd.concat(parts, ignore_index=True)

    def detail(
        self, filters: Filters, scope: Scope, *, shipment_id: str, leg_no: int
    ) -> AnomalyDetail | None:
        """One leg, whatever the filters: links shall work; None where the scope hides it or it is gone."""
        del filters
        chain = self._store.frame(queries.chain(scope, shipment_id))
        this = chain[chain["leg_no"] == leg_no]
        if this.empty:
            return None
        leg = this.iloc[0]
        findings = self._store.frame(queries.findings_on(shipment_id, leg_no))
        return AnomalyDetail(
            leg=leg,
            removed=bool(leg["removed"]),
            chain=chain.reset_index(drop=True),
            factor=self._factor(leg),
            anomalies=findings,
            comparison=self._comparison(scope, leg, findings),
            corrections=self._store.frame(queries.corrections_of(shipment_id)),
            preview=self._preview(scope, findings),
        )

    def _factor(self, leg: pd.Series) -> pd.Series | None:
        if not isinstance(leg["factor_id"], str):
            return None
        found = self._store.frame(queries.factor(leg["factor_id"]))
        return found.iloc[0] if len(found) else None

    def _comparison(self, scope: Scope, leg: pd.Series, findings: pd.DataFrame) -> Comparison | None:
        from analytics.anomalies.comparison import comparison

        facts = {str(name): None if pd.isna(value) else value for name, value in leg.items()}
        others = self._store.frame(queries.like(scope, facts, _MOST_COMPARED))
        column = findings["column_name"].iloc[0] if len(findings) else None
        found = comparison(others, facts, column if isinstance(column, str) else "weight_kg")
        return found if len(found.values) else None

    def _preview(self, scope: Scope, findings: pd.DataFrame) -> FixPreview | None:
        fixable = findings[findings["status"].isin(_COUNTED) & findings["fix_column"].notna()]
        if fixable.empty:
            return None
        first = fixable.iloc[0]
        key = (str(first["shipment_id"]), int(first["leg_no"]), str(first["kind"]))
        try:
            return Repairs(self._store, scope, [key[0]]).plan(key).preview
        except NoRepair:
            return None


def _whole(filters: Filters) -> Filters:
    """Without "flagged only": this page is about nothing else, and about what is settled too."""
    return replace(filters, anomalies_only=False)
