"""Feeds the drivers from a store. Every question takes the filters and the user's scope."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analytics.drivers.errors import DriversUnavailable, UnknownLeg
from analytics.drivers.features import FEATURES
from analytics.drivers.kept import Learnt, kept_models
from analytics.drivers.leg import LegExplanation, WhatIf, explained_leg, typical_leg, what_ifs
from analytics.drivers.model import Fitted, Target, fit, target_of, validate
from analytics.drivers.overall import (
    Comparison,
    DriverModel,
    compared,
    drivers_of,
    level_effects,
    typical_of,
)
from data_access import Filters, Scope, Store
from data_access import driver_queries as queries

__all__ = ["EXPLAINED_LEGS", "LEARNT_LEGS", "DriverAnalytics"]

LEARNT_LEGS = 20_000  # at most, drawn evenly from the selection: more make the model slower, not better
EXPLAINED_LEGS = 2_000
_GROUP_LEGS = 1_000


class DriverAnalytics:
    """What drives intensity or emission, overall, for one supplier and for one leg.

    A model is learnt from what the user may see only, and kept while the warehouse stays the same.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def drivers(self, filters: Filters, scope: Scope, target: Target = "intensity") -> DriverModel:
        """The model of the selection: importance, levels, effects on sampled legs, and its test.

        Raises
        ------
        DriversUnavailable
            With a sentence that says what is missing.
        """
        return self._learnt(filters, scope, target).model

    def compare(
        self, filters: Filters, scope: Scope, *, supplier_id: str, target: Target = "intensity"
    ) -> Comparison:
        """One supplier against all legs of the selection, split by feature.

        Raises
        ------
        DriversUnavailable
            Where there is no model, or no leg of this supplier in the selection.
        """
        learnt = self._learnt(filters, scope, target)
        chosen = not filters.suppliers or supplier_id in filters.suppliers
        only = replace(filters, suppliers=(supplier_id,))
        group = self._sample(only, scope, target, _GROUP_LEGS)
        if not (chosen and len(group)):
            raise DriversUnavailable(
                "This supplier has no leg in the selection that could be compared. Choose another one."
            )
        return compared(supplier_id, learnt.fitted, group, learnt.model)

    def leg(self, filters: Filters, scope: Scope, *, shipment_id: str, leg_no: int) -> LegExplanation:
        """One leg against the typical leg of the selection, in kg CO2e, and by other modes that run there.

        The leg itself may lie outside the filters, and flagged legs never make the typical one. Where the
        selection is too small to learn from, all that the user may see is taken (`widened`).

        Raises
        ------
        DriversUnavailable
            With a sentence: no such leg in scope, a leg without an intensity, or nothing to learn from.
        """
        leg = self._store.frame(queries.one_leg(scope, shipment_id, leg_no))
        _see_that_it_can_be_explained(leg, shipment_id, leg_no)
        selection = replace(filters, anomalies_only=False)
        widened = False
        try:
            learnt = self._learnt(selection, scope, "intensity")
        except DriversUnavailable:
            widened = True
            learnt = self._learnt(Filters(), scope, "intensity")
        tested = learnt.model.validation
        return explained_leg(
            leg,
            learnt.fitted,
            learnt.typical,
            self._alternatives(leg, learnt, scope),
            learnt_from=learnt.model.learnt_from,
            widened=widened,
            typical_error_pct=tested.model.median_error_pct if tested else None,
        )

    def _alternatives(self, leg: pd.DataFrame, learnt: Learnt, scope: Scope) -> tuple[WhatIf, ...]:
        ends = leg[["origin_country", "destination_country"]].iloc[0]
        if ends.isna().any():
            return ()
        running = self._store.frame(queries.modes_between(scope, *map(str, ends)))
        return what_ifs(leg, learnt.fitted, running)

    def _learnt(self, filters: Filters, scope: Scope, target: Target) -> Learnt:
        def learn() -> Learnt:
            legs = self._sample(filters, scope, target, LEARNT_LEGS)
            fitted = fit(legs, target)
            model = self._model(filters, scope, target, fitted, legs)
            return Learnt(fitted, model, typical_leg(legs))

        return kept_models(self._store).model((self._store.version, scope, filters, target), learn)

    def _model(
        self, filters: Filters, scope: Scope, target: Target, fitted: Fitted, legs: pd.DataFrame
    ) -> DriverModel:
        some = legs.head(EXPLAINED_LEGS)
        base, effects = fitted.explain(some)
        values = fitted.levels(some)
        wtw_kg = some["wtw_kg"].to_numpy(dtype=float)
        levels = level_effects(values, effects, wtw_kg)
        counts = self._counts(filters, scope)
        emitting, moved = int(counts["emitting"]), int(counts["moved"])
        return DriverModel(
            target=target,
            typical=typical_of(base, target),
            mean_log=float(target_of(some, target).mean()),
            legs=int(counts["legs"]),
            learnt_from=len(legs),
            explained=len(some),
            without_emission=int(counts["legs"]) - emitting,
            without_distance=emitting - moved if target == "intensity" else 0,
            constant=tuple(name for name in FEATURES if name not in fitted.features),
            drivers=drivers_of(levels, effects, wtw_kg),
            levels=levels,
            values=values,
            effects=effects,
            validation=validate(legs, target),
        )

    def _counts(self, filters: Filters, scope: Scope) -> pd.Series:
        return self._store.frame(queries.leg_counts(filters, scope)).iloc[0]

    def _sample(self, filters: Filters, scope: Scope, target: Target, most: int) -> pd.DataFrame:
        with_hubs = target == "emission"
        of = int(self._counts(filters, scope)["emitting" if with_hubs else "moved"])
        return self._store.frame(queries.sampled_legs(filters, scope, most, of=of, with_hubs=with_hubs))


def _see_that_it_can_be_explained(leg: pd.DataFrame, shipment_id: str, leg_no: int) -> None:
    if not len(leg):
        raise UnknownLeg(
            f"There is no leg {leg_no} of a shipment {shipment_id[:60]} among those that you may see. "
            "Check the shipment id."
        )
    row = leg.iloc[0]
    if row["mode"] == "hub" or not row["tonne_km"] > 0:
        raise UnknownLeg(
            "This leg covers no distance, so it has no intensity to explain. A hub emits its outbound tonnes "
            "times its own kg CO2e per tonne; choose a leg that moves."
        )
    if not row["wtw_kg"] > 0:
        raise UnknownLeg(
            "This leg is reported with no emission, so there is nothing to split. Choose another leg."
        )
