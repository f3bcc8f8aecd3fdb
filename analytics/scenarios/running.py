"""All levers of a scenario in their order: each works on what the ones before it left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.emissions import total_range
from analytics.scenarios.changes import Effect, applied
from analytics.scenarios.results import Baseline, ScenarioResult
from analytics.scenarios.year import (
    FACTOR,
    KG,
    LANE,
    MAIN_MODE,
    MODE,
    RANGE,
    SUPPLIER,
    TONNE_KM,
    Year,
    sums_by,
)
from data_access.filters import MODES

if TYPE_CHECKING:
    from analytics.scenarios.levers import Lever, Scenario
    from analytics.scenarios.moving import Cost

__all__ = ["run"]

_LEAST_CHANGE = 1e-12  # of the year's kg


def run(baseline: Baseline, scenario: Scenario) -> ScenarioResult:
    """The year after all levers.

    The effect of a lever is what the year emits before it less what it emits after it, so the effects add up
    to the whole and nothing counts twice; another order gives the same levers other effects.
    """
    year, effects = baseline.year, []
    for lever in scenario.levers:
        effects.append(applied(year, lever, baseline))
        year = effects[-1].after
    # The first lever's own effect is known already.
    alone = [*effects[:1], *(applied(baseline.year, lever, baseline) for lever in scenario.levers[1:])]
    now_kg, then_kg = baseline.year.total_kg, year.total_kg
    then_low, then_high = _range(year)
    return ScenarioResult(
        scenario=scenario,
        now_kg=now_kg,
        now_low_kg=baseline.low_kg,
        now_high_kg=baseline.high_kg,
        then_kg=then_kg,
        then_low_kg=then_low,
        then_high_kg=then_high,
        saved_kg=now_kg - then_kg,
        saved_low_kg=sum(one.saved_low_kg for one in effects),
        saved_high_kg=sum(one.saved_high_kg for one in effects),
        steps=_steps(scenario.levers, effects, alone),
        costs=_costs(effects),
        changed=_changed(baseline, year),
        by_mode=_by_mode(baseline.year, year),
        warnings=tuple(_warnings(scenario.levers, effects)),
    )


def _steps(levers: Sequence[Lever], effects: Sequence[Effect], alone: Sequence[Effect]) -> pd.DataFrame:
    rows = [
        _step(lever, effect, by_itself)
        for lever, effect, by_itself in zip(levers, effects, alone, strict=True)
    ]
    columns = [
        "lever", "description", "saved_kg", "saved_low_kg", "saved_high_kg", "alone_saved_kg",
        "alone_low_kg", "alone_high_kg", "extra_cost", "currency", "cost_per_t", "extra_days", "shipments",
        "tonnes", "note",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _step(lever: Lever, effect: Effect, alone: Effect) -> dict[str, object]:
    cost, currency, per_t = _main_cost(effect.costs)
    note = effect.note
    if len(effect.costs) > 1:
        others = ", ".join(sorted({one.currency for one in effect.costs} - {currency}))
        note = f"{note} Further cost is known in {others}: currencies are not added up.".strip()
    return {
        "lever": lever.KIND,
        "description": lever.describe(),
        "saved_kg": effect.saved_kg,
        "saved_low_kg": effect.saved_low_kg,
        "saved_high_kg": effect.saved_high_kg,
        "alone_saved_kg": alone.saved_kg,
        "alone_low_kg": alone.saved_low_kg,
        "alone_high_kg": alone.saved_high_kg,
        "extra_cost": cost,
        "currency": currency,
        "cost_per_t": per_t,
        "extra_days": effect.extra_days,
        "shipments": effect.shipments,
        "tonnes": effect.tonnes,
        "note": note,
    }


def _main_cost(costs: Sequence[Cost]) -> tuple[float, str | None, float]:
    """Extra cost, currency and cost per t saved, in the currency of most of the kg."""
    if not costs:
        return float("nan"), None, float("nan")
    main = max(costs, key=lambda one: (abs(one.saved_kg), one.currency))
    return main.extra_cost, main.currency, _per_t(main)


def _per_t(cost: Cost) -> float:
    return cost.extra_cost / (cost.saved_kg / 1000.0) if cost.saved_kg > 0 else float("nan")


def _costs(effects: Sequence[Effect]) -> pd.DataFrame:
    rows = [
        (number, one.currency, one.extra_cost, one.saved_kg, _per_t(one))
        for number, effect in enumerate(effects)
        for one in effect.costs
    ]
    return pd.DataFrame(rows, columns=["step", "currency", "extra_cost", "saved_kg", "cost_per_t"])


def _range(year: Year) -> tuple[float, float]:
    """95 % range of the year: legs of one factor err together, factors independently."""
    factor, group = np.unique(year.codes[:, FACTOR], return_inverse=True)
    kg = pd.DataFrame(sums_by(group, year.amounts[:, RANGE], len(factor)), columns=["mid", "low", "high"])
    return total_range(kg["mid"], kg["low"], kg["high"], pd.Series(factor, kg.index))


def _changed(baseline: Baseline, year: Year) -> pd.DataFrame:
    before = baseline.year
    keys = np.concatenate([one.codes[:, [SUPPLIER, LANE, MAIN_MODE]] for one in (before, year)])
    kinds, kind = np.unique(keys, axis=0, return_inverse=True)
    kind, many = kind.ravel(), len(kinds)
    now = np.bincount(kind[: len(before)], before.amounts[:, KG], many)
    then = np.bincount(kind[len(before) :], year.amounts[:, KG], many)
    found = np.flatnonzero(np.abs(now - then) > _LEAST_CHANGE * now.sum())
    book = baseline.book
    table = pd.DataFrame(
        {
            "supplier_id": [book.suppliers[code] for code in kinds[found, 0]],
            "lane": [book.lanes[code] for code in kinds[found, 1]],
            "mode": [MODES[code] for code in kinds[found, 2]],
            "now_kg": now[found],
            "then_kg": then[found],
            "saved_kg": (now - then)[found],
        }
    )
    order = ["saved_kg", "supplier_id", "lane", "mode"]
    return table.sort_values(order, ascending=[False, True, True, True], ignore_index=True)


def _by_mode(before: Year, after: Year) -> pd.DataFrame:
    many, columns = len(MODES), [KG, TONNE_KM]
    now, then = (sums_by(one.codes[:, MODE], one.amounts[:, columns], many) for one in (before, after))
    names = {
        "now_kg": now[:, 0],
        "then_kg": then[:, 0],
        "now_tonne_km": now[:, 1],
        "then_tonne_km": then[:, 1],
    }
    table = pd.DataFrame({"mode": MODES, **names})
    there = np.isin(np.arange(many), np.concatenate([before.codes[:, MODE], after.codes[:, MODE]]))
    return table[there].sort_values(["now_kg", "mode"], ascending=[False, True], ignore_index=True)


def _warnings(levers: Sequence[Lever], effects: Sequence[Effect]) -> list[str]:
    found = []
    for number, (lever, effect) in enumerate(zip(levers, effects, strict=True), 1):
        if effect.saved_kg == 0:
            found.append(f"Lever {number} ({lever.describe()}) changes nothing. {effect.note}".strip())
        elif effect.saved_low_kg < 0 < effect.saved_high_kg:
            found.append(f"Lever {number} ({lever.describe()}) may save nothing: its range holds 0.")
    return found
